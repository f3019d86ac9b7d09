//! Filing what an instrument sent for one specimen.
//!
//! What must stay true: see the station. A suspicion the instrument raises about the specimen
//! holds every result of that message, unless it says which readings it is about. What the
//! instrument or its rule calls control material goes to the control list, and where its number
//! looks like one of our specimens, to nobody.

use super::filing::Filing;
use crate::accession::{Hold, ResultVersion, Source, Specimen, SpecimenState, Test, TestState};
use crate::catalog::{TestDefinition, ValueType};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, InstrumentEvent, ResultEvent};
use crate::instrument::{
    Claim, ControlReadings, Instrument, Material, Nature, Reading, Unclaimed, Unplaced,
};
use crate::judgement;
use crate::refusal::Refusal;
use crate::value::{
    Comparator, ControlId, InstrumentId, Label, MessageId, TestCode, UnclaimedId, Value,
};

/// File what an instrument sent for one specimen; what finds no place waits unclaimed.
#[derive(Clone, Debug)]
pub struct FileReadings {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// The raw message.
    pub message: Option<MessageId>,
    /// The specimen number as sent.
    pub sent_number: String,
    /// Whose material, as the instrument marks it.
    pub material: Material,
    /// The readings.
    pub readings: Vec<Reading>,
}

/// What filing looks at.
pub struct SeesForFiling {
    instrument: Option<Instrument>,
    specimen: Option<Specimen>,
    filing: Option<Filing>,
}

impl Decide for FileReadings {
    type Sees = SeesForFiling;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<SeesForFiling, L::Fault> {
        let instrument = look.instrument(self.instrument)?;
        let specimen = match Label::read(&self.sent_number) {
            Ok(label) => look.specimen_labeled(&label)?,
            Err(_) => None,
        };
        let received = specimen.clone().filter(Specimen::can_be_measured);
        let filing = match (&instrument, received) {
            (Some(instrument), Some(specimen)) => {
                Filing::look(look, specimen, |test| instrument.measures(&test.code), setting)?
            }
            _ => None,
        };
        Ok(SeesForFiling { instrument, specimen, filing })
    }

    fn decide(&self, seen: SeesForFiling, setting: &Setting<'_>) -> Decision {
        let instrument = seen.instrument.ok_or_else(|| Refusal::NoSuch {
            what: "instrument".into(),
            name: self.instrument.to_string(),
        })?;
        if let Some(material) = self.control(&instrument) {
            return Ok(vec![self.apart(material, setting)]);
        }
        let Some(filing) = seen.filing else {
            let because = Unplaced::of(seen.specimen.map(|specimen| specimen.state));
            return Ok(vec![self.unclaimed(because, self.readings.clone(), setting)]);
        };
        Ok(self.file(&instrument, &filing, setting))
    }
}

/// The readings of one message, sorted by what becomes of them.
#[derive(Default)]
struct Sorted {
    versions: Vec<ResultVersion>,
    late: Vec<ResultVersion>,
    beside: Vec<Reading>,
    unplaced: Vec<(Unplaced, Vec<Reading>)>,
}

impl FileReadings {
    /// Files to a received specimen.
    pub(super) fn file(
        &self,
        instrument: &Instrument,
        filing: &Filing,
        setting: &Setting<'_>,
    ) -> Vec<Event> {
        let alarms: Vec<&Reading> =
            self.readings.iter().filter(|reading| reading.alarm().is_some()).collect();
        let mut sorted = Sorted::default();
        for reading in &self.readings {
            match place(instrument, filing, reading, setting) {
                Place::On(test, definition) => {
                    let version =
                        self.read(filing, (test, definition), (reading, &alarms), setting);
                    sorted.add(version);
                }
                Place::Late(test, definition) => {
                    let version =
                        self.read(filing, (test, definition), (reading, &alarms), setting);
                    match filing.late(test, version) {
                        Some(version) => sorted.add_late(version),
                        None => sorted.beside.push(reading.clone()),
                    }
                }
                Place::Beside => sorted.beside.push(reading.clone()),
                Place::None(because) => sorted.set_aside(because, reading),
            }
        }
        let mut events = vec![Event::Instrument(InstrumentEvent::ReadingsReceived {
            instrument: instrument.id,
            message: self.message,
            specimen: filing.specimen.id,
            beside: sorted.beside,
        })];
        events.extend(filing.filed(sorted.versions, setting));
        let late = sorted.late.into_iter().map(Box::new).map(ResultEvent::LateResultFiled);
        events.extend(late.map(Event::Result));
        let unplaced = sorted.unplaced.into_iter();
        events
            .extend(unplaced.map(|(because, readings)| self.unclaimed(because, readings, setting)));
        events
    }

