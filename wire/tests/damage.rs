//! One byte changed, and the line cut anywhere: over every capture, and over what every driver
//! writes.
//!
//! What must stay true: nothing panics; where the language has a checksum or an end of its own, no
//! reading comes out that was not sent, unless it or its message carries a mark.

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::PathBuf;

use proptest::prelude::*;
use wire::driver::{Driver, list, parse_all};
use wire::frame::astm::{Link, Role, frames_of};
use wire::frame::mllp::block;
use wire::reading::{Kind, Message, Protocol, Reading, Specimen};

/// Every reading with the number it stands under, of messages that carry no mark.
fn unmarked(all: &[Message]) -> BTreeSet<String> {
    let sound = all.iter().filter(|message| message.not_understood.is_empty());
    let line = |(specimen, reading): (&Specimen, &Reading)| format!("{} {reading:?}", specimen.id);
    sound.flat_map(|message| message.readings().map(line).collect::<Vec<_>>()).collect()
}

fn every(all: &[Message]) -> BTreeSet<String> {
    let line = |(specimen, reading): (&Specimen, &Reading)| format!("{} {reading:?}", specimen.id);
    all.iter().flat_map(|message| message.readings().map(line).collect::<Vec<_>>()).collect()
}

fn read(what: &str, bytes: &[u8]) -> Vec<Message> {
    catch_unwind(|| parse_all(None, bytes)).unwrap_or_else(|_| panic!("{what}: it panics"))
}

/// Whether each byte is guarded: frames with a checksum of their own.
fn is_guarded(bytes: &[u8]) -> bool {
    let frames = bytes.iter().filter(|b| **b == 2).count();
    let sums = bytes.windows(3).filter(
        |w| matches!(w, [3 | 23, high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit()),
    );
    frames > 0 && sums.count() == frames
}

/// Whether a beginning of the bytes can be told from the whole: blocks, frames, documents, records
/// with a terminator. A bare HL7 file has no end.
fn has_an_end(bytes: &[u8]) -> bool {
    !bytes.trim_ascii_start().starts_with(b"MSH")
}

fn damage(what: &str, bytes: &[u8], at: usize) {
    let sent = every(&parse_all(None, bytes));
    let (cut, _) = bytes.split_at(at);
    let came = unmarked(&read(&format!("{what} cut at {at}"), cut));
    if has_an_end(bytes) {
        let invented: Vec<_> = came.difference(&sent).collect();
        assert!(invented.is_empty(), "{what} cut at {at}: {invented:#?}");
    }
    let mut changed = bytes.to_vec();
    let bit = 1 << (at % 8);
    if let Some(byte) = changed.get_mut(at) {
        *byte ^= bit;
    }
    let came = unmarked(&read(&format!("{what} changed at {at}"), &changed));
    if is_guarded(bytes) {
        let invented: Vec<_> = came.difference(&sent).collect();
        assert!(invented.is_empty(), "{what} changed at {at}: {invented:#?}");
    }
}

#[test]
fn no_capture_is_misread_when_it_is_damaged() {
    let root = std::env::var_os("MENISCUS_REFERENCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference"),
        PathBuf::from,
    );
    let folder = root.join("wires/captures");
    let Ok(index) = std::fs::read_to_string(folder.join("INDEX.tsv")) else {
        eprintln!("NOT RUN: no index of captures at {}", folder.display());
        return;
    };
    let names = index.lines().skip(1).filter_map(|line| line.split('\t').next());
    let messages = names.filter(|name| {
        let other = [".json", ".fsh", ".pcapng"].iter().any(|end| name.ends_with(end));
        !other && !name.starts_with("fhir/")
    });
    let mut count = 0;
    for name in messages {
        let bytes = std::fs::read(folder.join(name)).expect("the capture");
        // Every place of a short one; of a long one some hundred, a different bit each.
        let step = (bytes.len() / 100).max(1);
        for at in (0..bytes.len()).step_by(step) {
            damage(name, &bytes, at);
            count += 1;
        }
    }
    println!("{count} places");
}

fn message(driver: &'static Driver, value: &str, id: &str) -> Message {
    let reading = |code: &str| Reading {
        code: code.to_owned(),
        value: value.to_owned(),
        unit: Some("mmol/L".to_owned()),
        status: Some("F".to_owned()),
        name: Some("assay".to_owned()),
        at: Some("2026-11-24T08:00:00".to_owned()),
        ..Reading::default()
    };
    Message {
        driver: driver.name.to_owned(),
        kind: Kind::Results,
        specimens: vec![Specimen {
            id: id.to_owned(),
            readings: vec![reading("K"), reading("NA")],
            ..Specimen::default()
        }],
        ..Message::default()
    }
}

proptest! {
    #[test]
    fn what_a_driver_writes_is_never_misread_when_it_is_damaged(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        size in 20_usize..400,
        value in "[0-9]{1,3}\\.[0-9]{1,2}",
        id in "[0-9]{8,13}",
    ) {
        let drivers: Vec<_> = list().iter().copied().filter(|one| one.is_two_way()).collect();
        let driver = *which.get(&drivers);
        let text = driver.write_results(&message(driver, &value, &id));
        let bytes = match driver.protocol() {
            Protocol::Hl7 => block(&text),
            _ => {
                let link = Link { frame_text: size, ..Link::new(Role::Instrument) };
                [&[5][..], &frames_of(&text, &link).concat(), &[4]].concat()
            }
        };
        prop_assert!(every(&parse_all(None, &bytes)).len() == 2, "{}", driver.name);
        damage(driver.name, &bytes, at.index(bytes.len()));
    }
}
