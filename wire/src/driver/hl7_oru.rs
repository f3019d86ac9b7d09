//! Any analyzer that sends plain `ORU^R01` or `OUL^R22`.
//!
//! The test code is OBX-3.1, LOINC or local; the specimen number is OBR-3, else SPM-2, else
//! SAC-3, else OBR-2; a control is marked by MSH-11 `Q` or SPM-11 `Q`. What a family does
//! otherwise belongs in a driver of its own.

use super::{Dialect, Driver, hl7};

pub(super) static DRIVER: Driver = Driver {
    name: "hl7_oru",
    title: "HL7 v2 analyzer (ORU^R01, OUL^R22)",
    dialect: Dialect::Hl7(&hl7::PLAIN),
};
