//! What real instruments sent, and what must be read from it.
//!
//! The captures are not part of the repository: they are looked for in `MENISCUS_REFERENCE` or
//! beside the workspace, and the tests say so plainly when they are absent.

use std::path::PathBuf;

use wire::driver::{parse_all, recognize};
use wire::frame::astm::{Action, Role, Session};
use wire::reading::{Kind, Message, Nature, Reading, Specimen, SpecimenKind};

fn folder() -> Option<PathBuf> {
    let root = std::env::var_os("MENISCUS_REFERENCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference"),
        PathBuf::from,
    );
    let folder = root.join("wires/captures");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("NOT RUN: no captures at {}", folder.display());
    None
}

fn capture(name: &str) -> Option<Vec<u8>> {
    let path = folder()?.join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            eprintln!("NOT RUN: no capture at {}", path.display());
            None
        }
    }
}

/// A reading as one line: code, comparator and value, unit, flags.
fn line(reading: &Reading) -> String {
    let comparator = reading.comparator.as_deref().unwrap_or("");
    let unit = reading.unit.as_deref().unwrap_or("-");
    let flags = reading.flags.join(",");
    format!("{} {comparator}{} {unit} {flags}", reading.code, reading.value).trim_end().to_owned()
}

fn lines(specimen: &Specimen, nature: Nature) -> Vec<String> {
    specimen.readings.iter().filter(|r| r.nature == nature).map(line).collect()
}

fn only(bytes: &[u8], driver: &str) -> Message {
    let mut all = parse_all(None, bytes);
    assert_eq!(all.len(), 1, "{all:#?}");
    let message = all.remove(0);
    assert_eq!(message.driver, driver);
    assert_eq!(message.not_understood, []);
    message
}

#[test]
fn sysmex_xn550() {
    let Some(bytes) = capture("astm/senaite__sysmex_xn550.astm") else { return };
    let message = only(&bytes, "sysmex_xn");
    assert_eq!(message.kind, Kind::Results);
    assert_eq!(message.sender, "XN-550^00-24^22723^^^^BD634545");
    let [specimen] = message.specimens.as_slice() else { panic!("one specimen") };
    assert_eq!((specimen.id.as_str(), specimen.kind), ("27", SpecimenKind::Patient));
    assert_eq!(specimen.read_by.as_deref(), Some("M"));
    let patient = specimen.patient.as_ref().expect("a patient");
    assert_eq!(patient.name.as_deref(), Some("^Jim^Brown"));
    assert_eq!(patient.birth.as_deref(), Some("1987-06-26"));
    assert_eq!(specimen.readings.len(), 41);
    let results = lines(specimen, Nature::Result);
    assert_eq!(results.len(), 23);
    assert_eq!(
        results[..8],
        [
            "WBC 8.13 10*3/uL N",
            "RBC 2.60 10*6/uL N",
            "HGB 8.0 g/dL N",
            "HCT 22.7 % L",
            "MCV 87.3 fL N",
            "MCH 30.8 pg N",
            "MCHC 35.2 g/dL N",
            "PLT 99 10*3/uL N"
        ]
    );
    assert_eq!(results[22], "MPV 8.1 fL L");
    let flags = lines(specimen, Nature::Flag);
    assert_eq!(flags.len(), 14);
    assert_eq!(flags[0], "Eosinophilia  - A");
    assert_eq!(flags[2], "Blasts/Abn_Lympho? 40 -");
    assert_eq!(flags[13], "Positive_Count  - A");
    assert_eq!(lines(specimen, Nature::Image).len(), 4);
    let at = |r: &Reading| r.at.as_deref() == Some("2024-06-27T13:54:07");
    assert!(specimen.readings.iter().all(at));
    assert!(specimen.readings.iter().all(|r| r.status.as_deref() == Some("F")));
}

