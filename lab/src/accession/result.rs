//! One version of one result, with everything it was judged by.
//!
//! What must stay true: once filed it never changes; it carries the unit, interval, critical
//! limits and catalog release of its day, so that editing the catalog never restates history.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Amends, Ruling, TestState};
use crate::instrument::Detail;
use crate::people::Actor;
use crate::value::{
    AccessionId, InstrumentId, MessageId, Moment, PatientId, ResultId, TestCode, TestId, Value,
};

/// One version of one result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultVersion {
    /// Identity.
    pub id: ResultId,
    /// The test it answers.
    pub test: TestId,
    /// The accession of that test.
    pub accession: AccessionId,
    /// Whose.
    pub patient: PatientId,
    /// What was measured.
    pub code: TestCode,
    /// 1 for the first.
    pub version: u32,
    /// The value.
    pub value: Value,
    /// Unit (UCUM); empty where the value is a text that carries its own.
    pub unit: String,
    /// H, L and their kin.
    pub flag: Option<Flag>,
    /// Reference interval and critical limits of the patient at collection.
    pub limits: Limits,
    /// The comparison with the previous verified result.
    pub delta: Option<Delta>,
    /// Why it must not go out unseen; empty where nothing holds it.
    pub holds: Vec<Hold>,
    /// Where it came from.
    pub source: Source,
    /// When it was filed.
    pub filed_at: Moment,
    /// Who filed it.
    pub filed_by: Actor,
    /// The catalog release it was judged by.
    pub catalog_release: u32,
    /// What the laboratory adds in words; empty for nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// The released version that this one takes the place of; `None` for what was never released
    /// otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<Amends>,
    /// What the rules of release said of it; `None` where no rule was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Ruling>,
    /// What the instrument said beside the value: dilution, reagent lot, operator, module, run.
    #[serde(default, skip_serializing_if = "Detail::is_empty")]
    pub detail: Detail,
}

impl ResultVersion {
    /// How a test stands once this was filed: held, or ready to be verified.
    #[must_use]
    pub const fn waits(&self) -> TestState {
        if self.holds.is_empty() { TestState::Review } else { TestState::Held }
    }

    /// True where there is a value; false where there is only the reason for none.
    #[must_use]
    pub const fn has_value(&self) -> bool {
        !matches!(self.value, Value::NotPerformed(_))
    }
}

/// The limits a result was judged by; each is inclusive of normal, in the result's unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Lower reference limit.
    pub low: Option<Decimal>,
    /// Upper reference limit.
    pub high: Option<Decimal>,
    /// Below this the result is critical.
    pub critical_low: Option<Decimal>,
    /// Above this the result is critical.
    pub critical_high: Option<Decimal>,
    /// Intervals that differ by what is not known of the patient.
    pub differ: Option<String>,
}

impl Limits {
    /// The interval as printed beside a result: `3.5-5.1`, `<200`, `>40`, or nothing.
    #[must_use]
    pub fn interval(&self) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!("{low}\u{2013}{high}"),
            (Some(low), None) => format!("\u{2265}{low}"),
            (None, Some(high)) => format!("\u{2264}{high}"),
            (None, None) => self.differ.clone().unwrap_or_default(),
        }
    }
}

/// What a value says against its limits; HL7 table 0078 letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flag {
    /// Below the reference interval.
    L,
    /// Above the reference interval.
    H,
    /// Critically low.
    LL,
    /// Critically high.
    HH,
    /// Abnormal answer.
    A,
    /// Abnormal answer that somebody must be called about.
    AA,
}

impl Flag {
    /// The letters.
    #[must_use]
    pub const fn letters(self) -> &'static str {
        match self {
            Flag::L => "L",
            Flag::H => "H",
            Flag::LL => "LL",
            Flag::HH => "HH",
            Flag::A => "A",
            Flag::AA => "AA",
        }
    }

    /// True where a person must be called.
    #[must_use]
    pub const fn critical(self) -> bool {
        matches!(self, Flag::LL | Flag::HH | Flag::AA)
    }
}

