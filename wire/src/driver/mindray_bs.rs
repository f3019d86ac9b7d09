//! Mindray BS clinical chemistry over HL7 2.3.1.
//!
//! What differs from the standard:
//! - MSH-16 says what the result is of: 0 patient, 1 calibration, 2 control; the acknowledgement
//!   gives it back;
//! - the bar code is OBR-2, OBR-3 only a running number; OBX-3 is the number of the test on the
//!   analyzer, never an order's;
//! - it asks with `QRY^Q02` and wants `QCK^Q02`, then `DSR^Q03` with 28 fixed lines and one for
//!   each test; the two stand in blocks of their own.

use super::hl7::{Asking, At, Mark, PLAIN};
use super::{Dialect, Driver, hl7};

pub(super) static DRIVER: Driver = Driver {
    name: "mindray_bs",
    title: "Mindray BS chemistry",
    dialect: Dialect::Hl7(&hl7::Dialect {
        senders: &["BS-"],
        sender: ["Mindray", "BS-480"],
        version: "2.3.1",
        charset: "ASCII",
        specimen: &[At("OBR", 2, 1)],
        at: &[At("OBX", 14, 1), At("OBR", 7, 1)],
        controls: &[Mark(At("MSH", 16, 1), "2")],
        calibrators: &[Mark(At("MSH", 16, 1), "1")],
        panel: "",
        asking: Asking::SampleRequest,
        ..PLAIN
    }),
};
