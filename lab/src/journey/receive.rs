//! Receive: the tube is in the laboratory; or it is not fit for testing and is rejected.
//!
//! What must stay true: a specimen is collected before it is received; a rejection has a coded
//! reason from the catalog; what is calculated from a rejected specimen does not go out unseen; a
//! tube that does not fit, or is too old for a test on it, is not received before that is settled.

mod reject;

use rust_decimal::Decimal;

use crate::accession::{Condition, Specimen, SpecimenState, Test};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event, TubeEvent};
use crate::judgement;
use crate::refusal::{Refusal, TubeRefusal};
use crate::value::{Label, Moment, Zone};

pub use reject::{RecollectSpecimen, RejectSpecimen, RejectTests, SeesForRejecting};

/// Receive the specimen whose label was scanned.
#[derive(Clone, Debug)]
pub struct ReceiveSpecimen {
    /// The label on the container.
    pub label: Label,
}

/// Receive a specimen with what was seen of it; what does not fit is refused, and then rejected
/// with its reason.
#[derive(Clone, Debug)]
pub struct ReceiveInspected {
    /// The label on the container.
    pub label: Label,
    /// What was seen.
    pub seen: Seen,
}

/// What is seen of a specimen that arrives; what was not looked at is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What is wrong with its label, in words; empty where it names the patient.
    pub label_fault: String,
    /// The container, where it is another than the label says.
    pub container: String,
    /// What is in it, mL.
    pub volume_ml: Option<Decimal>,
    /// How warm it came.
    pub zone: Option<Zone>,
    /// What it looks like.
    pub condition: Condition,
}

/// What receiving looks at: the specimen and the tests of its accession.
pub type SeesForReceiving = Option<(Specimen, Vec<Test>)>;

impl Decide for ReceiveSpecimen {
    type Sees = SeesForReceiving;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        arriving(look, &self.label)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        receive(seen, (&self.label, &Seen::default()), setting)
    }
}

impl Decide for ReceiveInspected {
    type Sees = SeesForReceiving;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        arriving(look, &self.label)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        receive(seen, (&self.label, &self.seen), setting)
    }
}

fn arriving<L: Look>(look: &L, label: &Label) -> Result<SeesForReceiving, L::Fault> {
    let Some(specimen) = look.specimen_labeled(label)? else { return Ok(None) };
    let tests = look.tests_of(specimen.accession)?;
    Ok(Some((specimen, tests)))
}

fn receive(
    sees: SeesForReceiving,
    (label, seen): (&Label, &Seen),
    setting: &Setting<'_>,
) -> Decision {
    let (specimen, tests) =
        sees.ok_or_else(|| Refusal::NoSuch { what: "specimen".into(), name: label.to_string() })?;
    super::not_gone(&specimen)?;
    match specimen.state {
        SpecimenState::Collected => {}
        SpecimenState::Dispatched if specimen.received_at.is_none() => {}
        SpecimenState::Ordered => return Err(Refusal::NotCollected),
        _ => return Err(Refusal::AlreadyReceived),
    }
    let open = tests.iter().filter(|test| test.specimen == specimen.id);
    let open: Vec<&Test> = open.filter(|test| test.state.takes_results()).collect();
    seen.fits(&specimen, setting)?;
    let as_it_came = seen.on(specimen, setting.now);
    for test in open {
        judgement::stable(setting.catalog, &as_it_came, test.code.as_str(), setting.now)?;
    }
    let mut events = vec![Event::Accession(AccessionEvent::SpecimenReceived {
        specimen: as_it_came.id,
        at: setting.now,
    })];
    events.extend(seen.told(&as_it_came, setting));
    Ok(events)
}

impl Seen {
    /// Whether the container in hand is the one that is meant, and fit.
    fn fits(&self, specimen: &Specimen, setting: &Setting<'_>) -> Result<(), Refusal> {
        super::possible(self.volume_ml, &self.condition)?;
        let keeping = setting.catalog.keeping();
        let needs = specimen.container.clone();
        if !self.label_fault.trim().is_empty() {
            return Err(TubeRefusal::Mislabeled { seen: self.label_fault.trim().into() }.into());
        }
        let seen = self.container.trim();
        if !seen.is_empty() && seen != needs {
            return Err(TubeRefusal::WrongContainer { needs, seen: seen.into() }.into());
        }
        if let Some((fill, holds)) = keeping.fill(&needs).zip(self.volume_ml)
            && holds < fill.least
        {
            return Err(TubeRefusal::Short { least: fill.least, holds }.into());
        }
        if self.condition.clotted && keeping.must_not_clot(&needs) {
            return Err(TubeRefusal::Clotted.into());
        }
        if keeping.travels_on_ice(&needs) {
            let zone =
                self.zone.ok_or(Refusal::Missing { field: "How it came (on ice)".into() })?;
            if zone == Zone::Room {
                let (code, kept) = (String::new(), zone.word().into());
                return Err(TubeRefusal::WrongTemperature { code, kept }.into());
            }
        }
        Ok(())
    }

    /// The specimen with what was seen, as the event will leave it.
    fn on(&self, mut specimen: Specimen, now: Moment) -> Specimen {
        if let Some(zone) = self.zone {
            let first = specimen.handling.kept.is_empty();
            let since = if first { specimen.collected_at } else { None };
            specimen.handling.keep(since.unwrap_or(now), zone);
        }
        specimen
    }

    /// The events of what was seen; none where nothing was.
    fn told(&self, specimen: &Specimen, setting: &Setting<'_>) -> Option<Event> {
        let condition = (!self.condition.is_unremarkable()).then(|| self.condition.clone());
        if condition.is_none() && self.volume_ml.is_none() && self.zone.is_none() {
            return None;
        }
        Some(Event::Tube(TubeEvent::SpecimenSeen {
            specimen: specimen.id,
            at: setting.now,
            volume_ml: self.volume_ml,
            zone: self.zone,
            condition,
        }))
    }
}
