//! What can happen to a patient's registration.
//!
//! What must stay true: the record keeps every identifier a patient ever had; a merge names
//! everything that moves, and its undoing everything that moves back.

use serde::{Deserialize, Serialize};

use crate::accession::ResultVersion;
use crate::patient::{Encounter, Merge, Patient, PatientIdentifier, Undone};
use crate::value::{
    AccessionId, BirthDate, EncounterId, IdentifierId, MergeId, PatientId, PersonName, ResultId,
    Sex, TestId,
};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PatientEvent {
    /// A patient was registered.
    PatientRegistered(Patient),
    /// What is known of a patient was corrected.
    PatientAmended {
        /// Which.
        patient: PatientId,
        /// What is known now.
        known: Known,
        /// Why.
        reason: String,
    },
    /// A patient got another identifier.
    IdentifierAdded(PatientIdentifier),
    /// An identifier no longer holds.
    IdentifierRetired {
        /// Which.
        identifier: IdentifierId,
        /// Why.
        reason: String,
    },
    /// A stay or visit began, changed or ended.
    EncounterRecorded(Encounter),
    /// Two registrations of one patient became one.
    PatientsMerged {
        /// The merge, with what moved.
        merge: Merge,
        /// The tests and results of the accessions that moved.
        hanging: Hanging,
    },
    /// A merge was undone.
    MergeUndone {
        /// Which.
        merge: MergeId,
        /// Who, when and why.
        undone: Undone,
        /// What moves back.
        back: Moved,
        /// The tests and results of the accessions that move back.
        hanging: Hanging,
    },
}

/// What is known of a patient beside the record number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Name.
    pub name: PersonName,
    /// Day of birth, if known.
    pub birth_date: Option<BirthDate>,
    /// Sex for clinical use.
    pub sex: Sex,
    /// True once the patient is known to have died.
    pub deceased: bool,
}

impl Known {
    /// What is known of this patient.
    #[must_use]
    pub fn of(patient: &Patient) -> Known {
        Known {
            name: patient.name.clone(),
            birth_date: patient.birth_date,
            sex: patient.sex,
            deceased: patient.deceased,
        }
    }
}

/// What moves from one registration to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Accessions.
    pub accessions: Vec<AccessionId>,
    /// Encounters.
    pub encounters: Vec<EncounterId>,
    /// Identifiers.
    pub identifiers: Vec<IdentifierId>,
}

/// What hangs from the accessions that move.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hanging {
    /// Tests.
    pub tests: Vec<TestId>,
    /// Result versions.
    pub results: Vec<ResultId>,
}

impl Hanging {
    /// The numbers of these tests and results.
    #[must_use]
    pub fn of(tests: &[crate::accession::Test], results: &[ResultVersion]) -> Hanging {
        Hanging {
            tests: tests.iter().map(|test| test.id).collect(),
            results: results.iter().map(|result| result.id).collect(),
        }
    }
}
