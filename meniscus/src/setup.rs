//! Setting a laboratory up from the shell: opening its record, releasing the starter catalog,
//! adding people and instruments through the door.
//!
//! What must stay true: everything here is a command with Meniscus itself as the actor, and
//! stands in the journal as such.

use lab::command::{Command, Look};
use lab::event::{Event, PeopleEvent};
use lab::journey::setup::{AddPerson, ReleaseCatalog, SetPassword};
use lab::people::{Actor, Role};
use lab::value::{Moment, PersonId};
use store::{Act, Answer, DatabaseLook, Done, Place, Store};

use crate::Ended;
use crate::config::words;

/// What time it is.
#[must_use]
pub fn now() -> Moment {
    Moment::from_micros(jiff::Timestamp::now().as_microsecond())
}

/// Opens a laboratory that exists.
///
/// # Errors
/// There is none at this place, or it cannot be opened.
pub fn open_existing(place: &Place) -> Result<Store, Ended> {
    if !place.has_laboratory()? {
        return Err(Ended::Usage(format!(
            "there is no laboratory in {place}; make one with: meniscus init {}",
            words(place)
        )));
    }
    Ok(Store::open(place)?)
}

/// A request number nobody has had.
///
/// # Errors
/// The machine gives no random bytes.
pub fn request(what: &str) -> Result<String, Ended> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(|error| Ended::Fault(error.to_string()))?;
    Ok(format!("{what}:{}", store::hexadecimal(&bytes)))
}

/// Does a command as Meniscus itself.
///
/// # Errors
/// The laboratory says no, or the world failed.
pub fn as_system(store: &Store, command: Command) -> Result<Done, Ended> {
    let request = request("system")?;
    let act = Act { request, actor: Actor::System, now: now(), command };
    match store.execute(act) {
        Answer::Done(done) => Ok(done),
        Answer::Refused(refusal) => Err(Ended::Usage(refusal.to_string())),
        Answer::Failed(fault) => Err(fault.into()),
    }
}

/// Releases the starter catalog as the first release.
///
/// # Errors
/// The world failed.
pub fn release_starter_catalog(store: &Store) -> Result<(), Ended> {
    let files = lab::catalog::Catalog::starter_files();
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let reason = "Starter catalog; its figures await the director's approval".to_owned();
    as_system(store, ReleaseCatalog { files: files.collect(), reason }.into()).map(drop)
}

/// Somebody new.
pub struct Newcomer<'a> {
    /// The name typed at sign-in.
    pub sign_in: &'a str,
    /// The name shown.
    pub shown: &'a str,
    /// The role.
    pub role: Role,
    /// The first password.
    pub password: &'a str,
}

/// Adds a person with a first password.
///
/// # Errors
/// The name is taken, or the world failed.
pub fn add_person(store: &Store, newcomer: &Newcomer<'_>) -> Result<PersonId, Ended> {
    let digest = web::password::digest(newcomer.password).map_err(Ended::Fault)?;
    add_person_with(store, newcomer, &digest)
}

/// Adds a person whose password digest has been made before.
///
/// # Errors
/// The name is taken, or the world failed.
pub fn add_person_with(
    store: &Store,
    newcomer: &Newcomer<'_>,
    digest: &str,
) -> Result<PersonId, Ended> {
    let add = AddPerson {
        sign_in: newcomer.sign_in.to_owned(),
        shown: newcomer.shown.to_owned(),
        role: newcomer.role,
    };
    let done = as_system(store, add.into())?;
    let Some(Event::People(PeopleEvent::PersonAdded(person))) = done.events.first() else {
        return Err(Ended::Fault("adding a person did not add one".into()));
    };
    set_password(store, person.id, digest.to_owned())?;
    Ok(person.id)
}

/// Gives somebody a new password.
///
/// # Errors
/// There is nobody of that name, or the world failed.
pub fn new_password(store: &Store, sign_in: &str, password: &str) -> Result<(), Ended> {
    let person = store.read(|sql| DatabaseLook(sql).person_signing_in(sign_in))?;
    let person = person.ok_or_else(|| Ended::Usage(format!("nobody signs in as {sign_in}")))?;
    let digest = web::password::digest(password).map_err(Ended::Fault)?;
    set_password(store, person.id, digest)
}

fn set_password(store: &Store, person: PersonId, digest: String) -> Result<(), Ended> {
    let seal = store::seal_of(&digest);
    as_system(store, SetPassword { person, seal, digest }.into()).map(drop)
}

/// A password to be told once: 16 letters and digits without look-alikes.
///
/// # Errors
/// The machine gives no random bytes.
pub fn random_password() -> Result<String, Ended> {
    Ok(web::password::one_time()?)
}
