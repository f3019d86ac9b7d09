//! What instruments say: written as the instrument writes it, kept as it came, read back by the
//! driver that recognizes it, and filed.
//!
//! What must stay true: a journey's readings travel as bytes in the instrument's own dialect; a
//! message is kept before it is filed; the same bytes are filed once.

use lab::instrument::{Instrument, Material, Nature, Reading};
use lab::journey::analyze::FileReadings;
use lab::people::Actor;
use lab::value::{Label, MessageId};
use sha2::{Digest, Sha256};
use store::Act;
use store::message::{Fate, Raw};
use store::query::{instruments, work_for_specimen};
use wire::driver::{self, Driver};
use wire::reading::{self, Kind, Message, Protocol, SpecimenKind};

use crate::day::Day;
use crate::deed::{self, Says, Tube};
use crate::told;

/// A message as it went over the line.
#[derive(Clone)]
pub struct Sent {
    bytes: Vec<u8>,
}

impl Day {
    /// An instrument says something; answers its transcript.
    ///
    /// # Errors
    /// There is no such instrument, its own message cannot be read, or the world failed.
    pub fn instrument_says(&mut self, name: &str, says: Says) -> Result<Vec<String>, String> {
        let all = self.store.read(|sql| instruments(sql)).map_err(|fault| fault.to_string())?;
        let mut all = all.into_iter().map(|line| line.instrument);
        let own = all.find(|own| own.name == name).ok_or_else(|| format!("there is no {name}"))?;
        let driver =
            driver::named(&own.driver).ok_or_else(|| format!("no driver {}", own.driver))?;
        match says {
            Says::Readings { tube, control, readings } => {
                let bytes = self.written(driver, &own, (&tube, control, &readings))?;
                self.sent.insert(name.to_owned(), Sent { bytes: bytes.clone() });
                self.arrives(&own, &bytes)
            }
            Says::Again => {
                let sent = self.sent.get(name).cloned().ok_or("it has sent nothing")?;
                self.arrives(&own, &sent.bytes)
            }
            Says::Asks(tube) => self.answered(driver, &own, &tube),
        }
    }

    fn written(
        &self,
        driver: &'static Driver,
        own: &Instrument,
        (tube, control, readings): (&Tube, bool, &[deed::Reading]),
    ) -> Result<Vec<u8>, String> {
        let id = self.numbers(tube)?.into_iter().next().ok_or("which tube?")?;
        let at = Some(self.now.date().to_string() + &clock(self));
        let kind = if control { SpecimenKind::Control } else { SpecimenKind::Patient };
        let readings = readings.iter().map(|reading| as_sent(reading, at.clone())).collect();
        let specimen = reading::Specimen { id, kind, readings, ..reading::Specimen::default() };
        Ok(driver.write_results(&Message {
            driver: driver.name.to_owned(),
            protocol: driver.protocol(),
            kind: Kind::Results,
            sender: sender(own),
            specimens: vec![specimen],
            id: Some("1".into()),
            at,
            ..Message::default()
        }))
    }

    /// Bytes come in from an instrument's line.
    fn arrives(&mut self, own: &Instrument, bytes: &[u8]) -> Result<Vec<String>, String> {
        let says = driver::parse_all(None, bytes);
        if let Some(lost) = says.iter().flat_map(|message| &message.not_understood).next() {
            return Err(format!("{}: not understood: {lost:?}", own.name));
        }
        let other = says.iter().find(|message| !message.sender.starts_with(&own.sender));
        if let Some(other) = other {
            return Err(format!("{} would be taken for {}", own.name, other.sender));
        }
        let raw = Raw {
            at: self.now,
            instrument: Some(own.id),
            peer: "journey".into(),
            protocol: own_protocol(&says).word().into(),
            outgoing: false,
            digest: Some(store::hexadecimal(&Sha256::digest(bytes))),
            bytes: bytes.to_vec(),
        };
        let (id, again) = self.store.keep_and_wait(raw).map_err(|fault| fault.to_string())?;
        if again {
            return Ok(vec!["the same message as before: acknowledged, not filed again".into()]);
        }
        let transcript = self.files(own, id, &says)?;
        self.store.settle(id, Fate::Filed);
        Ok(transcript)
    }

