//! Signing in and out, and the lock after wrong passwords.

use lab::journey::setup::{Attempt, SetPassword, SignIn};
use lab::people::{Actor, Person, Role};
use lab::refusal::Refusal;
use lab::value::{Moment, PersonId};

use crate::bench::*;
use crate::setup::person;

/// Amy is on record; she comes back with her person and herself as the one who acts.
fn known(bench: &mut Bench) -> (PersonId, Actor) {
    bench.does(ELI, person("amy"));
    let amy = bench.laboratory.all::<Person>().next().expect("amy").id;
    (amy, Actor::Person(amy, Role::Reception))
}

fn amy(bench: &Bench) -> Person {
    bench.laboratory.all().next().expect("amy")
}

fn tries(person: PersonId, attempt: Attempt) -> SignIn {
    SignIn { person, attempt }
}

#[test]
fn a_person_signs_in_and_out() {
    let mut bench = Bench::new();
    let (person, actor) = known(&mut bench);
    for (attempt, event) in [
        (Attempt::Right, "SignedIn"),
        (Attempt::Leave, "SignedOut"),
        (Attempt::Wrong, "SignInFailed"),
    ] {
        check(&bench, (actor, tries(person, attempt)), Ok(&[event]));
        let nobody = tries(PersonId(7), attempt);
        check(&bench, (actor, nobody), Err(Refusal::WrongSignIn));
    }
}

#[test]
fn the_fiftieth_wrong_password_in_a_row_locks_the_name_for_a_quarter_of_an_hour() {
    let mut bench = Bench::new();
    let (person, actor) = known(&mut bench);
    for failures in 1..=49 {
        bench.does(actor, tries(person, Attempt::Wrong));
        assert_eq!((amy(&bench).failures, amy(&bench).locked_until), (failures, None));
    }
    bench.does(actor, tries(person, Attempt::Wrong));
    assert_eq!(amy(&bench).locked_until, Some(NINE.plus_minutes(15)));
    // A begun minute counts as one.
    for (seconds, left) in [(0, 15), (1, 15), (60, 14), (14 * 60, 1), (15 * 60 - 1, 1)] {
        let mut bench = bench.clone();
        bench.now = Moment::from_micros(NINE.micros() + seconds * 1_000_000);
        for attempt in [Attempt::Right, Attempt::Wrong] {
            let locked = Refusal::SignInLocked { minutes: left };
            check(&bench, (actor, tries(person, attempt)), Err(locked));
        }
        check(&bench, (actor, tries(person, Attempt::Leave)), Ok(&["SignedOut"]));
    }
    bench.wait(15);
    check(&bench, (actor, tries(person, Attempt::Right)), Ok(&["SignedIn"]));
    bench.does(actor, tries(person, Attempt::Wrong));
    assert_eq!((amy(&bench).failures, amy(&bench).locked_until), (1, None));
}

#[test]
fn a_right_password_forgets_the_wrong_ones() {
    let mut bench = Bench::new();
    let (person, actor) = known(&mut bench);
    for _ in 0..49 {
        bench.does(actor, tries(person, Attempt::Wrong));
    }
    bench.does(actor, tries(person, Attempt::Right));
    assert_eq!(amy(&bench).failures, 0);
    bench.does(actor, tries(person, Attempt::Wrong));
    assert_eq!(amy(&bench).locked_until, None);
}

#[test]
fn a_new_password_opens_a_locked_name() {
    let mut bench = Bench::new();
    let (person, actor) = known(&mut bench);
    for _ in 0..50 {
        bench.does(actor, tries(person, Attempt::Wrong));
    }
    let set = SetPassword { person, seal: "ab12".into(), digest: "x".into() };
    bench.does(ELI, set);
    check(&bench, (actor, tries(person, Attempt::Right)), Ok(&["SignedIn"]));
}

#[test]
fn an_instrument_does_not_sign_in() {
    let mut bench = Bench::new();
    let (person, _) = known(&mut bench);
    let refusal = Err(not_permitted("SignIn"));
    check(&bench, (bench.machine(), tries(person, Attempt::Right)), refusal);
}
