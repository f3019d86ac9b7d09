//! Whatever a line may bring, through the real ports: a message says what is to be done, and
//! nothing that was acknowledged is lost.

use lab::instrument::{CharacterSet, Wiring};
use lab::journey::connect::{AddInstrument, ChangeInstrument};
use store::message::Listed;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wire::frame::astm::{Link, Role, frames_of};

use super::test::{Bench, acknowledged, bench, closes};
use super::*;

const ACK: u8 = 6;
const NAK: u8 = 0x15;

fn add(name: &str, sender: &str, driver: &str) -> AddInstrument {
    AddInstrument {
        name: name.into(),
        driver: driver.into(),
        sender: sender.into(),
        ..AddInstrument::default()
    }
}

async fn connect(bench: &Bench, language: Language) -> TcpStream {
    let address = bench.open(language).await;
    TcpStream::connect(address).await.expect("connected")
}

async fn bids(line: &mut TcpStream) {
    line.write_all(&[5]).await.expect("a bid");
    assert_eq!(line.read_u8().await.expect("a reply"), ACK);
}

fn potassium(sender: &str, number: u32) -> Vec<u8> {
    format!("H|\\^&|||{sender}\rP|1\rO|1|{number}||^^^K\rR|1|^^^K|4.1\rL|1|N\r").into_bytes()
}

fn frame_of(text: &[u8]) -> Vec<u8> {
    frames_of(text, &Link::new(Role::Instrument)).concat()
}

