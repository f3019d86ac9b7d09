//! The directory in its tables: facilities, locations, providers.
//!
//! What must stay true: the search column is what people type, in small letters, so that a prefix
//! finds it through the index.

use lab::directory::{Facility, Location, Provider};
use lab::value::{FacilityId, LocationId, ProviderId};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const FACILITY: Shape = Shape {
    table: "facility",
    columns: &["lab", "id", "code", "name", "address", "clia", "copies", "closed", "search"],
    keys: 2,
};

pub(super) const LOCATION: Shape = Shape {
    table: "location",
    columns: &["lab", "id", "code", "name", "kind", "facility", "closed", "search"],
    keys: 2,
};

pub(super) const PROVIDER: Shape = Shape {
    table: "provider",
    columns: &["lab", "id", "name", "number", "telephone", "closed", "search"],
    keys: 2,
};

pub(super) fn save_facility(row: &Facility) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::text(&row.code),
        Cell::text(&row.name),
        Cell::text(&row.address),
        Cell::maybe_text(row.clia.as_ref().map(|clia| clia.as_str().to_owned())),
        Cell::Int(i64::from(row.copies)),
        Cell::Int(i64::from(row.closed)),
        Cell::Text(row.code.to_lowercase()),
    ])
}

pub(super) fn load_facility(line: &Line) -> Result<Facility, Fault> {
    Ok(Facility {
        id: FacilityId(line.int(1)?),
        code: line.text(2)?.to_owned(),
        name: line.text(3)?.to_owned(),
        address: line.text(4)?.to_owned(),
        clia: line.maybe_text(5)?.map(crate::cell::read_word).transpose()?,
        copies: line.small(6)?,
        closed: line.int(7)? != 0,
    })
}

pub(super) fn save_location(row: &Location) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::text(&row.code),
        Cell::text(&row.name),
        Cell::word(&row.kind)?,
        Cell::maybe_int(row.facility.map(|id| id.0)),
        Cell::Int(i64::from(row.closed)),
        Cell::Text(row.code.to_lowercase()),
    ])
}

pub(super) fn load_location(line: &Line) -> Result<Location, Fault> {
    Ok(Location {
        id: LocationId(line.int(1)?),
        code: line.text(2)?.to_owned(),
        name: line.text(3)?.to_owned(),
        kind: line.word(4)?,
        facility: line.maybe_int(5)?.map(FacilityId),
        closed: line.int(6)? != 0,
    })
}

pub(super) fn save_provider(row: &Provider) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::text(&row.name),
        Cell::maybe_text(row.number.as_ref().map(|number| number.as_str().to_owned())),
        Cell::text(&row.telephone),
        Cell::Int(i64::from(row.closed)),
        Cell::Text(row.name.to_lowercase()),
    ])
}

pub(super) fn load_provider(line: &Line) -> Result<Provider, Fault> {
    Ok(Provider {
        id: ProviderId(line.int(1)?),
        name: line.text(2)?.to_owned(),
        number: line.maybe_text(3)?.map(crate::cell::read_word).transpose()?,
        telephone: line.text(4)?.to_owned(),
        closed: line.int(5)? != 0,
    })
}
