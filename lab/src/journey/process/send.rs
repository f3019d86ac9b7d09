//! Sending specimens on by a dispatch list: to a bench, another site or a reference laboratory.
//!
//! What must stay true: a list has a number and names all that went by it; what arrives is told
//! apart from what is still under way; what is sent from where it was put away leaves its position.

use super::{all_there, each, elsewhere};
use crate::accession::{Specimen, SpecimenState};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, TubeEvent};
use crate::refusal::{Refusal, TubeRefusal};
use crate::storage::{Destination, Dispatch};
use crate::value::{DispatchId, SpecimenId, Zone};

/// The most specimens of one list: two racks.
const SPECIMENS_MAX: usize = 200;

/// Send specimens on by a numbered list.
#[derive(Clone, Debug)]
pub struct DispatchSpecimens {
    /// Which.
    pub specimens: Vec<SpecimenId>,
    /// What kind of place they go to.
    pub to: Destination,
    /// Its name.
    pub name: String,
    /// How warm they travel.
    pub zone: Zone,
    /// What is to be minded.
    pub note: String,
}

/// What sending looks at: the specimens, and the last number of a list.
pub struct SeesForSending {
    specimens: Vec<Specimen>,
    last: u32,
}

impl Decide for DispatchSpecimens {
    type Sees = SeesForSending;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let specimens = each(look, &self.specimens)?;
        Ok(SeesForSending { specimens, last: look.last_dispatch()? })
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        all_there(&self.specimens, &seen.specimens)?;
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            return Err(Refusal::Missing { field: "Where to".into() });
        }
        if self.specimens.len() > SPECIMENS_MAX {
            let expected = format!("at most {SPECIMENS_MAX} specimens on one list");
            return Err(Refusal::Unreadable { field: "The list".into(), expected });
        }
        let mut events = Vec::new();
        for specimen in &seen.specimens {
            let twice = self.specimens.iter().filter(|id| **id == specimen.id).count() > 1;
            let goes = matches!(
                specimen.state,
                SpecimenState::Collected
                    | SpecimenState::Received
                    | SpecimenState::OnBench
                    | SpecimenState::Stored
            );
            if specimen.state == SpecimenState::Ordered {
                return Err(Refusal::NotCollected);
            }
            if !goes || twice {
                return Err(elsewhere(specimen));
            }
            if specimen.state == SpecimenState::Stored {
                let (specimen, at) = (specimen.id, setting.now);
                events.push(Event::Tube(TubeEvent::SpecimenFetched { specimen, at }));
            }
        }
        events.push(Event::Tube(TubeEvent::SpecimensDispatched(Dispatch {
            id: DispatchId(setting.fresh()),
            number: seen.last + 1,
            to: self.to,
            name,
            at: setting.now,
            zone: self.zone,
            specimens: self.specimens.clone(),
            note: self.note.trim().to_owned(),
        })));
        Ok(events)
    }
}

/// Say that specimens of a list arrived where they were sent.
#[derive(Clone, Debug)]
pub struct ArriveSpecimens {
    /// By which list.
    pub dispatch: DispatchId,
    /// Which.
    pub specimens: Vec<SpecimenId>,
}

impl Decide for ArriveSpecimens {
    type Sees = (Option<Dispatch>, Vec<Specimen>);

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        Ok((look.dispatch(self.dispatch)?, each(look, &self.specimens)?))
    }

    fn decide(&self, (dispatch, seen): Self::Sees, setting: &Setting<'_>) -> Decision {
        let dispatch = dispatch.ok_or_else(|| Refusal::NoSuch {
            what: "dispatch list".into(),
            name: self.dispatch.to_string(),
        })?;
        all_there(&self.specimens, &seen)?;
        let mut events = Vec::new();
        for specimen in &seen {
            let by_it = specimen.handling.dispatch == Some(dispatch.id);
            if !by_it {
                let (label, list) = (specimen.label.to_string(), dispatch.number);
                return Err(TubeRefusal::NotOnList { label, list }.into());
            }
            if specimen.state != SpecimenState::Dispatched {
                return Err(elsewhere(specimen));
            }
            if specimen.received_at.is_none() {
                return Err(Refusal::NotReceived);
            }
            events.push(Event::Tube(TubeEvent::SpecimenArrived {
                specimen: specimen.id,
                to: dispatch.to,
                at: setting.now,
            }));
        }
        Ok(events)
    }
}
