//! A specimen that nobody can find, and one that turns up again.
//!
//! What must stay true: what was still to be measured from a lost specimen is ordered anew at
//! once, and somebody is told; found before the new one was taken, its tests come back and the new
//! order is cancelled; found later, the new one counts.

use super::{elsewhere, none};
use crate::accession::{Accession, Credit, Specimen, SpecimenState, Test, TestState};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event, TubeEvent};
use crate::journey::anew;
use crate::refusal::Refusal;
use crate::value::{SpecimenId, TestCode, TestId};

/// Say that a specimen cannot be found; what was still to be measured from it is ordered anew.
#[derive(Clone, Debug)]
pub struct LoseSpecimen {
    /// Which.
    pub specimen: SpecimenId,
    /// Where was looked, when it was seen last.
    pub note: String,
    /// Who was told that it is ordered anew.
    pub told: String,
}

/// What losing looks at.
pub struct SeesForLosing {
    specimen: Specimen,
    accession: Accession,
    tests: Vec<Test>,
    last_sequence: u32,
}

impl Decide for LoseSpecimen {
    type Sees = Option<SeesForLosing>;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(specimen) = look.specimen(self.specimen)? else { return Ok(None) };
        let Some(accession) = look.accession(specimen.accession)? else { return Ok(None) };
        let tests = look.tests_of(accession.id)?;
        let last_sequence = look.last_sequence(anew::day(setting.now))?;
        Ok(Some(SeesForLosing { specimen, accession, tests, last_sequence }))
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let seen = seen.ok_or_else(|| none(self.specimen))?;
        let specimen = &seen.specimen;
        if specimen.state == SpecimenState::Ordered {
            return Err(Refusal::NotCollected);
        }
        if !(specimen.state == SpecimenState::Collected || specimen.state.is_at_hand()) {
            return Err(elsewhere(specimen));
        }
        let note = self.note.trim().to_owned();
        if note.is_empty() {
            return Err(Refusal::Missing { field: "Where was looked".into() });
        }
        let mut events = vec![Event::Tube(TubeEvent::SpecimenLost { specimen: specimen.id, note })];
        let open = |test: &&Test| {
            test.specimen == specimen.id
                && matches!(test.state, TestState::Awaiting | TestState::Rerun)
        };
        let gone: Vec<&Test> = seen.tests.iter().filter(open).collect();
        events.extend(anew::without(&seen.tests, &gone, ("Specimen lost", setting)));
        let cancelled: Vec<TestId> = events.iter().filter_map(anew::cancelled).collect();
        let gone: Vec<&Test> =
            seen.tests.iter().filter(|test| cancelled.contains(&test.id)).collect();
        if !gone.is_empty() {
            let first = anew::First {
                specimen,
                accession: &seen.accession,
                last_sequence: seen.last_sequence,
            };
            events.extend(anew::order(&first, &gone, (&self.told, setting))?);
        }
        Ok(events)
    }
}

/// Say that a lost specimen was found; where the new one was not taken yet, this one serves after
/// all and the new order is cancelled.
#[derive(Clone, Debug)]
pub struct FindSpecimen {
    /// Which.
    pub specimen: SpecimenId,
}

/// What finding looks at: the specimen, its tests, and what was ordered anew.
pub struct SeesForFinding {
    specimen: Specimen,
    tests: Vec<Test>,
    anew: Option<(Vec<Specimen>, Vec<Test>)>,
    /// What was credited stays cancelled; the new order keeps it.
    credited: Vec<TestCode>,
}

impl Decide for FindSpecimen {
    type Sees = Option<SeesForFinding>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(specimen) = look.specimen(self.specimen)? else { return Ok(None) };
        let tests = look.tests_of(specimen.accession)?;
        let anew = match specimen.handling.replaced_by {
            Some(new) => Some((look.specimens_of(new)?, look.tests_of(new)?)),
            None => None,
        };
        let mut credited = Vec::new();
        for test in &tests {
            let credit: Option<Credit> = look.row(test.id.0)?;
            credited.extend(credit.map(|credit| credit.code));
        }
        Ok(Some(SeesForFinding { specimen, tests, anew, credited }))
    }

    fn decide(&self, seen: Self::Sees, _: &Setting<'_>) -> Decision {
        let seen = seen.ok_or_else(|| none(self.specimen))?;
        if seen.specimen.state != SpecimenState::Lost {
            return Err(elsewhere(&seen.specimen));
        }
        let (tests, given_up) = seen.back();
        let mut events =
            vec![Event::Tube(TubeEvent::SpecimenFound { specimen: seen.specimen.id, tests })];
        events.extend(given_up.into_iter().map(|test| {
            let reason = format!("Specimen {} was found", seen.specimen.label);
            Event::Accession(AccessionEvent::TestCancelled { test, reason, by: None })
        }));
        Ok(events)
    }
}

impl SeesForFinding {
    /// The tests that come back, and those of the new order that are given up.
    fn back(&self) -> (Vec<TestId>, Vec<TestId>) {
        let Some((tubes, anew)) = &self.anew else { return (Vec::new(), Vec::new()) };
        if tubes.iter().any(|tube| tube.state != SpecimenState::Ordered) {
            return (Vec::new(), Vec::new());
        }
        let waits =
            |test: &&Test| test.state == TestState::Awaiting && !self.credited.contains(&test.code);
        let given_up: Vec<&Test> = anew.iter().filter(waits).collect();
        let wanted = |test: &&Test| {
            test.state == TestState::Cancelled
                && test.verified.is_none()
                && given_up.iter().any(|other| other.code == test.code)
        };
        let back = self.tests.iter().filter(wanted).map(|test| test.id).collect();
        (back, given_up.iter().map(|test| test.id).collect())
    }
}
