//! Collect: the specimens of an accession are taken from the patient, at a stated time.
//!
//! What must stay true: the patient was identified by two identifiers, and the collector says so;
//! nothing is collected in the future.

use crate::accession::{Accession, Specimen, SpecimenState};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event};
use crate::refusal::Refusal;
use crate::value::{Moment, SpecimenId};

/// A clock at the bedside may run ahead of ours by this much, in minutes.
const CLOCK_TOLERANCE_MINUTES: i64 = 5;

/// Say that specimens were taken from the patient, identified by name and birth date or record
/// number, at a stated time.
#[derive(Clone, Debug)]
pub struct CollectSpecimens {
    /// Which; all of one accession.
    pub specimens: Vec<SpecimenId>,
    /// When they were taken.
    pub at: Moment,
    /// The collector compared two identifiers with the patient.
    pub identified: bool,
}

impl Decide for CollectSpecimens {
    type Sees = Vec<(Specimen, Option<Accession>)>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let mut seen = Vec::new();
        for id in &self.specimens {
            if let Some(specimen) = look.specimen(*id)? {
                let accession = look.accession(specimen.accession)?;
                seen.push((specimen, accession));
            }
        }
        Ok(seen)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        if !self.identified {
            return Err(Refusal::Missing { field: "The tick for two identifiers".into() });
        }
        if seen.len() != self.specimens.len() || seen.is_empty() {
            return Err(Refusal::NoSuch { what: "specimen".into(), name: "of this number".into() });
        }
        if seen.windows(2).any(|pair| matches!(pair, [a, b] if a.0.accession != b.0.accession)) {
            let name = "of this accession".into();
            return Err(Refusal::NoSuch { what: "specimen".into(), name });
        }
        let mut events = Vec::new();
        for (specimen, accession) in seen {
            let ordered_at = accession.map_or(setting.now, |accession| accession.ordered_at);
            self.possible_time(ordered_at, setting.now)?;
            match specimen.state {
                SpecimenState::Ordered => {}
                SpecimenState::Rejected => return Err(Refusal::SpecimenRejected),
                SpecimenState::Collected
                | SpecimenState::Dispatched
                | SpecimenState::Received
                | SpecimenState::OnBench
                | SpecimenState::Stored
                | SpecimenState::Lost
                | SpecimenState::Discarded => {
                    return Err(Refusal::AlreadyCollected);
                }
            }
            events.push(Event::Accession(AccessionEvent::SpecimenCollected {
                specimen: specimen.id,
                // A bedside clock may run ahead; nothing is collected after it is told.
                at: self.at.min(setting.now),
            }));
        }
        Ok(events)
    }
}

impl CollectSpecimens {
    /// A specimen may be brought along with the request, but not a day before it.
    fn possible_time(&self, ordered_at: Moment, now: Moment) -> Result<(), Refusal> {
        let too_late = self.at > now.plus_minutes(CLOCK_TOLERANCE_MINUTES);
        let too_early = self.at < ordered_at.plus_minutes(-24 * 60);
        if too_late || too_early {
            return Err(Refusal::ImpossibleTime { field: "Collected at".into() });
        }
        Ok(())
    }
}
