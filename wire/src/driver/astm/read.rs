//! ASTM records become readings.
//!
//! What must stay true: records belong to the record above them as the standard's tree says;
//! every record is either understood, kept as a vendor's, or listed as not understood.

use std::collections::BTreeMap;

use super::{At, Dialect, Mark, begins_with};
use crate::driver::FieldMark;
use crate::reading::{
    Comment, Kind, Message, Nature, NotUnderstood, Patient, Position, Protocol, Query, Reading,
    Specimen, SpecimenKind,
};
use crate::record::astm::{Field, Message as Records, Record};
use crate::value;

/// The records in force while a message is read, and what came of them.
struct Reader<'d, 'a> {
    dialect: &'d Dialect,
    /// Marks of control material beside the dialect's own.
    marks: &'d [FieldMark],
    header: Option<Record<'a>>,
    patient: Option<Record<'a>>,
    order: Option<Record<'a>>,
    /// Remarks on a patient or message, waiting for the specimen.
    waiting: Vec<Comment>,
    /// Whether the last record but remarks was a result.
    after_result: bool,
    /// The first test id under each code in the order in force.
    tests: BTreeMap<String, &'a str>,
    out: Message,
}

impl Dialect {
    /// Reads one message.
    pub(in crate::driver) fn read(
        &self,
        driver: &str,
        message: &Records<'_>,
        marks: &[FieldMark],
    ) -> Message {
        let mut reader = Reader {
            dialect: self,
            marks,
            header: None,
            patient: None,
            order: None,
            waiting: Vec::new(),
            after_result: false,
            tests: BTreeMap::new(),
            out: Message {
                driver: driver.to_owned(),
                protocol: Protocol::Astm,
                ..Message::default()
            },
        };
        for (line, record) in message.records() {
            reader.record(line, record);
        }
        reader.finish(message)
    }

    fn text(&self, at: At, record: Option<Record<'_>>) -> String {
        self.field(at, record).map(|f| f.decoded().into_owned()).unwrap_or_default()
    }

    fn field<'a>(
        &self,
        At(kind, field, component): At,
        record: Option<Record<'a>>,
    ) -> Option<Field<'a>> {
        let field = record.filter(|r| r.kind() == Some(kind))?.field(field);
        Some(if component == 0 { field } else { field.component(component) })
    }
}

fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn decoded(field: Field<'_>) -> Option<String> {
    some(&field.decoded())
}

