//! Many at the door at once.

use std::collections::BTreeSet;
use std::thread;

use lab::people::{Actor, Person};
use store::{Answer, Store};

use crate::room::*;

const THREADS: usize = 8;
const EACH: usize = 25;

/// The answers of many threads that ask at once.
fn at_once<T: Send>(ask: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let ask = &ask;
    thread::scope(|scope| {
        let all: Vec<_> = (0..THREADS).map(|n| scope.spawn(move || ask(n))).collect();
        all.into_iter().map(|one| one.join().expect("a thread that asks")).collect()
    })
}

#[test]
fn numbers_have_no_gap_and_nobody_is_forgotten() {
    let folder = Folder::new();
    let store = folder.open();
    let seqs: Vec<Vec<i64>> =
        at_once(|n| (0..EACH).map(|m| add(&store, &format!("p{n}-{m}")).seq).collect());
    for own in &seqs {
        assert!(own.is_sorted(), "each hears its own in order: {own:?}");
    }
    let all: BTreeSet<i64> = seqs.into_iter().flatten().collect();
    let last = i64::try_from(THREADS * EACH).expect("a small number");
    assert_eq!(all, (1..=last).collect());
    let people: BTreeSet<i64> = tables(&store).all::<Person>().map(|person| person.id.0).collect();
    assert_eq!(people.len(), THREADS * EACH);
    assert_eq!(findings(&store), []);
}

#[test]
fn of_those_who_want_the_same_name_one_gets_it() {
    let folder = Folder::new();
    let store = folder.open();
    let answers =
        at_once(|n| store.execute(act(&format!("request {n}"), Actor::System, person("cy"))));
    let done = answers.iter().filter(|answer| matches!(answer, Answer::Done(_))).count();
    let refused = answers.iter().filter(|answer| matches!(answer, Answer::Refused(_))).count();
    assert_eq!((done, refused), (1, THREADS - 1));
}

#[test]
fn the_same_request_from_many_is_done_once() {
    let folder = Folder::new();
    let store = folder.open();
    let answers = at_once(|_| add(&store, "cy"));
    assert_eq!(answers.iter().filter(|done| !done.again).count(), 1);
    assert!(answers.iter().all(|done| done.seq == 1));
}

#[test]
fn readers_read_on_while_the_pen_writes() {
    let folder = Folder::new();
    let store = folder.open();
    let counts = at_once(|n| {
        if n == 0 {
            (0..EACH * 4).for_each(|m| drop(add(&store, &format!("p{m}"))));
            return Vec::new();
        }
        (0..EACH).map(|_| seen(&store)).collect()
    });
    for own in &counts {
        assert!(own.is_sorted_by_key(|(people, _)| *people), "nothing is taken back");
        assert!(own.iter().all(|(people, entries)| people == entries), "a snapshot is whole");
    }
}

fn seen(store: &Store) -> (i64, i64) {
    let both = store.read(|sql| {
        let people = sql.row("SELECT count(*) FROM person", &[])?;
        let entries = sql.row("SELECT count(*) FROM journal", &[])?;
        Ok(people.zip(entries))
    });
    let (people, entries) = both.expect("read").expect("two counts");
    (people.int(0).expect("a number"), entries.int(0).expect("a number"))
}
