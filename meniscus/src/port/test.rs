//! Ports under people and machines that do not keep to the rules: real sockets, real records.

use std::path::PathBuf;

use lab::instrument::{Connection, Wiring};
use lab::journey::connect::{AddInstrument, ChangeInstrument};
use lab::people::Actor;
use store::{Act, Answer, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

pub(super) struct Bench {
    folder: PathBuf,
    pub(super) store: Arc<Store>,
    pub(super) around: Surroundings,
    stopper: watch::Sender<bool>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.stopper.send(true);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(super) fn bench(name: &str, manners: Manners) -> Bench {
    let folder = std::env::temp_dir().join(format!("meniscus-port-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let store = Arc::new(Store::open(&folder).expect("the record opens"));
    let (stopper, stop) = watch::channel(false);
    let intake = Intake::new(Arc::clone(&store));
    let around = Surroundings { manners, ..Surroundings::new(intake, Links::default(), stop) };
    Bench { folder, store, around, stopper }
}

impl Bench {
    pub(super) async fn open(&self, language: Language) -> SocketAddr {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let port = Port::open(free, language, self.around.clone()).await.expect("a port");
        let address = port.address().expect("its address");
        tokio::spawn(port.serve());
        address
    }

    pub(super) fn does(&self, request: &str, command: lab::command::Command) {
        let act = Act { request: request.into(), actor: Actor::System, now: setup::now(), command };
        let answer = self.store.execute(act);
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }

    pub(super) fn kept(&self) -> i64 {
        let count = |sql: &dyn store::engine::Sql| {
            let line = sql.row("SELECT count(*) FROM message WHERE outgoing=0", &[])?;
            line.map_or(Ok(0), |line| line.int(0))
        };
        self.store.read(|sql| count(sql)).expect("read")
    }
}

/// Whether the far end closes the line, within ten seconds.
pub(super) async fn closes(stream: &mut TcpStream) -> bool {
    let mut buffer = [0; 4096];
    let reading = async {
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reading).await.is_ok()
}

/// Sends one HL7 message and waits for its acknowledgment.
pub(super) async fn acknowledged(stream: &mut TcpStream, number: u32) {
    let message = format!(
        "\u{b}MSH|^~\\&|LAB|X|||20261124080000||ORU^R01|M-{number}|P|2.3.1\r\
         OBR|1||{number}|CHEM\rOBX|1|NM|K||4.1|mmol/L||||F\r\u{1c}\r"
    );
    stream.write_all(message.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\x1c\r") {
        answer.push(stream.read_u8().await.expect("an answer"));
    }
    let answer = String::from_utf8(answer).expect("text");
    assert!(answer.contains(&format!("MSA|AA|M-{number}")), "{answer}");
}

#[tokio::test]
async fn a_line_asks_whether_the_other_end_is_still_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let (near, far) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (near, (far, _)) = (near.expect("connected"), far.expect("accepted"));
    keep_awake(&far).expect("the socket takes it");
    let socket = SockRef::from(&far);
    assert_eq!((socket.keepalive().ok(), far.nodelay().ok()), (Some(true), Some(true)));
    assert_eq!(socket.tcp_keepalive_time().ok(), Some(ALIVE_AFTER));
    assert_eq!(socket.tcp_keepalive_retries().ok(), Some(ALIVE_TRIES));
    drop(near);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_take_every_line() {
    let bench = bench("peers", Manners { lines_of_one: 2, ..Manners::default() });
    let address = bench.open(Language::Mllp).await;
    let mut first = TcpStream::connect(address).await.expect("connected");
    let mut second = TcpStream::connect(address).await.expect("connected");
    acknowledged(&mut first, 1).await;
    acknowledged(&mut second, 2).await;
    let mut third = TcpStream::connect(address).await.expect("connected");
    assert!(closes(&mut third).await, "the third of one address is closed");
    acknowledged(&mut first, 3).await;
    drop(second);
    let again = async {
        loop {
            let mut next = TcpStream::connect(address).await.expect("connected");
            let silent = tokio::time::timeout(Duration::from_millis(300), next.read_u8()).await;
            if silent.is_err() {
                return acknowledged(&mut next, 4).await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), again).await.expect("its line is free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_megabytes_of_garbage_close_their_own_line_alone() {
    let bench = bench("garbage", Manners::default());
    for language in [Language::Astm, Language::Mllp] {
        let address = bench.open(language).await;
        let mllp = bench.open(Language::Mllp).await;
        let mut good = TcpStream::connect(mllp).await.expect("connected");
        acknowledged(&mut good, 10).await;
        for kind in [&b"GET / HTTP/1.1\r\n"[..], b"\x05\x02\x15garbage\x02", b"\x0b\x1c\x0bxx"] {
            let mut bad = TcpStream::connect(address).await.expect("connected");
            let garbage = kind.repeat(16 * 1024 * 1024 / kind.len());
            let sent = tokio::time::timeout(Duration::from_secs(20), bad.write_all(&garbage)).await;
            let sent = sent.expect("it is not left hanging");
            assert!(sent.is_err() || closes(&mut bad).await, "{language:?} {kind:?}");
            acknowledged(&mut good, 11).await;
        }
        let held = bench.around.held.load(std::sync::atomic::Ordering::SeqCst);
        assert!(held < 1024 * 1024, "{held} bytes are still held");
    }
    assert_eq!(bench.kept(), 2, "nothing of it became a message");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_never_ends_is_given_up_and_a_quiet_line_is_not() {
    let message = Duration::from_millis(600);
    let bench = bench("slow", Manners { message, ..Manners::default() });
    for (language, begin) in [(Language::Astm, &b"\x05\x021H|"[..]), (Language::Mllp, b"\x0bMSH|")]
    {
        let address = bench.open(language).await;
        let mut quiet = TcpStream::connect(address).await.expect("connected");
        let mut slow = TcpStream::connect(address).await.expect("connected");
        slow.write_all(begin).await.expect("sent");
        let began = Instant::now();
        while slow.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert!(began.elapsed() < Duration::from_secs(10), "{language:?} drips for ever");
        }
        assert!(began.elapsed() >= message, "{language:?} had its time");
        let silent = tokio::time::timeout(Duration::from_millis(100), quiet.read_u8()).await;
        assert!(silent.is_err(), "the quiet line is still open");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_byte_by_byte_is_kept_and_two_in_one_read_are_two() {
    let bench = bench("bytes", Manners::default());
    let mllp = bench.open(Language::Mllp).await;
    let mut line = TcpStream::connect(mllp).await.expect("connected");
    let one = |n: u32| {
        format!("\u{b}MSH|^~\\&|LAB|X|||20261124||ORU^R01|B-{n}|P|2.3.1\rOBR|1||{n}|C\r\u{1c}\r")
    };
    for byte in one(1).bytes() {
        line.write_all(&[byte]).await.expect("sent");
        line.flush().await.expect("gone");
    }
    line.write_all(format!("{}{}", one(2), one(3)).as_bytes()).await.expect("sent");
    let mut answers = String::new();
    while answers.matches('\u{1c}').count() < 3 {
        let mut buffer = [0; 1024];
        let count = line.read(&mut buffer).await.expect("answers");
        answers.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    for number in ["B-1", "B-2", "B-3"] {
        assert!(answers.contains(&format!("MSA|AA|{number}")), "{answers}");
    }
    assert_eq!(bench.kept(), 3);
}

pub(super) fn analyzer(address: &str) -> Wiring {
    Wiring { connection: Connection::read(address).expect("an address"), ..Wiring::default() }
}

/// Waits for a call, and sends one ASTM message on it.
async fn answers(listener: &TcpListener, number: u32) -> TcpStream {
    let called = tokio::time::timeout(Duration::from_secs(10), listener.accept()).await;
    let (mut line, _) = called.expect("a call").expect("accepted");
    let text = format!("H|\\^&|||whoever\rP|1\rO|1|{number}||^^^K\rR|1|^^^K|4.1\rL|1|N\r");
    let link = wire::frame::astm::Link::new(wire::frame::astm::Role::Instrument);
    line.write_all(&[5]).await.expect("a bid");
    assert_eq!(line.read_u8().await.expect("a reply"), 6);
    for frame in wire::frame::astm::frames_of(text.as_bytes(), &link) {
        line.write_all(&frame).await.expect("a frame");
        assert_eq!(line.read_u8().await.expect("a reply"), 6);
    }
    line.write_all(&[4]).await.expect("the end");
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instrument_that_waits_for_a_call_is_called_and_called_again() {
    let call_again = Duration::from_millis(50);
    let bench = bench("dial", Manners { call_again, ..Manners::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    tokio::spawn(dial::serve(bench.around.clone()));
    let add = AddInstrument {
        name: "Coag 1".into(),
        driver: "astm_plain".into(),
        wiring: analyzer(&address),
        ..AddInstrument::default()
    };
    bench.does("add", add.into());
    drop(answers(&listener, 1).await);
    let line = answers(&listener, 2).await;
    let links = bench.around.links.list();
    let link = links.iter().find(|link| link.name == "Coag 1").expect("a link");
    assert!(link.up && link.last_byte.is_some(), "{link:?}");
    let waits = async {
        loop {
            let all = bench.store.read(|sql| store::query::unclaimed_open(sql, 9)).expect("read");
            if all.len() == 2 {
                return all;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waiting = tokio::time::timeout(Duration::from_secs(10), waits).await.expect("two wait");
    let instruments = bench.store.read(|sql| store::query::instruments(sql)).expect("read");
    let [own] = instruments.as_slice() else { panic!("nobody else was added: {instruments:?}") };
    assert!(waiting.iter().all(|entry| entry.instrument == own.instrument.id));
    // Set to wait for its call, it is let go.
    let change = ChangeInstrument {
        instrument: own.instrument.id,
        name: "Coag 1".into(),
        driver: "astm_plain".into(),
        sender: String::new(),
        wiring: Wiring::default(),
        reason: "now it connects by itself".into(),
    };
    bench.does("change", change.into());
    let mut line = line;
    assert!(closes(&mut line).await, "the call ends");
    let called = tokio::time::timeout(Duration::from_millis(500), listener.accept()).await;
    assert!(called.is_err(), "and it is not called again");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_is_called_later_each_time() {
    let call_again = Duration::from_millis(40);
    let bench = bench("busy", Manners { call_again, ..Manners::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    tokio::spawn(dial::serve(bench.around.clone()));
    let add = AddInstrument {
        name: "Coag 1".into(),
        driver: "astm_plain".into(),
        wiring: analyzer(&address),
        ..AddInstrument::default()
    };
    bench.does("add", add.into());
    let mut calls = Vec::new();
    for _ in 0..4 {
        let call = tokio::time::timeout(Duration::from_secs(10), listener.accept()).await;
        drop(call.expect("a call").expect("accepted"));
        calls.push(Instant::now());
    }
    let pauses: Vec<_> = calls.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (pause, least) in pauses.iter().zip([40, 80, 160]) {
        assert!(*pause >= Duration::from_millis(least), "{pauses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_stop_all_that_were_called_finish_in_the_time_of_one() {
    let finish = Duration::from_millis(800);
    let bench = bench("stop", Manners { finish, ..Manners::default() });
    let serving = tokio::spawn(dial::serve(bench.around.clone()));
    let mut sending = Vec::new();
    for n in 0..4 {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let add = AddInstrument {
            name: format!("Coag {n}"),
            driver: "astm_plain".into(),
            wiring: analyzer(&address),
            ..AddInstrument::default()
        };
        bench.does(&format!("add {n}"), add.into());
        let called = tokio::time::timeout(Duration::from_secs(10), listener.accept()).await;
        let (mut line, _) = called.expect("a call").expect("accepted");
        line.write_all(&[5]).await.expect("a bid");
        assert_eq!(line.read_u8().await.expect("a reply"), 6);
        sending.push(line);
    }
    let began = Instant::now();
    let _ = bench.stopper.send(true);
    serving.await.expect("it ends");
    let took = began.elapsed();
    assert!(took >= finish, "each had its time: {took:?}");
    assert!(took < finish * 2, "one after the other: {took:?}");
}

#[tokio::test]
async fn an_instrument_is_called_at_either_form_of_its_ipv6_address() {
    for typed in ["[::1]:4001", "::1:4001"] {
        let found = tokio::net::lookup_host(analyzer(typed).connection.text()).await;
        let found: Vec<SocketAddr> = found.expect("an address").collect();
        assert_eq!(found, [SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 4001))], "{typed}");
    }
}
