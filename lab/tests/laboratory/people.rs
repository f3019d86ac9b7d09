//! Looking after people: one-time passwords, roles, who may sign in at all.

use lab::command::Command;
use lab::journey::person::{ChooseOwnPassword, ResetPassword, SetRole, SetStanding};
use lab::journey::setup::{AddPerson, Attempt, SignIn};
use lab::people::{Actor, Person, Role, Standing};
use lab::refusal::{HouseRefusal, Refusal};
use lab::value::PersonId;

use crate::bench::*;

/// Amy at reception and Lou, the only one who looks after people.
fn staffed() -> (Bench, Person, Person) {
    let mut bench = Bench::new();
    for (name, role) in [("amy", Role::Reception), ("lou", Role::Administrator)] {
        bench.does(Actor::System, AddPerson { sign_in: name.into(), shown: name.into(), role });
    }
    let named = |bench: &Bench, name: &str| {
        bench.laboratory.all::<Person>().find(|person| person.sign_in == name).expect("on record")
    };
    let (amy, lou) = (named(&bench, "amy"), named(&bench, "lou"));
    (bench, amy, lou)
}

fn now(bench: &Bench, person: &Person) -> Person {
    let mut all = bench.laboratory.all::<Person>();
    all.find(|row| row.id == person.id).expect("on record")
}

fn as_self(person: &Person) -> Actor {
    Actor::Person(person.id, person.role)
}

fn stands(person: &Person, standing: Standing) -> SetStanding {
    SetStanding { person: person.id, standing, reason: " she moved ".into() }
}

#[test]
fn a_one_time_password_must_be_exchanged_by_its_owner() {
    let (mut bench, amy, lou) = staffed();
    let reset = ResetPassword { person: amy.id, seal: "ab12".into(), digest: "$argon2id$".into() };
    assert!(!format!("{reset:?}").contains("argon2id"));
    check(&bench, (BEN, reset.clone()), Err(not_permitted("ResetPassword")));
    bench.does(as_self(&lou), reset);
    assert!(now(&bench, &amy).must_choose);
    let choose =
        ChooseOwnPassword { person: amy.id, seal: "cd34".into(), digest: "$argon2id$".into() };
    assert!(!format!("{choose:?}").contains("argon2id"));
    let not_yours = Err(HouseRefusal::NotYourPassword.into());
    check(&bench, (as_self(&lou), choose.clone()), not_yours);
    bench.does(as_self(&amy), choose);
    let amy = now(&bench, &amy);
    assert_eq!((amy.must_choose, amy.secret_seal.as_deref()), (false, Some("cd34")));
}

#[test]
fn who_left_does_not_sign_in_and_who_comes_back_does() {
    let (mut bench, amy, lou) = staffed();
    let sign = |attempt| SignIn { person: amy.id, attempt };
    for standing in [Standing::Left, Standing::Suspended] {
        bench.does(as_self(&lou), stands(&amy, standing));
        let refused = HouseRefusal::MayNotSignIn { standing: standing.word().into() };
        let refused: Refusal = refused.into();
        check(&bench, (as_self(&amy), sign(Attempt::Right)), Err(refused));
        // Whoever does not know the password does not learn how its owner stands here.
        check(&bench, (Actor::System, sign(Attempt::Wrong)), Ok(&["SignInFailed"]));
        check(&bench, (as_self(&amy), sign(Attempt::Leave)), Ok(&["SignedOut"]));
    }
    bench.does(as_self(&lou), stands(&amy, Standing::Works));
    check(&bench, (as_self(&amy), sign(Attempt::Right)), Ok(&["SignedIn"]));
}

#[test]
fn a_locked_name_is_opened_by_hand() {
    let (mut bench, amy, lou) = staffed();
    let so = |what: &str| Err(HouseRefusal::AlreadySo { what: what.into() }.into());
    check(&bench, (as_self(&lou), stands(&amy, Standing::Works)), so("works here"));
    for _ in 0..50 {
        bench.does(Actor::System, SignIn { person: amy.id, attempt: Attempt::Wrong });
    }
    assert!(now(&bench, &amy).locked_until.is_some());
    bench.does(as_self(&lou), stands(&amy, Standing::Works));
    assert_eq!(now(&bench, &amy).locked_until, None);
}

#[test]
fn somebody_who_looks_after_people_is_always_left() {
    let (mut bench, amy, lou) = staffed();
    let role = |person: &Person, role| -> Command {
        SetRole { person: person.id, role, reason: "new task".into() }.into()
    };
    let nobody = Err(HouseRefusal::NobodyLeft.into());
    check(&bench, (as_self(&lou), role(&lou, Role::Mlt)), nobody.clone());
    check(&bench, (as_self(&lou), stands(&lou, Standing::Left)), nobody.clone());
    check(&bench, (as_self(&lou), stands(&lou, Standing::Suspended)), nobody);
    check(&bench, (as_self(&lou), role(&lou, Role::Director)), Ok(&["RoleSet"]));
    bench.does(as_self(&lou), role(&amy, Role::Administrator));
    let amy = now(&bench, &amy);
    bench.does(as_self(&amy), stands(&lou, Standing::Left));
    check(&bench, (as_self(&amy), role(&amy, Role::Mlt)), Err(HouseRefusal::NobodyLeft.into()));
    assert_eq!(now(&bench, &amy).role, Role::Administrator);
}

#[test]
fn a_change_of_somebody_has_its_reason_and_its_person() {
    let (bench, amy, lou) = staffed();
    let lou = as_self(&lou);
    for standing in [Standing::Left, Standing::Suspended] {
        let silent = SetStanding { reason: " ".into(), ..stands(&amy, standing) };
        check(&bench, (lou, silent), Err(missing("Reason")));
    }
    let role = SetRole { person: amy.id, role: Role::Mlt, reason: String::new() };
    check(&bench, (lou, role.clone()), Err(missing("Reason")));
    let same = SetRole { role: Role::Reception, ..role.clone() };
    let so = HouseRefusal::AlreadySo { what: "Reception".into() };
    check(&bench, (lou, same), Err(so.into()));
    let nobody = SetRole { person: PersonId(7), ..role };
    check(&bench, (lou, nobody), Err(no_such("person", 7)));
    let nobody = SetStanding { person: PersonId(7), ..stands(&amy, Standing::Left) };
    check(&bench, (lou, nobody), Err(no_such("person", 7)));
}
