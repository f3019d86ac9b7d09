//! Verify: a person looks at a result and releases it, holds it, or has it run again.
//!
//! What must stay true: only what was on the screen is decided about, and who comes second learns
//! who was first; a held result goes
//! out only by a role that may, with a reason; a test of high complexity is verified by a role
//! qualified for it (42 CFR 493.1489).

use crate::accession::{Hold, Looked, ResultVersion, Source, Test, TestState};
use crate::catalog::{Complexity, InputSource, ValueType};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, ResultEvent};
use crate::journey::meanwhile::{Found, looked, meanwhile, unchanged};
use crate::journey::reflex::Surroundings;
use crate::journey::written::filled;
use crate::people::{Ask, may};
use crate::refusal::Refusal;
use crate::value::{TestId, Value};

/// Verify results and release them; held ones need a role that may release them and a reason.
#[derive(Clone, Debug)]
pub struct VerifyResults {
    /// Each test as it was looked at.
    pub tests: Vec<(TestId, Looked)>,
    /// The reason, where a result is held.
    pub reason: String,
}

impl Decide for VerifyResults {
    type Sees = SeesForVerifying;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let mut seen = Vec::new();
        let mut beside = Vec::new();
        let mut around: Vec<Surroundings> = Vec::new();
        for (test, looked_at) in &self.tests {
            if let Some(test) = look.test(*test)? {
                let newest = match test.result {
                    Some(id) => look.result(id)?,
                    None => None,
                };
                let calculated = newest
                    .as_ref()
                    .is_some_and(|version| matches!(version.source, Source::Calculated(_)));
                let known = beside.iter().any(|other: &Test| other.accession == test.accession);
                if calculated && !known {
                    beside.extend(look.tests_of(test.accession)?);
                }
                let refused = meanwhile(look, &test, *looked_at, setting)?;
                if !around.iter().any(|known| known.of(&test)) {
                    around.extend(Surroundings::look(look, &test, setting)?);
                }
                seen.push(Seen { test, newest, refused });
            }
        }
        Ok(SeesForVerifying { seen, beside, around })
    }

    fn decide(&self, sees: Self::Sees, setting: &Setting<'_>) -> Decision {
        let seen = &sees.seen;
        if seen.len() != self.tests.len() || seen.is_empty() {
            return Err(Refusal::NoSuch { what: "test".into(), name: "of this number".into() });
        }
        let mut events = Vec::new();
        let mut released = Vec::new();
        for Seen { test, newest, refused } in seen {
            if let Some(refused) = refused {
                return Err(refused.clone());
            }
            let newest = newest.as_ref().filter(|_| test.state.waits_for_a_person());
            let newest = newest.ok_or_else(|| Refusal::WrongState {
                code: test.code.0.clone(),
                state: test.state.word().into(),
            })?;
            self.permitted(test, newest, setting)?;
            sees.inputs_verified(newest, setting)?;
            events.push(Event::Result(ResultEvent::ResultVerified {
                test: test.id,
                result: newest.id,
                at: setting.now,
                by: setting.actor,
                reason: match test.state {
                    TestState::Held => self.reason.trim().to_owned(),
                    _ => String::new(),
                },
                rule: String::new(),
            }));
            released.push(newest);
        }
        let adds = sees.around.iter().flat_map(|around| around.follow(&released, setting));
        events.extend(adds);
        Ok(events)
    }
}

/// One test to verify, and what somebody else did to it meanwhile.
struct Seen {
    test: Test,
    newest: Option<ResultVersion>,
    refused: Option<Refusal>,
}

/// What verifying looks at.
pub struct SeesForVerifying {
    seen: Vec<Seen>,
    /// Every test of each accession of which a calculated result is among those to verify.
    beside: Vec<Test>,
    /// Each accession in which one of the results may add tests.
    around: Vec<Surroundings>,
}

impl SeesForVerifying {
    /// A calculated result goes out after its inputs, or with them: so it never stands on a value
    /// that changes afterwards, nor a figure on one that was discarded.
    fn inputs_verified(
        &self,
        newest: &ResultVersion,
        setting: &Setting<'_>,
    ) -> Result<(), Refusal> {
        if !matches!(newest.source, Source::Calculated(_)) {
            return Ok(());
        }
        let figure = !matches!(newest.value, Value::NotPerformed(_));
        for (input, source) in setting.catalog.inputs_of(newest.code.as_str()) {
            let InputSource::Result(code) = source else { continue };
            let open = |other: &Test| match other.state {
                state if state.released() => false,
                TestState::Cancelled => figure && input.needed(),
                _ => !self.seen.iter().any(|among| among.test.id == other.id),
            };
            let mut same = self
                .beside
                .iter()
                .filter(|other| other.accession == newest.accession && other.code.as_str() == code);
            if same.any(open) {
                return Err(Refusal::InputFirst { code: newest.code.0.clone(), input: code });
            }
        }
        Ok(())
    }
}

