//! A credit: the charge for a test is taken back.
//!
//! What must stay true: only a cancelled test is credited, and once; the reason stands beside it.

use serde::{Deserialize, Serialize};

use crate::people::Actor;
use crate::value::{AccessionId, Moment, TestCode, TestId};

/// The charge for one test, taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// Which test.
    pub test: TestId,
    /// Its accession.
    pub accession: AccessionId,
    /// Its code.
    pub code: TestCode,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
}
