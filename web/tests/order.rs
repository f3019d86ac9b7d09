//! The Order screen: whom it is for, what was understood, what comes back.
//!
//! What must stay true: a refused order keeps what was typed; a form sent twice is one order; a
//! known patient is compared, never overwritten; no address names a patient.

mod lab;

use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::Lab;

const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

fn order_form<'a>(record: &'a str, tests: &'a str, request: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("request", request),
        ("record", record),
        ("family", "Lovelace"),
        ("given", "Ada"),
        ("born", "1958-03-24"),
        ("sex", "F"),
        ("tests", tests),
        ("priority", "Routine"),
        ("provider", "Dr. Jon"),
        ("comment", "fasting"),
    ]
}

#[tokio::test]
async fn an_order_sent_twice_is_placed_once() {
    let lab = Lab::open("twice");
    let amy = lab.sign_in("amy").await;
    let form = order_form("1", "CBC", "r1");
    let first = lab.send_form("/order", &amy, &form).await;
    let second = lab.send_form("/order", &amy, &form).await;
    assert_eq!(first.to, second.to);
    let changed = lab.send_form("/order", &amy, &order_form("1", "BMP", "r1")).await;
    assert!(changed.to.is_some() && changed.to != first.to, "another order is another order");
}

#[tokio::test]
async fn a_refused_order_keeps_what_was_typed() {
    let lab = Lab::open("refused-order");
    let amy = lab.sign_in("amy").await;
    for (change, code, says) in [
        (("tests", "CBC NONSENSE"), "UnknownTest", "no test or panel NONSENSE"),
        (("provider", ""), "Missing", "Ordered by is empty."),
        (("born", "24.3.1958"), "Unreadable", "1958-03-24"),
        (("tests", ""), "Missing", "Tests is empty."),
    ] {
        let mut form = order_form("1", "CBC", "r1");
        form.retain(|(name, _)| *name != change.0);
        form.push(change);
        let page = lab.send_form("/order", &amy, &form).await;
        assert_eq!(page.status, REFUSED, "{change:?}");
        page.says(&[
            &format!("data-refusal=\"{code}\""),
            says,
            "value=\"Lovelace\"",
            "aria-invalid",
        ]);
        page.says(&["value=\"fasting\"", &format!("value=\"{}\"", change.1)]);
    }
    assert!(lab.get("/collect", &amy).await.text.contains("Nothing is to be collected."));
}

#[tokio::test]
async fn a_record_number_alone_fills_in_a_known_patient() {
    let lab = Lab::open("known");
    let amy = lab.sign_in("amy").await;
    lab.order("4711", &["CBC"], Priority::Routine);
    let known = lab.send_form("/order", &amy, &[("record", "4711")]).await;
    known.says(&["value=\"Family4711\"", "value=\"1958-03-24\"", "aria-label=\"Patient\""]);
    let new = lab.send_form("/order", &amy, &[("record", "4712")]).await;
    new.says(&["a new one is registered", "value=\"4712\""]);
    let other = lab.send_form("/order", &amy, &order_form("4711", "CBC", "r1")).await;
    assert_eq!(other.status, REFUSED);
    other.says(&["OtherPatient", "value=\"Lovelace\""]);
    let scanned = lab.order("4713", &["CBC"], Priority::Routine).accession.to_string();
    let found = lab.send_form("/order", &amy, &[("record", &scanned)]).await;
    assert_eq!(found.to, Some(format!("/find?q={scanned}")));
}

#[tokio::test]
async fn a_scanned_wristband_begins_an_order_and_stands_in_no_address() {
    let lab = Lab::open("wristband");
    let (amy, ben) = (lab.sign_in("amy").await, lab.sign_in("ben").await);
    let ordered = lab.order("4711", &["CBC"], Priority::Routine);
    lab.get("/order", &amy).await.says(&["name=\"wristband\"", "data-scan"]);
    let scan = |record: String| {
        let (lab, amy) = (&lab, &amy);
        async move {
            let form = [("wristband", "scanned"), ("record", record.as_str())];
            lab.send_form("/order", amy, &form).await.to.expect("the way to an order")
        }
    };
    let to = scan("4711".into()).await;
    assert!(to.starts_with("/order?scan=") && !to.contains("4711"), "{to}");
    let page = lab.get(&to, &amy).await;
    page.says(&["value=\"4711\"", "value=\"Family4711\"", "aria-label=\"Patient\""]);
    assert!(!lab.get(&to, &ben).await.text.contains("4711"), "another session has no use of it");
    let new = scan("4712".into()).await;
    lab.get(&new, &amy).await.says(&["value=\"4712\"", "a new one is registered"]);
    lab.get(&to, &amy).await.says(&["value=\"4711\""]);
    assert!(!lab.get("/order?record=4711", &amy).await.text.contains("Family4711"));
    let label = ordered.accession.to_string();
    assert_eq!(scan(label.clone()).await, format!("/find?q={label}"));
}

