//! Collecting.

use lab::accession::SpecimenState;
use lab::journey::collect::CollectSpecimens;
use lab::journey::receive::RejectSpecimen;
use lab::refusal::Refusal;
use lab::value::SpecimenId;

use crate::bench::*;

#[test]
fn everything_of_an_order_is_collected_at_the_stated_time() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["CBC", "K"]);
    bench.wait(30);
    let at = NINE.plus_minutes(20);
    let both = ["SpecimenCollected", "SpecimenCollected"];
    check(&bench, (AMY, collect(&ordered, at)), Ok(&both));
    bench.does(AMY, collect(&ordered, at));
    let specimens: Vec<lab::accession::Specimen> = bench.laboratory.all().collect();
    for specimen in specimens {
        assert_eq!((specimen.state, specimen.collected_at), (SpecimenState::Collected, Some(at)));
        assert_eq!(specimen.received_at, None);
    }
}

#[test]
fn the_time_lies_between_a_day_before_the_order_and_five_minutes_from_now() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    bench.wait(60);
    let day = 24 * 60;
    for (minutes, possible) in
        [(-day - 1, false), (-day, true), (0, true), (60, true), (65, true), (66, false)]
    {
        let expect: Result<&[&str], Refusal> = if possible {
            Ok(&["SpecimenCollected"])
        } else {
            Err(Refusal::ImpossibleTime { field: "Collected at".into() })
        };
        check(&bench, (AMY, collect(&ordered, NINE.plus_minutes(minutes))), expect);
    }
}

#[test]
fn nothing_is_collected_later_than_it_is_told() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    for (minutes, kept) in [(4, 0), (0, 0), (-3, -3)] {
        let mut bench = bench.clone();
        bench.does(AMY, collect(&ordered, NINE.plus_minutes(minutes)));
        let specimen = bench.laboratory.all::<lab::accession::Specimen>().next();
        let collected_at = specimen.expect("the specimen").collected_at;
        assert_eq!(collected_at, Some(NINE.plus_minutes(kept)), "a clock {minutes} minutes off");
    }
}

#[test]
fn collecting_is_refused_in_the_order_in_which_it_is_doubted() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    let collector = |specimens: &[SpecimenId], identified| CollectSpecimens {
        specimens: specimens.to_vec(),
        at: NINE.plus_minutes(1_000),
        identified,
    };
    let known = ordered.specimen().id;
    let (unknown, nobody) = (SpecimenId(7), no_such("specimen", "of this number"));
    let both = missing("The tick for two identifiers");
    check(&bench, (AMY, collector(&[unknown], false)), Err(both.clone()));
    check(&bench, (AMY, collector(&[known], false)), Err(both));
    check(&bench, (AMY, collector(&[unknown], true)), Err(nobody.clone()));
    check(&bench, (AMY, collector(&[known, unknown], true)), Err(nobody.clone()));
    check(&bench, (AMY, collector(&[], true)), Err(nobody));
    let late = Refusal::ImpossibleTime { field: "Collected at".into() };
    check(&bench, (AMY, collector(&[known], true)), Err(late.clone()));
    bench.does(AMY, collect(&ordered, NINE));
    check(&bench, (AMY, collector(&[known], true)), Err(late));
    check(&bench, (AMY, collect(&ordered, NINE)), Err(Refusal::AlreadyCollected));
    check(&bench, (ELI, collect(&ordered, NINE)), Err(not_permitted("CollectSpecimens")));
}

#[test]
fn what_was_received_or_rejected_is_not_collected_again() {
    let mut bench = Bench::new();
    let received = bench.received(&["K"]);
    check(&bench, (AMY, collect(&received, NINE)), Err(Refusal::AlreadyCollected));
    let ordered = bench.collected(&["K"]);
    let reject = RejectSpecimen {
        specimen: ordered.specimen().id,
        reason: "UNLABELED".into(),
        note: String::new(),
    };
    bench.does(AMY, reject);
    check(&bench, (AMY, collect(&ordered, NINE)), Err(Refusal::SpecimenRejected));
}

#[test]
fn one_tube_that_cannot_be_collected_holds_up_all_of_them() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["CBC", "K"]);
    let first =
        CollectSpecimens { specimens: vec![ordered.specimens[1].id], at: NINE, identified: true };
    bench.does(AMY, first);
    check(&bench, (AMY, collect(&ordered, NINE)), Err(Refusal::AlreadyCollected));
}

#[test]
fn the_specimens_of_two_orders_are_not_collected_in_one_act() {
    let mut bench = Bench::new();
    let (first, second) = (bench.order(&["K"]), bench.order(&["K"]));
    let both = CollectSpecimens {
        specimens: vec![first.specimen().id, second.specimen().id],
        at: NINE,
        identified: true,
    };
    // The identifiers of one patient were compared, for one order.
    check(&bench, (AMY, both), Err(no_such("specimen", "of this accession")));
}
