//! A report that went out: which results stood on it, for whom, when, and under which letterhead.
//!
//! What must stay true: an issued report is never changed; it can be made again as it went out,
//! since results are kept for ever and everything else is folded from the journal up to its entry.
// 42 CFR 493.1291(j) and (k): exact duplicates of original and corrected reports are kept.

use serde::{Deserialize, Serialize};

use crate::accession::{Test, TestState};
use crate::letterhead::Letterhead;
use crate::patient::Patient;
use crate::people::Actor;
use crate::value::{AccessionId, IssueId, Moment, ResultId};

/// One report as it went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Identity.
    pub id: IssueId,
    /// The accession reported.
    pub accession: AccessionId,
    /// 1 for the first report of the accession.
    pub number: u32,
    /// When it went out.
    pub at: Moment,
    /// Who sent it.
    pub by: Actor,
    /// For whom.
    pub to: String,
    /// Whether more was to come.
    pub standing: ReportState,
    /// The patient as named on it.
    pub patient: Patient,
    /// The laboratory as named on it.
    pub letterhead: Letterhead,
    /// The results on it, by the order of their tests.
    pub results: Vec<ResultId>,
}

/// What a report is as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportState {
    /// Tests are pending.
    Preliminary,
    /// Nothing is pending.
    Final,
    /// A result on it was reported otherwise before.
    Corrected,
    /// Every test was cancelled.
    Cancelled,
}

impl ReportState {
    /// The word at the head of the report.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            ReportState::Preliminary => "PRELIMINARY",
            ReportState::Final => "FINAL",
            ReportState::Corrected => "CORRECTED",
            ReportState::Cancelled => "CANCELLED",
        }
    }

    /// What a report of these tests is; `corrected` where one of its results was reported
    /// otherwise before.
    #[must_use]
    pub fn of(tests: &[Test], corrected: bool) -> ReportState {
        let open = |test: &&Test| test.state != TestState::Cancelled && test.verified.is_none();
        if corrected {
            ReportState::Corrected
        } else if tests.iter().any(|test| open(&test)) {
            ReportState::Preliminary
        } else if reported(tests).next().is_some() {
            ReportState::Final
        } else {
            ReportState::Cancelled
        }
    }
}

/// The versions that a report of these tests gives, in their order: what was verified, and what is
/// told before it is final.
pub fn reported(tests: &[Test]) -> impl Iterator<Item = ResultId> {
    let stands = |test: &&Test| test.state != TestState::Cancelled;
    let told = |test: &Test| test.verified.or(test.preliminary);
    tests.iter().filter(stands).filter_map(told).map(|told| told.result)
}
