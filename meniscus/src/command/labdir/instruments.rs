//! The instruments of a laboratory as files: `instruments/NAME.toml`, one for each, with its code
//! map.
//!
//! What must stay true: what is exported and applied again is the same; every mistake is told with
//! its file, its line and how to mend it; a file is never read as another instrument than the one
//! whose name stands in it.

use std::collections::BTreeMap;
use std::path::Path;

use lab::catalog::Catalog;
use lab::instrument::{CharacterSet, Connection, ControlRule, Instrument, Wiring, silence};
use lab::value::TestCode;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{INSTRUMENTS, mistake, names, not_text, strangers, told};
use crate::Ended;

/// One instrument as its file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Filed {
    /// The name on its front.
    pub name: String,
    /// The driver that reads it.
    pub driver: String,
    /// What it calls itself in its messages.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sender: String,
    /// `host:port` where we call it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub connect_to: String,
    /// By what its control material is known beside its own marks.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub control_material: String,
    /// The characters it writes in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub characters: String,
    /// Minutes without a message after which it is shown as silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_after_minutes: Option<u32>,
    /// Its codes that are known and not used here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<String>,
    /// Its codes to the laboratory's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<String, String>,
}

/// The same with the places of what can be wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<String>,
    driver: Spanned<String>,
    #[serde(default)]
    sender: String,
    connect_to: Option<Spanned<String>>,
    control_material: Option<Spanned<String>>,
    characters: Option<Spanned<String>>,
    silent_after_minutes: Option<Spanned<u32>>,
    #[serde(default)]
    unused: Vec<String>,
    #[serde(default)]
    codes: BTreeMap<String, Spanned<String>>,
}

impl Filed {
    /// An instrument as its file would have it.
    pub fn of(instrument: &Instrument) -> Filed {
        let wiring = &instrument.wiring;
        let mut unused = instrument.unused.clone();
        unused.sort();
        Filed {
            name: instrument.name.clone(),
            driver: instrument.driver.clone(),
            sender: instrument.sender.clone(),
            connect_to: wiring.connection.text(),
            control_material: wiring.controls.text(),
            characters: wiring.characters.map_or("", CharacterSet::word).to_owned(),
            silent_after_minutes: wiring.silent_minutes,
            unused,
            codes: instrument.codes.iter().map(|(own, to)| (own.clone(), to.0.clone())).collect(),
        }
    }

    /// How it is connected, as the laboratory keeps it.
    ///
    /// # Errors
    /// A part is not readable; a file that was read has been looked at for that.
    pub fn wiring(&self) -> Result<Wiring, lab::refusal::Refusal> {
        let minutes = self.silent_after_minutes.map(|minutes| minutes.to_string());
        Ok(Wiring {
            connection: Connection::read(&self.connect_to)?,
            controls: ControlRule::read(&self.control_material)?,
            characters: CharacterSet::read(&self.characters)?,
            silent_minutes: silence(&minutes.unwrap_or_default())?,
        })
    }

    /// Its code map, as the laboratory keeps it.
    pub fn codes(&self) -> BTreeMap<String, TestCode> {
        let code = |(own, to): (&String, &String)| (own.clone(), TestCode::from(to.as_str()));
        self.codes.iter().map(code).collect()
    }

    /// The name of its file: its own in small letters and hyphens.
    fn file_name(&self) -> String {
        let small = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let name: String = self.name.chars().map(small).collect();
        let parts: Vec<&str> = name.split('-').filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { "instrument".into() } else { parts.join("-") }
    }
}

/// The instruments in a folder; none where it has no such folder, which leaves them as they are.
///
/// # Errors
/// Every mistake in the files, each with its place.
pub fn read(folder: &Path, catalog: &Catalog) -> Result<Option<Vec<Filed>>, Ended> {
    let inside = folder.join(INSTRUMENTS);
    if !inside.is_dir() {
        return Ok(None);
    }
    let mut mistakes = strangers(&inside, &|name| name.ends_with(".toml"))?;
    let mut all: Vec<Filed> = Vec::new();
    for name in names(&inside)?.into_iter().filter(|name| name.ends_with(".toml")) {
        let path = inside.join(&name);
        let text = match String::from_utf8(std::fs::read(&path)?) {
            Ok(text) => text,
            Err(error) => {
                mistakes.push(not_text(&path, &error));
                continue;
            }
        };
        let mut reader = Reader { path: &path, text: &text, mistakes: &mut mistakes };
        let Some(filed) = reader.read(catalog) else { continue };
        if all.iter().any(|other| other.name == filed.name) {
            let what = format!("{} is in another file too; mend: keep one of them", filed.name);
            mistakes.push(mistake(&path, &what));
        }
        all.push(filed);
    }
    if mistakes.is_empty() { Ok(Some(all)) } else { Err(told(mistakes)) }
}

