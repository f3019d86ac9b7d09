//! Answers to an instrument's questions as HL7 messages.
//!
//! What must stay true: a question gets an answer that names it, also when nothing is known; the
//! texts are in the instrument's own codes.

use super::write::{Cover, Row, wire_time};
use super::{Asking, Dialect};
use crate::reading::Query;
use crate::record::hl7::{self, Separators};
use crate::value;
use crate::worklist::{Answer, Patient, Priority};

impl Dialect {
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
        self.declared(out)
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
    pub(super) fn sample_request(&self, query: &Query, at: &str, out: &mut String) {
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

// IHE Laboratory Analytical Workflow, LAB-28: orders by specimen.
impl Dialect {
    /// Orders that nobody asked for just now, where the family takes such.
    pub(in crate::driver) fn download(&self, answers: &[Answer], now: &str) -> Option<Vec<u8>> {
        if self.asking != Asking::WorkOrderStep {
            return None;
        }
        let mut out = String::new();
        let at = value::wire_time(now);
        let first = answers.first().map_or("", |answer| answer.specimen.as_str());
        let id = format!("{at}-{first}");
        let cover = Cover {
            sender: ["LIS", ""],
            receiver: self.sender,
            at: &at,
            kind: "OML^O33^OML_O33",
            id: &id,
            processing: "P",
            result_kind: "",
        };
        self.header(&cover, &mut out);
        for (index, answer) in answers.iter().enumerate() {
            work_order(answer, index + 1, &mut out);
        }
        Some(self.declared(out))
    }
}

fn work_order(answer: &Answer, sequence: usize, out: &mut String) {
    patient(answer.patient.as_ref(), out);
    let mut row = Row::new("SPM");
    row.put(1, sequence.to_string());
    row.set(2, Some(&answer.specimen));
    row.set(4, answer.material.as_deref());
    // HL7 table 0369: P patient, U unknown.
    row.put(11, if answer.tests.is_empty() { "U" } else { "P" });
    row.end(out);
    let mut row = Row::new("SAC");
    row.set(3, Some(&answer.specimen));
    row.end(out);
    if answer.tests.is_empty() {
        // LAW: DC, there is nothing to be done.
        out.push_str("ORC|DC\r");
        return;
    }
    for (index, test) in answer.tests.iter().enumerate() {
        out.push_str("ORC|NW\r");
        let mut row = Row::new("TQ1");
        // HL7 table 0485.
        row.put(9, if answer.priority == Priority::Stat { "S^^HL70485" } else { "R^^HL70485" });
        row.end(out);
        let mut row = Row::new("OBR");
        // The number of this step of work, given back in OBR-2 of the result.
        row.set(2, Some(&format!("{}.{}", answer.specimen, index + 1)));
        row.set(4, Some(test));
        row.end(out);
    }
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
