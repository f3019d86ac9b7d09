//! Keeping a patient's stays and visits.
//!
//! What must stay true: see the station.

use super::super::written::{NUMBER_MOST, needed};
use super::{Registered, present, registered};
use crate::command::{Decide, Decision, Look, Setting};
use crate::directory::Location;
use crate::event::{Event, PatientEvent};
use crate::patient::{Encounter, EncounterClass};
use crate::refusal::Refusal;
use crate::value::{EncounterId, LocationId, Moment, PatientId};

/// A clock on the ward may run ahead of ours by this much, in minutes.
const CLOCK_TOLERANCE_MINUTES: i64 = 5;

/// Keep a stay or visit of a patient: a new number begins one, a known one is changed, moved to
/// another place or ended.
#[derive(Clone, Debug)]
pub struct RecordEncounter {
    /// Whose.
    pub patient: PatientId,
    /// Its number.
    pub number: String,
    /// What kind of stay.
    pub class: EncounterClass,
    /// Where the patient is.
    pub location: Option<LocationId>,
    /// Since when.
    pub admitted_at: Moment,
    /// Until when, once it is over.
    pub discharged_at: Option<Moment>,
}

/// What keeping an encounter looks at.
pub struct SeesEncounter {
    patient: Registered,
    known: Option<Encounter>,
    location: Option<Location>,
}

impl Decide for RecordEncounter {
    type Sees = SeesEncounter;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<SeesEncounter, L::Fault> {
        Ok(SeesEncounter {
            patient: registered(look, self.patient)?,
            known: look.encounter_numbered(self.number.trim())?,
            location: match self.location {
                Some(id) => look.row(id.0)?,
                None => None,
            },
        })
    }

    fn decide(&self, seen: SeesEncounter, setting: &Setting<'_>) -> Decision {
        let patient = present(seen.patient, self.patient)?;
        let number = needed("Encounter", &self.number, NUMBER_MOST)?;
        if seen.known.as_ref().is_some_and(|known| known.patient != patient.id) {
            return Err(Refusal::Taken { what: "encounter".into(), name: number });
        }
        if self.location.is_some() && seen.location.is_none() {
            let name = "of this number".into();
            return Err(Refusal::NoSuch { what: "location".into(), name });
        }
        let latest = setting.now.plus_minutes(CLOCK_TOLERANCE_MINUTES);
        if self.admitted_at > latest || patient.unborn(self.admitted_at) {
            return Err(Refusal::ImpossibleTime { field: "Admitted at".into() });
        }
        if self.discharged_at.is_some_and(|at| at > latest || at < self.admitted_at) {
            return Err(Refusal::ImpossibleTime { field: "Discharged at".into() });
        }
        Ok(vec![Event::Patient(PatientEvent::EncounterRecorded(Encounter {
            id: seen.known.map_or_else(|| EncounterId(setting.fresh()), |known| known.id),
            patient: patient.id,
            number,
            class: self.class,
            location: self.location,
            admitted_at: self.admitted_at,
            discharged_at: self.discharged_at,
        }))])
    }
}
