//! Siemens CLINITEK Status urine analyzer.
//!
//! What differs from the standard: the specimen number is PID-3, OBR-3 only counts strips; OBX-3
//! is a bare code; OBR-15 component 7 `Q` is a control.

use super::hl7::{At, Mark, PLAIN};
use super::{Dialect, Driver, hl7};

pub(super) static DRIVER: Driver = Driver {
    name: "siemens_clinitek",
    title: "Siemens CLINITEK Status",
    dialect: Dialect::Hl7(&hl7::Dialect {
        senders: &["Clinitek"],
        sender: ["Clinitek Status", ""],
        version: "2.4",
        charset: "",
        specimen: &[At("PID", 3, 1), At("PID", 2, 1)],
        controls: &[Mark(At("OBR", 15, 7), "Q"), Mark(At("MSH", 11, 1), "Q")],
        panel: "Multistix 10 SG",
        ..PLAIN
    }),
};
