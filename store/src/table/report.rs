//! The letterhead and the reports that went out in their tables.
//!
//! What must stay true: there is one letterhead; the reports of an accession count up from one.

use lab::issue::Issue;
use lab::letterhead::Letterhead;
use lab::value::{AccessionId, IssueId, Moment};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const LETTERHEAD: Shape = Shape {
    table: "letterhead",
    columns: &["lab", "id", "name", "address", "telephone", "director", "certificate"],
    keys: 2,
};

pub(super) const ISSUE: Shape = Shape {
    table: "issue",
    columns: &[
        "lab",
        "id",
        "accession",
        "number",
        "issued_at",
        "issued_by",
        "sent_to",
        "standing",
        "patient",
        "letterhead",
        "results",
    ],
    keys: 2,
};

pub(super) fn save_letterhead(row: &Letterhead) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(Letterhead::ROW),
        Cell::text(&row.name),
        Cell::json(&row.address)?,
        Cell::text(&row.telephone),
        Cell::text(&row.director),
        Cell::text(&row.certificate),
    ])
}

pub(super) fn load_letterhead(line: &Line) -> Result<Letterhead, Fault> {
    Ok(Letterhead {
        name: line.text(2)?.to_owned(),
        address: line.json(3)?,
        telephone: line.text(4)?.to_owned(),
        director: line.text(5)?.to_owned(),
        certificate: line.text(6)?.to_owned(),
    })
}

pub(super) fn save_issue(row: &Issue) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(row.accession.0),
        Cell::Int(i64::from(row.number)),
        Cell::Int(row.at.micros()),
        Cell::json(&row.by)?,
        Cell::text(&row.to),
        Cell::word(&row.standing)?,
        Cell::json(&row.patient)?,
        Cell::json(&row.letterhead)?,
        Cell::json(&row.results)?,
    ])
}

pub(super) fn load_issue(line: &Line) -> Result<Issue, Fault> {
    Ok(Issue {
        id: IssueId(line.int(1)?),
        accession: AccessionId(line.int(2)?),
        number: line.small(3)?,
        at: Moment::from_micros(line.int(4)?),
        by: line.json(5)?,
        to: line.text(6)?.to_owned(),
        standing: line.word(7)?,
        patient: line.json(8)?,
        letterhead: line.json(9)?,
        results: line.json(10)?,
    })
}
