//! What can happen to the laboratory's papers: who it is on them, and which went out.
//!
//! What must stay true: a report that went out is named for ever, with its results.

use serde::{Deserialize, Serialize};

use crate::issue::Issue;
use crate::letterhead::Letterhead;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportEvent {
    /// The laboratory's name, address or director was set.
    LaboratoryNamed(Letterhead),
    /// A report went out.
    ReportIssued(Box<Issue>),
}