#[test]
fn cobas_e411_in_frames_cut_anywhere() {
    let Some(bytes) = capture("astm/rubyastm__cobas_e411_multiframe.astm") else { return };
    let message = only(&bytes, "cobas_e");
    let [specimen] = message.specimens.as_slice() else { panic!("one specimen") };
    assert_eq!(specimen.id, "000002327");
    assert_eq!(
        lines(specimen, Nature::Result),
        [
            "8 1.95 uIU/ml N",
            "7 9.61 ug/dl N",
            "6 132.1 ng/dl N",
            "5 -1^0.282 COI N",
            "4 -1^0.707 COI N",
            "3 <3.00 ng/ml LL",
            "1 141.3 pg/ml N"
        ]
    );
    let quantities: Vec<_> = specimen.readings.iter().map(|r| r.measure().unwrap_or("")).collect();
    assert_eq!(quantities, ["1.95", "9.61", "132.1", "0.282", "0.707", "3.00", "141.3"]);
    assert!(specimen.readings.iter().all(|r| r.dilution.as_deref() == Some("1")));
    assert_eq!(specimen.readings[5].comments[0].text, "27");
}

#[test]
fn cobas_e411_as_the_serial_port_gave_it() {
    let chunks = capture("astm/rubyastm__cobas_e411_multiframe.chunks.json");
    let whole = capture("astm/rubyastm__cobas_e411_multiframe.astm");
    let (Some(chunks), Some(whole)) = (chunks, whole) else { return };
    let chunks: Vec<String> = serde_json::from_slice(&chunks).expect("a list of texts");
    let mut session = Session::new(Role::Host);
    let mut kept = Vec::new();
    for (now, chunk) in (0..).zip(&chunks) {
        let byte = |at: usize| u8::from_str_radix(&chunk[at..at + 2], 16).expect("hexadecimal");
        let bytes: Vec<u8> = (0..chunk.len()).step_by(2).map(byte).collect();
        session.receive(now, &bytes);
        while let Some(action) = session.next_action() {
            match action {
                Action::Keep(received) => {
                    kept.push(received);
                    session.kept(now);
                }
                Action::Write(reply) => assert_eq!(reply, [6]),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(kept.len(), 1);
    assert!(kept[0].complete);
    assert_eq!(parse_all(None, &kept[0].frames), parse_all(None, &whole));
}

#[test]
fn cobas_e411_question() {
    let Some(bytes) = capture("astm/rubyastm__cobas_e411_query.astm") else { return };
    let message = only(&bytes, "cobas_e");
    assert_eq!(message.kind, Kind::Query);
    let [query] = message.queries.as_slice() else { panic!("one question") };
    assert_eq!(query.specimens, ["0000000387"]);
    assert!(!query.cancel);
    let position = query.position.as_ref().expect("a position");
    assert_eq!(position.sequence.as_deref(), Some("587"));
    assert_eq!(position.rack.as_deref(), Some("0"));
    assert_eq!(position.place.as_deref(), Some("2"));
}

#[test]
fn cobas_e411_terminator_cut_in_two() {
    let Some(bytes) = capture("astm/rubyastm__cobas_e411_result_etb.astm") else { return };
    let message = only(&bytes, "cobas_e");
    let [specimen] = message.specimens.as_slice() else { panic!("one specimen") };
    assert_eq!(lines(specimen, Nature::Result), ["5 -1^0.325 COI N", "4 -1^0.318 COI N"]);
    assert_eq!(specimen.readings[0].qualitative.as_deref(), Some("-1"));
}

#[test]
fn mindray_bc5380() {
    let Some(bytes) = capture("hl7/mindray__bc5380_manual_c33.hl7") else { return };
    let message = only(&bytes, "mindray_bc");
    let [specimen] = message.specimens.as_slice() else { panic!("one specimen") };
    assert_eq!(specimen.id, "20071207011");
    let results = lines(specimen, Nature::Result);
    for expect in [
        "6690-2 9.81 10*9/L N,E",
        "789-8 4.53 10*12/L N",
        "718-7 65 g/L L",
        "777-3 212 10*9/L N",
        "704-7  10*9/L",
    ] {
        assert!(results.iter().any(|r| r == expect), "{expect}: {results:#?}");
    }
    let basophils = specimen.readings.iter().find(|r| r.code == "704-7").expect("BAS#");
    assert!(!basophils.measured);
    assert_eq!(lines(specimen, Nature::Image).len(), 1);
    assert_eq!(lines(specimen, Nature::Flag), ["12014 T -", "15180-3 T -"]);
    assert_eq!(specimen.patient.as_ref().and_then(|p| p.sex.as_deref()), Some("Female"));
}

/// Every value of every specimen as `id code comparator value`, results only.
fn told(name: &str) -> Option<Vec<String>> {
    let bytes = capture(name)?;
    let mut out = Vec::new();
    for message in parse_all(None, &bytes) {
        for (specimen, r) in message.readings().filter(|(_, r)| r.nature == Nature::Result) {
            let comparator = r.comparator.as_deref().unwrap_or("");
            out.push(format!("{} {} {comparator}{}", specimen.id, r.code, r.value));
        }
    }
    Some(out)
}

#[test]
fn other_families() {
    for (name, expect) in OTHERS {
        let Some(found) = told(name) else { return };
        for line in *expect {
            assert!(found.iter().any(|f| f == line), "{name}: {line} not in {found:#?}");
        }
    }
}

const OTHERS: &[(&str, &[&str])] = &[
    (
        "astm/misc__beckman_dxi800_query_then_results.astm",
        &[
            "1200013589 Testo 15.44",
            "7030133133 Testo 0.82",
            "7030133133 SHBG 80.06",
            "7030133133 hFSH 86.49",
        ],
    ),
    ("astm/rubyastm__erba_em200_result.astm", &["Xxxx Xxxxx GLU 115.5", "Xxxx Xxxxx1 CRE 0.75"]),
    (
        "astm/senaite__spotchem_el_mock.astm",
        &["1DC042FP Na 131.0", "1DC042FP K 9.7", "1DC042FP Cl 96.0"],
    ),
    ("astm/snibe__maglumi1000_result_simplified.astm", &["1234567 CYFRA211 0"]),
    ("hl7/intelis__abbott_alinity_m_single.mllp", &["VL00000101 1006 Not Detected"]),
    (
        "hl7/intelis__roche_cobas6800.mllp",
        &[
            "WB26-02146 HIV 763",
            "BP26-15201 HIV 194",
            "WB26-02135 70241-5 Target Not Detected",
            "BP26-15178 70241-5 < Titer min",
            "BP26-16850 70241-5 Invalid",
        ],
    ),
];

#[test]
fn every_capture_is_read_or_listed() {
    let Some(folder) = folder() else { return };
    for part in ["astm", "hl7"] {
        let entries = std::fs::read_dir(folder.join(part)).expect("a folder");
        for entry in entries {
            let path = entry.expect("an entry").path();
            let bytes = std::fs::read(&path).expect("a file");
            let all = parse_all(None, &bytes);
            assert!(!all.is_empty(), "{}: silence", path.display());
            for message in &all {
                let said = !message.specimens.is_empty()
                    || !message.queries.is_empty()
                    || message.kind == Kind::Acknowledgement
                    || !message.not_understood.is_empty();
                assert!(said, "{}: {message:#?}", path.display());
                serde_json::to_string(message).expect("is JSON");
            }
            let _ = recognize(&bytes);
            // Cut off anywhere: no panic, and nothing that was not there before.
            let step = (bytes.len() / 200).max(1);
            for cut in (0..bytes.len()).step_by(step) {
                parse_all(None, &bytes[..cut]);
            }
        }
    }
}

#[test]
fn frames_repeated_or_dropped_never_change_a_value() {
    let Some(folder) = folder() else { return };
    for entry in std::fs::read_dir(folder.join("astm")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let whole = values(&bytes);
        let starts: Vec<_> = (0..bytes.len()).filter(|i| bytes[*i] == 2).collect();
        // Without checksums a message of one frame each way has no guard but its numbers.
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(bytes.len());
            let frame = &bytes[*start..end];
            let frame = frame.split(|b| matches!(*b, 4 | 5)).next().expect("a part");
            let after = start + frame.len();
            let twice = [&bytes[..after], frame, &bytes[after..]].concat();
            let dropped = [&bytes[..*start], &bytes[after..]].concat();
            if bytes[start + 1].is_ascii_digit() {
                assert_eq!(values(&twice), whole, "{}: frame {index} twice", path.display());
            }
            let rest = values(&dropped);
            let known = rest.iter().all(|value| whole.contains(value));
            assert!(known, "{}: frame {index} dropped", path.display());
        }
    }
}

fn values(bytes: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    for message in parse_all(None, bytes) {
        out.extend(message.readings().map(|(s, r)| format!("{} {} {}", s.id, r.code, line(r))));
    }
    out
}
