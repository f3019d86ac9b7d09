//! Critical limits: values a caregiver must hear of at once.
//!
//! Age is counted in days at collection, upper bounds exclusive; an unknown age never defaults.

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
    /// At or below this the value is critical.
    pub low: Option<Decimal>,
    /// At or above this the value is critical.
    pub high: Option<Decimal>,
    /// A rule in words for what is no number, such as `positive`.
    pub when: Option<String>,
}

impl CriticalLimit {
    /// Whether the limits hold at this age.
    pub fn holds_at(&self, age_days: u32) -> bool {
        self.from_days <= age_days && self.to_days.is_none_or(|to| age_days < to)
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
