//! Bytes become characters.
//!
//! What must stay true: valid UTF-8 is taken as it is, without a copy; anything else is taken as
//! Latin-1, in which every byte is a character, and says so; nothing becomes a question mark.

use std::borrow::Cow;

/// A text and how it was come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The characters.
    pub text: Cow<'a, str>,
    /// The bytes were not UTF-8 and the message did not say Latin-1.
    pub assumed: bool,
}

/// Decodes bytes of which nothing is known beyond themselves.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), assumed: false },
        Err(_) => Decoded { text: Cow::Owned(latin1(bytes)), assumed: true },
    }
}

/// Decodes an HL7 message by what its MSH-18 declares.
///
/// Declared Latin-1 (`8859/1`) is not an assumption; declared anything else that is not valid
/// UTF-8 is.
pub fn decode_hl7(bytes: &[u8]) -> Decoded<'_> {
    let mut decoded = decode(bytes);
    if decoded.assumed {
        decoded.assumed = !declared(&decoded.text).trim().eq_ignore_ascii_case("8859/1");
    }
    // ISO 2022 switches character sets with escape sequences of plain ASCII; they are not read
    // here, only told.
    decoded.assumed |= decoded.text.contains('\u{1b}');
    decoded
}

/// The character set that an HL7 text declares in MSH-18, as sent.
fn declared(text: &str) -> &str {
    super::hl7::Message::parse(text)
        .ok()
        .and_then(|message| message.segment("MSH").map(|msh| msh.field(18).text()))
        .unwrap_or("")
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&b| char::from(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_borrowed_and_the_rest_is_latin1() {
        assert_eq!(
            decode("µmol".as_bytes()),
            Decoded { text: Cow::Borrowed("µmol"), assumed: false }
        );
        assert_eq!(decode(b"\xb5mol"), Decoded { text: "µmol".into(), assumed: true });
    }

    #[test]
    fn a_declared_character_set_is_believed() {
        let msh = |set: &str| format!("MSH|^~\\&|A||||||ORU^R01|1|P|2.3.1||||||{set}\rNTE|1||");
        for (set, assumed) in [("8859/1", false), ("ASCII", true), ("", true), ("UNICODE", true)] {
            let mut bytes = msh(set).into_bytes();
            bytes.push(0xb5);
            let decoded = decode_hl7(&bytes);
            assert!(decoded.text.ends_with('µ'), "{set}");
            assert_eq!(decoded.assumed, assumed, "{set}");
        }
    }
}
