//! Readings and questions become HL7 messages, as an instrument writes them.
//!
//! What must stay true: everything is placed where the dialect's reader looks for it; texts are
//! escaped; every segment ends with CR.

use super::{Asking, At, Dialect};
use crate::reading::{Message, Nature, Reading, Specimen, SpecimenKind};
use crate::record::hl7::Separators;
use crate::value;

/// One segment in the making: fields, encoded already; field 0 is the name.
pub(super) struct Row {
    fields: Vec<String>,
}

impl Row {
    pub(super) fn new(name: &str) -> Self {
        Row { fields: vec![name.to_owned()] }
    }

    /// Places a text as it is, components and all.
    pub(super) fn put(&mut self, field: usize, text: impl Into<String>) {
        if self.fields.len() <= field {
            self.fields.resize(field + 1, String::new());
        }
        if let Some(cell) = self.fields.get_mut(field) {
            *cell = text.into();
        }
    }

    /// Places a text, escaped, if there is one.
    pub(super) fn set(&mut self, field: usize, text: Option<&str>) {
        if let Some(text) = text {
            self.put(field, Separators::default().encode(text));
        }
    }

    /// Places a text whose components keep their separators.
    pub(super) fn set_parts(&mut self, field: usize, text: Option<&str>) {
        if let Some(text) = text {
            self.put(field, encode_parts(text));
        }
    }

    pub(super) fn end(self, out: &mut String) {
        out.push_str(&self.fields.join("|"));
        out.push('\r');
    }
}

/// Messages whose headers declare another character set.
pub(in crate::driver) fn redeclared(messages: &str, name: &str) -> String {
    let mut out = String::with_capacity(messages.len() + 16);
    for line in messages.split_inclusive('\r') {
        if !line.trim_start_matches(char::is_control).starts_with("MSH|") {
            out.push_str(line);
            continue;
        }
        let mut fields: Vec<&str> = line.trim_end_matches('\r').split('|').collect();
        // MSH-18, the separator being MSH-1.
        if fields.len() < 18 {
            fields.resize(18, "");
        }
        if let Some(set) = fields.get_mut(17) {
            *set = name;
        }
        out.push_str(&fields.join("|"));
        out.push('\r');
    }
    out
}

fn encode_parts(text: &str) -> String {
    let separators = Separators::default();
    let parts: Vec<_> = text.split('^').map(|part| separators.encode(part)).collect();
    parts.join("^")
}

pub(super) fn wire_time(at: &Option<String>) -> Option<String> {
    at.as_deref().map(value::wire_time)
}

