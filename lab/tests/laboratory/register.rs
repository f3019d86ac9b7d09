//! Patients: correcting, other numbers, stays, merging and its undoing; and the directory.

use lab::accession::{Accession, ResultVersion, Test, TestState};
use lab::directory::{Facility, Location, LocationKind, Provider};
use lab::event::Known;
use lab::journey::collect::{CollectSpecimens, Taken};
use lab::journey::directory::{EditDirectory, Entry};
use lab::journey::order::{CancelOrder, CreditTest, PlaceOrder};
use lab::journey::register::{
    AmendPatient, Amendment, MergePatients, RecordEncounter, UnmergePatients,
};
use lab::patient::{Encounter, EncounterClass, IdentifierKind, Merge, Patient, PatientIdentifier};
use lab::refusal::{AboutPatient, Refusal};
use lab::value::{
    BirthDate, FacilityId, IdentifierId, LocationId, MergeId, PatientId, ProviderId, Sex,
};

use crate::bench::*;

/// A provider of this name.
pub fn provider(name: &str) -> Provider {
    Provider {
        id: ProviderId(0),
        name: name.into(),
        number: None,
        telephone: "555-0100".into(),
        closed: false,
    }
}

fn patient(bench: &Bench, record_number: &str) -> Patient {
    let mut all = bench.laboratory.all::<Patient>();
    all.find(|row| row.record_number == record_number).expect("the patient is registered")
}

fn second(codes: &[&str]) -> PlaceOrder {
    PlaceOrder { record_number: "MRN-2".into(), ..order(codes) }
}

/// The merge of MRN-2 into MRN-1.
fn merge(bench: &Bench) -> MergePatients {
    let (from, into) = (patient(bench, "MRN-2"), patient(bench, "MRN-1"));
    MergePatients {
        from: (from.id, Known::of(&from)),
        into: (into.id, Known::of(&into)),
        although_different: false,
        reason: "registered twice".into(),
    }
}

fn unmerge(bench: &Bench) -> UnmergePatients {
    let merge = bench.laboratory.all::<Merge>().last().expect("a merge");
    UnmergePatients { merge: merge.id, reason: "two sisters".into() }
}

fn accessions_of(bench: &Bench, record_number: &str) -> usize {
    let id = patient(bench, record_number).id;
    bench.laboratory.all::<Accession>().filter(|row| row.patient == id).count()
}

/// A third registration of Ann Lee, with a number and a stay, merged into the first; and a test of
/// hers cancelled and credited.
pub fn twice_registered(bench: &mut Bench) {
    let third = PlaceOrder { record_number: "MRN-3".into(), ..order(&["K"]) };
    let ordered = bench.place(third);
    let row = patient(bench, "MRN-3");
    let (number, authority) = ("INS-7".to_owned(), String::new());
    let amendment = Amendment::Add { kind: IdentifierKind::Insurance, value: number, authority };
    bench.does(AMY, AmendPatient { patient: row.id, amendment, reason: "card shown".into() });
    bench.does(
        AMY,
        RecordEncounter {
            patient: row.id,
            number: "E-1".into(),
            class: EncounterClass::Inpatient,
            location: None,
            admitted_at: NINE,
            discharged_at: None,
        },
    );
    let tests = vec![ordered.test("K")];
    let reason = || "twice".to_owned();
    let (accession, first) = (ordered.tests[0].accession, patient(bench, "MRN-1"));
    let looked_at = bench.open(accession);
    bench.does(CY, CancelOrder { accession, looked_at, reason: reason() });
    bench.does(DORA, CreditTest { tests, reason: reason() });
    bench.does(
        DORA,
        MergePatients {
            from: (row.id, Known::of(&row)),
            into: (first.id, Known::of(&first)),
            although_different: false,
            reason: reason(),
        },
    );
}

