//! HL7 version 2 messages: `MSH|^~\&|...`, one segment a line, fields counted as the standard
//! counts them.
//!
//! What must stay true: MSH-1 is the field separator itself and MSH-2 the encoding characters;
//! CR, LF, CR LF and blank lines all end a segment; nothing is copied unless an escape is in it;
//! an escape nobody knows stays as it stands.

use std::borrow::Cow;

use super::nth_part;

/// The separators of a message, as its MSH declares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separators {
    /// MSH-1, usually `|`.
    pub field: char,
    /// Between components, usually `^`.
    pub component: char,
    /// Between repeats, usually `~`.
    pub repeat: char,
    /// Around escapes, usually `\`.
    pub escape: char,
    /// Between subcomponents, usually `&`.
    pub subcomponent: char,
}

impl Default for Separators {
    fn default() -> Self {
        // HL7 v2.5.1 chapter 2, 2.5.4: the recommended delimiters.
        Separators { field: '|', component: '^', repeat: '~', escape: '\\', subcomponent: '&' }
    }
}

/// Why a text is not HL7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotHl7 {
    /// It does not begin with `MSH`.
    NoHeader,
    /// Nothing follows `MSH`.
    NoSeparator,
}

/// One message.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    text: &'a str,
    separators: Separators,
}

impl<'a> Message<'a> {
    /// Takes a text as a message. A byte order mark, block marks and blanks before `MSH` are
    /// passed over.
    ///
    /// # Errors
    /// When the text does not begin with an MSH segment.
    pub fn parse(text: &'a str) -> Result<Self, NotHl7> {
        let text = text.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '\u{feff}' | '\u{b}' | '\0')
        });
        let after = text.strip_prefix("MSH").ok_or(NotHl7::NoHeader)?;
        let mut chars = after.chars();
        let field = chars
            .next()
            .filter(|c| !c.is_alphanumeric() && !matches!(c, '\r' | '\n'))
            .ok_or(NotHl7::NoSeparator)?;
        let mut declared = chars.take_while(|c| *c != field && !matches!(c, '\r' | '\n'));
        let usual = Separators::default();
        let separators = Separators {
            field,
            component: declared.next().unwrap_or(usual.component),
            repeat: declared.next().unwrap_or(usual.repeat),
            escape: declared.next().unwrap_or(usual.escape),
            subcomponent: declared.next().unwrap_or(usual.subcomponent),
        };
        Ok(Message { text, separators })
    }

    /// The separators of this message.
    pub fn separators(&self) -> Separators {
        self.separators
    }

    /// The text from `MSH` on.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The segments in order, blank lines left out.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'a>> + use<'a> {
        let separators = self.separators;
        self.text.split(['\r', '\n']).filter_map(move |line| {
            let text = line.trim_matches(|c| matches!(c, '\u{b}' | '\u{1c}' | '\0'));
            (!text.trim().is_empty()).then(|| Segment::new(text, separators))
        })
    }

    /// The first segment of a name.
    pub fn segment(&self, name: &str) -> Option<Segment<'a>> {
        self.segments().find(|segment| segment.name() == name)
    }
}

/// One segment.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    text: &'a str,
    name: &'a str,
    separators: Separators,
}

impl<'a> Segment<'a> {
    /// Its name is looked for once: every field asked for needs it.
    fn new(text: &'a str, separators: Separators) -> Self {
        let name = nth_part(text, separators.field, 0).unwrap_or("").trim();
        Segment { text, name, separators }
    }

    /// The segment as it came.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Its name, `OBX`.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Field `number`, counted from 1 after the name; of MSH, 1 is the separator and 2 the
    /// encoding characters. Empty where there is none.
    pub fn field(&self, number: usize) -> Field<'a> {
        let header = matches!(self.name, "MSH" | "FHS" | "BHS");
        let text = match (number, header) {
            (0, _) => "",
            (1, true) => {
                let width = self.separators.field.len_utf8();
                self.text.get(3..).and_then(|rest| rest.get(..width)).unwrap_or("")
            }
            (_, true) => self.nth(number.saturating_sub(1)),
            (_, false) => self.nth(number),
        };
        // The encoding characters are not to be taken apart by themselves.
        Field { text, separators: self.separators, whole: header && number <= 2 }
    }

    fn nth(&self, number: usize) -> &'a str {
        nth_part(self.text, self.separators.field, number).unwrap_or("")
    }
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    text: &'a str,
    separators: Separators,
    whole: bool,
}

