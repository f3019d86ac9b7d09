//! People, catalog releases, and the switch of the rules in their tables.
//!
//! What must stay true: the digest of a password is in neither.

use lab::people::Person;
use lab::release::{CatalogDraft, CatalogRelease};
use lab::rules::RuleSwitch;
use lab::value::{DraftId, Moment, PersonId};

use super::LAB;
use crate::cell::{Cell, Line};
use crate::engine::Shape;
use crate::fault::Fault;

pub(super) const PERSON: Shape<'static> = Shape {
    table: "person",
    columns: &[
        "lab",
        "id",
        "sign_in",
        "shown",
        "role",
        "secret_seal",
        "failures",
        "locked_until",
        "standing",
        "must_choose",
    ],
    keys: 2,
};

pub(super) const RELEASE: Shape<'static> =
    Shape { table: "catalog_release", columns: &["lab", "id", "files", "reason"], keys: 2 };

pub(super) const DRAFT: Shape = Shape {
    table: "catalog_draft",
    columns: &["lab", "id", "base", "files", "note", "at", "author", "fate"],
    keys: 2,
};

pub(super) fn save_person(row: &Person) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::text(&row.sign_in),
        Cell::text(&row.shown),
        Cell::word(&row.role)?,
        Cell::maybe_text(row.secret_seal.clone()),
        Cell::Int(i64::from(row.failures)),
        Cell::maybe_int(row.locked_until.map(Moment::micros)),
        Cell::word(&row.standing)?,
        Cell::Int(i64::from(row.must_choose)),
    ])
}

pub(super) fn load_person(line: &Line) -> Result<Person, Fault> {
    Ok(Person {
        id: PersonId(line.int(1)?),
        sign_in: line.text(2)?.to_owned(),
        shown: line.text(3)?.to_owned(),
        role: line.word(4)?,
        secret_seal: line.maybe_text(5)?.map(str::to_owned),
        failures: line.small(6)?,
        locked_until: line.maybe_int(7)?.map(Moment::from_micros),
        standing: line.word(8)?,
        must_choose: line.int(9)? != 0,
    })
}

pub(super) fn save_release(row: &CatalogRelease) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(i64::from(row.release)),
        Cell::json(&row.files)?,
        Cell::text(&row.reason),
    ])
}

pub(super) fn load_release(line: &Line) -> Result<CatalogRelease, Fault> {
    Ok(CatalogRelease {
        release: line.small(1)?,
        files: line.json(2)?,
        reason: line.text(3)?.to_owned(),
    })
}

pub(super) fn save_draft(row: &CatalogDraft) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(row.id.0),
        Cell::Int(i64::from(row.base)),
        Cell::json(&row.files)?,
        Cell::text(&row.note),
        Cell::Int(row.at.micros()),
        Cell::json(&row.by)?,
        Cell::json(&row.fate)?,
    ])
}

pub(super) fn load_draft(line: &Line) -> Result<CatalogDraft, Fault> {
    Ok(CatalogDraft {
        id: DraftId(line.int(1)?),
        base: line.small(2)?,
        files: line.json(3)?,
        note: line.text(4)?.to_owned(),
        at: Moment::from_micros(line.int(5)?),
        by: line.json(6)?,
        fate: line.json(7)?,
    })
}

pub(super) const RULE_SWITCH: Shape = Shape {
    table: "rule_switch",
    columns: &["lab", "id", "works", "reason", "at", "author"],
    keys: 2,
};

pub(super) fn save_switch(row: &RuleSwitch) -> Result<Vec<Cell>, Fault> {
    Ok(vec![
        Cell::Int(LAB),
        Cell::Int(RuleSwitch::ROW),
        Cell::Int(i64::from(row.on)),
        Cell::text(&row.reason),
        Cell::Int(row.at.micros()),
        Cell::json(&row.by)?,
    ])
}

pub(super) fn load_switch(line: &Line) -> Result<RuleSwitch, Fault> {
    Ok(RuleSwitch {
        on: line.int(2)? != 0,
        reason: line.text(3)?.to_owned(),
        at: Moment::from_micros(line.int(4)?),
        by: line.json(5)?,
    })
}
