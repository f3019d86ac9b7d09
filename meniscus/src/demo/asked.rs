//! What is asked on the way of an order of the past: the commands, each as the person at the bench
//! would have asked it.
//!
//! What must stay true: what the plan says is in a tube is what its instrument sends; nothing is
//! asked that a good laboratory would not ask.

use lab::accession::{Flag, Looked, Specimen};
use lab::event::{AccessionEvent, Event, ResultEvent, TubeEvent};
use lab::instrument::{Instrument, Material, Nature, Reading};
use lab::journey::add_on::AddTests;
use lab::journey::analyze::FileReadings;
use lab::journey::call::RecordCall;
use lab::journey::correct::{AmendResult, Amended};
use lab::journey::process::{LoseSpecimen, MakeAliquot};
use lab::journey::receive::RejectTests;
use lab::value::{TestCode, TestId, Value};
use simlab::day::{Bench, PlannedOrder, PlannedTube};
use simlab::error::Fault;

/// Who is told that blood is taken again.
const WARD_NURSE: &str = "R. Adeyemi, RN";

/// The test that is added to a tube afterwards, and the one that is measured from a part of it.
pub const ADDED: &str = "LD";

/// A tube of an order, with what is to be measured from it and what was filed of it as it was last
/// looked at.
pub struct Tube {
    pub specimen: Specimen,
    pub bench: Bench,
    /// Tests on it that wait to be measured.
    pub tests: Vec<(TestId, TestCode)>,
    /// Minutes by which it is later than the plan; what is taken again is without fault.
    pub late: u32,
    /// True once a test was added to it, or taken to a part of it.
    pub added: bool,
    pub filed: Vec<Filed>,
}

/// A result of a tube.
pub struct Filed {
    pub test: TestId,
    code: TestCode,
    value: Value,
    pub looked: Looked,
    /// True while somebody is to be called.
    pub critical: bool,
}

/// The tubes of what was ordered, by whichever event: of an order, or in place of a tube.
pub fn tubes(order: &PlannedOrder, events: &[Event], late: u32) -> Vec<Tube> {
    let placed = events.iter().find_map(|event| match event {
        Event::Accession(AccessionEvent::OrderPlaced { specimens, tests, .. }) => {
            Some((specimens, tests))
        }
        _ => None,
    });
    let Some((specimens, tests)) = placed else { return Vec::new() };
    let tube = |specimen: &Specimen| {
        let on_it = tests.iter().filter(|test| test.specimen == specimen.id);
        let planned = order.tubes.iter().find(|t| t.bench.container() == specimen.container)?;
        Some(Tube {
            specimen: specimen.clone(),
            bench: planned.bench,
            tests: on_it.map(|test| (test.id, test.code.clone())).collect(),
            late,
            added: false,
            filed: Vec::new(),
        })
    };
    specimens.iter().filter_map(tube).collect()
}

impl Tube {
    /// The part made of it, which takes over some of its tests.
    pub fn part(&mut self, events: &[Event]) -> Option<Tube> {
        let (part, moved) = events.iter().find_map(|event| match event {
            Event::Tube(TubeEvent::PartMade { part, tests, .. }) => Some((part, tests)),
            _ => None,
        })?;
        let (theirs, own) = self.tests.drain(..).partition(|(id, _)| moved.contains(id));
        self.tests = own;
        self.added = true;
        let specimen = Specimen::clone(part);
        let (bench, late, filed) = (self.bench, self.late, Vec::new());
        Some(Tube { specimen, bench, tests: theirs, late, added: true, filed })
    }

    /// Takes up the tests that were added to it.
    pub fn add(&mut self, events: &[Event]) {
        let added = events.iter().find_map(|event| match event {
            Event::Tube(TubeEvent::TestsAdded { tests, .. }) => Some(tests),
            _ => None,
        });
        let added = added.into_iter().flatten();
        self.tests = added.map(|test| (test.id, test.code.clone())).collect();
        self.added = true;
    }

    /// The test that is measured from a part of it, where something else is measured too.
    pub fn parted(&self) -> Option<TestId> {
        let found = self.tests.iter().find(|(_, code)| code.as_str() == ADDED)?;
        (self.tests.len() > 1).then_some(found.0)
    }

    /// True where a test may be added: it is serum, and the test was not ordered.
    pub fn takes_more(&self) -> bool {
        let has = self.tests.iter().any(|(_, code)| code.as_str() == ADDED);
        self.bench == Bench::Chemistry && !self.added && !has && self.late == 0
    }
}

