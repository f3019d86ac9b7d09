//! Whoever changes the file behind the door's back is found.

use std::sync::OnceLock;

use store::check::check;
use store::journal::{Entry, Seal, after};

use crate::hand::Hand;
use crate::room::*;

/// The file of a record that was lived in; it checked clean.
fn lived_in_file() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = Folder::embedded();
        let store = folder.open();
        lived_in(&store);
        assert_eq!(findings(&store), [], "clean before the hand");
        let copy = folder.path().join("copy.db");
        store.copy_to(&copy).expect("the copy is written");
        std::fs::read(copy).expect("the copy is read")
    })
}

/// What the check says of a record that was lived in, then changed by hand.
fn after_hand(sql: &str) -> Vec<(String, String)> {
    let folder = Folder::new();
    if folder.database().is_some() {
        lived_in(&folder.open());
    } else {
        let file = folder.path().join(store::FILE);
        std::fs::write(file, lived_in_file()).expect("the file is written");
    }
    let hand = Hand::into(&folder);
    hand.lets_go_of_references();
    assert!(hand.changes(sql) > 0, "{sql} changed nothing");
    drop(hand);
    findings(&folder.open())
}

fn kinds(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[test]
fn a_changed_journal_entry_breaks_its_seal() {
    for sql in [
        "UPDATE journal SET at=at+1 WHERE seq=6",
        "UPDATE journal SET actor='\"System\"' WHERE seq=6",
        "UPDATE journal SET command='AddPerson' WHERE seq=6",
        "UPDATE journal SET request='other' WHERE seq=6",
        "UPDATE journal SET last_id=last_id+1 WHERE seq=6",
    ] {
        assert_eq!(after_hand(sql), [("broken_seal".into(), "entry 6".into())], "{sql}");
    }
    let events = "UPDATE journal SET events=replace(events, '6.9', '4.2') WHERE seq=8";
    let found = after_hand(events);
    assert_eq!(kinds(&found), ["broken_seal", "row_differs"], "{found:?}");
    let seal = "UPDATE journal SET seal=(SELECT seal FROM journal WHERE seq=1) WHERE seq=6";
    let found = after_hand(seal);
    let entries: Vec<&str> = found.iter().map(|(_, place)| place.as_str()).collect();
    assert_eq!(entries, ["entry 6", "entry 7"], "and the one sealed over it");
}

#[test]
fn text_moved_from_one_field_to_the_next_breaks_the_seal() {
    let moved = "UPDATE journal SET command=substr(command, 1, 5), \
                 request=substr(command, 6)||request WHERE seq=6";
    assert_eq!(kinds(&after_hand(moved)), ["broken_seal"]);
}

#[test]
fn a_deleted_entry_leaves_a_gap() {
    let found = after_hand("DELETE FROM journal WHERE seq=6");
    assert!(found.contains(&("journal_gap".into(), "after entry 5 comes 7".into())), "{found:?}");
    assert!(found.contains(&("broken_seal".into(), "entry 7".into())), "{found:?}");
    assert!(kinds(&found).contains(&"row_differs"), "what it did is missing: {found:?}");
    let found = after_hand("DELETE FROM journal WHERE seq=1");
    assert!(found.contains(&("journal_gap".into(), "after entry 0 comes 2".into())), "{found:?}");
}

#[test]
fn a_journal_cut_off_at_its_end_no_longer_makes_the_tables() {
    let found = after_hand("DELETE FROM journal WHERE seq=10");
    assert_eq!(kinds(&found), ["subject_differs", "row_differs"], "{found:?}");
    let found = after_hand("DELETE FROM journal");
    assert!(kinds(&found).contains(&"row_without_event"), "{found:?}");
}

#[test]
fn an_entry_that_cannot_be_read_is_told() {
    let found = after_hand("UPDATE journal SET events='nonsense' WHERE seq=6");
    assert!(kinds(&found).starts_with(&["broken_seal", "unreadable_entry"]), "{found:?}");
}

#[test]
fn a_changed_row_differs_from_what_happened() {
    for (sql, place) in [
        ("UPDATE patient SET family='Leigh'", "patient"),
        ("UPDATE accession SET provider='nobody'", "accession"),
        ("UPDATE specimen SET collected_at=collected_at-1", "specimen"),
        ("UPDATE test SET note='fine' WHERE code='K'", "test"),
        ("UPDATE result SET value=replace(value, '6.9', '4.2') WHERE code='K'", "result"),
        ("UPDATE result SET holds='[]' WHERE code='K'", "result"),
        ("UPDATE person SET role='Director'", "person"),
        ("UPDATE instrument SET codes='{}'", "instrument"),
        ("UPDATE unclaimed SET sent_number='other'", "unclaimed"),
        ("UPDATE catalog_release SET reason='other'", "catalog_release"),
    ] {
        let found = after_hand(sql);
        let differs = found.iter().any(|(kind, at)| kind == "row_differs" && at.starts_with(place));
        assert!(differs, "{sql}: {found:?}");
    }
}

#[test]
fn a_changed_column_beside_the_row_is_found_too() {
    for (sql, place) in [
        ("UPDATE result SET shown='4.2' WHERE code='K'", "result"),
        ("UPDATE result SET sort_key=4.2 WHERE code='K'", "result"),
        ("UPDATE patient SET search='nobody'", "patient"),
        ("UPDATE accession SET urgency=2", "accession"),
        ("UPDATE unclaimed SET open=0", "unclaimed"),
        ("UPDATE specimen SET place=1", "specimen"),
        ("UPDATE specimen SET spot='A1'", "specimen"),
    ] {
        let found = after_hand(sql);
        assert_eq!(kinds(&found), ["column_differs"], "{sql}: {found:?}");
        assert!(found[0].1.starts_with(place), "{sql}: {found:?}");
    }
}

#[test]
fn a_row_taken_away_or_put_in_is_found() {
    let found = after_hand("DELETE FROM unclaimed");
    assert_eq!(kinds(&found), ["row_missing"], "{found:?}");
    let added = "INSERT INTO patient(lab, id, record_number, family, given, birth_date, sex, \
                 search) SELECT lab, id+1, 'MRN-X', family, given, birth_date, sex, search \
                 FROM patient";
    let found = after_hand(added);
    assert_eq!(kinds(&found), ["row_without_event"], "{found:?}");
}

#[test]
fn a_row_against_a_law_is_named_by_the_law() {
    let found = after_hand("UPDATE test SET verified_by='\"System\"' WHERE code='K'");
    let law = "a_released_result_was_verified_by_a_person_or_a_rule";
    assert_eq!(kinds(&found), ["row_differs", law], "{found:?}");
}

#[test]
fn a_changed_or_missing_secret_is_found() {
    let found = after_hand("UPDATE secret SET digest='$argon2id$another'");
    assert_eq!(kinds(&found), ["secret_differs"], "{found:?}");
    let found = after_hand("DELETE FROM secret");
    assert_eq!(kinds(&found), ["secret_missing"], "{found:?}");
}

#[test]
fn a_row_that_cannot_be_read_is_told_and_the_rest_is_checked_all_the_same() {
    let found = after_hand("UPDATE test SET state='Nonsense' WHERE code='K'");
    let law = "a_result_belongs_to_the_patient_of_its_test";
    assert_eq!(kinds(&found), ["row_unreadable", "row_missing", law], "{found:?}");
}

/// Whoever can compute seals seals everything again: then the tables tell.
#[test]
fn a_journal_sealed_again_by_a_forger_still_differs_from_the_tables() {
    let folder = Folder::new();
    let store = folder.open();
    lived_in(&store);
    let mut entries = store.read(|sql| after(sql, 0, 100)).expect("read");
    let filed = entries.iter_mut().find(|entry| entry.command == "FileReadings").expect("filed");
    filed.events = filed.events.replace("6.9", "4.2");
    write_sealed(&folder, entries);
    let found = findings(&store);
    assert_eq!(kinds(&found), ["row_differs"], "{found:?}");
}

fn write_sealed(folder: &Folder, entries: Vec<Entry>) {
    let hand = Hand::into(folder);
    let mut before: Seal = [0; 32];
    for mut entry in entries {
        entry.seal = entry.expected_seal(&before).expect("a seal");
        before = entry.seal;
        hand.seals(&entry);
    }
}

#[test]
fn a_list_of_subjects_that_hides_an_entry_is_found() {
    for sql in [
        "DELETE FROM journal_about WHERE seq=(SELECT max(seq) FROM journal_about)",
        "UPDATE journal_about SET about=about+1 WHERE seq=(SELECT max(seq) FROM journal_about)",
        "INSERT INTO journal_about(lab, about, seq) VALUES (1, 12345, 2)",
    ] {
        let found = after_hand(sql);
        assert!(!found.is_empty(), "{sql}");
        assert!(found.iter().all(|(kind, _)| kind == "subject_differs"), "{sql}: {found:?}");
    }
}

#[test]
fn the_check_only_reads() {
    let folder = Folder::new();
    let store = folder.open();
    lived_in(&store);
    let hand = Hand::into(&folder);
    let before = hand.mark_of_all_writing();
    store.read(|sql| check(sql)).expect("the check reads");
    assert_eq!(hand.mark_of_all_writing(), before);
}
