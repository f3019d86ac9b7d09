//! Cancelling a whole order, and crediting what was cancelled.
//!
//! What must stay true: what was released stays; nothing is cancelled that changed since it was
//! looked at; a credit is given once, after the cancellation.

use super::super::written::reason;
use crate::accession::{Credit, Looked, Test, TestState};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event};
use crate::journey::meanwhile;
use crate::refusal::{AboutOrder, Refusal};
use crate::value::{AccessionId, TestId};

/// Cancel a whole order, with the reason: every test of it that was not released.
#[derive(Clone, Debug)]
pub struct CancelOrder {
    /// Which accession.
    pub accession: AccessionId,
    /// Its open tests as they were looked at.
    pub looked_at: Vec<(TestId, Looked)>,
    /// Why.
    pub reason: String,
}

impl Decide for CancelOrder {
    /// The tests, and what somebody else did to one of them meanwhile.
    type Sees = (Vec<Test>, Option<Refusal>);

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let tests = look.tests_of(self.accession)?;
        for test in tests.iter().filter(|test| test.state.takes_results()) {
            let seen = self.looked_at.iter().find(|(id, _)| *id == test.id);
            let looked_at = seen.map(|(_, looked_at)| *looked_at).unwrap_or_default();
            if let Some(refused) = meanwhile(look, test, looked_at, setting)? {
                return Ok((tests, Some(refused)));
            }
        }
        Ok((tests, None))
    }

    fn decide(&self, (seen, refused): Self::Sees, _: &Setting<'_>) -> Decision {
        let reason = reason(&self.reason)?;
        if seen.is_empty() {
            let name = self.accession.to_string();
            return Err(Refusal::NoSuch { what: "accession".into(), name });
        }
        let open: Vec<&Test> = seen.iter().filter(|test| test.state.takes_results()).collect();
        if open.is_empty() {
            return Err(AboutOrder::NothingToCancel.into());
        }
        if let Some(refused) = refused {
            return Err(refused);
        }
        let events = open.into_iter().map(|test| {
            let reason = reason.clone();
            Event::Accession(AccessionEvent::TestCancelled { test: test.id, reason, by: None })
        });
        Ok(events.collect())
    }
}

/// Take back the charge for tests that were cancelled, by hand or with their rejected specimen,
/// with the reason.
#[derive(Clone, Debug)]
pub struct CreditTest {
    /// Which; all of one accession.
    pub tests: Vec<TestId>,
    /// Why.
    pub reason: String,
}

impl Decide for CreditTest {
    /// Each test, and its credit where it has one.
    type Sees = Vec<(Test, Option<Credit>)>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let mut seen = Vec::new();
        for id in &self.tests {
            if let Some(test) = look.test(*id)? {
                let credit = look.row(id.0)?;
                seen.push((test, credit));
            }
        }
        Ok(seen)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let reason = reason(&self.reason)?;
        if seen.is_empty() || seen.len() != self.tests.len() {
            return Err(Refusal::NoSuch { what: "test".into(), name: "of this number".into() });
        }
        let mut events = Vec::new();
        let mut credited = Vec::new();
        for (test, credit) in seen {
            if test.state != TestState::Cancelled {
                let (code, state) = (test.code.0, test.state.word().into());
                return Err(Refusal::WrongState { code, state });
            }
            if credit.is_some() || credited.contains(&test.id) {
                return Err(AboutOrder::AlreadyCredited { code: test.code.0 }.into());
            }
            credited.push(test.id);
            events.push(Event::Accession(AccessionEvent::TestCredited(Credit {
                test: test.id,
                accession: test.accession,
                code: test.code,
                reason: reason.clone(),
                at: setting.now,
                by: setting.actor,
            })));
        }
        Ok(events)
    }
}
