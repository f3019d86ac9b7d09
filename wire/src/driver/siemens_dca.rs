//! Siemens DCA Vantage point-of-care analyzer over ASTM.
//!
//! What differs from the standard: O.3 is empty and O.4 is `running number^reagent lot`, neither a
//! number of the specimen; the number that was keyed or scanned is P.3; slope and offset follow
//! each result as a remark.

use super::astm::{At, PLAIN};
use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "siemens_dca",
    title: "Siemens DCA Vantage",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["DCA"],
        sender: "DCA VANTAGE^04.04.00.00^S000000",
        specimen: &[At('P', 3, 1)],
        whole_ids: false,
        lot: At('O', 4, 2),
        ..PLAIN
    }),
};