#[test]
fn a_merge_moves_everything_and_its_undoing_moves_back_that_and_no_more() {
    let mut bench = Bench::new();
    let old = bench.received(&["K"]);
    let other = bench.received_from(second(&["K"]));
    bench.sends(&other, &readings("K=4.0"));
    bench.verified(other.test("K"));
    let before = bench.laboratory.clone();
    let command = merge(&bench);
    bench.does(DORA, command);
    assert_eq!((accessions_of(&bench, "MRN-1"), accessions_of(&bench, "MRN-2")), (2, 0));

    // The surviving patient's next result is compared with what came along.
    bench.sends(&old, &readings("K=4.4"));
    let delta = bench.newest(old.test("K")).delta.expect("a comparison");
    assert_eq!((delta.value.as_str(), delta.change.as_str()), ("4.0", "+0.4"));
    let since = bench.order(&["K"]);

    let command = unmerge(&bench);
    bench.does(DORA, command);
    assert_eq!((accessions_of(&bench, "MRN-1"), accessions_of(&bench, "MRN-2")), (2, 1));
    let own = patient(&bench, "MRN-1").id;
    assert_eq!(bench.test(since.test("K")).patient, own, "ordered since, stays");
    for row in before.all::<ResultVersion>() {
        assert!(bench.laboratory.all::<ResultVersion>().any(|now| now == row), "nothing is lost");
    }
    for row in before.all::<Accession>() {
        assert!(bench.laboratory.all::<Accession>().any(|now| now == row));
    }
    let undone = Refusal::from(AboutPatient::AlreadyUndone);
    check(&bench, (DORA, unmerge(&bench)), Err(undone));
}

#[test]
fn what_is_filed_between_a_merge_and_its_undoing_goes_back_with_its_accession() {
    let mut bench = Bench::new();
    bench.order(&["K"]);
    let other = bench.received_from(second(&["K"]));
    let command = merge(&bench);
    bench.does(DORA, command);
    bench.sends(&other, &readings("K=4.0"));
    let filed = bench.newest(other.test("K"));
    assert_eq!(filed.patient, patient(&bench, "MRN-1").id);
    let command = unmerge(&bench);
    bench.does(DORA, command);
    assert_eq!(bench.newest(other.test("K")).patient, patient(&bench, "MRN-2").id);
}

#[test]
fn what_waits_to_be_released_is_looked_at_again_after_a_merge_and_its_undoing() {
    let mut bench = Bench::new();
    let own = bench.received(&["K"]);
    let other = bench.received_from(second(&["K"]));
    bench.sends(&own, &readings("K=4.1"));
    bench.sends(&other, &readings("K=4.0"));
    assert_eq!(bench.state(own.test("K")), TestState::Review);
    let command = merge(&bench);
    bench.does(DORA, command);
    for ordered in [&own, &other] {
        assert_eq!(bench.state(ordered.test("K")), TestState::Held);
    }
    bench.verified(own.test("K"));
    let third = bench.received(&["K"]);
    bench.sends(&third, &readings("K=4.2"));
    assert_eq!(bench.state(third.test("K")), TestState::Review);
    let command = unmerge(&bench);
    bench.does(DORA, command);
    assert_eq!(bench.state(third.test("K")), TestState::Held);
}

#[test]
fn a_merge_is_refused_in_this_order() {
    let mut bench = Bench::new();
    bench.order(&["K"]);
    bench.place(PlaceOrder { sex: Sex::Male, birth_date: None, ..second(&["K"]) });
    let whole = merge(&bench);
    let with = |change: &dyn Fn(&mut MergePatients)| {
        let mut command = whole.clone();
        change(&mut command);
        command
    };
    check(&bench, (AMY, whole.clone()), Err(not_permitted("MergePatients")));
    check(&bench, (CY, whole.clone()), Err(not_permitted("MergePatients")));
    check(&bench, (DORA, with(&|merge| merge.reason = " ".into())), Err(missing("Reason")));
    let nobody = with(&|merge| merge.from.0 = PatientId(7));
    check(&bench, (DORA, nobody), Err(no_such("patient", 7)));
    let itself = with(&|merge| merge.from = merge.into.clone());
    let same = AboutPatient::SamePatient { record_number: "MRN-1".into() };
    check(&bench, (DORA, itself), Err(same.into()));
    let stale = with(&|merge| merge.from.1.deceased = true);
    let changed = AboutPatient::PatientChanged { record_number: "MRN-2".into() };
    check(&bench, (DORA, stale), Err(changed.into()));
    let differ = AboutPatient::PatientsDiffer { what: "birth date and sex".into() };
    check(&bench, (DORA, whole.clone()), Err(differ.into()));
    let confirmed = with(&|merge| merge.although_different = true);
    check(&bench, (DORA, confirmed.clone()), Ok(&["PatientsMerged"]));

    bench.does(DORA, confirmed);
    let away = AboutPatient::MergedAway { record_number: "MRN-2".into(), into: "MRN-1".into() };
    check(&bench, (DORA, whole), Err(away.clone().into()));
    check(&bench, (AMY, second(&["K"])), Err(away.into()));
}

