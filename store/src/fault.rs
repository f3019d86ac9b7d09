//! A fault: the world failed (disk, database, a row that cannot be read), and nothing changed.
//!
//! What must stay true: each level adds its context once; a fault carries no patient data.

/// The world failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    what: String,
}

impl Fault {
    /// A fault, in one sentence.
    #[must_use]
    pub fn new(what: impl std::fmt::Display) -> Fault {
        Fault { what: what.to_string() }
    }

    /// The same fault, with what was being done around it.
    #[must_use]
    pub fn during(self, doing: &str) -> Fault {
        Fault { what: format!("{doing}: {}", self.what) }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {}
