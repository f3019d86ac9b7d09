//! A specimen: material of one patient in one container; also an aliquot of it, and a slide.
//!
//! Where a specimen stands is one thing, what was done to it another: a tube that was spun and is
//! put away is both. The state says where it stands; [`Handling`] keeps what was done.
//!
//! ```text
//! ordered ── collected ──┬─────────────── received ──┬── stored ── (fetched) received
//!                        └─ dispatched ──┘    │      ├── dispatched ── on the bench
//!                                             │      └── discarded (after its time)
//!      from collected on: rejected, or lost ── (found) back to where it stood
//! ```
//!
//! What must stay true: collected before received; nothing is measured from one that is rejected,
//! lost or discarded; an aliquot and a slide name the specimen they are made from.

use serde::{Deserialize, Serialize};

use super::{Collection, Handling};
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
    /// How it was taken, where that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<Collection>,
    /// What was seen of it and done to it.
    #[serde(default, skip_serializing_if = "Handling::is_untouched")]
    pub handling: Handling,
}

impl Specimen {
    /// A specimen that is ordered and not yet taken.
    #[must_use]
    pub fn ordered(id: SpecimenId, accession: AccessionId, label: Label, container: &str) -> Self {
        Specimen {
            id,
            accession,
            label,
            container: container.to_owned(),
            state: SpecimenState::Ordered,
            collected_at: None,
            received_at: None,
            rejected: None,
            collection: None,
            handling: Handling::default(),
        }
    }

    /// True where the laboratory has it and results from it are accepted: received, wherever it is
    /// now, and not gone.
    #[must_use]
    pub const fn can_be_measured(&self) -> bool {
        self.received_at.is_some() && self.state.is_at_hand()
    }

    /// Where it stands, in a word for screens.
    #[must_use]
    pub const fn standing(&self) -> &'static str {
        match self.state {
            SpecimenState::Received if self.handling.spun.is_some() => "spun",
            state => state.word(),
        }
    }

    /// The container it was drawn into: that of the specimen an aliquot is made from.
    #[must_use]
    pub fn drawn_into(&self) -> &str {
        match &self.handling.made_from {
            Some(origin) => &origin.container,
            None => &self.container,
        }
    }
}

/// Where a specimen stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SpecimenState {
    /// Ordered, not yet taken.
    Ordered,
    /// Taken from the patient.
    Collected,
    /// In the laboratory.
    Received,
    /// Not fit for testing.
    Rejected,
    /// On its way to a bench, a site or a reference laboratory, by a dispatch list.
    Dispatched,
    /// Arrived where it was dispatched to.
    OnBench,
    /// Put away at its place.
    Stored,
    /// Nobody knows where it is.
    Lost,
    /// Thrown away after its time.
    Discarded,
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
            SpecimenState::Dispatched => "dispatched",
            SpecimenState::OnBench => "on the bench",
            SpecimenState::Stored => "stored",
            SpecimenState::Lost => "lost",
            SpecimenState::Discarded => "discarded",
        }
    }

    /// True of one that somebody has in hand or knows where it is, after collection.
    #[must_use]
    pub const fn is_at_hand(self) -> bool {
        matches!(
            self,
            SpecimenState::Received
                | SpecimenState::Dispatched
                | SpecimenState::OnBench
                | SpecimenState::Stored
        )
    }

    /// True of one from which nothing can be measured any more.
    #[must_use]
    pub const fn is_gone(self) -> bool {
        matches!(self, SpecimenState::Rejected | SpecimenState::Lost | SpecimenState::Discarded)
    }
}