    fn read(
        &self,
        filing: &Filing,
        (test, definition): (&Test, &TestDefinition),
        (reading, alarms): (&Reading, &[&Reading]),
        setting: &Setting<'_>,
    ) -> ResultVersion {
        let about = alarms.iter().filter(|alarm| alarm.concerns(&reading.code));
        let mut holds: Vec<Hold> = about
            .filter_map(|alarm| alarm.alarm())
            .map(|alarm| Hold::InstrumentFlag(alarm.to_owned()))
            .collect();
        holds.extend(reading.doubts().map(|flag| Hold::InstrumentFlag(flag.to_owned())));
        let value = value_of(reading, definition, &mut holds);
        let source = Source::Instrument {
            instrument: self.instrument,
            message: self.message,
            sent: reading.value.clone(),
            flags: reading.flags.clone(),
            at: reading.at.clone(),
        };
        if definition.value_type == ValueType::Numeric && above_range(&value) {
            holds.push(Hold::AboveRange);
        }
        let version = filing.version((test, definition), value, (source, holds), setting);
        ResultVersion { detail: reading.detail.of_result(), ..version }
    }

    /// What control material it is, by the instrument's marking or by the rule for it.
    fn control(&self, instrument: &Instrument) -> Option<Material> {
        match self.material {
            Material::Control | Material::Calibrator => Some(self.material),
            _ if instrument.wiring.controls.names(&self.sent_number) => Some(Material::Control),
            Material::Patient | Material::Unknown => None,
        }
    }

    /// Control material goes to its own list; under a number like ours it goes to nobody.
    fn apart(&self, material: Material, setting: &Setting<'_>) -> Event {
        if Label::read(&self.sent_number).is_ok() {
            return self.unclaimed(Unplaced::ControlOrPatient, self.readings.clone(), setting);
        }
        Event::Instrument(InstrumentEvent::ControlsReceived(ControlReadings {
            id: ControlId(setting.fresh()),
            instrument: self.instrument,
            message: self.message,
            at: setting.now,
            sent_number: self.sent_number.clone(),
            material,
            readings: self.readings.clone(),
        }))
    }

    fn unclaimed(&self, because: Unplaced, readings: Vec<Reading>, setting: &Setting<'_>) -> Event {
        Event::Instrument(InstrumentEvent::ReadingsUnclaimed(Unclaimed {
            id: UnclaimedId(setting.fresh()),
            instrument: self.instrument,
            message: self.message,
            at: setting.now,
            sent_number: self.sent_number.clone(),
            because,
            readings,
            claim: Claim::Open,
        }))
    }
}

impl Sorted {
    /// A test's second value in one message counts on from the first, and both must be compared.
    fn add(&mut self, mut version: ResultVersion) {
        if let Some(earlier) = self.versions.iter().rev().find(|row| row.test == version.test) {
            version.version = earlier.version + 1;
            let has_value = !matches!(earlier.value, Value::NotPerformed(_));
            if has_value && !version.holds.contains(&Hold::SecondValue) {
                version.holds.push(Hold::SecondValue);
            }
        }
        self.versions.push(version);
    }

    /// A test's second late value in one message counts on from the first.
    fn add_late(&mut self, mut version: ResultVersion) {
        if let Some(earlier) = self.late.iter().rev().find(|row| row.test == version.test) {
            version.version = earlier.version + 1;
        }
        self.late.push(version);
    }

    fn set_aside(&mut self, because: Unplaced, reading: &Reading) {
        match self.unplaced.iter_mut().find(|(known, _)| *known == because) {
            Some((_, readings)) => readings.push(reading.clone()),
            None => self.unplaced.push((because, vec![reading.clone()])),
        }
    }
}

