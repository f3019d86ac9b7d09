//! Bytes become characters, by the character set that the instrument is set to, or else by the one
//! its message declares.
//!
//! What must stay true: a set that was named is not replaced by a better guess; bytes that do not
//! fit it are read as far as ASCII goes and say so, with what to do, so that nobody takes a name
//! from them; nothing becomes a question mark; valid UTF-8 is taken without a copy where no set is
//! named.

use std::borrow::Cow;

use encoding_rs::GB18030;

/// A character set that is read and written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// ASCII alone.
    Ascii,
    /// UTF-8.
    Utf8,
    /// ISO 8859-1, Western Europe.
    Latin1,
    /// GB 18030, China; GB 2312 and GBK are parts of it.
    Gb18030,
}

impl Charset {
    /// Every set, with its word in settings.
    pub const ALL: [(Charset, &'static str); 4] = [
        (Charset::Ascii, "ascii"),
        (Charset::Utf8, "utf-8"),
        (Charset::Latin1, "latin-1"),
        (Charset::Gb18030, "gb18030"),
    ];

    /// The set of a word in settings.
    pub fn set(word: &str) -> Option<Charset> {
        Charset::ALL.into_iter().find(|(_, own)| *own == word).map(|(set, _)| set)
    }

    /// Its word in settings.
    pub fn word(self) -> &'static str {
        Charset::ALL.into_iter().find(|(set, _)| *set == self).map_or("", |(_, word)| word)
    }

    /// Its name in MSH-18.
    // HL7 table 0211.
    pub const fn hl7_name(self) -> &'static str {
        match self {
            Charset::Ascii => "ASCII",
            Charset::Utf8 => "UNICODE UTF-8",
            Charset::Latin1 => "8859/1",
            Charset::Gb18030 => "GB 18030-2000",
        }
    }

    /// The set that MSH-18 names, where it is one of these.
    pub(super) fn declared(name: &str) -> Option<Charset> {
        // HL7 table 0211, and names seen on real lines.
        let name = name.trim().to_ascii_uppercase().replace(['-', '_', ' ', '/'], "");
        Some(match name.as_str() {
            "ASCII" => Charset::Ascii,
            "UNICODEUTF8" | "UTF8" | "UNICODE" => Charset::Utf8,
            "88591" | "ISO88591" | "LATIN1" => Charset::Latin1,
            "GB180302000" | "GB18030" | "GB2312" | "GBK" => Charset::Gb18030,
            _ => return None,
        })
    }

    fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Charset::Ascii if !bytes.is_ascii() => None,
            Charset::Ascii | Charset::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Charset::Latin1 => Some(Cow::Owned(latin1(bytes))),
            Charset::Gb18030 => GB18030.decode_without_bom_handling_and_without_replacement(bytes),
        }
    }

    /// The bytes of a text; none where the set cannot carry it.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Charset::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            Charset::Utf8 => Some(text.as_bytes().to_vec()),
            Charset::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            Charset::Gb18030 => {
                let (bytes, _, unmappable) = GB18030.encode(text);
                (!unmappable).then(|| bytes.into_owned())
            }
        }
    }
}

/// A text and how it was come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The characters.
    pub text: Cow<'a, str>,
    /// Why its characters beyond ASCII are not to be believed, and what to do.
    pub doubt: Option<String>,
}

const REMEDY: &str = "set the character set of the instrument";

/// Decodes bytes of which nothing is known beyond themselves.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    decode_as(None, bytes)
}

/// Decodes bytes by the set that the instrument is set to; without one, UTF-8 where it is.
pub fn decode_as(set: Option<Charset>, bytes: &[u8]) -> Decoded<'_> {
    let wanted = set.unwrap_or(Charset::Utf8);
    if let Some(text) = wanted.decode(bytes) {
        return Decoded { text, doubt: None };
    }
    let doubt = match set {
        Some(set) => format!("its bytes are not {}, to which it is set; {REMEDY}", set.word()),
        None => format!("its bytes are not UTF-8, and it names no character set; {REMEDY}"),
    };
    Decoded { text: as_far_as_it_goes(bytes), doubt: Some(doubt) }
}

/// Decodes an HL7 message by the set that the instrument is set to, or else by what its MSH-18
/// declares.
pub fn decode_hl7_as(set: Option<Charset>, bytes: &[u8]) -> Decoded<'_> {
    if set.is_some() || (bytes.is_ascii() && !bytes.contains(&0x1b)) {
        return decode_as(set, bytes);
    }
    let name = declared(bytes);
    let fits = match Charset::declared(&name) {
        None if name.is_empty() => return decode_as(None, bytes),
        // Latin-1 fits everything; UTF-8 fits nothing but UTF-8.
        Some(Charset::Latin1) if is_wide_utf8(bytes) => None,
        Some(set) => set.decode(bytes),
        None => None,
    };
    // ISO 2022 switches character sets with escape sequences of plain ASCII, not read here.
    match fits.filter(|text| !text.contains('\u{1b}')) {
        Some(text) => Decoded { text, doubt: None },
        None => {
            let doubt = format!("its bytes are not {name}, which MSH-18 declares; {REMEDY}");
            Decoded { text: as_far_as_it_goes(bytes), doubt: Some(doubt) }
        }
    }
}

/// The same where nothing is set.
pub fn decode_hl7(bytes: &[u8]) -> Decoded<'_> {
    decode_hl7_as(None, bytes)
}

