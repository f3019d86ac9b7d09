//! How each subject is laid in its table and read back: one file for each.
//!
//! What must stay true: reading back what was written gives the same row; columns are named once.

mod accession;
mod directory;
mod instrument;
mod patient;
mod people;
mod registered;
mod report;
mod result;
mod specimen;
mod storage;
mod test;

use lab::kept::{Kept, Table};

use crate::cell::{Cell, Line};
use crate::engine::{Shape, Sql};
use crate::fault::Fault;

/// The laboratory whose rows these are. One database holds one laboratory, so far; its number
/// stands in every key, so that more can be.
pub const LAB: i64 = 1;

/// The shape of a table.
#[must_use]
pub const fn shape(table: Table) -> &'static Shape<'static> {
    match table {
        Table::Patient => &patient::SHAPE,
        Table::Accession => &accession::SHAPE,
        Table::Specimen => &specimen::SHAPE,
        Table::Test => &test::SHAPE,
        Table::Result => &result::SHAPE,
        Table::Person => &people::PERSON,
        Table::Instrument => &instrument::INSTRUMENT,
        Table::Unclaimed => &instrument::UNCLAIMED,
        Table::Control => &instrument::CONTROL,
        Table::CatalogRelease => &people::RELEASE,
        Table::Letterhead => &report::LETTERHEAD,
        Table::Issue => &report::ISSUE,
        Table::RuleSwitch => &people::RULE_SWITCH,
        Table::CatalogDraft => &people::DRAFT,
        Table::StoragePlace => &storage::PLACE,
        Table::Dispatch => &storage::DISPATCH,
        Table::Facility => &directory::FACILITY,
        Table::Location => &directory::LOCATION,
        Table::Provider => &directory::PROVIDER,
        Table::PatientIdentifier => &registered::IDENTIFIER,
        Table::Encounter => &registered::ENCOUNTER,
        Table::Merge => &registered::MERGE,
        Table::Credit => &registered::CREDIT,
    }
}

/// The cells of a row, in the order of its shape.
///
/// # Errors
/// A part of it has no written form.
pub fn save(kept: &Kept) -> Result<Vec<Cell>, Fault> {
    match kept {
        Kept::Patient(row) => patient::save(row),
        Kept::Accession(row) => accession::save(row),
        Kept::Specimen(row) => specimen::save(row),
        Kept::Test(row) => test::save(row),
        Kept::Result(row) => result::save(row),
        Kept::Person(row) => people::save_person(row),
        Kept::Instrument(row) => instrument::save_instrument(row),
        Kept::Unclaimed(row) => instrument::save_unclaimed(row),
        Kept::Control(row) => instrument::save_control(row),
        Kept::CatalogRelease(row) => people::save_release(row),
        Kept::Letterhead(row) => report::save_letterhead(row),
        Kept::Issue(row) => report::save_issue(row),
        Kept::RuleSwitch(row) => people::save_switch(row),
        Kept::CatalogDraft(row) => people::save_draft(row),
        Kept::StoragePlace(row) => storage::save_place(row),
        Kept::Dispatch(row) => storage::save_dispatch(row),
        Kept::Facility(row) => directory::save_facility(row),
        Kept::Location(row) => directory::save_location(row),
        Kept::Provider(row) => directory::save_provider(row),
        Kept::PatientIdentifier(row) => registered::save_identifier(row),
        Kept::Encounter(row) => registered::save_encounter(row),
        Kept::Merge(row) => registered::save_merge(row),
        Kept::Credit(row) => registered::save_credit(row),
    }
}

/// The row of a line that has all columns of the table's shape.
///
/// # Errors
/// A cell cannot be read.
pub fn load(table: Table, line: &Line) -> Result<Kept, Fault> {
    let row = match table {
        Table::Patient => patient::load(line).map(Kept::Patient),
        Table::Accession => accession::load(line).map(Kept::Accession),
        Table::Specimen => specimen::load(line).map(Kept::Specimen),
        Table::Test => test::load(line).map(Kept::Test),
        Table::Result => result::load(line).map(|row| Kept::Result(Box::new(row))),
        Table::Person => people::load_person(line).map(Kept::Person),
        Table::Instrument => instrument::load_instrument(line).map(Kept::Instrument),
        Table::Unclaimed => instrument::load_unclaimed(line).map(Kept::Unclaimed),
        Table::Control => instrument::load_control(line).map(Kept::Control),
        Table::CatalogRelease => people::load_release(line).map(Kept::CatalogRelease),
        Table::Letterhead => report::load_letterhead(line).map(Kept::Letterhead),
        Table::Issue => report::load_issue(line).map(|row| Kept::Issue(Box::new(row))),
        Table::RuleSwitch => people::load_switch(line).map(Kept::RuleSwitch),
        Table::CatalogDraft => people::load_draft(line).map(Kept::CatalogDraft),
        Table::StoragePlace => storage::load_place(line).map(Kept::StoragePlace),
        Table::Dispatch => storage::load_dispatch(line).map(Kept::Dispatch),
        Table::Facility => directory::load_facility(line).map(Kept::Facility),
        Table::Location => directory::load_location(line).map(Kept::Location),
        Table::Provider => directory::load_provider(line).map(Kept::Provider),
        Table::PatientIdentifier => registered::load_identifier(line).map(Kept::PatientIdentifier),
        Table::Encounter => registered::load_encounter(line).map(Kept::Encounter),
        Table::Merge => registered::load_merge(line).map(Kept::Merge),
        Table::Credit => registered::load_credit(line).map(Kept::Credit),
    };
    row.map_err(|fault| fault.during(&format!("reading a row of {}", table.name())))
}

/// Rows of one type that satisfy a condition, for example
/// `find::<Test>(sql, "accession=?2 ORDER BY id", &[id])`; `?1` is the laboratory.
///
/// # Errors
/// The database failed, or a row cannot be read.
pub fn find<R: lab::kept::Row>(
    sql: &(impl Sql + ?Sized),
    condition: &str,
    given: &[Cell],
) -> Result<Vec<R>, Fault> {
    let shape = shape(R::TABLE);
    let text = format!(
        "SELECT {} FROM {} WHERE lab=?1 AND {condition}",
        shape.columns.join(","),
        shape.table
    );
    let mut all = vec![Cell::Int(LAB)];
    all.extend_from_slice(given);
    let mut found = Vec::new();
    for line in sql.rows(&text, &all)? {
        found.extend(R::found(load(R::TABLE, &line)?));
    }
    Ok(found)
}

/// The row of one type with this number.
///
/// # Errors
/// The database failed, or the row cannot be read.
pub fn get<R: lab::kept::Row>(sql: &(impl Sql + ?Sized), number: i64) -> Result<Option<R>, Fault> {
    Ok(find(sql, "id=?2", &[Cell::Int(number)])?.into_iter().next())
}
