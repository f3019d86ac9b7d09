//! A specimen that nobody can find, and one that turns up again.
//!
//! What must stay true: what was still to be measured from a lost specimen is ordered anew at
//! once, and somebody is told; found before the new one was taken, its tests come back and the new
//! order is cancelled; found later, the new one counts; what was rejected does not come back.

use super::{elsewhere, none};
use crate::accession::{Accession, Credit, Specimen, SpecimenState, Test, TestState};
use crate::catalog::InputSource;
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event, TubeEvent};
use crate::journey::anew;
use crate::refusal::Refusal;
use crate::value::{SpecimenId, TestCode, TestId};

/// Why the tests of a lost specimen were cancelled: by this, those that the loss took are known.
const LOST: &str = "Specimen lost";

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
        events.extend(anew::without(&seen.tests, &gone, (LOST, setting)));
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

/// What finding looks at: the specimen, the tubes and tests of its accession, and what was ordered
/// anew.
pub struct SeesForFinding {
    specimen: Specimen,
    tubes: Vec<Specimen>,
    tests: Vec<Test>,
    anew: Option<(Vec<Specimen>, Vec<Test>)>,
    /// What was credited stays cancelled; the new order keeps it.
    credited: Vec<TestCode>,
}

impl Decide for FindSpecimen {
    type Sees = Option<SeesForFinding>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(specimen) = look.specimen(self.specimen)? else { return Ok(None) };
        let tubes = look.specimens_of(specimen.accession)?;
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
        Ok(Some(SeesForFinding { specimen, tubes, tests, anew, credited }))
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let seen = seen.ok_or_else(|| none(self.specimen))?;
        if seen.specimen.state != SpecimenState::Lost {
            return Err(elsewhere(&seen.specimen));
        }
        let (tests, given_up) = seen.back(setting);
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
    fn back(&self, setting: &Setting<'_>) -> (Vec<TestId>, Vec<TestId>) {
        let Some((tubes, anew)) = &self.anew else { return (Vec::new(), Vec::new()) };
        // What was ordered anew may stand for tests that were rejected before the loss.
        let here = |test: &Test| test.specimen == self.specimen.id;
        let by_loss = |test: &Test| here(test) && open_before(test) && test.note == LOST;
        let taken = tubes.iter().any(|tube| tube.state != SpecimenState::Ordered);
        if taken || !self.tests.iter().any(by_loss) {
            return (Vec::new(), Vec::new());
        }
        let kept = self.kept(anew, setting);
        let waits = |test: &&Test| {
            test.state == TestState::Awaiting
                && !self.credited.contains(&test.code)
                && !kept.contains(&test.code)
        };
        let given_up: Vec<&Test> = anew.iter().filter(waits).collect();
        let wanted = |test: &&Test| {
            let cancelled = if here(test) { by_loss(test) } else { open_before(test) };
            cancelled && given_up.iter().any(|one| one.code == test.code)
        };
        let back = self.tests.iter().filter(wanted).map(|test| test.id).collect();
        (back, given_up.iter().map(|test| test.id).collect())
    }

    /// What the new order keeps: tests whose own tube is gone meanwhile, and what they are
    /// calculated from, since values of different specimens are not mixed.
    fn kept(&self, anew: &[Test], setting: &Setting<'_>) -> Vec<TestCode> {
        let gone = |test: &Test| {
            let tube = self.tubes.iter().find(|tube| tube.id == test.specimen);
            test.specimen != self.specimen.id && tube.is_none_or(|tube| tube.state.is_gone())
        };
        let mut kept = Vec::new();
        for test in self.tests.iter().filter(|test| open_before(test) && gone(test)) {
            if anew.iter().any(|other| other.code == test.code) {
                kept.push(test.code.clone());
                let inputs = setting.catalog.inputs_of(test.code.as_str()).into_iter();
                kept.extend(inputs.filter_map(|(_, source)| match source {
                    InputSource::Result(code) => Some(TestCode(code)),
                    _ => None,
                }));
            }
        }
        kept
    }
}

/// Cancelled before anything of it was released.
fn open_before(test: &Test) -> bool {
    test.state == TestState::Cancelled && test.verified.is_none()
}
