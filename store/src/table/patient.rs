//! Patients in their table.
//!
//! What must stay true: the search column is the name in small letters, family first, so that a
//! prefix finds it through the index.

use lab::patient::Patient;
use lab::value::{BirthDate, PatientId, PersonName};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const SHAPE: Shape<'static> = Shape {
    table: "patient",
    columns: &[
        "lab",
        "id",
        "record_number",
        "family",
        "given",
        "birth_date",
        "sex",
        "search",
        "deceased",
        "merged_into",
    ],
    keys: 2,
};

pub(super) fn save(row: &Patient) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::text(&row.record_number),
        Cell::text(&row.name.family),
        Cell::text(&row.name.given),
        Cell::maybe_text(row.birth_date.map(|born| born.to_string())),
        Cell::word(&row.sex)?,
        Cell::Text(format!("{} {}", row.name.family, row.name.given).to_lowercase()),
        Cell::Int(i64::from(row.deceased)),
        Cell::maybe_int(row.merged_into.map(|into| into.0)),
    ])
}

pub(super) fn load(line: &Line) -> Result<Patient, Fault> {
    let birth_date = match line.maybe_text(5)? {
        None => None,
        Some(text) => {
            Some(BirthDate::read(text).ok_or_else(|| Fault::new("the birth date is no date"))?)
        }
    };
    Ok(Patient {
        id: PatientId(line.int(1)?),
        record_number: line.text(2)?.to_owned(),
        name: PersonName { family: line.text(3)?.to_owned(), given: line.text(4)?.to_owned() },
        birth_date,
        sex: line.word(6)?,
        deceased: line.int(8)? != 0,
        merged_into: line.maybe_int(9)?.map(PatientId),
    })
}
