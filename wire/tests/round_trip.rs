//! What a driver writes it reads back the same, framed or bare, and no answer goes unsaid.

use proptest::prelude::*;
use wire::driver::{Driver, list, named, parse_all};
use wire::frame::astm::{Link, Role, frames_of};
use wire::frame::mllp::block;
use wire::reading::{
    Comment, Kind, Message, Patient, Protocol, Query, Reading, Specimen, SpecimenKind,
};
use wire::worklist::{self, Answer, Priority};

fn driver(name: &str) -> &'static Driver {
    named(name).expect("a driver of that name")
}

/// The families that are spoken to; the others are read alone.
fn two_way() -> Vec<&'static Driver> {
    list().iter().copied().filter(|driver| driver.is_two_way()).collect()
}

fn framed(driver: &Driver, text: &[u8]) -> Vec<u8> {
    match driver.protocol() {
        Protocol::Hl7 => block(text),
        _ => {
            let frames = frames_of(text, &Link::new(Role::Instrument)).concat();
            [&[5][..], &frames, &[4]].concat()
        }
    }
}

/// Texts as they stand on labels and screens, separators of both protocols among them.
fn text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9|~&\\\\µ#%/_-][A-Za-z0-9 |~&\\\\µé#%/_-]{0,10}[A-Za-z0-9|~&µ#%_-]"
}

fn code() -> impl Strategy<Value = String> {
    "[A-Z][A-Z0-9#%-]{1,6}"
}

fn reading() -> impl Strategy<Value = Reading> {
    let value = prop_oneof![
        (
            "[0-9]{1,4}\\.[0-9]{1,3}",
            prop::option::of(prop::sample::select(vec!["<", ">", "<=", ">="]))
        )
            .prop_map(|(value, comparator)| (value, comparator.map(str::to_owned), true)),
        "(Negative|1:160|\\+\\+\\+|neg)".prop_map(|value| (value, None, true)),
        "(-----|\\*\\*\\*\\.\\*\\*|)".prop_map(|value| (value, None, false)),
    ];
    let flags = prop::collection::vec("(H|L|N|A|HH)", 0..3);
    (
        code(),
        value,
        text().prop_map(Some),
        flags,
        prop::option::of("[FPC]"),
        prop::option::of(text()),
    )
        .prop_map(|(code, (value, comparator, measured), unit, flags, status, operator)| {
            Reading {
                code,
                value,
                comparator,
                measured,
                unit,
                flags,
                status,
                operator,
                method: None,
                at: Some("2024-06-27T13:54:07".to_owned()),
                ..Reading::default()
            }
        })
}

fn specimen() -> impl Strategy<Value = Specimen> {
    let patient = prop::option::of((text(), text()).prop_map(|(id, name)| Patient {
        ids: vec![id],
        name: Some(format!("{name}^Given")),
        birth: Some("1987-06-26".to_owned()),
        sex: Some("F".to_owned()),
    }));
    let remark = prop::option::of(text());
    ("[0-9]{6,12}", prop::collection::vec(reading(), 1..6), patient, remark).prop_map(
        |(id, mut readings, patient, remark)| {
            // One code stands once in an order.
            let mut seen = Vec::new();
            readings.retain(|r| {
                !seen.contains(&r.code) && {
                    seen.push(r.code.clone());
                    true
                }
            });
            let comment =
                |text| Comment { source: Some("I".to_owned()), text, kind: Some("G".to_owned()) };
            readings[0].comments = remark.map(comment).into_iter().collect();
            Specimen {
                id,
                kind: SpecimenKind::Patient,
                readings,
                patient,
                status: Some("F".to_owned()),
                ordered: vec!["CBC".to_owned()],
                ..Specimen::default()
            }
        },
    )
}

/// Makes a specimen such as the family can send.
fn suit(driver: &Driver, specimen: &mut Specimen) {
    let id = specimen.id.clone();
    match driver.name {
        // The number of the specimen stands where others have that of the patient.
        "abbott_afinion" | "siemens_dca" | "euroimmun" | "radiometer_abl" | "siemens_clinitek" => {
            specimen.patient = Some(Patient { ids: vec![id], ..Patient::default() });
        }
        // A result proper names its assay.
        "genexpert" => specimen.readings.iter_mut().for_each(|r| r.name = Some("Xpert".into())),
        _ => {}
    }
}