impl Filed {
    /// True for a potassium with a figure: what may be measured again after it was released.
    pub fn amendable(&self) -> bool {
        self.value.plain().is_some() && self.code.as_str() == "K"
    }
}

/// A test measured from a tube of its own.
pub fn part(tube: &Tube) -> Option<MakeAliquot> {
    let tests = vec![tube.parted()?];
    Some(MakeAliquot { specimen: tube.specimen.id, tests, volume_ml: None })
}

/// A test added to the tube after its results went out.
pub fn add(tube: &Tube, order: &PlannedOrder) -> AddTests {
    let (specimen, codes) = (tube.specimen.id, vec![ADDED.into()]);
    AddTests { specimen, codes, provider: order.patient.physician.clone(), confirmed: None }
}

/// A tube that nobody finds, ordered anew.
pub fn lose(tube: &Tube) -> LoseSpecimen {
    LoseSpecimen {
        specimen: tube.specimen.id,
        note: "Looked for at the centrifuge and in the racks; seen last at the receipt".into(),
        told: WARD_NURSE.into(),
    }
}

/// A tube with a fault, rejected and ordered anew.
pub fn reject(tube: &Tube, fault: Fault) -> RejectTests {
    RejectTests {
        specimen: tube.specimen.id,
        tests: Vec::new(),
        reason: reason_of(fault).into(),
        note: fault.name().into(),
        told: Some(WARD_NURSE.into()),
    }
}

/// The call about a critical value, answered by somebody who reads it back.
pub fn call(filed: &Filed) -> RecordCall {
    RecordCall {
        test: filed.test,
        looked_at: filed.looked,
        called: WARD_NURSE.into(),
        at: None,
        read_back: true,
        note: String::new(),
    }
}

/// A potassium measured again: a little lower.
pub fn amend(filed: &Filed) -> AmendResult {
    let lower = |value: f64| format!("{:.1}", value - 0.4);
    let lower = filed.value.plain().and_then(|value| value.to_string().parse().ok()).map(lower);
    AmendResult {
        test: filed.test,
        looked_at: filed.looked,
        new: Amended::Typed(lower.unwrap_or_default()),
        reason: "REPEAT".into(),
        note: "Serum spun again and measured again".into(),
        told: "R. Adeyemi, RN, by telephone".into(),
    }
}

/// The versions that were filed.
pub fn filed(events: &[Event]) -> Vec<Filed> {
    let versions = events.iter().filter_map(|event| match event {
        Event::Result(ResultEvent::ResultFiled(version)) => Some(Filed {
            test: version.test,
            code: version.code.clone(),
            value: version.value.clone(),
            looked: Looked::filed(version),
            critical: version.flag.is_some_and(Flag::critical),
        }),
        _ => None,
    });
    versions.collect()
}

/// What the instrument sends of the tests that wait for it.
pub fn file(instrument: &Instrument, planned: &PlannedTube, tube: &Tube) -> FileReadings {
    let sent = |code: &TestCode| {
        instrument.codes.iter().find(|(_, own)| *own == code).map(|(sent, _)| sent.clone())
    };
    let values = if tube.late > 0 { &planned.truth } else { &planned.values };
    let wanted = |code: &TestCode| tube.tests.iter().any(|(_, own)| own == code);
    let readings = values.iter().filter(|(code, _)| wanted(code)).filter_map(|(code, value)| {
        Some(Reading {
            code: sent(code)?,
            nature: Nature::Result,
            value: value.to_string(),
            measured: true,
            unit: String::new(),
            flags: Vec::new(),
            at: None,
            detail: Default::default(),
        })
    });
    FileReadings {
        instrument: instrument.id,
        message: None,
        sent_number: tube.specimen.label.to_string(),
        material: Material::Patient,
        readings: readings.collect(),
    }
}

/// The catalog's reason to reject a tube with a fault.
const fn reason_of(fault: Fault) -> &'static str {
    match fault {
        Fault::Hemolysis { .. } => "HEMOLYZED",
        Fault::EdtaContamination => "WRONG_ORDER_CONTAM",
        Fault::SalineContamination | Fault::DextroseContamination => "CONTAMINATED",
        Fault::MixUp { .. } => "MISLABELED",
        Fault::PlateletClumps => "PLT_CLUMPED",
        Fault::ShortSample => "QNS",
    }
}
