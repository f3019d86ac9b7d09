//! Reference intervals, critical limits and plausible limits of one patient at collection.
//!
//! What must stay true: age at collection chooses, not age now; where the intervals differ by
//! what is not known of the patient, a flag is given only if all of them give it, and none where
//! there may be no interval at all; a qualified value (`<5`) is flagged only where every number it
//! stands for would be.

use rust_decimal::Decimal;

use super::Case;
use crate::accession::{Flag, Limits};
use crate::catalog::{
    self, Answer, CriticalChoice, CriticalJudgement, CriticalLimit, Interval, IntervalChoice,
    TestDefinition,
};
use crate::value::{Comparator, Quantity, Sex, Value};

/// More intervals than these are named, not listed.
const SHOWN_MOST: usize = 3;

/// The limits that apply to a case.
pub fn of(case: &Case<'_>) -> Limits {
    let mut limits = Limits::default();
    match chosen(case) {
        IntervalChoice::None => {}
        IntervalChoice::One(one) => {
            limits.low = one.low;
            limits.high = one.high;
        }
        // One of these is no more than possible: at another age there may be none.
        IntervalChoice::Differ(all) if all.len() <= SHOWN_MOST => {
            let shown: Vec<String> = all.iter().map(words).collect();
            limits.differ = Some(shown.join(" or "));
        }
        IntervalChoice::Differ(_) => limits.differ = Some("differs by age and sex".into()),
    }
    let critical = criticals(case);
    limits.critical_low = critical.iter().filter_map(|limit| limit.low).max();
    limits.critical_high = critical.iter().filter_map(|limit| limit.high).min();
    limits
}

fn chosen(case: &Case<'_>) -> IntervalChoice {
    let age = case.patient.days_old(case.collected_at);
    case.catalog.interval(&case.definition.code, sex(case.patient.sex), age)
}

/// The reference intervals that may apply: one where all that decides is known.
fn intervals(case: &Case<'_>) -> Vec<Interval> {
    match chosen(case) {
        IntervalChoice::One(interval) => vec![interval],
        IntervalChoice::Differ(all) => all,
        IntervalChoice::None => Vec::new(),
    }
}

/// The critical limits that may apply: one by age, or all where the age is not known.
fn criticals(case: &Case<'_>) -> Vec<CriticalLimit> {
    let age = case.patient.days_old(case.collected_at);
    match case.catalog.critical(&case.definition.code, age) {
        CriticalChoice::One(limit) => vec![limit],
        CriticalChoice::Differ(all) => all,
        CriticalChoice::None => Vec::new(),
    }
}

/// What a value is against critical limits. Where the age is not known, critical by any of them
/// counts. A rule in words leaves open every value that is no number: better one look too many.
pub fn critical(case: &Case<'_>, value: &Value) -> CriticalJudgement {
    let limits = criticals(case);
    let Value::Quantity(quantity) = value else {
        if let Some(answer) = answer(case, value) {
            return match (answer.critical, answer.abnormal) {
                (true, _) => CriticalJudgement::High,
                (_, false) => CriticalJudgement::NotCritical,
                _ if limits.is_empty() => CriticalJudgement::NotCritical,
                _ => CriticalJudgement::Open,
            };
        }
        let open = limits.iter().any(|limit| limit.in_words(value));
        return if open { CriticalJudgement::Open } else { CriticalJudgement::NotCritical };
    };
    let judged = rule_value(quantity);
    let all: Vec<_> = limits.iter().map(|limit| limit.judge(&judged)).collect();
    [CriticalJudgement::Low, CriticalJudgement::High, CriticalJudgement::Open]
        .into_iter()
        .find(|judgement| all.contains(judgement))
        .unwrap_or(CriticalJudgement::NotCritical)
}

/// The answer of the catalog's list that a coded value is.
fn answer<'a>(case: &Case<'a>, value: &Value) -> Option<&'a Answer> {
    let Value::Coded(text) = value else { return None };
    Answer::meant(&case.definition.answers, text)
}

/// A quantity as the language of rules knows it.
pub fn rule_value(quantity: &Quantity) -> rule::Value {
    let comparator = match quantity.comparator {
        None => return rule::Value::Number(quantity.figure),
        Some(Comparator::Less) => rule::Comparator::Below,
        Some(Comparator::AtMost) => rule::Comparator::AtMost,
        Some(Comparator::AtLeast) => rule::Comparator::AtLeast,
        Some(Comparator::More) => rule::Comparator::Above,
    };
    rule::Value::Qualified(comparator, quantity.figure)
}

