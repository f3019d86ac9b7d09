//! Raw messages: kept before they are acknowledged, once however often they come.

use lab::people::Actor;
use lab::value::{InstrumentId, MessageId, Moment};
use store::message::{Fate, Listed, Raw, newest, one, unread};
use store::{Store, Taking};

use crate::hand::Hand;
use crate::room::*;

fn raw(digest: Option<&str>, bytes: &[u8]) -> Raw {
    Raw {
        at: NINE,
        instrument: Some(InstrumentId(5)),
        peer: "10.0.0.7:4040".into(),
        protocol: "astm".into(),
        outgoing: false,
        digest: digest.map(str::to_owned),
        bytes: bytes.to_vec(),
    }
}

fn keep(store: &Store, raw: Raw) -> (MessageId, bool) {
    store.keep_and_wait(raw).expect("the message is kept")
}

fn read(store: &Store, id: MessageId) -> Listed {
    store.read(|sql| one(sql, id)).expect("read").expect("the message")
}

/// Whatever was sent to the pen before this is on the disk after it.
fn settled(store: &Store) {
    let end = store::session::Note::End { token: "nobody".into() };
    store.note_and_wait(end).expect("the pen works");
}

#[test]
fn bytes_come_back_as_they_came() {
    let folder = Folder::new();
    let store = folder.open();
    let bytes: Vec<u8> = (0..=255).collect();
    let (id, again) = keep(&store, raw(Some("d1"), &bytes));
    assert!(!again);
    let listed = read(&store, id);
    assert_eq!((listed.bytes, listed.at, listed.instrument), (bytes, NINE, Some(InstrumentId(5))));
    assert_eq!((listed.fate.as_str(), listed.resent, listed.outgoing), ("kept", 0, false));
}

#[test]
fn a_message_that_comes_again_is_one_row_and_counted() {
    let folder = Folder::new();
    let store = folder.open();
    let (first, _) = keep(&store, raw(Some("d1"), b"H|\\^&"));
    assert_eq!(keep(&store, raw(Some("d1"), b"H|\\^&")), (first, true));
    assert_eq!(read(&store, first).resent, 1);
    assert_eq!(keep(&store, raw(Some("d1"), b"H|\\^&")), (first, true));
    assert_eq!(read(&store, first).resent, 2);
    assert_eq!(count(&store, "SELECT count(*) FROM message"), 1);
    let (other, again) = keep(&store, raw(Some("d2"), b"H|\\^&"));
    assert!(other != first && !again);
}

#[test]
fn without_a_digest_every_message_counts() {
    let folder = Folder::new();
    let store = folder.open();
    let (first, again) = keep(&store, raw(None, b"Q"));
    let (second, again_too) = keep(&store, raw(None, b"Q"));
    assert!(first != second && !again && !again_too);
    assert_eq!(count(&store, "SELECT count(*) FROM message"), 2);
}

#[test]
fn what_was_kept_and_not_read_is_there_after_a_stop_oldest_first() {
    let folder = Folder::new();
    let store = folder.open();
    let kept: Vec<MessageId> = ["a", "b", "c", "d", "e"]
        .iter()
        .map(|digest| keep(&store, raw(Some(digest), digest.as_bytes())).0)
        .collect();
    let (sent, _) = keep(&store, Raw { outgoing: true, ..raw(None, b"O") });
    store.settle(kept[1], Fate::Filed);
    store.settle(kept[3], Fate::Unreadable);
    settled(&store);
    drop(store);
    let store = folder.open();
    let left = store.read(|sql| unread(sql, 10)).expect("read");
    let left: Vec<MessageId> = left.iter().map(|listed| listed.id).collect();
    assert_eq!(left, [kept[0], kept[2], kept[4]]);
    let limited = store.read(|sql| unread(sql, 2)).expect("read");
    assert_eq!(limited.len(), 2);
    assert_eq!(read(&store, kept[1]).fate, "filed");
    assert_eq!(read(&store, kept[3]).fate, "unreadable");
    assert_eq!(read(&store, sent).fate, "sent");
}