impl<'a> Reader<'_, 'a> {
    fn record(&mut self, line: usize, record: Record<'a>) {
        let kind = record.kind();
        match kind {
            Some('H') => self.read_header(line, record),
            Some('P') => {
                self.patient = Some(record);
                self.order = None;
            }
            Some('O') => self.read_order(line, record),
            Some('R') => self.read_result(line, record),
            Some('C') => self.read_comment(line, &record),
            Some('Q') => self.read_query(line, &record),
            Some('M' | 'S') => self.read_extra(line, &record),
            Some('L') => {}
            _ => self.not_understood(line, record.text(), "a record of unknown type"),
        }
        if !matches!(kind, Some('C' | 'M' | 'S')) {
            self.after_result = kind == Some('R');
        }
    }

    fn not_understood(&mut self, line: usize, text: &str, because: &str) {
        let (text, because) = (text.to_owned(), because.to_owned());
        self.out.not_understood.push(NotUnderstood { line, text, because });
    }

    fn read_header(&mut self, line: usize, record: Record<'a>) {
        self.out.sender = decoded(record.field(5)).unwrap_or_default();
        self.out.id = decoded(record.field(3));
        // Field 14 by the standard; some headers are one short.
        let sent = record.field(14);
        self.out.at = value::time(sent.text());
        if self.out.at.is_none() && !sent.is_empty() {
            self.not_understood(line, record.text(), "the time of the message is no time");
        }
        self.header = Some(record);
    }

    fn read_order(&mut self, line: usize, record: Record<'a>) {
        self.order = Some(record);
        self.tests.clear();
        let mut specimen = Specimen {
            id: self.specimen_number(),
            kind: self.specimen_kind(),
            patient: self.patient.and_then(|p| read_patient(&p)),
            comments: std::mem::take(&mut self.waiting),
            position: self.dialect.position.and_then(|at| self.position(at)),
            read_by: self.dialect.read_by.and_then(|at| some(&self.at(at))),
            material: decoded(record.field(16).component(1)),
            status: decoded(record.field(26)),
            ordered: self.ordered(&record),
            ..Specimen::default()
        };
        specimen.instrument_id = decoded(record.field(4).component(1))
            .filter(|id| specimen.position.is_none() && *id != specimen.id);
        if specimen.id.is_empty() {
            self.not_understood(line, record.text(), "the specimen has no number");
        }
        match self.out.specimens.last_mut() {
            Some(last) if !last.id.is_empty() && same_specimen(last, &specimen) => {
                last.ordered.append(&mut specimen.ordered);
                last.comments.append(&mut specimen.comments);
            }
            _ => self.out.specimens.push(specimen),
        }
    }

    fn at(&self, at: At) -> String {
        let record = match at.0 {
            'H' => self.header,
            'P' => self.patient,
            _ => self.order,
        };
        self.dialect.text(at, record)
    }

    fn specimen_number(&self) -> String {
        let mut found = self.dialect.specimen.iter().map(|at| self.at(*at));
        found.find(|text| !text.trim().is_empty()).unwrap_or_default().trim().to_owned()
    }

    fn specimen_kind(&self) -> SpecimenKind {
        let marked =
            |marks: &[Mark]| marks.iter().any(|Mark(at, begin)| begins_with(&self.at(*at), begin));
        if let Some(kind) = (self.dialect.kind_of_number)(&self.specimen_number()) {
            kind
        } else if marked(self.dialect.calibrators) {
            SpecimenKind::Calibrator
        } else if marked(self.dialect.controls) || self.marks.iter().any(|mark| self.bears(mark)) {
            SpecimenKind::Control
        } else {
            SpecimenKind::Patient
        }
    }

    /// Whether this text stands at that place.
    fn bears(&self, mark: &FieldMark) -> bool {
        let mut letters = mark.record.chars();
        match (letters.next(), letters.next()) {
            (Some(kind), None) => self.at(At(kind, mark.field, mark.component)).trim() == mark.text,
            _ => false,
        }
    }

    fn position(&self, at: [At; 3]) -> Option<Position> {
        let [sequence, rack, place] = at.map(|at| some(&self.at(at)));
        let position = Position { sequence, rack, place };
        (position != Position::default()).then_some(position)
    }

    fn ordered(&self, record: &Record<'_>) -> Vec<String> {
        let code = |repeat: Field<'_>| decoded(repeat.component(self.dialect.order_test));
        record.field(5).repeats().filter_map(code).collect()
    }

    fn read_result(&mut self, line: usize, record: Record<'a>) {
        let mut reading = self.dialect.reading(&record);
        reading.at = self.measured_at(line, &record);
        reading.lot = some(&self.of_result(self.dialect.lot, record));
        reading.run = some(&self.of_result(self.dialect.run, record)).filter(|run| run != "1");
        if reading.nature == Nature::Flag {
            let about = (self.dialect.concerns)(&reading.code);
            reading.concerns = about.iter().map(|code| (*code).to_owned()).collect();
        }
        if reading.code.is_empty() {
            self.not_understood(line, record.text(), "a result without a test code");
        }
        if self.out.specimens.is_empty() || self.order.is_none() {
            self.not_understood(line, record.text(), "a result without an order above it");
            let patient = self.patient.and_then(|p| read_patient(&p));
            self.out.specimens.push(Specimen { patient, ..Specimen::default() });
            self.order = Some(record);
        }
        self.tell_apart(&record, &mut reading);
        if let Some(specimen) = self.out.specimens.last_mut() {
            specimen.readings.push(reading);
        }
    }

    /// What stands at a place of a result, or of what it belongs to.
    fn of_result(&self, at: At, record: Record<'a>) -> String {
        match at.0 {
            'R' => self.dialect.text(at, Some(record)),
            _ => self.at(at),
        }
    }

    /// Two results under one code but different test ids are two things (a result and its raw
    /// signal, say): the later one gets its whole test id for a code, so that no map of codes
    /// can take it for the first.
    fn tell_apart(&mut self, record: &Record<'a>, reading: &mut Reading) {
        if !self.dialect.whole_ids {
            return;
        }
        let id = record.field(3);
        match self.tests.get(&reading.code) {
            Some(first) if *first != id.text() => {
                reading.code = id.decoded().trim_matches('^').to_owned();
            }
            Some(_) => {}
            None => {
                self.tests.insert(reading.code.clone(), id.text());
            }
        }
    }

    fn measured_at(&mut self, line: usize, record: &Record<'a>) -> Option<String> {
        for at in self.dialect.at {
            let sent = self.of_result(*at, *record);
            if sent.trim().is_empty() {
                continue;
            }
            let time = value::time(&sent);
            if time.is_none() {
                self.not_understood(line, record.text(), "the time of the result is no time");
            }
            return time;
        }
        None
    }

    fn read_comment(&mut self, line: usize, record: &Record<'a>) {
        let text = record.field(4).decoded().into_owned();
        if text.is_empty() {
            return;
        }
        let comment =
            Comment { source: decoded(record.field(3)), text, kind: decoded(record.field(5)) };
        let specimen = self.out.specimens.last_mut().filter(|_| self.order.is_some());
        match specimen {
            None if self.header.is_some() => self.waiting.push(comment),
            None => self.not_understood(line, record.text(), "a remark on nothing"),
            Some(specimen) => match specimen.readings.last_mut().filter(|_| self.after_result) {
                Some(reading) => reading.comments.push(comment),
                None => specimen.comments.push(comment),
            },
        }
    }

    fn read_extra(&mut self, line: usize, record: &Record<'a>) {
        match self.out.specimens.last_mut() {
            Some(specimen) => specimen.extra.push(record.text().trim_end().to_owned()),
            None => self.not_understood(line, record.text(), "a vendor's record on nothing"),
        }
    }

    fn read_query(&mut self, line: usize, record: &Record<'a>) {
        let asked = record.field(3);
        let component = self.dialect.query_specimen;
        let mut specimens: Vec<String> = asked
            .repeats()
            .filter_map(|repeat| {
                // A number without components stands alone.
                let alone = repeat.components().count() == 1;
                decoded(if alone { repeat } else { repeat.component(component) })
            })
            .collect();
        let all_specimens = specimens.iter().any(|id| id.eq_ignore_ascii_case("ALL"));
        specimens.retain(|id| !id.eq_ignore_ascii_case("ALL"));
        if specimens.is_empty() && !all_specimens {
            self.not_understood(line, record.text(), "a question about no specimen");
        }
        self.out.queries.push(Query {
            id: None,
            specimens,
            all_specimens,
            tests: self.asked_tests(record),
            // CLSI LIS02-A2 11.13: A withdraws the question; some families ask with it.
            cancel: record.field(13).text() == "A" && self.dialect.query_status != "A",
            position: self.dialect.query_position.and_then(|at| asked_position(asked, at)),
            echo: asked.text().to_owned(),
        });
    }

    fn asked_tests(&self, record: &Record<'_>) -> Vec<String> {
        let code = |repeat: Field<'_>| {
            let alone = repeat.components().count() == 1;
            decoded(if alone { repeat } else { repeat.component(self.dialect.order_test) })
        };
        let tests = record.field(5).repeats().filter_map(code);
        tests.filter(|test| !test.eq_ignore_ascii_case("ALL")).collect()
    }

    fn finish(mut self, message: &Records<'_>) -> Message {
        if self.header.is_none() {
            let text = message.text().to_owned();
            self.not_understood(0, &text, "records without a header");
        }
        for comment in std::mem::take(&mut self.waiting) {
            self.not_understood(0, &comment.text, "a remark that belongs to no specimen");
        }
        self.out.kind = self.kind();
        if self.out.kind == Kind::Other && self.out.not_understood.is_empty() {
            self.not_understood(0, message.text(), "it holds neither results nor questions");
        }
        self.out
    }

    fn kind(&self) -> Kind {
        let results = self.out.specimens.iter().any(|s| {
            // CLSI LIS02-A2 8.4.26: a report, even one without results.
            !s.readings.is_empty() || matches!(s.status.as_deref(), Some("F" | "P" | "C" | "X"))
        });
        if results {
            Kind::Results
        } else if !self.out.queries.is_empty() {
            Kind::Query
        } else if !self.out.specimens.is_empty() {
            Kind::Order
        } else {
            Kind::Other
        }
    }
}

