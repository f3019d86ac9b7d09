//! The rules of release: turned on by a director, turned off at once by whoever must; and the value
//! that is told before it is final.
//!
//! What must stay true: nobody turns the rules to what they are already; each turn has its reason;
//! what a person or the rules hold is not told before it is final, nor what somebody changed
//! meanwhile.

use crate::accession::{Hold, Looked, ResultVersion, Test, TestState, Touched};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, RuleEvent};
use crate::journey::meanwhile::{Found, looked, unchanged};
use crate::journey::written::filled;
use crate::people::{Ask, may};
use crate::refusal::{HouseRefusal, Refusal};
use crate::rules::RuleSwitch;
use crate::value::TestId;

/// Turn the rules of release on or off, with the reason. Whoever supervises turns them off; on
/// again only whoever releases the catalog they stand in.
#[derive(Clone, Debug)]
pub struct SwitchRules {
    /// True to let them release.
    pub on: bool,
    /// Why.
    pub reason: String,
}

impl Decide for SwitchRules {
    type Sees = Option<RuleSwitch>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look.row(RuleSwitch::ROW)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        if self.on && !may(setting.actor, Ask::ReleaseCatalog) {
            return Err(Refusal::NotPermitted { ask: "turning the rules of release on".into() });
        }
        let reason = filled("Reason", &self.reason)?;
        if seen.is_some_and(|switch| switch.on) == self.on {
            let what = if self.on { "the rules release" } else { "the rules release nothing" };
            return Err(HouseRefusal::AlreadySo { what: what.into() }.into());
        }
        let (at, by) = (setting.now, setting.actor);
        let switch = RuleSwitch { on: self.on, reason, at, by };
        Ok(vec![Event::Rule(RuleEvent::RulesSwitched(switch))])
    }
}

/// Tell a checked value before it is final: it stands on a preliminary report until it is verified,
/// held or run again.
#[derive(Clone, Debug)]
pub struct GivePreliminary {
    /// Which test.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
}

impl Decide for GivePreliminary {
    type Sees = (Found, Option<ResultVersion>);

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let found = looked(look, (self.test, self.looked_at), setting)?;
        let newest = match found.as_ref().and_then(|(test, _)| test.result) {
            Some(id) => look.result(id)?,
            None => None,
        };
        Ok((found, newest))
    }

    fn decide(&self, (found, newest): Self::Sees, setting: &Setting<'_>) -> Decision {
        let test: Test = unchanged(found, self.test)?;
        let code = test.code.0.clone();
        let wrong = |test: &Test| Refusal::WrongState {
            code: test.code.0.clone(),
            state: test.state.word().into(),
        };
        let newest = newest.ok_or_else(|| wrong(&test))?;
        match test.state {
            TestState::Review => {}
            TestState::Held => {
                let holds: Vec<String> = newest.holds.iter().map(Hold::sentence).collect();
                let by_hand = format!("Held by hand: {}", test.note);
                let because = if holds.is_empty() { by_hand } else { holds.join(" ") };
                return Err(Refusal::Held { code, because });
            }
            _ => return Err(wrong(&test)),
        }
        if !newest.has_value() {
            let because = "There is no value.".into();
            return Err(Refusal::NotReleasable { code, because });
        }
        if test.preliminary.is_some_and(|told| told.result == newest.id) {
            let what = format!("{code} is told before it is final");
            return Err(HouseRefusal::AlreadySo { what }.into());
        }
        let by = Touched { at: setting.now, by: setting.actor };
        let (test, result) = (test.id, newest.id);
        Ok(vec![Event::Rule(RuleEvent::PreliminaryGiven { test, result, by })])
    }
}
