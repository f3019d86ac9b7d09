//! What can happen to a result.
//!
//! What must stay true: a result is filed once and never changed; deciding about it is an event
//! of its own that names the version decided on.

use serde::{Deserialize, Serialize};

use crate::accession::ResultVersion;
use crate::people::Actor;
use crate::value::{Moment, ResultId, TestId};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResultEvent {
    /// A result version was filed.
    ResultFiled(Box<ResultVersion>),
    /// A result was verified and released.
    ResultVerified {
        /// Which test.
        test: TestId,
        /// Which version.
        result: ResultId,
        /// When.
        at: Moment,
        /// By whom.
        by: Actor,
        /// The reason where it was held.
        reason: String,
    },
    /// A person holds a result.
    ResultHeld {
        /// Which test.
        test: TestId,
        /// Why.
        reason: String,
    },
    /// A test is to be run again.
    RerunRequested {
        /// Which test.
        test: TestId,
        /// Why.
        reason: String,
    },
}
