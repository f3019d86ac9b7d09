//! Who may do what: the table a laboratory director signs, and that every command obeys it before
//! it looks at anything.
//!
//! With `MENISCUS_BLESS=1` the table is written anew, to be read before it is kept.

use std::path::{Path, PathBuf};

use lab::accession::{Condition, Looked};
use lab::command::Command;
use lab::event::Known;
use lab::instrument::{CodeUse, Material};
use lab::journey::add_on::AddTests;
use lab::journey::analyze::{
    EnterResult, FileReadings, ReplayMessage, ReplayUnclaimed, ResolveUnclaimed, Settle,
};
use lab::journey::call::RecordCall;
use lab::journey::collect::CollectSpecimens;
use lab::journey::connect::{ChangeInstrument, MapCode};
use lab::journey::correct::{AmendResult, Amended, DismissLate};
use lab::journey::directory::{EditDirectory, Entry};
use lab::journey::draft::{DiscardDraft, DraftCatalog, ReleaseDraft};
use lab::journey::order::{CancelOrder, CancelTest, CreditTest};
use lab::journey::person::{ChooseOwnPassword, ResetPassword, SetRole, SetStanding};
use lab::journey::process::*;
use lab::journey::receive::{
    ReceiveInspected, ReceiveSpecimen, RecollectSpecimen, RejectSpecimen, RejectTests, Seen,
};
use lab::journey::register::{
    AmendPatient, Amendment, MergePatients, RecordEncounter, UnmergePatients,
};
use lab::journey::report::{IssueReport, NameLaboratory};
use lab::journey::rules::{GivePreliminary, SwitchRules};
use lab::journey::setup::{Attempt, ReleaseCatalog, SetPassword, SignIn};
use lab::journey::verify::{HoldResult, RequestDilution, RequestRerun, VerifyResults};
use lab::letterhead::Letterhead;
use lab::patient::EncounterClass;
use lab::people::{Actor, Ask, Role, Standing, may, who_may};
use lab::refusal::Refusal;
use lab::storage::Destination;
use lab::value::{
    AccessionId, DispatchId, DraftId, IdentifierId, InstrumentId, Label, MergeId, MessageId,
    PatientId, PersonId, PersonName, Sex, SpecimenId, TestId, UnclaimedId, Zone,
};

use crate::bench::*;