/// Sends a block and gives back the answer.
async fn block(line: &mut TcpStream, message: &[u8]) -> String {
    let bytes = [b"\x0b", message, b"\x1c\r"].concat();
    line.write_all(&bytes).await.expect("sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\x1c\r") {
        answer.push(line.read_u8().await.expect("an answer"));
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The messages a person must look at, once there are so many.
async fn troubled(bench: &Bench, count: usize) -> Vec<Listed> {
    let waits = async {
        loop {
            let all = bench.store.read(|sql| store::query::troubled_messages(sql, 20));
            let all = all.expect("read");
            if all.len() >= count {
                return all;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waits).await.expect("they are listed")
}

/// The open entries of the unclaimed list, once there are so many.
async fn waiting(bench: &Bench, count: usize) -> Vec<lab::instrument::Unclaimed> {
    let waits = async {
        loop {
            let all = bench.store.read(|sql| store::query::unclaimed_open(sql, 20)).expect("read");
            if all.len() >= count {
                return all;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waits).await.expect("they wait")
}

fn trouble(bench: &Bench, name: &str) -> String {
    let links = bench.around.links.list();
    let link = links.into_iter().find(|link| link.name == name);
    link.and_then(|link| link.trouble).map(|(_, what)| what).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_frame_and_a_wrong_checksum_are_refused_told_and_taken_when_repeated() {
    let bench = bench("frames", Manners::default());
    bench.does("add", add("Chem 1", "Chem 1", "astm_plain").into());
    let mut line = connect(&bench, Language::Astm).await;
    bids(&mut line).await;
    line.write_all(&frame_of(&potassium("Chem 1", 1))).await.expect("a frame");
    assert_eq!(line.read_u8().await.expect("a reply"), ACK);
    line.write_all(&[4]).await.expect("the end");
    let sound = frame_of(&potassium("Chem 1", 2));
    let mut damaged = sound.clone();
    damaged[20] ^= 1;
    let out_of_order = [&b"\x025"[..], &sound[2..]].concat();
    let cut = [&sound[..30], &damaged].concat();
    for (bad, told) in [
        (damaged.clone(), "check cable, speed and parity"),
        (out_of_order, "check cable, speed and parity"),
        (cut, "check cable, speed and parity"),
    ] {
        bids(&mut line).await;
        line.write_all(&bad).await.expect("a bad frame");
        assert_eq!(line.read_u8().await.expect("a reply"), NAK);
        let shown = trouble(&bench, "Chem 1");
        assert!(shown.contains(told), "{shown}");
        line.write_all(&[4]).await.expect("given up");
    }
    bids(&mut line).await;
    line.write_all(&sound).await.expect("the frame again");
    assert_eq!(line.read_u8().await.expect("a reply"), ACK);
    assert_eq!(waiting(&bench, 2).await.len(), 2);
    assert_eq!(bench.kept(), 2, "nothing of the bad frames became a message");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_broke_off_half_open_gives_way_to_the_next() {
    let bench = bench("half-open", Manners::default());
    bench.does("add", add("Chem 1", "Chem 1", "astm_plain").into());
    let address = bench.open(Language::Astm).await;
    let mut broken = TcpStream::connect(address).await.expect("connected");
    bids(&mut broken).await;
    broken.write_all(&frame_of(&potassium("Chem 1", 1))).await.expect("a frame");
    assert_eq!(broken.read_u8().await.expect("a reply"), ACK);
    broken.write_all(&[4]).await.expect("the end");
    bids(&mut broken).await;
    broken.write_all(&frame_of(&potassium("Chem 1", 2))[..20]).await.expect("half a frame");
    // The instrument was switched off; its old line says nothing any more, and is not closed.
    let mut next = TcpStream::connect(address).await.expect("connected");
    bids(&mut next).await;
    next.write_all(&frame_of(&potassium("Chem 1", 2))).await.expect("the frame again");
    assert_eq!(next.read_u8().await.expect("a reply"), ACK);
    assert_eq!(waiting(&bench, 2).await.len(), 2, "each tube once");
    let up = |lines| {
        let links = bench.around.links.list();
        links.iter().any(|link| link.name == "Chem 1" && link.up && link.lines == lines)
    };
    assert!(up(2), "both are counted while the old one is not given up");
    drop(broken);
    let began = Instant::now();
    while !up(1) {
        assert!(began.elapsed() < Duration::from_secs(10), "the dead line is let go");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(bench.kept(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_after_a_bid_is_bounded_early() {
    let bench = bench("bid", Manners::default());
    for garbage in [&b"\x05"[..], b"\x05\x02\x02x", b"\x05\x02no number"] {
        let mut line = connect(&bench, Language::Astm).await;
        line.write_all(garbage).await.expect("a bid");
        let mut sent = 0;
        while line.write_all(&[b'x'; 1024]).await.is_ok() {
            sent += 1024;
            assert!(sent < 8 * 1024 * 1024, "{garbage:?}: {sent} bytes and nobody minds");
            tokio::task::yield_now().await;
        }
        let held = bench.around.held.load(std::sync::atomic::Ordering::SeqCst);
        assert!(held < 256 * 1024, "{held} bytes are held");
    }
    assert_eq!(bench.kept(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_is_not_acknowledged_and_closes_its_own_line_alone() {
    let bench = bench("over", Manners::default());
    let mut good = connect(&bench, Language::Mllp).await;
    acknowledged(&mut good, 1).await;
    let mut line = connect(&bench, Language::Mllp).await;
    let begin = b"\x0bMSH|^~\\&|LAB|X|||20261124||ORU^R01|BIG|P|2.3.1\rOBX|1|TX|A||".to_vec();
    let over = [begin, vec![b'x'; 17 * 1024 * 1024], b"\x1c\r".to_vec()].concat();
    let sent = tokio::time::timeout(Duration::from_secs(20), line.write_all(&over)).await;
    assert!(sent.expect("not left hanging").is_err() || closes(&mut line).await);
    // The same in ASTM, in sound frames of the longest kind.
    let mut line = connect(&bench, Language::Astm).await;
    bids(&mut line).await;
    let text = [b"H|\\^&|||X\rR|1|^^^A|".to_vec(), vec![b'x'; 17 * 1024 * 1024]].concat();
    let link = Link { frame_text: wire::limit::FRAME_TEXT_MOST, ..Link::new(Role::Instrument) };
    let mut refused = false;
    for frame in frames_of(&text, &link) {
        let answered = match line.write_all(&frame).await {
            Ok(()) => line.read_u8().await,
            Err(error) => Err(error),
        };
        if answered.is_err() || answered.is_ok_and(|reply| reply == NAK) {
            refused = true;
            break;
        }
    }
    assert!(refused, "17 MB were acknowledged");
    acknowledged(&mut good, 2).await;
    assert_eq!(bench.kept(), 2, "nothing of the long ones");
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_of_another_character_set_are_kept_told_and_read_once_it_is_set() {
    let bench = bench("characters", Manners::default());
    bench.does("add", add("Chem 1", "LAB-7", "hl7_oru").into());
    let mut line = connect(&bench, Language::Mllp).await;
    let message = [
        b"MSH|^~\\&|LAB-7|X|||20261124080000||ORU^R01|M-1|P|2.3.1||||||ASCII\rPID|1||7||".to_vec(),
        b"\xc0\xee^\xcb\xc4".to_vec(),
        b"||19800517|F\rOBR|1||99|CHEM\rOBX|1|NM|K||4.1|mmol/L||||F\r".to_vec(),
    ]
    .concat();
    let answer = block(&mut line, &message).await;
    assert!(answer.contains("MSA|AA|M-1"), "it is kept: {answer}");
    let [listed] = &troubled(&bench, 1).await[..] else { panic!("one message") };
    assert_eq!((listed.fate.as_str(), &listed.bytes), ("partly", &message), "as it came");
    let says = crate::intake::plainly(&listed.bytes);
    let patient = says[0].specimens[0].patient.clone().expect("a patient");
    assert_eq!((patient.name, patient.ids), (None, vec!["7".to_owned()]), "no name is guessed");
    let told = &says[0].not_understood[0].because;
    assert!(told.contains("not ASCII") && told.contains("set the character set"), "{told}");
    // The value itself is ASCII, and waits for its tube as any other.
    assert_eq!(waiting(&bench, 1).await[0].readings[0].value, "4.1");
    let instruments = bench.store.read(|sql| store::query::instruments(sql)).expect("read");
    let own = instruments[0].instrument.clone();
    let change = ChangeInstrument {
        instrument: own.id,
        name: own.name,
        driver: own.driver,
        sender: own.sender,
        wiring: Wiring { characters: Some(CharacterSet::Gb18030), ..Wiring::default() },
        reason: "it writes Chinese".into(),
    };
    let mut changed = bench.around.intake.changed();
    bench.does("set", change.into());
    changed.changed().await.expect("told");
    let at = message.windows(3).position(|w| w == b"M-1").expect("its number");
    let mut second = message.clone();
    second[at + 2] = b'2';
    block(&mut line, &second).await;
    waiting(&bench, 2).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let all = bench.store.read(|sql| store::query::troubled_messages(sql, 20)).expect("read");
    assert_eq!(all.len(), 1, "what came after is understood whole");
    let instruments = bench.store.read(|sql| store::query::instruments(sql)).expect("read");
    let says = crate::intake::by(&instruments[0].instrument, &second, says);
    let name = says[0].specimens[0].patient.as_ref().and_then(|patient| patient.name.clone());
    assert_eq!(name.as_deref(), Some("李^四"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_another_department_is_kept_refused_and_told() {
    let bench = bench("foreign", Manners::default());
    let mut line = connect(&bench, Language::Mllp).await;
    let diet = b"MSH|^~\\&|DIETOOLS|1|JARA||20101027181706||OMD^O03^OMD_O03|7|P|2.5\rPID|1||3\r";
    let answer = block(&mut line, diet).await;
    assert!(answer.contains("MSA|AR|7|"), "not to be sent again: {answer}");
    assert!(answer.contains("OMD O03 is not read here; kept for a person to look at"), "{answer}");
    let all = troubled(&bench, 1).await;
    assert_eq!((all[0].fate.as_str(), all[0].bytes.as_slice()), ("unreadable", &diet[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bedside_device_is_greeted_asked_and_its_results_are_kept_before_they_are_acknowledged() {
    let bench = bench("bedside", Manners::default());
    let mut line = connect(&bench, Language::Astm).await;
    let header = |number: u32| {
        format!(
            "<HDR><HDR.control_id V=\"{number}\"/><HDR.creation_dttm V=\"2026-11-24T09:00:00\"/></HDR>"
        )
    };
    async fn says(line: &mut TcpStream, document: String, ends: &str) -> String {
        line.write_all(document.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        while !answer.ends_with(ends) {
            answer.push(char::from(line.read_u8().await.expect("an answer")));
        }
        answer
    }
    let device = "<DEV><DEV.vendor_id V=\"SIEM\"/><DEV.model_id V=\"DCA\"/>\
                  <DEV.serial_id V=\"S1\"/></DEV>";
    let greeted =
        says(&mut line, format!("<HEL.R01>{}{device}</HEL.R01>", header(1)), "</ACK.R01>");
    assert!(greeted.await.contains("<ACK.ack_control_id V=\"1\"/>"));
    let state = "<DST><DST.new_observations_qty V=\"1\"/></DST>";
    let asked = says(&mut line, format!("<DST.R01>{}{state}</DST.R01>", header(2)), "</REQ.R01>");
    assert!(asked.await.contains("ROBS"));
    let service = "<SVC><SVC.role_cd V=\"OBS\"/><SVC.observation_dttm V=\"2026-11-24T08:59:00\"/>\
                   <PT><PT.patient_id V=\"99\"/><OBS><OBS.observation_id V=\"HbA1c\"/>\
                   <OBS.value V=\"64\" U=\"mmol/mol\"/></OBS></PT></SVC>";
    let result = format!("<OBS.R01>{}{service}</OBS.R01>", header(3));
    let kept = says(&mut line, result.clone(), "</ACK.R01>").await;
    assert!(kept.contains("<ACK.type_cd V=\"AA\"/><ACK.ack_control_id V=\"3\"/>"), "{kept}");
    assert_eq!(bench.kept(), 1, "it was kept before");
    says(&mut line, result, "</ACK.R01>").await;
    let all = waiting(&bench, 1).await;
    assert_eq!((all.len(), all[0].sent_number.as_str()), (1, "99"), "sent twice, filed once");
    let names = bench.store.read(|sql| store::query::instruments(sql)).expect("read");
    assert_eq!(names[0].instrument.name, "SIEM^DCA^S1");
    assert_eq!(names[0].instrument.driver, "poct1a");
    let end = format!("<END.R01>{}</END.R01>", header(4));
    says(&mut line, end, "</ACK.R01>").await;
    assert!(closes(&mut line).await, "the conversation is over");
}
