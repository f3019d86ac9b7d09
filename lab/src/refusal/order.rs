//! How the laboratory says no about an order.
//!
//! What must stay true: as for every refusal; an order in doubt can be placed all the same, each
//! doubt confirmed, with a reason.

use serde::{Deserialize, Serialize};

use crate::accession::{Doubt, DoubtKind};

/// The laboratory says no about an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AboutOrder {
    /// Something about the order is doubted; each doubt has its own code.
    InDoubt {
        /// The doubts, at least one.
        doubts: Vec<Doubt>,
    },
    /// A time that must be still to come lies in the past.
    PastTime {
        /// The field, in the words of the screen.
        field: String,
    },
    /// A time lies before the patient was born.
    BeforeBirth {
        /// The field, in the words of the screen.
        field: String,
    },
    /// No test of the order can be cancelled any more.
    NothingToCancel,
    /// The test was credited before.
    AlreadyCredited {
        /// The test's code.
        code: String,
    },
}

impl AboutOrder {
    /// The code for programs; that of the first doubt where there are several.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            AboutOrder::InDoubt { doubts } => first_of(doubts.as_slice()).code(),
            AboutOrder::PastTime { .. } => "PastTime",
            AboutOrder::BeforeBirth { .. } => "BeforeBirth",
            AboutOrder::NothingToCancel => "NothingToCancel",
            AboutOrder::AlreadyCredited { .. } => "AlreadyCredited",
        }
    }

    /// What is the case, in one sentence; one for each doubt.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            AboutOrder::InDoubt { doubts } => {
                let all: Vec<&str> = doubts.iter().map(|one| one.sentence.as_str()).collect();
                all.join(" ")
            }
            AboutOrder::PastTime { field } => format!("{field} lies in the past."),
            AboutOrder::BeforeBirth { field } => {
                format!("{field} lies before the patient was born.")
            }
            AboutOrder::NothingToCancel => {
                "No test of this order can be cancelled any more.".into()
            }
            AboutOrder::AlreadyCredited { code } => format!("{code} was credited before."),
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            AboutOrder::InDoubt { doubts } => first_of(doubts.as_slice()).remedy(),
            AboutOrder::PastTime { .. } => "Give a time still to come, or order it as routine.",
            AboutOrder::BeforeBirth { .. } => "Correct the time, or the birth date.",
            AboutOrder::NothingToCancel => "Correct what was released; credit what was cancelled.",
            AboutOrder::AlreadyCredited { .. } => "Nothing is left to do.",
        }
    }
}

/// The doubt that gives the refusal its code.
const fn first_of(doubts: &[Doubt]) -> DoubtKind {
    match doubts {
        [first, ..] => first.kind,
        [] => DoubtKind::DuplicateOrder,
    }
}
