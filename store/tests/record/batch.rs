//! Group commit: whatever waits while the pen writes goes into the next commit together.
//!
//! A listener that waits at a gate keeps the pen busy for as long as the test likes, so that
//! nothing here depends on how fast the machine is.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use lab::people::Actor;
use store::{Store, Told};

use crate::room::*;

/// What each commit told, and the gate at which the pen stands after each.
struct Gate {
    commits: Receiver<Vec<Told>>,
    open: Sender<()>,
}

impl Gate {
    fn before(store: &Store) -> Gate {
        let (tell, commits) = channel();
        let (open, opened) = channel();
        let opened = Mutex::new(opened);
        store.listen(Box::new(move |told| {
            if tell.send(told.to_vec()).is_ok() {
                let _ = opened.lock().expect("the gate").recv();
            }
        }));
        Gate { commits, open }
    }

    /// Waits for the next commit; the pen stands still afterwards.
    fn commit(&self) -> Vec<Told> {
        self.commits.recv().expect("a commit")
    }

    fn pass(&self) {
        self.open.send(()).expect("the pen waits at the gate");
    }
}

#[test]
fn what_waits_while_the_pen_writes_is_committed_together() {
    let folder = Folder::new();
    let store = folder.open();
    let gate = Gate::before(&store);
    let answered = Arc::new(Mutex::new(Vec::new()));
    let ask = |name: &str| {
        let answered = Arc::clone(&answered);
        store.ask(act(name, Actor::System, person(name)), move |answer| {
            answered.lock().expect("the answers").push(done(answer).seq);
        });
    };
    ask("first");
    assert_eq!(gate.commit().len(), 1);
    assert_eq!(*answered.lock().expect("the answers"), [1], "answered once it was on the disk");
    for waiting in 0..100 {
        ask(&format!("p{waiting}"));
    }
    assert_eq!(answered.lock().expect("the answers").len(), 1, "nothing is answered before");
    gate.pass();
    let together: Vec<i64> = gate.commit().iter().map(|told| told.seq).collect();
    assert_eq!(together, (2..=101).collect::<Vec<i64>>(), "a hundred commands, one commit");
    assert_eq!(*answered.lock().expect("the answers"), (1..=101).collect::<Vec<i64>>());
    drop(gate);
    assert_eq!(findings(&store), []);
}

#[test]
fn one_commit_carries_at_most_512() {
    let folder = Folder::new();
    let store = folder.open();
    let gate = Gate::before(&store);
    let ask = |name: &str| store.ask(act(name, Actor::System, person(name)), drop);
    ask("first");
    gate.commit();
    (0..600).for_each(|waiting| ask(&format!("p{waiting}")));
    gate.pass();
    let sizes = [gate.commit().len(), {
        gate.pass();
        gate.commit().len()
    }];
    assert_eq!(sizes, [512, 88]);
}

#[test]
fn a_refused_and_a_repeated_command_do_not_spoil_the_commit_they_share() {
    let folder = Folder::new();
    let store = folder.open();
    let gate = Gate::before(&store);
    let (tell, heard) = channel();
    let ask = |request: &str, name: &str| {
        let tell = tell.clone();
        let command = act(request, Actor::System, person(name));
        store.ask(command, move |answer| tell.send(answer).expect("somebody listens"));
    };
    ask("r1", "cy");
    gate.commit();
    ask("r2", "cy");
    ask("r3", " ");
    ask("r1", "cy");
    ask("r4", "dora");
    gate.pass();
    let told: Vec<i64> = gate.commit().iter().map(|told| told.seq).collect();
    assert_eq!(told, [2], "only what happened is told");
    let answers: Vec<String> = (0..5).map(|_| short(&heard.recv().expect("an answer"))).collect();
    assert_eq!(answers, ["done 1", "refused", "refused", "again 1", "done 2"]);
    drop(gate);
    assert_eq!(findings(&store), []);
}

fn short(answer: &store::Answer) -> String {
    match answer {
        store::Answer::Done(done) if done.again => format!("again {}", done.seq),
        store::Answer::Done(done) => format!("done {}", done.seq),
        store::Answer::Refused(_) => "refused".into(),
        store::Answer::Failed(fault) => format!("failed: {fault}"),
    }
}

#[test]
fn a_listener_hears_what_each_command_was_about() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    let (tell, heard) = channel();
    store.listen(Box::new(move |told| tell.send(told.to_vec()).expect("somebody listens")));
    lived.file(&store, &[("Na", "140")]);
    let told = heard.recv().expect("a commit");
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].seq, told[0].command.as_str()), (8, "FileReadings"));
    assert_eq!(told[0].about, [lived.accession.0]);
}

#[test]
fn a_listener_that_breaks_takes_neither_the_pen_nor_the_others_with_it() {
    let folder = Folder::new();
    let store = folder.open();
    let (tell, heard) = channel();
    store.listen(Box::new(|_| panic!("the listener broke")));
    store.listen(Box::new(move |told| tell.send(told.len()).expect("somebody listens")));
    assert_eq!(add(&store, "cy").seq, 1);
    assert_eq!(add(&store, "dora").seq, 2);
    assert_eq!([heard.recv(), heard.recv()], [Ok(1), Ok(1)]);
}