impl VerifyResults {
    fn permitted(
        &self,
        test: &Test,
        newest: &ResultVersion,
        setting: &Setting<'_>,
    ) -> Result<(), Refusal> {
        if setting.actor.person().is_none() {
            return Err(Refusal::NotPermitted { ask: "verifying, which a person does".into() });
        }
        let blocks: Vec<String> =
            newest.holds.iter().filter(|hold| hold.forbids_release()).map(Hold::sentence).collect();
        if !blocks.is_empty() {
            let (code, because) = (test.code.0.clone(), blocks.join(" "));
            return Err(Refusal::NotReleasable { code, because });
        }
        let high = setting
            .catalog
            .test(test.code.as_str())
            .is_some_and(|definition| definition.complexity == Complexity::High);
        let may_release_held = may(setting.actor, Ask::ReleaseHeld);
        if high && !may_release_held {
            return Err(Refusal::NotPermitted {
                ask: format!("verifying {}, a test of high complexity", test.code),
            });
        }
        if test.state == TestState::Held && may_release_held && self.reason.trim().is_empty() {
            return Err(Refusal::Missing { field: format!("The reason to release {}", test.code) });
        }
        if test.state == TestState::Held && !may_release_held {
            return Err(Refusal::Held { code: test.code.0.clone(), because: why(test, newest) });
        }
        Ok(())
    }
}

fn why(test: &Test, newest: &ResultVersion) -> String {
    let mut because: Vec<String> = newest.holds.iter().map(|hold| hold.sentence()).collect();
    if !test.note.is_empty() {
        because.push(format!("Held by hand: {}", test.note));
    }
    because.join(" ")
}

/// Hold a result that waits to be verified, with the reason; reasons that others gave before stay.
#[derive(Clone, Debug)]
pub struct HoldResult {
    /// Which test.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
    /// Why.
    pub reason: String,
}

impl Decide for HoldResult {
    type Sees = Found;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        looked(look, (self.test, self.looked_at), setting)
    }

    fn decide(&self, seen: Self::Sees, _: &Setting<'_>) -> Decision {
        let (test, reason) = waiting(seen, self.test, &self.reason)?;
        let earlier = Some(test.note.as_str()).filter(|_| test.state == TestState::Held);
        let notes = earlier.into_iter().chain([reason.as_str()]).filter(|note| !note.is_empty());
        let reason = notes.collect::<Vec<_>>().join("; ");
        Ok(vec![Event::Result(ResultEvent::ResultHeld { test: test.id, reason, by: None })])
    }
}

/// Ask for a test to be run again, with the reason; the earlier value stays on record.
#[derive(Clone, Debug)]
pub struct RequestRerun {
    /// Which test.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
    /// Why.
    pub reason: String,
}

impl Decide for RequestRerun {
    type Sees = Found;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        looked(look, (self.test, self.looked_at), setting)
    }

    fn decide(&self, seen: Self::Sees, _: &Setting<'_>) -> Decision {
        let (test, reason) = waiting(seen, self.test, &self.reason)?;
        Ok(vec![Event::Result(ResultEvent::RerunRequested { test: test.id, reason, by: None })])
    }
}

/// Ask for a test to be run again from a diluted specimen; the instrument that dilutes multiplies
/// by itself, and whoever dilutes by hand enters the value as it is in the specimen.
#[derive(Clone, Debug)]
pub struct RequestDilution {
    /// Which test.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
    /// `1:10` or `10`; empty leaves it to the instrument.
    pub dilution: String,
}

/// The weakest and the strongest dilution that can be asked for: one part in this many.
const DILUTION_PARTS: std::ops::RangeInclusive<u32> = 2..=10_000;

impl Decide for RequestDilution {
    type Sees = Found;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        looked(look, (self.test, self.looked_at), setting)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let unreadable = |expected: &str| Refusal::Unreadable {
            field: "Dilution".into(),
            expected: expected.into(),
        };
        let asked = self.dilution.trim();
        let reason = if asked.is_empty() {
            "Dilute and run again".to_owned()
        } else {
            let parts = asked.strip_prefix("1:").unwrap_or(asked).trim().parse::<u32>().ok();
            let parts = parts.filter(|parts| DILUTION_PARTS.contains(parts));
            let parts = parts.ok_or_else(|| unreadable("1:10, or nothing"))?;
            format!("Dilute 1:{parts} and run again")
        };
        let (test, reason) = waiting(seen, self.test, &reason)?;
        let definition = setting.catalog.test(test.code.as_str());
        if definition.is_some_and(|known| known.value_type == ValueType::Coded) {
            return Err(unreadable("a test that gives a figure"));
        }
        Ok(vec![Event::Result(ResultEvent::RerunRequested { test: test.id, reason, by: None })])
    }
}

fn waiting(seen: Found, id: TestId, reason: &str) -> Result<(Test, String), Refusal> {
    let reason = filled("Reason", reason)?;
    let test = unchanged(seen, id)?;
    if !test.state.waits_for_a_person() {
        return Err(Refusal::WrongState { code: test.code.0, state: test.state.word().into() });
    }
    Ok((test, reason))
}
