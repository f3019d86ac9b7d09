//! What can happen to a specimen after its collection: seen, spun, parted, put away, sent, lost
//! and found, ordered anew.
//!
//! What must stay true: an aliquot, its label and the tests that move to it are one event; what
//! is ordered anew names the specimen it replaces and who was told.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::accession::{Condition, Confirmed, Position, Specimen, Spun, Test};
use crate::storage::{Destination, Dispatch, StoragePlace};
use crate::value::{AccessionId, Moment, SpecimenId, TestId, Zone};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TubeEvent {
    /// Somebody looked at a specimen; what was not looked at is left out.
    SpecimenSeen {
        /// Which.
        specimen: SpecimenId,
        /// When.
        at: Moment,
        /// What is in it, mL.
        volume_ml: Option<Decimal>,
        /// How warm it came.
        zone: Option<Zone>,
        /// What it looks like.
        condition: Option<Condition>,
    },
    /// Specimens were spun.
    SpecimensSpun {
        /// Each with how.
        specimens: Vec<(SpecimenId, Spun)>,
    },
    /// A part of a specimen was put into a container of its own, or onto glass.
    PartMade {
        /// From which.
        parent: SpecimenId,
        /// The aliquot or slide.
        part: Box<Specimen>,
        /// The tests that are measured from it from now on.
        tests: Vec<TestId>,
        /// What is left in the parent, mL, where that is known.
        left_ml: Option<Decimal>,
    },
    /// A specimen was put away.
    SpecimenStored {
        /// Which.
        specimen: SpecimenId,
        /// Where.
        position: Position,
        /// How warm it is there.
        zone: Zone,
        /// When.
        at: Moment,
    },
    /// A specimen was taken out of its place.
    SpecimenFetched {
        /// Which.
        specimen: SpecimenId,
        /// When.
        at: Moment,
    },
    /// A specimen was thrown away after its time.
    SpecimenDiscarded {
        /// Which.
        specimen: SpecimenId,
        /// When.
        at: Moment,
    },
    /// Specimens left by a dispatch list.
    SpecimensDispatched(Dispatch),
    /// A specimen arrived where it was sent.
    SpecimenArrived {
        /// Which.
        specimen: SpecimenId,
        /// What kind of place that is.
        to: Destination,
        /// When.
        at: Moment,
    },
    /// Nobody knows where a specimen is.
    SpecimenLost {
        /// Which.
        specimen: SpecimenId,
        /// What was written.
        note: String,
    },
    /// A lost specimen was found.
    SpecimenFound {
        /// Which.
        specimen: SpecimenId,
        /// Its tests that are to be measured after all.
        tests: Vec<TestId>,
    },
    /// Some tests cannot be measured from this specimen; the rest can.
    TestsRejected {
        /// Which specimen.
        specimen: SpecimenId,
        /// Which tests.
        tests: Vec<TestId>,
        /// The catalog's reason code.
        reason: String,
        /// What the person wrote.
        note: String,
    },
    /// What a rejected or lost specimen was for was ordered anew; the order itself is an event of
    /// its own.
    RecollectOrdered {
        /// In place of which specimen.
        specimen: SpecimenId,
        /// By which accession.
        accession: AccessionId,
        /// Who was told.
        told: String,
    },
    /// Tests were added to a specimen that the laboratory has.
    TestsAdded {
        /// To which.
        specimen: SpecimenId,
        /// The tests.
        tests: Vec<Test>,
        /// Who asked for them.
        provider: String,
        /// What was doubted and added all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirmed: Option<Confirmed>,
    },
    /// A place to put specimens away was set up.
    StoragePlaceAdded(StoragePlace),
}
