//! Aliquots and slides: a part of a specimen in a container of its own, with its own label.
//!
//! What must stay true: a part takes over when its specimen was taken, received and spun, and how
//! it was kept; its number is the next container of the accession; no more is taken than there is.

use rust_decimal::Decimal;

use super::{elsewhere, none};
use crate::accession::{Accession, Origin, Part, Specimen, SpecimenState, Test};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, TubeEvent};
use crate::refusal::{Refusal, TubeRefusal};
use crate::value::{Label, SpecimenId, TestId};

/// Put a part of a specimen into a tube of its own, with its own label; the tests named are
/// measured from it from then on.
#[derive(Clone, Debug)]
pub struct MakeAliquot {
    /// From which.
    pub specimen: SpecimenId,
    /// The tests that move to it.
    pub tests: Vec<TestId>,
    /// How much of it, mL, where that is told.
    pub volume_ml: Option<Decimal>,
}

/// Make a smear of a specimen on glass, with its own label.
#[derive(Clone, Debug)]
pub struct MakeSlide {
    /// From which.
    pub specimen: SpecimenId,
    /// The tests that are read from it.
    pub tests: Vec<TestId>,
}

/// What parting looks at: the specimen, its accession with all containers, and its tests.
pub struct SeesForParting {
    specimen: Specimen,
    accession: Accession,
    beside: Vec<Specimen>,
    tests: Vec<Test>,
}

fn look_for<L: Look>(look: &L, id: SpecimenId) -> Result<Option<SeesForParting>, L::Fault> {
    let Some(specimen) = look.specimen(id)? else { return Ok(None) };
    let Some(accession) = look.accession(specimen.accession)? else { return Ok(None) };
    let beside = look.specimens_of(accession.id)?;
    let tests = look.tests_of(accession.id)?;
    Ok(Some(SeesForParting { specimen, accession, beside, tests }))
}

impl Decide for MakeAliquot {
    type Sees = Option<SeesForParting>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look_for(look, self.specimen)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let seen = seen.ok_or_else(|| none(self.specimen))?;
        let parent = &seen.specimen;
        let tests = seen.movable(&self.tests)?;
        let serum = tests.iter().any(|test| setting.catalog.needs_spin(test.code.as_str()));
        if serum && parent.handling.spun.is_none() {
            return Err(TubeRefusal::NotSpun { label: parent.label.to_string() }.into());
        }
        let left_ml = self.left(parent)?;
        let mut part = seen.part((Part::Aliquot, "ALIQUOT"), setting)?;
        part.handling.volume_ml = self.volume_ml;
        Ok(vec![made(parent, part, (&self.tests, left_ml))])
    }
}

impl MakeAliquot {
    /// What is left in the parent, where its volume is known.
    fn left(&self, parent: &Specimen) -> Result<Option<Decimal>, Refusal> {
        let taken = self.volume_ml.unwrap_or_default();
        if taken < Decimal::ZERO {
            let (field, expected) = ("Volume".into(), "mL above 0".into());
            return Err(Refusal::Unreadable { field, expected });
        }
        let Some(holds) = parent.handling.volume_ml else { return Ok(None) };
        if taken > holds {
            return Err(TubeRefusal::Short { least: taken, holds }.into());
        }
        Ok(Some(holds - taken))
    }
}

impl Decide for MakeSlide {
    type Sees = Option<SeesForParting>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look_for(look, self.specimen)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let seen = seen.ok_or_else(|| none(self.specimen))?;
        seen.movable(&self.tests)?;
        let part = seen.part((Part::Slide, "SLIDE"), setting)?;
        let left_ml = seen.specimen.handling.volume_ml;
        Ok(vec![made(&seen.specimen, part, (&self.tests, left_ml))])
    }
}

fn made(parent: &Specimen, part: Specimen, (tests, left): (&[TestId], Option<Decimal>)) -> Event {
    Event::Tube(TubeEvent::PartMade {
        parent: parent.id,
        part: Box::new(part),
        tests: tests.to_vec(),
        left_ml: left,
    })
}

impl SeesForParting {
    /// The tests that are to move: on this specimen, and open.
    fn movable(&self, wanted: &[TestId]) -> Result<Vec<&Test>, Refusal> {
        let mut movable = Vec::new();
        for id in wanted {
            let on_it = |test: &&Test| test.id == *id && test.specimen == self.specimen.id;
            let test = self.tests.iter().find(on_it);
            let test =
                test.ok_or_else(|| Refusal::NoSuch { what: "test".into(), name: id.to_string() })?;
            if !test.state.takes_results() {
                let (code, state) = (test.code.0.clone(), test.state.word().into());
                return Err(Refusal::WrongState { code, state });
            }
            movable.push(test);
        }
        Ok(movable)
    }

    /// The part as it comes into being.
    fn part(&self, (what, container): (Part, &str), setting: &Setting<'_>) -> PartOrNot {
        let parent = &self.specimen;
        if !matches!(parent.state, SpecimenState::Received | SpecimenState::OnBench) {
            return Err(match parent.state {
                SpecimenState::Ordered | SpecimenState::Collected => Refusal::NotReceived,
                _ => elsewhere(parent),
            });
        }
        if matches!(&parent.handling.made_from, Some(from) if from.part == Part::Slide) {
            return Err(elsewhere(parent));
        }
        let most = self.beside.iter().filter_map(|other| other.label.index()).max().unwrap_or(0);
        let (index, needed) = (most + 1, self.beside.len() + 1);
        if index > 99 {
            return Err(Refusal::TooManyContainers { needed });
        }
        let label = Label::new(self.accession.ordered_at, self.accession.sequence.1, index);
        let id = SpecimenId(setting.fresh());
        let mut part = Specimen::ordered(id, self.accession.id, label, container);
        part.state = SpecimenState::Received;
        (part.collected_at, part.received_at) = (parent.collected_at, parent.received_at);
        part.handling.made_from = Some(Origin {
            specimen: parent.id,
            container: parent.drawn_into().to_owned(),
            part: what,
        });
        part.handling.condition = parent.handling.condition.clone();
        part.handling.spun = parent.handling.spun.clone();
        part.handling.kept = parent.handling.kept.clone();
        Ok(part)
    }
}

type PartOrNot = Result<Specimen, Refusal>;
