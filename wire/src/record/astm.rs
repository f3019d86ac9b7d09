//! ASTM E1394 / CLSI LIS02-A2 records: `H|\^&|...`, one record a line, fields counted from 1.
//!
//! What must stay true: the delimiters are those the header declares; field 1 is the record type;
//! an absent field is an empty text; nothing is copied unless an escape is in it.

use std::borrow::Cow;

use super::nth_part;

/// The delimiters of a message, as its header declares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between fields, usually `|`.
    pub field: char,
    /// Between repeats of a field, usually `\`.
    pub repeat: char,
    /// Between components, usually `^`.
    pub component: char,
    /// Around an escape, usually `&`; some headers declare none.
    pub escape: Option<char>,
}

impl Default for Delimiters {
    fn default() -> Self {
        // CLSI LIS02-A2 5.4.7: the recommended delimiters.
        Delimiters { field: '|', repeat: '\\', component: '^', escape: Some('&') }
    }
}

impl Delimiters {
    /// Reads the delimiters of a header record.
    ///
    /// A header doubled by a careless writer (`H|\\^&`) is understood; what is not declared is
    /// as the standard recommends, save the escape, which is then not used.
    pub fn of_header(header: &str) -> Self {
        let mut chars = header.chars();
        let usual = Self::default();
        let Some(field) = chars.nth(1) else { return usual };
        let mut declared = Vec::with_capacity(4);
        for c in chars.take_while(|c| *c != field && !matches!(c, '\r' | '\n')).take(6) {
            if declared.last() != Some(&c) {
                declared.push(c);
            }
        }
        let mut declared = declared.into_iter();
        Delimiters {
            field,
            repeat: declared.next().unwrap_or(usual.repeat),
            component: declared.next().unwrap_or(usual.component),
            escape: declared.next(),
        }
    }

    /// Resolves the escapes of a text: `&F&` is the field delimiter and so on. An escape nobody
    /// knows, and a lone escape character, stay as they stand.
    pub fn decode<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(escape) = self.escape else { return Cow::Borrowed(text) };
        if !text.contains(escape) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(escape) {
            out.push_str(before);
            match self.escaped(escape, after) {
                Some((meaning, remainder)) => {
                    out.push_str(&meaning);
                    rest = remainder;
                }
                None => {
                    out.push(escape);
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    /// What the escape that begins before `after` means, and what follows it.
    fn escaped<'a>(&self, escape: char, after: &'a str) -> Option<(String, &'a str)> {
        let (code, remainder) = after.split_once(escape)?;
        let meaning = match code {
            "F" => self.field.to_string(),
            "S" => self.component.to_string(),
            "R" => self.repeat.to_string(),
            "E" => escape.to_string(),
            _ => super::hl7::hex_text(code.strip_prefix('X')?)?,
        };
        Some((meaning, remainder))
    }

    /// Writes a text so that it can stand in a component; the reverse of [`Delimiters::decode`].
    pub fn encode<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(escape) = self.escape else { return Cow::Borrowed(text) };
        let special = |c: char| {
            c == self.field
                || c == self.repeat
                || c == self.component
                || c == escape
                || c.is_ascii_control()
        };
        if !text.contains(special) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len() + 8);
        for c in text.chars() {
            let code = match c {
                c if c == escape => "E".to_owned(),
                c if c == self.field => "F".to_owned(),
                c if c == self.component => "S".to_owned(),
                c if c == self.repeat => "R".to_owned(),
                c if c.is_ascii_control() => format!("X{:02X}", u32::from(c)),
                c => {
                    out.push(c);
                    continue;
                }
            };
            out.push(escape);
            out.push_str(&code);
            out.push(escape);
        }
        Cow::Owned(out)
    }
}

/// A text that holds one or several messages, record by record.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    text: &'a str,
    delimiters: Delimiters,
}

