//! An instrument on the bench, what it reads, and the readings nobody could place.
//!
//! What must stay true: a reading keeps the instrument's own text; a code without a place in the
//! instrument's code map is never guessed; readings that fit no open specimen wait in the
//! unclaimed list until a person decides; readings of control material stand in a list of their
//! own and are never a patient's.

mod wiring;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::{ControlId, InstrumentId, MessageId, Moment, SpecimenId, TestCode, UnclaimedId};

pub use wiring::{CharacterSet, Connection, ControlRule, FieldMark, Wiring, silence};

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
    /// How it is connected, and by what its control material is known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wiring: Wiring,
}

/// Texts of before a part existed stay as they are: a part that says nothing is not written.
fn is_default<T: Default + PartialEq>(part: &T) -> bool {
    *part == T::default()
}

/// What an instrument's code stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeUse {
    /// This test of the laboratory.
    Test(TestCode),
    /// Known and not used here: kept beside, never unclaimed.
    Unused,
    /// Nothing yet: its readings wait unclaimed.
    Unknown,
}

impl Instrument {
    /// What a code stands for.
    #[must_use]
    pub fn use_of(&self, code: &str) -> CodeUse {
        match self.codes.get(code) {
            Some(test) => CodeUse::Test(test.clone()),
            None if self.unused.iter().any(|unused| unused == code) => CodeUse::Unused,
            None => CodeUse::Unknown,
        }
    }

    /// Lets a code stand for something else from now on.
    pub fn map(&mut self, code: &str, to: &CodeUse) {
        self.codes.remove(code);
        self.unused.retain(|unused| unused != code);
        match to {
            CodeUse::Test(test) => drop(self.codes.insert(code.to_owned(), test.clone())),
            CodeUse::Unused => self.unused.push(code.to_owned()),
            CodeUse::Unknown => {}
        }
    }
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
    /// What else it said of this reading.
    #[serde(default, skip_serializing_if = "is_default")]
    pub detail: Detail,
}

/// What an instrument says of a reading beside the value, as sent; most say little.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// The dilution.
    #[serde(skip_serializing_if = "is_default")]
    pub dilution: Option<String>,
    /// The lot of the reagent.
    #[serde(skip_serializing_if = "is_default")]
    pub lot: Option<String>,
    /// The method.
    #[serde(skip_serializing_if = "is_default")]
    pub method: Option<String>,
    /// The person at the instrument.
    #[serde(skip_serializing_if = "is_default")]
    pub operator: Option<String>,
    /// The module or serial number that measured.
    #[serde(skip_serializing_if = "is_default")]
    pub module: Option<String>,
    /// The status (`F` final, `P` preliminary, `C` corrected, `R` sent before, `X` not done).
    #[serde(skip_serializing_if = "is_default")]
    pub status: Option<String>,
    /// The number of the run, as sent; none for the first.
    #[serde(skip_serializing_if = "is_default")]
    pub run: Option<String>,
    /// The bytes of a picture or graph, which stays in the raw message.
    #[serde(skip_serializing_if = "is_default")]
    pub picture_bytes: Option<u64>,
    /// Of an alarm: the instrument's codes of the readings it is about; none is about all.
    #[serde(skip_serializing_if = "is_default")]
    pub concerns: Vec<String>,
}

impl Detail {
    /// True where nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        is_default(self)
    }

    /// What is kept with a result: what the value was measured with and by whom. The usual status,
    /// a final value, says nothing.
    #[must_use]
    pub fn of_result(&self) -> Detail {
        let status = self.status.clone().filter(|status| !["", "F"].contains(&status.trim()));
        Detail { status, picture_bytes: None, concerns: Vec::new(), ..self.clone() }
    }

    /// The dilution, where the specimen was diluted. The value is never multiplied by it: an
    /// instrument that says so has done it.
    // Roche cobas host interface: 1 is undiluted; Abbott ARCHITECT: UNDILUTED.
    #[must_use]
    pub fn diluted(&self) -> Option<&str> {
        let undiluted = ["", "0", "1", "1:1", "not", "undiluted", "none"];
        let own = self.dilution.as_deref().map(str::trim)?;
        (!undiluted.contains(&own.to_lowercase().as_str())).then_some(own)
    }
}

/// From here on a Sysmex suspicion index is positive (Sysmex XN series host interface: judged
/// at 100 on a scale of 0 to 300).
const SUSPICION_POSITIVE: u32 = 100;

impl Reading {
    /// The alarm this reading raises about the specimen, if it does.
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

    /// Whether an alarm is about the reading of this code: one that names none is about all.
    #[must_use]
    pub fn concerns(&self, code: &str) -> bool {
        let named = &self.detail.concerns;
        named.is_empty() || named.iter().any(|one| one == code)
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
    /// The specimen was told lost.
    Lost,
    /// The specimen was discarded.
    Discarded,
    /// Control or calibration material, which never reaches a patient.
    NotAPatient,
    /// The result was verified already; a change is a correction.
    AlreadyVerified,
    /// The test was cancelled.
    Cancelled,
    /// The code is not in the instrument's code map.
    UnknownCode,
    /// Marked as control material under a number that looks like one of our specimens: which of
    /// the two it is, nobody here may guess.
    ControlOrPatient,
}

impl Unplaced {
    /// What a person does about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Unplaced::NoSuchSpecimen => "Look at the tube; give them to its specimen, or discard.",
            Unplaced::NotReceived => "Receive the specimen, then read them again.",
            Unplaced::Rejected => "Discard them, or run the new specimen.",
            Unplaced::Lost => "Tell that it was found, then read them again.",
            Unplaced::Discarded => "Discard them, or give them to the right specimen.",
            Unplaced::NotAPatient => "Keep them as control material.",
            Unplaced::AlreadyVerified => "Compare; correct the result if the new one is right.",
            Unplaced::Cancelled => "Discard them, or add the test again and read them again.",
            Unplaced::UnknownCode => "Map the code, then read them again.",
            Unplaced::ControlOrPatient => {
                "Look at the tube; keep them as control material, or give them to the specimen."
            }
        }
    }

    /// One sentence for the unclaimed list.
    #[must_use]
    pub const fn sentence(&self) -> &'static str {
        match self {
            Unplaced::NoSuchSpecimen => "No specimen has this number.",
            Unplaced::NotReceived => "The specimen has not been received.",
            Unplaced::Rejected => "The specimen was rejected.",
            Unplaced::Lost => "The specimen was told lost; say that it was found, or discard them.",
            Unplaced::Discarded => "The specimen was discarded before this reading came.",
            Unplaced::NotAPatient => "Control or calibration material; kept apart from patients.",
            Unplaced::AlreadyVerified => "The result was verified before this reading came.",
            Unplaced::Cancelled => "The test was cancelled before this reading came.",
            Unplaced::UnknownCode => "The instrument's code is not in its code map.",
            Unplaced::ControlOrPatient => {
                "Marked as control material, but the number looks like one of our specimens."
            }
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
    /// Filed when it was read again, after the code map or the specimen had changed.
    Replayed,
    /// Kept as control material.
    Control(ControlId),
}

/// What an instrument measured in control material or calibrator; judged apart from patients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlReadings {
    /// Identity.
    pub id: ControlId,
    /// The instrument that sent them.
    pub instrument: InstrumentId,
    /// The raw message they came in.
    pub message: Option<MessageId>,
    /// When they came.
    pub at: Moment,
    /// The number of the material as the instrument sent it.
    pub sent_number: String,
    /// Control or calibrator.
    pub material: Material,
    /// The readings.
    pub readings: Vec<Reading>,
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