impl<'a> Field<'a> {
    /// The field as it came, escapes and all, trimmed.
    pub fn text(&self) -> &'a str {
        self.text.trim()
    }

    /// Whether nothing stands in it; `""` (delete) counts as nothing.
    pub fn is_empty(&self) -> bool {
        matches!(self.text(), "" | "\"\"")
    }

    /// The field with its escapes resolved, trimmed.
    pub fn decoded(&self) -> Cow<'a, str> {
        if self.whole {
            return Cow::Borrowed(self.text);
        }
        self.separators.decode(self.text())
    }

    /// Its repeats.
    pub fn repeats(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        self.split(self.separators.repeat)
    }

    /// Component `number` of its first repeat, counted from 1; empty where there is none.
    pub fn component(&self, number: usize) -> Field<'a> {
        self.first_repeat().pick(self.separators.component, number)
    }

    /// The components of its first repeat.
    pub fn components(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        self.first_repeat().split(self.separators.component)
    }

    /// Subcomponent `number`, counted from 1; empty where there is none.
    pub fn subcomponent(&self, number: usize) -> Field<'a> {
        self.pick(self.separators.subcomponent, number)
    }

    fn first_repeat(&self) -> Field<'a> {
        self.pick(self.separators.repeat, 1)
    }

    fn split(&self, separator: char) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let Field { text, separators, whole } = *self;
        text.split(move |c| c == separator && !whole).map(move |text| Field {
            text,
            separators,
            whole,
        })
    }

    fn pick(&self, separator: char, number: usize) -> Field<'a> {
        let found = if self.whole {
            (number == 1).then_some(self.text)
        } else {
            number.checked_sub(1).and_then(|skip| nth_part(self.text, separator, skip))
        };
        Field { text: found.unwrap_or(""), ..*self }
    }
}

impl Separators {
    /// Resolves the escapes of a text. Unknown ones, highlighting and character set switches
    /// stay as they stand, backslashes and all.
    pub fn decode<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !text.contains(self.escape) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(self.escape) {
            out.push_str(before);
            let known = after.split_once(self.escape).and_then(|(code, remainder)| {
                self.meaning(code).map(|meaning| (meaning, remainder))
            });
            match known {
                Some((meaning, remainder)) => {
                    out.push_str(&meaning);
                    rest = remainder;
                }
                None => {
                    out.push(self.escape);
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    fn meaning(&self, code: &str) -> Option<String> {
        let meaning = match code {
            "F" => self.field.to_string(),
            "S" => self.component.to_string(),
            "T" => self.subcomponent.to_string(),
            "R" => self.repeat.to_string(),
            "E" => self.escape.to_string(),
            ".br" => "\n".to_owned(),
            _ => hex_text(code.strip_prefix('X')?)?,
        };
        Some(meaning)
    }

    /// Writes a text so that it can stand in a subcomponent; the reverse of
    /// [`Separators::decode`].
    pub fn encode<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let special = |c: char| self.code(c).is_some() || c.is_ascii_control();
        if !text.contains(special) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len() + 8);
        for c in text.chars() {
            if let Some(code) = self.code(c) {
                out.extend([self.escape, code, self.escape]);
            } else if c.is_ascii_control() {
                out.push(self.escape);
                out.push_str(&format!("X{:02X}", u32::from(c)));
                out.push(self.escape);
            } else {
                out.push(c);
            }
        }
        Cow::Owned(out)
    }

    fn code(&self, c: char) -> Option<char> {
        match c {
            c if c == self.escape => Some('E'),
            c if c == self.field => Some('F'),
            c if c == self.component => Some('S'),
            c if c == self.subcomponent => Some('T'),
            c if c == self.repeat => Some('R'),
            _ => None,
        }
    }
}

/// Characters written as hexadecimal bytes (`0D0A`); UTF-8 where it is, else Latin-1.
pub(super) fn hex_text(digits: &str) -> Option<String> {
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let bytes = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            let hexadecimal = pair.bytes().all(|b| b.is_ascii_hexdigit());
            hexadecimal.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
        })
        .collect::<Option<Vec<u8>>>()?;
    Some(super::charset::decode(&bytes).text.into_owned())
}

