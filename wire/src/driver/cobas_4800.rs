//! Roche cobas 4800 molecular analyzer (IHE Laboratory Analytical Workflow).
//!
//! What differs from the standard: every specimen has the role `Q` in SPM-11, patients too; a
//! control is known by the INV segment before its order, whose INV-3 is `CO`; the run's time
//! range comes as a supplemental result; the unit stands in the value, `3.26E+05 cp/mL`.

use super::hl7::{At, Mark, PLAIN};
use super::{Dialect, Driver, hl7};

pub(super) static DRIVER: Driver = Driver {
    name: "cobas_4800",
    title: "Roche cobas 4800",
    dialect: Dialect::Hl7(&hl7::Dialect {
        senders: &["cobas 4800"],
        sender: ["cobas 4800 software 2.3.0.1905", "LAB"],
        specimen: &[At("SPM", 2, 1), At("SAC", 3, 1), At("OBR", 3, 1)],
        controls: &[Mark(At("INV", 3, 1), "CO")],
        calibrators: &[],
        panel: "RUN^Run^99ROC",
        ..PLAIN
    }),
};
