//! Who may do what: every role against every command and every route, as a table that a
//! laboratory director can read and sign, and the proof that the server keeps to it.
//!
//! What must stay true: the table on paper is the table in force. Where a change is meant, run with
//! `MENISCUS_ACCEPT=1`, read the difference and commit it.

mod lab;

use ::lab::people::{Actor, Ask, Role, may, who_may};
use ::lab::value::{PersonId, Priority};
use axum::http::StatusCode;
use lab::{Lab, PEOPLE, Page};
use web::{Needs, RouteLine, routes};

#[test]
fn the_table_is_the_one_that_was_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/who_may.txt");
    let table = format!("Commands and looks\n\n{}\nRoutes\n\n{}", who_may(), route_table());
    if std::env::var_os("MENISCUS_ACCEPT").is_some() {
        std::fs::write(path, &table).expect("written");
    }
    let read = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(read, table, "who may do what has changed: read it, then MENISCUS_ACCEPT=1");
}

fn route_table() -> String {
    let line = |route: RouteLine| {
        let who: Vec<&str> =
            Role::ALL.into_iter().filter(|role| fits(route, *role)).map(Role::title).collect();
        let who = match route.needs {
            Needs::Anyone => "anyone who reaches the server".to_owned(),
            Needs::SignedIn => "anyone who is signed in".to_owned(),
            Needs::May(_) => who.join(", "),
        };
        format!("{:<4} {:<28} {who}\n", route.method, route.path)
    };
    routes().into_iter().map(line).collect()
}

fn fits(route: RouteLine, role: Role) -> bool {
    match route.needs {
        Needs::Anyone | Needs::SignedIn => true,
        Needs::May(ask) => may(Actor::Person(PersonId(0), role), ask),
    }
}

#[tokio::test]
async fn the_server_keeps_to_the_table() {
    let lab = Lab::open("who-may");
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    let mut signed_in = Vec::new();
    for (name, role) in PEOPLE {
        signed_in.push((role, lab.sign_in(name).await));
    }
    for route in routes() {
        if route.path == "/live" || route.path == "/sign-out" {
            continue;
        }
        let path = route.path.replace("{number}", ordered.accession.as_str());
        let path = path.replace("{name}", "app.css");
        let answer = ask(&lab, route, &path, "").await;
        let turned_away = answer.status == StatusCode::UNAUTHORIZED
            || answer.to.as_deref().is_some_and(|to| to.starts_with("/sign-in"));
        let open = route.needs == Needs::Anyone;
        assert!(open || turned_away, "{} {} is open to nobody: {answer:?}", route.method, path);
        for (role, cookie) in &signed_in {
            let answer = ask(&lab, route, &path, cookie).await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            let about = (route.method, &path, role, answer.status);
            assert_eq!(refused, !fits(route, *role), "{about:?}");
            assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{about:?}");
            if refused {
                answer.says(&["NotPermitted"]);
            }
        }
    }
}

async fn ask(lab: &Lab, route: RouteLine, path: &str, cookie: &str) -> Page {
    match route.method {
        "GET" => lab.get(path, cookie).await,
        _ => lab.send_form(path, cookie, &[]).await,
    }
}

#[tokio::test]
async fn an_unverified_value_is_shown_to_those_who_may_see_it_only() {
    let lab = Lab::open("unseen");
    let ordered = lab.order("77", &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("WBC", "6.83", "10*3/uL")]);
    let path = format!("/accession/{}", ordered.accession);
    for (name, sees) in [("amy", false), ("jon", false), ("fay", false), ("ben", true)] {
        let cookie = lab.sign_in(name).await;
        let page = lab.get(&path, &cookie).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.text.contains("6.8<"), sees, "{name}");
    }
}

/// Holds WBC with one reason and asks for HGB, which is critical, to be measured again.
async fn held_and_rerun(lab: &Lab, path: &str) {
    let ben = lab.sign_in("ben").await;
    for (code, to, reason) in
        [("WBC", "/review/hold", "blasts suspected"), ("HGB", "/review/rerun", "below every limit")]
    {
        let row = lab.get(path, &ben).await.row_with(&format!("<b>{code}</b>"));
        let form = [("row", row.as_str()), ("back", path), ("reason", reason)];
        assert_eq!(lab.send_form(to, &ben, &form).await.to.as_deref(), Some(path));
    }
}

#[tokio::test]
async fn what_tells_of_an_unverified_value_is_told_to_those_who_may_see_it_only() {
    let lab = Lab::open("untold");
    let ordered = lab.order("77", &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("WBC", "6.83", "10*3/uL"), ("HGB", "5.9", "g/dL")]);
    let path = format!("/accession/{}", ordered.accession);
    held_and_rerun(&lab, &path).await;
    for (name, role) in PEOPLE {
        let who = Actor::Person(PersonId(0), role);
        if !may(who, Ask::SeePatients) {
            continue;
        }
        let cookie = lab.sign_in(name).await;
        let page = lab.get(&path, &cookie).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        let sees = may(who, Ask::SeeUnverified);
        for told in ["blasts suspected", "below every limit"] {
            assert_eq!(page.text.contains(told), sees, "{told} to {name}");
        }
        let journal = page.text.split_once("id=\"journal\"").map(|(_, journal)| journal);
        assert_eq!(journal.is_some(), may(who, Ask::SeeJournal), "{name}");
        if let Some(journal) = journal {
            assert!(journal.contains("Held <b>WBC</b>"), "{name}: {journal}");
            assert_eq!(journal.contains("grave"), sees, "{name}: {journal}");
        }
    }
}
