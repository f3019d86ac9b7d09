//! `meniscus restore`: a copy of the record takes the place of the record.
//!
//! The copy is brought beside the record, opened, and checked whole: seals, fold and laws. Only
//! then does it take the record's place, in one transaction; a server at work there goes on with
//! it. What was there before is kept in a file of its own.
//!
//! What must stay true: the file given is never changed; with a finding nothing is replaced;
//! whoever is killed in the middle leaves the record as it was; nobody stays signed in by a
//! session of the past.

use std::fs::File;
use std::path::{Path, PathBuf};

use lab::value::Moment;
use store::scratch::Scratch;
use store::session::Note;
use store::{Place, Store};

use crate::Ended;
use crate::config::At;
use crate::progress::{Measure, Progress};
use crate::setup::now;

/// Proves the copy, then puts it in the place of the record in a folder, or into a database that
/// is empty.
pub fn run(at: &At, file: &Path) -> Result<(), Ended> {
    let place = at.place()?;
    let size = file
        .metadata()
        .map_err(|error| Ended::Usage(format!("{} cannot be read: {error}", file.display())))?;
    if !looks_like_a_record(file)? {
        return Err(Ended::Usage(format!(
            "{} is no copy of a laboratory; make one with: meniscus backup",
            file.display()
        )));
    }
    let Place::Folder(data) = &place else { return fill(&place, file, size.len()) };
    std::fs::create_dir_all(data)?;
    let beside = Beside::make(data)?;
    let staged = beside.0.join(store::FILE);
    {
        let measure = Measure::File(staged.clone(), size.len());
        let _progress = Progress::of("Bringing the copy beside the record", measure);
        std::fs::copy(file, &staged)?;
    }
    prove(&beside.0)?;
    let kept = put_in_place(data, &staged)?;
    println!("restored from {}", file.display());
    if let Some(kept) = kept {
        println!("what was there before is in {}", kept.display());
    }
    Ok(())
}

/// Proves the copy, then fills an empty database with it. A database that holds a laboratory is
/// left alone: what is in it would be gone.
fn fill(place: &Place, file: &Path, size: u64) -> Result<(), Ended> {
    let Place::Server(address) = place else { return Ok(()) };
    if place.has_laboratory()? {
        return Err(Ended::Usage(format!(
            "{place} holds a laboratory already; restore into a new, empty database, then start \
             the server with that one"
        )));
    }
    let beside = Scratch::new("restore", None)?;
    let staged = beside.folder().join(store::FILE);
    {
        let _progress = Progress::of("Reading the copy", Measure::File(staged.clone(), size));
        std::fs::copy(file, &staged)?;
    }
    prove(beside.folder())?;
    let _progress = Progress::of("Filling the database", Measure::Time);
    store::engine::fill(address, &staged)?;
    println!("restored from {} into {place}", file.display());
    Ok(())
}

/// The first bytes of every record of the embedded engine.
// SQLite, "Database File Format", 1.3.1: the header string.
const HEAD: &[u8; 16] = b"SQLite format 3\0";

fn looks_like_a_record(file: &Path) -> Result<bool, Ended> {
    use std::io::Read;
    let mut head = Vec::new();
    File::open(file)?.take(16).read_to_end(&mut head)?;
    Ok(head == HEAD)
}

/// How a folder beside the record is called.
const BESIDE: &str = "restoring-";

/// The file that is locked while the folder is in use.
const LOCK: &str = "lock";

/// A folder beside the record, gone when the work is.
struct Beside(PathBuf, #[allow(dead_code)] File);

impl Beside {
    fn make(data: &Path) -> Result<Beside, Ended> {
        clear_away(data)?;
        let folder = data.join(format!("{BESIDE}{}", std::process::id()));
        std::fs::create_dir(&folder)?;
        let lock = File::create(folder.join(LOCK))?;
        lock.lock()?;
        Ok(Beside(folder, lock))
    }
}

/// Removes what a restore that was killed left behind: nobody holds its lock any more.
fn clear_away(data: &Path) -> Result<(), Ended> {
    for entry in std::fs::read_dir(data)? {
        let (name, folder) = entry.map(|entry| (entry.file_name(), entry.path()))?;
        if name.to_string_lossy().starts_with(BESIDE) {
            let abandoned = match File::open(folder.join(LOCK)) {
                Ok(lock) => lock.try_lock().is_ok(),
                Err(_) => true,
            };
            if abandoned {
                let _ = std::fs::remove_dir_all(&folder);
            }
        }
    }
    Ok(())
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Opens the copy, brings it to this program's schema, checks all of it and ends its sessions.
fn prove(folder: &Path) -> Result<(), Ended> {
    let _progress = Progress::of("Checking the copy", Measure::Time);
    let store = Store::open(folder)?;
    let findings = store.read(|sql| store::check::check(sql))?;
    if findings.entries == 0 {
        return Err(Ended::Usage("the copy holds no laboratory: its journal is empty".into()));
    }
    for (kind, what) in &findings.lines {
        println!("{kind}: {what}");
    }
    if !findings.lines.is_empty() {
        println!("{} findings; nothing was replaced", findings.lines.len());
        return Err(Ended::Found);
    }
    store.note_and_wait(Note::EndUnused { before: Moment::from_micros(i64::MAX) })?;
    store.close();
    Ok(())
}

/// The copy takes the record's place; where there was a record, the file that keeps it.
fn put_in_place(data: &Path, staged: &Path) -> Result<Option<PathBuf>, Ended> {
    let live = data.join(store::FILE);
    if !live.exists() {
        File::open(staged)?.sync_all()?;
        std::fs::rename(staged, &live)?;
        File::open(data)?.sync_all()?;
        return Ok(None);
    }
    // Brings the record to this program's schema too.
    drop(Store::open(data)?);
    let kept = data.join(format!("before-restore-{}.db", now().micros()));
    let _progress = Progress::of("Putting it in place", Measure::Time);
    store::engine::replace::replace(&live, staged, &kept)?;
    Ok(Some(kept))
}
