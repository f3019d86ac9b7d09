//! How an instrument is connected, in which characters it writes, how long it may be silent, and by
//! what its control material is known.
//!
//! What must stay true: a rule only ever makes material a control, never a control a patient's;
//! what a rule does not name is taken as the driver read it.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// How an instrument is connected, and what of its material is nobody's specimen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wiring {
    /// Who calls whom.
    #[serde(default)]
    pub connection: Connection,
    /// By what control material is known, beside what its driver knows.
    #[serde(default)]
    pub controls: ControlRule,
    /// The characters it writes in; none believes what each message declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characters: Option<CharacterSet>,
    /// Minutes without a message after which it is shown as silent; none is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_minutes: Option<u32>,
}

/// The characters an instrument writes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CharacterSet {
    /// ASCII alone.
    Ascii,
    /// UTF-8.
    Utf8,
    /// ISO 8859-1, Western Europe.
    Latin1,
    /// GB 18030, China.
    Gb18030,
}

impl CharacterSet {
    /// Every set, with the word it is set by.
    pub const ALL: [(CharacterSet, &'static str); 4] = [
        (CharacterSet::Ascii, "ascii"),
        (CharacterSet::Utf8, "utf-8"),
        (CharacterSet::Latin1, "latin-1"),
        (CharacterSet::Gb18030, "gb18030"),
    ];

    /// Reads the word; nothing means that each message is believed.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] when it is none of them.
    pub fn read(text: &str) -> Result<Option<CharacterSet>, Refusal> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Ok(None);
        }
        let found = CharacterSet::ALL.into_iter().find(|(_, word)| *word == text);
        found.map(|(set, _)| Some(set)).ok_or_else(|| Refusal::Unreadable {
            field: "Characters".into(),
            expected: "ascii, utf-8, latin-1, gb18030, or nothing".into(),
        })
    }

    /// The word it is set by.
    #[must_use]
    pub fn word(self) -> &'static str {
        CharacterSet::ALL.into_iter().find(|(set, _)| *set == self).map_or("", |(_, word)| word)
    }
}

/// The longest silence that can be set, in minutes: a week.
const SILENT_MINUTES_MAX: u32 = 7 * 24 * 60;

/// Reads the minutes of silence; nothing means that it may always be silent.
///
/// # Errors
/// [`Refusal::Unreadable`] when it is no such number.
pub fn silence(text: &str) -> Result<Option<u32>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let minutes = text.parse().ok().filter(|minutes| (1..=SILENT_MINUTES_MAX).contains(minutes));
    minutes.map(Some).ok_or_else(|| Refusal::Unreadable {
        field: "Silent after".into(),
        expected: "minutes from 1 to 10080 (a week), or nothing".into(),
    })
}

/// Who calls whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Connection {
    /// The instrument connects to our port.
    #[default]
    Listen,
    /// We connect to the instrument, or to the box that its cable ends in.
    Dial {
        /// Its name or address in the network.
        host: String,
        /// Its port.
        port: u16,
    },
}

impl Connection {
    /// Reads `host:port`; nothing typed means that the instrument connects to us.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] when it is neither.
    pub fn read(text: &str) -> Result<Connection, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Connection::Listen);
        }
        let unreadable = || Refusal::Unreadable {
            field: "Connect to".into(),
            expected: "an address and a port, as 10.0.0.7:4001, or nothing".into(),
        };
        let (host, port) = text.rsplit_once(':').ok_or_else(unreadable)?;
        let port: u16 = port.parse().ok().filter(|port| *port > 0).ok_or_else(unreadable)?;
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '/' || c == '@';
        if host.is_empty() || host.contains(odd) {
            return Err(unreadable());
        }
        Ok(Connection::Dial { host: host.to_owned(), port })
    }

    /// As typed: `host:port`, or nothing.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Connection::Listen => String::new(),
            Connection::Dial { host, port } => format!("{host}:{port}"),
        }
    }
}

/// By what the control material of one instrument is known, beside the marks its driver reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlRule {
    /// Specimen numbers of control material; `*` stands for any characters: `QC-*`.
    #[serde(default)]
    pub numbers: Vec<String>,
    /// What a field says of control material: `OBR-15.7=Q`, `O-12=Q`.
    #[serde(default)]
    pub fields: Vec<FieldMark>,
}

/// A text at a place of a message that marks control material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldMark {
    /// The record's letter or the segment's name.
    pub record: String,
    /// The field, counted from 1.
    pub field: u16,
    /// The component, counted from 1; 0 for the whole field.
    pub component: u16,
    /// What stands there.
    pub text: String,
}

