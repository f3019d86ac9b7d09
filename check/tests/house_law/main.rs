//! The laws of the house, held against every source and manifest of the workspace.
//!
//! Each law is a module: it judges one file from its text and has a test of its own that plants
//! what it must catch. This file applies them to the whole house. What must stay true: a finding
//! names its file and line and says how to mend it.

mod arrows;
mod dry;
mod engine;
mod golden;
mod shape;
mod size;
mod source;
mod token;
mod word;

use std::collections::BTreeMap;

use source::{Finding, ROOMS, Source, manifest, sources, text_files};

/// Fails with one line per finding.
fn hold(law: &str, findings: Vec<Finding>) {
    let lines: Vec<String> = findings
        .iter()
        .map(|Finding { path, line, message }| format!("{path}:{line}: {message}"))
        .collect();
    assert!(lines.is_empty(), "{law}\n{}\n{} finding(s)", lines.join("\n"), lines.len());
}

/// Every finding of a law over all sources.
fn over_sources<I: IntoIterator<Item = Finding>>(law: impl Fn(&Source) -> I) -> Vec<Finding> {
    sources().iter().flat_map(law).collect()
}

#[test]
fn arrows_go_down_only() {
    let found = ROOMS.iter().flat_map(|room| arrows::findings(room, &manifest(room))).collect();
    hold("Arrows go down only.", found);
}

#[test]
fn dry_rooms_stay_dry() {
    hold("Dry rooms stay dry.", over_sources(dry::findings));
}

#[test]
fn functions_files_and_lines_keep_their_size() {
    hold("Functions, files and lines keep their size.", over_sources(size::findings));
}

#[test]
fn names_say_something() {
    hold("Names say something.", over_sources(word::empty_names));
}

#[test]
fn no_comment_promises_work() {
    hold("No comment promises work.", over_sources(word::unfinished));
}

#[test]
fn spelling_is_american() {
    hold("Spelling is American.", text_files().iter().flat_map(word::british).collect());
}

#[test]
fn the_repository_speaks_of_the_product_alone() {
    let found = text_files().iter().flat_map(word::foreign).collect();
    hold("The repository speaks of the product alone.", found);
}

#[test]
fn every_file_says_what_it_is() {
    hold("Every file says what it is.", over_sources(shape::opening));
}

#[test]
fn careful_rooms_deny_themselves_panics() {
    hold("Careful rooms deny themselves panics.", over_sources(shape::denied_lints));
}

#[test]
fn only_the_engines_know_the_database() {
    hold("Only the engines know the database.", over_sources(engine::findings));
}

#[test]
fn every_event_has_its_golden_text() {
    let events = golden::events(&sources());
    let mut texts = text_files();
    texts.retain(|text| text.path.starts_with(golden::DIRECTORY));
    if events.is_empty() {
        println!("NOT RUN: golden texts: lab/src/event.rs declares no event yet");
    }
    hold("Every event has its golden text.", golden::findings(&events, &texts));
}

/// Prints the distribution of function lengths per room, and holds nine in ten to their length.
#[test]
fn function_lengths() {
    let mut lengths: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for source in sources() {
        let found = size::functions(&source.code);
        let with_body = found.iter().map(|function| function.lines).filter(|lines| *lines > 0);
        lengths.entry(source.room().to_string()).or_default().extend(with_body);
    }
    println!(
        "{:<10} {:>9} {:>7} {:>12} {:>8}",
        "room", "functions", "median", "nine in ten", "longest"
    );
    let mut long = Vec::new();
    for room in ROOMS {
        let of_room = lengths.remove(room).unwrap_or_default();
        let Some(found) = size::distribution(of_room) else { continue };
        let size::Distribution { count, median, nine_in_ten, longest } = found;
        println!("{room:<10} {count:>9} {median:>7} {nine_in_ten:>12} {longest:>8}");
        if count >= 10 && nine_in_ten > size::FUNCTION_LINES_NINE_IN_TEN {
            long.push(room);
        }
    }
    assert!(long.is_empty(), "more than one function in ten is above 45 lines in {long:?}");
}