#[test]
fn the_newest_of_an_instrument_come_first_and_its_numbers_are_never_used_again() {
    let folder = Folder::new();
    let store = folder.open();
    let mut kept: Vec<MessageId> = (0..3).map(|_| keep(&store, raw(None, b"R")).0).collect();
    keep(&store, Raw { instrument: None, ..raw(None, b"R") });
    drop(store);
    let store = folder.open();
    let early = Moment::from_micros(NINE.micros() - 60_000_000);
    kept.push(keep(&store, Raw { at: early, ..raw(None, b"R") }).0);
    kept.reverse();
    let listed = store.read(|sql| newest(sql, InstrumentId(5), 10)).expect("read");
    let listed: Vec<MessageId> = listed.iter().map(|listed| listed.id).collect();
    assert_eq!(listed, kept);
}

#[test]
fn a_message_says_which_request_it_became_and_is_filed_once() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    let (id, _) = keep(&store, raw(Some("d1"), b"R|1|K|4.2"));
    let file = || {
        let machine = lab::people::Actor::Instrument(lived.analyzer);
        let message = lived.message(lived.label.as_str(), &[("K", "4.2")]);
        store.execute(act(&format!("message {id}"), machine, message))
    };
    let (first, second) = (done(file()), done(file()));
    assert!(!first.again && second.again);
    assert_eq!(count(&store, "SELECT count(*) FROM result"), 1);
}

/// A moment by this machine's clock, so many minutes ago.
fn ago(minutes: i64) -> Moment {
    Moment::from_micros(jiff::Timestamp::now().as_microsecond()).plus_minutes(-minutes)
}

#[test]
fn the_same_bytes_on_another_day_are_another_message() {
    let folder = Folder::new();
    let store = folder.open();
    let at = |hours: i64| Raw { at: NINE.plus_minutes(60 * hours), ..raw(Some("d1"), b"R") };
    let (first, _) = keep(&store, at(0));
    assert_eq!(keep(&store, at(30)), (first, true), "until it was filed it is the same");
    store.settle(first, Fate::Filed);
    assert_eq!(keep(&store, at(24)), (first, true));
    let (second, again) = keep(&store, at(25));
    assert!(second != first && !again);
    assert_eq!(keep(&store, at(26)), (second, true));
    store.settle(second, Fate::Filed);
    let (third, again) = keep(&store, at(50));
    assert!(third != second && !again);
    assert_eq!(read(&store, first).resent, 2);
}

#[test]
fn a_message_that_comes_again_says_what_became_of_it() {
    let folder = Folder::new();
    let store = folder.open();
    let receipt = || {
        let (tell, heard) = std::sync::mpsc::channel();
        store.keep(raw(Some("d1"), b"R"), move |kept| tell.send(kept).expect("heard"));
        heard.recv().expect("an answer").expect("kept")
    };
    let first = receipt();
    assert_eq!((first.again, first.fate), (false, Fate::Kept));
    assert_eq!((receipt().again, receipt().fate), (true, Fate::Kept));
    for fate in [Fate::Filed, Fate::Partly, Fate::Unreadable, Fate::Nothing, Fate::Answered] {
        store.settle(first.id, fate);
        assert_eq!((receipt().id, receipt().fate), (first.id, fate));
    }
}

#[test]
fn messages_that_need_a_person_are_counted_and_listed() {
    let folder = Folder::new();
    let store = folder.open();
    let kept = |minutes: i64| keep(&store, Raw { at: ago(minutes), ..raw(None, b"R") }).0;
    let (late, later) = (kept(90), kept(5));
    let (lost, partly) = (kept(60), kept(30));
    let (on_its_way, filed, old) = (kept(0), kept(20), kept(60 * 24 * 8));
    for (id, fate) in [
        (lost, Fate::Unreadable),
        (partly, Fate::Partly),
        (filed, Fate::Filed),
        (old, Fate::Unreadable),
    ] {
        store.settle(id, fate);
    }
    settled(&store);
    let board = store.read(|sql| store::query::board(sql, NINE.micros())).expect("read");
    assert_eq!((board.kept, board.unreadable), (2, 2));
    let listed = store.read(|sql| store::query::troubled_messages(sql, 9)).expect("read");
    let ids: Vec<MessageId> = listed.iter().map(|listed| listed.id).collect();
    assert_eq!(ids, [late, later, partly, lost]);
    assert_eq!(Fate::read(&listed[2].fate).map(Fate::words), Some("understood in part"));
    store.settle(late, Fate::Filed);
    settled(&store);
    let board = store.read(|sql| store::query::board(sql, NINE.micros())).expect("read");
    assert_eq!((board.kept, read(&store, on_its_way).fate.as_str()), (1, "kept"));
}

