//! `meniscus init`: an empty laboratory, its first administrator, the starter catalog.
//!
//! What must stay true: a folder that holds a laboratory is left alone; the first password is
//! told once and kept nowhere.

use std::path::PathBuf;

use lab::people::Role;

use crate::Ended;
use crate::setup::{self, Newcomer};

/// What `init` is told.
#[derive(clap::Args)]
pub struct Init {
    /// The folder for the laboratory's data; made if it is not there.
    #[arg(long)]
    data: PathBuf,
    /// The sign-in name of the first administrator.
    #[arg(long, default_value = "admin")]
    administrator: String,
}

impl Init {
    /// Makes the laboratory and prints the administrator's first password.
    pub fn run(self) -> Result<(), Ended> {
        if self.data.join(store::FILE).exists() {
            let folder = self.data.display();
            return Err(Ended::Usage(format!("{folder} holds a laboratory already")));
        }
        let store = store::Store::open(&self.data)?;
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
        println!("A laboratory was made in {}.", self.data.display());
        println!("Sign in as {} with the password {password}", self.administrator);
        println!("It is shown only now. Start with: meniscus serve --data {}", self.data.display());
        Ok(())
    }
}
