//! What the screens ask of raw messages, answered by the drivers.
//!
//! What must stay true: a picture is taken out of its message when it is looked at, and stands
//! nowhere else; control characters are shown by name, so that a message can be read as it came.

use lab::instrument::Instrument;
use store::message::Listed;
use web::{Again, Picture, Said, Tube, Wires};
use wire::driver;
use wire::reading::{Message, Nature};
use wire::record::charset;

use crate::intake::{Intake, by, material, plainly, reading_of};

/// Reads raw messages for the screens.
pub struct Reader {
    intake: Intake,
}

impl Reader {
    /// A reader beside the way in.
    #[must_use]
    pub fn new(intake: Intake) -> Reader {
        Reader { intake }
    }
}

impl Wires for Reader {
    fn said(&self, instrument: Option<&Instrument>, bytes: &[u8]) -> Vec<Said> {
        let says = plainly(bytes);
        let says = match instrument {
            Some(instrument) => by(instrument, bytes, says),
            None => says,
        };
        says.iter().map(said).collect()
    }

    fn text(&self, bytes: &[u8]) -> String {
        let mut out = String::with_capacity(bytes.len());
        for c in charset::decode(bytes).text.chars() {
            match name_of(c) {
                Some(name) => out.push_str(name),
                None if c == '\r' => out.push('\n'),
                None => out.push(c),
            }
        }
        out
    }

    fn picture(&self, bytes: &[u8], at: usize) -> Option<Picture> {
        let says = plainly(bytes);
        let (_, reading) = says.first()?.readings().nth(at)?;
        if reading.nature != Nature::Image {
            return None;
        }
        // Encapsulated: source, type, subtype, encoding and the picture, parted by `^`.
        let encoded = reading.value.rsplit('^').next()?;
        let picture = decoded(encoded)?;
        let kind = match picture.as_slice() {
            [b'B', b'M', ..] => "image/bmp",
            [0x89, b'P', b'N', b'G', ..] => "image/png",
            [0xff, 0xd8, ..] => "image/jpeg",
            _ => "application/octet-stream",
        };
        Some((kind, picture))
    }

    fn drivers(&self) -> Vec<(&'static str, &'static str)> {
        driver::list().iter().map(|driver| (driver.name, driver.title)).collect()
    }

    fn again(&self, message: Listed) -> Again {
        let intake = self.intake.clone();
        Box::pin(async move { intake.again(message).await })
    }
}

fn said(message: &Message) -> Said {
    let tubes = message.specimens.iter().map(|specimen| Tube {
        number: specimen.id.clone(),
        material: material(specimen.kind),
        readings: specimen.readings.iter().map(reading_of).collect(),
    });
    Said {
        driver: message.driver.clone(),
        kind: format!("{:?}", message.kind).to_lowercase(),
        sender: message.sender.clone(),
        tubes: tubes.collect(),
        asks: message.queries.iter().flat_map(|query| query.specimens.clone()).collect(),
        not_understood: message
            .not_understood
            .iter()
            .map(|part| (part.text.clone(), part.because.clone()))
            .collect(),
    }
}

/// The name of a control character of the links.
fn name_of(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{1}' => "<SOH>",
        '\u{2}' => "<STX>",
        '\u{3}' => "<ETX>",
        '\u{4}' => "<EOT>",
        '\u{5}' => "<ENQ>",
        '\u{6}' => "<ACK>",
        '\u{b}' => "<VT>",
        '\u{15}' => "<NAK>",
        '\u{17}' => "<ETB>",
        '\u{1c}' => "<FS>",
        _ => return None,
    })
}

/// Base64 (RFC 4648 section 4), white space between its letters allowed.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace()) {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).unwrap_or_default());
        }
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod test {
    use super::decoded;

    #[test]
    fn a_picture_is_decoded_as_the_standard_has_it() {
        // RFC 4648 section 10.
        for (text, plain) in [("Zm9vYmFy", "foobar"), ("Zm9vYg==", "foob"), ("Zm8=", "fo")] {
            assert_eq!(decoded(text).as_deref(), Some(plain.as_bytes()), "{text}");
        }
        assert_eq!(decoded("Zm 9v\r\nYg==").as_deref(), Some(&b"foob"[..]));
        for none in ["", "====", "2024_WDF.PNG", "Zm9v~"] {
            assert_eq!(decoded(none), None, "{none}");
        }
    }
}
