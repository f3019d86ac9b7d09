//! What can happen to a result.
//!
//! What must stay true: a result is filed once and never changed; deciding about it is an event
//! of its own that names the version decided on.

use serde::{Deserialize, Serialize};

use crate::accession::{Attempt, ResultVersion, Touched};
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
        /// Why a rule released it, in one sentence; empty where a person did.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        rule: String,
    },
    /// A person holds a result.
    ResultHeld {
        /// Which test.
        test: TestId,
        /// Why.
        reason: String,
        /// When and by whom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Touched>,
    },
    /// A test is to be run again.
    RerunRequested {
        /// Which test.
        test: TestId,
        /// Why.
        reason: String,
        /// When and by whom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Touched>,
    },
    /// A reading came after another value was released; the released one stands.
    LateResultFiled(Box<ResultVersion>),
    /// A person decided that a later reading changes nothing.
    LateResultDismissed {
        /// Which test.
        test: TestId,
        /// The reading.
        result: ResultId,
        /// Why.
        reason: String,
        /// When and by whom.
        by: Touched,
    },
    /// A released result was amended: this version stands in its place.
    ResultAmended(Box<ResultVersion>),
    /// Somebody was called about a critical value, or could not be reached.
    CriticalCalled {
        /// Which test.
        test: TestId,
        /// Who was called, when, and whether it was read back.
        attempt: Attempt,
    },
}
