//! `meniscus init`: an empty laboratory, its first administrator, the starter catalog.
//!
//! What must stay true: a place that holds a laboratory is left alone; the first password is
//! told once and kept nowhere.

use lab::people::Role;

use crate::Ended;
use crate::config::{At, words};
use crate::setup::{self, Newcomer};

/// What `init` is told.
#[derive(clap::Args)]
pub struct Init {
    #[command(flatten)]
    at: At,
    /// The sign-in name of the first administrator.
    #[arg(long, default_value = "admin")]
    administrator: String,
}

impl Init {
    /// Makes the laboratory and prints the administrator's first password.
    pub fn run(self) -> Result<(), Ended> {
        let place = self.at.place()?;
        if place.has_laboratory()? {
            return Err(Ended::Usage(format!("{place} holds a laboratory already")));
        }
        let store = store::Store::open(&place)?;
        setup::release_starter_catalog(&store)?;
        let password = setup::random_password()?;
        setup::add_person(
            &store,
            &Newcomer {
                sign_in: &self.administrator,
                shown: "Administrator",
                role: Role::Administrator,
                password: &password,
            },
        )?;
        println!("A laboratory was made in {place}.");
        println!("Sign in as {} with the password {password}", self.administrator);
        println!("It is shown only now. Start with: meniscus serve {}", words(&place));
        Ok(())
    }
}
