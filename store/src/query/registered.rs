//! What stands around a patient and an order: orders by patient, whom a number names, where an
//! order comes from, what was credited, who is to be collected where.
//!
//! What must stay true: as for every question of the record.

use lab::accession::{Accession, Credit};
use lab::command::Look;
use lab::directory::{Facility, Location, Provider};
use lab::patient::{Encounter, Patient};
use lab::value::{AccessionId, LocationId, PatientId};

use super::worklist::{CollectLine, SPECIMEN_JOINS, WANTED, collect_line, specimen_columns};
use crate::cell::Cell;
use crate::desk::DatabaseLook;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::{LAB, find};

/// A patient's orders, newest first, up to `most`, from before `before` on.
///
/// # Errors
/// The database failed.
pub fn orders_of(
    sql: &(impl Sql + ?Sized),
    patient: PatientId,
    before: Option<AccessionId>,
    most: u32,
) -> Result<Vec<Accession>, Fault> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let given = [Cell::Int(patient.0), Cell::Int(before), Cell::Int(i64::from(most))];
    find(sql, "patient=?2 AND id<?3 ORDER BY id DESC LIMIT ?4", &given)
}

/// Whom a number names: by record number, by any number that holds or held, by a stay. The
/// registrations themselves, also one that was merged away.
///
/// # Errors
/// The database failed.
pub fn patient_of_number(sql: &(impl Sql + ?Sized), number: &str) -> Result<Vec<Patient>, Fault> {
    let look = DatabaseLook(sql);
    let mut found: Vec<Patient> = look.patient_numbered(number)?.into_iter().collect();
    let mut ids: Vec<PatientId> = Vec::new();
    ids.extend(look.identified(number)?.into_iter().map(|row| row.patient));
    ids.extend(look.encounter_numbered(number)?.map(|row| row.patient));
    for id in ids {
        if !found.iter().any(|known| known.id == id) {
            found.extend(look.patient(id)?);
        }
    }
    Ok(found)
}

/// Where an order comes from, as the directory has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whence {
    /// The provider's entry.
    pub provider: Option<Provider>,
    /// Where the patient was.
    pub location: Option<Location>,
    /// Who sent it.
    pub facility: Option<Facility>,
    /// The stay or visit.
    pub encounter: Option<Encounter>,
}

/// Where an order comes from: the entries that it names.
///
/// # Errors
/// The database failed.
pub fn whence_of(sql: &(impl Sql + ?Sized), accession: &Accession) -> Result<Whence, Fault> {
    let look = DatabaseLook(sql);
    let said = &accession.circumstances;
    Ok(Whence {
        provider: look.row(said.provider.map_or(0, |id| id.0))?,
        location: look.row(said.location.map_or(0, |id| id.0))?,
        facility: look.row(said.facility.map_or(0, |id| id.0))?,
        encounter: look.row(said.encounter.map_or(0, |id| id.0))?,
    })
}

/// What was credited of an order.
///
/// # Errors
/// The database failed.
pub fn credits_of(sql: &(impl Sql + ?Sized), accession: AccessionId) -> Result<Vec<Credit>, Fault> {
    find(sql, "accession=?2", &[Cell::Int(accession.0)])
}

/// Specimens to collect at one location, most urgent and oldest first.
///
/// # Errors
/// The database failed.
pub fn collect_list_at(
    sql: &(impl Sql + ?Sized),
    location: LocationId,
    most: u32,
) -> Result<Vec<CollectLine>, Fault> {
    let text = format!(
        "SELECT {} {SPECIMEN_JOINS} AND s.lab=?1 AND s.state IN ('Ordered', 'Collected') \
         AND s.state='Ordered' AND {WANTED} AND a.location=?2 \
         ORDER BY a.urgency, s.id LIMIT ?3",
        specimen_columns()
    );
    let given = [Cell::Int(LAB), Cell::Int(location.0), Cell::Int(i64::from(most))];
    sql.rows(&text, &given)?.into_iter().map(collect_line).collect()
}

/// The locations where specimens are to be collected, by code, each with how many. Only what waits
/// is read.
///
/// # Errors
/// The database failed.
pub fn waiting_places(sql: &(impl Sql + ?Sized)) -> Result<Vec<(Location, i64)>, Fault> {
    let text = format!(
        "SELECT a.location, count(*) FROM specimen s CROSS JOIN accession a \
         WHERE a.lab=s.lab AND a.id=s.accession AND s.lab=?1 \
         AND s.state IN ('Ordered', 'Collected') AND s.state='Ordered' AND {WANTED} \
         AND a.location IS NOT NULL GROUP BY a.location"
    );
    let look = DatabaseLook(sql);
    let mut places = Vec::new();
    for line in sql.rows(&text, &[Cell::Int(LAB)])? {
        let location: Option<Location> = look.row(line.int(0)?)?;
        let waiting = line.int(1)?;
        places.extend(location.map(|location| (location, waiting)));
    }
    places.sort_by(|a, b| a.0.code.cmp(&b.0.code));
    Ok(places)
}
