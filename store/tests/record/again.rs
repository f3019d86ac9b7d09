//! Said twice, done once.

use std::sync::mpsc::channel;

use lab::people::Actor;
use store::{Answer, Done};

use crate::room::*;

#[test]
fn the_same_request_is_done_once_and_answered_the_same() {
    let folder = Folder::new();
    let store = folder.open();
    let first = add(&store, "cy");
    assert!(!first.again);
    add(&store, "dora");
    for _ in 0..3 {
        let second = add(&store, "cy");
        assert_eq!(second, Done { again: true, ..first.clone() });
    }
    assert_eq!(count(&store, "SELECT count(*) FROM journal"), 2);
    drop(store);
    let store = folder.open();
    assert_eq!(add(&store, "cy"), Done { again: true, ..first });
    assert_eq!(findings(&store), []);
}

#[test]
fn the_same_request_twice_in_one_commit_is_done_once() {
    let folder = Folder::new();
    let store = folder.open();
    let (told, heard) = channel();
    for _ in 0..20 {
        let told = told.clone();
        store.ask(act("the same", Actor::System, person("cy")), move |answer| {
            told.send(answer).expect("somebody listens");
        });
    }
    let answers: Vec<Done> = (0..20).map(|_| done(heard.recv().expect("an answer"))).collect();
    assert_eq!(answers.iter().filter(|done| !done.again).count(), 1);
    assert!(answers.iter().all(|done| done.seq == 1 && done.events == answers[0].events));
}

#[test]
fn what_was_refused_may_be_asked_again_and_done_then() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    let test = lived.tests["K"];
    let hold = || lab::journey::verify::HoldResult {
        test,
        looked_at: looked(&store, test),
        reason: "odd".into(),
    };
    refused(store.execute(act("hold K", lived.cy, hold())));
    lived.file(&store, &[("K", "4.2")]);
    let held = done(store.execute(act("hold K", lived.cy, hold())));
    assert!(!held.again);
}

#[test]
fn the_request_counts_not_what_it_asks() {
    let folder = Folder::new();
    let store = folder.open();
    let first = done(store.execute(act("one", Actor::System, person("cy"))));
    let answer = store.execute(act("one", Actor::System, person("somebody else")));
    assert_eq!(answer, Answer::Done(Done { again: true, ..first }));
    let other = done(store.execute(act("two", Actor::System, person("dora"))));
    assert_eq!((other.seq, other.again), (2, false));
}
