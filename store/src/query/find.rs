//! Finding anything by any number or name.
//!
//! What must stay true: a scanned number opens its thing; a name finds by prefix, through the
//! index.

use lab::accession::Accession;
use lab::patient::Patient;
use lab::value::Label;

use crate::cell::Cell;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::query::whole::whole_by_label;
use crate::table::find;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An accession's or a container's number.
    Accession(Label),
    /// Patients, each with their newest accessions.
    Patients(Vec<(Patient, Vec<Accession>)>),
    /// Nothing.
    Nothing,
}

/// The most patients shown, and accessions for each.
const PATIENTS: i64 = 25;
const ACCESSIONS: i64 = 5;

/// Finds anything by any number or name.
///
/// # Errors
/// The database failed.
pub fn find_anything(sql: &(impl Sql + ?Sized), asked: &str) -> Result<Found, Fault> {
    let asked = asked.trim();
    if let Ok(label) = Label::read(asked)
        && let Some(whole) = whole_by_label(sql, &label)?
    {
        return Ok(Found::Accession(whole.accession.label));
    }
    let mut patients: Vec<Patient> = find(sql, "record_number=?2", &[Cell::text(asked)])?;
    if patients.is_empty() && !asked.is_empty() {
        let from = asked.to_lowercase().replace(',', "");
        let upto = format!("{from}\u{10ffff}");
        let given = [Cell::Text(from), Cell::Text(upto), Cell::Int(PATIENTS)];
        patients = find(sql, "search>=?2 AND search<?3 ORDER BY search LIMIT ?4", &given)?;
    }
    if patients.is_empty() {
        return Ok(Found::Nothing);
    }
    let mut found = Vec::new();
    for patient in patients {
        let given = [Cell::Int(patient.id.0), Cell::Int(ACCESSIONS)];
        let accessions = find(sql, "patient=?2 ORDER BY id DESC LIMIT ?3", &given)?;
        found.push((patient, accessions));
    }
    Ok(Found::Patients(found))
}
