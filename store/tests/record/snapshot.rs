//! Readers see what was committed, whole, and change nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use store::cell::Cell;
use store::fault::Fault;

use crate::room::*;

fn people(sql: &dyn store::engine::Sql) -> Result<i64, Fault> {
    let line = sql.row("SELECT count(*) FROM person", &[])?;
    line.map_or(Ok(0), |line| line.int(0))
}

#[test]
fn one_reading_sees_one_moment_however_long_it_takes() {
    let folder = Folder::new();
    let store = folder.open();
    add(&store, "cy");
    let (before, during) = store
        .read(|sql| {
            let before = people(sql)?;
            add(&store, "dora");
            Ok((before, people(sql)?))
        })
        .expect("read");
    assert_eq!((before, during), (1, 1));
    assert_eq!(store.read(people), Ok(2), "the next one sees it");
}

#[test]
fn a_reader_writes_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    add(&store, "cy");
    for sql in [
        "DELETE FROM person",
        "UPDATE journal SET at=0",
        "INSERT INTO looked VALUES (1, 0, 0, 0, 'x')",
        "DROP TABLE journal",
        "PRAGMA journal_mode=DELETE",
    ] {
        let answered = store.read(|reader| reader.rows(sql, &[]));
        let harmless = sql.starts_with("PRAGMA");
        assert!(answered.is_err() || harmless, "{sql}: {answered:?}");
    }
    assert_eq!(findings(&store), []);
    assert_eq!(store.read(people), Ok(1));
}

#[test]
fn a_question_that_fails_leaves_its_reader_fit_for_the_next() {
    let folder = Folder::new();
    let store = folder.open();
    add(&store, "cy");
    for _ in 0..20 {
        assert!(store.read(|sql| sql.rows("SELECT nonsense", &[])).is_err());
        let mine = store.read(|_| Err::<(), Fault>(Fault::new("mine")));
        assert_eq!(mine, Err(Fault::new("mine")));
    }
    assert_eq!(store.read(people), Ok(1));
}

#[test]
fn more_readers_than_connections_wait_for_their_turn() {
    let folder = Folder::new();
    let store = folder.open();
    add(&store, "cy");
    let counts: Vec<i64> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..40).map(|_| scope.spawn(|| store.read(people))).collect();
        all.into_iter().map(|one| one.join().expect("a reader").expect("read")).collect()
    });
    assert_eq!(counts, vec![1; 40]);
}

#[test]
fn cells_come_back_as_they_were_given() {
    let folder = Folder::new();
    let store = folder.open();
    let given = [
        Cell::Int(i64::MIN),
        Cell::Real(0.1),
        Cell::text("5 \u{b5}mol/L, \u{130}\u{df}\u{1f9ea}"),
        Cell::Bytes(vec![0, 255]),
        Cell::Null,
    ];
    let back = store.read(|sql| sql.row("SELECT ?1, ?2, ?3, ?4, ?5", &given)).expect("read");
    assert_eq!(back.expect("a row").0, given);
}

#[test]
fn a_question_that_panics_takes_no_connection_with_it() {
    let folder = Folder::new();
    let store = Arc::new(folder.open());
    add(&store, "cy");
    let (tell, heard) = channel();
    let asking = Arc::clone(&store);
    std::thread::spawn(move || {
        for _ in 0..20 {
            let asked = catch_unwind(AssertUnwindSafe(|| {
                asking.read(|sql| people(sql).map(|_| panic!("the page broke")))
            }));
            assert!(asked.is_err());
        }
        tell.send(asking.read(people)).expect("somebody listens");
    });
    // Where connections are lost the twenty-first question waits for ever.
    let answered = heard.recv_timeout(Duration::from_secs(30));
    assert_eq!(answered, Ok(Ok(1)));
}
