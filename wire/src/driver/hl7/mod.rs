//! The engine of all HL7 families: a dialect is data, reading and writing stand once.
//!
//! What must stay true: where a dialect puts a thing is said once and used by reader and writer
//! alike.

mod answer;
mod part;
mod read;
mod write;

use super::astm::begins_with;
use crate::reading::Nature;
use crate::record::hl7::Segment;
pub(super) use write::redeclared;

/// A place in a segment: field and component counted from 1, component 0 being the whole field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At(pub &'static str, pub usize, pub usize);

/// A mark by which a dialect knows a control or calibrator: the text at a place is this.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(pub At, pub &'static str);

/// How questions about specimens are asked and answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// `ORM^O01` with ORC-1 `RF`, answered by `ORR^O02` (Mindray BC).
    OrderRefill,
    /// `QBP^Q11`, answered by `RSP^K11` (IHE Laboratory Analytical Workflow); the orders follow
    /// as `OML^O33`.
    WorkOrderStep,
    /// `QRY^Q02`, answered by `QCK^Q02` and, if there is something to do, `DSR^Q03` (Mindray BS).
    SampleRequest,
}

/// Where one family puts what.
#[derive(Debug)]
pub(super) struct Dialect {
    /// How MSH-3 or MSH-4 begins, in any case of letters. Empty for the general dialect.
    pub senders: &'static [&'static str],
    /// MSH-3 and MSH-4 when we play the instrument.
    pub sender: [&'static str; 2],
    /// MSH-12.
    pub version: &'static str,
    /// MSH-18.
    pub charset: &'static str,
    /// Where the specimen number is, tried in this order.
    pub specimen: &'static [At],
    /// Where the time of measurement is, tried in this order.
    pub at: &'static [At],
    /// By what a control is known.
    pub controls: &'static [Mark],
    /// By what a calibrator is known.
    pub calibrators: &'static [Mark],
    /// OBR-4 of results.
    pub panel: &'static str,
    /// What sort of thing a result segment is.
    pub nature: fn(&Segment<'_>) -> Nature,
    /// Whether `\Z03BC\` stands for the Unicode character of that number.
    pub unicode_escapes: bool,
    /// OBX-3 component 3 of results we write, by the code.
    pub coding: fn(&str) -> &'static str,
    /// How it asks.
    pub asking: Asking,
}

/// What most families have in common.
pub(super) const PLAIN: Dialect = Dialect {
    senders: &[],
    sender: ["ANALYZER", "LAB"],
    version: "2.5.1",
    charset: "UNICODE UTF-8",
    specimen: &[
        At("OBR", 3, 1),
        At("SPM", 2, 1),
        At("SPM", 2, 2),
        At("SAC", 3, 1),
        At("OBR", 2, 1),
    ],
    at: &[At("OBX", 19, 1), At("OBX", 14, 1), At("OBR", 7, 1), At("OBR", 22, 1)],
    // HL7 table 0103: processing id Q; table 0369: specimen role Q control, C calibrator.
    controls: &[Mark(At("MSH", 11, 1), "Q"), Mark(At("SPM", 11, 1), "Q")],
    calibrators: &[Mark(At("SPM", 11, 1), "C")],
    panel: "CHEM^Chemistry^L",
    nature: plain_nature,
    unicode_escapes: false,
    coding: plain_coding,
    asking: Asking::WorkOrderStep,
};

impl Dialect {
    /// Whether the sender of a header is of this family.
    pub(super) fn claims(&self, header: &Segment<'_>) -> bool {
        [3, 4].iter().any(|field| {
            let sender = header.field(*field);
            self.senders.iter().any(|known| begins_with(sender.text(), known))
        })
    }
}

/// Encapsulated data are pictures; IHE's supplemental results are signals.
pub(super) fn plain_nature(segment: &Segment<'_>) -> Nature {
    match segment.field(2).text() {
        "ED" | "RP" => Nature::Image,
        _ if segment.field(3).component(4).text() == "S_OTHER" => Nature::Signal,
        _ => Nature::Result,
    }
}

/// LOINC codes are digits, a hyphen and a check digit; all else is the laboratory's own.
pub(super) fn plain_coding(code: &str) -> &'static str {
    let loinc = code.split_once('-').is_some_and(|(number, check)| {
        let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        digits(number) && digits(check) && check.len() == 1
    });
    if loinc { "LN" } else { "L" }
}
