//! Abbott m2000 RealTime molecular analyzer.
//!
//! What differs from the standard:
//! - the test id is `^^^assay^name^lot^lot^^aspect` with the aspects of ARCHITECT: `F` result, `I`
//!   interpretation, `P` cycle number;
//! - a failed specimen is an order with report type O.26 `X` and a remark, without results;
//! - controls are known only by their number: `HIV_NEG`, `HIV_LOPOS`, `HIV_HIPOS`;
//! - many messages stand in one transfer, and frame numbers run on.

use super::abbott_architect::aspect;
use super::astm::{PLAIN, TestId};
use super::{Dialect, Driver, astm};
use crate::reading::SpecimenKind;

pub(super) static DRIVER: Driver = Driver {
    name: "abbott_m2000",
    title: "Abbott m2000 RealTime",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["m2000"],
        sender: "m2000^8.1.9.0^275000001^H1P1O1R1C1L1",
        result_test: TestId { code: 4, name: 5, dilution: 0, slashed: false, tail: "" },
        whole_ids: false,
        kind_of_number,
        nature: aspect,
        ..PLAIN
    }),
};

fn kind_of_number(number: &str) -> Option<SpecimenKind> {
    let (_, end) = number.rsplit_once('_')?;
    match end {
        "NEG" | "POS" | "LOPOS" | "HIPOS" => Some(SpecimenKind::Control),
        "CAL" | "CALA" | "CALB" => Some(SpecimenKind::Calibrator),
        _ => None,
    }
}