fn same_specimen(a: &Specimen, b: &Specimen) -> bool {
    a.id == b.id
        && a.kind == b.kind
        && a.patient == b.patient
        && a.position == b.position
        && a.material == b.material
}

fn read_patient(record: &Record<'_>) -> Option<Patient> {
    let mut ids: Vec<String> = [4, 3, 5].iter().filter_map(|n| decoded(record.field(*n))).collect();
    ids.dedup();
    let name = record.field(6);
    let nameless = name.components().all(|c| c.is_empty());
    let patient = Patient {
        ids,
        name: decoded(name).filter(|_| !nameless),
        birth: value::time(record.field(8).text()).or_else(|| decoded(record.field(8))),
        sex: decoded(record.field(9)),
    };
    (patient != Patient::default()).then_some(patient)
}

fn asked_position(asked: Field<'_>, at: [usize; 3]) -> Option<Position> {
    let [sequence, rack, place] = at.map(|n| decoded(asked.component(n)));
    let position = Position { sequence, rack, place };
    (position != Position::default()).then_some(position)
}

impl Dialect {
    fn reading(&self, record: &Record<'_>) -> Reading {
        let mut reading = Reading {
            unit: decoded(record.field(5)),
            range: decoded(record.field(6)),
            flags: record.field(7).repeats().filter_map(decoded).collect(),
            status: decoded(record.field(9)),
            operator: decoded(record.field(11)),
            instrument: decoded(record.field(14)),
            nature: (self.nature)(record),
            ..Reading::default()
        };
        self.read_test(record.field(3), &mut reading);
        self.read_value(record.field(4), &mut reading);
        reading
    }

