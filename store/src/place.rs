//! Where a laboratory's record lies: a folder of this machine, or a database on a server.
//!
//! What must stay true: a place that is shown shows no password.

use std::path::{Path, PathBuf};

use crate::engine::{Address, EmbeddedPen, server};
use crate::fault::Fault;

/// The file of the embedded database inside a data folder.
pub const FILE: &str = "meniscus.db";

/// Where a record lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a folder, with everything else of the laboratory.
    Folder(PathBuf),
    /// In a database on a server.
    Server(Address),
}

impl Place {
    /// Reads the URL of a database.
    ///
    /// # Errors
    /// It is none.
    pub fn at_url(url: &str) -> Result<Place, Fault> {
        Address::read(url).map(Place::Server)
    }

    /// Whether a laboratory is there.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub fn has_laboratory(&self) -> Result<bool, Fault> {
        match self {
            Place::Folder(folder) => Ok(folder.join(FILE).exists()),
            Place::Server(address) => server::has_laboratory(address),
        }
    }

    /// The file of the embedded database, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        match self {
            Place::Folder(folder) => Some(folder.join(FILE)),
            Place::Server(_) => None,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Folder(folder) => write!(f, "{}", folder.display()),
            Place::Server(address) => write!(f, "{address}"),
        }
    }
}

impl From<&Path> for Place {
    fn from(folder: &Path) -> Place {
        Place::Folder(folder.to_owned())
    }
}

impl From<&PathBuf> for Place {
    fn from(folder: &PathBuf) -> Place {
        Place::Folder(folder.clone())
    }
}

impl From<&Place> for Place {
    fn from(place: &Place) -> Place {
        place.clone()
    }
}

/// Opens the pen of the record in a folder.
pub(crate) fn open_folder(folder: &Path) -> Result<EmbeddedPen, Fault> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Fault::new(error).during("making the data folder"))?;
    EmbeddedPen::open(&folder.join(FILE))
}
