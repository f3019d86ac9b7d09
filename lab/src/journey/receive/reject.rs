//! Rejecting a specimen or some of its tests, and ordering anew what cannot be measured from it.
//!
//! What must stay true: a rejection has a coded reason from the catalog; what is ordered anew keeps
//! its urgency, names what it replaces and who was told, and happens once.

use crate::accession::{Accession, Specimen, SpecimenState, Test, TestState};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event, TubeEvent};
use crate::journey::{anew, not_gone};
use crate::refusal::{Refusal, TubeRefusal};
use crate::value::{SpecimenId, TestId};

/// Reject a specimen that is not fit for testing, with a coded reason; its unfinished tests are
/// cancelled with the same reason. What is calculated from them on other specimens is cancelled
/// too, or held where it was calculated before.
#[derive(Clone, Debug)]
pub struct RejectSpecimen {
    /// Which.
    pub specimen: SpecimenId,
    /// The catalog's reason code.
    pub reason: String,
    /// What the person adds.
    pub note: String,
}

impl Decide for RejectSpecimen {
    type Sees = Option<(Specimen, Vec<Test>)>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(specimen) = look.specimen(self.specimen)? else { return Ok(None) };
        let tests = look.tests_of(specimen.accession)?;
        Ok(Some((specimen, tests)))
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let (specimen, tests) = seen.ok_or_else(|| none(self.specimen))?;
        whole((&specimen, &tests), (&self.reason, &self.note), setting)
    }
}

fn none(specimen: SpecimenId) -> Refusal {
    Refusal::NoSuch { what: "specimen".into(), name: specimen.to_string() }
}

/// A specimen can be rejected: it was collected, is at hand, and the catalog has the reason.
fn rejectable(specimen: &Specimen, reason: &str, setting: &Setting<'_>) -> Result<(), Refusal> {
    not_gone(specimen)?;
    if setting.catalog.rejection(reason).is_none() {
        return Err(Refusal::UnknownReason { code: reason.to_owned() });
    }
    if specimen.state == SpecimenState::Ordered {
        return Err(Refusal::NotCollected);
    }
    Ok(())
}

fn whole(
    (specimen, tests): (&Specimen, &[Test]),
    (reason, note): (&str, &str),
    setting: &Setting<'_>,
) -> Decision {
    let on_it: Vec<&Test> = tests.iter().filter(|test| test.specimen == specimen.id).collect();
    rejectable(specimen, reason, setting)?;
    if let Some(done) = on_it.iter().find(|test| test.verified.is_some()) {
        let (code, state) = (done.code.0.clone(), done.state.word().into());
        return Err(Refusal::WrongState { code, state });
    }
    let mut events = vec![Event::Accession(AccessionEvent::SpecimenRejected {
        specimen: specimen.id,
        reason: reason.to_owned(),
        note: note.trim().to_owned(),
    })];
    let gone: Vec<&Test> = on_it.into_iter().filter(|test| test.state.takes_results()).collect();
    let why = format!("Specimen rejected: {reason}");
    events.extend(anew::without(tests, &gone, (&why, setting)));
    Ok(events)
}

/// Reject some tests of a specimen, or all of it, with a coded reason, and order them anew: the
/// rest of the specimen is measured.
#[derive(Clone, Debug)]
pub struct RejectTests {
    /// Which specimen.
    pub specimen: SpecimenId,
    /// Which of its tests; none means the whole specimen.
    pub tests: Vec<TestId>,
    /// The catalog's reason code.
    pub reason: String,
    /// What the person adds.
    pub note: String,
    /// Who was told that it is ordered anew; `None` where it is not ordered anew.
    pub told: Option<String>,
}

/// What rejecting with a new order looks at.
pub struct SeesForRejecting {
    specimen: Specimen,
    accession: Accession,
    tests: Vec<Test>,
    last_sequence: u32,
}

