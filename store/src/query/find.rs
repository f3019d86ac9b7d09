//! Finding anything by any number or name.
//!
//! What must stay true: a scanned number opens its thing; a number is asked for before a name, and
//! as a whole; a name finds by prefix, through the index; what a scanner says of the kind of
//! barcode is no part of the number.

use lab::accession::Accession;
use lab::patient::Patient;
use lab::storage::StoragePlace;
use lab::value::{BirthDate, Label, scanned};

use super::directory::{Entry, facilities, locations, providers};
use super::registered::patient_of_number;
use crate::cell::Cell;
use crate::desk::DatabaseLook;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::query::whole::whole_by_label;
use crate::table::find;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An accession's or a container's number.
    Accession(Label),
    /// A storage place.
    Place(StoragePlace),
    /// Patients, each with their newest accessions.
    Patients(Vec<(Patient, Vec<Accession>)>),
    /// Things of several kinds, or such as have no page of their own.
    Several(Listing),
    /// Nothing.
    Nothing,
}

/// Things of several kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Patients, each with their newest accessions.
    pub patients: Vec<(Patient, Vec<Accession>)>,
    /// Orders by the number that the orderer's own system gave.
    pub orders: Vec<(Accession, Patient)>,
    /// Entries of the directory.
    pub entries: Vec<Entry>,
}

/// The most patients shown, accessions for each, orders, and entries of the directory of a kind.
const PATIENTS: i64 = 25;
const ACCESSIONS: i64 = 5;
const ORDERS: i64 = 25;
const ENTRIES: u32 = 10;

/// Finds anything by any number or name.
///
/// # Errors
/// The database failed.
pub fn find_anything(sql: &(impl Sql + ?Sized), asked: &str) -> Result<Found, Fault> {
    use lab::command::Look;
    let asked = scanned(asked);
    if asked.is_empty() {
        return Ok(Found::Nothing);
    }
    if let Ok(label) = Label::read(asked)
        && let Some(whole) = whole_by_label(sql, &label)?
    {
        return Ok(Found::Accession(whole.accession.label));
    }
    let mut patients = patient_of_number(sql, asked)?;
    let orders = placed_as(sql, asked)?;
    if patients.is_empty() && orders.is_empty() {
        if let Some(place) = DatabaseLook(sql).storage_place_coded(&asked.to_uppercase())? {
            return Ok(Found::Place(place));
        }
        patients = by_birth_or_name(sql, asked)?;
    }
    let listing = Listing {
        patients: with_orders(sql, patients)?,
        entries: if orders.is_empty() { entries(sql, asked)? } else { Vec::new() },
        orders,
    };
    Ok(match (listing.patients.is_empty(), listing.orders.len() + listing.entries.len()) {
        (true, 0) => Found::Nothing,
        (false, 0) => Found::Patients(listing.patients),
        _ => Found::Several(listing),
    })
}

/// Orders with this number of the orderer's own system, newest first.
fn placed_as(sql: &(impl Sql + ?Sized), number: &str) -> Result<Vec<(Accession, Patient)>, Fault> {
    use lab::command::Look;
    let given = [Cell::text(number), Cell::Int(ORDERS)];
    let condition = "placer_number=?2 AND placer_number<>'' ORDER BY id DESC LIMIT ?3";
    let accessions: Vec<Accession> = find(sql, condition, &given)?;
    let mut orders = Vec::new();
    for accession in accessions {
        let patient = DatabaseLook(sql).patient(accession.patient)?;
        orders.extend(patient.map(|patient| (accession, patient)));
    }
    Ok(orders)
}

/// Patients born on the day that was asked for, else those whose name begins so.
fn by_birth_or_name(sql: &(impl Sql + ?Sized), asked: &str) -> Result<Vec<Patient>, Fault> {
    if let Some(born) = BirthDate::read(asked) {
        let given = [Cell::Text(born.to_string()), Cell::Int(PATIENTS)];
        return find(sql, "birth_date=?2 ORDER BY search, id LIMIT ?3", &given);
    }
    let from = asked.to_lowercase().replace(',', "");
    let upto = format!("{from}\u{10ffff}");
    let given = [Cell::Text(from), Cell::Text(upto), Cell::Int(PATIENTS)];
    find(sql, "search>=?2 AND search<?3 ORDER BY search LIMIT ?4", &given)
}

fn with_orders(
    sql: &(impl Sql + ?Sized),
    patients: Vec<Patient>,
) -> Result<Vec<(Patient, Vec<Accession>)>, Fault> {
    let mut found = Vec::new();
    for patient in patients {
        let given = [Cell::Int(patient.id.0), Cell::Int(ACCESSIONS)];
        let accessions = find(sql, "patient=?2 ORDER BY id DESC LIMIT ?3", &given)?;
        found.push((patient, accessions));
    }
    Ok(found)
}

fn entries(sql: &(impl Sql + ?Sized), asked: &str) -> Result<Vec<Entry>, Fault> {
    let mut all: Vec<Entry> = Vec::new();
    all.extend(providers(sql, asked, ENTRIES)?.into_iter().map(Entry::Provider));
    all.extend(locations(sql, asked, ENTRIES)?.into_iter().map(Entry::Location));
    all.extend(facilities(sql, asked, ENTRIES)?.into_iter().map(Entry::Facility));
    Ok(all)
}
