//! Collect: the specimens of an accession are taken from the patient, at a stated time.
//!
//! What must stay true: the patient was identified by two identifiers, and the record says how: the
//! wristband was scanned and is this patient's, or the collector compared them; nothing is
//! collected in the future, nor before the patient was born.
//!
//! Refused, in this order: nobody says that the patient was identified; a specimen that is not
//! there, or of another accession; a wristband of another patient (`OtherWristband`); a site or a
//! volume that cannot be; a time that cannot be (`ImpossibleTime`, `BeforeBirth`); a specimen that
//! was collected or rejected.

use rust_decimal::Decimal;

use super::survivor::survivor;
use super::written::{NUMBER_MOST, line};
use crate::accession::{Accession, Collection, Identified, Specimen, SpecimenState};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{AccessionEvent, Event};
use crate::patient::Patient;
use crate::refusal::{AboutOrder, AboutPatient, Refusal};
use crate::value::{Moment, PatientId, SpecimenId, scanned};

/// A clock at the bedside may run ahead of ours by this much, in minutes.
const CLOCK_TOLERANCE_MINUTES: i64 = 5;

/// The most milliliters of one specimen: a collection of urine over a day fits.
const VOLUME_MOST_ML: i64 = 10_000;

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
    /// How they were taken.
    pub taken: Taken,
}

/// How specimens were taken, as far as told.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// The number scanned from the patient's wristband; empty where none was.
    pub wristband: String,
    /// Where on the body.
    pub site: String,
    /// How much, in milliliters.
    pub volume_ml: Option<Decimal>,
}

/// What collecting looks at.
pub struct SeesForCollecting {
    specimens: Vec<(Specimen, Option<Accession>)>,
    patient: Option<Patient>,
    wristband_of: Option<PatientId>,
}

impl Decide for CollectSpecimens {
    type Sees = SeesForCollecting;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let mut specimens = Vec::new();
        for id in &self.specimens {
            if let Some(specimen) = look.specimen(*id)? {
                let accession = look.accession(specimen.accession)?;
                specimens.push((specimen, accession));
            }
        }
        let accession = specimens.first().and_then(|(_, accession)| accession.as_ref());
        let patient = match accession {
            Some(accession) => look.patient(accession.patient)?,
            None => None,
        };
        let wristband_of = match scanned(&self.taken.wristband) {
            "" => None,
            number => wristband_of(look, number, patient.as_ref())?,
        };
        Ok(SeesForCollecting { specimens, patient, wristband_of })
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let scanned = scanned(&self.taken.wristband);
        if !self.identified && scanned.is_empty() {
            return Err(Refusal::Missing { field: "The tick for two identifiers".into() });
        }
        if seen.specimens.len() != self.specimens.len() || seen.specimens.is_empty() {
            return Err(Refusal::NoSuch { what: "specimen".into(), name: "of this number".into() });
        }
        let mut accessions = seen.specimens.iter().map(|(specimen, _)| specimen.accession);
        let first = accessions.next();
        if accessions.any(|other| Some(other) != first) {
            let name = "of this accession".into();
            return Err(Refusal::NoSuch { what: "specimen".into(), name });
        }
        if !scanned.is_empty() && seen.wristband_of != seen.patient.as_ref().map(|row| row.id) {
            return Err(AboutPatient::OtherWristband { scanned: scanned.into() }.into());
        }
        let how = self.how(setting)?;
        let mut events = Vec::new();
        for (specimen, accession) in seen.specimens {
            let ordered_at = accession.map_or(setting.now, |accession| accession.ordered_at);
            self.possible_time(ordered_at, setting.now)?;
            if seen.patient.as_ref().is_some_and(|patient| patient.unborn(self.at)) {
                return Err(AboutOrder::BeforeBirth { field: "Collected at".into() }.into());
            }
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
                how: Some(how.clone()),
            }));
        }
        Ok(events)
    }
}

/// Whose number was scanned: the record number, that of a registration merged away, another number
/// that holds, or a stay's; this patient's where several have it.
///
/// # Errors
/// The world failed.
pub fn wristband_of<L: Look>(
    look: &L,
    scanned: &str,
    patient: Option<&Patient>,
) -> Result<Option<PatientId>, L::Fault> {
    if let Some(found) = look.patient_numbered(scanned)? {
        return Ok(Some(survivor(look, &found)?.map_or(found.id, |survives| survives.id)));
    }
    let holds = look.identified(scanned)?.into_iter().filter(|row| row.retired.is_empty());
    let owners: Vec<PatientId> = holds.map(|row| row.patient).collect();
    let own = patient.map(|patient| patient.id).filter(|id| owners.contains(id));
    if let Some(found) = own.or(owners.first().copied()) {
        return Ok(Some(found));
    }
    Ok(look.encounter_numbered(scanned)?.map(|stay| stay.patient))
}

impl CollectSpecimens {
    fn how(&self, setting: &Setting<'_>) -> Result<Collection, Refusal> {
        let possible =
            |volume: &Decimal| *volume > Decimal::ZERO && *volume <= Decimal::from(VOLUME_MOST_ML);
        if !self.taken.volume_ml.as_ref().is_none_or(possible) {
            let expected = format!("milliliters, more than 0 and up to {VOLUME_MOST_ML}");
            return Err(Refusal::Unreadable { field: "Volume".into(), expected });
        }
        Ok(Collection {
            by: setting.actor,
            identified: match self.taken.wristband.trim() {
                "" => Identified::Compared,
                _ => Identified::WristbandScanned,
            },
            site: line("Site", &self.taken.site, NUMBER_MOST)?,
            volume_ml: self.taken.volume_ml,
        })
    }

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
