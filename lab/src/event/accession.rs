//! What can happen to an order, its specimens and its tests before there is a result.
//!
//! What must stay true: an order is one event, so that its accession, specimens and tests come
//! into being together or not at all.

use serde::{Deserialize, Serialize};

use crate::accession::{Accession, Collection, Credit, Specimen, Test, Touched};
use crate::value::{Moment, SpecimenId, TestId};

/// What happened. An order, the usual one, is also the largest: an event is decided, applied and
/// forgotten, so that nothing is won by keeping it elsewhere.
#[expect(clippy::large_enum_variant, reason = "few events exist at a time")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessionEvent {
    /// Tests were ordered.
    OrderPlaced {
        /// The accession.
        accession: Accession,
        /// Its specimens.
        specimens: Vec<Specimen>,
        /// Its tests.
        tests: Vec<Test>,
    },
    /// A specimen was taken from the patient.
    SpecimenCollected {
        /// Which.
        specimen: SpecimenId,
        /// When it was taken.
        at: Moment,
        /// By whom, from whom and how, where that was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        how: Option<Collection>,
    },
    /// A specimen arrived in the laboratory.
    SpecimenReceived {
        /// Which.
        specimen: SpecimenId,
        /// When it arrived.
        at: Moment,
    },
    /// A specimen was rejected.
    SpecimenRejected {
        /// Which.
        specimen: SpecimenId,
        /// The catalog's reason code.
        reason: String,
        /// What the person wrote.
        note: String,
    },
    /// A test was cancelled.
    TestCancelled {
        /// Which.
        test: TestId,
        /// Why.
        reason: String,
        /// When and by whom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Touched>,
    },
    /// The charge for a test was taken back.
    TestCredited(Credit),
}
