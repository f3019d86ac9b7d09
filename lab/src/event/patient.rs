//! What can happen to a patient's registration.
//!
//! What must stay true: the record keeps every identifier a patient ever had.

use serde::{Deserialize, Serialize};

use crate::patient::Patient;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PatientEvent {
    /// A patient was registered.
    PatientRegistered(Patient),
}
