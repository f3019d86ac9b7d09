//! Correct: what was released turns out to be wrong, or not all that is to be said; or a reading
//! comes after the release.
//!
//! `AmendResult` is refused in this order: `Missing` reason or who was told; `NoSuch` test;
//! `ChangedMeanwhile`; `WrongState` where nothing was released; `NoSuch` reason; `NotAValue`;
//! `NotReleasable`; `NothingChanged`. It happens: `ResultAmended`, for the test and for everything
//! released that is calculated from it; `ResultFiled` for what is calculated and not released.
//!
//! `DismissLate` is refused in this order: `Missing` reason; `NoSuch` test; `ChangedMeanwhile`;
//! `WrongState` where no reading waits. It happens: `LateResultDismissed`.
//!
//! What must stay true: a released version is never gone: the new one names it and repeats what was
//! reported (corrected_report_rules of the bench reference; 42 CFR 493.1291(k)); what is calculated
//! follows in the same act; a value that could not be verified cannot be put in another's place;
//! the new value is judged like any other, so that it is flagged and called anew.

use super::analyze::{Filing, expected};
use super::meanwhile::{Found, looked, meanwhile, unchanged};
use super::written::filled;
use crate::accession::{Amendment, Amends, Hold, Looked, ResultVersion, Source, Test, TestState};
use crate::catalog::{ReasonFor, TestDefinition};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, ResultEvent};
use crate::judgement;
use crate::refusal::Refusal;
use crate::value::{ResultId, TestId, Value};

/// Amend a released result: correct its value, put the later reading in its place, add a comment,
/// or withdraw it because it should never have been reported on this patient. The old value stays
/// readable everywhere.
#[derive(Clone, Debug)]
pub struct AmendResult {
    /// Which test.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
    /// What takes the place of what was released.
    pub new: Amended,
    /// Why, by the catalog's code.
    pub reason: String,
    /// What is added to that.
    pub note: String,
    /// Who was told, when, and how.
    pub told: String,
}

/// What takes the place of a released value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amended {
    /// This value, as typed.
    Typed(String),
    /// The reading that came after the release.
    Late(ResultId),
    /// The same value with a comment.
    Comment(String),
    /// Nothing: it was reported in error.
    Nothing,
}

/// What amending looks at.
pub struct SeesForAmending {
    filing: Filing,
    released: Option<ResultVersion>,
    late: Option<ResultVersion>,
    refused: Option<Refusal>,
}

impl Decide for AmendResult {
    type Sees = Option<SeesForAmending>;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(test) = look.test(self.test)? else { return Ok(None) };
        let Some(specimen) = look.specimen(test.specimen)? else { return Ok(None) };
        let refused = meanwhile(look, &test, self.looked_at, setting)?;
        let this = |other: &Test| other.id == self.test;
        let Some(mut filing) = Filing::look(look, specimen, this, setting)? else {
            return Ok(None);
        };
        filing.look_before_release(look)?;
        let of = |id: Option<ResultId>| id.map_or(Ok(None), |id| look.result(id));
        let released = of(test.verified.map(|verified| verified.result))?;
        let late = match self.new {
            Amended::Late(id) if test.candidate == Some(id) => look.result(id)?,
            _ => None,
        };
        Ok(Some(SeesForAmending { filing, released, late, refused }))
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let reason = filled("Reason", &self.reason)?;
        let told = filled("Who was told", &self.told)?;
        let none = || Refusal::NoSuch { what: "test".into(), name: self.test.to_string() };
        let seen = seen.ok_or_else(none)?;
        let test = seen.filing.tests.iter().find(|test| test.id == self.test).ok_or_else(none)?;
        if let Some(refused) = seen.refused {
            return Err(refused);
        }
        let (code, state) = (test.code.0.clone(), test.state.word().into());
        let released = seen.released.as_ref().filter(|_| test.state.released());
        let released = released.ok_or(Refusal::WrongState { code, state })?;
        if setting.catalog.reason(ReasonFor::Correction, &reason).is_none() {
            return Err(Refusal::NoSuch { what: "correction reason".into(), name: reason });
        }
        let (kind, version) = self.version(&seen.filing, (test, released), seen.late, setting)?;
        let mut version = version;
        let note = self.note.trim().to_owned();
        let place = takes_the_place(kind, (test, released));
        version.amends = Some(Amends { reason, note, told, ..place });
        Ok(seen.filing.amended(version, setting))
    }
}

impl AmendResult {
    /// The version that takes the place of the released one.
    fn version(
        &self,
        filing: &Filing,
        (test, released): (&Test, &ResultVersion),
        late: Option<ResultVersion>,
        setting: &Setting<'_>,
    ) -> Result<(Amendment, ResultVersion), Refusal> {
        let code = test.code.0.clone();
        let definition = setting
            .catalog
            .test(test.code.as_str())
            .ok_or_else(|| Refusal::UnknownTest { code: code.clone() })?;
        let (kind, value, source) = self.value((definition, released), late)?;
        let comment = match &self.new {
            Amended::Comment(comment) => comment.trim().to_owned(),
            _ => String::new(),
        };
        let mut version = filing.version((test, definition), value, (source, Vec::new()), setting);
        version.holds.retain(|hold| !matches!(hold, Hold::Person(_)));
        let blocks: Vec<String> = version
            .holds
            .iter()
            .filter(|hold| hold.forbids_release())
            .map(Hold::sentence)
            .collect();
        if !blocks.is_empty() {
            return Err(Refusal::NotReleasable { code, because: blocks.join(" ") });
        }
        version.comment = comment;
        let same = version.value == released.value && version.unit == released.unit;
        if same && version.comment == released.comment {
            return Err(Refusal::NothingChanged { code });
        }
        Ok((kind, version))
    }

