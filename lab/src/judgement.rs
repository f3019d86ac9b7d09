//! What a value says: rounded, read against the patient's interval and critical limits, compared
//! with the last verified result, and held where a person must look.
//!
//! What must stay true: missing never counts as normal; what cannot be judged is held; the order
//! of checks is the trade's: unit and kind, plausible, instrument flags, delta, critical,
//! interval (bench reference, section 0 point 5).

mod calculate;
mod delta;
mod discarded;
mod limits;
mod reflex;
mod release;
mod specimen;

pub use calculate::{Dependent, Inputs, affected, calculated};
pub use discarded::without_inputs;
pub use reflex::reflexes;
pub use release::{Evidence, ruling};
pub use specimen::{disturbed, of_specimen, stable};

use crate::accession::{Delta, Flag, Hold, Limits, ResultVersion};
use crate::catalog::{Answer, Catalog, CriticalJudgement, TestDefinition, ValueType};
use crate::patient::Patient;
use crate::value::{Moment, Value};

/// Everything a value is judged by.
pub struct Case<'a> {
    /// The catalog in force.
    pub catalog: &'a Catalog,
    /// Its entry of the test.
    pub definition: &'a TestDefinition,
    /// The patient.
    pub patient: &'a Patient,
    /// When the specimen was taken: the age at that moment counts.
    pub collected_at: Moment,
    /// The last verified result of this test in this patient, and when it was verified.
    pub previous: Option<&'a (ResultVersion, Moment)>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The value as it will be reported.
    pub value: Value,
    /// H, L and their kin.
    pub flag: Option<Flag>,
    /// The limits that applied.
    pub limits: Limits,
    /// The comparison with the previous result.
    pub delta: Option<Delta>,
    /// Why it must not go out unseen.
    pub holds: Vec<Hold>,
}

/// Reads a text as the kind of value the test gives.
#[must_use]
pub fn read(definition: &TestDefinition, text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match definition.value_type {
        ValueType::Numeric => Value::read_quantity(text).ok(),
        ValueType::Structured => Some(read_structured(text)),
        ValueType::Coded if definition.answers.is_empty() => Some(Value::Coded(text.to_owned())),
        ValueType::Coded => {
            let meant = Answer::meant(&definition.answers, text)?;
            Some(Value::Coded(meant.text.clone()))
        }
    }
}

/// A titer, a range or a quantity, whichever the text is.
fn read_structured(text: &str) -> Value {
    if let Some(titer) = text.strip_prefix("1:").and_then(|titer| titer.trim().parse().ok()) {
        return Value::Titer(titer);
    }
    if let Ok(quantity) = Value::read_quantity(text) {
        return quantity;
    }
    let range = text.split_once('-').and_then(|(low, high)| {
        Some(Value::Range(low.trim().parse().ok()?, high.trim().parse().ok()?))
    });
    range.unwrap_or_else(|| Value::Text(text.to_owned()))
}

/// Judges a value.
#[must_use]
pub fn judge(case: &Case<'_>, value: Value) -> Judged {
    let value = match value {
        Value::Quantity(quantity) => Value::Quantity(quantity.rounded(case.definition.decimals)),
        other => other,
    };
    let limits = limits::of(case);
    let mut holds = Vec::new();
    if limits::implausible(case.definition, &value) {
        holds.push(Hold::Implausible);
    }
    let delta = case.previous.and_then(|previous| delta::against(case, &value, previous));
    if delta.as_ref().is_some_and(|delta| delta.exceeded) {
        holds.push(Hold::Delta);
    }
    let critical = limits::critical(case, &value);
    match critical {
        CriticalJudgement::Low | CriticalJudgement::High => holds.push(Hold::Critical),
        CriticalJudgement::Open => holds.push(Hold::MayBeCritical),
        CriticalJudgement::NotCritical => {}
    }
    let flag = limits::flag(case, &value, critical);
    Judged { value, flag, limits, delta, holds }
}
