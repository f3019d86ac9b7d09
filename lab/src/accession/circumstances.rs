//! What an order says beside its tests: when it is due, fasting, why, for whom else, from where;
//! and what was ordered in spite of a doubt.
//!
//! What must stay true: an order of before these were kept has none of them, and says so by being
//! empty; unknown fasting is unknown.

use serde::{Deserialize, Serialize};

use crate::value::{Diagnosis, EncounterId, FacilityId, LocationId, Moment, ProviderId, TestCode};

/// What an order says beside its tests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// When a timed order is to be collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
    /// Whether the patient fasts.
    #[serde(default, skip_serializing_if = "Fasting::is_unknown")]
    pub fasting: Fasting,
    /// Why it was ordered, in ICD-10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnoses: Vec<Diagnosis>,
    /// The number the orderer's own system gave.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub placer_number: String,
    /// Who else gets a copy of the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies_to: Vec<String>,
    /// The provider in the directory; the name stands in the accession.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// Where the patient is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// The stay or visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<EncounterId>,
    /// The facility that sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<FacilityId>,
    /// What was doubted and ordered all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmed>,
}

impl Circumstances {
    /// True where nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Circumstances::default()
    }
}

/// Whether a patient fasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fasting {
    /// Nobody said.
    #[default]
    Unknown,
    /// The patient fasts.
    Yes,
    /// The patient has eaten.
    No,
}

impl Fasting {
    /// The word on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Fasting::Unknown => "not known",
            Fasting::Yes => "fasting",
            Fasting::No => "not fasting",
        }
    }

    /// Reads `yes`, `no` or `unknown`.
    #[must_use]
    pub fn read(text: &str) -> Option<Fasting> {
        match text.trim().to_ascii_lowercase().as_str() {
            "yes" => Some(Fasting::Yes),
            "no" => Some(Fasting::No),
            "" | "unknown" => Some(Fasting::Unknown),
            _ => None,
        }
    }

    /// True where nobody said.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Fasting::Unknown)
    }
}

/// Doubts that somebody looked at, and the reason to order all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Why.
    pub reason: String,
    /// Each test and what was doubted.
    pub doubts: Vec<(TestCode, DoubtKind)>,
}

/// What may be doubted about ordering a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DoubtKind {
    /// It was ordered for this patient a short time ago.
    DuplicateOrder,
    /// It is for the other sex.
    WrongSex,
    /// It is for one sex, and the patient's is not known.
    SexNotKnown,
    /// It is for another age.
    WrongAge,
    /// It is for some ages, and the patient's is not known.
    AgeNotKnown,
}

impl DoubtKind {
    /// Every kind.
    pub const ALL: [DoubtKind; 5] = [
        DoubtKind::DuplicateOrder,
        DoubtKind::WrongSex,
        DoubtKind::SexNotKnown,
        DoubtKind::WrongAge,
        DoubtKind::AgeNotKnown,
    ];

    /// The code for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            DoubtKind::DuplicateOrder => "DuplicateOrder",
            DoubtKind::WrongSex => "WrongSex",
            DoubtKind::SexNotKnown => "SexNotKnown",
            DoubtKind::WrongAge => "WrongAge",
            DoubtKind::AgeNotKnown => "AgeNotKnown",
        }
    }

    /// What is doubted, in words beside the test.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            DoubtKind::DuplicateOrder => "ordered a short time before",
            DoubtKind::WrongSex => "for the other sex",
            DoubtKind::SexNotKnown => "for one sex, not known here",
            DoubtKind::WrongAge => "for another age",
            DoubtKind::AgeNotKnown => "for some ages, not known here",
        }
    }

    /// Reads the code.
    #[must_use]
    pub fn read(text: &str) -> Option<DoubtKind> {
        DoubtKind::ALL.into_iter().find(|kind| kind.code() == text)
    }

    /// What to do about it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            DoubtKind::DuplicateOrder => {
                "Use the earlier accession, or say why it is ordered all the same."
            }
            DoubtKind::WrongSex | DoubtKind::WrongAge => {
                "Compare patient and test with the requisition; or say why it is right."
            }
            DoubtKind::SexNotKnown | DoubtKind::AgeNotKnown => {
                "Ask, and correct the patient first; or say why it is ordered all the same."
            }
        }
    }
}

/// One doubt about one test of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// The test.
    pub code: TestCode,
    /// What is doubted.
    pub kind: DoubtKind,
    /// In one sentence.
    pub sentence: String,
}
