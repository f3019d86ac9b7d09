//! What an event of the rules changes in what is kept.
//!
//! What must stay true: as for every event; a value told before it is final stands only until
//! something else becomes of its test.

use super::changed;
use crate::accession::Verified;
use crate::event::RuleEvent;
use crate::kept::Shelf;

/// Applies one event of the rules.
pub(super) fn rule<S: Shelf>(event: &RuleEvent, shelf: &mut S) -> Result<(), S::Fault> {
    match event {
        RuleEvent::RulesSwitched(switch) => shelf.put(switch.clone()),
        RuleEvent::PreliminaryGiven { test, result, by } => changed(shelf, *test, |row| {
            row.preliminary = Some(Verified { result: *result, at: by.at, by: by.by });
            row.touched = Some(*by);
        })?,
        RuleEvent::ReflexAdded { tests, .. } => {
            tests.iter().for_each(|test| shelf.put(test.clone()));
        }
        RuleEvent::ReflexWithheld { .. } => {}
    }
    Ok(())
}
