//! `meniscus user`: people from the shell.
//!
//! What must stay true: the same commands go through the same door as from a screen; a password
//! is read from standard input or made here, never from the command line.

use clap::Subcommand;
use lab::people::Role;

use crate::Ended;
use crate::config::At;
use crate::setup::{self, Newcomer, open_existing};

/// What `user` is told.
#[derive(clap::Args)]
pub struct User {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Add a person; a first password is made and shown once.
    Add {
        #[command(flatten)]
        at: At,
        /// The name typed at sign-in.
        sign_in: String,
        /// The name shown.
        #[arg(long)]
        shown: String,
        /// The role, such as MLT, MLS, Supervisor, Director, Reception.
        #[arg(long)]
        role: String,
    },
    /// Make a new password for somebody and show it once.
    Password {
        #[command(flatten)]
        at: At,
        /// The name typed at sign-in.
        sign_in: String,
    },
}

impl User {
    /// Does it.
    pub fn run(self) -> Result<(), Ended> {
        let password = setup::random_password()?;
        match self.what {
            What::Add { at, sign_in, shown, role } => {
                let role = read_role(&role)?;
                let store = open_existing(&at.place()?)?;
                let newcomer =
                    Newcomer { sign_in: &sign_in, shown: &shown, role, password: &password };
                setup::add_person(&store, &newcomer)?;
                println!("{sign_in} may sign in with the password {password}");
            }
            What::Password { at, sign_in } => {
                let store = open_existing(&at.place()?)?;
                setup::new_password(&store, &sign_in, &password)?;
                println!("{sign_in} may now sign in with the password {password}");
            }
        }
        Ok(())
    }
}

fn read_role(text: &str) -> Result<Role, Ended> {
    Role::read(text).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.title()).collect();
        Ended::Usage(format!("there is no role {text}; there are {}", known.join(", ")))
    })
}