/// The codes of an acknowledgement in original mode (HL7 table 0008).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// `AA`: accepted and kept.
    Accept,
    /// `AE`: the content is in error; may be sent again after repair.
    Error,
    /// `AR`: cannot be processed at all; not to be sent again.
    Reject,
}

impl Code {
    /// The two letters of MSA-1.
    pub fn letters(self) -> &'static str {
        match self {
            Code::Accept => "AA",
            Code::Error => "AE",
            Code::Reject => "AR",
        }
    }
}

/// Answers a message in original mode: MSH with sender and receiver exchanged, MSA with the
/// number of the message acknowledged.
///
/// `now` is the time of the answer as HL7 writes it, `20240627135407`. MSH-16 of Mindray
/// chemistry analyzers says what kind of result it was and is given back.
pub fn acknowledge(message: &Message<'_>, code: Code, text: &str, now: &str) -> Vec<u8> {
    let s = message.separators();
    let f = s.field;
    let msh = message.segment("MSH");
    let sent = |n: usize| msh.map_or("", |m| m.field(n).text());
    let encoding = match sent(2) {
        "" => "^~\\&",
        declared => declared,
    };
    let trigger = msh.map_or("", |m| m.field(9).component(2).text());
    let kind = match trigger {
        "" => "ACK".to_owned(),
        trigger => format!("ACK{}{trigger}{}ACK", s.component, s.component),
    };
    let version = match sent(12) {
        "" => "2.3.1",
        version => version,
    };
    // Mindray BS host interface manual: MSH-16 is 0 patient, 1 calibration, 2 control.
    let result_kind = Some(sent(16)).filter(|v| matches!(*v, "0" | "1" | "2")).unwrap_or("");
    let text = s.encode(text);
    let mut out = format!(
        "MSH{f}{encoding}{f}{}{f}{}{f}{}{f}{}{f}{now}{f}{f}{kind}{f}{}{f}{}{f}{version}\
         {f}{f}{f}{f}{result_kind}{f}{f}{}\r",
        sent(5),
        sent(6),
        sent(3),
        sent(4),
        sent(10),
        Some(sent(11)).filter(|p| !p.is_empty()).unwrap_or("P"),
        sent(18),
    );
    out.push_str(&format!("MSA{f}{}{f}{}{f}{text}\r", code.letters(), sent(10)));
    encode_as(&out, sent(18))
}

