//! A server that is lost: while nobody asks, in the middle of a batch, and just when it commits.
//!
//! What must stay true: nothing is half done; what was done is answered as done, once; work goes
//! on as soon as the server answers again. Without a server there is nothing to lose: these tests
//! then say so and check nothing.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::channel;

use lab::people::Actor;
use postgres::Config;
use postgres::config::Host;
use store::{Answer, Place, Store};

use crate::hand::Hand;
use crate::room::*;

/// Whether there is a server; says so where there is none.
fn is_there() -> bool {
    let there = server().is_some();
    if !there {
        println!("not run: MENISCUS_TEST_POSTGRES names no server");
    }
    there
}

const EVERYBODY_ELSE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
     WHERE datname=current_database() AND pid<>pg_backend_pid()";

#[test]
fn a_server_lost_while_nobody_asks_is_not_noticed() {
    if !is_there() {
        return;
    }
    let folder = Folder::new();
    let store = folder.open();
    let hand = Hand::into(&folder);
    for turn in 1..4 {
        assert_eq!(add(&store, &format!("p{turn}")).seq, turn);
        assert_eq!(count(&store, "SELECT count(*) FROM person"), turn);
        hand.does(EVERYBODY_ELSE);
    }
    assert_eq!(store.ready(), Ok(()));
    assert_eq!(findings(&store), []);
}

#[test]
fn a_server_lost_in_a_batch_undoes_all_of_it_and_says_so() {
    if !is_there() {
        return;
    }
    let folder = Folder::new();
    let store = folder.open();
    add(&store, "first");
    let hand = Hand::into(&folder);
    hand.does(
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN new; END $$;
         CREATE TRIGGER trap BEFORE INSERT ON journal FOR EACH ROW
         WHEN (new.request='zoe') EXECUTE FUNCTION cut()",
    );
    let (tell, heard) = channel();
    for name in ["ann", "zoe", "bob"] {
        let tell = tell.clone();
        let command = act(name, Actor::System, person(name));
        store.ask(command, move |answer| tell.send((name, answer)).expect("somebody listens"));
    }
    drop(tell);
    let answers: Vec<(&str, Answer)> = heard.iter().collect();
    assert_eq!(answers.len(), 3, "each is answered once");
    for (name, answer) in &answers {
        let sql = format!("SELECT count(*) FROM person WHERE sign_in='{name}'");
        let there = count(&store, &sql) == 1;
        assert_eq!(there, matches!(answer, Answer::Done(_)), "{name}: {answer:?}");
        assert!(*name != "zoe" || !there);
    }
    hand.untraps("journal");
    let zoe = done(store.execute(act("zoe", Actor::System, person("zoe"))));
    assert!(!zoe.again, "it had not been done");
    assert_eq!(findings(&store), []);
}

/// What the way to the server does with the next commit.
const PASSES: u8 = 0;
const CUTS_BEFORE: u8 = 1;
const CUTS_AFTER: u8 = 2;

/// A way to the server that is cut when it is told to.
struct Way {
    place: Place,
    next: Arc<AtomicU8>,
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// Two ends of a new connection to the server itself.
fn to_server() -> (Box<dyn Stream>, Box<dyn Stream>) {
    let config: Config = server().expect("a server").parse().expect("its address");
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match config.get_hosts().first().expect("a host") {
        Host::Tcp(name) => {
            let stream = TcpStream::connect((name.as_str(), port)).expect("the server answers");
            (Box::new(stream.try_clone().expect("an end")), Box::new(stream))
        }
        Host::Unix(folder) => {
            let socket = folder.join(format!(".s.PGSQL.{port}"));
            let stream = UnixStream::connect(socket).expect("the server answers");
            (Box::new(stream.try_clone().expect("an end")), Box::new(stream))
        }
    }
}

impl Way {
    fn to(folder: &Folder) -> Way {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its number").port();
        let name = folder.database().expect("a database");
        let place = Place::at_url(&format!("postgresql://meniscus@127.0.0.1:{port}/{name}"));
        let next = Arc::new(AtomicU8::new(PASSES));
        let told = Arc::clone(&next);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                carry(client, &told);
            }
        });
        Way { place: place.expect("an address"), next }
    }
}

/// Carries both ways, each on a thread, until one end is closed or the way is cut.
fn carry(client: TcpStream, next: &Arc<AtomicU8>) {
    let (mut from_server, mut to_server) = to_server();
    let (mut from_client, mut to_client) =
        (client.try_clone().expect("an end"), client.try_clone().expect("an end"));
    let next = Arc::clone(next);
    let (cut, is_cut) = channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 65_536];
        while let Ok(count @ 1..) = from_client.read(&mut bytes) {
            let commits = bytes[..count].windows(7).any(|part| part == b"COMMIT\0");
            let what = if commits { next.swap(PASSES, Ordering::SeqCst) } else { PASSES };
            if what != PASSES {
                cut.send(()).expect("the other way hears");
            }
            if what == CUTS_BEFORE || to_server.write_all(&bytes[..count]).is_err() {
                break;
            }
            if what == CUTS_AFTER {
                // The server has it; its answer never comes.
                std::thread::sleep(std::time::Duration::from_millis(300));
                break;
            }
        }
        let _ = client.shutdown(std::net::Shutdown::Both);
    });
    std::thread::spawn(move || {
        let mut bytes = [0; 65_536];
        while let Ok(count @ 1..) = from_server.read(&mut bytes) {
            if is_cut.try_recv().is_ok() || to_client.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
    });
}

#[test]
fn a_commit_whose_answer_is_lost_is_asked_after_and_answered_as_it_was() {
    if !is_there() {
        return;
    }
    let folder = Folder::new();
    let way = Way::to(&folder);
    let store = Store::open(&way.place).expect("the record opens");
    add(&store, "first");
    for (turn, cut) in [(2, CUTS_AFTER), (4, CUTS_BEFORE), (6, CUTS_AFTER)] {
        way.next.store(cut, Ordering::SeqCst);
        let name = format!("p{turn}");
        let answer = store.execute(act(&name, Actor::System, person(&name)));
        let Answer::Done(done) = answer else { panic!("{cut}: {answer:?}") };
        assert_eq!((done.seq, done.again), (turn, false), "done once, and heard of");
        assert_eq!(way.next.load(Ordering::SeqCst), PASSES, "the way was cut");
        assert_eq!(add(&store, &format!("after {turn}")).seq, turn + 1);
    }
    assert_eq!(count(&store, "SELECT count(*) FROM person"), 7);
    assert_eq!(findings(&store), []);
}
