//! A specimen: material of one patient in one container.
//!
//! What must stay true: collected before received; nothing is measured from a rejected one.

use serde::{Deserialize, Serialize};

use crate::value::{AccessionId, Label, Moment, SpecimenId};

/// One specimen in one container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Specimen {
    /// Identity.
    pub id: SpecimenId,
    /// The accession it belongs to.
    pub accession: AccessionId,
    /// The number on the container.
    pub label: Label,
    /// The catalog's code of the container.
    pub container: String,
    /// Where it stands.
    pub state: SpecimenState,
    /// When it was taken from the patient.
    pub collected_at: Option<Moment>,
    /// When the laboratory received it.
    pub received_at: Option<Moment>,
    /// The reason code and the note of a rejection.
    pub rejected: Option<(String, String)>,
}

/// Where a specimen stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpecimenState {
    /// Ordered, not yet taken.
    Ordered,
    /// Taken from the patient.
    Collected,
    /// In the laboratory.
    Received,
    /// Not fit for testing.
    Rejected,
}

impl SpecimenState {
    /// The word on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            SpecimenState::Ordered => "to collect",
            SpecimenState::Collected => "collected",
            SpecimenState::Received => "received",
            SpecimenState::Rejected => "rejected",
        }
    }
}
