//! What we tell an instrument: which tests on which tube, or that we know nothing of it.
//!
//! What must stay true: an instrument that asks always gets an answer in its own dialect, also
//! when the answer is no; texts are given in the instrument's own codes.

use serde::Serialize;

/// How soon it is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// In its turn.
    #[default]
    Routine,
    /// Before all others.
    Stat,
}

/// The patient, as far as the instrument may know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Patient {
    /// The number of the patient.
    pub id: String,
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Birth date, `1987-06-26`.
    pub birth: Option<String>,
    /// `M`, `F` or `U`.
    pub sex: Option<String>,
}

/// What is to be done with one tube.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The specimen number as on its label.
    pub specimen: String,
    /// Whose it is; none for a laboratory that does not tell.
    pub patient: Option<Patient>,
    /// Codes of the tests to run, in the instrument's words. Empty: known, nothing to do.
    pub tests: Vec<String>,
    /// How soon.
    pub priority: Priority,
    /// Kind of material in the instrument's words.
    pub material: Option<String>,
    /// When it was collected, `2024-06-27T13:54:07`.
    pub collected: Option<String>,
}