/// MRN-2 merged into MRN-1, and that into MRN-3; with the undoing of the first merge, and the order
/// of MRN-3.
fn merged_on() -> (Bench, UnmergePatients, Ordered) {
    let mut bench = Bench::new();
    bench.order(&["K"]);
    bench.place(second(&["K"]));
    let third = bench.place(PlaceOrder { record_number: "MRN-3".into(), ..order(&["K"]) });
    let command = merge(&bench);
    bench.does(DORA, command);
    let first = unmerge(&bench);
    let (from, into) = (patient(&bench, "MRN-1"), patient(&bench, "MRN-3"));
    let on = MergePatients {
        from: (from.id, Known::of(&from)),
        into: (into.id, Known::of(&into)),
        although_different: false,
        reason: "three times".into(),
    };
    bench.does(ELI, on);
    (bench, first, third)
}

#[test]
fn a_registration_merged_twice_is_followed_to_the_one_that_survives() {
    let (bench, _, third) = merged_on();
    let away = |from: &str| -> Refusal {
        AboutPatient::MergedAway { record_number: from.into(), into: "MRN-3".into() }.into()
    };
    check(&bench, (AMY, second(&["K"])), Err(away("MRN-2")));
    let again = AmendPatient { patient: patient(&bench, "MRN-2").id, ..amend(&bench, |_| ()) };
    check(&bench, (AMY, again), Err(away("MRN-2")));
    let taken = Taken { wristband: "MRN-2".into(), ..Taken::default() };
    let scanned = CollectSpecimens { identified: false, taken, ..collect(&third, NINE) };
    check(&bench, (AMY, scanned), Ok(&["SpecimenCollected"]));
}

#[test]
fn a_merge_whose_survivor_was_merged_on_is_undone_from_the_end() {
    let (mut bench, first, _) = merged_on();
    assert_eq!(accessions_of(&bench, "MRN-3"), 3);
    let on = AboutPatient::MergedOn { record_number: "MRN-1".into() };
    check(&bench, (DORA, first.clone()), Err(on.into()));
    let last = unmerge(&bench);
    bench.does(DORA, last);
    bench.does(DORA, first);
    for record_number in ["MRN-1", "MRN-2", "MRN-3"] {
        assert_eq!(accessions_of(&bench, record_number), 1, "{record_number}");
    }
    let nobody = UnmergePatients { merge: MergeId(7), reason: "why".into() };
    check(&bench, (DORA, nobody), Err(no_such("merge", 7)));
}

fn amend(bench: &Bench, change: impl Fn(&mut Known)) -> AmendPatient {
    let row = patient(bench, "MRN-1");
    let mut known = Known::of(&row);
    change(&mut known);
    let amendment = Amendment::Known(Known::of(&row), known);
    AmendPatient { patient: row.id, amendment, reason: "passport shown".into() }
}

#[test]
fn correcting_a_patient_leaves_what_was_filed_and_holds_what_waits() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["CREA", "K"]);
    bench.sends(&ordered, &readings("CREA=1.00"));
    let before = bench.newest(ordered.test("CREA"));
    let name = amend(&bench, |known| known.name.given = "Anne".into());
    check(&bench, (AMY, name.clone()), Ok(&["PatientAmended"]));
    bench.does(AMY, name.clone());
    assert_eq!(bench.state(ordered.test("CREA")), TestState::Review);
    let stale = AboutPatient::PatientChanged { record_number: "MRN-1".into() };
    check(&bench, (AMY, name), Err(stale.into()));
    let sex = amend(&bench, |known| known.sex = Sex::Male);
    check(&bench, (CY, sex.clone()), Ok(&["PatientAmended", "ResultHeld"]));
    bench.does(CY, sex);
    assert_eq!(bench.state(ordered.test("CREA")), TestState::Held);
    assert_eq!(bench.newest(ordered.test("CREA")), before, "what was filed is as it was");
    let same = Refusal::from(AboutPatient::NothingChanged);
    check(&bench, (AMY, amend(&bench, |_| {})), Err(same));
}