/// What a reading says as a value of the test; why it must not go out unseen is added to `holds`.
fn value_of(reading: &Reading, definition: &TestDefinition, holds: &mut Vec<Hold>) -> Value {
    if !same_unit(&reading.unit, &definition.unit) {
        // A figure of another unit is never shown under this one's.
        holds.push(Hold::UnitDiffers(reading.unit.clone()));
        return Value::Text(format!("{} {}", reading.value, reading.unit));
    }
    if !reading.measured {
        holds.push(Hold::NotMeasured(reading.value.clone()));
        return Value::NotPerformed("the instrument gave no value".into());
    }
    match judgement::read(definition, &reading.value) {
        // Words that stand in no list: a person decides what they mean.
        None if definition.value_type == ValueType::Coded && !reading.value.trim().is_empty() => {
            holds.push(Hold::Uncoded);
            Value::Coded(reading.value.trim().to_owned())
        }
        // Neither titer, range nor quantity: a person may enter words, an instrument may not.
        None | Some(Value::Text(_)) => {
            holds.push(Hold::Unreadable);
            Value::Text(reading.value.clone())
        }
        Some(coded @ Value::Coded(_)) if definition.answers.is_empty() => {
            holds.push(Hold::Uncoded);
            coded
        }
        Some(value) => value,
    }
}

/// True for a value that only says that the specimen has more than the instrument measures.
fn above_range(value: &Value) -> bool {
    let Value::Quantity(quantity) = value else { return false };
    matches!(quantity.comparator, Some(Comparator::More | Comparator::AtLeast))
}

/// Where one reading goes.
enum Place<'a> {
    On(&'a Test, &'a TestDefinition),
    /// Beside a value that was released.
    Late(&'a Test, &'a TestDefinition),
    Beside,
    None(Unplaced),
}

fn place<'a>(
    instrument: &Instrument,
    filing: &'a Filing,
    reading: &Reading,
    setting: &'a Setting<'_>,
) -> Place<'a> {
    if reading.nature != Nature::Result || instrument.unused.contains(&reading.code) {
        return Place::Beside;
    }
    let Some(code) = instrument.codes.get(&reading.code) else {
        return Place::None(Unplaced::UnknownCode);
    };
    let ordered = filing.tests.iter().filter(|test| test.specimen == filing.specimen.id);
    let Some(test) = ordered.into_iter().find(|test| test.code == *code) else {
        return Place::Beside;
    };
    match (setting.catalog.test(code.as_str()), test.state) {
        (_, TestState::Cancelled) => Place::Beside,
        (None, _) => Place::None(Unplaced::UnknownCode),
        (Some(definition), state) if state.released() => Place::Late(test, definition),
        (Some(definition), _) => Place::On(test, definition),
    }
}

impl Unplaced {
    /// Why nothing is filed to a specimen in this state, or to none.
    pub(super) const fn of(state: Option<SpecimenState>) -> Unplaced {
        match state {
            None => Unplaced::NoSuchSpecimen,
            Some(SpecimenState::Rejected) => Unplaced::Rejected,
            Some(SpecimenState::Lost) => Unplaced::Lost,
            Some(SpecimenState::Discarded) => Unplaced::Discarded,
            Some(_) => Unplaced::NotReceived,
        }
    }
}

impl Instrument {
    /// True where the code map leads to this test.
    #[must_use]
    pub fn measures(&self, code: &TestCode) -> bool {
        self.codes.values().any(|own| own == code)
    }
}

/// Units are the same where they differ only in spelling: `10^3/uL`, `x10*3/uL`, `mmol/l`. An
/// instrument that sends no unit is taken at the catalog's.
fn same_unit(sent: &str, ours: &str) -> bool {
    let plain = |unit: &str| {
        let unit = unit.trim().to_lowercase().replace('^', "*").replace('\u{b5}', "u");
        unit.trim_start_matches('x').to_owned()
    };
    sent.trim().is_empty() || plain(sent) == plain(ours)
}

#[cfg(test)]
mod tests {
    use super::same_unit;

    #[test]
    fn spelling_is_no_difference_of_unit_and_scale_is() {
        assert!(same_unit("10^3/uL", "10*3/uL"));
        assert!(same_unit("mmol/l", "mmol/L"));
        assert!(same_unit("", "g/dL"));
        assert!(!same_unit("g/L", "g/dL"));
        assert!(!same_unit("10*9/L", "10*3/uL"));
    }
}
