//! The engine of all ASTM families: a dialect is data, reading and writing stand once.
//!
//! What must stay true: where a dialect puts a thing is said once and used by reader and writer
//! alike.

mod read;
mod write;

use crate::reading::{Nature, SpecimenKind};
use crate::record::astm::{Field, Record};

/// A place in a record: field and component counted from 1, component 0 being the whole field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At(pub char, pub usize, pub usize);

/// The place of what a family does not send.
pub(super) const NOWHERE: At = At(' ', 0, 0);

/// A mark by which a dialect knows a control or calibrator: the text at a place begins so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(pub At, pub &'static str);

/// How the test id names its test.
#[derive(Clone, Copy, Debug)]
pub(super) struct TestId {
    /// The component with the code.
    pub code: usize,
    /// The component with the name, 0 for none.
    pub name: usize,
    /// The component with the dilution, 0 for none.
    pub dilution: usize,
    /// Whether the code component reads `code/dilution/predilution`.
    pub slashed: bool,
    /// What fills the component after the code when a result is written, if anything.
    pub tail: &'static str,
}

/// A test id `^^^code` and nothing else of interest.
pub(super) const CODE_4: TestId =
    TestId { code: 4, name: 0, dilution: 0, slashed: false, tail: "" };

/// What an answer repeats of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Echo {
    /// Nothing but the number.
    Number,
    /// Q.3 as it was sent, in O.3.
    Whole,
    /// What follows the number in Q.3, in O.4.
    Rest,
}

/// Where one family puts what.
#[derive(Debug)]
pub(super) struct Dialect {
    /// How a component of H.5 begins, in any case of letters. Empty for the general dialect.
    pub senders: &'static [&'static str],
    /// What H.5 says when we play the instrument.
    pub sender: &'static str,
    /// Where the specimen number is, tried in this order.
    pub specimen: &'static [At],
    /// Where running number, rack and place are.
    pub position: Option<[At; 3]>,
    /// Where it is said how the number was read.
    pub read_by: Option<At>,
    /// The test id in R.3.
    pub result_test: TestId,
    /// How the code of a result is made of its test id, where that takes more than a component.
    pub code: Option<fn(Field<'_>) -> String>,
    /// Whether a second result under the same code but another test id must be told apart from
    /// the first by its whole id. A family whose ids are known says no.
    pub whole_ids: bool,
    /// The code's component in O.5.
    pub order_test: usize,
    /// Whether R.4 may hold `qualitative^quantitative`.
    pub paired: bool,
    /// Where the time of measurement is, tried in this order.
    pub at: &'static [At],
    /// By what a control is known.
    pub controls: &'static [Mark],
    /// By what a calibrator is known.
    pub calibrators: &'static [Mark],
    /// What the specimen number itself says, where controls are known by name.
    pub kind_of_number: fn(&str) -> Option<SpecimenKind>,
    /// What sort of thing a result record is.
    pub nature: fn(&Record<'_>) -> Nature,
    /// Marks of a missing value beyond the common ones.
    pub sentinels: &'static [&'static str],
    /// The component of Q.3 with the specimen number.
    pub query_specimen: usize,
    /// The components of Q.3 with running number, rack and place, 0 for none.
    pub query_position: Option<[usize; 3]>,
    /// Q.13 of a question.
    pub query_status: &'static str,
    /// H.11 of results, questions and our answers.
    pub message_names: [&'static str; 3],
    /// What an answer repeats of the question.
    pub echo: Echo,
    /// The terminator of an answer.
    pub last: &'static str,
    /// Where the number of the run of a result is.
    pub run: At,
    /// Where the lot of the reagent of a result is.
    pub lot: At,
    /// The codes of the results that a flag is about; none is about all.
    pub concerns: fn(&str) -> &'static [&'static str],
    /// The width to which the specimen number is padded on the left when written, 0 for none.
    pub pad: usize,
}

/// All that is as the standard has it; a family says only what differs.
pub(super) const PLAIN: Dialect = Dialect {
    senders: &[],
    sender: "ANALYZER",
    specimen: &[At('O', 3, 1)],
    position: None,
    read_by: None,
    result_test: CODE_4,
    code: None,
    whole_ids: true,
    order_test: 4,
    paired: false,
    at: &[At('R', 13, 1), At('R', 12, 1)],
    // CLSI LIS02-A2 8.4.12: action code Q is a specimen for quality control; 6.12: processing id Q.
    controls: &[Mark(At('O', 12, 1), "Q"), Mark(At('H', 12, 1), "Q")],
    calibrators: &[],
    kind_of_number: |_| None,
    nature: |_| Nature::Result,
    sentinels: &[],
    query_specimen: 2,
    query_position: None,
    query_status: "O",
    message_names: ["", "", ""],
    echo: Echo::Number,
    last: "N",
    run: NOWHERE,
    lot: NOWHERE,
    concerns: |_| &[],
    pad: 0,
};

impl Dialect {
    /// Whether the sender of a header is of this family.
    pub(super) fn claims(&self, header: &Record<'_>) -> bool {
        header.field(5).components().any(|component| {
            let text = component.text();
            self.senders.iter().any(|known| begins_with(text, known))
        })
    }
}

/// Whether a text begins so, in any case of letters.
pub(super) fn begins_with(text: &str, begin: &str) -> bool {
    text.get(..begin.len()).is_some_and(|text| text.eq_ignore_ascii_case(begin))
}
