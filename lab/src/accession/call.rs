//! The call that a critical result asks for: who was called, when, and that it was read back.
//!
//! What must stay true: a call is open from the moment a critical value is filed until somebody
//! who may act on it has read it back; an attempt that reached nobody keeps it open; verifying
//! does not close it.
// critical_value_policy of the bench reference (NPSG.02.03.01 of The Joint Commission): read-back
// is required, attempts are kept with their times, a call is never closed by itself.

use serde::{Deserialize, Serialize};

use crate::people::Actor;
use crate::value::{Moment, ResultId};

/// The call of one test's critical value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The critical version.
    pub result: ResultId,
    /// Since when it is known.
    pub since: Moment,
    /// Every attempt, oldest first, also those about earlier versions.
    pub attempts: Vec<Attempt>,
    /// True until it was read back, or the value turned out not to be critical.
    pub open: bool,
}

/// One try to reach somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The version that was told.
    pub result: ResultId,
    /// When.
    pub at: Moment,
    /// Who called.
    pub by: Actor,
    /// Who was called: name and credential.
    pub called: String,
    /// True where patient, test, value and unit were read back; false where nobody was reached.
    pub read_back: bool,
    /// What the caller adds.
    pub note: String,
}

impl Call {
    /// The call after a new version was filed: open where that is critical, whatever was called
    /// before; closed where it is not.
    #[must_use]
    pub fn after(
        earlier: Option<Call>,
        critical: bool,
        version: (ResultId, Moment),
    ) -> Option<Call> {
        let (result, since) = version;
        match (earlier, critical) {
            (None, false) => None,
            (None, true) => Some(Call { result, since, attempts: Vec::new(), open: true }),
            (Some(call), false) => Some(Call { open: false, ..call }),
            (Some(call), true) => {
                let since = if call.open { call.since } else { since };
                Some(Call { result, since, open: true, ..call })
            }
        }
    }

    /// The attempt that closed it.
    #[must_use]
    pub fn closed_by(&self) -> Option<&Attempt> {
        self.attempts.iter().rev().find(|one| one.read_back).filter(|_| !self.open)
    }
}
