//! What an event changes in what is kept: the only place where rows change.
//!
//! What must stay true: applying decides nothing and refuses nothing; what was decided is in the
//! event. The fold of all events over an empty laboratory is the laboratory.

mod patient;
mod rule;

use super::{
    AccessionEvent, DirectoryEvent, Event, InstrumentEvent, PeopleEvent, ReportEvent, ResultEvent,
};
use crate::accession::{
    Call, Flag, ResultVersion, Specimen, SpecimenState, Test, TestState, Touched, Verified,
};

use crate::instrument::{Claim, Instrument, Unclaimed};
use crate::issue::Issue;
use crate::kept::Shelf;
use crate::people::Person;
use crate::release::{CatalogDraft, DraftFate};
use crate::value::{DraftId, PersonId, TestId, UnclaimedId};

/// Applies one event.
///
/// # Errors
/// What the shelf says when a row that the event changes is not there.
pub fn apply<S: Shelf>(event: &Event, shelf: &mut S) -> Result<(), S::Fault> {
    match event {
        Event::People(event) => people(event, shelf),
        Event::Patient(event) => patient::patient(event, shelf),
        Event::Directory(event) => {
            match event {
                DirectoryEvent::FacilityListed(row) => shelf.put(row.clone()),
                DirectoryEvent::LocationListed(row) => shelf.put(row.clone()),
                DirectoryEvent::ProviderListed(row) => shelf.put(row.clone()),
            }
            Ok(())
        }
        Event::Accession(event) => accession(event, shelf),
        Event::Result(event) => result(event, shelf),
        Event::Instrument(event) => instrument(event, shelf),
        Event::Tube(event) => super::apply_tube::tube(event, shelf),
        Event::Rule(event) => rule::rule(event, shelf),
        Event::Report(ReportEvent::LaboratoryNamed(letterhead)) => {
            shelf.put(letterhead.clone());
            Ok(())
        }
        Event::Report(ReportEvent::ReportIssued(issue)) => {
            shelf.put(Issue::clone(issue));
            Ok(())
        }
    }
}

fn people<S: Shelf>(event: &PeopleEvent, shelf: &mut S) -> Result<(), S::Fault> {
    match event {
        PeopleEvent::PersonAdded(person) => shelf.put(person.clone()),
        PeopleEvent::PasswordSet { person, seal }
        | PeopleEvent::PasswordChosen { person, seal } => {
            person_changed(shelf, *person, |row| secret(row, (seal, false)))?;
        }
        PeopleEvent::OneTimePasswordSet { person, seal } => {
            person_changed(shelf, *person, |row| secret(row, (seal, true)))?;
        }
        PeopleEvent::SignedIn { person } => person_changed(shelf, *person, unlock)?,
        PeopleEvent::RoleSet { person, role, .. } => {
            person_changed(shelf, *person, |row| row.role = *role)?;
        }
        PeopleEvent::StandingSet { person, standing, .. } => {
            person_changed(shelf, *person, |row| {
                row.standing = *standing;
                unlock(row);
            })?;
        }
        PeopleEvent::CatalogDrafted(draft) => shelf.put(draft.clone()),
        PeopleEvent::DraftReleased { draft, release } => {
            draft_ends(shelf, *draft, DraftFate::Released(*release))?;
        }
        PeopleEvent::DraftDiscarded { draft, reason } => {
            draft_ends(shelf, *draft, DraftFate::Discarded(reason.clone()))?;
        }
        PeopleEvent::SignInFailed { person, locked_until } => {
            let mut row: Person = shelf.take(person.0)?;
            row.failures = if locked_until.is_some() { 0 } else { row.failures + 1 };
            row.locked_until = *locked_until;
            shelf.put(row);
        }
        PeopleEvent::SignedOut { .. } => {}
        PeopleEvent::CatalogReleased(release) => shelf.put(release.clone()),
    }
    Ok(())
}

fn person_changed<S: Shelf>(
    shelf: &mut S,
    person: PersonId,
    change: impl FnOnce(&mut Person),
) -> Result<(), S::Fault> {
    let mut row: Person = shelf.take(person.0)?;
    change(&mut row);
    shelf.put(row);
    Ok(())
}

fn secret(row: &mut Person, (seal, must_choose): (&str, bool)) {
    row.secret_seal = Some(seal.to_owned());
    row.must_choose = must_choose;
    unlock(row);
}

fn unlock(row: &mut Person) {
    row.failures = 0;
    row.locked_until = None;
}

fn draft_ends<S: Shelf>(shelf: &mut S, draft: DraftId, fate: DraftFate) -> Result<(), S::Fault> {
    let mut row: CatalogDraft = shelf.take(draft.0)?;
    row.fate = fate;
    shelf.put(row);
    Ok(())
}

fn accession<S: Shelf>(event: &AccessionEvent, shelf: &mut S) -> Result<(), S::Fault> {
    match event {
        AccessionEvent::OrderPlaced { accession, specimens, tests } => {
            shelf.put(accession.clone());
            specimens.iter().for_each(|specimen| shelf.put(specimen.clone()));
            tests.iter().for_each(|test| shelf.put(test.clone()));
        }
        AccessionEvent::SpecimenCollected { specimen, at, how } => {
            let mut row: Specimen = shelf.take(specimen.0)?;
            row.state = SpecimenState::Collected;
            row.collected_at = Some(*at);
            row.collection.clone_from(how);
            shelf.put(row);
        }
        AccessionEvent::SpecimenReceived { specimen, at } => {
            let mut row: Specimen = shelf.take(specimen.0)?;
            row.state = SpecimenState::Received;
            row.received_at = Some(*at);
            shelf.put(row);
        }
        AccessionEvent::SpecimenRejected { specimen, reason, note } => {
            let mut row: Specimen = shelf.take(specimen.0)?;
            row.state = SpecimenState::Rejected;
            row.rejected = Some((reason.clone(), note.clone()));
            row.handling.place = None;
            shelf.put(row);
        }
        AccessionEvent::TestCancelled { test, reason, by } => {
            decided(shelf, *test, (TestState::Cancelled, reason, *by))?;
        }
        AccessionEvent::TestCredited(credit) => shelf.put(credit.clone()),
    }
    Ok(())
}

