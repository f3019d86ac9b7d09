//! Collecting.

use lab::accession::{Identified, SpecimenState};
use lab::journey::collect::{CollectSpecimens, Taken};
use lab::journey::order::PlaceOrder;
use lab::journey::receive::RejectSpecimen;
use lab::refusal::{AboutOrder, AboutPatient, Refusal};
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
        taken: Default::default(),
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
    let first = CollectSpecimens {
        specimens: vec![ordered.specimens[1].id],
        at: NINE,
        identified: true,
        taken: Default::default(),
    };
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
        taken: Default::default(),
    };
    // The identifiers of one patient were compared, for one order.
    check(&bench, (AMY, both), Err(no_such("specimen", "of this accession")));
}

#[test]
fn a_scanned_wristband_must_be_this_patients() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    let other = PlaceOrder { record_number: "MRN-2".into(), ..order(&["K"]) };
    bench.place(other);
    let scanned = |wristband: &str| CollectSpecimens {
        identified: false,
        taken: Taken { wristband: wristband.into(), ..Taken::default() },
        ..collect(&ordered, NINE)
    };
    for wrong in ["MRN-2", "MRN-9", "INS-7"] {
        let refused = AboutPatient::OtherWristband { scanned: wrong.into() };
        check(&bench, (AMY, scanned(wrong)), Err(refused.into()));
    }
    check(&bench, (AMY, scanned(" MRN-1 ")), Ok(&["SpecimenCollected"]));
    // Another number of hers, that of a registration that was merged into hers, a stay's, and what
    // a scanner reads that names the kind of barcode.
    crate::register::twice_registered(&mut bench);
    for own in ["INS-7", "MRN-3", "E-1", "]C0MRN-1"] {
        check(&bench, (AMY, scanned(own)), Ok(&["SpecimenCollected"]));
    }
    bench.does(AMY, scanned("MRN-3"));
    let how = bench.laboratory.all::<lab::accession::Specimen>().next().and_then(|s| s.collection);
    let how = how.expect("how it was taken is kept");
    assert_eq!((how.by, how.identified), (AMY, Identified::WristbandScanned));
}

#[test]
fn where_and_how_much_was_taken_is_kept_where_it_can_be() {
    let bench = {
        let mut bench = Bench::new();
        bench.order(&["K"]);
        bench
    };
    let tube = bench.laboratory.all::<lab::accession::Specimen>().next().expect("a tube");
    let taken = |volume: &str, site: &str| CollectSpecimens {
        specimens: vec![tube.id],
        at: NINE,
        identified: true,
        taken: Taken { volume_ml: volume.parse().ok(), site: site.into(), ..Taken::default() },
    };
    for wrong in ["0", "-1", "10000.1"] {
        let refused = bench.ask(AMY, taken(wrong, "")).expect_err("no volume");
        assert_eq!(refused.code(), "Unreadable", "{wrong}");
    }
    let long = bench.ask(AMY, taken("1", &"x".repeat(41))).expect_err("too long a site");
    assert_eq!(long.code(), "TooLong");
    let mut bench = bench;
    bench.does(AMY, taken("3.50", " left arm "));
    let tube = bench.laboratory.all::<lab::accession::Specimen>().next().expect("a tube");
    let how = tube.collection.expect("how it was taken");
    assert_eq!((how.site.as_str(), how.volume_ml), ("left arm", "3.50".parse().ok()));
    assert_eq!(how.identified, Identified::Compared);
}

#[test]
fn nothing_is_collected_before_the_patient_was_born() {
    let mut bench = Bench::new();
    let born = lab::value::BirthDate::read("2026-11-25");
    let ordered = bench.place(PlaceOrder { birth_date: born, ..order(&["K"]) });
    let early = collect(&ordered, NINE.plus_minutes(-12 * 60));
    let unborn = AboutOrder::BeforeBirth { field: "Collected at".into() };
    check(&bench, (AMY, early), Err(unborn.into()));
    check(&bench, (AMY, collect(&ordered, NINE)), Ok(&["SpecimenCollected"]));
}
