//! Critical limits: values a caregiver must hear of at once.
//!
//! Age is counted in days at collection, upper bounds exclusive; an unknown age never defaults.

use rule::{Comparator, Value};
use rust_decimal::Decimal;

/// Critical limits for one band of ages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriticalLimit {
    /// First day of the age band.
    pub from_days: u32,
    /// First day after the age band; none for no upper bound.
    pub to_days: Option<u32>,
    /// The band in words.
    pub ages: String,
    /// Below this the value is critical.
    pub low: Option<Decimal>,
    /// Whether a value of exactly `low` is critical too; it is not unless the laboratory says so.
    pub low_included: bool,
    /// Above this the value is critical.
    pub high: Option<Decimal>,
    /// Whether a value of exactly `high` is critical too; it is not unless the laboratory says so.
    pub high_included: bool,
    /// A rule in words for what is no number, such as `positive`.
    pub when: Option<String>,
}

impl CriticalLimit {
    /// Whether the limits hold at this age.
    pub fn holds_at(&self, age_days: u32) -> bool {
        self.from_days <= age_days && self.to_days.is_none_or(|to| age_days < to)
    }

    /// True where a rule in words speaks of this value: of what is no number. Whether `Negative`
    /// is meant by `positive` no program decides; a person compares.
    pub fn in_words(&self, value: &crate::value::Value) -> bool {
        use crate::value::Value;
        self.when.is_some() && !matches!(value, Value::Quantity(_) | Value::NotPerformed(_))
    }

    /// Judges a number, perhaps with comparator, by the limits. Rules in words are not
    /// judged here: see [`CriticalLimit::in_words`].
    pub fn judge(&self, value: &Value) -> CriticalJudgement {
        let beyond_high = self.high.map(|limit| beyond(value, limit, self.high_included));
        let beyond_low = self.low.map(|limit| beyond(&mirrored(value), -limit, self.low_included));
        match (beyond_low.unwrap_or(Some(false)), beyond_high.unwrap_or(Some(false))) {
            (Some(true), _) => CriticalJudgement::Low,
            (_, Some(true)) => CriticalJudgement::High,
            (None, _) | (_, None) => CriticalJudgement::Open,
            _ => CriticalJudgement::NotCritical,
        }
    }
}

/// How a value stands to critical limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CriticalJudgement {
    /// Within the limits.
    NotCritical,
    /// Critically low.
    Low,
    /// Critically high.
    High,
    /// The comparator leaves it open, as `<60` does with a limit of 50, or there is no number.
    Open,
}

/// Whether the value surely lies above the limit (true), surely not (false), or may (none).
fn beyond(value: &Value, limit: Decimal, included: bool) -> Option<bool> {
    let above = |figure: Decimal| figure > limit || (included && figure == limit);
    match value {
        Value::Number(figure) => Some(above(*figure)),
        Value::Qualified(Comparator::Above, figure) => (*figure >= limit).then_some(true),
        Value::Qualified(Comparator::AtLeast, figure) => above(*figure).then_some(true),
        Value::Qualified(Comparator::AtMost, figure) => (!above(*figure)).then_some(false),
        Value::Qualified(Comparator::Below, figure) => (*figure <= limit).then_some(false),
        _ => None,
    }
}

/// The value with its sign turned, so that low limits are judged as high ones.
fn mirrored(value: &Value) -> Value {
    match value {
        Value::Number(figure) => Value::Number(-*figure),
        Value::Qualified(comparator, figure) => Value::Qualified(comparator.reversed(), -*figure),
        other => other.clone(),
    }
}

/// The critical limits for a patient, as far as age tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CriticalChoice {
    /// Exactly these hold.
    One(CriticalLimit),
    /// The age decides and is not known: a value critical by any of them is to be looked at.
    Differ(Vec<CriticalLimit>),
    /// None.
    None,
}

/// Chooses among a test's critical limits.
pub(super) fn choose(limits: &[CriticalLimit], age_days: Option<u32>) -> CriticalChoice {
    let mut fitting = limits.iter().filter(|limit| age_days.is_none_or(|age| limit.holds_at(age)));
    match (fitting.next(), fitting.next()) {
        (None, _) => CriticalChoice::None,
        (Some(one), None) if age_days.is_some() || holds_always(one) => {
            CriticalChoice::One(one.clone())
        }
        _ => CriticalChoice::Differ(limits.to_vec()),
    }
}

fn holds_always(limit: &CriticalLimit) -> bool {
    limit.from_days == 0 && limit.to_days.is_none()
}