fn result<S: Shelf>(event: &ResultEvent, shelf: &mut S) -> Result<(), S::Fault> {
    match event {
        ResultEvent::ResultFiled(version) => changed(shelf, version.test, |test| {
            test.state = version.waits();
            test.result = Some(version.id);
            test.note.clear();
            filed(test, version);
        })?,
        ResultEvent::ResultVerified { test, result, at, by, reason, rule } => {
            changed(shelf, *test, |row| {
                row.state = TestState::Verified;
                row.verified = Some(Verified { result: *result, at: *at, by: *by });
                row.note.clone_from(reason);
                row.rule.clone_from(rule);
                row.preliminary = None;
                row.touched = Some(Touched { at: *at, by: *by });
            })?;
        }
        ResultEvent::ResultHeld { test, reason, by } => {
            decided(shelf, *test, (TestState::Held, reason, *by))?;
        }
        ResultEvent::RerunRequested { test, reason, by } => {
            decided(shelf, *test, (TestState::Rerun, reason, *by))?;
        }
        ResultEvent::LateResultFiled(version) => changed(shelf, version.test, |test| {
            test.candidate = Some(version.id);
            test.versions = version.version;
        })?,
        ResultEvent::LateResultDismissed { test, by, .. } => changed(shelf, *test, |row| {
            row.candidate = None;
            row.touched = Some(*by);
        })?,
        ResultEvent::ResultAmended(version) => changed(shelf, version.test, |test| {
            test.state = TestState::Corrected;
            test.note.clear();
            test.result = Some(version.id);
            test.candidate = None;
            test.verified = test.verified.map(|first| Verified { result: version.id, ..first });
            filed(test, version);
        })?,
        ResultEvent::CriticalCalled { test, attempt } => changed(shelf, *test, |row| {
            if let Some(call) = &mut row.call {
                call.open &= !attempt.read_back;
                call.attempts.push(attempt.clone());
            }
            row.touched = Some(Touched { at: attempt.at, by: attempt.by });
        })?,
    }
    match event {
        ResultEvent::ResultFiled(version)
        | ResultEvent::LateResultFiled(version)
        | ResultEvent::ResultAmended(version) => shelf.put(ResultVersion::clone(version)),
        _ => {}
    }
    Ok(())
}

/// A version that became its test's newest.
fn filed(test: &mut Test, version: &ResultVersion) {
    test.preliminary = None;
    test.versions = version.version;
    test.touched = Some(Touched { at: version.filed_at, by: version.filed_by });
    let critical = version.flag.is_some_and(Flag::critical);
    test.call = Call::after(test.call.take(), critical, (version.id, version.filed_at));
}

fn decided<S: Shelf>(
    shelf: &mut S,
    test: TestId,
    (state, note, by): (TestState, &str, Option<Touched>),
) -> Result<(), S::Fault> {
    changed(shelf, test, |row| {
        row.state = state;
        row.preliminary = None;
        note.clone_into(&mut row.note);
        row.touched = by.or(row.touched);
    })
}

pub(super) fn changed<S: Shelf>(
    shelf: &mut S,
    test: TestId,
    change: impl FnOnce(&mut Test),
) -> Result<(), S::Fault> {
    let mut row: Test = shelf.take(test.0)?;
    change(&mut row);
    shelf.put(row);
    Ok(())
}

fn instrument<S: Shelf>(event: &InstrumentEvent, shelf: &mut S) -> Result<(), S::Fault> {
    match event {
        InstrumentEvent::InstrumentAdded(instrument) => shelf.put(instrument.clone()),
        InstrumentEvent::InstrumentChanged { instrument, .. } => shelf.put(instrument.clone()),
        InstrumentEvent::CodeMapped { instrument, code, to, .. } => {
            let mut row: Instrument = shelf.take(instrument.0)?;
            row.map(code, to);
            shelf.put(row);
        }
        InstrumentEvent::ReadingsReceived { .. } | InstrumentEvent::MessageReplayed { .. } => {}
        InstrumentEvent::ControlsReceived(controls) => shelf.put(controls.clone()),
        InstrumentEvent::ReadingsUnclaimed(unclaimed) => shelf.put(unclaimed.clone()),
        InstrumentEvent::UnclaimedGiven { unclaimed, specimen, .. } => {
            settle(shelf, *unclaimed, Claim::Given(*specimen))?;
        }
        InstrumentEvent::UnclaimedDiscarded { unclaimed, reason } => {
            settle(shelf, *unclaimed, Claim::Discarded(reason.clone()))?;
        }
        InstrumentEvent::UnclaimedReplayed { unclaimed, .. } => {
            settle(shelf, *unclaimed, Claim::Replayed)?;
        }
        InstrumentEvent::UnclaimedToControls { unclaimed, controls, .. } => {
            settle(shelf, *unclaimed, Claim::Control(controls.id))?;
            shelf.put(controls.clone());
        }
    }
    Ok(())
}

fn settle<S: Shelf>(shelf: &mut S, entry: UnclaimedId, claim: Claim) -> Result<(), S::Fault> {
    let mut row: Unclaimed = shelf.take(entry.0)?;
    row.claim = claim;
    shelf.put(row);
    Ok(())
}
