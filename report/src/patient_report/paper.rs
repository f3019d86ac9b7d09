//! A patient report in words: what stands on it, before a page or a sheet of paper gives it a form.
//!
//! What must stay true: page and paper are made from this and from nothing else, so that they say
//! the same.

use super::PatientReport;
use super::arrange::Arranged;
use super::{heading, results, signature};
use crate::text::Text;

/// Everything that stands on a report, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What the document is, as a title.
    pub title: String,
    /// The head of each sheet.
    pub head: Head,
    /// Who asked for what, and when things happened.
    pub facts: Vec<Fact>,
    /// The specimens.
    pub specimens: Vec<SpecimenLine>,
    /// What must be seen first: corrections, critical results.
    pub notices: Vec<Text>,
    /// The results, bench by bench.
    pub sections: Vec<Section>,
    /// Below the results.
    pub foot: Vec<Text>,
    /// The last line.
    pub end: String,
}

/// The head of each sheet: laboratory, state of the report, patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The laboratory's name.
    pub laboratory: String,
    /// Its address in one line.
    pub address: String,
    /// Telephone, director and certificate in one line.
    pub contact: String,
    /// Preliminary, final, corrected or cancelled.
    pub word: &'static str,
    /// The same in a few words more.
    pub standing: String,
    /// The patient's name.
    pub name: String,
    /// Record number, birth date, sex, accession.
    pub identifiers: Vec<Fact>,
}

/// Something with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: &'static str,
    /// How it is.
    pub value: String,
}

/// One specimen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecimenLine {
    /// The number on its container.
    pub label: String,
    /// What it is, and the container.
    pub source: String,
    /// When it was taken.
    pub collected: String,
    /// When it was received.
    pub received: String,
    /// In what condition it came, and whether it was rejected.
    pub condition: Text,
}

/// The results of one bench.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The bench.
    pub title: String,
    /// Its single tests, then its panels.
    pub blocks: Vec<Block>,
}

/// The results of one panel, or of tests ordered by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The panel's name.
    pub panel: Option<String>,
    /// One line for each test.
    pub lines: Vec<TestLine>,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestLine {
    /// Its name.
    pub name: String,
    /// Its result, or why there is none.
    pub said: Said,
    /// What is written below it: an interval too long for its column, corrections, comments.
    pub notes: Vec<Text>,
}

/// A result, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A result.
    Result(Box<ResultLine>),
    /// Pending or not performed, and why.
    Instead(String),
}

/// A result in its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultLine {
    /// How it is printed.
    pub weight: Weight,
    /// The value.
    pub value: Value,
    /// H, L and their kin.
    pub flag: &'static str,
    /// The unit as it is printed.
    pub unit: String,
    /// The reference interval.
    pub interval: String,
    /// The earlier value, with its day and change.
    pub previous: Option<Previous>,
    /// By which instrument, or how else.
    pub method: String,
}

/// A value as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Figures before the decimal mark, and the mark with what follows.
    Figures(String, String),
    /// Words; where `across`, over the columns of flag and unit too.
    Words {
        /// The words.
        words: String,
        /// True where neither flag nor unit stands beside it.
        across: bool,
    },
}

/// How heavily a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Plain.
    Normal,
    /// In bold.
    Abnormal,
    /// In bold with its flag in a frame.
    Critical,
}

/// The earlier value of the same test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previous {
    /// As reported.
    pub value: String,
    /// Its day.
    pub day: String,
    /// The change, where it exceeds the laboratory's limit.
    pub change: Option<String>,
}

impl Words {
    /// What stands on a report.
    #[must_use]
    pub fn of(report: &PatientReport<'_>) -> Words {
        let arranged = Arranged::of(report);
        Words {
            title: format!("Report {} {}", report.accession.label, report.patient.name),
            head: heading::running(report, &arranged),
            facts: heading::facts(report, &arranged),
            specimens: heading::specimens(report),
            notices: results::notices(report, &arranged),
            sections: results::sections(report, &arranged),
            foot: signature::foot(report, &arranged),
            end: format!("End of report {}", report.accession.label),
        }
    }
}

/// The columns of the results.
pub const COLUMNS: [&str; 7] =
    ["Test", "Result", "Flag", "Unit", "Reference interval", "Previous", "Method"];

/// The columns of the specimens.
pub const SPECIMEN_COLUMNS: [&str; 5] =
    ["Specimen", "Source and container", "Collected", "Received", "Condition"];
