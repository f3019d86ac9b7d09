//! An instrument on the bench, what it reads, and the readings nobody could place.
//!
//! What must stay true: a reading keeps the instrument's own text; a code without a place in the
//! instrument's code map is never guessed; readings that fit no open specimen wait in the
//! unclaimed list until a person decides.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::{InstrumentId, MessageId, Moment, SpecimenId, TestCode, UnclaimedId};

/// One instrument, physically.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// Identity.
    pub id: InstrumentId,
    /// The name on its front, unique in the laboratory.
    pub name: String,
    /// The driver that reads it.
    pub driver: String,
    /// What it calls itself in its messages, by which a connection is recognized.
    pub sender: String,
    /// The instrument's code of each test to the laboratory's.
    pub codes: BTreeMap<String, TestCode>,
    /// Codes that are known and not used here: kept beside, never unclaimed.
    pub unused: Vec<String>,
}

/// Whose material was measured, as the instrument marks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Material {
    /// A patient's specimen.
    Patient,
    /// Control material.
    Control,
    /// Calibrator.
    Calibrator,
    /// The instrument does not say.
    Unknown,
}

/// What kind of row an instrument sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nature {
    /// A measured value, or the note that there is none.
    Result,
    /// A suspicion or an alarm of the instrument about the specimen.
    Flag,
    /// The name of a picture or plot, or anything else that is no result.
    Other,
}

/// One reading, in the words of the instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The instrument's code.
    pub code: String,
    /// What kind of row it is.
    pub nature: Nature,
    /// The value as sent, with its comparator, trimmed; empty where the instrument gave none.
    pub value: String,
    /// False where the instrument marks that it has no value (dashes, dots, stars, nothing).
    pub measured: bool,
    /// Unit as sent.
    pub unit: String,
    /// Flags as sent.
    pub flags: Vec<String>,
    /// The instrument's time of measurement, as sent.
    pub at: Option<String>,
}

/// From here on a Sysmex suspicion index is positive (Sysmex XN series host interface: judged
/// at 100 on a scale of 0 to 300).
const SUSPICION_POSITIVE: u32 = 100;

impl Reading {
    /// The alarm this reading raises about the whole specimen, if it does.
    #[must_use]
    pub fn alarm(&self) -> Option<&str> {
        if self.nature != Nature::Flag {
            return None;
        }
        let index: Option<u32> = self.value.parse().ok();
        let positive = match index {
            Some(index) => index >= SUSPICION_POSITIVE,
            None => !self.value.is_empty(),
        };
        (positive || self.flags.iter().any(|flag| flag == "A")).then_some(self.code.as_str())
    }

    /// The instrument's own doubts about this value: every flag that is no mere H, L or N.
    pub fn doubts(&self) -> impl Iterator<Item = &str> {
        let plain = ["", "N", "L", "H", "LL", "HH"];
        self.flags.iter().map(String::as_str).filter(move |flag| !plain.contains(flag))
    }
}

/// Why readings found no place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unplaced {
    /// The number on the tube is none of ours.
    NoSuchSpecimen,
    /// The specimen has not been received here.
    NotReceived,
    /// The specimen was rejected.
    Rejected,
    /// Control or calibration material, which never reaches a patient.
    NotAPatient,
    /// The result was verified already; a change is a correction.
    AlreadyVerified,
    /// The test was cancelled.
    Cancelled,
    /// The code is not in the instrument's code map.
    UnknownCode,
}

impl Unplaced {
    /// One sentence for the unclaimed list.
    #[must_use]
    pub const fn sentence(&self) -> &'static str {
        match self {
            Unplaced::NoSuchSpecimen => "No specimen has this number.",
            Unplaced::NotReceived => "The specimen has not been received.",
            Unplaced::Rejected => "The specimen was rejected.",
            Unplaced::NotAPatient => "Control or calibration material; kept apart from patients.",
            Unplaced::AlreadyVerified => "The result was verified before this reading came.",
            Unplaced::Cancelled => "The test was cancelled before this reading came.",
            Unplaced::UnknownCode => "The instrument's code is not in its code map.",
        }
    }
}

/// Where an unclaimed entry stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claim {
    /// Waiting for a person.
    Open,
    /// Given to a specimen.
    Given(SpecimenId),
    /// Discarded, with the reason.
    Discarded(String),
}

/// Readings that found no place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unclaimed {
    /// Identity.
    pub id: UnclaimedId,
    /// The instrument that sent them.
    pub instrument: InstrumentId,
    /// The raw message they came in.
    pub message: Option<MessageId>,
    /// When they came.
    pub at: Moment,
    /// The specimen number as the instrument sent it.
    pub sent_number: String,
    /// Why they found no place.
    pub because: Unplaced,
    /// The readings.
    pub readings: Vec<Reading>,
    /// Where the entry stands.
    pub claim: Claim,
}