/// Writes the instruments into a folder; files of an earlier export that are no longer part of the
/// laboratory are removed.
///
/// # Errors
/// The folder holds something else, or cannot be written.
pub fn write(folder: &Path, all: &[Filed]) -> Result<(), Ended> {
    let inside = folder.join(INSTRUMENTS);
    std::fs::create_dir_all(&inside)?;
    let found = strangers(&inside, &|name| name.ends_with(".toml"))?;
    if !found.is_empty() {
        return Err(told(found));
    }
    for name in names(&inside)? {
        std::fs::remove_file(inside.join(name))?;
    }
    for filed in all {
        let text =
            toml::to_string_pretty(filed).map_err(|error| Ended::Fault(error.to_string()))?;
        let own = filed.file_name();
        let free = |place: &u32| {
            let name = if *place == 1 { own.clone() } else { format!("{own}-{place}") };
            Some(inside.join(format!("{name}.toml"))).filter(|path| !path.exists())
        };
        if let Some(path) = (1..=u32::MAX).find_map(|place| free(&place)) {
            std::fs::write(path, text)?;
        }
    }
    Ok(())
}

/// One file that is read.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    mistakes: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn wrong(&mut self, at: usize, what: &str) {
        let line = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        self.mistakes.push(format!("{}:{line}: {what}", self.path.display()));
    }

    fn read(&mut self, catalog: &Catalog) -> Option<Filed> {
        let written: Written = match toml::from_str(self.text) {
            Ok(written) => written,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let what =
                    format!("{}; mend: correct it as docs/RUNNING.md shows", error.message());
                self.wrong(at, &what);
                return None;
            }
        };
        let before = self.mistakes.len();
        if written.name.get_ref().trim().is_empty() {
            self.wrong(written.name.span().start, "the name is empty; mend: give it one");
        }
        let driver = written.driver.get_ref();
        if wire::driver::named(driver).is_none() {
            let known: Vec<&str> = wire::driver::list().iter().map(|one| one.name).collect();
            let what = format!("no driver is named {driver}; mend: one of {}", known.join(", "));
            self.wrong(written.driver.span().start, &what);
        }
        self.parts(&written);
        for (own, to) in &written.codes {
            if catalog.test(to.get_ref()).is_none() {
                let to_whom = to.get_ref();
                let what = format!(
                    "{own} stands for {to_whom}, which is no test of the catalog; mend: correct \
                     the code, or list {own} in unused"
                );
                self.wrong(to.span().start, &what);
            }
            if written.unused.contains(own) {
                let what = format!("{own} is in codes and in unused; mend: keep one of them");
                self.wrong(to.span().start, &what);
            }
        }
        (self.mistakes.len() == before).then(|| filed(written))
    }

    /// The parts that a person types on the screen too, read as they are there.
    fn parts(&mut self, written: &Written) {
        let refused = |refusal: lab::refusal::Refusal| {
            format!("{} mend: {}", refusal.sentence(), refusal.remedy())
        };
        let mut found = Vec::new();
        if let Some(part) = &written.connect_to {
            let wrong = Connection::read(part.get_ref()).err();
            found.extend(wrong.map(|refusal| (part.span().start, refused(refusal))));
        }
        if let Some(part) = &written.control_material {
            let wrong = ControlRule::read(part.get_ref()).err();
            found.extend(wrong.map(|refusal| (part.span().start, refused(refusal))));
        }
        if let Some(part) = &written.characters {
            let wrong = CharacterSet::read(part.get_ref()).err();
            found.extend(wrong.map(|refusal| (part.span().start, refused(refusal))));
        }
        if let Some(part) = &written.silent_after_minutes {
            let wrong = silence(&part.get_ref().to_string()).err();
            found.extend(wrong.map(|refusal| (part.span().start, refused(refusal))));
        }
        for (at, what) in found {
            self.wrong(at, &what);
        }
    }
}

fn filed(written: Written) -> Filed {
    let text = |part: Option<Spanned<String>>| part.map(Spanned::into_inner).unwrap_or_default();
    let mut unused = written.unused;
    unused.sort();
    Filed {
        name: written.name.into_inner().trim().to_owned(),
        driver: written.driver.into_inner(),
        sender: written.sender.trim().to_owned(),
        connect_to: text(written.connect_to),
        control_material: text(written.control_material),
        characters: text(written.characters),
        silent_after_minutes: written.silent_after_minutes.map(Spanned::into_inner),
        unused,
        codes: written.codes.into_iter().map(|(own, to)| (own, to.into_inner())).collect(),
    }
}
