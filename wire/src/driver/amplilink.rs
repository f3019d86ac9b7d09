//! Roche COBAS TaqMan with AMPLILINK.
//!
//! What differs from the standard: frames may be set to carry no checksum; copies and logarithm
//! share one value, `2.52E+3 (3.40)`; a specimen named `QC 1` is a control; several messages
//! stand in one transfer; status `V` is verified by the operator.

use super::astm::PLAIN;
use super::{Dialect, Driver, astm};
use crate::reading::SpecimenKind;

pub(super) static DRIVER: Driver = Driver {
    name: "amplilink",
    title: "Roche COBAS TaqMan, AMPLILINK",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["AMPLILINK"],
        sender: "LAB^Roche^AMPLILINK^3.3.5.1002^Roche ASTM+",
        whole_ids: false,
        kind_of_number: |number| number.starts_with("QC ").then_some(SpecimenKind::Control),
        ..PLAIN
    }),
};
