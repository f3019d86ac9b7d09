//! Readings, questions and answers become ASTM records.
//!
//! What must stay true: everything is placed where the dialect's reader looks for it; texts are
//! escaped; every record ends with CR.

use super::{At, Dialect, Echo};
use crate::reading::{Comment, Message, Position, Query, Reading, Specimen, SpecimenKind};
use crate::record::astm::Delimiters;
use crate::value;
use crate::worklist::{Answer, Priority};

/// One record in the making: fields of components, all encoded already.
struct Row {
    kind: char,
    fields: Vec<Vec<String>>,
}

impl Row {
    fn new(kind: char, sequence: usize) -> Self {
        let mut row = Row { kind, fields: Vec::new() };
        row.put(1, kind.to_string());
        if sequence > 0 {
            row.put(2, sequence.to_string());
        }
        row
    }

    /// Places a text in a whole field as it is.
    fn put(&mut self, field: usize, text: impl Into<String>) {
        self.cell(field, 1, text.into());
    }

    /// Places a text in a whole field in place of all that stands there.
    fn put_whole(&mut self, field: usize, text: String) {
        self.cell(field, 1, String::new());
        if let Some(cells) = self.fields.get_mut(field.saturating_sub(1)) {
            *cells = vec![text];
        }
    }

    /// What stands in a field.
    fn field(&self, field: usize) -> String {
        self.fields.get(field.saturating_sub(1)).map(|cells| cells.join("^")).unwrap_or_default()
    }

    /// Places a text, escaped, if there is one.
    fn set(&mut self, at: At, text: Option<&str>) {
        let At(kind, field, component) = at;
        if let Some(text) = text.filter(|_| kind == self.kind && field > 0) {
            let encoded = encode(text, component == 0);
            self.cell(field, component.max(1), encoded);
        }
    }

    fn cell(&mut self, field: usize, component: usize, text: String) {
        if self.fields.len() < field {
            self.fields.resize(field, Vec::new());
        }
        if let Some(cells) = self.fields.get_mut(field.saturating_sub(1)) {
            if cells.len() < component {
                cells.resize(component, String::new());
            }
            if let Some(cell) = cells.get_mut(component.saturating_sub(1)) {
                *cell = text;
            }
        }
    }

    fn end(self, out: &mut String) {
        let fields: Vec<String> = self.fields.iter().map(|cells| cells.join("^")).collect();
        out.push_str(&fields.join("|"));
        out.push('\r');
    }
}

/// Escapes a text; in a whole field components keep their separators.
fn encode(text: &str, whole: bool) -> String {
    let delimiters = Delimiters::default();
    if whole {
        let parts: Vec<_> = text.split('^').map(|part| delimiters.encode(part)).collect();
        parts.join("^")
    } else {
        delimiters.encode(text).into_owned()
    }
}

impl Dialect {
    /// Writes results as the instrument does.
    pub(in crate::driver) fn write_results(&self, message: &Message) -> Vec<u8> {
        let mut out = String::new();
        self.header(message, 0, &mut out);
        for (index, specimen) in message.specimens.iter().enumerate() {
            self.patient(specimen, index + 1, &mut out);
            self.order(specimen, &mut out);
            comments(&specimen.comments, &mut out);
            for (index, reading) in specimen.readings.iter().enumerate() {
                self.result(reading, index + 1, &mut out);
                comments(&reading.comments, &mut out);
            }
            for extra in &specimen.extra {
                out.push_str(extra);
                out.push('\r');
            }
        }
        out.push_str("L|1|N\r");
        out.into_bytes()
    }

    /// Writes questions as the instrument does.
    pub(in crate::driver) fn write_query(&self, message: &Message) -> Vec<u8> {
        let mut out = String::new();
        self.header(message, 1, &mut out);
        for (index, query) in message.queries.iter().enumerate() {
            self.query(query, index + 1, &mut out);
        }
        out.push_str("L|1|N\r");
        out.into_bytes()
    }

    fn header(&self, message: &Message, name: usize, out: &mut String) {
        let mut row = Row::new('H', 0);
        row.put(2, "\\^&");
        row.set(At('H', 3, 0), message.id.as_deref());
        let sender = if message.sender.is_empty() { self.sender } else { &message.sender };
        row.set(At('H', 5, 0), Some(sender));
        row.set(At('H', 11, 0), self.message_names.get(name).copied().filter(|n| !n.is_empty()));
        row.put(12, "P");
        row.put(13, "1");
        row.set(At('H', 14, 1), message.at.as_deref().map(value::wire_time).as_deref());
        row.end(out);
    }

