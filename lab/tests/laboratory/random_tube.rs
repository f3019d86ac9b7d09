//! What anybody may ask about a tube after its collection, for the random walk.

use lab::accession::{Condition, Specimen, SpecimenState, Test};
use lab::command::Command;
use lab::journey::add_on::AddTests;
use lab::journey::process::*;
use lab::journey::receive::{ReceiveInspected, RecollectSpecimen, RejectTests, Seen};
use lab::storage::{Destination, Dispatch};
use lab::value::{DispatchId, Label, SpecimenId, TestId, Zone};
use proptest::sample::Index;

use crate::bench::Bench;
use crate::random::pick;

type Chance = (Index, Index, &'static str);

/// A command about this specimen, or now and then about another.
pub fn command(
    bench: &Bench,
    (specimen, label): (SpecimenId, Label),
    (which, other, word): Chance,
) -> Command {
    let tests = on(bench, specimen, which);
    let told = "the ward".to_owned();
    match other.index(16) {
        0 => ReceiveInspected { label, seen: seen(which, word) }.into(),
        1 => {
            let reason = if which.index(2) == 0 { "HEMOLYZED" } else { word }.to_owned();
            let told = (which.index(3) > 0).then_some(told);
            RejectTests { specimen, tests, reason, note: word.into(), told }.into()
        }
        2 => RecollectSpecimen { specimen, told }.into(),
        3 => {
            let Seen { condition, volume_ml, .. } = seen(which, word);
            GradeSpecimen { specimen, condition, volume_ml }.into()
        }
        4 => SpinSpecimens { specimens: vec![specimen] }.into(),
        5 => MakeAliquot { specimen, tests, volume_ml: word.parse().ok() }.into(),
        6 => MakeSlide { specimen, tests: Vec::new() }.into(),
        7 | 8 => {
            let spot = ["A1", "A2", "B1", "Z9"][which.index(4)].to_owned();
            StoreSpecimen {
                specimen: standing(bench, SpecimenState::Received, which),
                place: "R1".into(),
                spot,
            }
            .into()
        }
        9 => FetchSpecimen { specimen: standing(bench, SpecimenState::Stored, which) }.into(),
        10 => DiscardSpecimens { specimens: vec![specimen] }.into(),
        11 => {
            let (to, name) = (Destination::ALL[which.index(3)], "Site 2".to_owned());
            let (zone, note) = (Zone::ALL[which.index(3)], String::new());
            DispatchSpecimens { specimens: vec![specimen], to, name, zone, note }.into()
        }
        12 => {
            let dispatch = pick::<Dispatch>(bench, which);
            let (dispatch, specimens) =
                dispatch.map_or((DispatchId(7), vec![specimen]), |list| (list.id, list.specimens));
            ArriveSpecimens { dispatch, specimens }.into()
        }
        13 => LoseSpecimen { specimen, note: "not in the rack".into(), told }.into(),
        14 => FindSpecimen { specimen: standing(bench, SpecimenState::Lost, which) }.into(),
        _ if which.index(9) == 0 => rack().into(),
        _ => added(bench, which),
    }
}

/// A rack of four positions.
pub fn rack() -> AddStoragePlace {
    AddStoragePlace {
        code: "r1".into(),
        unit: "Refrigerator 1".into(),
        shelf: "2".into(),
        zone: Zone::Refrigerated,
        shape: (2, 2),
    }
}

fn added(bench: &Bench, which: Index) -> Command {
    let code = ["MG", "PHOS", "LIP", "HGB", "LDL"][which.index(5)];
    let specimen = standing(bench, SpecimenState::Received, which);
    AddTests { specimen, codes: vec![code.into()], provider: "Dr. Okafor".into(), confirmed: None }
        .into()
}

fn seen(which: Index, word: &str) -> Seen {
    Seen {
        volume_ml: word.parse().ok(),
        zone: (which.index(3) > 0).then_some(Zone::ALL[which.index(3)]),
        condition: Condition {
            hemolysis: word.parse().ok(),
            clotted: which.index(7) == 0,
            ..Condition::default()
        },
        ..Seen::default()
    }
}

/// Some of the tests on a specimen; none of them, now and then.
fn on(bench: &Bench, specimen: SpecimenId, which: Index) -> Vec<TestId> {
    let tests = bench.laboratory.all::<Test>().filter(|test| test.specimen == specimen);
    let tests: Vec<TestId> = tests.map(|test| test.id).collect();
    tests[..which.index(tests.len() + 1)].to_vec()
}

/// A specimen that stands so, if there is one.
fn standing(bench: &Bench, state: SpecimenState, which: Index) -> SpecimenId {
    let all = bench.laboratory.all::<Specimen>().filter(|row| row.state == state);
    let all: Vec<SpecimenId> = all.map(|row| row.id).collect();
    all.get(which.index(all.len().max(1))).copied().unwrap_or(SpecimenId(7))
}
