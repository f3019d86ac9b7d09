//! Readings, questions and answers become HL7 messages.
//!
//! What must stay true: everything is placed where the dialect's reader looks for it; texts are
//! escaped; every segment ends with CR.

use super::{Asking, At, Dialect};
use crate::reading::{Message, Nature, Query, Reading, Specimen, SpecimenKind};
use crate::record::hl7::{self, Separators};
use crate::value;
use crate::worklist::{Answer, Patient, Priority};

/// One segment in the making: fields, encoded already; field 0 is the name.
struct Row {
    fields: Vec<String>,
}

impl Row {
    fn new(name: &str) -> Self {
        Row { fields: vec![name.to_owned()] }
    }

    /// Places a text as it is, components and all.
    fn put(&mut self, field: usize, text: impl Into<String>) {
        if self.fields.len() <= field {
            self.fields.resize(field + 1, String::new());
        }
        if let Some(cell) = self.fields.get_mut(field) {
            *cell = text.into();
        }
    }

    /// Places a text, escaped, if there is one.
    fn set(&mut self, field: usize, text: Option<&str>) {
        if let Some(text) = text {
            self.put(field, Separators::default().encode(text));
        }
    }

    /// Places a text whose components keep their separators.
    fn set_parts(&mut self, field: usize, text: Option<&str>) {
        if let Some(text) = text {
            self.put(field, encode_parts(text));
        }
    }

    fn end(self, out: &mut String) {
        out.push_str(&self.fields.join("|"));
        out.push('\r');
    }
}

fn encode_parts(text: &str) -> String {
    let separators = Separators::default();
    let parts: Vec<_> = text.split('^').map(|part| separators.encode(part)).collect();
    parts.join("^")
}

fn wire_time(at: &Option<String>) -> Option<String> {
    at.as_deref().map(value::wire_time)
}

