//! The directory as one looks something up in it: by the beginning of a code or a name.
//!
//! What must stay true: found through the index, in the order in which one reads a list; closed
//! entries are there and say so.

use lab::directory::{Facility, Location, Provider};
use lab::kept::Row;

use crate::cell::Cell;
use crate::engine::Sql;
use crate::fault::Fault;
use crate::table::find;

/// One entry of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Who orders.
    Provider(Provider),
    /// Where patients are.
    Location(Location),
    /// Who sends.
    Facility(Facility),
}

/// Providers whose name begins so, by name.
///
/// # Errors
/// The database failed.
pub fn providers(
    sql: &(impl Sql + ?Sized),
    beginning: &str,
    most: u32,
) -> Result<Vec<Provider>, Fault> {
    beginning_so(sql, beginning, most)
}

/// Locations whose code begins so, by code.
///
/// # Errors
/// The database failed.
pub fn locations(
    sql: &(impl Sql + ?Sized),
    beginning: &str,
    most: u32,
) -> Result<Vec<Location>, Fault> {
    beginning_so(sql, beginning, most)
}

/// Facilities whose code begins so, by code.
///
/// # Errors
/// The database failed.
pub fn facilities(
    sql: &(impl Sql + ?Sized),
    beginning: &str,
    most: u32,
) -> Result<Vec<Facility>, Fault> {
    beginning_so(sql, beginning, most)
}

fn beginning_so<R: Row>(
    sql: &(impl Sql + ?Sized),
    beginning: &str,
    most: u32,
) -> Result<Vec<R>, Fault> {
    let from = beginning.trim().to_lowercase();
    let upto = format!("{from}\u{10ffff}");
    let given = [Cell::Text(from), Cell::Text(upto), Cell::Int(i64::from(most))];
    find(sql, "search>=?2 AND search<?3 ORDER BY search, id LIMIT ?4", &given)
}
