//! One patient's day, from which the tests print reports and labels: a blood count and chemistry
//! verified, clotting rejected, urine not yet read.
#![allow(dead_code)]

use std::sync::Arc;

use jiff::tz::TimeZone;
use lab::accession::{
    Accession, Delta, ResultVersion, Source, Specimen, SpecimenState, Test, TestState, Verified,
};
use lab::catalog::Catalog;
use lab::instrument::Instrument;
use lab::judgement::{Case, judge, read};
use lab::patient::Patient;
use lab::people::{Actor, Person, Role};
use lab::value::{
    AccessionId, BirthDate, InstrumentId, Label, Moment, PatientId, PersonId, PersonName, Priority,
    ResultId, Sex, SpecimenId, TestCode, TestId,
};
use report::patient_report::{Letterhead, PatientReport, Printed};

/// 2026-11-24T12:15Z, 07:15 in New York.
pub const COLLECTED: Moment = Moment::from_micros(1_795_522_500_000_000);

pub struct Ward {
    pub letterhead: Letterhead,
    pub patient: Patient,
    pub accession: Accession,
    pub specimens: Vec<Specimen>,
    pub tests: Vec<Test>,
    pub results: Vec<ResultVersion>,
    pub people: Vec<Person>,
    pub instruments: Vec<Instrument>,
    pub catalog: Arc<Catalog>,
    pub zone: TimeZone,
}

const CBCD: &str = "WBC 14.2,RBC 3.61,HGB 9.8,HCT 30.4,MCV 84.2,MCH 27.1,MCHC 32.2,RDW 15.8,\
    PLT 96,MPV 10.9,NEUTP 86.2,LYMPHP 7.9,MONOP 5.1,EOSP 0.4,BASOP 0.2,IGP 0.2,NEUTA 12.24,\
    LYMPHA 1.12,MONOA 0.72,EOSA 0.06,BASOA 0.03,IGA_HEM 0.03,NRBCP 0.0";
const BMP: &str = "SOD 131,K 6.8,CL 98,CO2 15,BUN 64,CREA 3.42,GLU 186,CA 8.1,AGAP 18,EGFR 17";

impl Ward {
    pub fn busy() -> Ward {
        let mut ward = Ward::empty();
        ward.specimen(1, "EDTA_LAV", SpecimenState::Received);
        ward.specimen(2, "PST_GREEN", SpecimenState::Received);
        ward.specimen(3, "CIT_BLUE", SpecimenState::Rejected);
        ward.specimen(4, "UA_YELLOW", SpecimenState::Collected);
        ward.specimens[2].rejected = Some(("CLOTTED".into(), "Ward 4B called 07:58.".into()));
        ward.panel("BMP", 2, BMP);
        ward.panel("CBCD", 1, CBCD);
        ward.single("HSTNI", 2, "<6");
        ward.single("HBSAG", 2, "nonreactive");
        for code in ["PT", "INR", "APTT"] {
            let test = ward.test(code, Some("COAGP"), 3);
            ward.tests[test].state = TestState::Cancelled;
            ward.tests[test].note = "Specimen rejected: CLOTTED".into();
        }
        for code in ["UCOL", "UPRO", "UBLD"] {
            ward.test(code, Some("UAD"), 4);
        }
        ward.note("K", "Critical, called to Dr. Osei 08:02 by C. Young, read back. Not hemolyzed.");
        ward.previous("K", "4.4", "+2.4", true);
        ward.previous("HGB", "10.1", "-0.3", false);
        ward.previous("CREA", "1.18", "+190 %", true);
        ward.by_hand("HBSAG");
        ward
    }

    pub fn empty() -> Ward {
        let born = BirthDate::read("1957-03-02");
        let name = PersonName { family: "Okafor".into(), given: "Ngozi Adaeze".into() };
        let patient = Patient {
            id: PatientId(7),
            record_number: "00481516".into(),
            name,
            birth_date: born,
            sex: Sex::Female,
            deceased: false,
            merged_into: None,
        };
        Ward {
            letterhead: Letterhead {
                name: "Harbor Teaching Laboratory".into(),
                address: vec!["200 Quay Street".into(), "Portland, ME 04101".into()],
                telephone: "207-555-0140".into(),
                director: "Eli Marsh, MD".into(),
                certificate: "CLIA 20D0000000".into(),
            },
            accession: Accession {
                id: AccessionId(70),
                label: Label::new(COLLECTED, 17, 0),
                patient: patient.id,
                priority: Priority::Stat,
                ordered_at: COLLECTED.plus_minutes(-25),
                provider: "A. Osei, MD, Ward 4B".into(),
                comment: "Vomiting, on lisinopril".into(),
                sequence: (20781, 17),
                circumstances: Default::default(),
            },
            patient,
            specimens: Vec::new(),
            tests: Vec::new(),
            results: Vec::new(),
            people: vec![person(1, "Cy Young", Role::Mls), person(2, "Amy Lin", Role::Reception)],
            instruments: vec![instrument(1, "XN-550 A"), instrument(2, "c 503")],
            catalog: Catalog::starter().expect("the starter catalog"),
            zone: TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").expect("a zone"),
        }
    }

