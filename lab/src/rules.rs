//! Whether the rules of the catalog release results here: one row, off until a director says so.
//!
//! What must stay true: without the row nothing is released by a rule; whoever turned the rules on
//! or off last is named, with the reason.

use serde::{Deserialize, Serialize};

use crate::people::Actor;
use crate::value::Moment;

/// Whether the rules of release are at work.
// CAP laboratory general checklist, autoverification: results are held at once when somebody
// suspends it; ISO 15189:2022 7.4.1.5: a process for rapid suspension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSwitch {
    /// True while they release.
    pub on: bool,
    /// Why it was turned so.
    pub reason: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
}

impl RuleSwitch {
    /// The number of its one row.
    pub const ROW: i64 = 1;
}
