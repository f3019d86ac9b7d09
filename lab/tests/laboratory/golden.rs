//! One golden text for each thing that can happen: it decodes for ever, and what is decoded
//! encodes to the same text.
//!
//! What must stay true: a kept text is never edited. With `MENISCUS_BLESS=1` the text of a new
//! event is written; one that is kept stays as it is.
//!
//! Reason for its length: one of each thing that can happen stands here.

use std::collections::BTreeSet;

use lab::accession::{
    Accession, Amendment, Amends, Attempt, Delta, Flag, Hold, Limits, ResultVersion, Source,
    Specimen, Test, TestState, Touched,
};
use lab::event::{AccessionEvent, Event, InstrumentEvent, PeopleEvent, ReportEvent, ResultEvent};
use lab::instrument::{
    Claim, CodeUse, Connection, ControlReadings, ControlRule, Detail, Instrument, Material, Nature,
    Reading, Unclaimed, Unplaced, Wiring,
};
use lab::issue::{Issue, ReportState};
use lab::patient::Patient;
use lab::people::{Actor, Person, Role, Standing};
use lab::release::{CatalogDraft, CatalogRelease, DraftFate};
use lab::value::{
    AccessionId, BirthDate, ControlId, DraftId, InstrumentId, IssueId, Label, MessageId, Moment,
    PatientId, PersonId, PersonName, Priority, ResultId, Sex, SpecimenId, TestId, UnclaimedId,
    Value,
};

use crate::bench::{CY, NINE, reading, readings, variant};
use crate::permitted::kept;

const FOLDER: &str = "golden/events";

/// The name of an event's golden text. The compiler asks here for every event that is added; then
/// it also gets its example in [`one_of_each`].
fn name(event: &Event) -> &'static str {
    match event {
        Event::People(event) => match event {
            PeopleEvent::PersonAdded(_) => "person_added",
            PeopleEvent::PasswordSet { .. } => "password_set",
            PeopleEvent::SignedIn { .. } => "signed_in",
            PeopleEvent::SignInFailed { .. } => "sign_in_failed",
            PeopleEvent::SignedOut { .. } => "signed_out",
            PeopleEvent::CatalogReleased(_) => "catalog_released",
            PeopleEvent::OneTimePasswordSet { .. } => "one_time_password_set",
            PeopleEvent::PasswordChosen { .. } => "password_chosen",
            PeopleEvent::RoleSet { .. } => "role_set",
            PeopleEvent::StandingSet { .. } => "standing_set",
            PeopleEvent::CatalogDrafted(_) => "catalog_drafted",
            PeopleEvent::DraftReleased { .. } => "draft_released",
            PeopleEvent::DraftDiscarded { .. } => "draft_discarded",
        },
        Event::Patient(event) => crate::golden_patients::name(event),
        Event::Directory(event) => crate::golden_patients::name_in_directory(event),
        Event::Accession(event) => match event {
            AccessionEvent::OrderPlaced { .. } => "order_placed",
            AccessionEvent::SpecimenCollected { .. } => "specimen_collected",
            AccessionEvent::SpecimenReceived { .. } => "specimen_received",
            AccessionEvent::SpecimenRejected { .. } => "specimen_rejected",
            AccessionEvent::TestCancelled { .. } => "test_cancelled",
            AccessionEvent::TestCredited(_) => "test_credited",
        },
        Event::Result(event) => match event {
            ResultEvent::ResultFiled(_) => "result_filed",
            ResultEvent::ResultVerified { .. } => "result_verified",
            ResultEvent::ResultHeld { .. } => "result_held",
            ResultEvent::RerunRequested { .. } => "rerun_requested",
            ResultEvent::LateResultFiled(_) => "late_result_filed",
            ResultEvent::LateResultDismissed { .. } => "late_result_dismissed",
            ResultEvent::ResultAmended(_) => "result_amended",
            ResultEvent::CriticalCalled { .. } => "critical_called",
        },
        Event::Tube(event) => crate::golden_tube::name(event),
        Event::Rule(event) => crate::golden_rule::name(event),
        Event::Report(event) => match event {
            ReportEvent::LaboratoryNamed(_) => "laboratory_named",
            ReportEvent::ReportIssued(_) => "report_issued",
        },
        Event::Instrument(event) => match event {
            InstrumentEvent::InstrumentAdded(_) => "instrument_added",
            InstrumentEvent::ReadingsReceived { .. } => "readings_received",
            InstrumentEvent::ReadingsUnclaimed(_) => "readings_unclaimed",
            InstrumentEvent::UnclaimedGiven { .. } => "unclaimed_given",
            InstrumentEvent::UnclaimedDiscarded { .. } => "unclaimed_discarded",
            InstrumentEvent::InstrumentChanged { .. } => "instrument_changed",
            InstrumentEvent::CodeMapped { .. } => "code_mapped",
            InstrumentEvent::ControlsReceived(_) => "controls_received",
            InstrumentEvent::UnclaimedToControls { .. } => "unclaimed_to_controls",
            InstrumentEvent::UnclaimedReplayed { .. } => "unclaimed_replayed",
            InstrumentEvent::MessageReplayed { .. } => "message_replayed",
        },
    }
}

