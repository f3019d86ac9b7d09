//! EUROIMMUN Analyzer I.
//!
//! What differs from the standard: the header names no sender, so this driver has to be chosen by
//! name; O.3 is empty and the specimen number is P.4, which may hold blanks; many patients stand
//! in one message; the decimal sign is a comma; `>8` is beyond the calibration.

use super::astm::{At, PLAIN};
use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "euroimmun",
    title: "EUROIMMUN Analyzer I",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["EUROIMMUN"],
        sender: "EUROIMMUN",
        specimen: &[At('P', 4, 1)],
        whole_ids: false,
        ..PLAIN
    }),
};
