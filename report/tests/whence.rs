//! Where an order comes from, why, and for whom else, on the page and on paper.
//!
//! What must stay true: nothing that the orderer said is left out; what nobody said takes no room.

mod ward;

use lab::accession::{Circumstances, Fasting};
use lab::directory::{Facility, Location, LocationKind};
use lab::patient::{Encounter, EncounterClass};
use lab::value::{Diagnosis, EncounterId, FacilityId, LocationId};
use report::patient_report::{PatientReport, Whence, Words, page};
use ward::{COLLECTED, Ward};

const NAMES: [&str; 8] = [
    "Location",
    "Sent by",
    "Encounter",
    "Orderer's number",
    "Diagnoses (ICD-10)",
    "Due",
    "Fasting",
    "Copies to",
];

fn facts(report: &PatientReport<'_>) -> Vec<(&'static str, String)> {
    let facts = Words::of(report).facts.into_iter();
    facts.map(|fact| (fact.name, fact.value)).filter(|(name, _)| NAMES.contains(name)).collect()
}

#[test]
fn what_the_orderer_said_stands_on_the_report() {
    let mut ward = Ward::busy();
    assert_eq!(facts(&ward.report()), [], "what nobody said takes no room");
    ward.accession.circumstances = Circumstances {
        due_at: Some(COLLECTED),
        fasting: Fasting::Yes,
        diagnoses: ["E11.9", "I10"].iter().filter_map(|code| Diagnosis::read(code)).collect(),
        placer_number: "HIS-900".into(),
        copies_to: vec!["Dr. Lee".into(), "North Clinic".into()],
        ..Circumstances::default()
    };
    let location = Location {
        id: LocationId(1),
        code: "4B".into(),
        name: "Ward 4B".into(),
        kind: LocationKind::Ward,
        facility: None,
        closed: false,
    };
    let facility = Facility {
        id: FacilityId(1),
        code: "NORTH".into(),
        name: "North Clinic".into(),
        address: "1 Hill Road\nPortland".into(),
        clia: None,
        copies: 1,
        closed: false,
    };
    let encounter = Encounter {
        id: EncounterId(1),
        patient: ward.patient.id,
        number: "E-77".into(),
        class: EncounterClass::Inpatient,
        location: Some(LocationId(1)),
        admitted_at: COLLECTED,
        discharged_at: None,
    };
    let whence = Whence {
        location: Some(&location),
        facility: Some(&facility),
        encounter: Some(&encounter),
    };
    let report = PatientReport { whence, ..ward.report() };
    let said = [
        "4B Ward 4B",
        "North Clinic, 1 Hill Road, Portland",
        "E-77, inpatient",
        "HIS-900",
        "E11.9 I10",
        "2026-11-24 07:15 EST",
        "fasting",
        "Dr. Lee; North Clinic",
    ];
    let expected: Vec<(&str, String)> = NAMES.into_iter().zip(said.map(str::to_owned)).collect();
    assert_eq!(facts(&report), expected);
    let page = page(&report).into_string();
    for value in said {
        assert!(page.contains(value), "{value}");
    }
}
