//! What a corrected result takes the place of, and everything a reader of the old one must know.
//!
//! What must stay true: the old version stays as it was filed; the new one repeats what was
//! reported, when and by whom it was released, why it changed and who was told, so that no reader
//! of the new value has to look for the old one.
// 42 CFR 493.1291(k): a corrected report is issued promptly, those who ordered and use the result
// are told, and both reports are kept.

use serde::{Deserialize, Serialize};

use super::{Flag, ResultVersion};
use crate::people::Actor;
use crate::value::{Moment, ResultId, Value};

/// A released version, as the one that follows it tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amends {
    /// The version that was released.
    pub version: ResultId,
    /// What was done to it.
    pub kind: Amendment,
    /// The value as it was reported.
    pub value: Value,
    /// Its unit.
    pub unit: String,
    /// Its flag.
    pub flag: Option<Flag>,
    /// When it was released.
    pub at: Moment,
    /// Who released it.
    pub by: Actor,
    /// Why it was amended, by the catalog's code.
    pub reason: String,
    /// What the person adds to that.
    pub note: String,
    /// Who was told, as the person wrote it.
    pub told: String,
}

/// What was done to a released result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amendment {
    /// The value changed.
    Corrected,
    /// The value stands; words were added.
    Commented,
    /// It should never have been reported on this patient; the place stays, without a value.
    Withdrawn,
    /// It is calculated from a result that was amended.
    Recalculated,
}

impl Amendment {
    /// The word beside the result.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Amendment::Corrected | Amendment::Recalculated => "CORRECTED",
            Amendment::Commented => "AMENDED",
            Amendment::Withdrawn => "REPORTED IN ERROR",
        }
    }
}

/// Everything that was reported before a version, the last first: through every amendment down to
/// the first release.
pub fn reported_before<'a>(
    version: &'a ResultVersion,
    all: &'a [ResultVersion],
) -> impl Iterator<Item = &'a Amends> {
    let next = |told: &&'a Amends| {
        all.iter()
            .find(|old| old.id == told.version && old.version < version.version)?
            .amends
            .as_ref()
    };
    std::iter::successors(version.amends.as_ref(), next).take(all.len())
}

impl Amends {
    /// The old value as it was reported, with unit and flag.
    #[must_use]
    pub fn reported(&self) -> String {
        let flag = self.flag.map_or("", Flag::letters);
        let counted = self.value.is_figure();
        // A unit in braces is a remark of UCUM and no unit.
        let unit = if counted && !self.unit.starts_with('{') { &self.unit } else { "" };
        let all = format!("{} {unit} {flag}", self.value);
        all.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