/// The bytes of a text in the character set its MSH-18 names, where it is named and can carry the
/// text; else UTF-8.
pub fn encode_as(text: &str, declared: &str) -> Vec<u8> {
    let set = super::charset::Charset::declared(declared);
    let bytes = set.and_then(|set| set.encode(text));
    bytes.unwrap_or_else(|| text.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MSH: &str = "MSH|^~\\&|LAB|H|LIS|M|20240101||ORU^R01|42|P|2.3.1";

    fn pid3(text: &str) -> Option<String> {
        let message = Message::parse(text).ok()?;
        Some(message.segment("PID")?.field(3).text().to_owned())
    }

    #[test]
    fn segments_end_in_every_way() {
        for (what, text) in [
            ("CR", format!("{MSH}\rPID|1||X\rNTE|1")),
            ("LF", format!("{MSH}\nPID|1||X\nNTE|1\n")),
            ("CR LF", format!("{MSH}\r\nPID|1||X\r\n")),
            ("blank line", format!("{MSH}\r\rPID|1||X\r \r")),
            ("trailing FS", format!("{MSH}\rPID|1||X\r\u{1c}\r")),
            ("leading VT", format!("\u{b}{MSH}\rPID|1||X")),
            ("byte order mark", format!("\u{feff}{MSH}\rPID|1||X")),
            ("leading blanks", format!("  {MSH}\rPID|1||X")),
            ("odd segment", format!("{MSH}\rzxx|1\rPV1\rPID|1||X")),
            ("five encoding characters", "MSH|^~\\&#|A\rPID|1||X".to_owned()),
            ("short encoding characters", "MSH|^~\\|A\rPID|1||X".to_owned()),
        ] {
            assert_eq!(pid3(&text).as_deref(), Some("X"), "{what}");
        }
        assert_eq!(Message::parse("hello").err(), Some(NotHl7::NoHeader));
        assert_eq!(Message::parse("").err(), Some(NotHl7::NoHeader));
        assert_eq!(Message::parse("MSH").err(), Some(NotHl7::NoSeparator));
        assert!(Message::parse("MSH|").is_ok());
        let bare = Message::parse("MSH|^~\\&\rPID\r").expect("is HL7");
        assert_eq!(bare.segment("PID").expect("a segment").field(3).text(), "");
    }

    #[test]
    fn the_header_is_counted_from_its_separator() {
        let message = Message::parse("MSH$%~\\&$LAB%X$$$$$$ORU%R01$42").expect("is HL7");
        let msh = message.segment("MSH").expect("a header");
        assert_eq!(msh.field(1).text(), "$");
        assert_eq!(msh.field(2).text(), "%~\\&");
        assert_eq!(msh.field(2).decoded(), "%~\\&");
        assert_eq!(msh.field(3).component(2).text(), "X");
        assert_eq!(msh.field(9).component(2).text(), "R01");
        assert_eq!(msh.field(10).text(), "42");
    }

    #[test]
    fn escapes_are_resolved_and_unknown_ones_stay() {
        let s = Separators::default();
        for (text, expect) in [
            (r"\F\\S\\T\\R\\E\", "|^&~\\"),
            (r"a\.br\b", "a\nb"),
            (r"\X0D0A\", "\r\n"),
            (r"\X0D\\X0A\", "\r\n"),
            (r"\E\R\E\", r"\R\"),
            (r"4\5 re.", r"4\5 re."),
            (r"\Z03BC\g", r"\Z03BC\g"),
            (r"\H\x\N\", r"\H\x\N\"),
            (r"\XZZ\", r"\XZZ\"),
            (r"end\", r"end\"),
            (r"\C2842\", r"\C2842\"),
            (r"\XC2B5\", "µ"),
        ] {
            assert_eq!(s.decode(text), expect, "{text}");
        }
    }

    #[test]
    fn an_acknowledgement_names_what_it_answers() {
        let text = "MSH|^~\\&|BS-480|Mindray|||20250220||ORU^R01|7|P|2.3.1||||2||ASCII";
        let message = Message::parse(text).expect("is HL7");
        let ack = acknowledge(&message, Code::Accept, "kept | sound", "20250221");
        assert_eq!(
            String::from_utf8(ack).expect("is text"),
            "MSH|^~\\&|||BS-480|Mindray|20250221||ACK^R01^ACK|7|P|2.3.1||||2||ASCII\r\
             MSA|AA|7|kept \\F\\ sound\r"
        );
    }

    proptest! {
        #[test]
        fn a_text_survives_encoding(text in any::<String>()) {
            let s = Separators::default();
            let encoded = s.encode(&text).into_owned();
            prop_assert_eq!(s.decode(&encoded), text.as_str());
        }

        #[test]
        fn any_text_is_split_without_harm(text in any::<String>(), head in "MSH.{0,6}") {
            for text in [text.clone(), format!("{head}{text}")] {
                if let Ok(message) = Message::parse(&text) {
                    for segment in message.segments() {
                        for n in 0..5 {
                            let field = segment.field(n);
                            field.repeats().for_each(|r| {
                                r.components().for_each(|c| { c.subcomponent(2).decoded(); });
                            });
                        }
                    }
                    let ack = acknowledge(&message, Code::Reject, &text, "20250101");
                    prop_assert!(!ack.is_empty());
                }
            }
        }
    }
}
