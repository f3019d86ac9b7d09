//! An encounter: one stay in the hospital or one visit to a clinic.
//!
//! What must stay true: nobody is discharged before being admitted; a number names one encounter.

use serde::{Deserialize, Serialize};

use crate::value::{EncounterId, LocationId, Moment, PatientId};

/// One stay or visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encounter {
    /// Identity.
    pub id: EncounterId,
    /// Whose.
    pub patient: PatientId,
    /// The number the hospital gave; unique.
    pub number: String,
    /// What kind of stay.
    pub class: EncounterClass,
    /// Where the patient is.
    pub location: Option<LocationId>,
    /// Since when.
    pub admitted_at: Moment,
    /// Until when, once it is over.
    pub discharged_at: Option<Moment>,
}

/// What kind of stay; HL7 table 0004.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EncounterClass {
    /// Stays in the hospital.
    Inpatient,
    /// Comes and goes.
    Outpatient,
    /// In the emergency department.
    Emergency,
}

impl EncounterClass {
    /// Every class, in the order of the list on screens.
    pub const ALL: [EncounterClass; 3] =
        [EncounterClass::Inpatient, EncounterClass::Outpatient, EncounterClass::Emergency];

    /// The word on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            EncounterClass::Inpatient => "inpatient",
            EncounterClass::Outpatient => "outpatient",
            EncounterClass::Emergency => "emergency",
        }
    }

    /// Reads the word, in any case.
    #[must_use]
    pub fn read(text: &str) -> Option<EncounterClass> {
        EncounterClass::ALL.into_iter().find(|one| one.word().eq_ignore_ascii_case(text.trim()))
    }
}