#[tokio::test]
async fn what_was_understood_of_the_tests_is_told_while_typing() {
    let lab = Lab::open("understood");
    let amy = lab.sign_in("amy").await;
    let part = lab.get("/order/tests?tests=cbc+xyz+b", &amy).await;
    part.says(&["data-code=\"CBC\"", "data-unknown=\"XYZ\"", "value=\"cbc xyz BMP\""]);
}

#[tokio::test]
async fn a_broken_record_changes_nothing_and_gives_a_number_to_quote() {
    let lab = Lab::open("fault");
    let amy = lab.sign_in("amy").await;
    lab.store.close();
    let page = lab.send_form("/order", &amy, &order_form("1", "CBC", "r1")).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    page.says(&["Nothing was changed.", "quote"]);
}

#[tokio::test]
async fn what_is_doubted_is_shown_and_ordered_all_the_same_with_a_reason() {
    let lab = Lab::open("in-doubt");
    let amy = lab.sign_in("amy").await;
    let form = order_form("1", "PSA", "r1");
    let page = lab.send_form("/order", &amy, &form).await;
    assert_eq!(page.status, REFUSED);
    page.says(&["data-refusal=\"WrongSex\"", "PSA is for men", "value=\"PSA:WrongSex\""]);
    // The doubt that was shown, without a reason, is still one.
    let mut seen = order_form("1", "PSA", "r2");
    seen.push(("doubt", "PSA:WrongSex"));
    assert_eq!(lab.send_form("/order", &amy, &seen).await.status, REFUSED);
    seen.push(("reason", "asked for by the urologist"));
    let placed = lab.send_form("/order", &amy, &seen).await;
    assert!(placed.to.is_some_and(|to| to.starts_with("/label/")), "ordered all the same");
}

fn timed_form<'a>(due: &'a str, request: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut form = order_form("1", "CBC", request);
    form.retain(|(name, _)| *name != "priority");
    form.extend([("priority", "Timed"), ("due", due), ("fasting", "yes")]);
    form.push(("diagnoses", "e119 I10"));
    form
}

#[tokio::test]
async fn a_timed_order_stands_on_the_collection_list_with_its_time() {
    let lab = Lab::open("timed-order");
    let amy = lab.sign_in("amy").await;
    let past = lab.send_form("/order", &amy, &timed_form("2001-01-01T09:30", "r1")).await;
    assert_eq!(past.status, REFUSED);
    past.says(&["data-refusal=\"PastTime\"", "value=\"2001-01-01T09:30\"", "e119 I10"]);
    let none = lab.send_form("/order", &amy, &timed_form("", "r2")).await;
    none.says(&["data-refusal=\"Missing\"", "Due at is empty."]);
    let mut codes = timed_form("", "r3");
    codes.retain(|(name, _)| *name != "diagnoses" && *name != "priority");
    codes.push(("diagnoses", "sugar"));
    let unreadable = lab.send_form("/order", &amy, &codes).await;
    unreadable.says(&["data-refusal=\"Unreadable\"", "E11.9"]);
    let due = lab.now().plus_minutes(90).in_zone(&jiff::tz::TimeZone::UTC);
    let due = due.strftime("%Y-%m-%dT%H:%M").to_string();
    let placed = lab.send_form("/order", &amy, &timed_form(&due, "r4")).await;
    assert!(placed.to.is_some(), "placed");
    let list = lab.get("/collect", &amy).await;
    list.says(&["Timed", &format!("due {}", &due[11..]), "fasting"]);
}
