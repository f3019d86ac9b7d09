//! A place for a laboratory that nobody else has and that is gone afterwards: for benchmarks, and
//! for tests of a whole record on every engine.
//!
//! What must stay true: nothing is left behind, neither a folder nor a database.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::engine::{Address, server};
use crate::fault::Fault;
use crate::place::Place;

/// The most letters of a name that a database takes from what it is for.
const LETTERS: usize = 24;

/// A place that is removed with this.
pub struct Scratch {
    folder: PathBuf,
    database: Option<Database>,
}

struct Database {
    beside: Address,
    name: String,
    url: String,
}

impl Scratch {
    /// A new place: an empty folder, and, where a server is named by the URL of one of its
    /// databases, an empty database of that server beside it.
    ///
    /// # Errors
    /// The folder or the database cannot be made.
    pub fn new(what: &str, server: Option<&str>) -> Result<Scratch, Fault> {
        Scratch::inside(&std::env::temp_dir(), what, server)
    }

    /// The same, with its folder inside another.
    ///
    /// # Errors
    /// The folder or the database cannot be made.
    pub fn inside(inside: &Path, what: &str, server: Option<&str>) -> Result<Scratch, Fault> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let plain = |each: char| if each.is_ascii_alphanumeric() { each } else { '_' };
        let what: String = what.to_lowercase().chars().take(LETTERS).map(plain).collect();
        let name = format!("meniscus_{what}_{}_{number}", std::process::id());
        let folder = inside.join(&name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)
            .map_err(|error| Fault::new(error).during("making a folder"))?;
        let mut scratch = Scratch { folder, database: None };
        if let Some(url) = server {
            let beside = Address::read(url)?;
            server::drop_database(&beside, &name)?;
            server::make_database(&beside, &name)?;
            let url = renamed(url, &name);
            scratch.database = Some(Database { beside, name, url });
        }
        Ok(scratch)
    }

    /// A folder that is there for files, whatever engine holds the laboratory.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name of the database, where there is one.
    #[must_use]
    pub fn database(&self) -> Option<&str> {
        self.database.as_ref().map(|database| database.name.as_str())
    }

    /// The URL of the database, where there is one.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.database.as_ref().map(|database| database.url.as_str())
    }

    /// Where the laboratory lies: the database where there is one, or else the folder.
    #[must_use]
    pub fn place(&self) -> Place {
        match &self.database {
            None => Place::Folder(self.folder.clone()),
            Some(own) => Place::Server(own.beside.database(&own.name)),
        }
    }
}

/// The URL of another database of the same server.
fn renamed(url: &str, name: &str) -> String {
    let (before, after) = url.split_once('?').unwrap_or((url, ""));
    let server = before.rsplit_once('/').map_or(before, |(server, _)| server);
    let mark = if after.is_empty() { "" } else { "?" };
    format!("{server}/{name}{mark}{after}")
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some(own) = &self.database
            && let Err(fault) = server::drop_database(&own.beside, &own.name)
        {
            tracing::warn!(%fault, "a database of a benchmark or a test is left");
        }
    }
}
