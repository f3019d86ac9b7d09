//! Sysmex coagulation analyzers: CS-1600, CS-2500 and kin.
//!
//! What differs from the standard:
//! - O.3 is empty; the specimen number is component 3 of O.4 (`rack^place^number^B`), padded;
//! - one method gives several parameters, each with a code of its own (`041` seconds, `042`
//!   percent, `043` INR: the numbers differ between models), name in component 5;
//! - a value at the end of the scale has the flag `>` or `<`, taken as its comparator;
//! - lots and calibration come as remarks after the result;
//! - controls have action code O.12 `Q` or a number that begins with `QC-`.

use super::astm::{At, Echo, NOWHERE, PLAIN, TestId};
use super::{Dialect, Driver, astm};
use crate::reading::SpecimenKind;

pub(super) static DRIVER: Driver = Driver {
    name: "sysmex_cs",
    title: "Sysmex CS coagulation",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["CS-", "CA-", "CN-"],
        sender: "CS-2500^01-70^21768",
        specimen: &[At('O', 4, 3)],
        position: Some([NOWHERE, At('O', 4, 1), At('O', 4, 2)]),
        read_by: Some(At('O', 4, 4)),
        result_test: TestId { code: 4, name: 5, dilution: 0, slashed: false, tail: "" },
        whole_ids: false,
        kind_of_number: |number| number.starts_with("QC-").then_some(SpecimenKind::Control),
        sentinels: &["++++", "+++++"],
        query_specimen: 3,
        query_position: Some([0, 1, 2]),
        echo: Echo::Whole,
        pad: 15,
        ..PLAIN
    }),
};