    fn files(
        &mut self,
        own: &Instrument,
        id: MessageId,
        says: &[Message],
    ) -> Result<Vec<String>, String> {
        let mut transcript = Vec::new();
        let specimens = says.iter().flat_map(|message| &message.specimens);
        for (index, specimen) in specimens.enumerate() {
            let command = FileReadings {
                instrument: own.id,
                message: Some(id),
                sent_number: specimen.id.clone(),
                material: material(specimen.kind),
                readings: specimen.readings.iter().map(as_read).collect(),
            };
            let answer = self.store.execute(Act {
                request: format!("message:{id}:{index}"),
                actor: Actor::Instrument(own.id),
                now: self.now,
                command: command.into(),
            });
            transcript.extend(told::answer(&self.store, &answer)?);
        }
        Ok(transcript)
    }

    /// The instrument asks what to do with a tube, and reads the answer.
    fn answered(
        &self,
        driver: &'static Driver,
        own: &Instrument,
        tube: &Tube,
    ) -> Result<Vec<String>, String> {
        let number = self.numbers(tube)?.into_iter().next().ok_or("which tube?")?;
        let query = reading::Query { specimens: vec![number], ..reading::Query::default() };
        let question = Message {
            kind: Kind::Query,
            sender: sender(own),
            queries: vec![query],
            ..Message::default()
        };
        let heard = driver::parse_all(None, &driver.write_query(&question));
        let query = heard.iter().flat_map(|message| &message.queries).next();
        let query = query.ok_or("its question cannot be read")?;
        let mut tests = Vec::new();
        for label in query.specimens.iter().filter_map(|number| Label::read(number).ok()) {
            let work = self.store.read(|sql| work_for_specimen(sql, &label));
            let work = work.map_err(|fault| fault.to_string())?;
            let wanted = work.into_iter().flat_map(|work| work.tests).map(|test| test.code);
            let codes = wanted.filter_map(|code| {
                own.codes.iter().find(|(_, own)| **own == code).map(|(sent, _)| sent.clone())
            });
            tests.extend(codes);
        }
        Ok(vec![match tests.as_slice() {
            [] => "nothing to do for this number".to_owned(),
            tests => format!("to measure: {}", tests.join(", ")),
        }])
    }
}

fn own_protocol(says: &[Message]) -> Protocol {
    says.first().map_or(Protocol::Astm, |message| message.protocol)
}

/// What it calls itself in full; the laboratory knows it by the beginning.
fn sender(own: &Instrument) -> String {
    match own.driver.as_str() {
        "sysmex_xn" => format!("{}1000^00-22^11001", own.sender),
        _ => own.sender.clone(),
    }
}

fn clock(day: &Day) -> String {
    day.now.in_zone(&jiff::tz::TimeZone::UTC).strftime("T%H:%M:%S").to_string()
}

fn as_sent(written: &deed::Reading, at: Option<String>) -> reading::Reading {
    let value = wire::value::understand(&written.value);
    reading::Reading {
        code: written.code.clone(),
        value: value.text.to_owned(),
        comparator: value.comparator.map(str::to_owned),
        measured: value.measured,
        unit: (!written.unit.is_empty()).then(|| written.unit.clone()),
        flags: written.flags.clone(),
        nature: if written.code.ends_with('?') {
            reading::Nature::Flag
        } else {
            reading::Nature::Result
        },
        at,
        ..reading::Reading::default()
    }
}

/// A reading of the wire in the laboratory's words.
fn as_read(sent: &reading::Reading) -> Reading {
    let comparator = sent.comparator.as_deref().unwrap_or_default();
    let measure = sent.measure().unwrap_or(&sent.value);
    Reading {
        code: sent.code.clone(),
        nature: match sent.nature {
            reading::Nature::Result => Nature::Result,
            reading::Nature::Flag => Nature::Flag,
            _ => Nature::Other,
        },
        value: format!("{comparator}{measure}"),
        measured: sent.measured,
        unit: sent.unit.clone().unwrap_or_default(),
        flags: sent.flags.clone(),
        at: sent.at.clone(),
        detail: Default::default(),
    }
}

const fn material(kind: SpecimenKind) -> Material {
    match kind {
        SpecimenKind::Patient => Material::Patient,
        SpecimenKind::Control => Material::Control,
        SpecimenKind::Calibrator => Material::Calibrator,
        SpecimenKind::Unknown => Material::Unknown,
    }
}
