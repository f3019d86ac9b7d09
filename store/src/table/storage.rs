//! Storage places and dispatch lists in their tables.
//!
//! What must stay true: a place has at most 26 rows and 99 columns.

use lab::storage::{Dispatch, StoragePlace};
use lab::value::{DispatchId, Moment, StoragePlaceId};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const PLACE: Shape = Shape {
    table: "storage_place",
    columns: &["lab", "id", "code", "unit", "shelf", "zone", "spot_rows", "spot_columns"],
    keys: 2,
};

pub(super) const DISPATCH: Shape = Shape {
    table: "dispatch",
    columns: &["lab", "id", "number", "destination", "name", "at", "zone", "specimens", "note"],
    keys: 2,
};

pub(super) fn save_place(row: &StoragePlace) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::text(&row.code),
        Cell::text(&row.unit),
        Cell::text(&row.shelf),
        Cell::word(&row.zone)?,
        Cell::Int(i64::from(row.rows)),
        Cell::Int(i64::from(row.columns)),
    ])
}

pub(super) fn load_place(line: &Line) -> Result<StoragePlace, Fault> {
    let small = |at| line.int(at).and_then(|figure| u8::try_from(figure).map_err(Fault::new));
    Ok(StoragePlace {
        id: StoragePlaceId(line.int(1)?),
        code: line.text(2)?.to_owned(),
        unit: line.text(3)?.to_owned(),
        shelf: line.text(4)?.to_owned(),
        zone: line.word(5)?,
        rows: small(6)?,
        columns: small(7)?,
    })
}

pub(super) fn save_dispatch(row: &Dispatch) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(i64::from(row.number)),
        Cell::word(&row.to)?,
        Cell::text(&row.name),
        Cell::Int(row.at.micros()),
        Cell::word(&row.zone)?,
        Cell::json(&row.specimens)?,
        Cell::text(&row.note),
    ])
}

pub(super) fn load_dispatch(line: &Line) -> Result<Dispatch, Fault> {
    Ok(Dispatch {
        id: DispatchId(line.int(1)?),
        number: line.small(2)?,
        to: line.word(3)?,
        name: line.text(4)?.to_owned(),
        at: Moment::from_micros(line.int(5)?),
        zone: line.word(6)?,
        specimens: line.json(7)?,
        note: line.text(8)?.to_owned(),
    })
}
