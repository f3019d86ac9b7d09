//! The comparison with the last verified result of the same patient and test.
//!
//! What must stay true: only plain figures are compared; a qualified or missing value has no
//! delta; the limit counts only inside its window. The window is the time between the verification
//! of the other result and the collection of this specimen, whichever came first: two tubes drawn
//! together that differ are the very case in which one of them may be another patient's. The
//! change is shown in or out of the window.

use rust_decimal::{Decimal, RoundingStrategy};

use super::Case;
use crate::accession::{Delta, ResultVersion};
use crate::catalog::DeltaLimit;
use crate::value::{Moment, Value};

/// The comparison, where both are plain figures.
pub fn against(
    case: &Case<'_>,
    value: &Value,
    (previous, at): &(ResultVersion, Moment),
) -> Option<Delta> {
    let (now, before) = (value.plain()?, previous.value.plain()?);
    let difference = now - before;
    let hours = case.collected_at.minutes_since(*at).abs() / 60;
    let exceeded = case.definition.delta.as_ref().is_some_and(|delta| {
        hours <= i64::from(delta.within_hours) && exceeds(&delta.limit, difference, before)
    });
    Some(Delta {
        previous: previous.id,
        value: previous.value.to_string(),
        at: *at,
        change: shown(difference),
        exceeded,
    })
}

fn exceeds(limit: &DeltaLimit, difference: Decimal, before: Decimal) -> bool {
    match limit {
        DeltaLimit::Absolute(limit) => difference.abs() > *limit,
        DeltaLimit::Percent(limit) => percent(difference, before).is_none_or(|p| p.abs() > *limit),
    }
}

/// The change in percent of the earlier value; `None` from zero, where percent says nothing.
fn percent(difference: Decimal, before: Decimal) -> Option<Decimal> {
    (difference * Decimal::ONE_HUNDRED).checked_div(before.abs())
}

fn shown(difference: Decimal) -> String {
    let rounded = difference.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    if rounded.is_sign_negative() && !rounded.is_zero() {
        format!("\u{2212}{}", rounded.abs().normalize())
    } else {
        format!("+{}", rounded.abs().normalize())
    }
}
