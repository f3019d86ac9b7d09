//! Planned days: they repeat, hang together, and carry the faults they say.

use std::collections::{BTreeMap, BTreeSet};

use lab::catalog::Catalog;
use lab::value::Priority;
use simlab::analyzer::{chemistry, sysmex};
use simlab::day::{Bench, CODES, Day, PlannedOrder};
use simlab::error::{Fault, Rates};

fn tubes(orders: &[PlannedOrder]) -> usize {
    orders.iter().map(|order| order.tubes.len()).sum()
}

#[test]
fn a_day_repeats_exactly_and_another_is_another() {
    let day = Day::plan(7, 3, 400);
    assert_eq!(day, Day::plan(7, 3, 400));
    assert_ne!(day, Day::plan(8, 3, 400));
    assert_ne!(day, Day::plan(7, 4, 400));
}

#[test]
fn a_day_has_exactly_the_tubes_asked_for() {
    for count in [0, 1, 2, 3, 17, 100, 401, 2000] {
        let orders = Day::plan(1, 2, count);
        assert_eq!(tubes(&orders), count as usize);
        assert!((0..).zip(&orders).all(|(number, order)| order.number == number));
        assert!(orders.is_sorted_by_key(|order| order.ordered));
    }
}

#[test]
fn each_step_follows_the_one_before() {
    for order in Day::plan(1, 0, 1000) {
        assert!(order.ordered < 24 * 60);
        assert!(order.ordered < order.collected && order.collected < order.received);
        assert!(!order.codes.is_empty() && !order.tubes.is_empty());
    }
}

#[test]
fn nobody_is_ordered_for_twice_within_three_hours() {
    let mut last: BTreeMap<u64, u32> = BTreeMap::new();
    for order in Day::plan(1, 2, 2000) {
        let before = last.insert(order.patient.number, order.ordered);
        assert!(before.is_none_or(|before| before + 180 <= order.ordered), "{order:?}");
    }
}

#[test]
fn mornings_are_busy_and_nights_are_quiet() {
    let orders = Day::plan(1, 0, 2000);
    let between = |from: u32, to: u32| {
        orders.iter().filter(|order| (from * 60..to * 60).contains(&order.ordered)).count()
    };
    assert!(between(5, 6) > 3 * between(1, 2), "{} {}", between(5, 6), between(1, 2));
    let stat = orders.iter().filter(|order| order.priority == Priority::Stat).count();
    assert!((10..45).contains(&(100 * stat / orders.len())), "{stat} of {}", orders.len());
}

#[test]
fn at_the_weekend_the_clinics_are_closed_and_half_the_tubes_come() {
    for number in 0..14 {
        let weekend = number % 7 > 4;
        let orders = Day::plan(3, number, Day::tubes_on(number, 400));
        assert_eq!(tubes(&orders), if weekend { 200 } else { 400 });
        let of_clinics = orders.iter().filter(|order| !order.patient.ward.stays).count();
        assert_eq!(of_clinics == 0, weekend, "{of_clinics} of clinics on day {number}");
    }
}

#[test]
fn clinics_see_the_same_people_after_whole_weeks() {
    let day = |number| Day { seed: 5, number, tubes: 1000, rates: Rates::none() }.orders();
    let monday: BTreeSet<u64> = day(0).iter().map(|order| order.patient.number).collect();
    let again: Vec<PlannedOrder> = day(7)
        .into_iter()
        .filter(|order| !order.patient.ward.stays && monday.contains(&order.patient.number))
        .collect();
    assert!(again.len() > 15, "{} come again", again.len());
    assert!(again.iter().all(|order| order.returning));
    let tuesday = day(8);
    let odd = |o: &PlannedOrder| !o.patient.ward.stays && monday.contains(&o.patient.number);
    assert!(!tuesday.iter().any(odd), "nobody of a clinic comes eight days later");
}

#[test]
fn whoever_returns_is_the_same_person_with_nearly_the_same_blood() {
    let mut first: BTreeMap<u64, PlannedOrder> = BTreeMap::new();
    let (mut returning, mut compared, mut far) = (0, 0, 0);
    for number in 0..3 {
        let day = Day { seed: 4, number, tubes: 1000, rates: Rates::none() };
        for order in day.orders() {
            returning += usize::from(order.returning);
            let Some(earlier) = first.get(&order.patient.number) else {
                first.insert(order.patient.number, order);
                continue;
            };
            assert_eq!(earlier.patient, order.patient);
            assert!(order.returning, "a patient seen again is said to return");
            let mcv = |order: &PlannedOrder| {
                let tube = order.tubes.iter().find(|tube| tube.bench == Bench::Hematology)?;
                tube.truth[&"MCV".into()].to_string().parse::<f64>().ok()
            };
            if let (Some(before), Some(now)) = (mcv(earlier), mcv(&order)) {
                compared += 1;
                far += usize::from((before - now).abs() > 5.0);
            }
        }
    }
    assert!(returning > 150, "{returning} return");
    assert!(compared > 30 && far * 50 < compared, "{far} of {compared} differ by more than 5 fL");
}

#[test]
fn faults_lie_where_the_plan_says() {
    let orders = Day::plan(2, 1, 3000);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for order in &orders {
        for tube in &order.tubes {
            let fault = tube.fault;
            fault.iter().for_each(|fault| *seen.entry(fault.name()).or_default() += 1);
            match fault {
                None | Some(Fault::ShortSample) => assert_eq!(tube.values, tube.truth),
                Some(Fault::MixUp { with }) => {
                    let other = &orders[with as usize];
                    let of_other = other.tubes.iter().find(|other| other.bench == tube.bench);
                    let of_other = of_other.expect("a tube of that kind");
                    assert_ne!(other.patient.number, order.patient.number);
                    assert_eq!(tube.values, of_other.truth);
                    assert_eq!(of_other.fault, Some(Fault::MixUp { with: order.number }));
                }
                Some(_) => assert_ne!(tube.values, tube.truth, "{fault:?}"),
            }
        }
    }
    assert_eq!(seen.len(), 7, "every fault: {seen:?}");
    assert!(seen["hemolysis"] > seen["EDTA contamination"]);
    let quiet = Day { rates: Rates::none(), seed: 2, number: 1, tubes: 3000 };
    assert!(quiet.orders().iter().flat_map(|o| &o.tubes).all(|tube| tube.fault.is_none()));
}

#[test]
fn every_code_is_in_the_catalog_and_every_measured_test_on_an_instrument() {
    let catalog = Catalog::starter().expect("the starter catalog loads");
    let measured: BTreeSet<&str> =
        sysmex::CODES.iter().chain(chemistry::CODES).map(|(_, theirs)| *theirs).collect();
    assert!(measured.iter().all(|code| catalog.test(code).is_some()));
    for code in CODES {
        for test in catalog.expand(code).expect(code) {
            let calculated = test.calculation.is_some();
            assert!(calculated || measured.contains(test.code.as_str()), "{}", test.code);
        }
    }
    let ordered: BTreeSet<String> =
        Day::plan(1, 1, 3000).iter().flat_map(|o| o.codes.clone()).map(|c| c.to_string()).collect();
    assert!(ordered.iter().all(|code| CODES.contains(&code.as_str())), "{ordered:?}");
    for bench in [Bench::Chemistry, Bench::Hematology] {
        assert!(catalog.container(bench.container()).is_some());
    }
}
