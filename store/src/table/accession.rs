//! Accessions in their table.
//!
//! What must stay true: urgency orders lists: 0 STAT, 1 ASAP, 2 routine.

use lab::accession::Accession;
use lab::value::{AccessionId, Moment, PatientId, Priority};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const SHAPE: Shape<'static> = Shape {
    table: "accession",
    columns: &[
        "lab",
        "id",
        "label",
        "patient",
        "priority",
        "urgency",
        "ordered_at",
        "provider",
        "comment",
        "day",
        "sequence",
    ],
    keys: 2,
};

const fn urgency(priority: Priority) -> i64 {
    match priority {
        Priority::Stat => 0,
        Priority::Asap => 1,
        Priority::Routine => 2,
    }
}

pub(super) fn save(row: &Accession) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::text(row.label.as_str()),
        Cell::Int(row.patient.0),
        Cell::word(&row.priority)?,
        Cell::Int(urgency(row.priority)),
        Cell::Int(row.ordered_at.micros()),
        Cell::text(&row.provider),
        Cell::text(&row.comment),
        Cell::Int(row.sequence.0),
        Cell::Int(i64::from(row.sequence.1)),
    ])
}

pub(super) fn load(line: &Line) -> Result<Accession, Fault> {
    Ok(Accession {
        id: AccessionId(line.int(1)?),
        label: line.word(2)?,
        patient: PatientId(line.int(3)?),
        priority: line.word(4)?,
        ordered_at: Moment::from_micros(line.int(6)?),
        provider: line.text(7)?.to_owned(),
        comment: line.text(8)?.to_owned(),
        sequence: (line.int(9)?, line.small(10)?),
    })
}
