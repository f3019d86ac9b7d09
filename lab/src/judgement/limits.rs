//! Reference intervals, critical limits and plausible limits of one patient at collection.
//!
//! What must stay true: age at collection chooses, not age now; where the intervals differ by
//! what is not known of the patient, all are shown and none flags; a qualified value (`<5`) is
//! flagged only where every number it stands for would be.

use rust_decimal::Decimal;

use super::Case;
use crate::accession::{Flag, Limits};
use crate::catalog::{self, CriticalChoice, Interval, IntervalChoice, TestDefinition};
use crate::value::{Comparator, Quantity, Sex, Value};

/// The limits that apply to a case.
pub fn of(case: &Case<'_>) -> Limits {
    let age = case.patient.days_old(case.collected_at);
    let mut limits = Limits::default();
    match case.catalog.interval(&case.definition.code, sex(case.patient.sex), age) {
        IntervalChoice::One(interval) => {
            limits.low = interval.low;
            limits.high = interval.high;
        }
        IntervalChoice::Differ(all) => {
            let shown: Vec<String> = all.iter().map(words).collect();
            limits.differ = Some(shown.join(" or "));
        }
        IntervalChoice::None => {}
    }
    let (low, high) = critical(case, age);
    limits.critical_low = low;
    limits.critical_high = high;
    limits
}

/// The critical limits; where the age is not known, those that call soonest.
fn critical(case: &Case<'_>, age: Option<u32>) -> (Option<Decimal>, Option<Decimal>) {
    match case.catalog.critical(&case.definition.code, age) {
        CriticalChoice::One(limit) => (limit.low, limit.high),
        CriticalChoice::Differ(all) => (
            all.iter().filter_map(|limit| limit.low).max(),
            all.iter().filter_map(|limit| limit.high).min(),
        ),
        CriticalChoice::None => (None, None),
    }
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

/// The flag of a value against its limits.
pub fn flag(limits: &Limits, value: &Value) -> Option<Flag> {
    let Value::Quantity(quantity) = value else { return None };
    let figure = quantity.figure;
    let at_most =
        |limit: Option<Decimal>| surely_low(quantity) && limit.is_some_and(|l| figure <= l);
    let at_least =
        |limit: Option<Decimal>| surely_high(quantity) && limit.is_some_and(|l| figure >= l);
    if at_most(limits.critical_low) {
        Some(Flag::LL)
    } else if at_least(limits.critical_high) {
        Some(Flag::HH)
    } else if surely_low(quantity) && below(quantity, limits.low) {
        Some(Flag::L)
    } else if surely_high(quantity) && above(quantity, limits.high) {
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

/// Below a limit that is itself normal: `<5` is below 5, `<=5` is not surely.
fn below(quantity: &Quantity, limit: Option<Decimal>) -> bool {
    limit.is_some_and(|limit| {
        quantity.figure < limit
            || (quantity.figure == limit && quantity.comparator == Some(Comparator::Less))
    })
}

/// Above a limit that is itself normal: `>5` is above 5, `>=5` is not surely.
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
        // Potassium of an adult: interval 3.5 to 5.1, critical at 2.8 and 6.2 (starter catalog).
        let limits = Limits {
            low: decimal("3.5"),
            high: decimal("5.1"),
            critical_low: decimal("2.8"),
            critical_high: decimal("6.2"),
            differ: None,
        };
        for (text, expected) in [
            ("2.7", Some(Flag::LL)),
            ("2.8", Some(Flag::LL)),
            ("2.9", Some(Flag::L)),
            ("3.5", None),
            ("5.1", None),
            ("5.2", Some(Flag::H)),
            ("6.2", Some(Flag::HH)),
            ("<3.0", Some(Flag::L)),
            ("<3.5", Some(Flag::L)),
            ("<4.0", None),
            (">5.1", Some(Flag::H)),
            (">=5.1", None),
            (">4.0", None),
            ("<2.0", Some(Flag::LL)),
            (">8.0", Some(Flag::HH)),
        ] {
            let value = Value::read_quantity(text).expect("a quantity");
            assert_eq!(flag(&limits, &value), expected, "{text}");
        }
    }
}