/// How many names [`name`] knows; counted from the folder too.
pub const EVENTS: usize = 68;

fn one_of_each() -> Vec<Event> {
    let mut all = people();
    all.extend(crate::golden_patients::all());
    all.extend(accessions());
    all.extend(results());
    all.extend(papers());
    all.extend(instruments());
    all.extend(crate::golden_tube::one_of_each().into_iter().map(Event::Tube));
    all.extend(crate::golden_rule::one_of_each().into_iter().map(Event::Rule));
    all
}

fn people() -> Vec<Event> {
    let person = PersonId(101);
    let cy = Person {
        id: person,
        sign_in: "cy".into(),
        shown: "Cy Quist".into(),
        role: Role::Mls,
        secret_seal: Some("0f".repeat(32)),
        failures: 1,
        locked_until: Some(NINE),
        standing: Standing::Works,
        must_choose: false,
    };
    let release = CatalogRelease {
        release: 2,
        files: vec![("catalog/panels.toml".into(), "# none yet\n".into())],
        reason: "yearly review".into(),
    };
    let draft = CatalogDraft {
        id: DraftId(701),
        base: 2,
        files: vec![("catalog/panels.toml".into(), "# one\n".into())],
        note: "a panel for the renal ward".into(),
        at: NINE,
        by: CY,
        fate: DraftFate::Open,
    };
    let all = vec![
        PeopleEvent::PersonAdded(cy),
        PeopleEvent::PasswordSet { person, seal: "0f".repeat(32) },
        PeopleEvent::SignedIn { person },
        PeopleEvent::SignInFailed { person, locked_until: Some(NINE.plus_minutes(15)) },
        PeopleEvent::SignedOut { person },
        PeopleEvent::CatalogReleased(release),
        PeopleEvent::OneTimePasswordSet { person, seal: "0f".repeat(32) },
        PeopleEvent::PasswordChosen { person, seal: "0f".repeat(32) },
        PeopleEvent::RoleSet { person, role: Role::Supervisor, reason: "Dora left".into() },
        PeopleEvent::StandingSet { person, standing: Standing::Left, reason: "moved".into() },
        PeopleEvent::CatalogDrafted(draft),
        PeopleEvent::DraftReleased { draft: DraftId(701), release: 3 },
        PeopleEvent::DraftDiscarded { draft: DraftId(701), reason: "not approved".into() },
    ];
    all.into_iter().map(Event::People).collect()
}