#[test]
fn a_correction_is_refused_where_it_cannot_be() {
    let mut bench = Bench::new();
    bench.order(&["K"]);
    check(&bench, (BEN, amend(&bench, |_| {})), Err(not_permitted("AmendPatient")));
    let silent = AmendPatient { reason: String::new(), ..amend(&bench, |_| {}) };
    check(&bench, (AMY, silent), Err(missing("Reason")));
    let nameless = amend(&bench, |known| known.name.family = "\u{a0}".into());
    check(&bench, (AMY, nameless), Err(missing("Family name")));
    let long = amend(&bench, |known| known.name.family = "x".repeat(101));
    let most = AboutPatient::TooLong { field: "Family name".into(), most: 100 };
    check(&bench, (AMY, long), Err(most.into()));
    let turned = amend(&bench, |known| known.name.family = "Le\u{202e}e".into());
    let line = Refusal::Unreadable {
        field: "Family name".into(),
        expected: "one line of visible characters".into(),
    };
    check(&bench, (AMY, turned), Err(line));
    for born in ["2026-11-26", "2099-01-01"] {
        let unborn = amend(&bench, |known| known.birth_date = BirthDate::read(born));
        let refused = bench.ask(AMY, unborn).expect_err("a birth after the first order");
        assert_eq!(refused.code(), "Unreadable", "{born}");
    }
    for family in
        ["Nguy\u{1ec5}n", "\u{674e}", "\u{627}\u{644}\u{623}\u{633}\u{62f}", "O\u{2019}Neil"]
    {
        let written = amend(&bench, |known| known.name.family = family.into());
        check(&bench, (AMY, written), Ok(&["PatientAmended"]));
    }
}

#[test]
fn one_number_of_one_kind_and_authority_names_one_patient() {
    let mut bench = Bench::new();
    bench.order(&["K"]);
    bench.place(second(&["K"]));
    let add = |bench: &Bench, record: &str, authority: &str| AmendPatient {
        patient: patient(bench, record).id,
        amendment: Amendment::Add {
            kind: IdentifierKind::Insurance,
            value: " INS-7 ".into(),
            authority: authority.into(),
        },
        reason: "card shown".into(),
    };
    let command = add(&bench, "MRN-1", "Blue");
    bench.does(AMY, command);
    let taken = Refusal::Taken { what: "insurance number".into(), name: "INS-7".into() };
    check(&bench, (AMY, add(&bench, "MRN-2", "blue")), Err(taken.clone()));
    check(&bench, (AMY, add(&bench, "MRN-2", "Green")), Ok(&["IdentifierAdded"]));
    let kept = bench.laboratory.all::<PatientIdentifier>().next().expect("kept");
    assert_eq!(kept.value, "INS-7");
    let retire = |id| AmendPatient {
        patient: patient(&bench, "MRN-1").id,
        amendment: Amendment::Retire(id),
        reason: "another's card".into(),
    };
    let (retired, nobodys) = (retire(kept.id), retire(IdentifierId(7)));
    bench.does(AMY, retired.clone());
    for gone in [retired, nobodys] {
        let refused = bench.ask(AMY, gone).expect_err("it does not hold");
        assert_eq!(refused.code(), "NoSuch");
    }
    check(&bench, (AMY, add(&bench, "MRN-2", "Blue")), Ok(&["IdentifierAdded"]));
}