/// What is ASCII stands as it is; the rest is shown somehow, and every byte can be found again.
fn as_far_as_it_goes(bytes: &[u8]) -> Cow<'_, str> {
    Charset::Utf8.decode(bytes).unwrap_or_else(|| Cow::Owned(latin1(bytes)))
}

fn is_wide_utf8(bytes: &[u8]) -> bool {
    !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok()
}

/// The character set that an HL7 message declares in MSH-18, as sent; of several, the first that
/// is named.
fn declared(bytes: &[u8]) -> String {
    let header = bytes.split(|b| matches!(*b, b'\r' | b'\n')).find(|line| !line.is_empty());
    let header = header.unwrap_or_default();
    let named = |text: &str| {
        let message = super::hl7::Message::parse(text).ok()?;
        let field = message.segment("MSH")?.field(18);
        field.repeats().map(|one| one.text().to_owned()).find(|name| !name.is_empty())
    };
    let plain = named(&latin1(header));
    // A second byte of GB 18030 may look like a separator, which moves MSH-18 along.
    let chinese = Charset::Gb18030.decode(header).and_then(|text| named(&text));
    match chinese {
        Some(name) if Charset::declared(&name) == Some(Charset::Gb18030) => name,
        _ => plain.unwrap_or_default(),
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&b| char::from(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(set: &str, name: &[u8]) -> Vec<u8> {
        let head = format!("MSH|^~\\&|A||||||ORU^R01|1|P|2.3.1||||||{set}\rPID|1||7||");
        [head.as_bytes(), name, b"||1980\r"].concat()
    }

    #[test]
    fn a_named_set_is_believed_where_the_bytes_fit_it() {
        let (utf8, latin, chinese) =
            ("Müller".as_bytes(), &b"M\xfcller"[..], &b"\xc0\xee\xe7|"[..]);
        for (set, name, text, sound) in [
            ("", &b"Miller"[..], "Miller", true),
            ("ASCII", b"Miller", "Miller", true),
            ("", utf8, "Müller", true),
            ("UNICODE UTF-8", utf8, "Müller", true),
            ("8859/1", latin, "Müller", true),
            ("GB 18030-2000", chinese, "李鐋", true),
            ("gb2312", &b"\xc0\xee"[..], "李", true),
            ("", latin, "Müller", false),
            ("ASCII", latin, "Müller", false),
            ("ASCII", utf8, "Müller", false),
            ("8859/1", utf8, "Müller", false),
            ("UNICODE UTF-8", latin, "Müller", false),
            ("BIG-5", utf8, "Müller", false),
            ("~ISO IR87", utf8, "Müller", false),
            ("GB 18030-2000", b"\xff\xff", "ÿÿ", false),
            ("ISO IR87", b"\x1b$B%K%e", "\u{1b}$B%K%e", false),
        ] {
            let bytes = message(set, name);
            let decoded = decode_hl7(&bytes);
            assert!(decoded.text.contains(text), "{set}: {}", decoded.text);
            assert_eq!(decoded.doubt.is_none(), sound, "{set} {name:?}: {:?}", decoded.doubt);
            assert!(decoded.doubt.is_none_or(|doubt| doubt.contains("set the character set")));
        }
    }

    #[test]
    fn a_setting_stands_above_what_is_declared() {
        let bytes = message("ASCII", b"M\xfcller");
        assert_eq!(decode_hl7_as(Some(Charset::Latin1), &bytes).doubt, None);
        let doubt = decode_hl7_as(Some(Charset::Utf8), &bytes).doubt.expect("not UTF-8");
        assert!(doubt.contains("not utf-8, to which it is set"), "{doubt}");
        assert_eq!(decode_as(Some(Charset::Gb18030), b"\xc0\xee").text, "李");
        assert_eq!(decode(b"\xb5mol").text, "µmol");
        assert!(decode(b"\xb5mol").doubt.is_some() && decode("µmol".as_bytes()).doubt.is_none());
    }

    #[test]
    fn a_second_byte_that_looks_like_a_separator_splits_nothing() {
        // The bar, the caret and the backslash as second bytes, in the header too.
        let chinese = b"\xe7|\xe7^\xe7\\";
        let head =
            [b"MSH|^~\\&|", &chinese[..], b"||||||ORU^R01|1|P|2.3.1||||||GB18030\r"].concat();
        let decoded = decode_hl7(&head);
        assert_eq!(decoded.doubt, None);
        let message = crate::record::hl7::Message::parse(&decoded.text).expect("a message");
        let header = message.segment("MSH").expect("its header");
        let sender = header.field(3).text().to_owned();
        assert_eq!(Charset::Gb18030.encode(&sender).as_deref(), Some(&chinese[..]));
        assert_eq!(header.field(10).text(), "1");
    }

    #[test]
    fn what_a_set_cannot_carry_is_not_written_in_it() {
        for (set, text, carried) in [
            (Charset::Ascii, "Lee", true),
            (Charset::Ascii, "Müller", false),
            (Charset::Latin1, "Müller", true),
            (Charset::Latin1, "李", false),
            (Charset::Gb18030, "李 Müller", true),
            (Charset::Utf8, "李", true),
        ] {
            let bytes = set.encode(text);
            assert_eq!(bytes.is_some(), carried, "{set:?} {text}");
            let back = bytes.as_deref().and_then(|bytes| set.decode(bytes));
            assert!(!carried || back.as_deref() == Some(text), "{set:?} {text}");
        }
        for (set, word) in Charset::ALL {
            assert_eq!((Charset::set(word), set.word()), (Some(set), word));
        }
        assert_eq!(Charset::set("utf8"), None);
    }
}
