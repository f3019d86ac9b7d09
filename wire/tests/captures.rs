//! What real instruments sent, and what must be read from it.
//!
//! The captures are not part of the repository: they are looked for in `MENISCUS_REFERENCE` or
//! beside the workspace, and the tests say so plainly when they are absent.

use std::path::PathBuf;

use wire::driver::{named, parse_all, recognize};
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
    ("astm/senaite__mini_vidas_mock.astm", &["Z1G021SCR HBCT 0.05"]),
    ("astm/snibe__maglumi1000_result_simplified.astm", &["1234567 CYFRA211 0"]),
    ("astm/senaite__abbott_afinion2.astm", &["3643 HbA1c 5.9"]),
    (
        "astm/senaite__dca_vantage.astm",
        &["BU24R554 Alb 63.7", "BU24R554 Crt 230.8", "BU24R554 Ratio 27.6"],
    ),
    ("astm/misc__abbott_alinity_ci_syphilis.astm", &["12311/1000 565 0.04"]),
    (
        "astm/misc__sysmex_cs2500.astm",
        &[
            "6550049260 041 10.6",
            "6550049260 042 117.2",
            "6550049260 043 0.93",
            "6550049260 044 >5.0",
            "6550049260 051 25.4",
        ],
    ),
    (
        "astm/senaite__pentra_xlr.astm",
        &[
            "S1234 WBC 8.5",
            "S1234 LYM# 3.29",
            "S1234 MON# 0.15",
            "S1234 BAS# -----",
            "S1234 HGB 14.0",
            "S1234 PLT 234",
            "S1234 MPV 10.2",
        ],
    ),
    (
        "astm/intelis__abbott_m2000_run.astm",
        &[
            "HIV_NEG HIV0.6ml Not detected",
            "HIV_LOPOS HIV0.6ml 1523",
            "HIV_HIPOS HIV0.6ml 1094012",
            "VL00000001 HIV0.6ml Not detected",
            "VL00000002 HIV0.6ml <40",
            "VL00000003 HIV0.6ml 86321",
            "344 HIV0.6ml Not detected",
        ],
    ),
    (
        "astm/intelis__genexpert_62_en_6sessions.astm",
        &[
            "EID26000576U HIV-1_QUAL 2^HIV-1 DETECTED",
            "EID26000580O HIV-1_QUAL 2^HIV-1 NOT DETECTED",
            "PATIENT A1 HIV-1_QUAL 2^HIV-1 ERROR",
            "bp26-00064 HIV-1_VL 2 2 NOT DETECTED",
            "bp26-00065 HIV-1_VL 2 2 1234.56",
            "sp26-00147 MTB-RIF_ULTRA 2^MTB NOT DETECTED",
        ],
    ),
    (
        "astm/intelis__genexpert_65_fr_latin1_8sessions.astm",
        &["VL07260009 HIV-1 NON DÉTECTÉ", "VL04260004 HIV-1 1420403,41"],
    ),
    ("astm/cepheid__303-0251_hivvl_quantified.rec", &["HIV-1 1E3cp HIVVL 1009.64"]),
    (
        "astm/intelis__roche_taqman_amplilink_nochecksum.astm",
        &["TM-0001/26 HI2CAP96 Target Not Detected", "TM-0002/26 HI2CAP96 2.52E+3 (3.40)"],
    ),
    ("hl7/intelis__abbott_alinity_m_single.mllp", &["VL00000101 1006 Not Detected"]),
    (
        "hl7/intelis__roche_cobas4800_run.mllp",
        &[
            "0PHJ100001N0QVJ 0BHIV1 3.26E+05 cp/mL",
            "VL260001 0BHIV1 Target Not Detected",
            "VL260002 0BHIV1 < Titer min",
            "VL260003 0BHIV1 6.73E+01 cp/mL",
            "VL260004 0BHIV1 Invalid",
            "VL260005 0BHIV1 1.70E+05 cp/mL",
        ],
    ),
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
    (
        "hl7/rubyastm__siemens_clinitek_status.hl7",
        &["010820187 GLU Negative", "010820187 SG <=1.005", "010820187 COL Yellow"],
    ),
    (
        "hl7/tamalabs__biosystems_ba200_a400.hl7",
        &["SI APA FERRITIN 7.29504681", "SI APA GLUCOSE 77.7815018"],
    ),
];

#[test]
fn controls_are_not_patients() {
    for (name, controls, patients) in [
        (
            "astm/intelis__abbott_m2000_run.astm",
            &["HIV_NEG", "HIV_LOPOS", "HIV_HIPOS"][..],
            &["VL00000001", "VL00000004", "344"][..],
        ),
        (
            "astm/intelis__roche_taqman_amplilink_nochecksum.astm",
            &["QC 1", "QC 2"],
            &["TM-0001/26", "TM-0002/26"],
        ),
        ("astm/goastm__horiba_yumizen_result.rec", &["PX449L"], &[]),
        (
            "hl7/intelis__roche_cobas4800_run.mllp",
            &["0PHJ100001N0QVJ", "0PLJ100002N07UX", "0N1J100003O0OEZ"],
            &["VL260001", "VL260005"],
        ),
    ] {
        let Some(bytes) = capture(name) else { return };
        let all = parse_all(None, &bytes);
        let kind = |id: &str| {
            let mut specimens = all.iter().flat_map(|m| &m.specimens);
            specimens.find(|s| s.id == id).map(|s| s.kind)
        };
        for id in controls {
            assert_eq!(kind(id), Some(SpecimenKind::Control), "{name}: {id}");
        }
        for id in patients {
            assert_eq!(kind(id), Some(SpecimenKind::Patient), "{name}: {id}");
        }
    }
}

#[test]
fn euroimmun_has_to_be_named() {
    let Some(bytes) = capture("astm/goastm__euroimmun_analyzer1.rec") else { return };
    let message = named("euroimmun").expect("a driver").read(&bytes);
    assert_eq!(message.not_understood, []);
    assert_eq!(message.specimens[0].id, "TEST-27-079-5-1");
    assert_eq!(lines(&message.specimens[0], Nature::Result), ["SARSCOV2IGA >8 Ratio"]);
    assert_eq!(lines(&message.specimens[1], Nature::Result), ["SARSCOV2IGA 7,41 Ratio"]);
}

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
