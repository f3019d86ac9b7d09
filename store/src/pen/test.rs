//! The pen on a disk that is full in the middle of a batch.
//!
//! What must stay true: the engine undoes the whole batch by itself; everybody in it hears that
//! nothing was done, nothing of it is on the disk, and work goes on when there is room again.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

use lab::journey::setup::AddPerson;
use lab::people::{Actor, Role};
use lab::value::Moment;

use super::{Act, Answer, Job, Taking, Writer};
use crate::check::check;
use crate::engine::{EmbeddedPen, Pen, Sql};
use crate::message::Raw;

const NINE: Moment = Moment::from_micros(1_795_510_800_000_000);

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn folder(name: &str) -> Folder {
    let path = std::env::temp_dir().join(format!("meniscus-pen-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder for the test");
    Folder(path)
}

fn writer(folder: &Folder) -> Writer<EmbeddedPen> {
    let pen = EmbeddedPen::open(&folder.0.join(crate::FILE)).expect("the record opens");
    Writer::new(pen).expect("the pen is taken up")
}

fn add(name: &str) -> (Job, Receiver<Answer>) {
    let (tell, heard) = channel();
    let person = AddPerson { sign_in: name.into(), shown: name.into(), role: Role::Mls };
    let act = Act { request: name.into(), actor: Actor::System, now: NINE, command: person.into() };
    (Job::Act(Box::new(act), Box::new(move |answer| tell.send(answer).expect("heard"))), heard)
}

fn keep(bytes: usize) -> (Job, Receiver<bool>) {
    let (tell, heard) = channel();
    let raw = Raw {
        at: NINE,
        instrument: None,
        peer: String::new(),
        protocol: "astm".into(),
        outgoing: false,
        digest: None,
        bytes: vec![b'R'; bytes],
    };
    let reply = Box::new(move |kept: Result<_, _>| tell.send(kept.is_ok()).expect("heard"));
    (Job::Take(Box::new(Taking::only(raw)), reply), heard)
}

fn number(writer: &Writer<EmbeddedPen>, sql: &str) -> i64 {
    let line = writer.pen.row(sql, &[]).expect("answered").expect("a row");
    line.int(0).expect("a number")
}

/// Leaves room for this many more pages.
fn room(writer: &Writer<EmbeddedPen>, pages: i64) {
    let most = number(writer, "PRAGMA page_count") + pages;
    assert_eq!(number(writer, &format!("PRAGMA max_page_count={most}")), most);
}

#[test]
fn a_disk_that_is_full_in_a_batch_undoes_all_of_it_and_says_so() {
    let folder = folder("full");
    let mut writer = writer(&folder);
    let (job, first) = add("first");
    writer.commit(vec![job]);
    assert!(matches!(first.recv(), Ok(Answer::Done(done)) if done.seq == 1));
    room(&writer, 8);
    let ((a, ann), (big, kept), (b, bob), (c, cy)) =
        (add("ann"), keep(1_000_000), add("bob"), add("cy"));
    let (heard, listened) = channel();
    let listen = Job::Listen(Box::new(move |told| heard.send(told.len()).expect("heard")));
    writer.commit(vec![a, big, b, listen, c]);
    for answer in [ann, bob, cy] {
        assert!(matches!(answer.recv(), Ok(Answer::Failed(_))));
    }
    assert_eq!(kept.recv(), Ok(false));
    assert!(!writer.pen.in_batch());
    assert_eq!(number(&writer, "SELECT count(*) FROM person"), 1);
    assert_eq!(number(&writer, "SELECT count(*) FROM journal"), 1);
    room(&writer, 10_000);
    let ((a, ann), (big, kept)) = (add("ann"), keep(1_000_000));
    writer.commit(vec![a, big]);
    assert!(matches!(ann.recv(), Ok(Answer::Done(done)) if done.seq == 2 && !done.again));
    assert_eq!((kept.recv(), listened.try_recv()), (Ok(true), Ok(1)));
    assert_eq!(check(&writer.pen).expect("checked").lines, []);
}

#[test]
fn what_fails_alone_leaves_the_rest_of_its_batch() {
    let folder = folder("alone");
    let mut writer = writer(&folder);
    let trap = "CREATE TRIGGER trap BEFORE INSERT ON person WHEN new.sign_in='bob' \
                BEGIN SELECT RAISE(ABORT, 'a hole'); END";
    writer.pen.script(trap).expect("a trap is set");
    let ((a, ann), (b, bob), (c, cy)) = (add("ann"), add("bob"), add("cy"));
    writer.commit(vec![a, b, c]);
    assert!(matches!(ann.recv(), Ok(Answer::Done(done)) if done.seq == 1));
    assert!(matches!(bob.recv(), Ok(Answer::Failed(_))));
    assert!(matches!(cy.recv(), Ok(Answer::Done(done)) if done.seq == 2));
    assert_eq!(check(&writer.pen).expect("checked").lines, []);
}

#[test]
fn while_nothing_can_be_written_the_pen_is_not_ready_and_afterwards_it_is() {
    let folder = folder("ready");
    let mut writer = writer(&folder);
    let ready = |writer: &mut Writer<EmbeddedPen>| {
        let (tell, heard) = channel();
        let reply = Box::new(move |done: Result<_, _>| tell.send(done.is_ok()).expect("heard"));
        writer.commit(vec![Job::Ready(reply)]);
        heard.recv().expect("answered")
    };
    let trap = "CREATE TRIGGER trap BEFORE UPDATE ON migration \
                BEGIN SELECT RAISE(ABORT, 'no room'); END";
    writer.pen.script(trap).expect("a trap is set");
    assert!(ready(&mut writer), "nothing failed, so nothing is written");
    room(&writer, 8);
    let ((big, kept), (b, bob)) = (keep(1_000_000), add("bob"));
    writer.commit(vec![b, big]);
    assert_eq!(kept.recv(), Ok(false));
    assert!(matches!(bob.recv(), Ok(Answer::Failed(_))));
    assert!(!ready(&mut writer) && !ready(&mut writer));
    writer.pen.script("DROP TRIGGER trap").expect("there is room");
    assert!(ready(&mut writer) && ready(&mut writer));
}
