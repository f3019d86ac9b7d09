//! Devices at the bedside (POCT1-A) and bioMerieux's instruments: what is read, what is marked and
//! what is refused.

use wire::driver::{named, parse_all};
use wire::frame::poct1a::talk::{Turn, acknowledge, ask_results, go_on, turn};
use wire::frame::poct1a::{Action, DocumentTrouble, Session};
use wire::reading::{Kind, Message, Protocol, SpecimenKind};

const HEADER: &str = "<HDR><HDR.message_type V=\"OBS.R01\"/><HDR.control_id V=\"7\"/>\
    <HDR.version_id V=\"POCT1\"/><HDR.creation_dttm V=\"2026-11-24T09:00:00\"/></HDR>";

fn read(name: &str, body: &str) -> Message {
    let mut all = parse_all(None, format!("<{name}>{HEADER}{body}</{name}>").as_bytes());
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

fn glucose(value: &str, more: &str) -> String {
    format!(
        "<OBS><OBS.observation_id V=\"GLU\"/><OBS.value V=\"{value}\" U=\"mg/dL\"/>{more}</OBS>"
    )
}

fn performed(role: &str, inside: &str) -> String {
    format!(
        "<SVC><SVC.role_cd V=\"{role}\"/><SVC.observation_dttm V=\"2026-11-24T08:59:00-05:00\"/>\
         {inside}<OPR><OPR.operator_id V=\"gus\"/></OPR>\
         <RGT><RGT.name V=\"strips\"/><RGT.lot_number V=\"0852\"/></RGT></SVC>"
    )
}

#[test]
fn a_bedside_result_is_read_with_lot_operator_method_and_time() {
    let patient = format!(
        "<PT><PT.patient_id V=\"2632900001019\"/>{}</PT>",
        glucose(
            "&lt;20",
            "<OBS.method_cd V=\"M\"/><OBS.interpretation_cd V=\"LL\"/>\
                 <NTE><NTE.text V=\"repeat\"/></NTE>"
        )
    );
    let message = read("OBS.R01", &performed("OBS", &patient));
    assert_eq!((message.kind, message.protocol), (Kind::Results, Protocol::Poct1a));
    assert_eq!((message.driver.as_str(), message.id.as_deref()), ("poct1a", Some("7")));
    assert_eq!(message.not_understood, []);
    let [specimen] = message.specimens.as_slice() else { panic!("{message:#?}") };
    assert_eq!((specimen.id.as_str(), specimen.kind), ("2632900001019", SpecimenKind::Patient));
    let [reading] = specimen.readings.as_slice() else { panic!("{specimen:#?}") };
    assert_eq!((reading.comparator.as_deref(), reading.value.as_str()), (Some("<"), "20"));
    assert_eq!(reading.unit.as_deref(), Some("mg/dL"));
    assert_eq!(reading.at.as_deref(), Some("2026-11-24T08:59:00-05:00"));
    assert_eq!(reading.lot.as_deref(), Some("0852"));
    assert_eq!(reading.operator.as_deref(), Some("gus"));
    assert_eq!(reading.method.as_deref(), Some("M"));
    assert_eq!(reading.flags, ["LL"]);
    assert_eq!(reading.comments[0].text, "repeat");
}

#[test]
fn a_scanned_order_names_the_specimen_before_the_patients_number_does() {
    let inside = format!(
        "<PT><PT.patient_id V=\"MRN-7\"/>{}<ORD><ORD.order_id V=\"2632900001019\"/></ORD></PT>",
        glucose("99", "")
    );
    let specimen = read("OBS.R01", &performed("OBS", &inside)).specimens.remove(0);
    assert_eq!(specimen.id, "2632900001019");
    assert_eq!(specimen.patient.map(|patient| patient.ids), Some(vec!["MRN-7".to_owned()]));
}

#[test]
fn controls_are_never_a_patients_and_discarded_results_are_no_measurements() {
    let control = format!("<CTC><CTC.lot_number V=\"C-1\"/>{}</CTC>", glucose("100", ""));
    for (name, role) in [("OBS.R02", "LQC"), ("OBS.R02", "OBS"), ("OBS.R01", "EQC")] {
        let specimen = read(name, &performed(role, &control)).specimens.remove(0);
        assert_eq!((specimen.id.as_str(), specimen.kind), ("C-1", SpecimenKind::Control), "{role}");
    }
    for (status, measured) in [("A", true), ("D", false), ("R", false)] {
        let sent = glucose("100", &format!("<OBS.status_cd V=\"{status}\"/>"));
        let inside = format!("<PT><PT.patient_id V=\"1\"/>{sent}</PT>");
        let specimen = read("OBS.R01", &performed("OBS", &inside)).specimens.remove(0);
        assert_eq!(specimen.readings[0].measured, measured, "{status}");
    }
}

#[test]
fn a_clock_that_contradicts_itself_is_told() {
    let inside = format!("<PT><PT.patient_id V=\"1\"/>{}</PT>", glucose("99", ""));
    let late = performed("OBS", &inside).replace("2026-11-24T08", "2028-01-01T08");
    let message = read("OBS.R01", &late);
    assert_eq!(message.specimens[0].readings[0].value, "99", "the value is kept all the same");
    let [told] = message.not_understood.as_slice() else { panic!("{message:#?}") };
    assert!(told.because.contains("clock is wrong"), "{told:?}");
}

#[test]
fn what_is_no_sound_document_is_told_whole() {
    for (bytes, because) in [
        (&b"<OBS.R01><HDR/>"[..], "does not end"),
        (b"<OBS.R01></OBS.R02></OBS.R01>", "no sound XML"),
        (b"<!DOCTYPE x [<!ENTITY a \"b\">]><OBS.R01>&a;</OBS.R01>", "does not end"),
        (b"<OBS.R01><SVC></SVC></OBS.R01>", "without a header"),
        (b"<FOO.R09><HDR/></FOO.R09>", "not read here"),
    ] {
        let all = parse_all(None, bytes);
        let told: Vec<&str> =
            all.iter().flat_map(|m| &m.not_understood).map(|part| part.because.as_str()).collect();
        assert!(told.iter().any(|one| one.contains(because)), "{because}: {told:?}");
        assert!(all.iter().flat_map(Message::readings).next().is_none());
    }
    let other = named("sysmex_xn").map(|driver| driver.read(b"<KPA.R01><HDR/></KPA.R01>"));
    let told = other.map(|message| message.not_understood[0].because.clone());
    assert!(told.as_deref().is_some_and(|told| told.contains("change the driver")), "{told:?}");
}

#[test]
fn a_device_is_greeted_asked_and_acknowledged_by_its_number() {
    let state = |waiting: &str| {
        format!("<DST.R01>{HEADER}<DST><DST.new_observations_qty V=\"{waiting}\"/></DST></DST.R01>")
    };
    for (document, expect) in [
        ("<HEL.R01></HEL.R01>", Turn::Greet),
        (state("2").as_str(), Turn::AskResults),
        (state("0").as_str(), Turn::Continue),
        ("<OBS.R01></OBS.R01>", Turn::Keep),
        ("<OBS.R02></OBS.R02>", Turn::Keep),
        ("<EOT.R01></EOT.R01>", Turn::Continue),
        ("<KPA.R01></KPA.R01>", Turn::Acknowledge),
        ("<ACK.R01></ACK.R01>", Turn::Nothing),
        ("<END.R01></END.R01>", Turn::End),
        ("<FOO.R01></FOO.R01>", Turn::Refuse),
        ("<FOO.R01>", Turn::Refuse),
    ] {
        assert_eq!(turn(document), expect, "{document}");
    }
    let now = (3, "2026-11-24T09:00:01");
    let said = acknowledge(&state("1"), None, now);
    assert!(said.contains("<ACK.type_cd V=\"AA\"/><ACK.ack_control_id V=\"7\"/>"), "{said}");
    let refused = acknowledge(&state("1"), Some("not <kept>"), now);
    assert!(refused.contains("V=\"AE\"") && refused.contains("not &lt;kept&gt;"), "{refused}");
    for ours in [said, refused, ask_results(4, now.1), go_on(5, now.1)] {
        let all = parse_all(None, ours.as_bytes());
        assert!(all.iter().all(|m| m.not_understood.is_empty() && m.id.is_some()), "{all:#?}");
    }
}

#[test]
fn a_message_of_biomerieux_without_results_is_told() {
    for bytes in [&b"\x02\x1emtrsl|pi1|rtHCG|\x1d00\x03"[..], b"mtrsl|iiV2|zz|"] {
        let [message] = &parse_all(None, bytes)[..] else { panic!("one message") };
        assert_eq!(message.protocol, Protocol::Bci);
        assert!(message.readings().next().is_none(), "{message:#?}");
        assert!(message.not_understood.iter().any(|part| part.because.contains("no results")));
    }
}

const NOW: &str = "2026-11-24T09:00:01";

fn greeting() -> String {
    format!(
        "<HEL.R01>{HEADER}<DEV><DEV.vendor_id V=\"SIEM\"/><DEV.model_id V=\"DCA\"/>\
         <DEV.serial_id V=\"S1\"/><DSC><DSC.connection_profile_cd V=\"SA\"/>\
         <DSC.topics_supported_cd V=\"DTV\"/></DSC></DEV></HEL.R01>"
    )
}

/// A whole conversation as a device has it: greeting, state, one result, the end of the topic.
fn conversation() -> String {
    let patient = format!("<PT><PT.patient_id V=\"1\"/>{}</PT>", glucose("99", ""));
    let service = performed("OBS", &patient);
    format!(
        "<?xml version=\"1.0\"?>{}\0\r\n<DST.R01>{HEADER}<DST>\
         <DST.new_observations_qty V=\"1\"/></DST></DST.R01>\
         <OBS.R01>{HEADER}{service}</OBS.R01><EOT.R01>{HEADER}</EOT.R01><END.R01>{HEADER}</END.R01>",
        greeting()
    )
}

/// Plays bytes to a line in pieces; what was kept, and what was done in order.
fn play(pieces: &[&[u8]]) -> (Vec<Vec<u8>>, Vec<String>) {
    let mut session = Session::default();
    let (mut kept, mut done) = (Vec::new(), Vec::new());
    for piece in pieces {
        session.receive(NOW, piece);
        while let Some(action) = session.next_action() {
            match action {
                Action::Keep(received) => {
                    done.push("keep".to_owned());
                    kept.push(received.bytes);
                    session.kept(NOW);
                }
                Action::Write(bytes) => {
                    let text = String::from_utf8(bytes).expect("text");
                    let name = text.split("?><").nth(1).and_then(|t| t.split('>').next());
                    done.push(name.unwrap_or_default().to_owned());
                }
                Action::End => done.push("end".to_owned()),
                Action::Trouble(trouble) => done.push(format!("{trouble:?}")),
            }
        }
    }
    (kept, done)
}

#[test]
fn a_conversation_goes_the_same_however_it_is_cut() {
    let bytes = conversation().into_bytes();
    let (kept, done) = play(&[&bytes]);
    let expect = [
        "ACK.R01", "ACK.R01", "REQ.R01", "keep", "ACK.R01", "ACK.R01", "DTV.R01", "ACK.R01", "end",
    ];
    assert_eq!(done, expect);
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(play(&single), (kept.clone(), done.clone()));
    for at in 0..bytes.len() {
        let (before, after) = bytes.split_at(at);
        assert_eq!(play(&[before, after]), (kept.clone(), done.clone()), "cut at {at}");
    }
    // What is kept says by itself who sent it.
    let [hello, result] = &parse_all(None, &kept[0])[..] else { panic!("two messages") };
    assert_eq!((hello.kind, hello.sender.as_str()), (Kind::Other, "SIEM^DCA^S1"));
    assert_eq!((result.kind, result.sender.as_str()), (Kind::Results, "SIEM^DCA^S1"));
}

#[test]
fn results_are_not_acknowledged_before_they_are_kept() {
    let mut session = Session::default();
    session.receive(NOW, conversation().as_bytes());
    let mut before = Vec::new();
    while let Some(action) = session.next_action() {
        before.push(action);
    }
    assert!(matches!(before.last(), Some(Action::Keep(_))), "nothing follows: {before:?}");
    assert!(session.is_deciding() && session.held() > 0, "and what came behind it waits");
    session.kept(NOW);
    assert!(matches!(session.next_action(), Some(Action::Write(_))));
}

#[test]
fn what_is_no_document_ends_the_line() {
    let long = vec![b'x'; 2 * 1024 * 1024];
    let begun = [b"<OBS.R01>", &long[..]].concat();
    for (bytes, trouble) in [
        (&b"GET / HTTP/1.1\r\n"[..], DocumentTrouble::NoDocument),
        (b"<!DOCTYPE x>", DocumentTrouble::NoDocument),
        (&begun, DocumentTrouble::TooLong),
    ] {
        assert_eq!(play(&[bytes]).1, [format!("{trouble:?}")]);
    }
    // What is a document and none of ours is kept, and refused with its reason.
    let (kept, done) = play(&[b"<FOO.R01></FOO.R01>"]);
    assert_eq!((kept.len(), done), (1, vec!["keep".to_owned(), "ACK.R01".to_owned()]));
}

#[test]
fn a_message_in_lines_is_kept_before_it_is_acknowledged_and_refused_when_damaged() {
    use wire::frame::astm::{Action, Role, Session};
    let sound = wire::record::bci::write(&[
        ("mt", "rsl"),
        ("ci", "99"),
        ("rt", "TSH"),
        ("qn", "2,5 mUI/l"),
    ]);
    let damaged = sound.replace("2,5", "2,6");
    let mut line = Session::new(Role::Host);
    line.receive(0, &[5]);
    assert_eq!(line.next_action(), Some(Action::Write(vec![6])));
    line.receive(1, damaged.as_bytes());
    assert!(matches!(line.next_action(), Some(Action::Trouble(_))));
    assert_eq!(line.next_action(), Some(Action::Write(vec![0x15])), "refused");
    for round in 0..2 {
        line.receive(2, sound.as_bytes());
        let Some(Action::Keep(received)) = line.next_action() else { panic!("round {round}") };
        assert!(received.complete);
        let [message] = &parse_all(None, &received.frames)[..] else { panic!("one message") };
        assert_eq!(message.specimens[0].readings[0].value, "2,5");
        assert_eq!(message.not_understood, []);
        assert_eq!(line.next_action(), None, "nothing is said before it is kept");
        line.kept(3);
        assert_eq!(line.next_action(), Some(Action::Write(vec![6])));
    }
    line.receive(4, &[4]);
    assert!(line.next_action().is_none() && line.is_idle());
}
