//! The laboratory as files: a folder with `catalog/*.toml` and `instruments/*.toml`.
//!
//! What must stay true: what is exported and applied again is the same, byte for byte; a file that
//! is not understood is a mistake with its place and how to mend it, never silently left out.

pub mod instruments;

use std::path::Path;

use crate::Ended;

/// The folder of the catalog's files.
const CATALOG: &str = "catalog";

/// The folder of the instruments' files.
const INSTRUMENTS: &str = "instruments";

/// Whether a name belongs into the folder of a laboratory.
fn is_part(name: &str) -> bool {
    matches!(name, CATALOG | INSTRUMENTS)
}

/// The files of the catalog in a folder, in the order of `known` with new ones behind, by name.
///
/// # Errors
/// The folder cannot be read, or holds something that is no file of a laboratory.
pub fn read_catalog(
    folder: &Path,
    known: &[(String, String)],
) -> Result<Vec<(String, String)>, Ended> {
    let mut mistakes = strangers(folder, &is_part)?;
    let inside = folder.join(CATALOG);
    if !inside.is_dir() {
        mistakes.push(mistake(
            &inside,
            "there is no such folder; mend: make one with: meniscus export",
        ));
        return Err(told(mistakes));
    }
    mistakes.extend(strangers(&inside, &|name| name.ends_with(".toml"))?);
    let mut files = Vec::new();
    for name in names(&inside)?.into_iter().filter(|name| name.ends_with(".toml")) {
        let path = inside.join(&name);
        match String::from_utf8(std::fs::read(&path)?) {
            Ok(text) => files.push((format!("{CATALOG}/{name}"), text)),
            Err(error) => mistakes.push(not_text(&path, &error)),
        }
    }
    if !mistakes.is_empty() {
        return Err(told(mistakes));
    }
    let place = |name: &str| known.iter().position(|(one, _)| one == name).unwrap_or(usize::MAX);
    files.sort_by(|a, b| (place(&a.0), &a.0).cmp(&(place(&b.0), &b.0)));
    Ok(files)
}

/// Writes the files of the catalog into a folder. Files of an earlier export that are no longer
/// part of the laboratory are removed.
///
/// # Errors
/// The folder holds something else, or cannot be written.
pub fn write_catalog(folder: &Path, files: &[(String, String)]) -> Result<(), Ended> {
    let inside = folder.join(CATALOG);
    std::fs::create_dir_all(&inside)?;
    let mut found = strangers(folder, &is_part)?;
    found.extend(strangers(&inside, &|name| name.ends_with(".toml"))?);
    if !found.is_empty() {
        return Err(told(found));
    }
    for name in names(&inside)? {
        if !files.iter().any(|(known, _)| *known == format!("{CATALOG}/{name}")) {
            std::fs::remove_file(inside.join(name))?;
        }
    }
    for (name, text) in files {
        let bare = name.strip_prefix("catalog/").unwrap_or(name);
        if bare.contains(['/', '\\']) || bare.starts_with('.') {
            return Err(Ended::Fault(format!("the release holds a file named {name}")));
        }
        std::fs::write(inside.join(bare), text)?;
    }
    Ok(())
}

/// Names in a folder, sorted, without hidden ones.
fn names(folder: &Path) -> Result<Vec<String>, Ended> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn unreadable(folder: &Path, error: &std::io::Error) -> Ended {
    Ended::Usage(format!("{} cannot be read: {error}", folder.display()))
}

/// One mistake for each name that has no business there.
fn strangers(folder: &Path, belongs: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Ended> {
    let strange = names(folder)?.into_iter().filter(|name| !belongs(name));
    let what = "no file of a laboratory; mend: correct its name (NAME.toml) or remove it";
    Ok(strange.map(|name| mistake(&folder.join(name), what)).collect())
}

fn mistake(path: &Path, what: &str) -> String {
    format!("{}: {what}", path.display())
}

fn not_text(path: &Path, error: &std::string::FromUtf8Error) -> String {
    let upto = error.utf8_error().valid_up_to();
    let read = error.as_bytes().iter().take(upto).filter(|byte| **byte == b'\n').count();
    format!("{}:{}: no UTF-8 text; mend: save the file as UTF-8", path.display(), read + 1)
}

fn told(mistakes: Vec<String>) -> Ended {
    Ended::Usage(mistakes.join("\nmeniscus: "))
}