fn accessions() -> Vec<Event> {
    let (specimen, at) = (SpecimenId(302), NINE);
    let accession = Accession {
        id: AccessionId(301),
        label: Label::new(NINE, 1, 0),
        patient: PatientId(201),
        priority: Priority::Stat,
        ordered_at: NINE,
        provider: "Dr. Okafor".into(),
        comment: "before surgery".into(),
        sequence: (20_781, 1),
        circumstances: Default::default(),
    };
    let tube = Specimen::ordered(specimen, AccessionId(301), Label::new(NINE, 1, 1), "SST_GOLD");
    let test = Test {
        id: TestId(303),
        accession: AccessionId(301),
        patient: PatientId(201),
        specimen,
        code: "K".into(),
        panel: Some("BMP".into()),
        bench: "chemistry".into(),
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
    };
    let (reason, note) = ("UNLABELED".into(), "no label at all".into());
    let all = vec![
        AccessionEvent::OrderPlaced { accession, specimens: vec![tube], tests: vec![test] },
        AccessionEvent::SpecimenCollected { specimen, at, how: None },
        AccessionEvent::SpecimenReceived { specimen, at: NINE.plus_minutes(20) },
        AccessionEvent::SpecimenRejected { specimen, reason, note },
        AccessionEvent::TestCancelled {
            test: TestId(303),
            reason: "ordered twice".into(),
            by: None,
        },
    ];
    all.into_iter().map(Event::Accession).collect()
}

fn papers() -> Vec<Event> {
    let letterhead = crate::issued::letterhead();
    let patient = Patient {
        id: PatientId(201),
        record_number: "MRN-1".into(),
        name: PersonName { family: "Lee".into(), given: "Ann".into() },
        birth_date: BirthDate::read("1980-05-17"),
        sex: Sex::Female,
        deceased: false,
        merged_into: None,
    };
    let issue = Issue {
        id: IssueId(601),
        accession: AccessionId(301),
        number: 1,
        at: NINE,
        by: CY,
        to: "Dr. Okafor".into(),
        standing: ReportState::Preliminary,
        patient,
        letterhead: letterhead.clone(),
        results: vec![ResultId(401)],
    };
    let all =
        vec![ReportEvent::LaboratoryNamed(letterhead), ReportEvent::ReportIssued(Box::new(issue))];
    all.into_iter().map(Event::Report).collect()
}

fn results() -> Vec<Event> {
    let (test, result) = (TestId(303), ResultId(401));
    let by = Touched { at: NINE, by: CY };
    let attempt = Attempt {
        result,
        at: NINE,
        by: CY,
        called: "Nurse Adeyemi, RN".into(),
        read_back: true,
        note: "ward 4".into(),
    };
    let all = vec![
        ResultEvent::ResultFiled(Box::new(filed_version(every_hold()))),
        ResultEvent::ResultVerified {
            test,
            result,
            at: NINE,
            by: CY,
            reason: "called".into(),
            rule: String::new(),
        },
        ResultEvent::ResultHeld { test, reason: "ask the ward".into(), by: None },
        ResultEvent::RerunRequested { test, reason: "bubble".into(), by: None },
        ResultEvent::LateResultFiled(Box::new(filed_version(vec![Hold::AfterRelease]))),
        ResultEvent::LateResultDismissed { test, result, reason: "same tube".into(), by },
        ResultEvent::ResultAmended(Box::new(amended_version())),
        ResultEvent::CriticalCalled { test, attempt },
    ];
    all.into_iter().map(Event::Result).collect()
}

pub fn filed_version(holds: Vec<Hold>) -> ResultVersion {
    let delta = Delta {
        previous: ResultId(399),
        value: "4.2".into(),
        at: Moment::from_micros(NINE.micros() - 1),
        change: "+2.7".into(),
        exceeded: true,
    };
    ResultVersion {
        id: ResultId(401),
        test: TestId(303),
        accession: AccessionId(301),
        patient: PatientId(201),
        code: "K".into(),
        version: 1,
        value: Value::read_quantity("6.9").expect("a quantity"),
        unit: "mmol/L".into(),
        flag: Some(Flag::HH),
        limits: Limits {
            low: "3.5".parse().ok(),
            high: "5.1".parse().ok(),
            critical_low: "2.8".parse().ok(),
            critical_high: "6.2".parse().ok(),
            differ: None,
        },
        delta: Some(delta),
        holds,
        source: Source::Instrument {
            instrument: InstrumentId(501),
            message: Some(MessageId(601)),
            sent: "6.90".into(),
            flags: vec!["HH".into()],
            at: Some("20261124090301".into()),
        },
        filed_at: NINE,
        filed_by: Actor::Instrument(InstrumentId(501)),
        catalog_release: 1,
        comment: String::new(),
        amends: None,
        ruling: None,
        detail: Default::default(),
    }
}

