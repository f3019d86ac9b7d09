//! What can happen to the people of the laboratory and to the catalog they answer for.
//!
//! What must stay true: no password and no password digest stands in an event.

use serde::{Deserialize, Serialize};

use crate::people::Person;
use crate::release::CatalogRelease;
use crate::value::{Moment, PersonId};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeopleEvent {
    /// A person was added.
    PersonAdded(Person),
    /// A password was set; only the seal of its digest is told.
    PasswordSet {
        /// Whose.
        person: PersonId,
        /// SHA-256 of the stored digest, hexadecimal.
        seal: String,
    },
    /// Somebody signed in.
    SignedIn {
        /// Who.
        person: PersonId,
    },
    /// A sign-in with a wrong password.
    SignInFailed {
        /// Whose name was typed.
        person: PersonId,
        /// Set where this failure locks the name for a while.
        locked_until: Option<Moment>,
    },
    /// Somebody signed out.
    SignedOut {
        /// Who.
        person: PersonId,
    },
    /// A catalog was released.
    CatalogReleased(CatalogRelease),
}
