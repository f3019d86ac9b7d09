//! The people who work here and what each may do.
//!
//! What must stay true: deny by default; whoever acts is named in the journal; a machine acts
//! under its own name and never under a person's.

mod privilege;

use serde::{Deserialize, Serialize};

pub use privilege::{Ask, may, who_may};

use crate::value::{InstrumentId, Moment, PersonId};

/// What a person is in the laboratory. The scope of each role follows 42 CFR 493 subpart M; see
/// the who-may-do-what table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Reception and phlebotomy.
    Reception,
    /// Medical laboratory technician.
    Mlt,
    /// Medical laboratory scientist.
    Mls,
    /// General supervisor.
    Supervisor,
    /// Laboratory director.
    Director,
    /// Laboratory manager.
    Manager,
    /// Point-of-care operator.
    PocOperator,
    /// Interface engineer.
    InterfaceEngineer,
    /// Student under supervision.
    Student,
    /// Physician who reads results.
    Physician,
    /// Epidemiologist.
    Epidemiologist,
    /// Administrator of the system: people and set-up, no results.
    Administrator,
}

impl Role {
    /// Every role, in the order of the who-may-do-what table.
    pub const ALL: [Role; 12] = [
        Role::Reception,
        Role::Mlt,
        Role::Mls,
        Role::Supervisor,
        Role::Director,
        Role::Manager,
        Role::PocOperator,
        Role::InterfaceEngineer,
        Role::Student,
        Role::Physician,
        Role::Epidemiologist,
        Role::Administrator,
    ];

    /// The title shown beside a name.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Role::Reception => "Reception",
            Role::Mlt => "MLT",
            Role::Mls => "MLS",
            Role::Supervisor => "Supervisor",
            Role::Director => "Director",
            Role::Manager => "Manager",
            Role::PocOperator => "POC operator",
            Role::InterfaceEngineer => "Interface engineer",
            Role::Student => "Student",
            Role::Physician => "Physician",
            Role::Epidemiologist => "Epidemiologist",
            Role::Administrator => "Administrator",
        }
    }

    /// Reads the title, in any case.
    #[must_use]
    pub fn read(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.title().eq_ignore_ascii_case(text.trim()))
    }
}

/// How a person stands to the laboratory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Works here and may sign in.
    #[default]
    Works,
    /// May not sign in until somebody says so.
    Suspended,
    /// Has left; the name stays, since the journal tells of it.
    Left,
}

impl Standing {
    /// Every standing, in the order of a list.
    pub const ALL: [Standing; 3] = [Standing::Works, Standing::Suspended, Standing::Left];

    /// The word of the screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Works => "works here",
            Standing::Suspended => "suspended",
            Standing::Left => "left",
        }
    }

    fn is_usual(&self) -> bool {
        *self == Standing::Works
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The way serde asks.
const fn is_false(given: &bool) -> bool {
    !*given
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// The name typed at sign-in; unique.
    pub sign_in: String,
    /// The name shown.
    pub shown: String,
    /// What the person is here.
    pub role: Role,
    /// SHA-256, in hexadecimal, of the stored password digest; the digest itself is kept apart.
    pub secret_seal: Option<String>,
    /// Wrong passwords since the last right one.
    pub failures: u32,
    /// No sign-in before this moment.
    pub locked_until: Option<Moment>,
    /// How the person stands to the laboratory.
    #[serde(default, skip_serializing_if = "Standing::is_usual")]
    pub standing: Standing,
    /// True while the password is one that somebody else knows: it lets in only to choose another.
    #[serde(default, skip_serializing_if = "is_false")]
    pub must_choose: bool,
}

impl Person {
    /// Whether the person may sign in, the lock after wrong passwords aside.
    #[must_use]
    pub fn works_here(&self) -> bool {
        self.standing == Standing::Works
    }
}

/// Whoever does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// A person, in a role.
    Person(PersonId, Role),
    /// An instrument, over its own connection.
    Instrument(InstrumentId),
    /// Meniscus itself: first set-up, jobs.
    System,
    /// A rule of the catalog release of this number; its name stands beside what it did.
    Rule(u32),
}

impl Actor {
    /// A rule as it is named beside what it did.
    #[must_use]
    pub fn rule_words(release: u32) -> String {
        format!("A rule of catalog release {release}")
    }

    /// The person, if it is one.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Actor::Person(id, _) => Some(id),
            Actor::Instrument(_) | Actor::System | Actor::Rule(_) => None,
        }
    }
}