/// What the header says.
#[derive(Clone, Copy)]
pub(super) struct Cover<'a> {
    pub sender: [&'a str; 2],
    pub receiver: [&'a str; 2],
    pub at: &'a str,
    pub kind: &'a str,
    pub id: &'a str,
    pub processing: &'a str,
    /// MSH-16 of Mindray chemistry.
    pub result_kind: &'a str,
}

impl Dialect {
    pub(super) fn header(&self, cover: &Cover<'_>, out: &mut String) {
        let mut row = Row::new("MSH");
        // In MSH the separator itself is field 1, so every field stands one place earlier.
        row.put(1, "^~\\&");
        for (field, text) in [
            (2, cover.sender[0]),
            (3, cover.sender[1]),
            (4, cover.receiver[0]),
            (5, cover.receiver[1]),
        ] {
            row.set_parts(field, Some(text));
        }
        row.put(6, cover.at);
        row.put(8, cover.kind);
        row.set(9, Some(cover.id));
        row.put(10, cover.processing);
        row.put(11, self.version);
        row.put(15, cover.result_kind);
        row.put(17, self.charset);
        row.end(out);
    }

    fn instrument_header(&self, message: &Message, kind: &str, out: &mut String) {
        let [name, place] = self.sender;
        let sender = match message.sender.split_once('|') {
            Some((name, place)) => [name, place],
            None if message.sender.is_empty() => [name, place],
            None => [message.sender.as_str(), ""],
        };
        let at = wire_time(&message.at).unwrap_or_default();
        let id = message.id.as_deref().unwrap_or("1");
        let kind_of = message.specimens.first().map_or(SpecimenKind::Patient, |s| s.kind);
        let receiver = ["LIS", ""];
        let processing = self.mark(kind_of, "MSH", 11).unwrap_or("P");
        let result_kind = self.mark(kind_of, "MSH", 16).unwrap_or("");
        self.header(&Cover { sender, receiver, at: &at, kind, id, processing, result_kind }, out);
    }

    /// The mark of a kind of specimen that stands in a field, if the dialect has one there and
    /// no better one.
    fn mark(&self, kind: SpecimenKind, segment: &str, field: usize) -> Option<&'static str> {
        let marks = match kind {
            SpecimenKind::Control => self.controls,
            SpecimenKind::Calibrator => self.calibrators,
            SpecimenKind::Patient | SpecimenKind::Unknown => &[],
        };
        let first = marks.first()?;
        (first.0.0 == segment && first.0.1 == field).then_some(first.1)
    }

    /// Writes results as the instrument does. A message is either of controls or of patients.
    pub(in crate::driver) fn write_results(&self, message: &Message) -> Vec<u8> {
        let mut out = String::new();
        self.instrument_header(message, "ORU^R01", &mut out);
        for (index, specimen) in message.specimens.iter().enumerate() {
            self.specimen(specimen, index + 1, &mut out);
        }
        self.declared(out)
    }

    /// The bytes of messages; where they hold more than the family's own ASCII, they say so.
    pub(super) fn declared(&self, out: String) -> Vec<u8> {
        if out.is_ascii() || self.charset != "ASCII" {
            return out.into_bytes();
        }
        redeclared(&out, "UNICODE UTF-8").into_bytes()
    }

    fn specimen(&self, specimen: &Specimen, sequence: usize, out: &mut String) {
        let mut row = Row::new("PID");
        row.put(1, sequence.to_string());
        if let Some(patient) = &specimen.patient {
            let ids: Vec<_> = patient.ids.iter().map(|id| encode_parts(id)).collect();
            row.put(3, ids.join("~"));
            row.set_parts(5, patient.name.as_deref());
            row.put(7, wire_time(&patient.birth).unwrap_or_default());
            row.set(8, patient.sex.as_deref());
        }
        if let Some(At("PID", field, _)) = self.specimen.first() {
            row.set(*field, Some(&specimen.id));
        }
        row.end(out);
        if let Some(At("SPM", field, _)) = self.specimen.first() {
            let mut row = Row::new("SPM");
            row.put(1, sequence.to_string());
            row.set(*field, Some(&specimen.id));
            row.set(4, specimen.material.as_deref());
            row.end(out);
        }
        if let Some(role) = self.mark(specimen.kind, "INV", 3) {
            let mut row = Row::new("INV");
            row.put(3, role);
            row.end(out);
        }
        self.order(specimen, sequence, out);
        notes(&specimen.comments, out);
        for (index, reading) in specimen.readings.iter().enumerate() {
            self.result(reading, index + 1, out);
            notes(&reading.comments, out);
        }
        for extra in &specimen.extra {
            out.push_str(extra);
            out.push('\r');
        }
    }

    fn order(&self, specimen: &Specimen, sequence: usize, out: &mut String) {
        let mut row = Row::new("OBR");
        row.put(1, sequence.to_string());
        if let Some(At("OBR", field, _)) = self.specimen.first() {
            row.set(*field, Some(&specimen.id));
        }
        match specimen.ordered.first() {
            Some(ordered) => row.set(4, Some(ordered)),
            None => row.put(4, self.panel),
        }
        if self.order_timed() {
            let at = specimen.readings.first().and_then(|reading| wire_time(&reading.at));
            row.put(7, at.unwrap_or_default());
        }
        if !matches!(self.specimen.first(), Some(At("SPM", ..))) {
            row.set(15, specimen.material.as_deref());
        }
        if let Some(mark) = self.mark(specimen.kind, "OBR", 15) {
            row.put(15, format!("^^^^^^{mark}"));
        }
        row.set(25, specimen.status.as_deref());
        row.end(out);
    }

    /// Whether results have no time of their own but that of their order.
    fn order_timed(&self) -> bool {
        self.asking == Asking::OrderRefill
    }

    fn result(&self, reading: &Reading, sequence: usize, out: &mut String) {
        let separators = Separators::default();
        let mut row = Row::new("OBX");
        let comparator = reading.comparator.as_deref().unwrap_or("");
        let number = comparator.is_empty() && reading.value.parse::<f64>().is_ok();
        row.put(1, sequence.to_string());
        row.put(2, value_type(reading, number || reading.value.is_empty()));
        let code = separators.encode(&reading.code);
        let name = separators.encode(reading.name.as_deref().unwrap_or(""));
        row.put(3, format!("{code}^{name}^{}", (self.coding)(&reading.code)));
        row.set_parts(5, Some(&format!("{comparator}{}", reading.value)));
        row.set(6, reading.unit.as_deref());
        row.set_parts(7, reading.range.as_deref());
        let edited = reading.flags.iter().any(|flag| flag == "E");
        let flags = reading.flags.iter().filter(|flag| *flag != "E");
        let flags: Vec<_> = flags.map(|flag| encode_parts(flag)).collect();
        row.put(8, flags.join("~"));
        row.set(11, reading.status.as_deref());
        if edited {
            row.put(13, "E");
        }
        if !self.order_timed() {
            row.put(14, wire_time(&reading.at).unwrap_or_default());
        }
        row.set_parts(16, reading.operator.as_deref());
        row.set(17, reading.method.as_deref());
        row.set_parts(18, reading.instrument.as_deref());
        row.end(out);
    }

    /// Writes questions as the instrument does.
    pub(in crate::driver) fn write_query(&self, message: &Message) -> Vec<u8> {
        let mut out = String::new();
        match self.asking {
            Asking::OrderRefill => {
                self.instrument_header(message, "ORM^O01", &mut out);
                for query in &message.queries {
                    let mut row = Row::new("ORC");
                    row.put(1, "RF");
                    row.set(3, query.specimens.first().map(String::as_str));
                    row.put(5, "IP");
                    row.end(&mut out);
                }
            }
            Asking::WorkOrderStep => {
                self.instrument_header(message, "QBP^Q11^QBP_Q11", &mut out);
                for query in &message.queries {
                    let mut row = Row::new("QPD");
                    let name = if query.all_specimens { "WOS_ALL" } else { "WOS" };
                    row.put(1, format!("{name}^Work Order Step^IHELAW"));
                    row.set(2, query.id.as_deref());
                    row.set(3, query.specimens.first().map(String::as_str));
                    row.end(&mut out);
                }
                out.push_str("RCP|I||R^^HL70394\r");
            }
            Asking::SampleRequest => {
                self.instrument_header(message, "QRY^Q02", &mut out);
                for query in &message.queries {
                    self.sample_request(query, message.at.as_deref().unwrap_or(""), &mut out);
                }
            }
        }
        out.into_bytes()
    }
}

fn notes(comments: &[crate::reading::Comment], out: &mut String) {
    for (index, comment) in comments.iter().enumerate() {
        let mut row = Row::new("NTE");
        row.put(1, (index + 1).to_string());
        row.set(2, comment.source.as_deref());
        row.set_parts(3, Some(&comment.text));
        row.set(4, comment.kind.as_deref());
        row.end(out);
    }
}

fn value_type(reading: &Reading, number: bool) -> &'static str {
    match reading.nature {
        Nature::Image => "ED",
        Nature::Flag | Nature::Setting => "IS",
        _ if number => "NM",
        _ => "ST",
    }
}
