//! Character sets on the wire: set, declared, contradicted, and written.

use wire::driver::{How, named, parse_all, parse_as};
use wire::reading::Query;
use wire::record::charset::Charset;
use wire::worklist::{Answer, Patient};

#[test]
fn latin1_is_read_and_told() {
    let mut text = b"H|@^\\|1||S^GeneXpert^6\rO|1|A1\rR|1|^^^HIV^Xpert^1^^|NON D".to_vec();
    text.extend(b"\xc9TECT\xc9^\rL|1|N\r");
    let message = &parse_all(None, &text)[0];
    assert_eq!(message.specimens[0].readings[0].value, "NON DÉTECTÉ");
    assert!(message.charset_assumed);
    let told = &message.not_understood[0].because;
    assert!(told.contains("set the character set of the instrument"), "{told}");
    // Once it is set, nothing is assumed.
    let set = How { charset: Some(Charset::Latin1), ..How::default() };
    let message = &parse_as(set, &text)[0];
    assert_eq!(message.specimens[0].readings[0].value, "NON DÉTECTÉ");
    assert!(!message.charset_assumed && message.not_understood.is_empty());
}

#[test]
fn no_name_is_taken_from_bytes_of_another_character_set() {
    // GB 18030 on a line that is not set to it; a name in ASCII stays.
    for (name, taken) in [(&b"\xc0\xee^\xcb\xc4"[..], None), (b"Li^Si", Some("Li^Si"))] {
        let text = [
            b"H|\\^&|||X\rP|1||7||",
            name,
            b"||19800517|F\rO|1|9||^^^K\rR|1|^^^K|4.1|\xb5mol/L||||F\rL|1|N\r",
        ]
        .concat();
        let message = &parse_all(None, &text)[0];
        let patient = message.specimens[0].patient.as_ref().expect("a patient");
        assert_eq!(patient.name.as_deref(), taken);
        assert_eq!(patient.ids, ["7"]);
        assert!(message.charset_assumed && message.not_understood.len() == 1);
        assert_eq!(message.specimens[0].readings[0].value, "4.1");
    }
    let text = b"H|\\^&|||X\rP|1||7||\xc0\xee^\xcb\xc4\rO|1|9\rR|1|^^^K|4.1\rL|1|N\r";
    let set = How { charset: Some(Charset::Gb18030), ..How::default() };
    let message = &parse_as(set, text)[0];
    let patient = message.specimens[0].patient.as_ref().expect("a patient");
    assert_eq!(patient.name.as_deref(), Some("李^四"));
    assert_eq!(message.not_understood, []);
}

#[test]
fn an_answer_is_written_in_the_character_set_of_its_instrument() {
    let asked = Query { specimens: vec!["7".to_owned()], ..Query::default() };
    let patient =
        Patient { family: "李".to_owned(), given: "四".to_owned(), ..Patient::default() };
    let answer = Answer {
        specimen: "7".to_owned(),
        patient: Some(patient),
        tests: vec!["GLU".to_owned()],
        ..Answer::default()
    };
    for name in ["mindray_bs", "hl7_oru", "sysmex_xn"] {
        let driver = named(name).expect("a driver");
        let utf8 = driver.answer(&asked, std::slice::from_ref(&answer), "2026-11-24T09:00:00");
        let own = driver.encode(&utf8, Charset::Gb18030).expect("it carries them");
        assert_eq!(name == "hl7_oru", !own.windows(4).any(|w| w == b"\xc0\xee^\xcb"), "{name}");
        assert!(!String::from_utf8_lossy(&own).contains("UNICODE"), "{name}");
        for message in parse_as(How { charset: None, ..How::default() }, &own) {
            let is_hl7 = name != "sysmex_xn";
            assert_eq!(message.charset_assumed, !is_hl7, "{name}: {message:?}");
        }
        let latin = driver.encode(&utf8, Charset::Latin1);
        assert_eq!(latin.is_some(), name == "hl7_oru", "{name}: its answer holds no name");
    }
}
