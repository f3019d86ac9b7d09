//! One ASTM frame: how it is made and how it is weighed.
//!
//! What must stay true: what [`frames_of`] makes, [`weigh`] takes apart to the same text.

use super::{BadFrame, CR, ETB, ETX, GS, LF, Link, STX};
use crate::limit;

/// The frame number that comes after another.
pub(super) fn following(number: u8) -> u8 {
    (number + 1) % 8
}

/// Takes a frame apart into number and text, if it is sound.
pub(super) fn weigh(frame: &[u8], checksum: bool) -> Result<(u8, &[u8]), BadFrame> {
    let rest = frame.strip_prefix(&[STX]).ok_or(BadFrame::NoStart)?;
    let body = if checksum {
        let (body, sum) = rest.split_last_chunk::<2>().ok_or(BadFrame::Checksum)?;
        if read_sum(*sum) != Some(sum_of(body)) {
            return Err(BadFrame::Checksum);
        }
        body
    } else {
        rest
    };
    match body {
        [number @ b'0'..=b'7', text @ .., ETX | ETB] => Ok((number - b'0', text)),
        _ => Err(BadFrame::Number),
    }
}

/// Whether the checksum before the end of a message in lines holds.
// bioMerieux BCI: the sum of all bytes from the first RS to GS, modulo 256.
pub(super) fn lines_are_sound(frame: &[u8]) -> bool {
    match frame {
        [STX, lines @ .., high, low, ETX] => {
            lines.last() == Some(&GS) && read_sum([*high, *low]) == Some(sum_of(lines))
        }
        _ => false,
    }
}

/// The checksum of a frame: bytes from the number to ETX or ETB, modulo 256.
pub fn sum_of(body: &[u8]) -> u8 {
    body.iter().fold(0, |sum, b| sum.wrapping_add(*b))
}

fn read_sum(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|d| char::from(d).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

/// Whether the last record of a text is its terminator (`L`, then a delimiter or nothing).
pub fn ends_with_terminator(text: &[u8]) -> bool {
    let end = text.iter().rposition(|b| !matches!(*b, CR | LF | 0 | b' '));
    let text = text.get(..end.map_or(0, |e| e + 1)).unwrap_or(&[]);
    let begin = text.iter().rposition(|b| matches!(*b, CR | LF)).map_or(0, |b| b + 1);
    match text.get(begin..).unwrap_or(&[]) {
        [b'L'] => true,
        [b'L', after, ..] => !after.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// Puts a text into frames, numbered from 1.
pub fn frames_of(text: &[u8], link: &Link) -> Vec<Vec<u8>> {
    let size = link.frame_text.clamp(1, limit::FRAME_TEXT_MOST);
    let last = text.len().div_ceil(size);
    let mut number = 1;
    let mut frames = Vec::with_capacity(last);
    for (index, chunk) in text.chunks(size).enumerate() {
        let mut frame = Vec::with_capacity(chunk.len() + 7);
        frame.extend([STX, b'0' + number]);
        frame.extend_from_slice(chunk);
        frame.push(if index + 1 == last { ETX } else { ETB });
        if link.checksum {
            let sum = sum_of(frame.get(1..).unwrap_or(&[]));
            frame.extend_from_slice(format!("{sum:02X}").as_bytes());
        }
        frame.extend([CR, LF]);
        frames.push(frame);
        number = following(number);
    }
    frames
}
