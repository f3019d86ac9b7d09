//! `meniscus backup`: an online copy of the record.
//!
//! What must stay true: the copy is complete and consistent, or there is none; an existing file
//! is never overwritten.

use std::fs::File;
use std::path::{Path, PathBuf};

use store::Place;

use crate::Ended;
use crate::config::At;
use crate::progress::{Measure, Progress};
use crate::setup::open_existing;

/// Copies the record into a new file.
pub fn run(at: &At, file: &Path) -> Result<(), Ended> {
    if file.exists() {
        return Err(Ended::Usage(format!("{} exists; name a new file", file.display())));
    }
    let unfinished = beside(file)?;
    let copied = copy(&at.place()?, &unfinished, file);
    if copied.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    copied?;
    println!("copied to {}", file.display());
    Ok(())
}

/// Where the copy is written before it is whole.
fn beside(file: &Path) -> Result<PathBuf, Ended> {
    let name = file.file_name().ok_or_else(|| {
        Ended::Usage(format!("{} names no file; name a new file", file.display()))
    })?;
    let name = format!("{}.{}.unfinished", name.to_string_lossy(), std::process::id());
    Ok(file.with_file_name(name))
}

/// Writes the copy under another name, makes it durable, and only then gives it its own.
fn copy(place: &Place, unfinished: &Path, file: &Path) -> Result<(), Ended> {
    let copying = Progress::of("Copying", measure(place, unfinished));
    open_existing(place)?.copy_to(unfinished)?;
    drop(copying);
    File::open(unfinished)?.sync_all()?;
    if file.exists() {
        return Err(Ended::Usage(format!("{} exists by now; name a new file", file.display())));
    }
    std::fs::rename(unfinished, file)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

/// How far the copy is: of its size, where the record is a file whose size is known.
fn measure(place: &Place, unfinished: &Path) -> Measure {
    let size = place.file().and_then(|file| file.metadata().ok()).map(|about| about.len());
    size.map_or(Measure::Time, |size| Measure::File(unfinished.to_owned(), size))
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn a_copy_gets_its_name_only_when_it_is_whole() {
        let name = format!("meniscus-backup-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        let place = Place::from(&folder);
        drop(store::Store::open(&place).expect("a record"));
        let (unfinished, file) = (folder.join("copy.unfinished"), folder.join("copy.db"));
        std::fs::write(&file, "somebody's file, made meanwhile").expect("written");
        assert!(copy(&place, &unfinished, &file).is_err());
        let all = place.file().and_then(|file| file.metadata().ok()).expect("its file").len();
        let size = measure(&place, &unfinished);
        assert!(matches!(size, Measure::File(_, size) if size == all), "{size:?}");
        assert!(unfinished.metadata().expect("the copy was written here").len() > 4096);
        std::fs::remove_file(&file).expect("it was left alone");
        assert!(copy(&place, &unfinished, &file).is_err(), "nor is an unfinished one written over");
        assert!(!file.exists(), "there is none");
        std::fs::remove_file(&unfinished).expect("removed");
        assert!(copy(&place, &unfinished, &file).is_ok());
        assert!(file.exists() && !unfinished.exists());
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn a_copy_from_a_server_tells_its_time_and_no_part_of_an_unknown_size() {
        let place = Place::at_url("postgresql://lab@localhost/lab").expect("a URL");
        let measure = measure(&place, Path::new("copy.db"));
        assert!(matches!(measure, Measure::Time), "{measure:?}");
    }
}
