//! Reference intervals and decision limits, by sex and age.
//!
//! What must stay true: age is counted in days at collection; the upper bound of an age band is
//! exclusive; an unknown sex or birth date never defaults to anything.

use rust_decimal::Decimal;

/// The sex intervals are given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// One interval, for one band of ages and one sex or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The sex it holds for; none for both.
    pub sex: Option<Sex>,
    /// First day of the age band.
    pub from_days: u32,
    /// First day after the age band; none for no upper bound.
    pub to_days: Option<u32>,
    /// The band in words, such as `28d-18y`.
    pub ages: String,
    /// Lowest value within; none where only an upper limit is given.
    pub low: Option<Decimal>,
    /// Highest value within; none where only a lower limit is given.
    pub high: Option<Decimal>,
    /// What kind of interval: `RI`, `decision optimal`, `follicular`.
    pub kind: String,
    /// Where the figures come from.
    pub source: String,
}

/// What an interval rests on, read from its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// A reference interval of healthy people.
    Reference,
    /// A decision limit or percentile.
    Decision,
    /// Holds in a certain state only: fasting, follicular, non-smoker.
    Conditional,
    /// Where a drug is meant to be.
    Therapeutic,
}

impl Interval {
    /// What the interval rests on.
    pub fn basis(&self) -> Basis {
        let kind = self.kind.as_str();
        if kind == "RI" {
            Basis::Reference
        } else if kind.starts_with("decision") || kind.starts_with("99th percentile") {
            Basis::Decision
        } else if kind.starts_with("therapeutic") {
            Basis::Therapeutic
        } else {
            Basis::Conditional
        }
    }

    /// Whether the interval holds for someone of this sex and age.
    pub fn holds_for(&self, sex: Sex, age_days: u32) -> bool {
        let sex_fits = self.sex.is_none_or(|own| own == sex);
        sex_fits && self.from_days <= age_days && self.to_days.is_none_or(|to| age_days < to)
    }

    fn same_figures(&self, other: &Interval) -> bool {
        self.low == other.low && self.high == other.high && self.kind == other.kind
    }
}

/// The interval for a patient, as far as sex and age tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntervalChoice {
    /// Exactly one holds.
    One(Interval),
    /// Several may hold: sex, age or state decides and is not known. Flags that differ between
    /// them are not given.
    Differ(Vec<Interval>),
    /// None is established.
    None,
}

impl IntervalChoice {
    /// The interval to flag by, where there is exactly one.
    pub fn one(&self) -> Option<&Interval> {
        match self {
            IntervalChoice::One(interval) => Some(interval),
            _ => None,
        }
    }
}

/// Chooses among a test's intervals: for each sex and age that may be meant the best-founded ones,
/// and one only if all of these agree.
pub(super) fn choose(
    intervals: &[Interval],
    sex: Option<Sex>,
    age_days: Option<u32>,
) -> IntervalChoice {
    let mut found: Vec<&Interval> = Vec::new();
    let possible = possible(intervals, sex, age_days);
    for interval in possible.iter().flatten() {
        if !found.iter().any(|known| known.same_figures(interval)) {
            found.push(interval);
        }
    }
    let missing = possible.iter().any(Vec::is_empty);
    match found.as_slice() {
        [] => IntervalChoice::None,
        [one] if !missing => IntervalChoice::One((*one).clone()),
        several => IntervalChoice::Differ(several.iter().map(|one| (*one).clone()).collect()),
    }
}

/// Whether there is an interval for every sex and age that may be meant: where one may be without,
/// nothing may be flagged.
pub(super) fn covers(intervals: &[Interval], sex: Option<Sex>, age_days: Option<u32>) -> bool {
    possible(intervals, sex, age_days).iter().all(|best| !best.is_empty())
}

/// For each sex and age that may be meant the best-founded intervals.
fn possible(
    intervals: &[Interval],
    sex: Option<Sex>,
    age_days: Option<u32>,
) -> Vec<Vec<&Interval>> {
    let sexes = sex.map_or(vec![Sex::Female, Sex::Male], |sex| vec![sex]);
    let ages = age_days.map_or_else(|| turning_ages(intervals), |age| vec![age]);
    let mut possible = Vec::new();
    for sex in sexes {
        possible.extend(ages.iter().map(|age| best_founded(intervals, sex, *age)));
    }
    possible
}

/// Every age at which another interval may begin to hold.
fn turning_ages(intervals: &[Interval]) -> Vec<u32> {
    let mut ages: Vec<u32> = intervals
        .iter()
        .flat_map(|interval| [Some(interval.from_days), interval.to_days])
        .flatten()
        .chain([0])
        .collect();
    ages.sort_unstable();
    ages.dedup();
    ages
}

/// The intervals that hold, of the best basis among them.
fn best_founded(intervals: &[Interval], sex: Sex, age_days: u32) -> Vec<&Interval> {
    let holding = || intervals.iter().filter(|interval| interval.holds_for(sex, age_days));
    let Some(best) = holding().map(Interval::basis).min() else { return Vec::new() };
    holding().filter(|interval| interval.basis() == best).collect()
}
