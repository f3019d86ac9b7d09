//! Setting up: people and their passwords, signing in, the catalog.
//!
//! What must stay true: names are unique; a password is known here only by the seal of its
//! digest; a catalog with a mistake is never released.

use crate::catalog::Catalog;
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, PeopleEvent};
use crate::people::{Person, Role, Standing};
use crate::refusal::{HouseRefusal, Refusal};
use crate::release::CatalogRelease;
use crate::value::PersonId;

/// Wrong passwords in a row, from wherever, that lock a name for everybody. Whoever tries from one
/// place is made to wait long before that, there and nowhere else, so that nobody locks a colleague
/// out.
// NIST SP 800-63B 5.2.2: no more than 100 failed tries in a row.
const FAILURES_ALLOWED: u32 = 50;
/// How long such a lock holds, in minutes.
const LOCK_MINUTES: i64 = 15;

/// Add a person, with a sign-in name and a role.
#[derive(Clone, Debug)]
pub struct AddPerson {
    /// The name typed at sign-in.
    pub sign_in: String,
    /// The name shown.
    pub shown: String,
    /// The role.
    pub role: Role,
}

impl Decide for AddPerson {
    type Sees = Option<Person>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Option<Person>, L::Fault> {
        look.person_signing_in(self.sign_in.trim())
    }

    fn decide(&self, seen: Option<Person>, setting: &Setting<'_>) -> Decision {
        let sign_in = self.sign_in.trim().to_owned();
        if sign_in.is_empty() {
            return Err(Refusal::Missing { field: "Sign-in name".into() });
        }
        if seen.is_some() {
            return Err(Refusal::Taken { what: "sign-in name".into(), name: sign_in });
        }
        Ok(vec![Event::People(PeopleEvent::PersonAdded(Person {
            id: PersonId(setting.fresh()),
            sign_in,
            shown: self.shown.trim().to_owned(),
            role: self.role,
            secret_seal: None,
            failures: 0,
            locked_until: None,
            standing: Standing::Works,
            must_choose: false,
        }))])
    }
}

/// Set a person's password. The digest is kept apart from the journal; the journal knows its seal.
#[derive(Clone)]
pub struct SetPassword {
    /// Whose.
    pub person: PersonId,
    /// SHA-256 of the digest, hexadecimal.
    pub seal: String,
    /// The digest (PHC string); kept by the store, never in an event.
    pub digest: String,
}

impl std::fmt::Debug for SetPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetPassword").field("person", &self.person).finish_non_exhaustive()
    }
}

impl Decide for SetPassword {
    type Sees = Option<Person>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Option<Person>, L::Fault> {
        look.person(self.person)
    }

    fn decide(&self, seen: Option<Person>, _: &Setting<'_>) -> Decision {
        let person = seen.ok_or_else(|| Refusal::NoSuch {
            what: "person".into(),
            name: self.person.to_string(),
        })?;
        let seal = self.seal.clone();
        Ok(vec![Event::People(PeopleEvent::PasswordSet { person: person.id, seal })])
    }
}

/// Sign in, sign out, or note a wrong password.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Who.
    pub person: PersonId,
    /// What was tried.
    pub attempt: Attempt,
}

/// What was tried at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The right password.
    Right,
    /// A wrong one.
    Wrong,
    /// Leaving.
    Leave,
}

impl Decide for SignIn {
    type Sees = Option<Person>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Option<Person>, L::Fault> {
        look.person(self.person)
    }

    fn decide(&self, seen: Option<Person>, setting: &Setting<'_>) -> Decision {
        let person = seen.ok_or(Refusal::WrongSignIn)?;
        if self.attempt == Attempt::Leave {
            return Ok(vec![Event::People(PeopleEvent::SignedOut { person: person.id })]);
        }
        if let Some(until) = person.locked_until.filter(|until| *until > setting.now) {
            let whole = until.minutes_since(setting.now);
            let begun = setting.now.plus_minutes(whole) < until;
            let minutes = if begun { whole + 1 } else { whole };
            return Err(Refusal::SignInLocked { minutes });
        }
        // Only whoever knows the password learns how its owner stands to the laboratory.
        if self.attempt == Attempt::Right && !person.works_here() {
            let standing = person.standing.word().to_owned();
            return Err(HouseRefusal::MayNotSignIn { standing }.into());
        }
        if self.attempt == Attempt::Right {
            return Ok(vec![Event::People(PeopleEvent::SignedIn { person: person.id })]);
        }
        let locks = person.failures + 1 >= FAILURES_ALLOWED;
        let locked_until = locks.then(|| setting.now.plus_minutes(LOCK_MINUTES));
        let person = person.id;
        Ok(vec![Event::People(PeopleEvent::SignInFailed { person, locked_until })])
    }
}

/// Release a catalog as a numbered whole, with the reason.
#[derive(Clone, Debug)]
pub struct ReleaseCatalog {
    /// Its files: name and text.
    pub files: Vec<(String, String)>,
    /// Why.
    pub reason: String,
}

impl Decide for ReleaseCatalog {
    type Sees = Option<CatalogRelease>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look.newest_release()
    }

    fn decide(&self, seen: Self::Sees, _: &Setting<'_>) -> Decision {
        let release = seen.map_or(1, |newest| newest.release + 1);
        let files: Vec<(&str, &str)> =
            self.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        if let Err(mistakes) = Catalog::load(release, &files) {
            let lines = mistakes.iter().map(ToString::to_string).collect();
            return Err(Refusal::CatalogMistakes { lines });
        }
        Ok(vec![Event::People(PeopleEvent::CatalogReleased(CatalogRelease {
            release,
            files: self.files.clone(),
            reason: self.reason.trim().to_owned(),
        }))])
    }
}
