//! The specimen label: what stands on it, and that no name commands a printer or a browser.

mod ward;

use lab::value::{PersonName, Priority, TestCode};
use report::label::{Copies, Density, LabelFor, NotThatMany, Printer, sheet, svg, zpl};
use ward::{COLLECTED, Ward};

fn codes(text: &str) -> Vec<TestCode> {
    text.split_whitespace().map(TestCode::from).collect()
}

fn label<'a>(ward: &'a Ward, tests: &'a [TestCode]) -> LabelFor<'a> {
    LabelFor {
        name: &ward.patient.name,
        record_number: &ward.patient.record_number,
        birth_date: ward.patient.birth_date,
        sex: ward.patient.sex,
        label: &ward.specimens[0].label,
        container: "EDTA_LAV",
        cap: "lavender",
        priority: ward.accession.priority,
        tests,
        collected_at: None,
        zone: &ward.zone,
    }
}

#[test]
fn a_label_in_zpl() {
    let ward = Ward::busy();
    let tests = codes("CBCD RETIC ESR");
    insta::assert_snapshot!(zpl(&label(&ward, &tests), Printer::default(), Copies::ONE));
}

#[test]
fn a_collected_label_at_300_dpi() {
    let ward = Ward::busy();
    let tests = codes("CBCD");
    let printer = Printer { density: Density::Dpi300, left: -4, down: 500 };
    let label = LabelFor {
        priority: Priority::Asap,
        collected_at: Some(COLLECTED),
        ..label(&ward, &tests)
    };
    insta::assert_snapshot!(zpl(&label, printer, Copies::new(3).expect("few")));
}

#[test]
fn a_label_as_a_drawing() {
    let ward = Ward::busy();
    let tests = codes("CBCD RETIC ESR");
    insta::assert_snapshot!(svg(&label(&ward, &tests)).into_string().replace("><", ">\n<"));
}

/// Every `^` and `~` of the text begins one of the commands the label is written with.
fn commands(zpl: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, letter) in zpl.char_indices() {
        if letter == '^' || letter == '~' {
            found.push(zpl[at..].chars().take(3).collect());
        }
    }
    found
}

#[test]
fn no_name_commands_the_printer() {
    let mut ward = Ward::busy();
    let tame = codes("CBCD");
    let expected = commands(&zpl(&label(&ward, &tame), Printer::default(), Copies::ONE));
    for attack in [
        "^XZ",
        "^XA^JUS^XZ",
        "~JA",
        "~DGR:X,1,1,00",
        "_5EXZ",
        "_5e",
        "a\\&b",
        "^FS^FD",
        "x\n^XZ\r\u{0}\u{10}\u{1b}",
    ] {
        ward.patient.name = PersonName { family: attack.into(), given: attack.into() };
        ward.patient.record_number = attack.into();
        let tests = codes(&format!("CBCD{attack}"));
        let label = LabelFor { cap: attack, container: attack, ..label(&ward, &tests) };
        let text = zpl(&label, Printer::default(), Copies::ONE);
        assert_eq!(commands(&text), expected, "{attack:?}: {text}");
        let controls = text.chars().filter(|c| c.is_control() && *c != '\n').count();
        assert_eq!((controls, text.lines().count()), (0, expected_lines(&ward, &tame)), "{text}");
    }
}

fn expected_lines(ward: &Ward, tests: &[TestCode]) -> usize {
    zpl(&label(ward, tests), Printer::default(), Copies::ONE).lines().count()
}

/// What a printer makes of a field: `_` and two hexadecimal digits are one byte (ZPL II, ^FH).
fn unescaped(field: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = field;
    while let Some(letter) = rest.chars().next() {
        let code = rest.strip_prefix('_').and_then(|hex| hex.get(..2));
        let code = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(letter.to_string().bytes()),
        }
        rest = &rest[if code.is_some() { 3 } else { letter.len_utf8() }..];
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn what_is_escaped_prints_as_it_is_written() {
    let mut ward = Ward::busy();
    for family in ["O^XZ", "~_~", "a_5Eb", "back\\slash", "M\u{fc}ller-\u{d8}", "N\u{169}"] {
        ward.patient.name = PersonName { family: family.into(), given: "A".into() };
        let text = zpl(&label(&ward, &[]), Printer::default(), Copies::ONE);
        let field = text.split_once("^FH_^FD").and_then(|(_, rest)| rest.split_once("^FS"));
        assert_eq!(unescaped(field.expect("a field").0), format!("{family}, A"));
    }
}

#[test]
fn no_name_commands_the_browser() {
    let mut ward = Ward::busy();
    let attack = "<script>alert(1)</script>\"'&";
    ward.patient.name = PersonName { family: attack.into(), given: attack.into() };
    ward.patient.record_number = attack.into();
    let tests = codes(attack);
    let label = LabelFor { cap: attack, container: attack, ..label(&ward, &tests) };
    let page = sheet(&[label], Copies::ONE).into_string();
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;"), "{page}");
}

#[test]
fn a_hundred_copies_and_no_more() {
    assert_eq!(Copies::new(0), Err(NotThatMany(0)));
    assert_eq!(Copies::new(100).map(Copies::count), Ok(100));
    assert_eq!(Copies::new(101), Err(NotThatMany(101)));
    let ward = Ward::busy();
    let copies = Copies::new(100).expect("allowed");
    assert!(zpl(&label(&ward, &[]), Printer::default(), copies).contains("^PQ100\n"));
    let page = sheet(&[label(&ward, &[])], copies).into_string();
    assert_eq!(page.matches("<svg").count(), 100);
}

#[test]
fn hard_cases_to_look_at() {
    let mut ward = Ward::busy();
    let tests = codes("CBCD RETIC ESR HBA1C G6PD SICKLE MALARIA HGBELP FLOW LEAD ZPP");
    let plain = label(&ward, &tests).name.clone();
    let long = PersonName {
        family: "Wolfeschlegelsteinhausenbergerdorff".into(),
        given: "Hubert Blaine".into(),
    };
    let accents = PersonName {
        family: "N\u{fa}\u{f1}ez-\u{d8}stergaard".into(),
        given: "\u{141}ucja".into(),
    };
    ward.patient.record_number = "H-0048151623420000042".into();
    let base = label(&ward, &tests);
    let page = sheet(
        &[
            LabelFor { name: &plain, record_number: "00481516", ..base },
            LabelFor { name: &long, priority: Priority::Asap, cap: "light green / mint", ..base },
            LabelFor {
                name: &accents,
                birth_date: None,
                priority: Priority::Routine,
                cap: "blood-culture bottles",
                container: "BC_BOTTLES",
                collected_at: Some(COLLECTED),
                ..base
            },
        ],
        Copies::ONE,
    );
    let path = format!("{}/label.html", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(path, page.into_string()).expect("written");
}
