//! Control material: it has a list of its own, whoever says that it is control material, and no
//! number of a tube makes it a patient's.

use lab::accession::ResultVersion;
use lab::instrument::{Claim, ControlReadings, ControlRule, Material, Unclaimed, Wiring};
use lab::journey::analyze::{FileReadings, ReplayUnclaimed, ResolveUnclaimed, Settle};
use lab::journey::connect::ChangeInstrument;
use lab::refusal::Refusal;

use crate::bench::*;

fn sent(bench: &Bench, (number, material): (&str, Material)) -> FileReadings {
    FileReadings {
        instrument: bench.analyzer,
        message: None,
        sent_number: number.into(),
        material,
        readings: readings("K=4.2 XX=1"),
    }
}

/// The analyzer's controls are those of this rule from now on.
fn rule(bench: &mut Bench, text: &str) {
    let controls = ControlRule::read(text).expect("a rule");
    let change = ChangeInstrument {
        instrument: bench.analyzer,
        name: "Chem 1".into(),
        driver: "astm_plain".into(),
        sender: "CHEM".into(),
        wiring: Wiring { controls, ..Wiring::default() },
        reason: "new control".into(),
    };
    bench.does(DORA, change);
}

#[test]
fn what_the_instrument_marks_goes_to_the_control_list_whole() {
    for material in [Material::Control, Material::Calibrator] {
        let mut bench = Bench::new();
        let message = sent(&bench, ("LEVEL 1", material));
        check(&bench, (bench.machine(), message.clone()), Ok(&["ControlsReceived"]));
        bench.does(bench.machine(), message);
        assert_eq!(bench.unclaimed(), [], "not the patients' list");
        let all: Vec<ControlReadings> = bench.laboratory.all().collect();
        let [entry] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((entry.sent_number.as_str(), entry.material), ("LEVEL 1", material));
        assert_eq!(entry.readings, readings("K=4.2 XX=1"), "no code is dropped");
    }
}

#[test]
fn a_rule_makes_controls_of_what_the_instrument_calls_a_patients() {
    let mut bench = Bench::new();
    let qc = |bench: &Bench, number| sent(bench, (number, Material::Patient));
    check(&bench, (bench.machine(), qc(&bench, "QC-1")), Ok(&["unclaimed NoSuchSpecimen [K XX]"]));
    rule(&mut bench, "QC-* HIV_*");
    for number in ["QC-1", "qc-2", "HIV_NEG"] {
        check(&bench, (bench.machine(), qc(&bench, number)), Ok(&["ControlsReceived"]));
    }
    let other = qc(&bench, "AQC-1");
    check(&bench, (bench.machine(), other), Ok(&["unclaimed NoSuchSpecimen [K XX]"]));
}

#[test]
fn a_control_under_a_number_like_ours_is_nobodys() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    rule(&mut bench, "26*");
    let ours = ordered.label().to_string();
    let nobodys = lab::value::Label::new(NINE, 777, 3).to_string();
    for (number, material) in [
        (ours.as_str(), Material::Patient),
        (ours.as_str(), Material::Control),
        (nobodys.as_str(), Material::Calibrator),
    ] {
        let message = sent(&bench, (number, material));
        let expect = ["unclaimed ControlOrPatient [K XX]"];
        check(&bench, (bench.machine(), message), Ok(&expect));
    }
    bench.does(bench.machine(), sent(&bench, (&ours, Material::Control)));
    let entry = bench.unclaimed().pop().expect("an entry").id;
    let settle = |settle| ResolveUnclaimed { unclaimed: entry, settle, reason: "looked".into() };
    let give = settle(Settle::Give(ordered.label()));
    check(&bench, (CY, give), Err(Refusal::ControlMaterial));
    let refusal = Refusal::SpecimensNumber { number: ours };
    check(&bench, (CY, settle(Settle::Control)), Err(refusal));
    let replay = ReplayUnclaimed {
        unclaimed: entry,
        readings: Vec::new(),
        supposing: None,
        reason: "again".into(),
    };
    check(&bench, (CY, replay), Err(Refusal::ControlMaterial));
    check(&bench, (CY, settle(Settle::Discard)), Ok(&["UnclaimedDiscarded"]));
    assert_eq!(bench.laboratory.all::<ResultVersion>().count(), 0);
}

#[test]
fn a_person_says_that_what_waits_is_control_material() {
    let mut bench = Bench::new();
    bench.does(bench.machine(), sent(&bench, ("LOT 7", Material::Patient)));
    let entry = bench.unclaimed().pop().expect("an entry").id;
    let settle = |reason: &str| ResolveUnclaimed {
        unclaimed: entry,
        settle: Settle::Control,
        reason: reason.into(),
    };
    check(&bench, (BEN, settle(" ")), Err(missing("Reason")));
    check(&bench, (AMY, settle("lot 7")), Err(not_permitted("ResolveUnclaimed")));
    check(&bench, (BEN, settle("lot 7")), Ok(&["UnclaimedToControls"]));
    bench.does(BEN, settle("lot 7"));
    check(&bench, (BEN, settle("lot 7")), Err(Refusal::AlreadySettled));
    let control = bench.laboratory.all::<ControlReadings>().next().expect("an entry");
    assert_eq!((control.material, control.sent_number.as_str()), (Material::Control, "LOT 7"));
    let claim = bench.laboratory.all::<Unclaimed>().next().expect("the entry").claim;
    assert_eq!(claim, Claim::Control(control.id));
}
