//! Call: a critical value is told to somebody who can act on it, and is read back.
//!
//! Refusals of `RecordCall`, in this order: `Missing` who was called; `NoSuch` test;
//! `ChangedMeanwhile`; `NoCallNeeded` where no critical value is open; `ImpossibleTime` before the
//! value was known or in the future. It happens: `CriticalCalled`.
//!
//! What must stay true: a call is told to a person by name; only a read-back closes it; the call
//! may be made before the result is verified, and verifying does not wait for it.

use super::meanwhile::{Found, looked, unchanged};
use super::written::filled;
use crate::accession::{Attempt, Looked};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, ResultEvent};
use crate::refusal::Refusal;
use crate::value::{Moment, TestId};

/// Record a call about a critical value: who was called, when, and whether patient, test, value and
/// unit were read back. An attempt that reached nobody is recorded too; the call stays open.
#[derive(Clone, Debug)]
pub struct RecordCall {
    /// Which test.
    pub test: TestId,
    /// The test as it was looked at.
    pub looked_at: Looked,
    /// Who was called: name and credential, such as `R. Adeyemi, RN`.
    pub called: String,
    /// When; `None` for now.
    pub at: Option<Moment>,
    /// True where it was read back; false where nobody was reached.
    pub read_back: bool,
    /// What the caller adds.
    pub note: String,
}

impl Decide for RecordCall {
    type Sees = Found;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        looked(look, (self.test, self.looked_at), setting)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let called = filled("Who was called", &self.called)?;
        let test = unchanged(seen, self.test)?;
        let call = test.call.filter(|call| call.open);
        let call = call.ok_or(Refusal::NoCallNeeded { code: test.code.0 })?;
        let at = self.at.unwrap_or(setting.now);
        if at > setting.now || at < call.since {
            return Err(Refusal::ImpossibleTime { field: "Called at".into() });
        }
        let attempt = Attempt {
            result: call.result,
            at,
            by: setting.actor,
            called,
            read_back: self.read_back,
            note: self.note.trim().to_owned(),
        };
        Ok(vec![Event::Result(ResultEvent::CriticalCalled { test: self.test, attempt })])
    }
}
