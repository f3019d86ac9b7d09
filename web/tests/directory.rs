//! The directory: what is listed, retired and opened again, and what order entry takes from it.
//!
//! What must stay true: what is retired is not offered and not ordered from; what somebody else
//! changed meanwhile is not overwritten; an order names the entries.

mod lab;

use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::Lab;

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
}

async fn list(lab: &Lab, cookie: &str) {
    for (kind, form) in [
        ("provider", vec![("name", "Osei, Ama, MD"), ("telephone", "555-0101"), ("number", "")]),
        ("facility", vec![("code", "NORTH"), ("name", "North Clinic"), ("copies", "2")]),
        ("location", vec![("code", "4B"), ("name", "Ward 4B"), ("is", "ward")]),
    ] {
        let to = lab.send_form(&format!("/directory/{kind}"), cookie, &form).await.to;
        assert_eq!(to, Some(format!("/directory?of={kind}")), "{kind}");
    }
}

fn order<'a>(change: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("record", "1"),
        ("family", "Lovelace"),
        ("given", "Ada"),
        ("born", "1958-03-24"),
        ("sex", "F"),
        ("tests", "CBC"),
        ("priority", "Routine"),
        ("provider", "Dr. Jon"),
    ];
    form.retain(|(name, _)| change.iter().all(|(other, _)| other != name));
    form.extend(change);
    form
}

#[tokio::test]
async fn entries_are_listed_changed_retired_and_opened_again() {
    let lab = Lab::open("directory");
    let (dora, amy) = (lab.sign_in("dora").await, lab.sign_in("amy").await);
    list(&lab, &dora).await;
    let page = lab.get("/directory", &amy).await;
    page.says(&["Osei, Ama, MD", "555-0101", "As it is kept by the laboratory"]);
    lab.get("/directory?of=location", &amy).await.says(&["4B", "Ward 4B", "ward"]);
    lab.get("/directory?of=facility&from=nor", &amy).await.says(&["NORTH", "North Clinic"]);
    let none = lab.get("/directory?of=facility&from=x", &amy).await;
    none.says(&["Nothing is listed that begins so."]);
    let row = page.row_with("Osei");
    let form = lab.get(&format!("/directory/provider?row={row}"), &dora).await;
    let seen = unescaped(&form.hidden("seen"));
    let change = [("row", row.as_str()), ("seen", &seen), ("name", "Osei, Ama"), ("number", "123")];
    let wrong = lab.send_form("/directory/provider", &dora, &change).await;
    wrong.says(&["data-refusal=\"Unreadable\"", "check digit", "value=\"Osei, Ama\""]);
    let change = [("row", row.as_str()), ("seen", &seen), ("name", "Osei, Ama"), ("number", "")];
    assert!(lab.send_form("/directory/provider", &dora, &change).await.to.is_some());
    let stale = [("row", row.as_str()), ("seen", &seen), ("name", "Osei"), ("telephone", "1")];
    let stale = lab.send_form("/directory/provider", &dora, &stale).await;
    stale.says(&["data-refusal=\"EntryChanged\"", "value=\"Osei\""]);
    let seen = unescaped(&stale.hidden("seen"));
    let retire = [("row", row.as_str()), ("seen", &seen), ("name", "Osei, Ama"), ("closed", "yes")];
    let retired = lab.send_and_follow("/directory/provider", &dora, &retire).await;
    retired.says(&["is retired", "Osei, Ama", "chip"]);
    let offered = lab.get("/order/picks?provider=ose", &amy).await;
    assert!(!offered.text.contains("Osei"), "{}", offered.text);
    let form = lab.get(&format!("/directory/provider?row={row}"), &dora).await;
    let seen = unescaped(&form.hidden("seen"));
    let open = [("row", row.as_str()), ("seen", &seen), ("name", "Osei, Ama"), ("closed", "no")];
    lab.send_and_follow("/directory/provider", &dora, &open).await.says(&["is open again"]);
    lab.get("/order/picks?provider=ose", &amy).await.says(&["Osei, Ama", "provider-list"]);
}

#[tokio::test]
async fn an_order_names_where_it_comes_from_and_says_so_where_it_is_read() {
    let lab = Lab::open("whence");
    let (dora, amy, eli) =
        (lab.sign_in("dora").await, lab.sign_in("amy").await, lab.sign_in("eli").await);
    list(&lab, &dora).await;
    lab.get("/order/picks?location=4", &amy).await.says(&["value=\"4B\"", "Ward 4B"]);
    lab.get("/order/picks?copies=Dr.+Lee;+os", &amy).await.says(&["value=\"Dr. Lee; Osei, Ama"]);
    let unknown = lab.send_form("/order", &amy, &order(&[("location", "9Z")])).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    unknown.says(&["There is no location 9Z.", "value=\"9Z\"", "aria-invalid"]);
    let form = order(&[
        ("provider", "osei, ama, md"),
        ("location", "4b"),
        ("facility", "north"),
        ("diagnoses", "E11.9 I10"),
        ("copies", "Dr. Lee; Clinic"),
        ("placer", "HIS-900"),
    ]);
    let placed = lab.send_form("/order", &amy, &form).await.to.expect("labels");
    let label = placed.trim_start_matches("/label/").to_owned();
    let said = ["Osei, Ama, MD", "4B", "Ward 4B", "North Clinic", "E11.9", "I10", "HIS-900"];
    let accession = lab.get(&format!("/accession/{label}"), &amy).await;
    accession.says(&said);
    accession.says(&["Dr. Lee; Clinic"]);
    let report = lab.get(&format!("/report/{label}"), &eli).await;
    report.says(&said);
    report.says(&["Dr. Lee; Clinic"]);
    let found = lab.send_form("/find", &amy, &[("q", "HIS-900")]).await;
    assert_eq!(found.to, Some(format!("/accession/{label}")));
    let listed = lab.send_and_follow("/find", &amy, &[("q", "osei")]).await;
    listed.says(&["In the directory", "555-0101"]);
}

#[tokio::test]
async fn an_order_for_a_patient_in_the_house_starts_from_the_stay() {
    let lab = Lab::open("stay");
    let (dora, amy) = (lab.sign_in("dora").await, lab.sign_in("amy").await);
    list(&lab, &dora).await;
    lab.order("4711", &["CBC"], Priority::Routine);
    let accession = lab.send_form("/find", &amy, &[("q", "4711")]).await.to.expect("found");
    let page = lab.get(&accession, &amy).await;
    let at = page.text.find("<strong><a href=\"/patient/").expect("the patient's page");
    let to = page.text[at + 17..].split('"').next().expect("an address").to_owned();
    let stay = [
        ("number", "E-77"),
        ("class", "inpatient"),
        ("admitted", "2026-11-24T08:00"),
        ("location", "4B"),
    ];
    lab.send_and_follow(&format!("{to}/encounter"), &amy, &stay).await.says(&["4B Ward 4B"]);
    let wrong = [("number", "E-78"), ("class", "inpatient"), ("location", "9Z")];
    let wrong = lab.send_form(&format!("{to}/encounter"), &amy, &wrong).await;
    wrong.says(&["There is no location 9Z.", "value=\"E-78\""]);
    let begun = lab.send_form("/order", &amy, &[("record", "4711")]).await;
    begun.says(&["E-77 inpatient 4B", "value=\"4B\""]);
    let other = lab.send_form("/order", &amy, &order(&[("encounter", "1")])).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND, "an encounter of nobody");
}
