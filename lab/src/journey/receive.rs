//! Receive: the tube is in the laboratory; or it is not fit for testing and is rejected.
//!
//! What must stay true: a specimen is collected before it is received; a rejection has a coded
//! reason from the catalog; what is calculated from a rejected specimen does not go out unseen.

use crate::accession::{Specimen, SpecimenState, Test};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event};
use crate::judgement;
use crate::refusal::Refusal;
use crate::value::{Label, SpecimenId};

/// Receive the specimen whose label was scanned.
#[derive(Clone, Debug)]
pub struct ReceiveSpecimen {
    /// The label on the container.
    pub label: Label,
}

impl Decide for ReceiveSpecimen {
    type Sees = Option<Specimen>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Option<Specimen>, L::Fault> {
        look.specimen_labeled(&self.label)
    }

    fn decide(&self, seen: Option<Specimen>, setting: &Setting<'_>) -> Decision {
        let specimen = seen.ok_or_else(|| Refusal::NoSuch {
            what: "specimen".into(),
            name: self.label.to_string(),
        })?;
        match specimen.state {
            SpecimenState::Collected => {
                Ok(vec![Event::Accession(AccessionEvent::SpecimenReceived {
                    specimen: specimen.id,
                    at: setting.now,
                })])
            }
            SpecimenState::Ordered => Err(Refusal::NotCollected),
            SpecimenState::Received => Err(Refusal::AlreadyReceived),
            SpecimenState::Rejected => Err(Refusal::SpecimenRejected),
        }
    }
}

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
        let (specimen, tests) = seen.ok_or_else(|| Refusal::NoSuch {
            what: "specimen".into(),
            name: self.specimen.to_string(),
        })?;
        let on_it: Vec<&Test> = tests.iter().filter(|test| test.specimen == specimen.id).collect();
        if specimen.state == SpecimenState::Rejected {
            return Err(Refusal::SpecimenRejected);
        }
        if setting.catalog.rejection(&self.reason).is_none() {
            return Err(Refusal::UnknownReason { code: self.reason.clone() });
        }
        if specimen.state == SpecimenState::Ordered {
            return Err(Refusal::NotCollected);
        }
        if let Some(done) = on_it.iter().find(|test| test.verified.is_some()) {
            return Err(Refusal::WrongState {
                code: done.code.0.clone(),
                state: done.state.word().into(),
            });
        }
        let mut events = vec![Event::Accession(AccessionEvent::SpecimenRejected {
            specimen: specimen.id,
            reason: self.reason.clone(),
            note: self.note.trim().to_owned(),
        })];
        let gone: Vec<&Test> =
            on_it.into_iter().filter(|test| test.state.takes_results()).collect();
        events.extend(gone.iter().map(|test| {
            let reason = format!("Specimen rejected: {}", self.reason);
            Event::Accession(AccessionEvent::TestCancelled { test: test.id, reason, by: None })
        }));
        events.extend(judgement::without_inputs(setting.catalog, &tests, &gone));
        Ok(events)
    }
}
