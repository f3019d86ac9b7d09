//! Spinning: serum and plasma come off their cells.
//!
//! What must stay true: what has to clot stands its time first; no tube is spun twice; all of one
//! load are spun or none.

use super::{all_there, each, elsewhere};
use crate::accession::{Part, Specimen, SpecimenState, Spun};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, TubeEvent};
use crate::refusal::{Refusal, TubeRefusal};
use crate::value::SpecimenId;

/// Say that specimens were spun, each by the program of its container.
#[derive(Clone, Debug)]
pub struct SpinSpecimens {
    /// Which.
    pub specimens: Vec<SpecimenId>,
}

impl Decide for SpinSpecimens {
    type Sees = Vec<Specimen>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Vec<Specimen>, L::Fault> {
        each(look, &self.specimens)
    }

    fn decide(&self, seen: Vec<Specimen>, setting: &Setting<'_>) -> Decision {
        all_there(&self.specimens, &seen)?;
        let mut specimens = Vec::new();
        for specimen in &seen {
            specimens.push((specimen.id, spun(specimen, setting)?));
        }
        Ok(vec![Event::Tube(TubeEvent::SpecimensSpun { specimens })])
    }
}

fn spun(specimen: &Specimen, setting: &Setting<'_>) -> Result<Spun, Refusal> {
    let label = specimen.label.to_string();
    if !matches!(specimen.state, SpecimenState::Received | SpecimenState::OnBench) {
        return Err(match specimen.state {
            SpecimenState::Ordered | SpecimenState::Collected => Refusal::NotReceived,
            _ => elsewhere(specimen),
        });
    }
    let container = specimen.drawn_into();
    let slide = specimen.handling.made_from.as_ref().is_some_and(|from| from.part == Part::Slide);
    let program = setting.catalog.keeping().spin(container).filter(|_| !slide);
    let Some(program) = program else {
        let container = specimen.container.clone();
        return Err(TubeRefusal::NotSpinnable { label, container }.into());
    };
    let aliquot = specimen.handling.made_from.is_some();
    if specimen.handling.spun.is_some() && !aliquot {
        return Err(TubeRefusal::SpunBefore { label }.into());
    }
    let stood = specimen.collected_at.map_or(0, |taken| setting.now.minutes_since(taken));
    if stood < program.clot_minutes {
        let minutes = program.clot_minutes - stood;
        return Err(TubeRefusal::StillClotting { label, minutes }.into());
    }
    Ok(Spun { at: setting.now, program: program.program() })
}
