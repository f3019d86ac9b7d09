//! The engines a journey is lived through on: the one inside the program, and a server's where
//! the environment names one (`MENISCUS_TEST_POSTGRES`, the URL of one of its databases).
//!
//! Setting a laboratory up costs more than most journeys; it is done once and every journey begins
//! with a copy. What must stay true: no journey sees what another one did.

use std::path::Path;
use std::sync::OnceLock;

use store::scratch::Scratch;
use store::{Place, Store};

use crate::day::Day;

/// One engine.
#[derive(Clone, Debug)]
pub struct Engine {
    /// Its name.
    pub name: &'static str,
    server: Option<String>,
}

/// The engine inside the program.
pub const EMBEDDED: Engine = Engine { name: "embedded", server: None };

/// Every engine there is here; the first one blesses.
pub fn all() -> Vec<Engine> {
    let server = std::env::var("MENISCUS_TEST_POSTGRES").ok();
    let server = server.map(|url| Engine { name: "server", server: Some(url) });
    std::iter::once(EMBEDDED).chain(server).collect()
}

impl Engine {
    /// A place of its own for a laboratory, empty.
    pub fn scratch(&self, name: &str) -> Result<Scratch, String> {
        Scratch::new(name, self.server.as_deref()).map_err(|fault| fault.to_string())
    }

    /// Lays a laboratory that is set up and has no patient into an empty place.
    pub fn lay(&self, scratch: &Scratch) -> Result<(), String> {
        static READY: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
        let ready = READY.get_or_init(prepared).as_ref().map_err(Clone::clone)?;
        let laid = |file: &Path| std::fs::write(file, ready).map_err(|error| error.to_string());
        match scratch.place() {
            Place::Folder(folder) => laid(&folder.join(store::FILE)),
            Place::Server(address) => {
                let copy = scratch.folder().join("prepared.db");
                laid(&copy)?;
                store::engine::fill(&address, &copy).map_err(|fault| fault.to_string())
            }
        }
    }
}

/// A laboratory set up, as the bytes of its one file.
fn prepared() -> Result<Vec<u8>, String> {
    let scratch = EMBEDDED.scratch("prepared")?;
    let file = scratch.folder().join("copy.db");
    let mut day = Day::begin(&scratch.place())?;
    day.set_up()?;
    day.store.copy_to(&file).map_err(|fault| fault.to_string())?;
    std::fs::read(&file).map_err(|error| error.to_string())
}

/// Opens the record at a place.
pub fn open(place: &Place) -> Result<Store, String> {
    Store::open(place).map_err(|fault| fault.to_string())
}
