//! What the rules of release said of a result when it was filed.
//!
//! What must stay true: it is made once, with the version, and kept with it for ever; only
//! [`Verdict::Release`] releases.

use serde::{Deserialize, Serialize};

/// What a rule of the catalog said of one result version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The rule, by its name in the catalog release that the version names.
    pub rule: String,
    /// What it came to.
    pub verdict: Verdict,
    /// Why, in words: what it was judged by, or everything that stood against it.
    pub because: String,
}

/// What a rule came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Every condition is met: the rule releases it.
    Release,
    /// A condition is not met: a person decides.
    Hold,
    /// No condition is broken, and one cannot be answered: a person decides.
    Unknown,
}

impl Ruling {
    /// True where the rule releases the result.
    #[must_use]
    pub const fn releases(&self) -> bool {
        matches!(self.verdict, Verdict::Release)
    }

    /// Why it was released or not, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (rule, because) = (&self.rule, &self.because);
        match self.verdict {
            Verdict::Release => format!("Released by the rule {rule}: {because}."),
            Verdict::Hold => format!("Not released by the rule {rule}: {because}."),
            Verdict::Unknown => format!("The rule {rule} cannot tell: {because}."),
        }
    }
}
