//! Reading again: what waits unclaimed is filed once its code has a test or its specimen has
//! come; a kept message is read anew once its driver has learned.
//!
//! What must stay true: reading again goes the same way as reading first, with the same judgement
//! and holds; an entry is replaced only when something in it found its place; nothing that was
//! filed is filed twice.

use super::file::FileReadings;
use super::filing::Filing;
use super::unclaimed::{no_entry, still_open};
use crate::accession::Specimen;
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, InstrumentEvent, ResultEvent};
use crate::instrument::{CodeUse, Instrument, Material, Reading, Unclaimed, Unplaced};
use crate::journey::written::filled;
use crate::refusal::Refusal;
use crate::value::{Label, MessageId, UnclaimedId};

/// File unclaimed readings, read again from the message they came in, after what kept them from
/// their place has changed. What still finds none goes on waiting.
#[derive(Clone, Debug)]
pub struct ReplayUnclaimed {
    /// Which entry.
    pub unclaimed: UnclaimedId,
    /// Its specimen's readings as its message is read today; empty where there is no message.
    pub readings: Vec<Reading>,
    /// What a code would stand for, to see what would happen; none to go by the code map.
    pub supposing: Option<(String, CodeUse)>,
    /// Why.
    pub reason: String,
}

/// What reading again looks at.
pub struct SeesForReplay {
    entry: Option<Unclaimed>,
    instrument: Option<Instrument>,
    specimen: Option<Specimen>,
    filing: Option<Filing>,
}

impl Decide for ReplayUnclaimed {
    type Sees = SeesForReplay;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<SeesForReplay, L::Fault> {
        let entry = look.unclaimed(self.unclaimed)?;
        let mut instrument = match &entry {
            Some(entry) => look.instrument(entry.instrument)?,
            None => None,
        };
        if let (Some(instrument), Some((code, to))) = (&mut instrument, &self.supposing) {
            instrument.map(code, to);
        }
        let label = entry.as_ref().and_then(|entry| Label::read(&entry.sent_number).ok());
        let specimen = match &label {
            Some(label) => look.specimen_labeled(label)?,
            None => None,
        };
        let received = specimen.clone().filter(Specimen::can_be_measured);
        let filing = match (&instrument, received) {
            (Some(instrument), Some(specimen)) => {
                Filing::look(look, specimen, |test| instrument.measures(&test.code), setting)?
            }
            _ => None,
        };
        Ok(SeesForReplay { entry, instrument, specimen, filing })
    }

    fn decide(&self, seen: SeesForReplay, setting: &Setting<'_>) -> Decision {
        let reason = filled("Reason", &self.reason)?;
        let entry = still_open(seen.entry, self.unclaimed)?;
        if matches!(entry.because, Unplaced::NotAPatient | Unplaced::ControlOrPatient) {
            return Err(Refusal::ControlMaterial);
        }
        let instrument = seen.instrument.ok_or_else(|| no_entry(self.unclaimed))?;
        let Some(filing) = seen.filing else {
            let because = Unplaced::of(seen.specimen.map(|specimen| specimen.state));
            return Err(still(&because));
        };
        let unclaimed = entry.id;
        let again = self.as_if_sent(entry);
        let events = again.file(&instrument, &filing, setting);
        if !events.iter().any(placed) {
            return Err(still(&why(&events)));
        }
        let replayed = InstrumentEvent::UnclaimedReplayed { unclaimed, reason };
        Ok(std::iter::once(Event::Instrument(replayed)).chain(events).collect())
    }
}

impl ReplayUnclaimed {
    /// The readings that wait: as the message is read today, but none that was filed when it
    /// came.
    fn as_if_sent(&self, entry: Unclaimed) -> FileReadings {
        let whole = matches!(
            entry.because,
            Unplaced::NoSuchSpecimen
                | Unplaced::NotReceived
                | Unplaced::Rejected
                | Unplaced::Lost
                | Unplaced::Discarded
        );
        let waits = |reading: &&Reading| {
            whole || entry.readings.iter().any(|waiting| waiting.code == reading.code)
        };
        let today: Vec<Reading> = self.readings.iter().filter(waits).cloned().collect();
        FileReadings {
            instrument: entry.instrument,
            message: entry.message,
            sent_number: entry.sent_number,
            material: Material::Patient,
            readings: if today.is_empty() { entry.readings } else { today },
        }
    }
}

/// Something in it found a place: a result, one that waits beside a released one, or a place beside
/// the results.
fn placed(event: &Event) -> bool {
    match event {
        Event::Result(ResultEvent::ResultFiled(_) | ResultEvent::LateResultFiled(_)) => true,
        Event::Instrument(InstrumentEvent::ReadingsReceived { beside, .. }) => !beside.is_empty(),
        _ => false,
    }
}

fn why(events: &[Event]) -> Unplaced {
    let waiting = events.iter().find_map(|event| match event {
        Event::Instrument(InstrumentEvent::ReadingsUnclaimed(entry)) => Some(entry.because.clone()),
        _ => None,
    });
    waiting.unwrap_or(Unplaced::UnknownCode)
}

fn still(because: &Unplaced) -> Refusal {
    Refusal::StillUnplaced { because: because.sentence().to_owned() }
}

/// Have a kept message read again as its driver reads today, with the reason. What was filed of it
/// stays; what was not is filed.
#[derive(Clone, Debug)]
pub struct ReplayMessage {
    /// Which.
    pub message: MessageId,
    /// Why.
    pub reason: String,
}

impl Decide for ReplayMessage {
    type Sees = ();

    fn look<L: Look>(&self, _: &L, _: &Setting<'_>) -> Result<(), L::Fault> {
        Ok(())
    }

    fn decide(&self, (): (), _: &Setting<'_>) -> Decision {
        let reason = filled("Reason", &self.reason)?;
        let message = self.message;
        Ok(vec![Event::Instrument(InstrumentEvent::MessageReplayed { message, reason })])
    }
}
