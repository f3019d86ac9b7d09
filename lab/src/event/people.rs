//! What can happen to the people of the laboratory and to the catalog they answer for.
//!
//! What must stay true: no password and no password digest stands in an event.

use serde::{Deserialize, Serialize};

use crate::people::{Person, Role, Standing};
use crate::release::{CatalogDraft, CatalogRelease};
use crate::value::{DraftId, Moment, PersonId};

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
    /// A password was set that somebody else knows: good for choosing another, and nothing else.
    OneTimePasswordSet {
        /// Whose.
        person: PersonId,
        /// SHA-256 of the stored digest, hexadecimal.
        seal: String,
    },
    /// A person chose a password.
    PasswordChosen {
        /// Whose.
        person: PersonId,
        /// SHA-256 of the stored digest, hexadecimal.
        seal: String,
    },
    /// A person got another role.
    RoleSet {
        /// Who.
        person: PersonId,
        /// The role from now on.
        role: Role,
        /// Why.
        reason: String,
    },
    /// A person was suspended, left, or works here again; a lock after wrong passwords is over.
    StandingSet {
        /// Who.
        person: PersonId,
        /// How the person stands from now on.
        standing: Standing,
        /// Why.
        reason: String,
    },
    /// A draft of the catalog was laid down.
    CatalogDrafted(CatalogDraft),
    /// A draft became a release.
    DraftReleased {
        /// Which.
        draft: DraftId,
        /// The release.
        release: u32,
    },
    /// A draft was put away.
    DraftDiscarded {
        /// Which.
        draft: DraftId,
        /// Why.
        reason: String,
    },
}
