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
        ValueType::Structured => read_structured(definition, text),
        ValueType::Coded if definition.answers.is_empty() => Some(Value::Coded(text.to_owned())),
        ValueType::Coded => {
            let meant = Answer::meant(&definition.answers, text)?;
            Some(Value::Coded(meant.text.clone()))
        }
    }
}

/// Unit of a test whose figures are titers (UCUM).
pub(crate) const TITER: &str = "{titer}";

/// What the bench writes where no single number says it: a titer where the test gives titers,
/// else a number or a range; words such as `many` stay words. Figures that are none of these are
/// not read: they would stand on a report as words.
fn read_structured(definition: &TestDefinition, text: &str) -> Option<Value> {
    let words = || {
        let figures = text.chars().any(|sign| sign.is_ascii_digit());
        (!figures).then(|| Value::Text(text.to_owned()))
    };
    if definition.unit == TITER {
        return Value::read_titer(text).or_else(words);
    }
    Value::read_quantity(text).ok().or_else(|| Value::read_range(text)).or_else(words)
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
