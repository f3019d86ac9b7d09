//! Ordered tests in their table.
//!
//! What must stay true: who verified stands whole or not at all.

use lab::accession::{Test, Touched, Verified};
use lab::value::{AccessionId, Moment, PatientId, ResultId, SpecimenId, TestCode, TestId};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const SHAPE: Shape<'static> = Shape {
    table: "test",
    columns: &[
        "lab",
        "id",
        "accession",
        "patient",
        "specimen",
        "code",
        "panel",
        "bench",
        "state",
        "result",
        "versions",
        "verified_result",
        "verified_at",
        "verified_by",
        "note",
        "candidate",
        "touched_at",
        "touched_by",
        "call",
        "call_open",
        "preliminary",
        "origin",
        "rule",
    ],
    keys: 2,
};

pub(super) fn save(row: &Test) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(row.accession.0),
        Cell::Int(row.patient.0),
        Cell::Int(row.specimen.0),
        Cell::text(row.code.as_str()),
        Cell::maybe_text(row.panel.as_ref().map(|panel| panel.0.clone())),
        Cell::text(&row.bench),
        Cell::word(&row.state)?,
        Cell::maybe_int(row.result.map(|result| result.0)),
        Cell::Int(i64::from(row.versions)),
        Cell::maybe_int(row.verified.map(|verified| verified.result.0)),
        Cell::maybe_int(row.verified.map(|verified| verified.at.micros())),
        Cell::maybe_json(row.verified.as_ref().map(|verified| &verified.by))?,
        Cell::text(&row.note),
        Cell::maybe_int(row.candidate.map(|result| result.0)),
        Cell::maybe_int(row.touched.map(|touched| touched.at.micros())),
        Cell::maybe_json(row.touched.as_ref().map(|touched| &touched.by))?,
        Cell::maybe_json(row.call.as_ref())?,
        Cell::Int(i64::from(row.call.as_ref().is_some_and(|call| call.open))),
        Cell::maybe_json(row.preliminary.as_ref())?,
        Cell::maybe_json(row.origin.as_ref())?,
        Cell::text(&row.rule),
    ])
}

pub(super) fn load(line: &Line) -> Result<Test, Fault> {
    let verified = match (line.maybe_int(11)?, line.maybe_int(12)?) {
        (Some(result), Some(at)) => Some(Verified {
            result: ResultId(result),
            at: Moment::from_micros(at),
            by: line.json(13)?,
        }),
        _ => None,
    };
    let touched = match line.maybe_int(16)? {
        Some(at) => Some(Touched { at: Moment::from_micros(at), by: line.json(17)? }),
        None => None,
    };
    Ok(Test {
        id: TestId(line.int(1)?),
        accession: AccessionId(line.int(2)?),
        patient: PatientId(line.int(3)?),
        specimen: SpecimenId(line.int(4)?),
        code: TestCode(line.text(5)?.to_owned()),
        panel: line.maybe_text(6)?.map(|panel| TestCode(panel.to_owned())),
        bench: line.text(7)?.to_owned(),
        state: line.word(8)?,
        result: line.maybe_int(9)?.map(ResultId),
        versions: line.small(10)?,
        verified,
        note: line.text(14)?.to_owned(),
        candidate: line.maybe_int(15)?.map(ResultId),
        touched,
        call: line.maybe_json(18)?,
        preliminary: line.maybe_json(20)?,
        origin: line.maybe_json(21)?,
        rule: line.text(22)?.to_owned(),
    })
}
