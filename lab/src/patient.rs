//! A patient as the laboratory knows one: two identifiers, and what chooses an interval; the other
//! numbers a patient is known by, the stays, and the merging of two registrations.
//!
//! What must stay true: a record number names one patient only; birth date and sex may be unknown
//! and then stay unknown; a registration that was merged keeps its row and names the one that
//! survives.

mod encounter;
mod identifier;
mod merge;

use serde::{Deserialize, Serialize};

pub use encounter::{Encounter, EncounterClass};
pub use identifier::{IdentifierKind, PatientIdentifier};
pub use merge::{Merge, Undone};

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
    /// True once the patient is known to have died.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deceased: bool,
    /// The patient this registration was merged into; that one carries everything since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<PatientId>,
}

impl Patient {
    /// Age in whole days at `at`, if the birth date is known.
    #[must_use]
    pub fn days_old(&self, at: Moment) -> Option<u32> {
        self.birth_date.and_then(|born| born.days_old(at))
    }

    /// True where the patient is known to be born after `at`.
    #[must_use]
    pub fn unborn(&self, at: Moment) -> bool {
        self.birth_date.is_some_and(|born| born.days_old(at).is_none())
    }
}