#[test]
fn a_stay_begins_moves_and_ends() {
    let mut bench = Bench::new();
    bench.order(&["K"]);
    bench.place(second(&["K"]));
    let stay = |bench: &Bench, record: &str| RecordEncounter {
        patient: patient(bench, record).id,
        number: "E-1".into(),
        class: EncounterClass::Inpatient,
        location: None,
        admitted_at: NINE,
        discharged_at: None,
    };
    let begun = stay(&bench, "MRN-1");
    check(&bench, (BEN, begun.clone()), Err(not_permitted("RecordEncounter")));
    bench.does(AMY, begun.clone());
    let taken = Refusal::Taken { what: "encounter".into(), name: "E-1".into() };
    check(&bench, (AMY, stay(&bench, "MRN-2")), Err(taken));
    let time = |field: &str| Err(Refusal::ImpossibleTime { field: field.into() });
    let later = |minutes| NINE.plus_minutes(minutes);
    let cases = [
        (RecordEncounter { admitted_at: later(6), ..begun.clone() }, time("Admitted at")),
        (
            RecordEncounter { discharged_at: Some(later(-1)), ..begun.clone() },
            time("Discharged at"),
        ),
        (RecordEncounter { discharged_at: Some(later(6)), ..begun.clone() }, time("Discharged at")),
        (RecordEncounter { location: Some(LocationId(7)), ..begun.clone() }, {
            Err(Refusal::NoSuch { what: "location".into(), name: "of this number".into() })
        }),
        (RecordEncounter { number: " ".into(), ..begun.clone() }, Err(missing("Encounter"))),
    ];
    for (command, expect) in cases {
        check(&bench, (AMY, command), expect);
    }
    bench.wait(60);
    bench.does(AMY, RecordEncounter { discharged_at: Some(later(30)), ..begun });
    let stays: Vec<Encounter> = bench.laboratory.all::<Encounter>().collect();
    assert_eq!(stays.len(), 1, "the same number is the same stay");
    assert_eq!(stays[0].discharged_at, Some(later(30)));
}

#[test]
fn the_directory_has_each_code_once_and_tells_who_looks_at_an_old_entry() {
    let mut bench = Bench::new();
    let new = |entry| EditDirectory { entry };
    let osei = new(Entry::Provider(None, provider(" Osei, Ama ")));
    check(&bench, (AMY, osei.clone()), Err(not_permitted("EditDirectory")));
    bench.does(DORA, osei.clone());
    let kept = bench.laboratory.all::<Provider>().next().expect("kept");
    assert_eq!(kept.name, "Osei, Ama");
    let taken = Refusal::Taken { what: "provider".into(), name: "Osei, Ama".into() };
    check(&bench, (DORA, osei), Err(taken));
    let closed = Provider { closed: true, ..kept.clone() };
    bench.does(DORA, new(Entry::Provider(Some(kept.clone()), closed.clone())));
    let changed = AboutPatient::EntryChanged { name: "Osei, Ama".into() };
    let stale = new(Entry::Provider(Some(kept), closed));
    check(&bench, (DORA, stale), Err(changed.into()));
    check(&bench, (DORA, new(Entry::Provider(None, provider(" ")))), Err(missing("Name")));

    let ward = |facility| Location {
        id: LocationId(0),
        code: "4B".into(),
        name: "Ward 4B".into(),
        kind: LocationKind::Ward,
        facility,
        closed: false,
    };
    let nowhere = new(Entry::Location(None, ward(Some(FacilityId(7)))));
    let none = Refusal::NoSuch { what: "facility".into(), name: "of this number".into() };
    check(&bench, (DORA, nowhere), Err(none));
    bench.does(DORA, new(Entry::Location(None, ward(None))));
    let clinic = Facility {
        id: FacilityId(0),
        code: "NORTH".into(),
        name: "North Clinic".into(),
        address: "1 Hill Road\nSpringfield".into(),
        clia: None,
        copies: 21,
        closed: false,
    };
    let many = new(Entry::Facility(None, clinic.clone()));
    assert_eq!(bench.ask(DORA, many).expect_err("21 copies").code(), "Unreadable");
    bench.does(DORA, new(Entry::Facility(None, Facility { copies: 2, ..clinic })));
}

#[test]
fn tests_of_a_merged_patient_are_found_by_their_new_owner_alone() {
    let mut bench = Bench::new();
    bench.order(&["A1C"]);
    bench.place(second(&["K"]));
    let command = merge(&bench);
    bench.does(DORA, command);
    let own = patient(&bench, "MRN-1").id;
    assert!(bench.laboratory.all::<Test>().all(|test| test.patient == own));
}