fn message(driver: &'static Driver, specimens: Vec<Specimen>, control: bool) -> Message {
    // As its own header says.
    let sender = driver.read(&driver.write_results(&Message::default())).sender;
    let mut specimens = specimens;
    for specimen in &mut specimens {
        if control {
            specimen.kind = SpecimenKind::Control;
        }
    }
    Message {
        driver: driver.name.to_owned(),
        protocol: driver.protocol(),
        kind: Kind::Results,
        sender,
        id: Some("4711".to_owned()),
        at: Some("2024-06-27T13:55:00".to_owned()),
        specimens,
        ..Message::default()
    }
}

proptest! {
    #[test]
    fn results_read_back_as_written(
        specimens in prop::collection::vec(specimen(), 1..4),
        control in any::<bool>(),
        which in any::<prop::sample::Index>(),
    ) {
        let driver = *which.get(&two_way());
        let mut specimens = specimens;
        for specimen in &mut specimens {
            suit(driver, specimen);
        }
        // A specimen number stands once in a message.
        specimens.dedup_by(|a, b| a.id == b.id);
        let message = message(driver, specimens, control);
        let bytes = driver.write_results(&message);
        prop_assert_eq!(&driver.read(&bytes), &message);
        prop_assert_eq!(&driver.read(&framed(driver, &bytes)), &message);
        prop_assert_eq!(parse_all(None, &framed(driver, &bytes)), vec![message]);
    }

    #[test]
    fn questions_read_back_as_written(
        id in "[0-9]{6,12}",
        which in any::<prop::sample::Index>(),
    ) {
        let driver = *which.get(&two_way());
        let mut message = message(driver, Vec::new(), false);
        message.kind = Kind::Query;
        message.queries = vec![Query { specimens: vec![id.clone()], ..Query::default() }];
        let read = driver.read(&framed(driver, &driver.write_query(&message)));
        prop_assert_eq!(read.kind, Kind::Query);
        prop_assert_eq!(&read.not_understood, &vec![]);
        prop_assert_eq!(&read.queries[0].specimens, &vec![id]);
    }
}

fn answer() -> Answer {
    Answer {
        specimen: "0000000387".to_owned(),
        patient: Some(worklist::Patient {
            id: "P1".to_owned(),
            family: "O|Neil".to_owned(),
            given: "Ann".to_owned(),
            birth: Some("1987-06-26".to_owned()),
            sex: Some("F".to_owned()),
        }),
        tests: vec!["8".to_owned(), "7".to_owned()],
        priority: Priority::Stat,
        material: None,
        collected: Some("2024-06-27T08:00:00".to_owned()),
    }
}

fn said(bytes: Vec<u8>) -> Vec<String> {
    String::from_utf8(bytes).expect("is text").split_terminator('\r').map(str::to_owned).collect()
}

#[test]
fn an_astm_answer_is_header_patient_order_terminator() {
    // cobas e: what follows the number in the question is repeated in O.4.
    let asked = "H|\\^&|||cobas-e411^1|||||host|TSREQ^REAL|P|1\r\
                 Q|1|^^0000000387^587^0^2^^S1^SC||ALL||||||||A\rL|1|N\r";
    let query = &driver("cobas_e").read(asked.as_bytes()).queries[0];
    assert_eq!(
        said(driver("cobas_e").answer(query, &[answer()], "2024-06-27T09:00:00")),
        [
            "H|\\^&|||LIS||||||TSDWN^REPLY|P|1|20240627090000",
            "P|1||P1||O&F&Neil^Ann||19870626|F",
            "O|1|0000000387|587^0^2^^S1^SC|^^^8\\^^^7|S||20240627080000||||N||||||||||||||Q",
            "L|1|N",
        ]
    );
    // Sysmex: the whole field is repeated in O.3.
    let asked = "H|\\^&|||XN-550\rQ|1|2^1^            0000000387^B||||20240627\rL|1|N\r";
    let query = &driver("sysmex_xn").read(asked.as_bytes()).queries[0];
    assert_eq!(query.specimens, ["0000000387"]);
    assert_eq!(query.position.as_ref().and_then(|p| p.rack.as_deref()), Some("2"));
    assert_eq!(
        said(driver("sysmex_xn").answer(query, &[answer()], ""))[2],
        "O|1|2^1^            0000000387^B||^^^^8\\^^^^7|S||20240627080000||||N||||||||||||||Q"
    );
    // Unasked, it is padded as the family has it.
    assert_eq!(
        said(driver("sysmex_xn").answer(&Query::default(), &[answer()], ""))[2],
        "O|1|^^            0000000387||^^^^8\\^^^^7|S||20240627080000||||N||||||||||||||O"
    );
}