    fn read_test(&self, id: Field<'_>, reading: &mut Reading) {
        let test = &self.result_test;
        // A code without components stands alone.
        let alone = id.components().count() == 1;
        let code = match self.code {
            Some(code) => some(&code(id)),
            None => decoded(if alone { id } else { id.component(test.code) }),
        };
        reading.name = decoded(id.component(test.name));
        reading.dilution = decoded(id.component(test.dilution));
        let code = code.unwrap_or_default();
        match code.split_once('/').filter(|_| test.slashed) {
            None => reading.code = code,
            Some((code, dilution)) => {
                reading.code = code.to_owned();
                // `8/1/not`: test 8, dilution 1, no predilution.
                reading.dilution = some(dilution.strip_suffix("/not").unwrap_or(dilution));
            }
        }
    }

    fn read_value(&self, sent: Field<'_>, reading: &mut Reading) {
        let parts: Vec<Field<'_>> = sent.components().filter(|c| !c.is_empty()).collect();
        let many = sent.repeats().nth(1).is_some();
        match parts.as_slice() {
            [] => reading.value = String::new(),
            [one] if !many => reading.value = one.decoded().into_owned(),
            [verdict, quantity] if self.paired && !many => {
                reading.value = sent.decoded().into_owned();
                let quantity = quantity.decoded();
                let understood = value::understand(&quantity);
                reading.qualitative = decoded(*verdict);
                reading.quantitative = some(understood.text);
                reading.comparator = understood.comparator.map(str::to_owned);
                reading.measured = understood.measured && !self.is_missing(understood.text);
                return;
            }
            _ => reading.value = sent.decoded().into_owned(),
        }
        let understood = value::understand(&reading.value);
        reading.measured = understood.measured && !self.is_missing(understood.text);
        reading.comparator = understood.comparator.map(str::to_owned);
        if reading.comparator.is_none() && value::begins_a_number(understood.text) {
            // CLSI LIS02-A2 9.7: `<` and `>` as a flag mean off scale, the value being the end
            // of the scale.
            reading.comparator =
                reading.flags.iter().find(|f| matches!(f.as_str(), "<" | ">")).cloned();
        }
        reading.value = understood.text.to_owned();
    }

    fn is_missing(&self, text: &str) -> bool {
        self.sentinels.contains(&text)
    }
}
