//! HL7 segments become readings.
//!
//! What must stay true: a result belongs to the specimen of its own group and to no other;
//! every segment is either understood, kept beside its specimen, or listed as not understood.

use super::part::{decoded, lot_of, read_patient, structured};
use super::{At, Dialect, Mark};
use crate::driver::FieldMark;
use crate::reading::{
    Comment, Kind, Message, NotUnderstood, Position, Protocol, Query, Specimen, SpecimenKind,
};
use crate::record::hl7::{Field, Message as Segments, Segment};
use crate::value;

/// The segments in force while a message is read, and what came of them.
struct Reader<'d, 'a> {
    dialect: &'d Dialect,
    /// Marks of control material beside the dialect's own.
    marks: &'d [FieldMark],
    segments: Vec<Segment<'a>>,
    /// SPM and its SAC come before their OBR (OUL) rather than after its results (ORU).
    specimen_first: bool,
    header: Option<Segment<'a>>,
    patient: Option<Segment<'a>>,
    material: Option<Segment<'a>>,
    container: Option<Segment<'a>>,
    /// What was used on this specimen: the first INV before its order.
    inventory: Option<Segment<'a>>,
    order: Option<Segment<'a>>,
    /// The order without a result that the specimen in force follows.
    unfilled: Option<Segment<'a>>,
    after_result: bool,
    out: Message,
}

impl Dialect {
    /// Reads one message.
    pub(in crate::driver) fn read(
        &self,
        driver: &str,
        message: &Segments<'_>,
        marks: &[FieldMark],
    ) -> Message {
        let mut reader = Reader {
            dialect: self,
            marks,
            segments: message.segments().collect(),
            specimen_first: false,
            header: None,
            patient: None,
            material: None,
            container: None,
            inventory: None,
            order: None,
            unfilled: None,
            after_result: false,
            out: Message {
                driver: driver.to_owned(),
                protocol: Protocol::Hl7,
                ..Message::default()
            },
        };
        reader.read();
        reader.out
    }
}

fn name_of(segment: Option<Segment<'_>>) -> &str {
    segment.map_or("", |s| s.name())
}

