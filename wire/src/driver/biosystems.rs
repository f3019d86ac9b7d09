//! BioSystems BA200, BA400 clinical chemistry (IHE Laboratory Analytical Workflow).
//!
//! What differs from the standard: the micro sign is sent as the local escape `\Z03BC\`; values
//! have nine digits, not rounded; `NONE` is the flag of a result without one; ORC follows OBR.

use super::hl7::PLAIN;
use super::{Dialect, Driver, hl7};

pub(super) static DRIVER: Driver = Driver {
    name: "biosystems",
    title: "BioSystems BA200, BA400",
    dialect: Dialect::Hl7(&hl7::Dialect {
        senders: &["BA200", "BA400", "A400"],
        sender: ["BA200", "Biosystems"],
        unicode_escapes: true,
        ..PLAIN
    }),
};
