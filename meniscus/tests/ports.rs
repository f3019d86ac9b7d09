//! Real bytes over real TCP to the real program: kept before they are acknowledged, filed once
//! however often they are sent, on the right specimen or in the unclaimed list.

mod server;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use lab::accession::Looked;
use lab::event::{AccessionEvent, Event, InstrumentEvent};
use lab::instrument::Unplaced;
use lab::journey::collect::CollectSpecimens;
use lab::journey::order::{CancelTest, PlaceOrder};
use lab::journey::receive::ReceiveSpecimen;
use lab::people::{Actor, Role};
use lab::value::{BirthDate, Label, Moment, PersonId, PersonName, Priority, Sex};
use server::{Ground, Named, Server, ground};
use store::query::{journal_of, unclaimed_open, whole_by_label};
use store::{Act, Answer, Done, Store};

const ENQ: u8 = 0x05;
const ACK: u8 = 0x06;
const EOT: u8 = 0x04;

/// A frame with its checksum: the sum of everything after STX, modulo 256.
fn frame(number: u8, text: &str) -> Vec<u8> {
    let body = format!("{number}{text}\u{3}");
    let sum = body.bytes().fold(0_u8, u8::wrapping_add);
    format!("\u{2}{body}{sum:02X}\r\n").into_bytes()
}

/// A CBC as an XN sends it, whole in one frame.
fn cbc(label: &str, minute: u32) -> String {
    format!(
        "H|\\^&|||XN-1000^00-10^11111^^^^AA000001||||||||E1394-97\rP|1\r\
         O|1||^^{label:>22}^B|^^^^WBC\\^^^^HGB|||||||N||||||||||||||F\r\
         R|1|^^^^WBC^1|6.83|10*3/uL||N||F||||202611240{minute:03}00\r\
         R|2|^^^^HGB^1|13.4|g/dL||N||F||||202611240{minute:03}00\rL|1|N\r"
    )
}

fn byte(stream: &mut TcpStream) -> u8 {
    let mut one = [0];
    stream.read_exact(&mut one).expect("an answer");
    one[0]
}

/// Sends one message in one frame and returns once its last frame is acknowledged.
fn send_astm(stream: &mut TcpStream, text: &str) {
    stream.write_all(&[ENQ]).expect("a bid");
    assert_eq!(byte(stream), ACK);
    stream.write_all(&frame(1, text)).expect("a frame");
    assert_eq!(byte(stream), ACK);
    stream.write_all(&[EOT]).expect("an end");
}

fn connect(address: std::net::SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time limit");
    stream
}