#[test]
fn what_is_left_is_read_a_page_at_a_time() {
    let folder = Folder::new();
    let store = folder.open();
    let kept: Vec<MessageId> = (0..5).map(|_| keep(&store, raw(None, b"R")).0).collect();
    let page = |after| -> Vec<MessageId> {
        let left = store.read(|sql| store::message::unread_after(sql, after, 2)).expect("read");
        left.iter().map(|listed| listed.id).collect()
    };
    assert_eq!(page(MessageId(0)), kept[..2]);
    assert_eq!(page(kept[1]), kept[2..4]);
    assert_eq!(page(kept[3]), kept[4..]);
    assert_eq!(page(kept[4]), []);
}

/// Takes a message that says this, and waits: its number and what became of it.
fn take(store: &Store, digest: &str, says: lab::journey::analyze::FileReadings) -> Taken {
    let actor = Actor::Instrument(says.instrument);
    let acts = vec![act("", actor, says)];
    let taking = Taking { raw: raw(Some(digest), b"R"), acts, fate: Fate::Filed };
    let (tell, heard) = std::sync::mpsc::channel();
    store.take(taking, move |kept| tell.send(kept).expect("somebody listens"));
    let receipt = heard.recv().expect("answered").expect("kept");
    (receipt.id, receipt.again, receipt.fate)
}

type Taken = (MessageId, bool, Fate);

#[test]
fn a_message_is_kept_and_filed_in_one_commit_and_once() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    let says = || lived.message(lived.label.as_str(), &[("Na", "140")]);
    let (id, again, fate) = take(&store, "d1", says());
    assert_eq!((again, fate), (false, Fate::Filed));
    assert_eq!(read(&store, id).fate, "filed");
    assert_eq!(take(&store, "d1", says()), (id, true, Fate::Filed));
    assert_eq!(count(&store, "SELECT count(*) FROM result"), 1);
    let request = format!("SELECT count(*) FROM journal WHERE request='message:{id}:0'");
    assert_eq!(count(&store, &request), 1, "the command is known by the message's number");
    let source = tables(&store).all::<lab::accession::ResultVersion>().next().map(|r| r.source);
    let Some(lab::accession::Source::Instrument { message, .. }) = source else { panic!() };
    assert_eq!(message, Some(id));
    assert_eq!(findings(&store), []);
}

#[test]
fn what_cannot_be_filed_is_kept_all_the_same_and_filed_when_it_comes_again() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    let other = Hand::into(&folder);
    other.traps("result", "new.version>0");
    let says = || lived.message(lived.label.as_str(), &[("K", "4.1")]);
    let (id, _, fate) = take(&store, "d1", says());
    assert_eq!((fate, read(&store, id).fate.as_str()), (Fate::Kept, "kept"));
    assert_eq!(count(&store, "SELECT count(*) FROM result"), 0);
    let mut unknown = says();
    unknown.instrument = InstrumentId(77);
    let (refused, _, fate) = take(&store, "d2", unknown);
    assert_eq!((fate, read(&store, refused).fate.as_str()), (Fate::Kept, "kept"));
    other.untraps("result");
    assert_eq!(take(&store, "d1", says()), (id, true, Fate::Filed));
    assert_eq!(read(&store, id).fate, "filed");
    assert_eq!(findings(&store), []);
}