fn sex(sex: Sex) -> Option<catalog::Sex> {
    match sex {
        Sex::Female => Some(catalog::Sex::Female),
        Sex::Male => Some(catalog::Sex::Male),
        Sex::Unknown => None,
    }
}

fn words(interval: &Interval) -> String {
    let bounds = Limits { low: interval.low, high: interval.high, ..Limits::default() };
    format!("{} ({})", bounds.interval(), interval.kind)
}

/// True for a figure that no living patient has.
pub fn implausible(definition: &TestDefinition, value: &Value) -> bool {
    let Value::Quantity(quantity) = value else { return false };
    let Some(plausible) = &definition.plausible else { return false };
    let below = quantity.figure < plausible.low;
    let above = quantity.figure > plausible.high;
    (below && quantity.comparator.is_none_or(|c| !is_lower(c)))
        || (above && quantity.comparator.is_none_or(is_lower))
}

fn is_lower(comparator: Comparator) -> bool {
    matches!(comparator, Comparator::Less | Comparator::AtMost)
}

/// The flag of a value, after what was found against the critical limits. Where several intervals
/// may apply, a flag is given only if all of them give it; where none may apply, as with one for
/// adults and an unknown age, there is no flag.
pub fn flag(case: &Case<'_>, value: &Value, critical: CriticalJudgement) -> Option<Flag> {
    if let Some(answer) = answer(case, value) {
        return match (answer.critical, answer.abnormal) {
            (true, _) => Some(Flag::AA),
            (_, true) => Some(Flag::A),
            _ => None,
        };
    }
    match critical {
        CriticalJudgement::Low => return Some(Flag::LL),
        CriticalJudgement::High => return Some(Flag::HH),
        CriticalJudgement::Open | CriticalJudgement::NotCritical => {}
    }
    let age = case.patient.days_old(case.collected_at);
    if !case.catalog.interval_certain(&case.definition.code, sex(case.patient.sex), age) {
        return None;
    }
    let mut flags = intervals(case).into_iter().map(|one| flag_by((one.low, one.high), value));
    let first = flags.next()?;
    flags.all(|other| other == first).then_some(first).flatten()
}

/// The flag of a value by one interval.
fn flag_by((low, high): (Option<Decimal>, Option<Decimal>), value: &Value) -> Option<Flag> {
    let quantity = match value {
        Value::Quantity(quantity) => quantity,
        // All that was counted lies outside.
        Value::Range(_, most) if low.is_some_and(|low| *most < low) => return Some(Flag::L),
        Value::Range(least, _) if high.is_some_and(|high| *least > high) => return Some(Flag::H),
        _ => return None,
    };
    if surely_low(quantity) && below(quantity, low) {
        Some(Flag::L)
    } else if surely_high(quantity) && above(quantity, high) {
        Some(Flag::H)
    } else {
        None
    }
}

/// The value is the figure or less: it may be called low.
fn surely_low(quantity: &Quantity) -> bool {
    quantity.comparator.is_none_or(is_lower)
}

/// The value is the figure or more: it may be called high.
fn surely_high(quantity: &Quantity) -> bool {
    quantity.comparator.is_none_or(|c| !is_lower(c))
}

/// Below a limit that is itself within: `<5` is below 5, `<=5` is not surely.
fn below(quantity: &Quantity, limit: Option<Decimal>) -> bool {
    limit.is_some_and(|limit| {
        quantity.figure < limit
            || (quantity.figure == limit && quantity.comparator == Some(Comparator::Less))
    })
}

/// Above a limit that is itself within: `>5` is above 5, `>=5` is not surely.
fn above(quantity: &Quantity, limit: Option<Decimal>) -> bool {
    limit.is_some_and(|limit| {
        quantity.figure > limit
            || (quantity.figure == limit && quantity.comparator == Some(Comparator::More))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Option<Decimal> {
        text.parse().ok()
    }

    #[test]
    fn flags_stand_where_the_trade_puts_them() {
        // Potassium of an adult: interval 3.5 to 5.1 (starter catalog).
        let interval = (decimal("3.5"), decimal("5.1"));
        for (text, expected) in [
            ("2.9", Some(Flag::L)),
            ("3.5", None),
            ("5.1", None),
            ("5.2", Some(Flag::H)),
            ("<3.0", Some(Flag::L)),
            ("<3.5", Some(Flag::L)),
            ("<4.0", None),
            (">5.1", Some(Flag::H)),
            (">=5.1", None),
            (">4.0", None),
        ] {
            let value = Value::read_quantity(text).expect("a quantity");
            assert_eq!(flag_by(interval, &value), expected, "{text}");
        }
    }
}