/// What the header says.
#[derive(Clone, Copy)]
struct Cover<'a> {
    sender: [&'a str; 2],
    receiver: [&'a str; 2],
    at: &'a str,
    kind: &'a str,
    id: &'a str,
    processing: &'a str,
    /// MSH-16 of Mindray chemistry.
    result_kind: &'a str,
}

impl Dialect {
    fn header(&self, cover: &Cover<'_>, out: &mut String) {
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
        out.into_bytes()
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
        row.put(2, data_type(reading, number || reading.value.is_empty()));
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

    /// Writes what is to be done, or that nothing is known.
    pub(in crate::driver) fn answer(
        &self,
        query: &Query,
        answers: &[Answer],
        now: &str,
    ) -> Vec<u8> {
        let mut out = String::new();
        let at = value::wire_time(now);
        let asked = hl7::Message::parse(&query.echo).ok().and_then(|m| m.segment("MSH"));
        let part = |n: usize| asked.map_or(String::new(), |m| m.field(n).decoded().into_owned());
        let receiver = [part(3), part(4)];
        let id = Some(part(10)).filter(|id| !id.is_empty()).or(query.id.clone());
        let id = id.unwrap_or_else(|| "1".to_owned());
        let kind = match self.asking {
            Asking::OrderRefill => "ORR^O02",
            Asking::WorkOrderStep => "RSP^K11^RSP_K11",
            Asking::SampleRequest => "QCK^Q02",
        };
        let receiver = [receiver[0].as_str(), receiver[1].as_str()];
        let cover = Cover {
            sender: ["LIS", ""],
            receiver,
            at: &at,
            kind,
            id: &id,
            processing: "P",
            result_kind: "",
        };
        self.header(&cover, &mut out);
        match self.asking {
            Asking::OrderRefill => self.refill(answers, &id, &mut out),
            Asking::WorkOrderStep => work_order_step(query, answers, &id, &mut out),
            Asking::SampleRequest => self.sample_reply(query, answers, &cover, &mut out),
        }
        out.into_bytes()
    }

    fn refill(&self, answers: &[Answer], id: &str, out: &mut String) {
        let mut row = Row::new("MSA");
        // Mindray BC host interface manual: AR, nothing known of this specimen.
        row.put(1, if answers.is_empty() { "AR" } else { "AA" });
        row.set(2, Some(id));
        row.end(out);
        for answer in answers {
            patient(answer.patient.as_ref(), out);
            let mut row = Row::new("ORC");
            row.put(1, "AF");
            row.set(2, Some(&answer.specimen));
            row.end(out);
            let mut row = Row::new("OBR");
            row.put(1, "1");
            row.set(2, Some(&answer.specimen));
            row.put(4, self.panel);
            if answer.priority == Priority::Stat {
                row.put(5, "S");
            }
            row.put(6, wire_time(&answer.collected).unwrap_or_default());
            row.set(15, answer.material.as_deref());
            row.end(out);
            for (index, test) in answer.tests.iter().enumerate() {
                let mut row = Row::new("OBX");
                row.put(1, (index + 1).to_string());
                row.put(2, "IS");
                // Mindray 08003: the test mode, `CBC` or `CBC+DIFF`.
                row.put(3, "08003^Test Mode^99MRC");
                row.set(5, Some(test));
                row.put(11, "F");
                row.end(out);
            }
        }
    }
}

// Mindray BS host interface manual: question, reply and download of a sample.
impl Dialect {
    fn sample_request(&self, query: &Query, at: &str, out: &mut String) {
        let mut row = Row::new("QRD");
        row.put(1, value::wire_time(at));
        row.put(2, "R");
        row.put(3, "D");
        row.put(4, query.id.as_deref().unwrap_or("1"));
        row.put(7, "RD");
        row.set(8, query.specimens.first().map(String::as_str));
        row.put(9, if query.cancel { "CAN" } else { "OTH" });
        row.put(12, "T");
        row.end(out);
    }

    fn sample_reply(&self, query: &Query, answers: &[Answer], cover: &Cover<'_>, out: &mut String) {
        sample_found(cover.id, !answers.is_empty(), out);
        for (index, answer) in answers.iter().enumerate() {
            // Each download is a message of its own: one block ends here and the next begins.
            out.push_str("\u{1c}\r\u{b}");
            self.header(&Cover { kind: "DSR^Q03", ..*cover }, out);
            sample_found(cover.id, true, out);
            self.sample_request(query, cover.at, out);
            for (line, text) in display_lines(answer).into_iter().enumerate() {
                let mut row = Row::new("DSP");
                row.put(1, (line + 1).to_string());
                row.put(3, text);
                row.put(5, "");
                row.end(out);
            }
            // DSC names the next download; empty says that this is the last.
            let more = index + 1 < answers.len();
            out.push_str(if more { "DSC|1|\r" } else { "DSC||\r" });
        }
    }
}

fn sample_found(id: &str, found: bool, out: &mut String) {
    let mut row = Row::new("MSA");
    row.put(1, "AA");
    row.set(2, Some(id));
    row.put(3, "Message accepted");
    row.put(6, "0");
    row.end(out);
    out.push_str("ERR|0|\r");
    out.push_str(if found { "QAK|SR|OK|\r" } else { "QAK|SR|NF|\r" });
}

/// The 28 fixed lines of a download, then one for each test.
fn display_lines(answer: &Answer) -> Vec<String> {
    let s = Separators::default();
    let encode = |text: &str| s.encode(text).into_owned();
    let mut lines = vec![String::new(); 28];
    let mut set = |line: usize, text: String| {
        if let Some(place) = lines.get_mut(line.saturating_sub(1)) {
            *place = text;
        }
    };
    if let Some(patient) = &answer.patient {
        set(1, encode(&patient.id));
        set(3, format!("{}^{}", encode(&patient.family), encode(&patient.given)));
        set(4, wire_time(&patient.birth).unwrap_or_default());
        set(5, encode(patient.sex.as_deref().unwrap_or("")));
    }
    set(21, encode(&answer.specimen));
    set(23, wire_time(&answer.collected).unwrap_or_default());
    set(24, if answer.priority == Priority::Stat { "Y" } else { "N" }.to_owned());
    set(26, encode(answer.material.as_deref().unwrap_or("serum")));
    lines.extend(answer.tests.iter().map(|test| format!("{}^^^", encode(test))));
    lines
}

/// IHE LAW: the answer says only that the question was heard; the orders follow by themselves.
fn work_order_step(query: &Query, answers: &[Answer], id: &str, out: &mut String) {
    let mut row = Row::new("MSA");
    row.put(1, "AA");
    row.set(2, Some(id));
    row.end(out);
    let mut row = Row::new("QAK");
    row.set(1, query.id.as_deref());
    row.put(2, if answers.is_empty() { "NF" } else { "OK" });
    row.put(3, "WOS^Work Order Step^IHELAW");
    row.end(out);
    let mut row = Row::new("QPD");
    row.put(1, "WOS^Work Order Step^IHELAW");
    row.set(2, query.id.as_deref());
    row.set(3, query.specimens.first().map(String::as_str));
    row.end(out);
}

fn patient(patient: Option<&Patient>, out: &mut String) {
    let mut row = Row::new("PID");
    row.put(1, "1");
    if let Some(patient) = patient {
        let s = Separators::default();
        row.put(3, format!("{}^^^^MR", s.encode(&patient.id)));
        row.put(5, format!("{}^{}", s.encode(&patient.family), s.encode(&patient.given)));
        row.put(7, wire_time(&patient.birth).unwrap_or_default());
        row.set(8, patient.sex.as_deref());
    }
    row.end(out);
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

fn data_type(reading: &Reading, number: bool) -> &'static str {
    match reading.nature {
        Nature::Image => "ED",
        Nature::Flag | Nature::Setting => "IS",
        _ if number => "NM",
        _ => "ST",
    }
}