/// Splits a text at its header records. Records before the first header come as a message of
/// their own, so that nothing is lost.
pub fn messages(text: &str) -> Vec<Message<'_>> {
    let mut out = Vec::new();
    let mut begin = 0;
    let mut at = 0;
    for line in text.split_inclusive(['\r', '\n']) {
        if is_header(line.trim_start()) && at > begin {
            push_message(&mut out, text.get(begin..at));
            begin = at;
        }
        at += line.len();
    }
    push_message(&mut out, text.get(begin..));
    out
}

fn push_message<'a>(out: &mut Vec<Message<'a>>, text: Option<&'a str>) {
    if let Some(text) = text.filter(|t| !t.trim_matches(blank).is_empty()) {
        out.push(Message::parse(text));
    }
}

/// Whether a line is a header record: `H`, then a delimiter that is neither letter nor digit.
pub fn is_header(line: &str) -> bool {
    let mut chars = line.chars();
    chars.next() == Some('H') && chars.next().is_some_and(|c| c.is_ascii_punctuation())
}

fn blank(c: char) -> bool {
    c.is_whitespace() || c == '\0'
}

impl<'a> Message<'a> {
    /// Takes a text as one message. Without a header the recommended delimiters hold.
    pub fn parse(text: &'a str) -> Self {
        let header = text.trim_start_matches(blank);
        let delimiters =
            if is_header(header) { Delimiters::of_header(header) } else { Delimiters::default() };
        Message { text, delimiters }
    }

    /// The delimiters of this message.
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// The text as it came.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The records with their line numbers from 1; empty lines are no records but are counted.
    pub fn records(&self) -> impl Iterator<Item = (usize, Record<'a>)> + use<'a> {
        let delimiters = self.delimiters;
        Lines { rest: self.text, line: 0 }.map(move |(line, text)| {
            (line, Record { text: text.trim_start_matches(blank), delimiters })
        })
    }

    /// The first record of a type.
    pub fn record(&self, kind: char) -> Option<Record<'a>> {
        self.records().map(|(_, record)| record).find(|record| record.kind() == Some(kind))
    }

    /// Whether the last record is the terminator.
    pub fn is_complete(&self) -> bool {
        self.records().last().is_some_and(|(_, record)| record.kind() == Some('L'))
    }
}

/// Lines ended by CR, LF or CR LF (one line end), blank ones skipped but counted.
struct Lines<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (text, rest) = match self.rest.split_once(['\r', '\n']) {
                Some((text, _)) => {
                    let after = self.rest.get(text.len()..).unwrap_or("");
                    (text, after.strip_prefix("\r\n").or(after.get(1..)).unwrap_or(""))
                }
                None => (self.rest, ""),
            };
            self.rest = rest;
            self.line += 1;
            if !text.trim_matches(blank).is_empty() {
                return Some((self.line, text));
            }
        }
        None
    }
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    text: &'a str,
    delimiters: Delimiters,
}

impl<'a> Record<'a> {
    /// The record as it came.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The record type: its first letter, if only that stands in field 1.
    pub fn kind(&self) -> Option<char> {
        let mut chars = self.field(1).text.trim().chars();
        let kind = chars.next()?;
        chars.next().is_none().then_some(kind.to_ascii_uppercase())
    }

    /// Field `number`, counted from 1, the type being field 1; empty where there is none.
    pub fn field(&self, number: usize) -> Field<'a> {
        let text = number
            .checked_sub(1)
            .and_then(|skip| nth_part(self.text, self.delimiters.field, skip))
            .unwrap_or("");
        Field { text, delimiters: self.delimiters }
    }

    /// All fields in order, the type first.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let delimiters = self.delimiters;
        self.text.split(delimiters.field).map(move |text| Field { text, delimiters })
    }
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    text: &'a str,
    delimiters: Delimiters,
}