impl<'a> Reader<'_, 'a> {
    fn read(&mut self) {
        let segments = std::mem::take(&mut self.segments);
        let before_order = segments.iter().position(|s| s.name() == "OBR").unwrap_or(usize::MAX);
        let material = segments.iter().position(|s| s.name() == "SPM");
        self.specimen_first = material.is_some_and(|at| at < before_order);
        for (index, segment) in segments.iter().enumerate() {
            let rest = segments.get(index + 1..).unwrap_or(&[]);
            self.segment(index + 1, *segment, rest);
        }
        self.finish();
    }

    fn segment(&mut self, line: usize, segment: Segment<'a>, rest: &[Segment<'a>]) {
        let name = segment.name();
        match name {
            "MSH" => self.read_header(line, segment),
            "PID" => {
                self.patient = Some(segment);
                self.material = None;
                self.container = None;
            }
            "SPM" => {
                self.material = Some(segment);
                self.container = None;
                self.inventory = None;
                let filled = self.out.specimens.last().is_some_and(|s| !s.readings.is_empty());
                self.unfilled = self.order.take().filter(|_| !filled && !self.specimen_first);
            }
            "SAC" => self.container = Some(segment),
            "OBR" => self.read_order(line, segment, rest),
            "OBX" => self.read_result(line, segment),
            "NTE" => self.read_comment(line, segment),
            "ORC" if segment.field(1).text() == "RF" => self.read_refill(line, segment),
            "QPD" => self.read_query_parameters(line, segment),
            "QRD" => self.read_query_definition(line, segment),
            "INV" | "TCD" | "SID" | "CTI" => self.read_extra(line, segment),
            _ if is_known(name) => {}
            _ => self.not_understood(line, segment.text(), "a segment of unknown type"),
        }
        if name != "NTE" {
            self.after_result = name == "OBX";
        }
    }

    fn not_understood(&mut self, line: usize, text: &str, because: &str) {
        let (text, because) = (text.to_owned(), because.to_owned());
        self.out.not_understood.push(NotUnderstood { line, text, because });
    }

    fn read_header(&mut self, line: usize, segment: Segment<'a>) {
        self.out.sender = match (decoded(segment.field(3)), decoded(segment.field(4))) {
            (Some(name), Some(place)) => format!("{name}|{place}"),
            (name, place) => name.or(place).unwrap_or_default(),
        };
        self.out.id = decoded(segment.field(10));
        let sent = segment.field(7);
        self.out.at = value::time(sent.text());
        if self.out.at.is_none() && !sent.is_empty() {
            self.not_understood(line, segment.text(), "the time of the message is no time");
        }
        self.header = Some(segment);
    }

    fn at(&self, At(name, field, component): At) -> Option<String> {
        self.stands(name, field, component)
    }

    fn stands(&self, name: &str, field: usize, component: usize) -> Option<String> {
        let in_force =
            [self.header, self.patient, self.material, self.container, self.inventory, self.order];
        let segment = in_force.into_iter().find(|s| name_of(*s) == name)??;
        let field = segment.field(field);
        match component {
            0 => decoded(field),
            // A number may carry its issuer as a subcomponent.
            _ => decoded(field.component(component).subcomponent(1)),
        }
    }

    fn read_order(&mut self, line: usize, segment: Segment<'a>, rest: &[Segment<'a>]) {
        self.order = Some(segment);
        if !self.specimen_first {
            // The specimen of this order stands after its results, before the next order.
            let group = || rest.iter().take_while(|s| s.name() != "OBR").copied();
            self.material = group().find(|s| s.name() == "SPM");
            self.container = group().find(|s| s.name() == "SAC");
        }
        let number = self.specimen_number();
        let specimen = Specimen {
            id: number.unwrap_or_default(),
            kind: self.specimen_kind(),
            patient: self.patient.and_then(|p| read_patient(&p)),
            material: self
                .at(At("SPM", 4, 1))
                .or_else(|| decoded(segment.field(15).component(1).subcomponent(1))),
            status: decoded(segment.field(25)),
            ordered: decoded(segment.field(4).component(1)).into_iter().collect(),
            ..Specimen::default()
        };
        if specimen.id.is_empty() {
            self.not_understood(line, segment.text(), "the specimen has no number");
        }
        self.add_specimen(specimen);
    }

    /// Where the specimen leads its group, its own segments know its number best.
    fn specimen_number(&self) -> Option<String> {
        let places = || self.dialect.specimen.iter().copied();
        let own = places().filter(|at| matches!(at.0, "SPM" | "SAC") && self.specimen_first);
        own.chain(places()).find_map(|at| self.at(at))
    }

    fn add_specimen(&mut self, mut specimen: Specimen) {
        // Several orders on one tube are one specimen; two SPM of one number are two tubes.
        let one_tube = self.material.is_none();
        match self.out.specimens.last_mut() {
            Some(last)
                if !last.id.is_empty()
                    && last.id == specimen.id
                    && last.kind == specimen.kind
                    && last.patient == specimen.patient
                    && (one_tube || last.material == specimen.material) =>
            {
                last.ordered.append(&mut specimen.ordered);
            }
            _ => self.out.specimens.push(specimen),
        }
    }

    fn specimen_kind(&self) -> SpecimenKind {
        let marked = |marks: &[Mark]| {
            marks.iter().any(|Mark(at, text)| self.at(*at).as_deref() == Some(text))
        };
        if marked(self.dialect.calibrators) {
            SpecimenKind::Calibrator
        } else if marked(self.dialect.controls) || self.marks.iter().any(|mark| self.bears(mark)) {
            SpecimenKind::Control
        } else {
            SpecimenKind::Patient
        }
    }

    /// Whether this text stands at that place.
    fn bears(&self, mark: &FieldMark) -> bool {
        let found = self.stands(&mark.record, mark.field, mark.component);
        found.is_some_and(|text| text == mark.text)
    }

    fn read_result(&mut self, line: usize, segment: Segment<'a>) {
        // Some senders put the specimen between an order and its result. Only the very test that
        // was ordered is taken for it; all else there is said of the specimen.
        let code = |field: Field<'a>| field.component(1).text();
        let ordered = |order: &Segment<'a>| {
            !code(order.field(4)).is_empty() && code(order.field(4)) == code(segment.field(3))
        };
        if self.order.is_none() {
            self.order = self.unfilled.take().filter(ordered);
        }
        let mut reading = self.dialect.reading(&segment);
        reading.lot = self.inventory.as_ref().and_then(lot_of);
        reading.at = self.measured_at(line, &segment);
        if reading.code.is_empty() {
            self.not_understood(line, segment.text(), "a result without a test code");
        }
        if self.order.is_none() {
            // An observation on the specimen or patient outside any order is no result of a test.
            self.not_understood(line, segment.text(), "a result without an order above it");
            return;
        }
        if let Some(specimen) = self.out.specimens.last_mut() {
            specimen.readings.push(reading);
        }
    }

    fn measured_at(&mut self, line: usize, segment: &Segment<'a>) -> Option<String> {
        for at in self.dialect.at {
            let sent = match at.0 {
                "OBX" => decoded(segment.field(at.1).component(1)),
                _ => self.at(*at),
            };
            let Some(sent) = sent else { continue };
            let time = value::time(&sent);
            if time.is_none() {
                self.not_understood(line, segment.text(), "the time of the result is no time");
            }
            return time;
        }
        None
    }

    fn read_comment(&mut self, line: usize, segment: Segment<'a>) {
        let Some(text) = decoded(segment.field(3)) else { return };
        let comment =
            Comment { source: decoded(segment.field(2)), text, kind: decoded(segment.field(4)) };
        let specimen = self.out.specimens.last_mut().filter(|_| self.order.is_some());
        match specimen {
            None => {
                self.not_understood(line, segment.text(), "a remark that belongs to no specimen")
            }
            Some(specimen) => match specimen.readings.last_mut().filter(|_| self.after_result) {
                Some(reading) => reading.comments.push(comment),
                None => specimen.comments.push(comment),
            },
        }
    }

    fn read_extra(&mut self, line: usize, segment: Segment<'a>) {
        self.about_result(&segment);
        match self.out.specimens.last_mut().filter(|_| self.order.is_some()) {
            Some(specimen) => specimen.extra.push(segment.text().trim_end().to_owned()),
            // Lots and inventory before the order, in an OUL.
            None if self.material.is_some() => self.inventory = self.inventory.or(Some(segment)),
            None => self.not_understood(line, segment.text(), "it belongs to no specimen"),
        }
    }

    /// What stands behind a result is about it: the dilution, and the lots of its reagents.
    fn about_result(&mut self, segment: &Segment<'a>) {
        let specimen = self.out.specimens.last_mut().filter(|_| self.order.is_some());
        let Some(reading) = specimen.and_then(|s| s.readings.last_mut()) else { return };
        match segment.name() {
            "TCD" => {
                let factor = structured(segment.field(2));
                // IHE LAW: `1:0` says that nothing was diluted.
                reading.dilution = Some(factor).filter(|f| !f.is_empty() && f != "1:0");
            }
            "INV" => match (lot_of(segment), &mut reading.lot) {
                (Some(lot), Some(known)) if *known != lot => known.push_str(&format!(", {lot}")),
                (Some(lot), None) => reading.lot = Some(lot),
                _ => {}
            },
            _ => {}
        }
    }

    // --- questions ---

    fn ask(&mut self, line: usize, segment: Segment<'a>, mut query: Query) {
        if query.specimens.is_empty() && !query.all_specimens {
            self.not_understood(line, segment.text(), "a question about no specimen");
        }
        query.echo = self.header.map_or("", |h| h.text()).trim_end().to_owned();
        self.out.queries.push(query);
    }

    fn read_refill(&mut self, line: usize, segment: Segment<'a>) {
        let number = decoded(segment.field(3).component(1));
        let number = number.or_else(|| decoded(segment.field(2).component(1)));
        let query = Query {
            id: self.out.id.clone(),
            specimens: number.into_iter().collect(),
            ..Query::default()
        };
        self.ask(line, segment, query);
    }

    fn read_query_parameters(&mut self, line: usize, segment: Segment<'a>) {
        let name = segment.field(1).component(1);
        let [rack, place] = [4, 5].map(|n| decoded(segment.field(n).component(1)));
        let position = Position { sequence: None, rack, place };
        let query = Query {
            id: decoded(segment.field(2)),
            specimens: decoded(segment.field(3).component(1)).into_iter().collect(),
            all_specimens: name.text() == "WOS_ALL",
            position: (position != Position::default()).then_some(position),
            ..Query::default()
        };
        self.ask(line, segment, query);
    }

    fn read_query_definition(&mut self, line: usize, segment: Segment<'a>) {
        let query = Query {
            id: decoded(segment.field(4)),
            specimens: decoded(segment.field(8).component(1)).into_iter().collect(),
            // Mindray host interface manual: QRD-9 CAN withdraws the question.
            cancel: segment.field(9).text() == "CAN",
            ..Query::default()
        };
        self.ask(line, segment, query);
    }

    fn finish(&mut self) {
        let kind = self.header.map(|h| h.field(9));
        let name = kind.map_or("", |k| k.component(1).text());
        let whole = kind.map_or("", |k| k.text());
        self.out.kind = match name {
            _ if !self.out.queries.is_empty() && !matches!(name, "DSR" | "RSP") => Kind::Query,
            "ORU" | "OUL" => Kind::Results,
            "OML" | "ORM" | "OMG" | "DSR" => Kind::Order,
            "ACK" | "QCK" | "RSP" | "ORR" | "ORL" | "MCF" => Kind::Acknowledgement,
            _ => Kind::Other,
        };
        if self.out.kind == Kind::Other {
            let because = format!("{whole} is not a message between instrument and laboratory");
            self.not_understood(0, whole, &because);
        }
        let empty = self.out.readings().next().is_none();
        if self.out.kind == Kind::Results && empty {
            self.not_understood(0, whole, "it holds no results");
        }
        if self.out.kind == Kind::Order && self.out.specimens.is_empty() {
            self.not_understood(0, whole, "it holds no orders that are read here");
        }
    }
}

/// Segments that say nothing about readings and may stand in any message.
fn is_known(name: &str) -> bool {
    const KNOWN: [&str; 32] = [
        "PV1", "PV2", "PD1", "NK1", "AL1", "DG1", "ORC", "TQ1", "TQ2", "MSA", "ERR", "QAK", "QRF",
        "RCP", "SFT", "DSC", "DSP", "EVN", "EQU", "ROL", "CTD", "IN1", "IN2", "GT1", "FT1", "MRG",
        "PRT", "UAC", "OBR", "SPM", "PID", "SAC",
    ];
    KNOWN.contains(&name)
}
