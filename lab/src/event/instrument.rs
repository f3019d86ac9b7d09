//! What can happen to instruments and to the readings nobody could place.
//!
//! What must stay true: no reading is dropped: each is filed, or waits unclaimed, or was
//! discarded by a person with a reason; those of control material stand apart.

use serde::{Deserialize, Serialize};

use crate::instrument::{CodeUse, ControlReadings, Instrument, Reading, Unclaimed};
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
    /// How an instrument is named, read or connected was changed; its code map was not.
    InstrumentChanged {
        /// As it is from now on.
        instrument: Instrument,
        /// Why.
        reason: String,
    },
    /// One of an instrument's codes stands for something else from now on.
    CodeMapped {
        /// Of which instrument.
        instrument: InstrumentId,
        /// The instrument's code.
        code: String,
        /// What it stands for.
        to: CodeUse,
        /// Why.
        reason: String,
    },
    /// Readings of control material or calibrator came.
    ControlsReceived(ControlReadings),
    /// Unclaimed readings were found to be of control material.
    UnclaimedToControls {
        /// Which entry.
        unclaimed: UnclaimedId,
        /// What they are now.
        controls: ControlReadings,
        /// Why.
        reason: String,
    },
    /// Unclaimed readings were read again; what was filed stands in events of its own.
    UnclaimedReplayed {
        /// Which entry.
        unclaimed: UnclaimedId,
        /// Why.
        reason: String,
    },
    /// A person had a kept message read again.
    MessageReplayed {
        /// Which message.
        message: MessageId,
        /// Why.
        reason: String,
    },
}
