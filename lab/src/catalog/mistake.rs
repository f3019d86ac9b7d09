//! What is wrong in a file of the catalog, where, and how to mend it.

use std::fmt;

/// One mistake in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file's name as given, such as `catalog/chemistry.toml`.
    pub file: String,
    /// Line, counted from one.
    pub line: u32,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; mend: {}", self.file, self.line, self.what, self.mend)
    }
}

impl std::error::Error for Mistake {}

/// Where an entry stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: u32,
}

impl Place {
    /// A mistake at this place.
    pub(super) fn mistake(&self, what: impl Into<String>, mend: impl Into<String>) -> Mistake {
        Mistake {
            file: self.file.clone(),
            line: self.line,
            what: what.into().replace('\n', " "),
            mend: mend.into().replace('\n', " "),
        }
    }
}