    fn value(
        &self,
        (definition, released): (&TestDefinition, &ResultVersion),
        late: Option<ResultVersion>,
    ) -> Result<(Amendment, Value, Source), Refusal> {
        let code = definition.code.clone();
        match &self.new {
            Amended::Typed(typed) => {
                let expected = expected(definition);
                let value = judgement::read(definition, typed)
                    .ok_or(Refusal::NotAValue { code, expected })?;
                Ok((Amendment::Corrected, value, Source::Manual))
            }
            Amended::Late(id) => {
                let what = "later reading".into();
                let late = late.ok_or_else(|| Refusal::NoSuch { what, name: id.to_string() })?;
                let forbids = |hold: &&Hold| hold.forbids_release();
                if let Some(hold) = late.holds.iter().find(forbids) {
                    return Err(Refusal::NotReleasable { code, because: hold.sentence() });
                }
                Ok((Amendment::Corrected, late.value, late.source))
            }
            Amended::Comment(_) => {
                Ok((Amendment::Commented, released.value.clone(), released.source.clone()))
            }
            Amended::Nothing => {
                let reason = "reported in error on this patient".to_owned();
                Ok((Amendment::Withdrawn, Value::NotPerformed(reason), Source::Manual))
            }
        }
    }
}

/// What is told of a released version by the one that takes its place. A version that was itself a
/// correction was released by whoever filed it.
fn takes_the_place(kind: Amendment, (test, released): (&Test, &ResultVersion)) -> Amends {
    let first = test.verified.filter(|_| released.amends.is_none());
    Amends {
        version: released.id,
        kind,
        value: released.value.clone(),
        unit: released.unit.clone(),
        flag: released.flag,
        at: first.map_or(released.filed_at, |verified| verified.at),
        by: first.map_or(released.filed_by, |verified| verified.by),
        reason: String::new(),
        note: String::new(),
        told: String::new(),
    }
}

impl Filing {
    /// A released value is compared with what was released before it, not with itself.
    fn look_before_release<L: Look>(&mut self, look: &L) -> Result<(), L::Fault> {
        let own: Vec<TestId> = self.tests.iter().map(|test| test.id).collect();
        let codes: Vec<_> = self.previous.keys().cloned().collect();
        for code in codes {
            let Some((last, _)) = self.previous.get(&code) else { continue };
            if !own.contains(&last.test) {
                continue;
            }
            let before = match last.delta.clone() {
                Some(delta) => look.result(delta.previous)?.map(|before| (before, delta.at)),
                None => None,
            };
            match before {
                Some(before) => self.previous.insert(code, before),
                None => self.previous.remove(&code),
            };
        }
        Ok(())
    }

    /// The events of putting a version in the place of a released one, and of calculating anew
    /// whatever follows from it.
    fn amended(&self, version: ResultVersion, setting: &Setting<'_>) -> Vec<Event> {
        let told = version.amends.clone();
        let input = version.code.clone();
        let all = self.calculated(std::slice::from_ref(&version), not_cancelled, setting);
        let mut events = vec![amended(version)];
        for mut version in all {
            let test = self.tests.iter().find(|test| test.id == version.test);
            let Some(test) = test.filter(|test| test.state.released()) else {
                events.push(Event::Result(ResultEvent::ResultFiled(Box::new(version))));
                continue;
            };
            let released = self.newest.iter().find(|old| Some(old.id) == test.result);
            let (Some(released), Some(told)) = (released, &told) else { continue };
            if released.value == version.value {
                continue;
            }
            version.amends = Some(Amends {
                reason: told.reason.clone(),
                note: format!("calculated from {input}, which was amended"),
                told: told.told.clone(),
                ..takes_the_place(Amendment::Recalculated, (test, released))
            });
            events.push(amended(version));
        }
        events
    }
}

fn amended(version: ResultVersion) -> Event {
    Event::Result(ResultEvent::ResultAmended(Box::new(version)))
}

fn not_cancelled(state: TestState) -> bool {
    state != TestState::Cancelled
}

/// Say that a reading which came after the release changes nothing, with the reason; it stays on
/// record.
#[derive(Clone, Debug)]
pub struct DismissLate {
    /// Which test.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
    /// Why.
    pub reason: String,
}

impl Decide for DismissLate {
    type Sees = Found;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        looked(look, (self.test, self.looked_at), setting)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let reason = filled("Reason", &self.reason)?;
        let test = unchanged(seen, self.test)?;
        let Some(result) = test.candidate else {
            return Err(Refusal::WrongState { code: test.code.0, state: test.state.word().into() });
        };
        let by = crate::accession::Touched { at: setting.now, by: setting.actor };
        let test = test.id;
        Ok(vec![Event::Result(ResultEvent::LateResultDismissed { test, result, reason, by })])
    }
}
