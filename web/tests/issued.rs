//! Reports that go out, the letterhead on them, and who looked at a patient.

mod lab;

use std::sync::Arc;

use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::{Lab, Ordered};
use web::{App, Clock, Links};

async fn verify(lab: &Lab, cookie: &str, (ordered, code): (&Ordered, &str)) {
    let path = format!("/accession/{}", ordered.accession);
    let row = lab.get(&path, cookie).await.row_with(&format!("<b>{code}</b>"));
    let form =
        [("row", row.as_str()), ("back", &path), ("request", code), ("reason", "seen, called")];
    let answer = lab.send_form("/review/verify", cookie, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

/// Potassium and sodium, both measured, potassium verified.
async fn half_verified(lab: &Lab, cookie: &str) -> Ordered {
    let ordered = lab.order("77", &["K", "SOD"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("K", "4.1", "mmol/L"), ("SOD", "140", "mmol/L")]);
    verify(lab, cookie, (&ordered, "K")).await;
    ordered
}

#[tokio::test]
async fn a_report_that_went_out_is_kept_as_it_was() {
    let lab = Lab::open("issued");
    let cy = lab.sign_in("cy").await;
    let ordered = half_verified(&lab, &cy).await;
    let path = format!("/report/{}", ordered.accession);
    let stands = lab.get(&path, &cy).await;
    stands.says(&["Not issued", "PRELIMINARY", "data-key=\"i\"", "value=\"Dr. Jon\""]);
    let seen = stands.hidden("seen");
    verify(&lab, &cy, (&ordered, "SOD")).await;
    // What was looked at is not what stands now.
    let form = [("request", "i1"), ("seen", seen.as_str()), ("to", "Dr. Jon")];
    let stale = lab.send_form(&format!("{path}/issue"), &cy, &form).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
    stale.says(&["Changed", "SOD"]);
    let seen = lab.get(&path, &cy).await.hidden("seen");
    let form = [("request", "i2"), ("seen", seen.as_str()), ("to", "Dr. Jon")];
    let issued = lab.send_form(&format!("{path}/issue"), &cy, &form).await;
    let at = issued.to.expect("the report that went out");
    assert_eq!(at, format!("{path}?issue=1"));
    lab.get(&at, &cy).await.says(&["FINAL", "Report 1 of this accession, issued", "Dr. Jon"]);
    // Sent twice, it went out once.
    lab.send_form(&format!("{path}/issue"), &cy, &form).await;
    assert!(!lab.get(&path, &cy).await.text.contains("?issue=2"));

    // The laboratory moves; the copy does not.
    let lou = lab.sign_in("lou").await;
    let form = [
        ("request", "n1"),
        ("name", "Moved Laboratory"),
        ("address1", "9 New Street"),
        ("director", "Eli Marsh, MD"),
        ("certificate", "CLIA 20D0000000"),
    ];
    let named = lab.send_and_follow("/laboratory", &lou, &form).await;
    named.says(&["The letterhead is set", "value=\"Moved Laboratory\"", "9 New Street"]);
    lab.wait_minutes(10);
    lab.get(&path, &cy).await.says(&["Moved Laboratory", "9 New Street", "Not issued"]);
    let copy = lab.get(&at, &cy).await;
    copy.says(&["Test Laboratory", "1 Tube Street", "Printed again."]);
    assert!(!copy.text.contains("Moved Laboratory"), "{}", copy.text);
    let file = lab.get(&format!("{path}/pdf?issue=1"), &cy).await;
    file.says(&["%PDF-"]);
    assert_eq!(lab.get(&format!("{path}?issue=7"), &cy).await.status, StatusCode::NOT_FOUND);
    let journal = lab.get(&format!("/journal?number={}", ordered.accession), &cy).await;
    journal.says(&["Issued report 1, final, to Dr. Jon"]);
}

#[tokio::test]
async fn what_came_after_a_report_is_not_on_its_copy() {
    let lab = Lab::open("copy");
    let cy = lab.sign_in("cy").await;
    let ordered = half_verified(&lab, &cy).await;
    let path = format!("/report/{}", ordered.accession);
    let seen = lab.get(&path, &cy).await.hidden("seen");
    let form = [("request", "i1"), ("seen", seen.as_str()), ("to", "Dr. Jon")];
    lab.send_form(&format!("{path}/issue"), &cy, &form).await;
    verify(&lab, &cy, (&ordered, "SOD")).await;
    lab.get(&path, &cy).await.says(&["FINAL", ">140<"]);
    let copy = lab.get(&format!("{path}?issue=1"), &cy).await;
    copy.says(&["PRELIMINARY", "1 of 2 tests pending", "pending: "]);
    assert!(!copy.text.contains(">140<"), "{}", copy.text);
}

#[tokio::test]
async fn after_a_start_pages_bear_the_letterhead_that_was_set() {
    let mut lab = Lab::open("started");
    let lou = lab.sign_in("lou").await;
    let form = [
        ("request", "n1"),
        ("name", "Moved Laboratory"),
        ("address1", "9 New Street"),
        ("director", "Eli Marsh, MD"),
        ("certificate", "CLIA 20D0000000"),
    ];
    lab.send_and_follow("/laboratory", &lou, &form).await.says(&["The letterhead is set"]);
    for path in ["/catalog", "/sign-in"] {
        let now = lab.now();
        let clock = (Links::default(), Arc::new(move || now) as Clock);
        let app = App::with_clock(Arc::clone(&lab.store), lab::laboratory(), clock);
        lab.router = web::router(app);
        let page = lab.get(path, &lou).await;
        page.says(&["Moved Laboratory"]);
        assert!(!page.text.contains("Test Laboratory"), "{path}: {}", page.text);
    }
}

#[tokio::test]
async fn a_letterhead_that_is_refused_stays_typed() {
    let lab = Lab::open("letterhead");
    let lou = lab.sign_in("lou").await;
    lab.get("/laboratory", &lou).await.says(&["value=\"Test Laboratory\"", "1 Tube Street"]);
    let form = [
        ("request", "n1"),
        ("name", "Typed Laboratory"),
        ("address1", "9 New Street"),
        ("director", "Eli Marsh, MD"),
        ("certificate", "CLIA 12"),
    ];
    let refused = lab.send_form("/laboratory", &lou, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says(&["Unreadable", "CLIA 20D0000000", "value=\"Typed Laboratory\""]);
}

#[tokio::test]
async fn who_looked_at_a_patient_is_told_to_supervisors() {
    let lab = Lab::open("looks");
    let ordered = lab.order("77", &["K"], Priority::Routine);
    let ben = lab.sign_in("ben").await;
    lab.get(&format!("/accession/{}", ordered.accession), &ben).await;
    lab.settle();
    let dora = lab.sign_in("dora").await;
    let path = format!("/journal/looks?number={}", ordered.accession);
    let looks = lab.get(&path, &dora).await;
    looks.says(&["Ben (MLT)", "/accession/{number}", "Family77", "1 look"]);
    lab.settle();
    // To ask is a look too.
    lab.wait_minutes(11);
    lab.get(&path, &dora).await.says(&["Dora (Supervisor)"]);
    assert_eq!(lab.get(&path, &ben).await.status, StatusCode::FORBIDDEN);
}
