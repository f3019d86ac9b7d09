//! What `apply` does with the instruments of a folder: the difference, and the commands for it.
//!
//! What must stay true: an instrument is known by its name; one that is in no file stays as it is,
//! since what it measured is kept under it; every change carries the reason that was given.

use lab::command::Command;
use lab::instrument::{CodeUse, Instrument};
use lab::journey::connect::{AddInstrument, ChangeInstrument, MapCode};
use lab::value::TestCode;
use store::Store;
use store::query::instruments;

use super::ask;
use crate::Ended;
use crate::command::labdir::instruments::Filed;

/// What is to be done with one instrument.
pub struct Change {
    shown: Vec<String>,
    before: Option<Instrument>,
    after: Filed,
}

/// The instruments as they are.
pub fn all(store: &Store) -> Result<Vec<Instrument>, Ended> {
    let lines = store.read(|sql| instruments(sql))?;
    Ok(lines.into_iter().map(|line| line.instrument).collect())
}

/// What the files would change, in the order of their names, and a line for each instrument that no
/// file names.
pub fn changes(before: &[Instrument], files: &[Filed]) -> (Vec<Change>, Vec<String>) {
    let mut changes = Vec::new();
    for after in files {
        let own = before.iter().find(|one| one.name == after.name);
        let shown = match own {
            None => vec![format!("+ instrument {}", after.name)],
            Some(own) => differences(&Filed::of(own), after),
        };
        if !shown.is_empty() {
            changes.push(Change { shown, before: own.cloned(), after: after.clone() });
        }
    }
    let unnamed = |one: &&Instrument| !files.iter().any(|file| file.name == one.name);
    let stays = before.iter().filter(unnamed);
    let stays = stays.map(|one| format!("= instrument {} is in no file and stays", one.name));
    (changes, stays.collect())
}

fn differences(before: &Filed, after: &Filed) -> Vec<String> {
    let minutes = |filed: &Filed| filed.silent_after_minutes.map(|m| m.to_string());
    let parts = [
        ("driver", before.driver.clone(), after.driver.clone()),
        ("sender", before.sender.clone(), after.sender.clone()),
        ("connect_to", before.connect_to.clone(), after.connect_to.clone()),
        ("control_material", before.control_material.clone(), after.control_material.clone()),
        ("characters", before.characters.clone(), after.characters.clone()),
        (
            "silent_after_minutes",
            minutes(before).unwrap_or_default(),
            minutes(after).unwrap_or_default(),
        ),
    ];
    let mut shown: Vec<String> = parts
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(part, before, after)| {
            format!("    {part}: {} -> {}", or_none(&before), or_none(&after))
        })
        .collect();
    for (code, to) in remapped(before, after) {
        let was = used(before, &code);
        shown.push(format!("    code {code}: {} -> {}", use_words(&was), use_words(&to)));
    }
    if !shown.is_empty() {
        shown.insert(0, format!("~ instrument {}", after.name));
    }
    shown
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn use_words(to: &CodeUse) -> String {
    match to {
        CodeUse::Test(test) => test.0.clone(),
        CodeUse::Unused => "not used here".into(),
        CodeUse::Unknown => "unknown".into(),
    }
}

fn used(filed: &Filed, code: &str) -> CodeUse {
    match filed.codes.get(code) {
        Some(test) => CodeUse::Test(TestCode::from(test.as_str())),
        None if filed.unused.iter().any(|unused| unused == code) => CodeUse::Unused,
        None => CodeUse::Unknown,
    }
}

/// The codes that stand for something else after than before.
fn remapped(before: &Filed, after: &Filed) -> Vec<(String, CodeUse)> {
    let codes = [before, after].into_iter().flat_map(|f| f.codes.keys().chain(&f.unused));
    let codes: std::collections::BTreeSet<&String> = codes.collect();
    let changed = |code: &&String| used(before, code) != used(after, code);
    codes.into_iter().filter(changed).map(|code| (code.clone(), used(after, code))).collect()
}

/// Shows what would change.
pub fn show(changes: &[Change], stays: &[String]) {
    for line in changes.iter().flat_map(|change| &change.shown).chain(stays) {
        println!("{line}");
    }
    let added = changes.iter().filter(|change| change.before.is_none()).count();
    println!("instruments: {added} added, {} changed", changes.len() - added);
}

/// Does it.
///
/// # Errors
/// A command was refused, or the record failed; what was done before it stays done.
pub fn carry_out(store: &Store, changes: &[Change], reason: &str) -> Result<(), Ended> {
    for change in changes {
        for command in commands(change, reason)? {
            ask(store, command)?;
        }
    }
    Ok(())
}

fn commands(change: &Change, reason: &str) -> Result<Vec<Command>, Ended> {
    let after = &change.after;
    let wiring = after.wiring().map_err(|refusal| Ended::Usage(refusal.sentence()))?;
    let Some(before) = &change.before else {
        return Ok(vec![
            AddInstrument {
                name: after.name.clone(),
                driver: after.driver.clone(),
                sender: after.sender.clone(),
                codes: after.codes(),
                unused: after.unused.clone(),
                wiring,
            }
            .into(),
        ]);
    };
    let mut all: Vec<Command> = Vec::new();
    let same =
        before.driver == after.driver && before.sender == after.sender && before.wiring == wiring;
    if !same {
        all.push(
            ChangeInstrument {
                instrument: before.id,
                name: after.name.clone(),
                driver: after.driver.clone(),
                sender: after.sender.clone(),
                wiring,
                reason: reason.to_owned(),
            }
            .into(),
        );
    }
    for (code, to) in remapped(&Filed::of(before), after) {
        all.push(MapCode { instrument: before.id, code, to, reason: reason.to_owned() }.into());
    }
    Ok(all)
}
