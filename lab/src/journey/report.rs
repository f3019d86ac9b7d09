//! Report: who the laboratory is on its papers, and what went out to whom.
//!
//! What must stay true: a report goes out as it was looked at: a result that came or changed
//! meanwhile is seen first; a letterhead without name, address or director is refused.

use crate::accession::Test;
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, ReportEvent};
use crate::issue::{Issue, ReportState, reported};
use crate::letterhead::Letterhead;
use crate::patient::Patient;
use crate::refusal::Refusal;
use crate::value::{AccessionId, IssueId, ResultId};

/// Set the laboratory's name, address, director and certificate, as its papers print them.
#[derive(Clone, Debug, Default)]
pub struct NameLaboratory {
    /// What is printed from now on.
    pub letterhead: Letterhead,
}

impl Decide for NameLaboratory {
    type Sees = ();

    fn look<L: Look>(&self, _: &L, _: &Setting<'_>) -> Result<(), L::Fault> {
        Ok(())
    }

    fn decide(&self, (): (), _: &Setting<'_>) -> Decision {
        let letterhead = self.letterhead.tidy();
        for (field, empty) in [
            ("Name", letterhead.name.is_empty()),
            ("Address", letterhead.address.is_empty()),
            ("Director", letterhead.director.is_empty()),
        ] {
            if empty {
                return Err(Refusal::Missing { field: field.into() });
            }
        }
        if !letterhead.certificate_fits() {
            return Err(Refusal::Unreadable {
                field: "Certificate".into(),
                expected: "CLIA and ten characters, such as CLIA 20D0000000".into(),
            });
        }
        Ok(vec![Event::Report(ReportEvent::LaboratoryNamed(letterhead))])
    }
}

/// Issue the report of an accession as it was looked at, to somebody.
#[derive(Clone, Debug)]
pub struct IssueReport {
    /// Which accession.
    pub accession: AccessionId,
    /// For whom.
    pub to: String,
    /// The results that stood on it when it was looked at, by the order of their tests.
    pub looked_at: Vec<ResultId>,
    /// The laboratory as it is named on it.
    pub letterhead: Letterhead,
}

/// What is looked at before a report goes out.
#[derive(Clone, Debug)]
pub struct Reportable {
    patient: Patient,
    tests: Vec<Test>,
    issued: u32,
    corrected: bool,
}

impl Decide for IssueReport {
    type Sees = Option<Reportable>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(accession) = look.accession(self.accession)? else { return Ok(None) };
        let Some(patient) = look.patient(accession.patient)? else { return Ok(None) };
        let tests = look.tests_of(self.accession)?;
        let mut corrected = false;
        for result in reported(&tests) {
            let version = look.result(result)?;
            corrected |= version.is_some_and(|version| version.amends.is_some());
        }
        let issued = look.last_issue(self.accession)?.map_or(0, |issue| issue.number);
        Ok(Some(Reportable { patient, tests, issued, corrected }))
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let seen = seen.ok_or_else(|| Refusal::NoSuch {
            what: "accession".into(),
            name: self.accession.to_string(),
        })?;
        let to = self.to.trim().to_owned();
        if to.is_empty() {
            return Err(Refusal::Missing { field: "For whom".into() });
        }
        if let Some(code) = changed(&seen.tests, &self.looked_at) {
            return Err(Refusal::Changed { code });
        }
        Ok(vec![Event::Report(ReportEvent::ReportIssued(Box::new(Issue {
            id: IssueId(setting.fresh()),
            accession: self.accession,
            number: seen.issued + 1,
            at: setting.now,
            by: setting.actor,
            to,
            standing: ReportState::of(&seen.tests, seen.corrected),
            patient: seen.patient,
            letterhead: self.letterhead.clone(),
            results: self.looked_at.clone(),
        })))])
    }
}

/// The first test whose result is another than the one that was looked at.
fn changed(tests: &[Test], looked_at: &[ResultId]) -> Option<String> {
    let now: Vec<ResultId> = reported(tests).collect();
    if now == looked_at {
        return None;
    }
    let other = |test: &&Test| {
        reported(std::slice::from_ref(*test)).any(|result| !looked_at.contains(&result))
    };
    let gone = || "a result that was cancelled".to_owned();
    Some(tests.iter().find(other).map_or_else(gone, |test| test.code.to_string()))
}
