//! What becomes of calculated tests when inputs are discarded: cancelled, or rejected with their
//! specimen.
//!
//! What must stay true: no figure made from a discarded input goes out unseen; a test that waits
//! for an input it cannot do without does not wait for ever.

use crate::accession::{Test, TestState};
use crate::catalog::{Catalog, InputSource, Origin};
use crate::event::{AccessionEvent, Event, ResultEvent};
use crate::value::TestCode;

/// What happens to those among `tests` that are calculated from one of `gone`: what still waits
/// is cancelled, what was made already is held. An input it can do without (optional, or with a
/// default) cancels nothing; it holds only what may have been made with it.
#[must_use]
pub fn without_inputs(catalog: &Catalog, tests: &[Test], gone: &[&Test]) -> Vec<Event> {
    let left = tests.iter().filter(|test| gone.iter().all(|input| input.id != test.id));
    left.filter_map(|test| without(catalog, test, gone)).collect()
}

fn without(catalog: &Catalog, test: &Test, gone: &[&Test]) -> Option<Event> {
    let reason = |input: &TestCode| format!("{input}, which it is calculated from, was cancelled");
    let missed = missed(catalog, test, gone);
    match test.state {
        TestState::Awaiting | TestState::Rerun => {
            let (input, _) = missed.into_iter().find(|(_, needed)| *needed)?;
            let reason = reason(&input.code);
            Some(Event::Accession(AccessionEvent::TestCancelled {
                test: test.id,
                reason,
                by: None,
            }))
        }
        TestState::Review | TestState::Held => {
            let used = |(input, needed): &(&Test, bool)| *needed || input.result.is_some();
            let (input, _) = missed.into_iter().find(used)?;
            let reason = reason(&input.code);
            Some(Event::Result(ResultEvent::ResultHeld { test: test.id, reason, by: None }))
        }
        TestState::Verified | TestState::Corrected | TestState::Cancelled => None,
    }
}

/// The inputs of a calculated test among `gone`, each with whether it cannot do without.
fn missed<'a>(catalog: &Catalog, test: &Test, gone: &[&'a Test]) -> Vec<(&'a Test, bool)> {
    let definition = catalog.test(test.code.as_str());
    if definition.is_none_or(|definition| definition.origin != Origin::Calculated) {
        return Vec::new();
    }
    let inputs = catalog.inputs_of(test.code.as_str()).into_iter();
    inputs
        .filter_map(|(input, source)| {
            let InputSource::Result(code) = source else { return None };
            let found = gone.iter().find(|other| other.code.as_str() == code)?;
            Some((*found, input.needed()))
        })
        .collect()
}
