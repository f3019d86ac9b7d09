//! Reports that went out: the list of an accession, and one of them as it went out.
//!
//! What must stay true: a copy is made from the journal up to the entry of its issue, so that
//! whatever happened afterwards is not on it.

use lab::accession::{Accession, ResultVersion, Specimen, Test};
use lab::event::{Event, ReportEvent, apply};
use lab::issue::Issue;
use lab::laboratory::Laboratory;
use lab::letterhead::Letterhead;
use lab::value::AccessionId;

use super::whole::{Names, Whole, names};
use crate::cell::Cell;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::journal;
use crate::table::{find, get};

/// The most reports of one accession that are listed.
const LISTED: i64 = 50;
/// The most journal entries of one accession from which a copy is made.
const ENTRIES: u32 = 2_000;

/// The laboratory's letterhead, once somebody has set it.
///
/// # Errors
/// The database failed.
pub fn letterhead(sql: &(impl Sql + ?Sized)) -> Result<Option<Letterhead>, Fault> {
    get(sql, Letterhead::ROW)
}

/// The newest reports of an accession that went out, newest first.
///
/// # Errors
/// The database failed.
pub fn issues_of(sql: &(impl Sql + ?Sized), accession: AccessionId) -> Result<Vec<Issue>, Fault> {
    let given = [Cell::Int(accession.0), Cell::Int(LISTED)];
    find(sql, "accession=?2 ORDER BY number DESC LIMIT ?3", &given)
}

/// The accession as it stood when a report went out.
///
/// # Errors
/// The database failed, or the journal of the accession does not reach back to the order.
pub fn as_issued(sql: &(impl Sql + ?Sized), issue: &Issue) -> Result<Whole, Fault> {
    let mut laboratory = Laboratory::default();
    let mut entries = journal::about(sql, issue.accession.0, ENTRIES)?;
    entries.reverse();
    'journal: for entry in entries {
        for event in entry.happened()? {
            if matches!(&event, Event::Report(ReportEvent::ReportIssued(one)) if one.id == issue.id)
            {
                break 'journal;
            }
            // One entry may also tell of other accessions, whose rows are not here.
            let _ = apply(&event, &mut laboratory);
        }
    }
    folded(&laboratory, issue, names(sql)?)
}

/// What the fold left of the accession, under the patient whose it was: a merge tells of other
/// accessions too, and cannot be folded here.
fn folded(laboratory: &Laboratory, issue: &Issue, names: Names) -> Result<Whole, Fault> {
    let (own, patient) = (issue.accession, issue.patient.id);
    let accession = laboratory.all().find(|row: &Accession| row.id == own);
    let accession = accession
        .ok_or_else(|| Fault::new("the journal of this accession does not reach to its order"))?;
    let tests = laboratory.all().filter(|row: &Test| row.accession == own);
    let results = laboratory.all().filter(|row: &ResultVersion| row.accession == own);
    Ok(Whole {
        accession: Accession { patient, ..accession },
        patient: issue.patient.clone(),
        specimens: laboratory.all().filter(|row: &Specimen| row.accession == own).collect(),
        tests: tests.map(|row| Test { patient, ..row }).collect(),
        results: results.map(|row| ResultVersion { patient, ..row }).collect(),
        names,
    })
}
