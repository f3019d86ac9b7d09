//! Abbott Afinion 2 point-of-care analyzer.
//!
//! What differs from the standard: O.3 is empty and O.4 only counts runs; the number that was
//! keyed or scanned is P.4.

use super::astm::{At, PLAIN};
use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "abbott_afinion",
    title: "Abbott Afinion 2",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["Afinion"],
        sender: "Afinion 2 Analyzer^^AF20000000",
        specimen: &[At('P', 4, 1)],
        whole_ids: false,
        ..PLAIN
    }),
};
