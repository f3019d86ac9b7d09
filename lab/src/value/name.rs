//! Names of people and tests, the sex used to choose a reference interval, and how urgent an
//! order is.
//!
//! What must stay true: an unknown sex is unknown, never a default.

use serde::{Deserialize, Serialize};

/// A person's name as printed on a label: family name first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// Family name.
    pub family: String,
    /// Given names.
    pub given: String,
}

impl std::fmt::Display for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.family, self.given)
    }
}

/// Sex for clinical use: the one that chooses reference intervals and formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Not known: intervals that differ by sex give no flag.
    Unknown,
}

impl Sex {
    /// `F`, `M` or `U`, as HL7 table 0001 writes it.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Sex::Female => "F",
            Sex::Male => "M",
            Sex::Unknown => "U",
        }
    }

    /// Reads `F`, `M` or `U`.
    #[must_use]
    pub fn read(text: &str) -> Option<Sex> {
        match text.trim() {
            "F" | "f" => Some(Sex::Female),
            "M" | "m" => Some(Sex::Male),
            "U" | "u" => Some(Sex::Unknown),
            _ => None,
        }
    }
}

/// How urgent an order is, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Priority {
    /// At once.
    Stat,
    /// As soon as possible.
    Asap,
    /// At a stated time: a trough level, a tolerance test.
    Timed,
    /// In the normal course.
    Routine,
}

impl Priority {
    /// The word on screens and labels.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Priority::Stat => "STAT",
            Priority::Asap => "ASAP",
            Priority::Timed => "Timed",
            Priority::Routine => "Routine",
        }
    }

    /// Reads the word, in any case.
    #[must_use]
    pub fn read(text: &str) -> Option<Priority> {
        [Priority::Stat, Priority::Asap, Priority::Timed, Priority::Routine]
            .into_iter()
            .find(|priority| priority.word().eq_ignore_ascii_case(text.trim()))
    }
}

/// The laboratory's own code of a test, a panel or a container, as the catalog spells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TestCode(pub String);

impl TestCode {
    /// The code's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for TestCode {
    fn from(text: &str) -> TestCode {
        TestCode(text.to_owned())
    }
}

impl std::fmt::Display for TestCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
