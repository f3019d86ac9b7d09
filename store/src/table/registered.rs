//! What stands around a patient in its tables: other numbers, stays, merges; and credits.
//!
//! What must stay true: a merge keeps the numbers of all that moved.

use lab::accession::Credit;
use lab::patient::{Encounter, Merge, PatientIdentifier};
use lab::value::{
    AccessionId, EncounterId, IdentifierId, LocationId, MergeId, Moment, PatientId, TestCode,
    TestId,
};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const IDENTIFIER: Shape = Shape {
    table: "patient_identifier",
    columns: &["lab", "id", "patient", "kind", "value", "authority", "retired"],
    keys: 2,
};

pub(super) const ENCOUNTER: Shape = Shape {
    table: "encounter",
    columns: &[
        "lab",
        "id",
        "patient",
        "number",
        "class",
        "location",
        "admitted_at",
        "discharged_at",
    ],
    keys: 2,
};

pub(super) const MERGE: Shape = Shape {
    table: "patient_merge",
    columns: &[
        "lab",
        "id",
        "given_up",
        "survives",
        "accessions",
        "encounters",
        "identifiers",
        "reason",
        "at",
        "done_by",
        "undone",
    ],
    keys: 2,
};

pub(super) const CREDIT: Shape = Shape {
    table: "credit",
    columns: &["lab", "id", "accession", "code", "reason", "at", "done_by"],
    keys: 2,
};

pub(super) fn save_identifier(row: &PatientIdentifier) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(row.patient.0),
        Cell::word(&row.kind)?,
        Cell::text(&row.value),
        Cell::text(&row.authority),
        Cell::text(&row.retired),
    ])
}

pub(super) fn load_identifier(line: &Line) -> Result<PatientIdentifier, Fault> {
    Ok(PatientIdentifier {
        id: IdentifierId(line.int(1)?),
        patient: PatientId(line.int(2)?),
        kind: line.word(3)?,
        value: line.text(4)?.to_owned(),
        authority: line.text(5)?.to_owned(),
        retired: line.text(6)?.to_owned(),
    })
}

pub(super) fn save_encounter(row: &Encounter) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(row.patient.0),
        Cell::text(&row.number),
        Cell::word(&row.class)?,
        Cell::maybe_int(row.location.map(|id| id.0)),
        Cell::Int(row.admitted_at.micros()),
        Cell::maybe_int(row.discharged_at.map(Moment::micros)),
    ])
}

pub(super) fn load_encounter(line: &Line) -> Result<Encounter, Fault> {
    Ok(Encounter {
        id: EncounterId(line.int(1)?),
        patient: PatientId(line.int(2)?),
        number: line.text(3)?.to_owned(),
        class: line.word(4)?,
        location: line.maybe_int(5)?.map(LocationId),
        admitted_at: Moment::from_micros(line.int(6)?),
        discharged_at: line.maybe_int(7)?.map(Moment::from_micros),
    })
}

pub(super) fn save_merge(row: &Merge) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(row.from.0),
        Cell::Int(row.into.0),
        Cell::json(&row.accessions)?,
        Cell::json(&row.encounters)?,
        Cell::json(&row.identifiers)?,
        Cell::text(&row.reason),
        Cell::Int(row.at.micros()),
        Cell::json(&row.by)?,
        Cell::maybe_json(row.undone.as_ref())?,
    ])
}

pub(super) fn load_merge(line: &Line) -> Result<Merge, Fault> {
    Ok(Merge {
        id: MergeId(line.int(1)?),
        from: PatientId(line.int(2)?),
        into: PatientId(line.int(3)?),
        accessions: line.json(4)?,
        encounters: line.json(5)?,
        identifiers: line.json(6)?,
        reason: line.text(7)?.to_owned(),
        at: Moment::from_micros(line.int(8)?),
        by: line.json(9)?,
        undone: line.maybe_json(10)?,
    })
}

pub(super) fn save_credit(row: &Credit) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.test.0),
        Cell::Int(row.accession.0),
        Cell::text(row.code.as_str()),
        Cell::text(&row.reason),
        Cell::Int(row.at.micros()),
        Cell::json(&row.by)?,
    ])
}

pub(super) fn load_credit(line: &Line) -> Result<Credit, Fault> {
    Ok(Credit {
        test: TestId(line.int(1)?),
        accession: AccessionId(line.int(2)?),
        code: TestCode(line.text(3)?.to_owned()),
        reason: line.text(4)?.to_owned(),
        at: Moment::from_micros(line.int(5)?),
        by: line.json(6)?,
    })
}
