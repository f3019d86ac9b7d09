//! Accessions in their table.
//!
//! What must stay true: urgency orders lists: 0 STAT, 1 ASAP and timed, 2 routine.

use lab::accession::{Accession, Circumstances};
use lab::value::{
    AccessionId, EncounterId, FacilityId, LocationId, Moment, PatientId, Priority, ProviderId,
};

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
        "due_at",
        "fasting",
        "diagnoses",
        "placer_number",
        "copies_to",
        "provider_entry",
        "location",
        "encounter",
        "facility",
        "confirmed",
    ],
    keys: 2,
};

const fn urgency(priority: Priority) -> i64 {
    match priority {
        Priority::Stat => 0,
        Priority::Asap | Priority::Timed => 1,
        Priority::Routine => 2,
    }
}

pub(super) fn save(row: &Accession) -> Result<Vec<Cell>, Fault> {
    let said = &row.circumstances;
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
        Cell::maybe_int(said.due_at.map(Moment::micros)),
        Cell::word(&said.fasting)?,
        Cell::json(&said.diagnoses)?,
        Cell::text(&said.placer_number),
        Cell::json(&said.copies_to)?,
        Cell::maybe_int(said.provider.map(|id| id.0)),
        Cell::maybe_int(said.location.map(|id| id.0)),
        Cell::maybe_int(said.encounter.map(|id| id.0)),
        Cell::maybe_int(said.facility.map(|id| id.0)),
        Cell::maybe_json(said.confirmed.as_ref())?,
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
        circumstances: circumstances(line)?,
    })
}

fn circumstances(line: &Line) -> Result<Circumstances, Fault> {
    Ok(Circumstances {
        due_at: line.maybe_int(11)?.map(Moment::from_micros),
        fasting: line.word(12)?,
        diagnoses: line.json(13)?,
        placer_number: line.text(14)?.to_owned(),
        copies_to: line.json(15)?,
        provider: line.maybe_int(16)?.map(ProviderId),
        location: line.maybe_int(17)?.map(LocationId),
        encounter: line.maybe_int(18)?.map(EncounterId),
        facility: line.maybe_int(19)?.map(FacilityId),
        confirmed: line.maybe_json(20)?,
    })
}
