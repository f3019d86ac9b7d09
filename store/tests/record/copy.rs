//! A copy of the whole record, made while work goes on.

use std::path::PathBuf;

use store::{FILE, Store, journal};

use crate::room::*;

fn copied(folder: &Folder) -> PathBuf {
    folder.path().join(FILE)
}

#[test]
fn a_copy_opens_as_a_record_of_its_own_and_checks_clean() {
    let (folder, other) = (Folder::new(), Folder::embedded());
    let store = folder.open();
    lived_in(&store);
    store.copy_to(&copied(&other)).expect("the copy is written");
    let copy = other.open();
    assert_eq!(findings(&copy), []);
    assert_eq!(tables(&copy), tables(&store));
    let head = |store: &Store| store.read(|sql| journal::head(sql)).expect("read");
    assert_eq!(head(&copy), head(&store));
    add(&store, "only here");
    add(&copy, "only there");
    assert_eq!((findings(&store), findings(&copy)), (Vec::new(), Vec::new()));
    assert_eq!(count(&copy, "SELECT count(*) FROM secret"), 1, "people can sign in to it");
}

#[test]
fn a_copy_is_never_written_over_something() {
    let (folder, other) = (Folder::new(), Folder::embedded());
    let store = folder.open();
    add(&store, "cy");
    std::fs::write(copied(&other), "somebody's file").expect("a file");
    assert!(store.copy_to(&copied(&other)).is_err());
    let itself = store.place().file();
    assert!(itself.is_none_or(|file| store.copy_to(&file).is_err()), "nor over itself");
    assert!(store.copy_to(&other.path().join("no/such/folder")).is_err());
    let kept = std::fs::read_to_string(copied(&other)).expect("the file");
    assert_eq!(kept, "somebody's file");
    assert_eq!(add(&store, "dora").seq, 2, "work goes on");
    assert_eq!(findings(&store), []);
}

#[test]
fn a_copy_amid_work_holds_everything_that_was_answered_before_it() {
    let (folder, other) = (Folder::new(), Folder::embedded());
    let store = folder.open();
    add(&store, "first");
    std::thread::scope(|scope| {
        scope.spawn(|| (0..50).for_each(|n| drop(add(&store, &format!("p{n}")))));
        scope.spawn(|| store.copy_to(&copied(&other)).expect("the copy is written"));
    });
    let copy = other.open();
    assert_eq!(findings(&copy), []);
    assert!(count(&copy, "SELECT count(*) FROM person") >= 1);
    assert_eq!(count(&store, "SELECT count(*) FROM person"), 51);
    assert_eq!(findings(&store), []);
}
