//! The directory: client facilities, their locations, and the providers who order.
//!
//! What must stay true: an entry is never removed, it is closed; an order keeps the provider's name
//! as it was written, whatever becomes of the entry.

use serde::{Deserialize, Serialize};

use crate::value::{ClinicalLaboratoryNumber, FacilityId, LocationId, ProviderId, ProviderNumber};

/// A facility that sends orders: a hospital, a practice, another laboratory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facility {
    /// Identity.
    pub id: FacilityId,
    /// The short code people type; unique.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its address, as it stands on an envelope.
    pub address: String,
    /// Its number under CLIA, if it is a laboratory.
    pub clia: Option<ClinicalLaboratoryNumber>,
    /// How many copies of each report it gets.
    pub copies: u32,
    /// True once nothing is ordered from there any more.
    pub closed: bool,
}

/// A ward, a clinic or a bed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Identity.
    pub id: LocationId,
    /// The short code people type; unique.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: LocationKind,
    /// The facility it is part of.
    pub facility: Option<FacilityId>,
    /// True once nobody is there any more.
    pub closed: bool,
}

/// What a location is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LocationKind {
    /// A ward.
    Ward,
    /// A clinic or a practice.
    Clinic,
    /// A bed.
    Bed,
}

impl LocationKind {
    /// Every kind, in the order of the list on screens.
    pub const ALL: [LocationKind; 3] =
        [LocationKind::Ward, LocationKind::Clinic, LocationKind::Bed];

    /// The word on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            LocationKind::Ward => "ward",
            LocationKind::Clinic => "clinic",
            LocationKind::Bed => "bed",
        }
    }

    /// Reads the word, in any case.
    #[must_use]
    pub fn read(text: &str) -> Option<LocationKind> {
        LocationKind::ALL.into_iter().find(|kind| kind.word().eq_ignore_ascii_case(text.trim()))
    }
}

/// Somebody who orders tests and is called when a result is critical.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Identity.
    pub id: ProviderId,
    /// The name as it stands on reports; unique.
    pub name: String,
    /// The national number, if there is one.
    pub number: Option<ProviderNumber>,
    /// Where a critical result is called.
    pub telephone: String,
    /// True once the provider orders nothing any more.
    pub closed: bool,
}
