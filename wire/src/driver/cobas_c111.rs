//! Roche cobas c 111 clinical chemistry.
//!
//! What differs from the standard: O.3 is empty, the specimen number is component 1 of O.4 and
//! may hold blanks; absorbance curves come as vendor records; every frame but the last ends with
//! ETB although it holds a whole record; H.11 names the message.

use super::astm::{At, PLAIN};
use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "cobas_c111",
    title: "Roche cobas c 111",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["c111", "cobas c 111", "cobas c111", "cobas-c111"],
        sender: "c111^Roche",
        specimen: &[At('O', 4, 1), At('O', 3, 1)],
        whole_ids: false,
        at: &[At('R', 13, 1), At('R', 12, 1), At('O', 23, 1)],
        message_names: ["RSUPL^REAL", "TSREQ^REAL", "TSDWN^REPLY"],
        ..PLAIN
    }),
};
