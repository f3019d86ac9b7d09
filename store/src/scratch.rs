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
    database: Option<(Address, String)>,
}

impl Scratch {
    /// A new place: an empty folder, and, where a server is named by the URL of one of its
    /// databases, an empty database of that server beside it.
    ///
    /// # Errors
    /// The folder or the database cannot be made.
    pub fn new(what: &str, server: Option<&str>) -> Result<Scratch, Fault> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let plain = |each: char| if each.is_ascii_alphanumeric() { each } else { '_' };
        let what: String = what.to_lowercase().chars().take(LETTERS).map(plain).collect();
        let name = format!("meniscus_{what}_{}_{number}", std::process::id());
        let folder = std::env::temp_dir().join(&name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)
            .map_err(|error| Fault::new(error).during("making a folder"))?;
        let mut scratch = Scratch { folder, database: None };
        if let Some(url) = server {
            let beside = Address::read(url)?;
            server::drop_database(&beside, &name)?;
            server::make_database(&beside, &name)?;
            scratch.database = Some((beside, name));
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
        self.database.as_ref().map(|(_, name)| name.as_str())
    }

    /// Where the laboratory lies: the database where there is one, or else the folder.
    #[must_use]
    pub fn place(&self) -> Place {
        match &self.database {
            None => Place::Folder(self.folder.clone()),
            Some((beside, name)) => Place::Server(beside.database(name)),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some((beside, name)) = &self.database
            && let Err(fault) = server::drop_database(beside, name)
        {
            tracing::warn!(%fault, "a database of a benchmark or a test is left");
        }
    }
}
