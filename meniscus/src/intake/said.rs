//! What bytes say, in the laboratory's words.
//!
//! What must stay true: bytes are read by the instrument's own driver, in the characters it is set
//! to and with the marks by which its laboratory knows its controls; a picture stays in its
//! message, and a reading of it says how long it is.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lab::instrument::{CharacterSet, Detail, Instrument, Material, Nature, Reading};
use store::fault::Fault;
use wire::driver::{self, Driver, FieldMark, How};
use wire::reading::{self, Message, SpecimenKind};
use wire::record::charset::Charset;

use super::blocking;

/// A message longer than this many bytes is read where it holds up nobody else.
pub(super) const LONG: usize = 64 * 1024;

/// A picture's value of more characters is the picture itself, which stays in the message; of
/// fewer, the name of its file.
const PICTURE_NAME: usize = 256;

/// What the bytes say; a parser that breaks leaves a message that says nothing, and is kept.
fn read(how: How<'_>, bytes: &[u8]) -> Vec<Message> {
    catch_unwind(AssertUnwindSafe(|| driver::parse_as(how, bytes))).unwrap_or_default()
}

/// What the bytes say by themselves, whoever sent them.
#[must_use]
pub fn plainly(bytes: &[u8]) -> Vec<Message> {
    read(How::default(), bytes)
}

/// The bytes again, and what they say; a long message is read apart from the lines.
///
/// # Errors
/// The reading broke off.
pub async fn says(bytes: Vec<u8>) -> Result<(Vec<u8>, Vec<Message>), Fault> {
    let long = bytes.len() > LONG;
    let read = move || {
        let says = plainly(&bytes);
        Ok((bytes, says))
    };
    if long { blocking(read).await } else { read() }
}

/// What the bytes say where this instrument sent them: as they were read, unless it is set to
/// another driver or to marks of its own.
#[must_use]
pub fn by(instrument: &Instrument, bytes: &[u8], says: Vec<Message>) -> Vec<Message> {
    let own = driver::named(&instrument.driver);
    let other = |own: &Driver| says.iter().any(|message| message.driver != own.name);
    let own = own.filter(|own| {
        other(own) && says.first().is_some_and(|message| message.protocol == own.protocol())
    });
    let controls: Vec<FieldMark> = instrument.wiring.controls.fields.iter().map(mark).collect();
    // Bytes of ASCII alone say the same in every character set.
    let charset = characters(instrument).filter(|_| !bytes.is_ascii());
    if own.is_none() && controls.is_empty() && charset.is_none() {
        return says;
    }
    read(How { driver: own, charset, controls: &controls }, bytes)
}

/// The characters that an instrument is set to.
#[must_use]
pub fn characters(instrument: &Instrument) -> Option<Charset> {
    instrument.wiring.characters.map(|set| match set {
        CharacterSet::Ascii => Charset::Ascii,
        CharacterSet::Utf8 => Charset::Utf8,
        CharacterSet::Latin1 => Charset::Latin1,
        CharacterSet::Gb18030 => Charset::Gb18030,
    })
}

fn mark(kept: &lab::instrument::FieldMark) -> FieldMark {
    FieldMark {
        record: kept.record.clone(),
        field: usize::from(kept.field),
        component: usize::from(kept.component),
        text: kept.text.clone(),
    }
}

/// Whose material it is.
#[must_use]
pub const fn material(kind: SpecimenKind) -> Material {
    match kind {
        SpecimenKind::Patient => Material::Patient,
        SpecimenKind::Control => Material::Control,
        SpecimenKind::Calibrator => Material::Calibrator,
        SpecimenKind::Unknown => Material::Unknown,
    }
}

/// A reading in the laboratory's words.
#[must_use]
pub fn reading_of(sent: &reading::Reading) -> Reading {
    let comparator = sent.comparator.as_deref().unwrap_or_default();
    let measure = sent.measure().unwrap_or(&sent.value);
    let picture = sent.nature == reading::Nature::Image;
    let value = match picture && measure.len() > PICTURE_NAME {
        true => String::new(),
        false => format!("{comparator}{measure}"),
    };
    Reading {
        code: sent.code.clone(),
        nature: match sent.nature {
            reading::Nature::Result => Nature::Result,
            reading::Nature::Flag => Nature::Flag,
            _ => Nature::Other,
        },
        value,
        measured: sent.measured,
        unit: sent.unit.clone().unwrap_or_default(),
        flags: sent.flags.clone(),
        at: sent.at.clone(),
        detail: Detail {
            dilution: sent.dilution.clone(),
            lot: sent.lot.clone(),
            method: sent.method.clone(),
            operator: sent.operator.clone(),
            module: sent.instrument.clone(),
            // Final is what a result is unless it says otherwise.
            status: sent.status.clone().filter(|status| status != "F"),
            run: sent.run.clone(),
            picture_bytes: picture.then(|| u64::try_from(measure.len()).unwrap_or(u64::MAX)),
            concerns: sent.concerns.clone(),
        },
    }
}
