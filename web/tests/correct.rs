//! Correcting a released result by the screen: both values in sight, the reason, who was told.

mod lab;

use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::{Lab, Ordered};

/// A released white cell count.
async fn released(lab: &Lab) -> Ordered {
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("WBC", "6.8", "10*3/uL")]);
    let ben = lab.sign_in("ben").await;
    let row = lab.get("/review", &ben).await.row_with("<b>WBC</b>");
    let form = [("row", row.as_str()), ("back", "/review"), ("request", "v")];
    lab.send_and_follow("/review/verify", &ben, &form).await.says(&["Verified WBC"]);
    ordered
}

#[tokio::test]
async fn both_values_stay_in_sight_on_the_form_on_the_accession_and_on_the_report() {
    let lab = Lab::open("correct");
    let ordered = released(&lab).await;
    let cy = lab.sign_in("cy").await;
    let path = format!("/accession/{}", ordered.accession);
    let row = lab.get(&path, &cy).await.row_with("<b>WBC</b>");
    let form = [("row", row.as_str()), ("request", "c")];
    let page = lab.send_form("/correct", &cy, &form).await;
    page.says(&["6.8", "reported", "Wrong entry", "Who was told"]);
    let fill = |told: &'static str, reason: &'static str| {
        [
            ("row", row.clone()),
            ("request", "c".into()),
            ("kind", "value".into()),
            ("value", "7.4".into()),
            ("reason", reason.into()),
            ("told", told.into()),
        ]
    };
    let send = |form: [(&'static str, String); 6]| form;
    let refused = send(fill("", "ENTRY"));
    let refused: Vec<(&str, &str)> = refused.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let page = lab.send_form("/correct", &cy, &refused).await;
    page.says(&["data-refusal=\"Missing\"", "Who was told is empty", "value=\"7.4\""]);
    let right = send(fill("Dr. Jon, 09:20", "ENTRY"));
    let right: Vec<(&str, &str)> = right.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let page = lab.send_and_follow("/correct", &cy, &right).await;
    page.says(&["Corrected: WBC", "7.4", "was 6.8", "CORRECTED", "Told: Dr. Jon, 09:20"]);
    let report = lab.get(&format!("/report/{}", ordered.accession), &cy).await;
    report.says(&[">.4<", "previously reported as 6.8"]);
    // Whoever comes second with the old page is told who was first.
    let dora = lab.sign_in("dora").await;
    let mut late = right.clone();
    late[1].1 = "d";
    let page = lab.send_form("/correct", &dora, &late).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says(&["Cy (MLS) was first with WBC"]);
}

#[tokio::test]
async fn a_later_reading_is_offered_and_taken_or_dismissed() {
    let lab = Lab::open("late");
    let ordered = released(&lab).await;
    lab.measure(&ordered, &[("WBC", "7.9", "10*3/uL")]);
    let cy = lab.sign_in("cy").await;
    let path = format!("/accession/{}", ordered.accession);
    let page = lab.get(&path, &cy).await;
    page.says(&["later reading", "6.8"]);
    let row = page.row_with("<b>WBC</b>");
    let form = [("row", row.as_str()), ("request", "c")];
    lab.send_form("/correct", &cy, &form).await.says(&["Take the later reading", "waits for you"]);
    let form = [("row", row.as_str()), ("request", "c"), ("kind", "dismiss"), ("note", "")];
    lab.send_form("/correct", &cy, &form).await.says(&["data-refusal=\"Missing\""]);
    let form = [
        ("row", row.as_str()),
        ("request", "c"),
        ("kind", "late"),
        ("reason", "LATE"),
        ("told", "Dr. Jon"),
    ];
    let page = lab.send_and_follow("/correct", &cy, &form).await;
    page.says(&["Corrected: WBC", "7.9", "was 6.8"]);
}

#[tokio::test]
async fn who_may_not_correct_is_refused_before_anything_is_shown() {
    let lab = Lab::open("may-not");
    let ordered = released(&lab).await;
    let ben = lab.sign_in("ben").await;
    let row = lab.get(&format!("/accession/{}", ordered.accession), &ben).await;
    let row = row.row_with("<b>WBC</b>");
    let page = lab.send_form("/correct", &ben, &[("row", row.as_str()), ("request", "c")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}