fn look_for<L: Look>(
    look: &L,
    id: SpecimenId,
    setting: &Setting<'_>,
) -> Result<Option<SeesForRejecting>, L::Fault> {
    let Some(specimen) = look.specimen(id)? else { return Ok(None) };
    let Some(accession) = look.accession(specimen.accession)? else { return Ok(None) };
    let tests = look.tests_of(accession.id)?;
    let last_sequence = look.last_sequence(anew::day(setting.now))?;
    Ok(Some(SeesForRejecting { specimen, accession, tests, last_sequence }))
}

impl SeesForRejecting {
    fn order(&self, gone: &[&Test], told: &str, setting: &Setting<'_>) -> Decision {
        let first = anew::First {
            specimen: &self.specimen,
            accession: &self.accession,
            last_sequence: self.last_sequence,
        };
        anew::order(&first, gone, (told, setting))
    }
}

impl Decide for RejectTests {
    type Sees = Option<SeesForRejecting>;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look_for(look, self.specimen, setting)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let seen = seen.ok_or_else(|| none(self.specimen))?;
        let mut events = if self.tests.is_empty() {
            whole((&seen.specimen, &seen.tests), (&self.reason, &self.note), setting)?
        } else {
            self.some(&seen, setting)?
        };
        if let Some(told) = &self.told {
            let cancelled: Vec<TestId> = events.iter().filter_map(anew::cancelled).collect();
            let gone = seen.tests.iter().filter(|test| cancelled.contains(&test.id));
            let gone: Vec<&Test> = gone.collect();
            if !gone.is_empty() {
                events.extend(seen.order(&gone, told, setting)?);
            }
        }
        Ok(events)
    }
}

impl RejectTests {
    fn some(&self, seen: &SeesForRejecting, setting: &Setting<'_>) -> Decision {
        rejectable(&seen.specimen, &self.reason, setting)?;
        let mut gone = Vec::new();
        for id in &self.tests {
            let test = seen.tests.iter().find(|test| test.id == *id);
            let test = test.filter(|test| test.specimen == seen.specimen.id);
            let test =
                test.ok_or_else(|| Refusal::NoSuch { what: "test".into(), name: id.to_string() })?;
            if !test.state.takes_results() {
                let (code, state) = (test.code.0.clone(), test.state.word().into());
                return Err(Refusal::WrongState { code, state });
            }
            gone.push(test);
        }
        let mut events = vec![Event::Tube(TubeEvent::TestsRejected {
            specimen: seen.specimen.id,
            tests: self.tests.clone(),
            reason: self.reason.clone(),
            note: self.note.trim().to_owned(),
        })];
        let why = format!("Specimen not fit for this test: {}", self.reason);
        events.extend(anew::without(&seen.tests, &gone, (&why, setting)));
        Ok(events)
    }
}

/// Order anew what a rejected or lost specimen was for, and say who was told.
#[derive(Clone, Debug)]
pub struct RecollectSpecimen {
    /// In place of which.
    pub specimen: SpecimenId,
    /// Who was told.
    pub told: String,
}

impl Decide for RecollectSpecimen {
    type Sees = Option<SeesForRejecting>;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look_for(look, self.specimen, setting)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let seen = seen.ok_or_else(|| none(self.specimen))?;
        let specimen = &seen.specimen;
        if !matches!(specimen.state, SpecimenState::Rejected | SpecimenState::Lost) {
            let (label, standing) = (specimen.label.to_string(), specimen.standing().into());
            return Err(TubeRefusal::WrongStanding { label, standing }.into());
        }
        if specimen.handling.replaced_by.is_some() {
            return Err(TubeRefusal::AlreadyRecollected.into());
        }
        let gone = seen.tests.iter().filter(|test| {
            test.specimen == specimen.id
                && test.state == TestState::Cancelled
                && test.verified.is_none()
        });
        let gone: Vec<&Test> = gone.collect();
        if gone.is_empty() {
            return Err(TubeRefusal::NothingToRecollect.into());
        }
        seen.order(&gone, &self.told, setting)
    }
}