fn amended_version() -> ResultVersion {
    let amends = Amends {
        version: ResultId(401),
        kind: Amendment::Corrected,
        value: Value::read_quantity("6.9").expect("a quantity"),
        unit: "mmol/L".into(),
        flag: Some(Flag::HH),
        at: NINE,
        by: CY,
        reason: "REPEAT".into(),
        note: "hemolysis overlooked".into(),
        told: "Dr. Okafor, 09:20".into(),
    };
    ResultVersion {
        id: ResultId(402),
        version: 2,
        value: Value::read_quantity("4.1").expect("a quantity"),
        flag: None,
        source: Source::Manual,
        comment: "second tube".into(),
        amends: Some(amends),
        ..filed_version(Vec::new())
    }
}

/// The golden text that shows how a hold is written. The compiler asks here for every hold that is
/// added: a kept text is never edited, so the new hold gets a filed result of its own.
fn text_of(hold: &Hold) -> &'static str {
    match hold {
        Hold::Implausible
        | Hold::Unreadable
        | Hold::UnitDiffers(_)
        | Hold::InstrumentFlag(_)
        | Hold::NotMeasured(_)
        | Hold::Critical
        | Hold::MayBeCritical
        | Hold::Delta
        | Hold::SecondValue
        | Hold::HeldInput(_)
        | Hold::Person(_) => "result_filed",
        Hold::GivenByHand => "result_filed_given_by_hand",
        Hold::Uncoded => "result_filed_uncoded",
        Hold::AfterRelease => "late_result_filed",
        Hold::AboveRange => "result_filed_ruled",
        Hold::Specimen(_) => "result_filed_specimen",
        Hold::NotSpun => "result_filed_not_spun",
    }
}

/// Every hold there was when the text of a filed result was kept: their written forms are part of
/// it.
fn every_hold() -> Vec<Hold> {
    vec![
        Hold::Implausible,
        Hold::Unreadable,
        Hold::UnitDiffers("mg/dL".into()),
        Hold::InstrumentFlag("HEM".into()),
        Hold::NotMeasured("----".into()),
        Hold::Critical,
        Hold::MayBeCritical,
        Hold::Delta,
        Hold::SecondValue,
        Hold::HeldInput("SOD".into()),
        Hold::Person("ask the ward".into()),
    ]
}

fn instruments() -> Vec<Event> {
    let (unclaimed, specimen) = (UnclaimedId(701), SpecimenId(302));
    let reason: String = "tube stood in position 7".into();
    let instrument = InstrumentId(501);
    let added = Instrument {
        id: instrument,
        name: "Chem 1".into(),
        driver: "astm_plain".into(),
        sender: "CHEM".into(),
        codes: [("Na".to_owned(), "SOD".into())].into(),
        unused: vec!["LIP".into()],
        wiring: Default::default(),
    };
    let doubted = Reading {
        nature: Nature::Flag,
        unit: "mmol/L".into(),
        flags: vec!["A".into()],
        at: Some("20261124090301".into()),
        ..reading("Hemolysis?", "120")
    };
    let waiting = Unclaimed {
        id: unclaimed,
        instrument,
        message: None,
        at: NINE,
        sent_number: "ERR".into(),
        because: Unplaced::NoSuchSpecimen,
        readings: readings("K=4.2"),
        claim: Claim::Open,
    };
    let message = Some(MessageId(601));
    let beside = vec![doubted];
    let all = vec![
        InstrumentEvent::InstrumentAdded(added),
        InstrumentEvent::ReadingsReceived { instrument, message, specimen, beside },
        InstrumentEvent::ReadingsUnclaimed(waiting),
        InstrumentEvent::UnclaimedGiven { unclaimed, specimen, reason: reason.clone() },
        InstrumentEvent::UnclaimedDiscarded { unclaimed, reason },
    ];
    all.into_iter().chain(wired()).map(Event::Instrument).collect()
}