/// A file below `lab/tests`.
pub fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// Compares a text with the one kept; blessing writes it anew.
pub fn compare(name: &str, text: &str) {
    let file = kept(name);
    if std::env::var_os("MENISCUS_BLESS").is_some() {
        std::fs::write(&file, text).expect("the kept text can be written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, text, "{name} is not what it was; MENISCUS_BLESS=1 keeps the new one");
}

#[test]
fn the_table_is_the_one_that_was_signed() {
    compare("who_may.txt", &who_may());
}

/// One of each command about one result.
fn about_a_result() -> Vec<Command> {
    let (test, looked_at) = (TestId(7), Looked::default());
    let reason = || "why".to_owned();
    vec![
        CancelTest { test, looked_at, reason: reason() }.into(),
        EnterResult { test, looked_at, typed: reason(), not_performed: reason() }.into(),
        HoldResult { test, looked_at, reason: reason() }.into(),
        RequestRerun { test, looked_at, reason: reason() }.into(),
        RequestDilution { test, looked_at, dilution: String::new() }.into(),
        GivePreliminary { test, looked_at }.into(),
        AmendResult {
            test,
            looked_at,
            new: Amended::Nothing,
            reason: reason(),
            note: reason(),
            told: reason(),
        }
        .into(),
        DismissLate { test, looked_at, reason: reason() }.into(),
        RecordCall { test, looked_at, called: reason(), at: None, read_back: true, note: reason() }
            .into(),
    ]
}

/// One of each command about patients and the directory, about things that do not exist.
fn one_of_each_about_patients() -> Vec<Command> {
    let (patient, reason) = (PatientId(7), || "why".to_owned());
    let nobody = Known {
        name: PersonName { family: String::new(), given: String::new() },
        birth_date: None,
        sex: Sex::Unknown,
        deceased: false,
    };
    let amendment = Amendment::Retire(IdentifierId(7));
    let (from, into) = ((patient, nobody.clone()), (patient, nobody));
    vec![
        AmendPatient { patient, amendment, reason: reason() }.into(),
        RecordEncounter {
            patient,
            number: reason(),
            class: EncounterClass::Inpatient,
            location: None,
            admitted_at: NINE,
            discharged_at: None,
        }
        .into(),
        MergePatients { from, into, although_different: false, reason: reason() }.into(),
        UnmergePatients { merge: MergeId(7), reason: reason() }.into(),
        EditDirectory { entry: Entry::Provider(None, crate::register::provider(" ")) }.into(),
    ]
}

/// One of each command, about things that do not exist.
fn one_of_each() -> Vec<Command> {
    let mut all = one_of_each_about_tubes();
    all.extend(one_of_each_about_patients());
    all
}

fn one_of_each_about_tubes() -> Vec<Command> {
    let specimen = SpecimenId(7);
    let reason = || "why".to_owned();
    let label = Label::new(NINE, 99, 1);
    let settle = Settle::Discard;
    let mut others: Vec<Command> = vec![
        order(&["XYZ"]).into(),
        CancelOrder { accession: AccessionId(7), looked_at: Vec::new(), reason: reason() }.into(),
        CreditTest { tests: vec![TestId(7)], reason: reason() }.into(),
        CollectSpecimens {
            specimens: vec![specimen],
            at: NINE,
            identified: true,
            taken: Default::default(),
        }
        .into(),
        ReceiveSpecimen { label }.into(),
        RejectSpecimen { specimen, reason: reason(), note: reason() }.into(),
        FileReadings {
            instrument: InstrumentId(7),
            message: None,
            sent_number: String::new(),
            material: Material::Patient,
            readings: Vec::new(),
        }
        .into(),
        ResolveUnclaimed { unclaimed: UnclaimedId(7), settle, reason: reason() }.into(),
        VerifyResults { tests: Vec::new(), reason: reason() }.into(),
        ReplayUnclaimed {
            unclaimed: UnclaimedId(7),
            readings: Vec::new(),
            supposing: None,
            reason: reason(),
        }
        .into(),
        ReplayMessage { message: MessageId(7), reason: String::new() }.into(),
        analyzer(" ").into(),
        ChangeInstrument {
            instrument: InstrumentId(7),
            name: reason(),
            driver: reason(),
            sender: reason(),
            wiring: Default::default(),
            reason: reason(),
        }
        .into(),
        MapCode {
            instrument: InstrumentId(7),
            code: reason(),
            to: CodeUse::Unused,
            reason: reason(),
        }
        .into(),
    ];
    others.extend(about_the_house());
    others.extend(tubes(specimen));
    about_a_result().into_iter().chain(others).collect()
}

fn about_the_house() -> Vec<Command> {
    let reason = || "why".to_owned();
    vec![
        crate::setup::person(" ").into(),
        SetPassword { person: PersonId(7), seal: reason(), digest: reason() }.into(),
        SignIn { person: PersonId(7), attempt: Attempt::Right }.into(),
        ReleaseCatalog { files: vec![("x".into(), "x".into())], reason: reason() }.into(),
        ResetPassword { person: PersonId(7), seal: reason(), digest: reason() }.into(),
        ChooseOwnPassword { person: PersonId(7), seal: reason(), digest: reason() }.into(),
        SetRole { person: PersonId(7), role: Role::Mls, reason: reason() }.into(),
        SetStanding { person: PersonId(7), standing: Standing::Left, reason: reason() }.into(),
        DraftCatalog { files: vec![("x".into(), "x".into())], note: reason() }.into(),
        ReleaseDraft { draft: DraftId(7), reason: reason() }.into(),
        DiscardDraft { draft: DraftId(7), reason: reason() }.into(),
        NameLaboratory::default().into(),
        SwitchRules { on: false, reason: reason() }.into(),
        IssueReport {
            accession: lab::value::AccessionId(7),
            to: reason(),
            looked_at: Vec::new(),
            letterhead: Letterhead::default(),
        }
        .into(),
    ]
}

fn tubes(specimen: SpecimenId) -> Vec<Command> {
    let (label, seen) = (Label::new(NINE, 99, 1), Seen::default());
    let (specimens, tests, told) = (vec![specimen], Vec::new(), String::new());
    let condition = Condition::default();
    let (zone, to, shape) = (Zone::Room, Destination::Bench, (0, 0));
    let empty = String::new;
    vec![
        ReceiveInspected { label, seen }.into(),
        RejectTests { specimen, tests, reason: empty(), note: empty(), told: None }.into(),
        RecollectSpecimen { specimen, told: told.clone() }.into(),
        GradeSpecimen { specimen, condition, volume_ml: None }.into(),
        SpinSpecimens { specimens: specimens.clone() }.into(),
        MakeAliquot { specimen, tests: Vec::new(), volume_ml: None }.into(),
        MakeSlide { specimen, tests: Vec::new() }.into(),
        StoreSpecimen { specimen, place: empty(), spot: empty() }.into(),
        FetchSpecimen { specimen }.into(),
        DiscardSpecimens { specimens: specimens.clone() }.into(),
        DispatchSpecimens { specimens: specimens.clone(), to, name: empty(), zone, note: empty() }
            .into(),
        ArriveSpecimens { dispatch: DispatchId(7), specimens }.into(),
        LoseSpecimen { specimen, note: empty(), told }.into(),
        FindSpecimen { specimen }.into(),
        AddTests { specimen, codes: Vec::new(), provider: empty(), confirmed: None }.into(),
        AddStoragePlace { code: empty(), unit: empty(), shelf: empty(), zone, shape }.into(),
    ]
}

#[test]
fn every_command_obeys_the_table_before_anything_else() {
    let bench = Bench::new();
    let people = Role::ALL.map(|role| Actor::Person(PersonId(1), role));
    let actors = people.into_iter().chain([bench.machine(), Actor::System]);
    for actor in actors {
        for command in one_of_each() {
            let ask = command.ask();
            let answered = bench.ask(actor, command).expect_err("all of it is refused");
            let refused = answered == Refusal::NotPermitted { ask: ask.words().to_owned() };
            assert_eq!(refused, !may(actor, ask), "{actor:?} asks {ask:?}: {answered:?}");
        }
    }
}

#[test]
fn every_command_stands_in_the_table_once() {
    let asked: Vec<Ask> = one_of_each().iter().map(Command::ask).collect();
    assert_eq!(asked.len(), 58);
    for ask in &asked {
        assert!(Ask::ALL.contains(ask), "{ask:?}");
        assert_eq!(asked.iter().filter(|other| *other == ask).count(), 1, "{ask:?}");
    }
}

#[test]
fn a_command_that_is_added_is_tried_here() {
    // A command that is added is found here: the compiler asks for its arm.
    for command in one_of_each() {
        match command {
            Command::PlaceOrder(_)
            | Command::CancelTest(_)
            | Command::CancelOrder(_)
            | Command::CreditTest(_)
            | Command::AmendPatient(_)
            | Command::RecordEncounter(_)
            | Command::MergePatients(_)
            | Command::UnmergePatients(_)
            | Command::EditDirectory(_)
            | Command::CollectSpecimens(_)
            | Command::ReceiveSpecimen(_)
            | Command::RejectSpecimen(_)
            | Command::ReceiveInspected(_)
            | Command::RejectTests(_)
            | Command::RecollectSpecimen(_)
            | Command::GradeSpecimen(_)
            | Command::SpinSpecimens(_)
            | Command::MakeAliquot(_)
            | Command::MakeSlide(_)
            | Command::StoreSpecimen(_)
            | Command::FetchSpecimen(_)
            | Command::DiscardSpecimens(_)
            | Command::DispatchSpecimens(_)
            | Command::ArriveSpecimens(_)
            | Command::LoseSpecimen(_)
            | Command::FindSpecimen(_)
            | Command::AddTests(_)
            | Command::AddStoragePlace(_)
            | Command::FileReadings(_)
            | Command::EnterResult(_)
            | Command::ResolveUnclaimed(_)
            | Command::VerifyResults(_)
            | Command::HoldResult(_)
            | Command::RequestRerun(_)
            | Command::RequestDilution(_)
            | Command::GivePreliminary(_)
            | Command::SwitchRules(_)
            | Command::ReplayUnclaimed(_)
            | Command::ReplayMessage(_)
            | Command::AmendResult(_)
            | Command::DismissLate(_)
            | Command::RecordCall(_)
            | Command::AddInstrument(_)
            | Command::ChangeInstrument(_)
            | Command::MapCode(_)
            | Command::AddPerson(_)
            | Command::SetPassword(_)
            | Command::SignIn(_)
            | Command::ReleaseCatalog(_)
            | Command::ResetPassword(_)
            | Command::ChooseOwnPassword(_)
            | Command::SetRole(_)
            | Command::SetStanding(_)
            | Command::DraftCatalog(_)
            | Command::ReleaseDraft(_)
            | Command::DiscardDraft(_)
            | Command::NameLaboratory(_)
            | Command::IssueReport(_) => {}
        }
    }
}

#[test]
fn what_the_law_of_the_trade_asks_of_the_table() {
    let person = |role| Actor::Person(PersonId(1), role);
    for (role, ask, allowed) in [
        (Role::Reception, Ask::PlaceOrder, true),
        (Role::Reception, Ask::EnterResult, false),
        (Role::Reception, Ask::VerifyResults, false),
        (Role::Mlt, Ask::VerifyResults, true),
        (Role::Mlt, Ask::ReleaseHeld, false),
        (Role::Mls, Ask::ReleaseHeld, true),
        (Role::Student, Ask::VerifyResults, false),
        (Role::Student, Ask::EnterResult, false),
        (Role::Physician, Ask::SeeReports, true),
        (Role::Physician, Ask::SeeUnverified, false),
        (Role::Administrator, Ask::SeePatients, false),
        (Role::Administrator, Ask::VerifyResults, false),
        (Role::Epidemiologist, Ask::SeePatients, false),
        (Role::Supervisor, Ask::ReleaseCatalog, false),
        (Role::Director, Ask::ReleaseCatalog, true),
    ] {
        assert_eq!(may(person(role), ask), allowed, "{role:?} {ask:?}");
    }
    for ask in Ask::ALL {
        let only_filing = ask == Ask::FileReadings;
        assert_eq!(may(Actor::Instrument(InstrumentId(1)), ask), only_filing, "{ask:?}");
    }
}
