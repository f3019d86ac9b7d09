//! Specimens in their table.
//!
//! What must stay true: a rejection has both its reason and its note, or neither; `place` and
//! `spot` repeat what `handling` says, for the index.

use lab::accession::Specimen;
use lab::value::{AccessionId, Moment, SpecimenId};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const SHAPE: Shape<'static> = Shape {
    table: "specimen",
    columns: &[
        "lab",
        "id",
        "accession",
        "label",
        "container",
        "state",
        "collected_at",
        "received_at",
        "reject_reason",
        "reject_note",
        "handling",
        "place",
        "spot",
        "collection",
    ],
    keys: 2,
};

pub(super) fn save(row: &Specimen) -> Result<Vec<Cell>, Fault> {
    let (reason, note) = row.rejected.clone().unzip();
    let position = row.handling.place.as_ref();
    let handling =
        if row.handling.is_untouched() { Cell::text("{}") } else { Cell::json(&row.handling)? };
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(row.accession.0),
        Cell::text(row.label.as_str()),
        Cell::text(&row.container),
        Cell::word(&row.state)?,
        Cell::maybe_int(row.collected_at.map(Moment::micros)),
        Cell::maybe_int(row.received_at.map(Moment::micros)),
        Cell::maybe_text(reason),
        Cell::maybe_text(note),
        handling,
        Cell::maybe_int(position.map(|position| position.place.0)),
        Cell::maybe_text(position.map(|position| position.spot.to_string())),
        Cell::maybe_json(row.collection.as_ref())?,
    ])
}

pub(super) fn load(line: &Line) -> Result<Specimen, Fault> {
    let rejected = line.maybe_text(8)?.zip(line.maybe_text(9)?);
    Ok(Specimen {
        id: SpecimenId(line.int(1)?),
        accession: AccessionId(line.int(2)?),
        label: line.word(3)?,
        container: line.text(4)?.to_owned(),
        state: line.word(5)?,
        collected_at: line.maybe_int(6)?.map(Moment::from_micros),
        received_at: line.maybe_int(7)?.map(Moment::from_micros),
        rejected: rejected.map(|(reason, note)| (reason.to_owned(), note.to_owned())),
        handling: line.json(10)?,
        collection: line.maybe_json(13)?,
    })
}
