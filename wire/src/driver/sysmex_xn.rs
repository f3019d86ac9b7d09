//! Sysmex hematology analyzers: XN-550 and its kin (XN, XN-L, XS, XP, XT).
//!
//! What differs from the standard:
//! - the specimen number is component 3 of O.4, padded on the left to 22; components 1 and 2 are
//!   rack and place, component 4 how it was read (`M` by hand, `A` automatic, `B` bar code, `C`);
//! - the test code is component 5 of the test id, `^^^^WBC^1`, component 6 the run;
//! - suspicions come as result records: `Blasts?` with a grade 0 to 300, `Positive_Diff` with
//!   only the flag `A`; scattergrams as result records with the name of a file;
//! - `----` is a value that could not be measured, `++++` one out of range; neither is a number;
//! - a question's Q.3 is `rack^place^number^B`; the order we send repeats it in O.3;
//! - controls have action code O.12 `Q` or a number that begins with `QC-`.

use super::astm::{At, Echo, NOWHERE, PLAIN, TestId};
use super::{Dialect, Driver, astm, sysmex_message};
use crate::reading::{Nature, SpecimenKind};
use crate::record::astm::Record;

pub(super) static DRIVER: Driver = Driver {
    name: "sysmex_xn",
    title: "Sysmex XN, XS, XP hematology",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["XN", "XS-", "XP-", "XT-", "XE-", "XR-", "KX-", "POCH"],
        sender: "XN-550^00-24^22723^^^^BD634545",
        specimen: &[At('O', 4, 3), At('O', 3, 3)],
        position: Some([NOWHERE, At('O', 4, 1), At('O', 4, 2)]),
        read_by: Some(At('O', 4, 4)),
        result_test: TestId { code: 5, name: 0, dilution: 0, slashed: false, tail: "1" },
        order_test: 5,
        nature,
        sentinels: &["++++", "+++++", "++.++", "+++.+"],
        query_specimen: 3,
        query_position: Some([0, 1, 2]),
        echo: Echo::Whole,
        run: At('R', 3, 6),
        concerns: sysmex_message::concerns,
        pad: 22,
        whole_ids: false,
        kind_of_number: |number| number.starts_with("QC-").then_some(SpecimenKind::Control),
        ..PLAIN
    }),
};

fn nature(record: &Record<'_>) -> Nature {
    let code = record.field(3).component(5).text();
    let value = record.field(4);
    let picture = ["SCAT_", "DIST_"].iter().any(|begin| code.starts_with(begin));
    if picture || value.text().starts_with("PNG") {
        Nature::Image
    } else if code.ends_with('?') || is_judgement(code, value.is_empty(), record) {
        Nature::Flag
    } else {
        Nature::Result
    }
}

/// A judgement has a name, no value, no unit and the flag `A`; a missing value has a unit.
fn is_judgement(code: &str, empty: bool, record: &Record<'_>) -> bool {
    let flagged = record.field(7).text() == "A" && record.field(5).is_empty();
    empty && (flagged || code.starts_with("Positive_") || code.starts_with("Error_"))
}
