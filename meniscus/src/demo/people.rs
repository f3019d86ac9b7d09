//! Who works in the teaching laboratory, and how everybody signs in.
//!
//! What must stay true: the password is the same for all and a banner says so on every page; no
//! other laboratory is made with it.

use lab::people::{Actor, Role};
use lab::value::PersonId;
use store::{DatabaseLook, Store};

use crate::Ended;
use crate::setup::{self, Newcomer};

/// The password of everybody in the teaching laboratory.
pub const PASSWORD: &str = "demo";

/// Sign-in name, name shown, role.
pub const PEOPLE: [(&str, &str, Role); 11] = [
    ("amy", "Amy Achterberg", Role::Reception),
    ("ben", "Ben Okafor", Role::Mlt),
    ("cy", "Cy Lindqvist", Role::Mls),
    ("dora", "Dora Haddad", Role::Supervisor),
    ("eli", "Eli Rosenthal, MD", Role::Director),
    ("fay", "Fay Nakamura", Role::Manager),
    ("gus", "Gus Pereira", Role::PocOperator),
    ("hal", "Hal Jensen", Role::InterfaceEngineer),
    ("ivy", "Ivy Castellanos", Role::Student),
    ("jon", "Jon Mbeki, MD", Role::Physician),
    ("kim", "Kim Dubois", Role::Epidemiologist),
];

/// Adds everybody.
///
/// # Errors
/// The world failed.
pub fn add_all(store: &Store) -> Result<(), Ended> {
    let digest = web::password::digest(PASSWORD).map_err(Ended::Fault)?;
    for (sign_in, shown, role) in PEOPLE {
        let newcomer = Newcomer { sign_in, shown, role, password: PASSWORD };
        setup::add_person_with(store, &newcomer, &digest)?;
    }
    Ok(())
}

/// Somebody of the teaching laboratory, as an actor.
///
/// # Errors
/// Nobody there has this name.
pub fn actor(store: &Store, sign_in: &str) -> Result<Actor, Ended> {
    use lab::command::Look;
    let person = store.read(|sql| DatabaseLook(sql).person_signing_in(sign_in))?;
    let person = person.ok_or_else(|| {
        Ended::Usage(format!(
            "nobody signs in as {sign_in}: this folder holds another laboratory than the demo's"
        ))
    })?;
    let id: PersonId = person.id;
    Ok(Actor::Person(id, person.role))
}