impl ControlRule {
    /// Reads the rule as typed: words parted by spaces or commas, each a number with `*` or a
    /// field with `=`.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] for the first word that is neither.
    pub fn read(text: &str) -> Result<ControlRule, Refusal> {
        let mut rule = ControlRule::default();
        for word in text.split([',', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
            if word.contains('=') {
                rule.fields.push(FieldMark::read(word).ok_or_else(unreadable)?);
            } else if word.chars().all(|c| c == '*') {
                // It would make every patient's specimen a control.
                return Err(unreadable());
            } else {
                rule.numbers.push(word.to_owned());
            }
        }
        Ok(rule)
    }

    /// As typed.
    #[must_use]
    pub fn text(&self) -> String {
        let fields = self.fields.iter().map(FieldMark::text);
        self.numbers.iter().cloned().chain(fields).collect::<Vec<_>>().join(" ")
    }

    /// True where a specimen of this number is control material.
    #[must_use]
    pub fn names(&self, number: &str) -> bool {
        let number = number.trim();
        self.numbers.iter().any(|pattern| fits(pattern, number))
    }
}

fn unreadable() -> Refusal {
    Refusal::Unreadable {
        field: "Control material".into(),
        expected: "numbers such as QC-* and fields such as OBR-15.7=Q".into(),
    }
}

impl FieldMark {
    /// Reads `OBR-15.7=Q`.
    fn read(text: &str) -> Option<FieldMark> {
        let (place, text) = text.split_once('=')?;
        let (record, place) = place.split_once('-')?;
        let (field, component) = place.split_once('.').unwrap_or((place, "0"));
        let field: u16 = field.parse().ok().filter(|field| *field > 0)?;
        let component = component.parse().ok()?;
        let named = !record.is_empty() && record.chars().all(|c| c.is_ascii_alphanumeric());
        let record = record.to_ascii_uppercase();
        (named && !text.is_empty()).then(|| FieldMark {
            record,
            field,
            component,
            text: text.to_owned(),
        })
    }

    /// As typed.
    fn text(&self) -> String {
        match self.component {
            0 => format!("{}-{}={}", self.record, self.field, self.text),
            component => format!("{}-{}.{component}={}", self.record, self.field, self.text),
        }
    }
}

/// Whether a number is one that a pattern names, in any case of letters.
fn fits(pattern: &str, number: &str) -> bool {
    let (pattern, number) = (pattern.to_lowercase(), number.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|begin| number.strip_prefix(begin)) else {
        return false;
    };
    let Some(end) = pattern.rsplit_once('*').map(|(_, end)| end) else { return rest.is_empty() };
    let middle: Vec<&str> = parts.collect();
    let middle = middle.split_last().map_or(&[][..], |(_, middle)| middle);
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_whole_numbers() {
        for (pattern, number, named) in [
            ("QC-*", "QC-1", true),
            ("QC-*", "qc-abc", true),
            ("QC-*", "QC-", true),
            ("QC-*", "MYQC-1", false),
            ("HIV_*POS", "HIV_LOPOS", true),
            ("HIV_*POS", "HIV_NEG", false),
            ("*CTRL*", "xctrly", true),
            ("*A*B*", "xaxb", true),
            ("*A*B*", "xbxa", false),
            ("A*A", "A", false),
            ("LOT7", "LOT7", true),
            ("LOT7", "LOT77", false),
            ("", "", true),
        ] {
            assert_eq!(fits(pattern, number), named, "{pattern} {number}");
        }
    }

    #[test]
    fn a_rule_reads_back_what_it_writes() {
        let rule = ControlRule::read("QC-*, HIV_NEG OBR-15.7=Q o-12=Q").expect("a rule");
        assert_eq!(rule.text(), "QC-* HIV_NEG OBR-15.7=Q O-12=Q");
        assert!(rule.names(" QC-7 ") && !rule.names("2632900001019"));
        for wrong in ["*", "**", "OBR=Q", "OBR-0=Q", "OBR-x=Q", "-1=Q", "OBR-1="] {
            assert!(ControlRule::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn characters_and_silence_are_read_as_typed() {
        for (set, word) in CharacterSet::ALL {
            assert_eq!(CharacterSet::read(&word.to_uppercase()), Ok(Some(set)));
            assert_eq!(set.word(), word);
        }
        assert_eq!((CharacterSet::read(" "), silence("")), (Ok(None), Ok(None)));
        assert_eq!((silence(" 30 "), silence("10080")), (Ok(Some(30)), Ok(Some(10_080))));
        assert!(CharacterSet::read("big5").is_err());
        for wrong in ["0", "10081", "-1", "an hour"] {
            assert!(silence(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_was_written_before_stays_as_it_was() {
        let before = r#"{"connection":"Listen","controls":{"numbers":[],"fields":[]}}"#;
        let wiring: Wiring = serde_json::from_str(before).expect("read");
        assert_eq!(wiring, Wiring::default());
        assert_eq!(serde_json::to_string(&wiring).expect("written"), before);
    }

    #[test]
    fn an_address_has_a_host_and_a_port() {
        let dial = |host: &str, port| Ok(Connection::Dial { host: host.into(), port });
        assert_eq!(Connection::read(" "), Ok(Connection::Listen));
        assert_eq!(Connection::read("10.0.0.7:4001"), dial("10.0.0.7", 4001));
        assert_eq!(Connection::read("moxa-2:950"), dial("moxa-2", 950));
        for wrong in ["moxa", ":1", "moxa:0", "moxa:70000", "http://moxa:1", "a b:1"] {
            assert!(Connection::read(wrong).is_err(), "{wrong}");
        }
    }
}
