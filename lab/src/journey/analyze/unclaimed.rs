//! Settling what waits unclaimed: a person gives it to a specimen, says that it is of control
//! material, or discards it.
//!
//! What must stay true: settled once; always with a reason; given readings go the same way, and
//! meet the same refusals and holds, as if they had come for that specimen.

use super::file::FileReadings;
use super::filing::Filing;
use crate::accession::Specimen;
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, InstrumentEvent};
use crate::instrument::{Claim, ControlReadings, Instrument, Material, Unclaimed, Unplaced};
use crate::journey::written::filled;
use crate::refusal::Refusal;
use crate::value::{ControlId, Label, UnclaimedId};

/// Give unclaimed readings to a specimen, keep them as control material, or discard them, with the
/// reason.
#[derive(Clone, Debug)]
pub struct ResolveUnclaimed {
    /// Which entry.
    pub unclaimed: UnclaimedId,
    /// What to do with it.
    pub settle: Settle,
    /// Why.
    pub reason: String,
}

/// What to do with an unclaimed entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settle {
    /// Give it to the specimen with this label.
    Give(Label),
    /// It is of control material: it goes to the control list.
    Control,
    /// Discard it.
    Discard,
}

/// What settling looks at.
pub struct SeesUnclaimed {
    entry: Option<Unclaimed>,
    instrument: Option<Instrument>,
    specimen: Option<Specimen>,
    filing: Option<Filing>,
}

impl Decide for ResolveUnclaimed {
    type Sees = SeesUnclaimed;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<SeesUnclaimed, L::Fault> {
        let entry = look.unclaimed(self.unclaimed)?;
        let instrument = match &entry {
            Some(entry) => look.instrument(entry.instrument)?,
            None => None,
        };
        let specimen = match &self.settle {
            Settle::Give(label) => look.specimen_labeled(label)?,
            Settle::Control => match entry.as_ref().map(|entry| Label::read(&entry.sent_number)) {
                Some(Ok(label)) => look.specimen_labeled(&label)?,
                _ => None,
            },
            Settle::Discard => None,
        };
        let filing = match (&instrument, specimen.clone()) {
            (Some(instrument), Some(specimen)) => {
                Filing::look(look, specimen, |test| instrument.measures(&test.code), setting)?
            }
            _ => None,
        };
        Ok(SeesUnclaimed { entry, instrument, specimen, filing })
    }

    fn decide(&self, seen: SeesUnclaimed, setting: &Setting<'_>) -> Decision {
        let reason = filled("Reason", &self.reason)?;
        let entry = still_open(seen.entry, self.unclaimed)?;
        let unclaimed = entry.id;
        let label = match &self.settle {
            Settle::Give(label) => label,
            Settle::Control if seen.specimen.is_some() => {
                return Err(Refusal::SpecimensNumber { number: entry.sent_number });
            }
            Settle::Control => return Ok(vec![to_controls(entry, reason, setting)]),
            Settle::Discard => {
                let event = InstrumentEvent::UnclaimedDiscarded { unclaimed, reason };
                return Ok(vec![Event::Instrument(event)]);
            }
        };
        if matches!(entry.because, Unplaced::NotAPatient | Unplaced::ControlOrPatient) {
            return Err(Refusal::ControlMaterial);
        }
        let specimen = seen
            .specimen
            .ok_or_else(|| Refusal::NoSuch { what: "specimen".into(), name: label.to_string() })?;
        super::measurable(&specimen)?;
        let (instrument, mut filing) =
            seen.instrument.zip(seen.filing).ok_or_else(|| no_entry(self.unclaimed))?;
        filing.given_by_hand = true;
        let given = InstrumentEvent::UnclaimedGiven { unclaimed, specimen: specimen.id, reason };
        let mut events = vec![Event::Instrument(given)];
        events.extend(as_if_sent(entry, label).file(&instrument, &filing, setting));
        Ok(events)
    }
}

/// The entry, while nobody settled it.
pub(super) fn still_open(seen: Option<Unclaimed>, id: UnclaimedId) -> Result<Unclaimed, Refusal> {
    let entry = seen.ok_or_else(|| no_entry(id))?;
    if entry.claim == Claim::Open { Ok(entry) } else { Err(Refusal::AlreadySettled) }
}

/// There is no such entry, or what it names is gone.
pub(super) fn no_entry(id: UnclaimedId) -> Refusal {
    Refusal::NoSuch { what: "unclaimed entry".into(), name: id.to_string() }
}

fn to_controls(entry: Unclaimed, reason: String, setting: &Setting<'_>) -> Event {
    let controls = ControlReadings {
        id: ControlId(setting.fresh()),
        instrument: entry.instrument,
        message: entry.message,
        at: entry.at,
        sent_number: entry.sent_number,
        material: Material::Control,
        readings: entry.readings,
    };
    let unclaimed = entry.id;
    Event::Instrument(InstrumentEvent::UnclaimedToControls { unclaimed, controls, reason })
}

fn as_if_sent(entry: Unclaimed, label: &Label) -> FileReadings {
    FileReadings {
        instrument: entry.instrument,
        message: entry.message,
        sent_number: label.to_string(),
        material: Material::Patient,
        readings: entry.readings,
    }
}
