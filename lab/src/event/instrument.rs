//! What can happen to instruments and to the readings nobody could place.
//!
//! What must stay true: no reading is dropped: each is filed, or waits unclaimed, or was
//! discarded by a person with a reason.

use serde::{Deserialize, Serialize};

use crate::instrument::{Instrument, Reading, Unclaimed};
use crate::value::{InstrumentId, MessageId, SpecimenId, UnclaimedId};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InstrumentEvent {
    /// An instrument was connected.
    InstrumentAdded(Instrument),
    /// Readings came for a specimen of ours; what was filed stands in events of its own.
    ReadingsReceived {
        /// From which instrument.
        instrument: InstrumentId,
        /// In which raw message.
        message: Option<MessageId>,
        /// For which specimen.
        specimen: SpecimenId,
        /// Readings that were not ordered, or are no results: kept here in the sender's words.
        beside: Vec<Reading>,
    },
    /// Readings found no place.
    ReadingsUnclaimed(Unclaimed),
    /// Unclaimed readings were given to a specimen.
    UnclaimedGiven {
        /// Which entry.
        unclaimed: UnclaimedId,
        /// To which specimen.
        specimen: SpecimenId,
        /// Why.
        reason: String,
    },
    /// Unclaimed readings were discarded.
    UnclaimedDiscarded {
        /// Which entry.
        unclaimed: UnclaimedId,
        /// Why.
        reason: String,
    },
}
