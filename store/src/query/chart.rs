//! One patient's verified results over time: by order, and one test by itself.
//!
//! What must stay true: only what was verified is there, in the version that stands; a list ends
//! after so many orders or results, newest first, and goes on from the oldest of them.

use lab::accession::{Accession, ResultVersion, Specimen, Test};
use lab::command::Look;
use lab::value::{AccessionId, Moment, PatientId, TestCode};

use crate::cell::Cell;
use crate::desk::DatabaseLook;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::find;

/// What was verified of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The order.
    pub accession: Accession,
    /// When the first of its specimens was taken.
    pub collected_at: Option<Moment>,
    /// Its verified tests with the version that stands.
    pub results: Vec<(Test, ResultVersion)>,
}

/// One verified result of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The order.
    pub accession: Accession,
    /// When its specimen was taken.
    pub collected_at: Option<Moment>,
    /// The test.
    pub test: Test,
    /// The version that stands.
    pub result: ResultVersion,
}

/// A patient's newest orders with verified results, up to `most`, from before `before` on.
///
/// # Errors
/// The database failed.
pub fn chart_of(
    sql: &(impl Sql + ?Sized),
    patient: PatientId,
    before: Option<AccessionId>,
    most: u32,
) -> Result<Vec<Draw>, Fault> {
    let given = [
        Cell::Int(patient.0),
        Cell::Int(before.map_or(i64::MAX, |id| id.0)),
        Cell::Int(i64::from(most)),
    ];
    // `+verified_at`: of the tests of an order, never of all that were ever verified.
    let accessions: Vec<Accession> = find(
        sql,
        "patient=?2 AND id<?3 AND EXISTS (SELECT 1 FROM test t WHERE t.lab=accession.lab \
         AND t.accession=accession.id AND +t.verified_at IS NOT NULL) ORDER BY id DESC LIMIT ?4",
        &given,
    )?;
    accessions.into_iter().map(|accession| draw(sql, accession)).collect()
}

fn draw(sql: &(impl Sql + ?Sized), accession: Accession) -> Result<Draw, Fault> {
    let number = [Cell::Int(accession.id.0)];
    let tests: Vec<Test> =
        find(sql, "accession=?2 AND +verified_at IS NOT NULL ORDER BY id", &number)?;
    let versions: Vec<ResultVersion> = find(
        sql,
        "id IN (SELECT verified_result FROM test WHERE lab=?1 AND accession=?2 \
         AND +verified_at IS NOT NULL)",
        &number,
    )?;
    let specimens: Vec<Specimen> = find(sql, "accession=?2", &number)?;
    let with_result = |test: Test| {
        let verified = test.verified?.result;
        let result = versions.iter().find(|result| result.id == verified)?.clone();
        Some((test, result))
    };
    Ok(Draw {
        accession,
        collected_at: specimens.iter().filter_map(|specimen| specimen.collected_at).min(),
        results: tests.into_iter().filter_map(with_result).collect(),
    })
}

/// A patient's newest verified results of one test, up to `most`, newest first.
///
/// # Errors
/// The database failed.
pub fn trend_of(
    sql: &(impl Sql + ?Sized),
    patient: PatientId,
    code: &TestCode,
    most: u32,
) -> Result<Vec<Point>, Fault> {
    let given = [Cell::Int(patient.0), Cell::text(code.as_str()), Cell::Int(i64::from(most))];
    let tests: Vec<Test> = find(
        sql,
        "patient=?2 AND code=?3 AND verified_at IS NOT NULL ORDER BY verified_at DESC LIMIT ?4",
        &given,
    )?;
    let look = DatabaseLook(sql);
    let mut points = Vec::new();
    for test in tests {
        let Some(verified) = test.verified else { continue };
        let result = look.result(verified.result)?;
        let accession = look.accession(test.accession)?;
        let specimen = look.specimen(test.specimen)?;
        if let Some((result, accession)) = result.zip(accession) {
            let collected_at = specimen.and_then(|specimen| specimen.collected_at);
            points.push(Point { accession, collected_at, test, result });
        }
    }
    Ok(points)
}