    fn patient(&self, specimen: &Specimen, sequence: usize, out: &mut String) {
        let mut row = Row::new('P', sequence);
        if let Some(patient) = &specimen.patient {
            for (id, field) in patient.ids.iter().zip([4, 3, 5]) {
                row.set(At('P', field, 0), Some(id));
            }
            row.set(At('P', 6, 0), patient.name.as_deref());
            row.set(At('P', 8, 1), patient.birth.as_deref().map(value::wire_time).as_deref());
            row.set(At('P', 9, 1), patient.sex.as_deref());
        }
        if let Some(at) = self.specimen.first() {
            row.set(*at, Some(&specimen.id));
        }
        row.end(out);
    }

    fn order(&self, specimen: &Specimen, out: &mut String) {
        let mut row = Row::new('O', 1);
        if let Some(instrument_id) = &specimen.instrument_id {
            row.set(At('O', 4, 1), Some(instrument_id));
        }
        self.place(specimen, &mut row);
        row.put(5, self.tests(&specimen.ordered));
        let marks = match specimen.kind {
            SpecimenKind::Control => self.controls,
            SpecimenKind::Calibrator => self.calibrators,
            SpecimenKind::Patient | SpecimenKind::Unknown => &[],
        };
        if let Some(mark) = marks.first() {
            row.set(mark.0, Some(mark.1));
        }
        row.set(At('O', 16, 1), specimen.material.as_deref());
        row.set(At('O', 26, 0), specimen.status.as_deref());
        let ordered_at = specimen.readings.first().and_then(|r| r.at.as_deref());
        if let Some(at) = self.at.iter().find(|at| at.0 == 'O') {
            row.set(*at, ordered_at.map(value::wire_time).as_deref());
        }
        row.end(out);
    }

    /// Number, position and way of reading, each where the dialect has it.
    fn place(&self, specimen: &Specimen, row: &mut Row) {
        if let Some(at) = self.specimen.first() {
            let padded = format!("{:>width$}", specimen.id, width = self.pad);
            row.set(*at, Some(&padded));
        }
        if let (Some(at), Some(position)) = (self.position, &specimen.position) {
            let texts = [&position.sequence, &position.rack, &position.place];
            for (at, text) in at.into_iter().zip(texts) {
                row.set(at, text.as_deref());
            }
        }
        if let Some(at) = self.read_by {
            row.set(at, specimen.read_by.as_deref());
        }
    }

    /// Test codes as a repeated universal test id.
    fn tests(&self, codes: &[String]) -> String {
        let before = "^".repeat(self.order_test.saturating_sub(1));
        let ids: Vec<_> =
            codes.iter().map(|code| format!("{before}{}", encode(code, false))).collect();
        ids.join("\\")
    }

    fn result(&self, reading: &Reading, sequence: usize, out: &mut String) {
        let mut row = Row::new('R', sequence);
        self.result_test(reading, &mut row);
        row.set(At('R', 4, 0), Some(&self.sent_value(reading)));
        row.set(At('R', 5, 0), reading.unit.as_deref());
        row.set(At('R', 6, 0), reading.range.as_deref());
        let flags: Vec<_> = reading.flags.iter().map(|flag| encode(flag, true)).collect();
        row.put(7, flags.join("\\"));
        row.set(At('R', 9, 0), reading.status.as_deref());
        row.set(At('R', 11, 0), reading.operator.as_deref());
        if let Some(at) = self.at.iter().find(|at| at.0 == 'R').filter(|_| !self.order_timed()) {
            row.set(*at, reading.at.as_deref().map(value::wire_time).as_deref());
        }
        row.set(At('R', 14, 0), reading.instrument.as_deref());
        row.end(out);
    }

    /// Whether the time of measurement stands in the order.
    fn order_timed(&self) -> bool {
        self.at.iter().any(|at| at.0 == 'O')
    }

    fn result_test(&self, reading: &Reading, row: &mut Row) {
        let test = &self.result_test;
        let code = match (&reading.dilution, test.slashed) {
            (Some(dilution), true) if dilution.contains('/') => {
                format!("{}/{dilution}", reading.code)
            }
            (Some(dilution), true) => format!("{}/{dilution}/not", reading.code),
            _ => reading.code.clone(),
        };
        row.set(At('R', 3, test.code), Some(&code));
        if !test.tail.is_empty() {
            row.set(At('R', 3, test.code + 1), Some(test.tail));
        }
        if self.run.0 == 'R' && reading.run.is_some() {
            row.set(self.run, reading.run.as_deref());
        }
        if test.name > 0 {
            row.set(At('R', 3, test.name), reading.name.as_deref());
        }
        if test.dilution > 0 && !test.slashed {
            row.set(At('R', 3, test.dilution), reading.dilution.as_deref());
        }
    }

    fn sent_value(&self, reading: &Reading) -> String {
        let comparator = reading.comparator.as_deref().unwrap_or("");
        match (&reading.qualitative, &reading.quantitative) {
            (Some(verdict), Some(quantity)) if self.paired => {
                format!("{verdict}^{comparator}{quantity}")
            }
            _ => format!("{comparator}{}", reading.value),
        }
    }