impl<'a> Field<'a> {
    /// The field as it came, escapes and all, trimmed.
    pub fn text(&self) -> &'a str {
        self.text.trim_matches(blank)
    }

    /// The field with its escapes resolved, trimmed.
    pub fn decoded(&self) -> Cow<'a, str> {
        self.delimiters.decode(self.text())
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Its repeats.
    pub fn repeats(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let delimiters = self.delimiters;
        self.text.split(delimiters.repeat).map(move |text| Field { text, delimiters })
    }

    /// Component `number` of its first repeat, counted from 1; empty where there is none.
    pub fn component(&self, number: usize) -> Field<'a> {
        let first = nth_part(self.text, self.delimiters.repeat, 0).unwrap_or("");
        let text = number
            .checked_sub(1)
            .and_then(|skip| nth_part(first, self.delimiters.component, skip))
            .unwrap_or("");
        Field { text, delimiters: self.delimiters }
    }

    /// The components of its first repeat.
    pub fn components(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let delimiters = self.delimiters;
        let first = self.text.split(delimiters.repeat).next().unwrap_or("");
        first.split(delimiters.component).map(move |text| Field { text, delimiters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_header_declares_the_delimiters() {
        let of = |field, repeat, component, escape| Delimiters { field, repeat, component, escape };
        for (header, expect) in [
            (r"H|\^&|||X", of('|', '\\', '^', Some('&'))),
            (r"H|@^\|GX", of('|', '@', '^', Some('\\'))),
            (r"H|`^&||", of('|', '`', '^', Some('&'))),
            (r"H|\^|||DPC", of('|', '\\', '^', None)),
            (r"H|\\^&|||SE-1520", of('|', '\\', '^', Some('&'))),
            (r"H!\^&!!!X", of('!', '\\', '^', Some('&'))),
            ("H|", of('|', '\\', '^', None)),
        ] {
            assert_eq!(Delimiters::of_header(header), expect, "{header}");
        }
    }

    #[test]
    fn fields_and_components_are_counted_from_one() {
        let message = Message::parse("H|\\^&\rR|1|^^^^WBC^1| 8.13 |a&b||H\\A\r\rL|1|N\r");
        let kinds: Vec<_> = message.records().map(|(line, r)| (line, r.kind())).collect();
        assert_eq!(kinds, [(1, Some('H')), (2, Some('R')), (4, Some('L'))]);
        let record = message.record('R').expect("a result");
        assert_eq!(record.field(3).component(5).text(), "WBC");
        assert_eq!(record.field(4).text(), "8.13");
        assert_eq!(record.field(5).decoded(), "a&b");
        assert_eq!(record.field(7).repeats().map(|f| f.text()).collect::<Vec<_>>(), ["H", "A"]);
        assert_eq!(record.field(40).text(), "");
        assert_eq!(record.field(0).text(), "");
        assert!(message.is_complete());
    }

    #[test]
    fn several_messages_in_one_text() {
        let text = "H|\\^&\rL|1\rH|\\^&\rP|1\rL|1\r";
        assert_eq!(messages(text).len(), 2);
        assert_eq!(messages("P|1\rH|\\^&\rL|1").len(), 2, "a headless beginning is kept");
        assert!(messages("\r\n \0").is_empty());
    }

    #[test]
    fn escapes_are_resolved_and_unknown_ones_stay() {
        let d = Delimiters::default();
        for (text, expect) in [
            ("a&F&b&S&c&R&d&E&e", "a|b^c\\d&e"),
            ("Smith & Son & Co", "Smith & Son & Co"),
            ("&X41&&X0D&", "A\r"),
            ("&XZZ&", "&XZZ&"),
            ("R&D", "R&D"),
            ("&", "&"),
        ] {
            assert_eq!(d.decode(text), expect, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_survives_encoding(text in any::<String>()) {
            let d = Delimiters::default();
            let encoded = d.encode(&text).into_owned();
            prop_assert_eq!(d.decode(&encoded), text.as_str());
        }

        #[test]
        fn any_text_is_split_without_harm(text in "[HPORLQ|\\\\^&\r\n0A ]{0,80}") {
            let total: usize = messages(&text).iter().map(|m| m.text().len()).sum();
            prop_assert!(total <= text.len());
            for message in messages(&text) {
                for (_, record) in message.records() {
                    let _ = record.kind();
                    record.fields().for_each(|f| { f.component(3).decoded(); });
                }
            }
        }
    }
}