/// The comparison with the previous verified result of the same patient and test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// The earlier version.
    pub previous: ResultId,
    /// Its value as reported.
    pub value: String,
    /// When it was verified.
    pub at: Moment,
    /// The change as shown: `+2.1` or `-34 %`.
    pub change: String,
    /// True where the change exceeds the catalog's limit within its window.
    pub exceeded: bool,
}

/// Why a result must not go out unseen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hold {
    /// Outside what is plausible in a living patient.
    Implausible,
    /// Not readable as the kind of value this test gives.
    Unreadable,
    /// The instrument's unit is not the catalog's.
    UnitDiffers(String),
    /// The instrument raised a flag or an alarm.
    InstrumentFlag(String),
    /// The instrument gave no value.
    NotMeasured(String),
    /// Critical: somebody must be called.
    Critical,
    /// It may be critical: `<60` with a limit of 50, or words where the rule is in words
    /// (`positive`).
    MayBeCritical,
    /// Differs too much from the previous result.
    Delta,
    /// Filed while an earlier value waits unverified: both must be compared.
    SecondValue,
    /// Calculated from a result that is itself held.
    HeldInput(String),
    /// Given to this specimen by a person, not by its number.
    GivenByHand,
    /// A person holds it.
    Person(String),
    /// The specimen is in a condition that disturbs the test, with what was seen and what the test
    /// bears.
    Specimen(String),
    /// Nobody recorded that the tube was spun.
    NotSpun,
    /// An instrument sent words for a test whose answers the catalog does not list: nobody but a
    /// person can tell whether they are one.
    Uncoded,
    /// Above what the instrument measures: a dilution would give the figure.
    AboveRange,
    /// An instrument sent it after another value was released: the released one stands until a
    /// person decides.
    AfterRelease,
}

impl Hold {
    /// True where there is no value that could go out: no reason releases it; it is run again,
    /// entered by hand, or cancelled.
    #[must_use]
    pub const fn forbids_release(&self) -> bool {
        matches!(
            self,
            Hold::Implausible | Hold::Unreadable | Hold::UnitDiffers(_) | Hold::NotMeasured(_)
        )
    }

    /// One sentence for the row.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Hold::Implausible => "Outside what is plausible in a living patient.".into(),
            Hold::Unreadable => "Not the kind of value this test gives.".into(),
            Hold::UnitDiffers(sent) => format!("The instrument sent the unit {sent}."),
            Hold::InstrumentFlag(flag) => format!("Instrument flag: {flag}."),
            Hold::NotMeasured(sent) if sent.is_empty() => "The instrument gave no value.".into(),
            Hold::NotMeasured(sent) => format!("The instrument gave no value ({sent})."),
            Hold::Critical => "Critical: the physician must be called.".into(),
            Hold::MayBeCritical => "May be critical: the value leaves it open.".into(),
            Hold::Delta => "Differs too much from the previous result.".into(),
            Hold::SecondValue => "A second value; compare it with the earlier one.".into(),
            Hold::HeldInput(code) => format!("Calculated from {code}, which is held."),
            Hold::GivenByHand => "Given to this specimen by hand; compare the tube.".into(),
            Hold::Person(reason) => format!("Held by hand: {reason}"),
            Hold::Specimen(why) => why.clone(),
            Hold::NotSpun => "Nobody recorded that the tube was spun.".into(),
            Hold::Uncoded => "The words stand in no list of answers; compare them.".into(),
            Hold::AboveRange => "Above the measuring range; run it diluted.".into(),
            Hold::AfterRelease => "Came after another value was released.".into(),
        }
    }
}

/// Where a result came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// An instrument measured it.
    Instrument {
        /// Which.
        instrument: InstrumentId,
        /// The raw message.
        message: Option<MessageId>,
        /// The instrument's own text.
        sent: String,
        /// The instrument's own flags.
        flags: Vec<String>,
        /// The instrument's own time, as sent.
        at: Option<String>,
    },
    /// A person entered it.
    Manual,
    /// Calculated from other results by the catalog's formula of this name.
    Calculated(String),
}