/// Asks again until the answer is yes; a time limit keeps a broken program from hanging the test.
fn eventually(what: &str, mut yes: impl FnMut() -> bool) {
    let began = Instant::now();
    while !yes() {
        assert!(began.elapsed() < Duration::from_secs(15), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn done(store: &Store, request: &str, command: lab::command::Command) -> Done {
    let act = Act {
        request: request.into(),
        actor: Actor::Person(PersonId(1), Role::Mls),
        now: Moment::from_micros(1_795_500_000_000_000),
        command,
    };
    match store.execute(act) {
        Answer::Done(done) => done,
        other => panic!("{request}: {other:?}"),
    }
}

/// A received CBC in a laboratory that is not running; the label of its tube.
fn received_cbc(data: &Ground) -> Label {
    let store = Store::open(data).expect("the record opens");
    let order = PlaceOrder {
        record_number: "T-1".into(),
        name: PersonName { family: "Test".into(), given: "Tube".into() },
        birth_date: BirthDate::read("1980-05-17"),
        sex: Sex::Female,
        codes: vec!["CBC".into()],
        priority: Priority::Routine,
        provider: "Dr. Test".into(),
        comment: String::new(),
        circumstances: Default::default(),
    };
    let placed = done(&store, "order", order.into());
    let specimen = placed.events.iter().find_map(|event| match event {
        Event::Accession(AccessionEvent::OrderPlaced { specimens, .. }) => specimens.first(),
        _ => None,
    });
    let specimen = specimen.expect("a specimen").clone();
    let at = Moment::from_micros(1_795_500_000_000_000);
    let collect = CollectSpecimens {
        specimens: vec![specimen.id],
        at,
        identified: true,
        taken: Default::default(),
    };
    done(&store, "collect", collect.into());
    done(&store, "receive", ReceiveSpecimen { label: specimen.label.clone() }.into());
    specimen.label
}

fn demo(data: &Ground) -> Server {
    Server::start(&["demo", "--no-instruments", "--days", "0"], data)
}

#[test]
fn the_same_message_sent_three_times_is_filed_once_on_its_specimen() {
    let data = ground("ports-once");
    demo(&data).stop();
    let label = received_cbc(&data);
    let server = demo(&data);
    let message = cbc(label.as_str(), 800);
    let mut line = connect(server.astm);
    send_astm(&mut line, &message);
    send_astm(&mut line, &message);
    send_astm(&mut connect(server.astm), &message);
    let store = Store::open(&data).expect("a second reader opens");
    eventually("both results are filed", || {
        let whole = store.read(|sql| whole_by_label(sql, &label)).expect("read").expect("there");
        whole.results.len() == 2
    });
    let whole = store.read(|sql| whole_by_label(sql, &label)).expect("read").expect("there");
    let shown: Vec<String> = whole.results.iter().map(|r| r.value.to_string()).collect();
    assert_eq!(shown, ["6.8", "13.4"], "once, rounded to the catalog's decimals");
    assert!(server.stop(), "it ends well on SIGTERM");
    let findings = store.read(|sql| store::check::check(sql)).expect("checked");
    assert_eq!(findings.lines, []);
}

#[test]
fn what_fits_no_specimen_waits_unclaimed_under_its_senders_name() {
    let data = ground("ports-unclaimed");
    let server = demo(&data);
    send_astm(&mut connect(server.astm), &cbc("99", 801));
    let unknown = cbc("99", 802).replace("XN-1000", "Mystery 9");
    send_astm(&mut connect(server.astm), &unknown);
    let store = Store::open(&data).expect("a second reader opens");
    eventually("two entries wait", || {
        store.read(|sql| unclaimed_open(sql, 10)).expect("read").len() == 2
    });
    let waiting = store.read(|sql| unclaimed_open(sql, 10)).expect("read");
    assert!(waiting.iter().all(|entry| entry.because == Unplaced::NoSuchSpecimen));
    assert!(waiting.iter().all(|entry| entry.readings.len() == 2));
    // The plain reading of ASTM looks for the number elsewhere than an XN puts it: no guess.
    assert!(waiting.iter().any(|entry| entry.sent_number == "99"));
    let names = store.read(|sql| store::query::instruments(sql)).expect("read");
    assert!(names.iter().any(|line| line.instrument.name.starts_with("Mystery 9")));
}

#[test]
fn an_hl7_result_is_acknowledged_by_its_number() {
    let data = ground("ports-mllp");
    let server = demo(&data);
    let message = "MSH|^~\\&|LAB-ANALYZER|X|||20261124080000||ORU^R01|M-77|P|2.3.1\r\
                   OBR|1||4711|CHEM\rOBX|1|NM|K||4.1|mmol/L||||F\r";
    let mut line = connect(server.mllp);
    line.write_all(format!("\u{b}{message}\u{1c}\r").as_bytes()).expect("sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\x1c\r") {
        answer.push(byte(&mut line));
    }
    let answer = String::from_utf8(answer).expect("text");
    assert!(answer.contains("MSA|AA|M-77"), "{answer}");
}

#[test]
fn garbage_is_refused_and_the_line_goes_on() {
    let data = ground("ports-garbage");
    let server = demo(&data);
    let mut line = connect(server.astm);
    line.write_all(&[ENQ]).expect("a bid");
    assert_eq!(byte(&mut line), ACK);
    let mut bad = frame(1, &cbc("99", 803));
    let last = bad.len() - 3;
    bad[last] = if bad[last] == b'0' { b'1' } else { b'0' };
    line.write_all(&bad).expect("a bad frame");
    assert_eq!(byte(&mut line), 0x15, "a wrong checksum is refused");
    line.write_all(&frame(1, &cbc("99", 803))).expect("the frame again");
    assert_eq!(byte(&mut line), ACK);
}

#[test]
fn an_unknown_code_waits_and_what_was_cancelled_gets_no_result_and_is_not_lost() {
    let data = ground("ports-unplaced");
    demo(&data).stop();
    let label = received_cbc(&data);
    {
        let store = Store::open(&data).expect("the record opens");
        let whole = store.read(|sql| whole_by_label(sql, &label)).expect("read").expect("there");
        let test = whole.tests.iter().find(|test| test.code.as_str() == "HGB").expect("ordered");
        let cancel = CancelTest {
            test: test.id,
            looked_at: Looked::at(test),
            reason: "drawn above an infusion".into(),
        };
        done(&store, "cancel", cancel.into());
    }
    let server = demo(&data);
    let novel = cbc(label.as_str(), 806)
        .replace("L|1|N", "R|3|^^^^NOVEL^1|7|10*3/uL||N||F||||20261124080600\rL|1|N");
    send_astm(&mut connect(server.astm), &novel);
    let store = Store::open(&data).expect("a second reader opens");
    eventually("one waits", || store.read(|sql| unclaimed_open(sql, 10)).expect("read").len() == 1);
    let waiting = store.read(|sql| unclaimed_open(sql, 10)).expect("read");
    assert_eq!(waiting[0].because, Unplaced::UnknownCode);
    assert_eq!(waiting[0].readings[0].code, "NOVEL");
    assert!(waiting[0].because.remedy().contains("Map the code"));
    let whole = store.read(|sql| whole_by_label(sql, &label)).expect("read").expect("there");
    let shown: Vec<String> = whole.results.iter().map(|r| r.value.to_string()).collect();
    assert_eq!(shown, ["6.8"], "what has a place is filed all the same");
    // What was cancelled gets no result; the reading stays in the record of its specimen.
    let lines = store.read(|sql| journal_of(sql, whole.accession.id, 50)).expect("read");
    let beside = lines.iter().flat_map(|line| &line.events).find_map(|event| match event {
        Event::Instrument(InstrumentEvent::ReadingsReceived { beside, .. }) => Some(beside.clone()),
        _ => None,
    });
    let beside = beside.expect("readings came");
    let kept: Vec<_> = beside.iter().map(|r| (r.code.as_str(), r.value.as_str())).collect();
    assert_eq!(kept, [("HGB", "13.4")]);
    assert!(server.stop(), "it ends well on SIGTERM");
    let findings = store.read(|sql| store::check::check(sql)).expect("checked");
    assert_eq!(findings.lines, []);
}

#[test]
fn a_port_that_cannot_accept_waits_and_goes_on() {
    let data = ground("ports-pause");
    demo(&data).stop();
    // So few open files that lines use them up long before the port's own limit.
    let server = Server::limited(&["demo", "--no-instruments", "--days", "0"], &data, 96);
    let mut first = connect(server.astm);
    send_astm(&mut first, &cbc("99", 807));
    let crowd: Vec<TcpStream> =
        (0..64).filter_map(|_| TcpStream::connect(server.astm).ok()).collect();
    let more: Vec<TcpStream> =
        (0..64).filter_map(|_| TcpStream::connect(server.mllp).ok()).collect();
    std::thread::sleep(Duration::from_millis(500));
    let before = server.processor_seconds();
    std::thread::sleep(Duration::from_secs(2));
    let busy = server.processor_seconds() - before;
    assert!(busy < 1.0, "it asks again without a pause: {busy} s of 2");
    // Who is connected is heard all the while, and once the crowd is gone so is everybody.
    send_astm(&mut first, &cbc("99", 808));
    drop((crowd, more));
    send_astm(&mut connect(server.astm), &cbc("99", 809));
    let store = Store::open(&data).expect("a second reader opens");
    eventually("all three wait", || {
        store.read(|sql| unclaimed_open(sql, 10)).expect("read").len() == 3
    });
    assert!(server.stop(), "it ends well on SIGTERM");
}

#[test]
fn a_person_added_from_the_shell_does_not_disturb_the_laboratory_at_work() {
    let data = ground("ports-shell");
    demo(&data).stop();
    let label = received_cbc(&data);
    let server = demo(&data);
    let mut line = connect(server.astm);
    send_astm(&mut line, &cbc("99", 804));
    let store = Store::open(&data).expect("a second reader opens");
    let waiting = || store.read(|sql| unclaimed_open(sql, 10)).expect("read").len();
    eventually("the first message waits", || waiting() == 1);
    let words = data.words();
    let [at, place] = words.each_ref().map(String::as_str);
    let add = ["user", "add", at, place, "--shown", "Zoe", "--role", "MLS", "zoe"];
    let added = std::process::Command::new(server::program()).args(add).output().expect("run");
    assert!(added.status.success(), "{added:?}");
    send_astm(&mut line, &cbc(label.as_str(), 805));
    eventually("the results are filed", || {
        let whole = store.read(|sql| whole_by_label(sql, &label)).expect("read").expect("there");
        whole.results.len() == 2
    });
    assert!(server.stop(), "it ends well on SIGTERM");
    let findings = store.read(|sql| store::check::check(sql)).expect("checked");
    assert_eq!(findings.lines, []);
}

#[test]
fn a_port_takes_so_many_lines_and_no_more() {
    let data = ground("ports-many");
    let server = demo(&data);
    let bid = |stream: &mut TcpStream| -> Option<u8> {
        let mut one = [0];
        stream.write_all(&[ENQ]).ok()?;
        stream.read_exact(&mut one).ok().map(|()| one[0])
    };
    // Boxes with 64 lines each, since one address may not take them all.
    let from = |place: u8| {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let socket = socket.expect("a socket");
        let own = std::net::SocketAddr::from(([127, 0, 0, 2 + place], 0));
        socket.bind(&own.into()).expect("an address");
        socket.connect(&server.astm.into()).expect("a connection");
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time limit");
        stream
    };
    let mut lines: Vec<TcpStream> =
        (0..4).flat_map(|box_| (0..64).map(move |_| box_)).map(from).collect();
    for line in &mut lines {
        assert_eq!(bid(line), Some(ACK));
    }
    assert_eq!(bid(&mut connect(server.astm)), None, "one too many is closed");
    lines.pop();
    eventually("a line is free again", || bid(&mut connect(server.astm)) == Some(ACK));
}