/// What came with connections, code maps and controls.
fn wired() -> Vec<InstrumentEvent> {
    let (unclaimed, instrument) = (UnclaimedId(701), InstrumentId(501));
    let reason: String = "new reagent".into();
    let changed = Instrument {
        id: instrument,
        name: "Chem 1".into(),
        driver: "mindray_bs".into(),
        sender: "BS-".into(),
        codes: [("1".to_owned(), "GLU".into())].into(),
        unused: Vec::new(),
        wiring: Wiring {
            connection: Connection::Dial { host: "10.0.0.7".into(), port: 4001 },
            controls: ControlRule::read("QC-* OBR-15.7=Q").expect("a rule"),
            ..Wiring::default()
        },
    };
    let told = Reading {
        detail: Detail {
            dilution: Some("1:10".into()),
            lot: Some("L-77".into()),
            method: None,
            operator: Some("ben".into()),
            module: Some("A1".into()),
            status: Some("F".into()),
            run: Some("2".into()),
            picture_bytes: Some(12_345),
            concerns: vec!["PLT".into()],
        },
        ..reading("GLU", "98")
    };
    let controls = ControlReadings {
        id: ControlId(801),
        instrument,
        message: Some(MessageId(601)),
        at: NINE,
        sent_number: "QC-1".into(),
        material: Material::Control,
        readings: vec![told],
    };
    let (code, to, message) = ("1".to_owned(), CodeUse::Test("GLU".into()), MessageId(601));
    vec![
        InstrumentEvent::InstrumentChanged { instrument: changed, reason: reason.clone() },
        InstrumentEvent::CodeMapped { instrument, code, to, reason: reason.clone() },
        InstrumentEvent::ControlsReceived(controls.clone()),
        InstrumentEvent::UnclaimedToControls { unclaimed, controls, reason: reason.clone() },
        InstrumentEvent::UnclaimedReplayed { unclaimed, reason: reason.clone() },
        InstrumentEvent::MessageReplayed { message, reason },
    ]
}

#[test]
fn every_event_has_an_example_and_every_example_its_own_name() {
    let names: BTreeSet<&str> = one_of_each().iter().map(name).collect();
    assert_eq!((names.len(), one_of_each().len()), (EVENTS, EVENTS));
    for event in one_of_each() {
        let plain: String = name(&event).split('_').map(capital).collect();
        assert_eq!(plain, variant(&event), "the golden text is named like the event");
    }
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[test]
fn every_golden_text_decodes_and_encodes_to_itself() {
    for event in one_of_each() {
        decodes_and_encodes(name(&event), &event);
    }
}

#[test]
fn every_hold_has_a_golden_text_that_decodes_and_encodes_to_itself() {
    for hold in every_hold() {
        assert_eq!(text_of(&hold), "result_filed");
    }
    let why = "Hemolysis 250 mg/dL; K bears 50.".into();
    for hold in [Hold::GivenByHand, Hold::Uncoded, Hold::Specimen(why), Hold::NotSpun] {
        let text = text_of(&hold);
        let later = filed_version(vec![hold]);
        decodes_and_encodes(text, &Event::Result(ResultEvent::ResultFiled(Box::new(later))));
    }
}

/// The kept text of this name is this event's, for ever.
pub fn decodes_and_encodes(name: &str, event: &Event) {
    let file = kept(&format!("{FOLDER}/{name}.json"));
    if std::env::var_os("MENISCUS_BLESS").is_some() && !file.exists() {
        let text = serde_json::to_string_pretty(event).expect("an event has a written form");
        std::fs::write(&file, text + "\n").expect("the golden text can be written");
    }
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let decoded: Event = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{name} does not decode: {error}"));
    assert_eq!(decoded, *event);
    let again = serde_json::to_string_pretty(&decoded).expect("it has a written form") + "\n";
    assert_eq!(again, text, "{name}");
}

#[test]
fn no_golden_text_is_of_an_event_that_is_no_more() {
    let folder = std::fs::read_dir(kept(FOLDER)).expect("the golden texts");
    let mut found = BTreeSet::new();
    for entry in folder {
        let path = entry.expect("a golden text").path();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let event: Event = serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{}: an event was renamed or removed: {error}", path.display())
        });
        found.insert(name(&event));
    }
    assert_eq!(found.len(), EVENTS);
}
