//! The world fails: nothing changed, and work goes on when it no longer does.

use std::sync::mpsc::channel;

use lab::people::Actor;
use store::Answer;

use crate::hand::Hand;
use crate::room::*;

#[test]
fn while_somebody_else_holds_the_file_nothing_is_done_and_afterwards_it_is() {
    let folder = Folder::new();
    let store = folder.open();
    add(&store, "cy");
    let other = Hand::into(&folder);
    other.holds();
    let answer = store.execute(act("add dora", Actor::System, person("dora")));
    assert!(matches!(answer, Answer::Failed(_)), "{answer:?}");
    assert_eq!(count(&store, "SELECT count(*) FROM person"), 1, "readers read on");
    assert!(store.ready().is_err(), "it cannot write");
    other.lets_go();
    assert_eq!(store.ready(), Ok(()));
    assert_eq!(add(&store, "dora").seq, 2, "the same request, done now");
    assert_eq!(findings(&store), []);
}

#[test]
fn a_command_the_database_cannot_keep_fails_alone() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    Hand::into(&folder).traps("journal", "new.request='zoe'");
    let ask = |name: &str| store.execute(act(name, Actor::System, person(name)));
    assert_eq!(done(ask("ann")).seq, 8);
    let answer = ask("zoe");
    assert!(matches!(answer, Answer::Failed(_)), "{answer:?}");
    let zoe = "SELECT count(*) FROM person WHERE sign_in='zoe'";
    assert_eq!(count(&store, zoe), 0, "the row it had written is gone");
    assert_eq!(done(ask("bob")).seq, 9, "it took no number");
    lived.file(&store, &[("K", "4.2")]);
    assert_eq!(findings(&store), []);
}

#[test]
fn in_a_batch_the_one_that_fails_fails_alone() {
    let folder = Folder::new();
    let store = folder.open();
    begin(&store);
    Hand::into(&folder).traps("journal", "new.request LIKE '%7'");
    let (tell, heard) = channel();
    for n in 0..40 {
        let tell = tell.clone();
        let command = act(&format!("r{n}"), Actor::System, person(&format!("p{n}")));
        store.ask(command, move |answer| tell.send((n, answer)).expect("somebody listens"));
    }
    drop(tell);
    let answers: Vec<(i64, Answer)> = heard.iter().collect();
    assert_eq!(answers.len(), 40, "each is answered once");
    let failed = |answer: &Answer| matches!(answer, Answer::Failed(_));
    assert!(answers.iter().all(|(n, answer)| failed(answer) == (n % 10 == 7)), "{answers:?}");
    assert_eq!(count(&store, "SELECT count(*) FROM person WHERE sign_in LIKE 'p%'"), 36);
    assert_eq!(findings(&store), []);
}

#[test]
fn after_closing_the_door_answers_that_it_is_closed() {
    let folder = Folder::new();
    let store = folder.open();
    add(&store, "cy");
    store.close();
    let answer = store.execute(act("late", Actor::System, person("dora")));
    assert!(matches!(answer, Answer::Failed(_)), "{answer:?}");
    assert!(store.ready().is_err());
    assert!(store.copy_to(&folder.path().join("copy.db")).is_err());
    assert_eq!(count(&store, "SELECT count(*) FROM person"), 1);
    store.close();
}

#[test]
fn what_was_asked_before_closing_is_done() {
    let folder = Folder::new();
    let store = folder.open();
    let (tell, heard) = channel();
    for n in 0..50 {
        let tell = tell.clone();
        let command = act(&format!("r{n}"), Actor::System, person(&format!("p{n}")));
        store.ask(command, move |answer| tell.send(done(answer).seq).expect("somebody listens"));
    }
    store.close();
    drop(tell);
    assert_eq!(heard.iter().collect::<Vec<i64>>(), (1..=50).collect::<Vec<i64>>());
}

#[test]
fn the_record_of_a_newer_program_is_not_touched() {
    let folder = Folder::new();
    drop(folder.open());
    Hand::into(&folder).does("INSERT INTO migration(step) VALUES (97), (98), (99)");
    let Err(fault) = folder.try_open() else { panic!("a newer record was opened") };
    assert!(fault.to_string().contains("newer"), "{fault}");
}

#[test]
fn a_catalog_on_record_that_does_not_load_keeps_the_door_shut() {
    let folder = Folder::new();
    let store = folder.open();
    lived_in(&store);
    drop(store);
    let broken = "UPDATE catalog_release SET files='[[\"x.toml\",\"nonsense\"]]'";
    Hand::into(&folder).does(broken);
    let Err(fault) = folder.try_open() else { panic!("a broken catalog is in force") };
    assert!(fault.to_string().contains("catalog"), "{fault}");
}

#[test]
fn the_record_of_an_older_program_is_brought_to_the_newest_schema() {
    let folder = Folder::new();
    let steps = concat!(env!("CARGO_MANIFEST_DIR"), "/src/migration");
    let first = std::fs::read_to_string(format!("{steps}/0001_first_light.sql")).expect("read");
    let other = Hand::into(&folder);
    if matches!(other, Hand::Server(_)) {
        other.does("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }
    other.does(&first);
    other.does(
        "CREATE TABLE migration(step BIGINT PRIMARY KEY); INSERT INTO migration(step) VALUES (1)",
    );
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(folder.open()));
        }
    });
    let store = folder.open();
    lived_in(&store);
    let known = std::fs::read_dir(steps).expect("the steps").count();
    let taken = count(&store, "SELECT count(*) FROM migration");
    assert_eq!(usize::try_from(taken).expect("few"), known);
    assert!(other.finds_index("message_trouble"));
    assert_eq!(findings(&store), []);
}
