//! Beckman Coulter ACCESS and UniCel DxI immunoassay.
//!
//! What differs from the standard: one test a message, so that the results of one specimen come in
//! several; component 5 of the test id is the replicate, `^^^Testo^1`; rack and place are
//! components 2 and 3 of O.4.

use super::astm::{At, NOWHERE, PLAIN};
use super::{Dialect, Driver, astm};

pub(super) static DRIVER: Driver = Driver {
    name: "beckman_access",
    title: "Beckman Coulter ACCESS, DxI",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["ACCESS", "DXI"],
        sender: "ACCESS^609385",
        position: Some([NOWHERE, At('O', 4, 2), At('O', 4, 3)]),
        whole_ids: false,
        last: "F",
        run: At('R', 3, 5),
        ..PLAIN
    }),
};
