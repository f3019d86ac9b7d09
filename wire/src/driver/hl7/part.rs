//! The parts of HL7 segments that readings are made of.
//!
//! What must stay true: a text is as sent, its escapes resolved; what says nothing (`""`) is
//! nothing.

use super::Dialect;
use crate::reading::{Patient, Reading};
use crate::record::hl7::{Field, Segment};
use crate::value;

/// The text of a field, where it says something.
pub(super) fn decoded(field: Field<'_>) -> Option<String> {
    let text = field.decoded();
    let text = text.trim();
    (!text.is_empty() && text != "\"\"").then(|| text.to_owned())
}

/// The lot of a reagent that an inventory segment names.
pub(super) fn lot_of(segment: &Segment<'_>) -> Option<String> {
    // HL7 table 0384: MR and SR are reagents of many tests and of one; all else is no reagent.
    let reagent = matches!(segment.field(3).component(1).text(), "MR" | "SR");
    decoded(segment.field(16)).filter(|_| reagent && segment.name() == "INV")
}

/// Whom a segment says the specimen to be of.
pub(super) fn read_patient(segment: &Segment<'_>) -> Option<Patient> {
    let mut ids: Vec<String> =
        segment.field(3).repeats().filter_map(|repeat| decoded(repeat.component(1))).collect();
    ids.extend([2, 4].iter().filter_map(|n| decoded(segment.field(*n).component(1))));
    ids.dedup();
    let birth = segment.field(7);
    let patient = Patient {
        ids,
        name: segment.field(5).repeats().next().and_then(decoded),
        birth: value::time(birth.text().get(..8).unwrap_or("")).or_else(|| decoded(birth)),
        sex: decoded(segment.field(8)),
    };
    (patient != Patient::default()).then_some(patient)
}

impl Dialect {
    /// What a result segment says by itself.
    pub(super) fn reading(&self, segment: &Segment<'_>) -> Reading {
        let test = segment.field(3);
        let mut reading = Reading {
            code: decoded(test.component(1)).unwrap_or_default(),
            name: decoded(test.component(2)),
            unit: self.unit(segment.field(6)),
            range: decoded(segment.field(7)),
            flags: segment.field(8).repeats().filter_map(decoded).collect(),
            status: decoded(segment.field(11)),
            operator: decoded(segment.field(16)),
            instrument: decoded(segment.field(18)),
            method: decoded(segment.field(17).component(1)),
            nature: (self.nature)(segment),
            ..Reading::default()
        };
        // OBX-13 of Mindray: the value was edited by a person.
        if segment.field(13).text() == "E" {
            reading.flags.push("E".to_owned());
        }
        read_value(segment, &mut reading);
        reading
    }

    fn unit(&self, field: Field<'_>) -> Option<String> {
        let unit = unit(field)?;
        Some(if self.unicode_escapes { unescape(&unit) } else { unit })
    }
}

/// Puts the characters for escapes like `\Z03BC\`.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\Z") {
        let found = after.split_once('\\').and_then(|(digits, remainder)| {
            let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?;
            Some((c, remainder))
        });
        out.push_str(before);
        match found {
            Some((c, remainder)) => {
                out.push(c);
                rest = remainder;
            }
            None => {
                out.push_str("\\Z");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The unit's own text; `10^9/L` sent with its `^` bare is put together again.
fn unit(field: Field<'_>) -> Option<String> {
    let (first, second) = (field.component(1), field.component(2));
    let power = first.text() == "10" && second.text().starts_with(|c: char| c.is_ascii_digit());
    if power {
        return Some(format!("10^{}", second.decoded()));
    }
    decoded(first).or_else(|| decoded(second))
}

fn read_value(segment: &Segment<'_>, reading: &mut Reading) {
    let sent = segment.field(5);
    let text = match segment.field(2).text() {
        "SN" => structured(sent),
        "CE" | "CWE" | "CF" | "CNE" => {
            let second = decoded(sent.component(2));
            second.or_else(|| decoded(sent.component(1))).unwrap_or_default()
        }
        "NM" => sent.component(1).decoded().into_owned(),
        _ => sent.decoded().into_owned(),
    };
    let understood = value::understand(&text);
    reading.measured = understood.measured;
    reading.comparator = understood.comparator.map(str::to_owned);
    if reading.comparator.is_none() && value::begins_a_number(understood.text) {
        // HL7 table 0078: `<` and `>` are off the instrument's scale.
        reading.comparator =
            reading.flags.iter().find(|f| matches!(f.as_str(), "<" | ">")).cloned();
    }
    reading.value = understood.text.to_owned();
}

/// A structured numeric: `<^5` is `<5`, `^1^:^128` is `1:128`, `^3^+` is `3+`.
pub(super) fn structured(sent: Field<'_>) -> String {
    sent.components().take(4).map(|part| part.decoded().into_owned()).collect()
}
