//! Two pens on one folder: a command of the shell while the laboratory is at work.
//!
//! What must stay true: neither breaks the other; both stand in one journal.

use std::sync::mpsc::channel;

use lab::people::Actor;
use store::Answer;

use crate::room::*;

#[test]
fn two_pens_that_write_in_turn_write_one_journal() {
    let folder = Folder::new();
    let (server, shell) = (folder.open(), folder.open());
    let lived = begin(&server);
    for turn in 0_i64..4 {
        assert_eq!(add(&shell, &format!("shell {turn}")).seq, 8 + 2 * turn);
        assert_eq!(add(&server, &format!("server {turn}")).seq, 9 + 2 * turn);
    }
    lived.file(&server, &[("K", "4.2")]);
    lived.file(&shell, &[("K", "4.2")]);
    assert_eq!(count(&server, "SELECT count(*) FROM journal"), 16);
    assert_eq!(findings(&server), []);
}

#[test]
fn two_pens_at_once_write_one_journal() {
    let folder = Folder::new();
    let (server, shell) = (folder.open(), folder.open());
    std::thread::scope(|scope| {
        scope.spawn(|| (0..30).for_each(|n| drop(add(&server, &format!("a{n}")))));
        scope.spawn(|| (0..30).for_each(|n| drop(add(&shell, &format!("b{n}")))));
    });
    assert_eq!(count(&server, "SELECT max(seq) FROM journal"), 60);
    assert_eq!(findings(&server), []);
}

#[test]
fn a_catalog_released_by_the_other_is_in_force() {
    let folder = Folder::new();
    let (server, shell) = (folder.open(), folder.open());
    add(&server, "first");
    let (cy, _) = set_up(&shell);
    let cy = Actor::Person(cy, lab::people::Role::Mls);
    done(server.execute(act("order", cy, order("MRN-1", &["SOD", "K"]))));
    assert_eq!(findings(&server), []);
}

#[test]
fn whoever_follows_along_hears_what_the_other_wrote() {
    let folder = Folder::new();
    let (server, shell) = (folder.open(), folder.open());
    let (tell, heard) = channel();
    server.listen(Box::new(move |told| {
        told.iter().for_each(|told| tell.send(told.seq).expect("somebody listens"));
    }));
    add(&server, "ann");
    add(&shell, "bob");
    add(&server, "cy");
    server.close();
    assert_eq!(heard.try_iter().collect::<Vec<i64>>(), [1, 2, 3]);
}

#[test]
fn what_one_did_is_answered_again_by_the_other() {
    let folder = Folder::new();
    let (server, shell) = (folder.open(), folder.open());
    add(&server, "ann");
    let answer = shell.execute(act("add ann", Actor::System, person("ann")));
    assert!(matches!(&answer, Answer::Done(done) if done.again && done.seq == 1), "{answer:?}");
}
