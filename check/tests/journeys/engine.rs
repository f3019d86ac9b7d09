//! The engines a journey is lived through on.
//!
//! Setting a laboratory up costs more than most journeys; each engine does it once and every
//! journey begins with a copy. What must stay true: no journey sees what another one did.

use std::path::Path;
use std::sync::OnceLock;

use store::Store;
use store::fault::Fault;

use crate::day::Day;

/// Opens the record in a folder, or makes an empty one there.
pub type Open = fn(&Path) -> Result<Store, Fault>;

/// One engine.
#[derive(Clone, Copy)]
pub struct Engine {
    /// Its name.
    pub name: &'static str,
    /// How it opens a record.
    pub open: Open,
    /// Lays a laboratory that is set up and has no patient into an empty folder.
    pub lay: fn(&Path) -> Result<(), String>,
}

/// Every engine; the first one blesses.
pub const ALL: [Engine; 1] = [Engine { name: "embedded", open: Store::open, lay: embedded }];

fn embedded(folder: &Path) -> Result<(), String> {
    static READY: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let ready = READY.get_or_init(prepare_embedded).as_ref().map_err(Clone::clone)?;
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    std::fs::write(folder.join(store::FILE), ready).map_err(|error| error.to_string())
}

/// A laboratory set up, as the bytes of its one file.
fn prepare_embedded() -> Result<Vec<u8>, String> {
    let folder = scratch("prepared");
    let file = folder.join("copy.db");
    let mut day = Day::begin(Store::open, folder.clone())?;
    day.set_up()?;
    day.store.copy_to(&file).map_err(|fault| fault.to_string())?;
    let bytes = std::fs::read(&file).map_err(|error| error.to_string());
    drop(day);
    let _ = std::fs::remove_dir_all(&folder);
    bytes
}

/// A folder that no other run of these tests uses.
pub fn scratch(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("meniscus-journey-{}-{name}", std::process::id()))
}
