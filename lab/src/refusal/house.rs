//! How the laboratory says no to those who set it up: people and the catalog.
//!
//! What must stay true: as for every refusal: nothing changes, it says what is the case, codes are
//! never renamed.

use serde::{Deserialize, Serialize};

/// The laboratory says no to a change of its people or of its catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HouseRefusal {
    /// The person does not work here at present.
    MayNotSignIn {
        /// How the person stands, in the word of the screens.
        standing: String,
    },
    /// Nobody would be left who may add people and give passwords.
    NobodyLeft,
    /// The person has this role or this standing already.
    AlreadySo {
        /// What.
        what: String,
    },
    /// The password is somebody else's to choose.
    NotYourPassword,
    /// The draft was released or put away before.
    DraftEnded {
        /// What became of it.
        fate: String,
    },
    /// Another release came into force since the draft was laid down.
    DraftOutdated {
        /// The release it was laid down against.
        base: u32,
        /// The release in force.
        newest: u32,
    },
    /// The files say what the release in force says.
    NoDifference {
        /// The release in force.
        release: u32,
    },
}

impl HouseRefusal {
    /// The code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            HouseRefusal::MayNotSignIn { .. } => "MayNotSignIn",
            HouseRefusal::NobodyLeft => "NobodyLeft",
            HouseRefusal::AlreadySo { .. } => "AlreadySo",
            HouseRefusal::NotYourPassword => "NotYourPassword",
            HouseRefusal::DraftEnded { .. } => "DraftEnded",
            HouseRefusal::DraftOutdated { .. } => "DraftOutdated",
            HouseRefusal::NoDifference { .. } => "NoDifference",
        }
    }

    /// What is the case, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            HouseRefusal::MayNotSignIn { standing } => {
                format!("This person may not sign in: {standing}.")
            }
            HouseRefusal::NobodyLeft => {
                "Nobody would be left who may add people and give passwords.".into()
            }
            HouseRefusal::AlreadySo { what } => format!("It is so already: {what}."),
            HouseRefusal::NotYourPassword => "Only its owner chooses a password.".into(),
            HouseRefusal::DraftEnded { fate } => format!("The draft was {fate}."),
            HouseRefusal::DraftOutdated { base, newest } => format!(
                "The draft was laid down against release {base}; release {newest} is in force."
            ),
            HouseRefusal::NoDifference { release } => {
                format!("The files say what release {release} says.")
            }
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            HouseRefusal::MayNotSignIn { .. } => "An administrator can let the person in again.",
            HouseRefusal::NobodyLeft => "Make somebody else director or administrator first.",
            HouseRefusal::AlreadySo { .. } | HouseRefusal::NoDifference { .. } => {
                "Nothing is left to do."
            }
            HouseRefusal::NotYourPassword => "Give a one-time password in its place.",
            HouseRefusal::DraftEnded { .. } => "Lay down a new draft with: meniscus apply --draft",
            HouseRefusal::DraftOutdated { .. } => {
                "Export the release in force, make the changes there, and lay down a new draft."
            }
        }
    }
}

impl From<HouseRefusal> for super::Refusal {
    fn from(refusal: HouseRefusal) -> super::Refusal {
        super::Refusal::House(refusal)
    }
}