    pub fn report(&self) -> PatientReport<'_> {
        PatientReport {
            letterhead: &self.letterhead,
            patient: &self.patient,
            accession: &self.accession,
            whence: Default::default(),
            specimens: &self.specimens,
            tests: &self.tests,
            results: &self.results,
            people: &self.people,
            instruments: &self.instruments,
            catalog: &self.catalog,
            zone: &self.zone,
            printed: Printed {
                at: COLLECTED.plus_minutes(65),
                by: "Amy Lin, Reception",
                issue: None,
            },
        }
    }

    pub fn specimen(&mut self, index: u32, container: &str, state: SpecimenState) {
        self.specimens.push(Specimen {
            id: SpecimenId(i64::from(index)),
            accession: self.accession.id,
            label: Label::new(COLLECTED, 17, index),
            container: container.into(),
            state,
            collected_at: (state != SpecimenState::Ordered).then_some(COLLECTED),
            received_at: matches!(state, SpecimenState::Received | SpecimenState::Rejected)
                .then(|| COLLECTED.plus_minutes(21)),
            rejected: None,
            handling: lab::accession::Handling::default(),
            collection: None,
        });
    }

    /// An ordered test; its place in the list.
    pub fn test(&mut self, code: &str, panel: Option<&str>, specimen: i64) -> usize {
        let number = self.tests.len();
        let bench = self.catalog.test(code).map_or("elsewhere", |test| test.bench.name());
        self.tests.push(Test {
            id: TestId(100 + i64::try_from(number).expect("few")),
            accession: self.accession.id,
            patient: self.patient.id,
            specimen: SpecimenId(specimen),
            code: code.into(),
            panel: panel.map(TestCode::from),
            bench: bench.into(),
            state: TestState::Awaiting,
            result: None,
            versions: 0,
            verified: None,
            note: String::new(),
            candidate: None,
            touched: None,
            call: None,
            preliminary: None,
            origin: None,
            rule: String::new(),
        });
        number
    }

    pub fn single(&mut self, code: &str, specimen: i64, value: &str) {
        let at = self.test(code, None, specimen);
        self.file(at, value);
        self.verify(at);
    }

    pub fn panel(&mut self, panel: &str, specimen: i64, values: &str) {
        for pair in values.split(',') {
            let (code, value) = pair.split_once(' ').expect("code and value");
            let at = self.test(code, Some(panel), specimen);
            self.file(at, value);
            self.verify(at);
        }
    }

    /// Files a result that waits for a person.
    pub fn file(&mut self, at: usize, value: &str) {
        let test = &mut self.tests[at];
        let definition = self.catalog.test(test.code.as_str()).expect("in the catalog");
        let case = Case {
            catalog: &self.catalog,
            definition,
            patient: &self.patient,
            collected_at: COLLECTED,
            previous: None,
        };
        let judged = judge(&case, read(definition, value).expect("a value"));
        let id = ResultId(test.id.0 * 10 + i64::from(test.versions));
        test.result = Some(id);
        test.versions += 1;
        test.state = TestState::Review;
        let bench = i64::from(test.bench != "hematology") + 1;
        self.results.push(ResultVersion {
            id,
            test: test.id,
            accession: test.accession,
            patient: test.patient,
            code: test.code.clone(),
            version: test.versions,
            value: judged.value,
            unit: definition.unit.clone(),
            flag: judged.flag,
            limits: judged.limits,
            delta: None,
            holds: judged.holds,
            source: match test.code.as_str() {
                "AGAP" | "EGFR" => Source::Calculated("C_ANY".into()),
                _ => Source::Instrument {
                    instrument: InstrumentId(bench),
                    message: None,
                    sent: value.into(),
                    flags: vec!["INTERNAL".into()],
                    at: None,
                },
            },
            filed_at: COLLECTED.plus_minutes(35),
            filed_by: Actor::Instrument(InstrumentId(bench)),
            catalog_release: 3,
            comment: String::new(),
            amends: None,
            ruling: None,
            detail: Default::default(),
        });
    }

    pub fn verify(&mut self, at: usize) {
        let minutes = if self.tests[at].bench == "hematology" { 38 } else { 47 };
        let test = &mut self.tests[at];
        test.state = TestState::Verified;
        test.verified = test.result.map(|result| Verified {
            result,
            at: COLLECTED.plus_minutes(minutes),
            by: Actor::Person(PersonId(1), Role::Mls),
        });
    }

    fn note(&mut self, code: &str, note: &str) {
        let test = self.tests.iter_mut().find(|test| test.code.as_str() == code);
        test.expect("ordered").note = note.into();
    }

    fn previous(&mut self, code: &str, value: &str, change: &str, exceeded: bool) {
        let result = self.results.iter_mut().find(|result| result.code.as_str() == code);
        result.expect("filed").delta = Some(Delta {
            previous: ResultId(1),
            value: value.into(),
            at: COLLECTED.plus_minutes(-3 * 24 * 60),
            change: change.into(),
            exceeded,
        });
    }

    fn by_hand(&mut self, code: &str) {
        let result = self.results.iter_mut().find(|result| result.code.as_str() == code);
        result.expect("filed").source = Source::Manual;
    }
}

fn person(id: i64, shown: &str, role: Role) -> Person {
    Person {
        id: PersonId(id),
        sign_in: shown.to_lowercase(),
        shown: shown.into(),
        role,
        secret_seal: None,
        failures: 0,
        locked_until: None,
        standing: lab::people::Standing::Works,
        must_choose: false,
    }
}

fn instrument(id: i64, name: &str) -> Instrument {
    Instrument {
        id: InstrumentId(id),
        name: name.into(),
        driver: "any".into(),
        sender: name.into(),
        codes: Default::default(),
        unused: Vec::new(),
        wiring: Default::default(),
    }
}