#[test]
fn orders_follow_the_answer_where_the_family_has_it_so() {
    let lines = said(driver("hl7_oru").download(&[answer()], "2025-02-20T10:00:00").expect("LAW"));
    for line in [
        "SPM|1|0000000387|||||||||P",
        "SAC|||0000000387",
        "ORC|NW",
        "TQ1|||||||||S^^HL70485",
        "OBR||0000000387.1||8",
        "OBR||0000000387.2||7",
    ] {
        assert!(lines.iter().any(|l| l == line), "{line}: {lines:?}");
    }
    let none = Answer { tests: Vec::new(), ..answer() };
    let lines = said(driver("hl7_oru").download(&[none], "").expect("LAW"));
    assert_eq!(lines.last().map(String::as_str), Some("ORC|DC"));
    assert_eq!(driver("mindray_bc").download(&[answer()], ""), None);
}

#[test]
fn a_mindray_answer_comes_in_blocks() {
    let asked = "MSH|^~\\&|Mindray|BS-480|||20250220||QRY^Q02|7|P|2.3.1||||||ASCII\r\
                 QRD|20250220|R|D|1|||RD|0000000387|OTH|||T|\r";
    let query = &driver("mindray_bs").read(asked.as_bytes()).queries[0];
    let bytes = driver("mindray_bs").answer(query, &[answer()], "2025-02-20T10:00:00");
    let all = parse_all(None, &block(&bytes));
    assert_eq!(all.len(), 2);
    let text = String::from_utf8(bytes).expect("is text");
    for line in [
        "MSA|AA|7|Message accepted|||0",
        "QAK|SR|OK|",
        "QRD|20250220100000|R|D|1|||RD|0000000387|OTH|||T",
        "DSP|21||0000000387||",
        "DSP|29||8^^^||",
        "DSP|30||7^^^||",
        "DSC||",
    ] {
        assert!(text.split(['\r', '\u{b}']).any(|l| l == line), "{line}: {text}");
    }
}

#[test]
fn a_mindray_chemistry_message_says_what_it_is_of() {
    for (mark, kind) in [
        ("0", SpecimenKind::Patient),
        ("1", SpecimenKind::Calibrator),
        ("2", SpecimenKind::Control),
    ] {
        let text = format!(
            "MSH|^~\\&|Mindray|BS-480|||20250220||ORU^R01|7|P|2.3.1||||{mark}||ASCII\r\
             OBR|1|0000000387|12|Mindray^BS-480|||20250220101500\r\
             OBX|1|NM|2|ALT|98.2|U/L|||||F\r"
        );
        let message = driver("mindray_bs").read(text.as_bytes());
        let specimen = &message.specimens[0];
        assert_eq!((specimen.id.as_str(), specimen.kind), ("0000000387", kind));
        assert_eq!(
            (specimen.readings[0].code.as_str(), specimen.readings[0].value.as_str()),
            ("2", "98.2")
        );
    }
}

#[test]
fn an_unknown_specimen_gets_the_dialects_no() {
    let query =
        Query { specimens: vec!["404".to_owned()], id: Some("9".to_owned()), ..Query::default() };
    for driver in two_way() {
        let lines = said(driver.answer(&query, &[], "2024-06-27T09:00:00"));
        match driver.protocol() {
            Protocol::Astm => {
                assert_eq!(lines.last().map(String::as_str), Some("L|1|I"), "{}", driver.name)
            }
            _ => {
                let no = lines
                    .iter()
                    .any(|l| l.starts_with("MSA|AR") || l.starts_with("QAK") && l.contains("|NF|"));
                assert!(no, "{}: {lines:?}", driver.name);
            }
        }
    }
}

#[test]
fn drivers_have_names_of_their_own_and_claim_only_their_kin() {
    let names: Vec<_> = list().iter().map(|d| d.name).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), names.len(), "{names:?}");
    for name in names {
        assert_eq!(driver(name).name, name);
        if !driver(name).is_two_way() {
            assert_eq!(driver(name).write_results(&Message::default()), b"", "{name}");
            continue;
        }
        // What a driver writes of itself is recognized as its own.
        let own = driver(name).write_results(&Message::default());
        assert_eq!(wire::driver::recognize(&own).map(|d| d.name), Ok(name));
    }
}
