//! A patient's results over time, and the journal of one tube: what is shown to whom.

mod lab;

use ::lab::accession::Condition;
use ::lab::journey::process::GradeSpecimen;
use ::lab::people::Actor;
use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::{Lab, Ordered, Page};

/// Orders, measures and verifies potassium and sodium of one patient.
async fn verified(lab: &Lab, cookie: &str, values: (&str, &str)) -> Ordered {
    let ordered = lab.order("77", &["K", "SOD"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("K", values.0, "mmol/L"), ("SOD", values.1, "mmol/L")]);
    let path = format!("/accession/{}", ordered.accession);
    for code in ["K", "SOD"] {
        let row = lab.get(&path, cookie).await.row_with(&format!("<b>{code}</b>"));
        let request = format!("verify {code} {}", ordered.accession);
        let form = [
            ("row", row.as_str()),
            ("back", path.as_str()),
            ("request", request.as_str()),
            ("reason", "seen"),
        ];
        let answer = lab.send_form("/review/verify", cookie, &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }
    ordered
}

/// The address that a page leads to under this word.
fn way(page: &Page, to: &str) -> String {
    let found = page.text.split("href=\"").find_map(|rest| {
        let (href, after) = rest.split_once('"')?;
        let word = after.split_once('>')?.1;
        word.starts_with(to).then(|| href.to_owned())
    });
    found.unwrap_or_else(|| panic!("no way to {to}: {}", page.text))
}

#[tokio::test]
async fn a_chart_leads_from_the_accession_to_the_trend_of_a_test() {
    let lab = Lab::open("chart");
    let dora = lab.sign_in("dora").await;
    verified(&lab, &dora, ("4.1", "140")).await;
    lab.wait_minutes(10);
    let newest = verified(&lab, &dora, ("6.9", "139")).await;
    let waiting = lab.order("77", &["K"], Priority::Routine);
    lab.receive(&waiting);
    lab.measure(&waiting, &[("K", "5.55", "mmol/L")]);
    let accession = lab.get(&format!("/accession/{}", newest.accession), &dora).await;
    let chart_at = way(&accession, "Chart");
    let chart = lab.get(&chart_at, &dora).await;
    chart.says(&["Family77", "2 orders", "4.1", "6.9", "HH", "140", &chart_at]);
    assert!(!chart.text.contains("5.6") && !chart.text.contains("5.5"), "nobody verified it");
    assert!(chart.text.find("6.9") < chart.text.find("4.1"), "newest first");
    let trend = lab.get(&format!("{chart_at}/K"), &dora).await;
    trend.says(&["Trend of K", "<svg", "class=\"band\"", "6.9 mmol/L HH</title>", "4.1"]);
    trend.says(&["Family77", "77", newest.accession.as_str()]);
    lab.get(&format!("{chart_at}/QQQ"), &dora).await.says(&["UnknownTest"]);
    let nobody = lab.get("/patient/1/chart", &dora).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_chart_goes_on_to_older_orders() {
    let lab = Lab::open("older");
    let dora = lab.sign_in("dora").await;
    let mut all = Vec::new();
    for number in 0..10 {
        all.push(verified(&lab, &dora, ("4.1", &format!("{}", 131 + number))).await);
        lab.wait_minutes(5);
    }
    let accession = lab.get(&format!("/accession/{}", all[0].accession), &dora).await;
    let first = lab.get(&way(&accession, "Chart"), &dora).await;
    assert!(first.text.contains("140") && !first.text.contains(">132<"), "{}", first.text);
    let older = lab.get(&way(&first, "Older"), &dora).await;
    older.says(&["2 orders", "131", "132"]);
    assert!(!older.text.contains("Older<"), "nothing is older");
    lab.get(&way(&older, "Newest"), &dora).await.says(&["8 orders"]);
}

#[tokio::test]
async fn the_journal_of_a_tube_tells_of_that_tube() {
    let lab = Lab::open("journal");
    let dora = lab.sign_in("dora").await;
    let ordered = lab.order("78", &["CBC", "K"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("WBC", "6.83", "10*3/uL")]);
    let [(_, blood), (_, serum)] = ordered.specimens.as_slice() else { panic!("two tubes") };
    let condition = Condition { note: "fibrin strand".into(), ..Condition::default() };
    let seen = GradeSpecimen { specimen: ordered.specimens[0].0, condition, volume_ml: None };
    lab.done(Actor::System, seen);
    let all = lab.get(&format!("/journal?number={}", ordered.accession), &dora).await;
    all.says(&["fibrin strand", "Family78", "Received", blood.as_str(), serum.as_str(), "Filed"]);
    let one = lab.get(&format!("/journal?number={serum}"), &dora).await;
    one.says(&["Ordered ", "Received", serum.as_str()]);
    let entries = one.text.split_once("id=\"journal\"").expect("entries").1;
    assert!(!entries.contains(blood.as_str()) && !entries.contains("Filed"), "{entries}");
    assert!(!entries.contains("fibrin strand"), "{entries}");
    let other = lab.get(&format!("/journal?number={blood}"), &dora).await;
    other.says(&["fibrin strand", "Filed"]);
    let path = format!("/journal?number={}&who=XN-1", ordered.accession);
    let machine = lab.get(&path, &dora).await;
    let entries = machine.text.split_once("id=\"journal\"").expect("entries").1;
    assert!(entries.contains("Filed") && !entries.contains("Received <b>"), "{entries}");
    let other_day = format!("/journal?number={}&day=2026-11-20", ordered.accession);
    lab.get(&other_day, &dora).await.says(&["Nothing in the journal fits"]);
    lab.get("/journal?number=123", &dora).await.says(&["NoSuch"]);
    lab.get("/journal", &dora).await.says(&["Scan a tube"]);
}

#[tokio::test]
async fn the_journal_tells_a_value_to_those_who_may_see_it() {
    let lab = Lab::open("journal-values");
    let ordered = lab.order("79", &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("WBC", "6.83", "10*3/uL")]);
    let path = format!("/journal?number={}", ordered.accession);
    for (name, sees) in [("ben", true), ("fay", false)] {
        let cookie = lab.sign_in(name).await;
        let page = lab.get(&path, &cookie).await;
        page.says(&["Filed"]);
        assert_eq!(page.text.contains("6.8 "), sees, "{name}: {}", page.text);
    }
}

#[tokio::test]
async fn labels_and_reports_are_files_for_any_printer() {
    let lab = Lab::open("files");
    let dora = lab.sign_in("dora").await;
    let ordered = lab.order("80", &["CBC"], Priority::Stat);
    let labels = lab.get(&format!("/label/{}", ordered.accession), &dora).await;
    for path in [way(&labels, "PDF for"), format!("/report/{}/pdf", ordered.accession)] {
        let file = lab.get(&path, &dora).await;
        assert_eq!(file.headers["content-type"], "application/pdf", "{path}");
        assert_eq!(file.headers["cache-control"], "no-store");
        file.says(&["%PDF-"]);
    }
    let report = lab.get(&format!("/report/{}", ordered.accession), &dora).await;
    report.says(&["PRELIMINARY", "data-key=\"a\"", "/assets/app.js"]);
}