    fn query(&self, query: &Query, sequence: usize, out: &mut String) {
        let mut row = Row::new('Q', sequence);
        if !query.echo.is_empty() {
            row.put(3, query.echo.as_str());
        } else if query.all_specimens {
            row.put(3, "ALL");
        } else {
            let ids: Vec<_> = query.specimens.iter().map(|id| self.asked(id, query)).collect();
            row.put(3, ids.join("\\"));
        }
        let tests =
            if query.tests.is_empty() { "ALL".to_owned() } else { self.tests(&query.tests) };
        row.put(5, tests);
        row.put(13, if query.cancel { "A" } else { self.query_status });
        row.end(out);
    }

    fn asked(&self, id: &str, query: &Query) -> String {
        let mut row = Row::new('Q', 0);
        row.fields.clear();
        row.set(At('Q', 1, self.query_specimen), Some(&format!("{id:>w$}", w = self.pad)));
        if let (Some(at), Some(position)) = (self.query_position, &query.position) {
            let Position { sequence, rack, place } = position;
            for (component, text) in at.into_iter().zip([sequence, rack, place]) {
                if component > 0 {
                    row.set(At('Q', 1, component), text.as_deref());
                }
            }
        }
        row.field(1)
    }

    /// Writes what is to be done.
    pub(in crate::driver) fn answer(
        &self,
        query: &Query,
        answers: &[Answer],
        now: &str,
    ) -> Vec<u8> {
        let mut out = String::new();
        let at = Some(now.to_owned()).filter(|n| !n.is_empty());
        let cover = Message { sender: "LIS".to_owned(), at, ..Message::default() };
        self.header(&cover, 2, &mut out);
        for (index, answer) in answers.iter().enumerate() {
            answer_patient(answer, index + 1, &mut out);
            self.answer_order(query, answer, &mut out);
        }
        // CLSI LIS02-A2 12.3: I, no information available for the last query.
        let last = if answers.is_empty() { "I" } else { self.last };
        out.push_str(&format!("L|1|{last}\r"));
        out.into_bytes()
    }

    fn answer_order(&self, query: &Query, answer: &Answer, out: &mut String) {
        let mut row = Row::new('O', 1);
        self.answer_place(query, answer, &mut row);
        row.put(5, self.tests(&answer.tests));
        row.put(6, if answer.priority == Priority::Stat { "S" } else { "R" });
        row.set(At('O', 8, 1), answer.collected.as_deref().map(value::wire_time).as_deref());
        // CLSI LIS02-A2 8.4.12: N, new requests accompanying a new specimen.
        row.put(12, "N");
        row.set(At('O', 16, 1), answer.material.as_deref());
        // CLSI LIS02-A2 8.4.26: Q, response to a query; O, an order that was not asked for.
        row.put(26, if query.specimens.is_empty() && !query.all_specimens { "O" } else { "Q" });
        row.end(out);
    }
}

impl Dialect {
    /// Number and position of an answer; as the question had them, where it was about this one.
    fn answer_place(&self, query: &Query, answer: &Answer, row: &mut Row) {
        let asked = query.specimens.len() == 1 && query.specimens.contains(&answer.specimen);
        let position = query.position.clone().filter(|_| asked);
        let specimen = Specimen { id: answer.specimen.clone(), position, ..Specimen::default() };
        match self.echo {
            Echo::Whole if asked && !query.echo.is_empty() => row.put(3, query.echo.as_str()),
            Echo::Whole => {
                // Where results have the number in O.4, orders have it in O.3.
                let mut cells = Row::new('O', 0);
                self.place(&specimen, &mut cells);
                row.put(3, cells.field(4));
            }
            Echo::Rest if asked && !query.echo.is_empty() => {
                self.place(&specimen, row);
                let rest = query.echo.split('^').skip(self.query_specimen);
                row.put_whole(4, rest.collect::<Vec<_>>().join("^"));
            }
            Echo::Rest | Echo::Number => self.place(&specimen, row),
        }
    }
}

fn comments(comments: &[Comment], out: &mut String) {
    for (index, comment) in comments.iter().enumerate() {
        let mut row = Row::new('C', index + 1);
        row.set(At('C', 3, 0), comment.source.as_deref());
        row.set(At('C', 4, 0), Some(&comment.text));
        row.set(At('C', 5, 0), comment.kind.as_deref());
        row.end(out);
    }
}

fn answer_patient(answer: &Answer, sequence: usize, out: &mut String) {
    let mut row = Row::new('P', sequence);
    if let Some(patient) = &answer.patient {
        row.set(At('P', 4, 1), Some(&patient.id));
        row.set(At('P', 6, 1), Some(&patient.family));
        row.set(At('P', 6, 2), Some(&patient.given));
        row.set(At('P', 8, 1), patient.birth.as_deref().map(value::wire_time).as_deref());
        row.set(At('P', 9, 1), patient.sex.as_deref());
    }
    row.end(out);
}
