//! A patient as the laboratory knows one: two identifiers, and what chooses an interval.
//!
//! What must stay true: a record number names one patient only; birth date and sex may be unknown
//! and then stay unknown.

use serde::{Deserialize, Serialize};

use crate::value::{BirthDate, Moment, PatientId, PersonName, Sex};

/// One patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Identity.
    pub id: PatientId,
    /// The record number the hospital or clinic gave; unique.
    pub record_number: String,
    /// Name.
    pub name: PersonName,
    /// Day of birth, if known.
    pub birth_date: Option<BirthDate>,
    /// Sex for clinical use.
    pub sex: Sex,
}

impl Patient {
    /// Age in whole days at `at`, if the birth date is known.
    #[must_use]
    pub fn days_old(&self, at: Moment) -> Option<u32> {
        self.birth_date.and_then(|born| born.days_old(at))
    }
}
