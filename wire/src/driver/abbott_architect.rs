//! Abbott ARCHITECT and Alinity ci.
//!
//! What differs from the standard:
//! - the test id is `^^^number^name^dilution^...^aspect`: the last component says which aspect of
//!   the result it is: `F` final, `I` interpretation, `P` raw signal (RLU), `G` an identifier of
//!   the result; only `F` is the result;
//! - an autodiluted specimen sends `> 15000.00` and then the diluted run, both final, the dilution
//!   in the test id;
//! - Alinity writes times with their zone in the header.

use super::astm::{At, PLAIN, TestId};
use super::{Dialect, Driver, astm};
use crate::reading::Nature;
use crate::record::astm::Record;

pub(super) static DRIVER: Driver = Driver {
    name: "abbott_architect",
    title: "Abbott ARCHITECT, Alinity ci",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["ARCHITECT", "Alinity ci", "Alinity i", "Alinity c"],
        sender: "ARCHITECT^8.00^F3453010030",
        result_test: TestId { code: 4, name: 5, dilution: 6, slashed: false, tail: "" },
        whole_ids: false,
        nature: aspect,
        lot: At('R', 3, 8),
        ..PLAIN
    }),
};

/// The aspect of a result by the last component of its test id.
pub(super) fn aspect(record: &Record<'_>) -> Nature {
    let components: Vec<_> = record.field(3).components().collect();
    match components.iter().map(|c| c.text()).rfind(|text| !text.is_empty()) {
        Some("I") => Nature::Interpretation,
        Some("P") => Nature::Signal,
        Some("G") => Nature::Setting,
        _ => Nature::Result,
    }
}
