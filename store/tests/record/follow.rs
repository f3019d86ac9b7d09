//! Reading on from a bookmark, and everything about a subject.

use lab::event::Event;
use store::journal::{about, after};

use crate::room::*;

#[test]
fn a_bookmark_misses_nothing_and_repeats_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    lived_in(&store);
    let mut bookmark = 0;
    let mut read = Vec::new();
    loop {
        let page = store.read(|sql| after(sql, bookmark, 3)).expect("read");
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 3);
        bookmark = last.seq;
        read.extend(page.iter().map(|entry| entry.seq));
    }
    assert_eq!(read, (1..=10).collect::<Vec<i64>>());
}

#[test]
fn an_entry_says_who_what_and_when() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    let page = store.read(|sql| after(sql, 4, 1)).expect("read");
    let entry = &page[0];
    assert_eq!((entry.seq, entry.at, entry.actor), (5, NINE, lived.cy));
    assert_eq!((entry.command.as_str(), entry.request.as_str()), ("PlaceOrder", "order 1"));
    let happened = entry.happened().expect("the events decode");
    assert!(matches!(happened[..], [Event::Patient(_), Event::Accession(_)]), "{happened:?}");
}

#[test]
fn everything_about_an_accession_is_found_newest_first() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    let entries = store.read(|sql| about(sql, lived.accession.0, 50)).expect("read");
    let asked: Vec<&str> = entries.iter().map(|entry| entry.command.as_str()).collect();
    let expected = [
        "VerifyResults",
        "VerifyResults",
        "FileReadings",
        "ReceiveSpecimen",
        "CollectSpecimens",
        "PlaceOrder",
    ];
    assert_eq!(asked, expected);
    let newest = store.read(|sql| about(sql, lived.accession.0, 2)).expect("read");
    assert_eq!(newest, entries[..2]);
    let analyzer = store.read(|sql| about(sql, lived.analyzer.0, 50)).expect("read");
    assert_eq!(analyzer.len(), 1);
}
