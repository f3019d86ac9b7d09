//! The coded reasons a person chooses from: why a released result is amended, why a test is
//! cancelled, why there is no result.

use serde::Deserialize;

/// A reason to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its code, such as `WRONG_SPECIMEN`.
    pub code: String,
    /// The words on screens and reports.
    pub label: String,
    /// What it is a reason for.
    pub of: ReasonFor,
}

/// What a reason is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonFor {
    /// Amending a released result.
    Correction,
    /// Cancelling a test.
    Cancellation,
    /// Giving no result.
    NotPerformed,
}
