//! An order as a whole: collected by its wristband, cancelled, credited; tests added in doubt.
//!
//! What must stay true: another patient's wristband stops the collection; what changed since it
//! was looked at is not cancelled; a reason comes from the list; what is doubted is added with a
//! reason.

mod lab;

use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::{Lab, Ordered, Page};

const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

fn hidden<'a>(page: &'a Page, name: &str) -> Vec<&'a str> {
    let before = format!("name=\"{name}\" value=\"");
    let parts = page.text.split(before.as_str()).skip(1);
    parts.map(|part| part.split('"').next().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_wristband_identifies_the_patient_and_another_one_stops_it() {
    let lab = Lab::open("wristband-collect");
    let amy = lab.sign_in("amy").await;
    let ordered = lab.order("4711", &["CBC", "BMP"], Priority::Stat);
    let other = lab.order("4712", &["CBC"], Priority::Stat);
    let path = format!("/collect/{}", ordered.accession);
    let page = lab.get(&path, &amy).await;
    page.says(&["data-scan", "id=\"identified\""]);
    let ids: Vec<String> = ordered.specimens.iter().map(|(id, _)| id.to_string()).collect();
    let scan = |text: &str, more: &[(&'static str, &str)]| {
        let mut form = vec![("drawn", "x".to_owned()), ("scanned", text.to_owned())];
        form.extend(ids.iter().map(|id| ("specimen", id.clone())));
        form.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        form
    };
    let send = |form: Vec<(&'static str, String)>| {
        let (lab, path, amy) = (&lab, &path, &amy);
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
            lab.send_form(path, amy, &form).await
        }
    };
    let wrong = send(scan("4712", &[("wristband", "4711")])).await;
    assert_eq!(wrong.status, REFUSED);
    wrong.says(&["data-refusal=\"OtherWristband\"", "Stop", "id=\"identified\""]);
    let right = send(scan("4711", &[])).await;
    right.says(&["by the wristband", "name=\"wristband\" value=\"4711\""]);
    assert_eq!(right.text.matches("name=\"specimen\"").count(), 2);
    assert!(!right.text.contains("id=\"identified\""), "nothing is left to tick");
    let stray = send(scan(other.specimens[0].1.as_str(), &[("wristband", "4711")])).await;
    stray.says(&["data-refusal=\"NoSuch\"", "of this patient to collect"]);
    let tube = ordered.specimens[1].1.as_str();
    let one = send(scan(tube, &[("wristband", "4711")])).await;
    one.says(&["scanned", "name=\"wristband\" value=\"4711\""]);
    assert_eq!(one.text.matches(" checked").count(), 1, "the tube that was filled");
    let form = vec![
        ("specimen", ids[1].clone()),
        ("wristband", "4711".to_owned()),
        ("tube", tube.to_owned()),
    ];
    assert_eq!(send(form).await.to.as_deref(), Some("/collect"));
    lab.get(&path, &amy).await.says(&[ordered.specimens[0].1.as_str()]);
    // At the door the wristband is compared again.
    let forged = vec![("specimen", ids[0].clone()), ("wristband", "4712".to_owned())];
    send(forged).await.says(&["data-refusal=\"OtherWristband\""]);
}

async fn listed(lab: &Lab, cookie: &str, code: &str) {
    let form = [("code", code), ("name", code), ("is", "ward")];
    assert!(lab.send_form("/directory/location", cookie, &form).await.to.is_some());
}

#[tokio::test]
async fn the_collection_list_is_narrowed_to_a_location() {
    let lab = Lab::open("collect-place");
    let (dora, amy) = (lab.sign_in("dora").await, lab.sign_in("amy").await);
    listed(&lab, &dora, "4B").await;
    listed(&lab, &dora, "ICU").await;
    for (record, place) in [("1", "4B"), ("2", "ICU"), ("3", "")] {
        let form = [
            ("record", record),
            ("family", record),
            ("given", "Ada"),
            ("sex", "F"),
            ("tests", "CBC"),
            ("provider", "Dr. Jon"),
            ("location", place),
        ];
        assert!(lab.send_form("/order", &amy, &form).await.to.is_some(), "{record}");
    }
    let all = lab.get("/collect", &amy).await;
    all.says(&["4B 1", "ICU 1", "1, Ada", "2, Ada", "3, Ada"]);
    let at = all.text.find("/collect?place=").expect("a location");
    let place = all.text[at..].split('"').next().expect("an address").to_owned();
    let there = lab.get(&place, &amy).await;
    there.says(&["1, Ada", "?place="]);
    assert!(!there.text.contains("2, Ada") && !there.text.contains("3, Ada"), "of 4B alone");
}

async fn cancel_form(lab: &Lab, who: &str, ordered: &Ordered) -> (String, Vec<String>) {
    let path = format!("/accession/{}/cancel", ordered.accession);
    let page = lab.get(&path, who).await;
    (path, hidden(&page, "seen").into_iter().map(str::to_owned).collect())
}

fn with_seen<'a>(seen: &'a [String], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form: Vec<(&str, &str)> = seen.iter().map(|one| ("seen", one.as_str())).collect();
    form.extend(more);
    form
}

#[tokio::test]
async fn a_whole_order_is_cancelled_with_a_coded_reason_and_credited_once() {
    let lab = Lab::open("cancel-order");
    let (cy, dora, ben) =
        (lab.sign_in("cy").await, lab.sign_in("dora").await, lab.sign_in("ben").await);
    let ordered = lab.order("4711", &["SOD", "K"], Priority::Routine);
    let (path, seen) = cancel_form(&lab, &cy, &ordered).await;
    assert_eq!(seen.len(), 2);
    lab.get(&path, &cy).await.says(&["SOD K", "Ordered twice"]);
    let none = lab.send_form(&path, &cy, &with_seen(&seen, &[("reason", "")])).await;
    none.says(&["data-refusal=\"Missing\"", "Reason is empty."]);
    let why = [("code", "DUPLICATE"), ("reason", "see 26-1")];
    let done = lab.send_and_follow(&path, &cy, &with_seen(&seen, &why)).await;
    done.says(&["Cancelled 2 tests", "Ordered twice: see 26-1"]);
    lab.get(&path, &cy).await.says(&["can be cancelled any more"]);
    let credit = format!("/accession/{}/credit", ordered.accession);
    assert_eq!(lab.get(&credit, &ben).await.status, StatusCode::FORBIDDEN);
    let page = lab.get(&credit, &dora).await;
    page.says(&["SOD", "Ordered twice: see 26-1"]);
    let at = page.text.find("name=\"test-").expect("a test to credit");
    let test = page.text[at + 6..].split('"').next().expect("its name").to_owned();
    let nothing = lab.send_form(&credit, &dora, &[("reason", "twice")]).await;
    nothing.says(&["data-refusal=\"Missing\"", "Tests is empty."]);
    let form = [(test.as_str(), "yes"), ("reason", "never done")];
    let credited = lab.send_and_follow(&credit, &dora, &form).await;
    credited.says(&["Credited 1 test", "SOD (never done)"]);
    let again = [(test.as_str(), "yes"), ("reason", "once more")];
    lab.send_form(&credit, &dora, &again).await.says(&["data-refusal=\"AlreadyCredited\""]);
}

#[tokio::test]
async fn what_came_meanwhile_is_not_cancelled_unseen() {
    let lab = Lab::open("stale-cancel");
    let cy = lab.sign_in("cy").await;
    let ordered = lab.order("4711", &["SOD", "K"], Priority::Routine);
    lab.receive(&ordered);
    let (path, seen) = cancel_form(&lab, &cy, &ordered).await;
    lab.measure(&ordered, &[("K", "6.9", "mmol/L")]);
    let why = with_seen(&seen, &[("code", "ORDERER"), ("reason", "")]);
    let late = lab.send_form(&path, &cy, &why).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.says(&["data-refusal=\"ChangedMeanwhile\"", "K"]);
    let again: Vec<String> = hidden(&late, "seen").into_iter().map(str::to_owned).collect();
    let why = with_seen(&again, &[("code", "ORDERER"), ("reason", "")]);
    assert!(lab.send_form(&path, &cy, &why).await.to.is_some(), "seen, it is cancelled");
}

#[tokio::test]
async fn one_test_is_cancelled_or_not_performed_for_a_reason_of_the_list() {
    let lab = Lab::open("coded-reasons");
    let cy = lab.sign_in("cy").await;
    let ordered = lab.order("4711", &["SOD", "K"], Priority::Routine);
    lab.receive(&ordered);
    let path = format!("/accession/{}", ordered.accession);
    for (to, test, code, label) in [
        ("/cancel", "SOD", "DECLINED", "Patient declined"),
        ("/not-performed", "K", "QNS", "Quantity not sufficient"),
    ] {
        let row = lab.get(&path, &cy).await.row_with(&format!("<b>{test}</b>"));
        let ask = lab.send_form(to, &cy, &[("row", &row), ("back", &path)]).await;
        ask.says(&[label, "In words"]);
        let form = [("row", row.as_str()), ("back", &path), ("code", code), ("reason", "")];
        lab.send_and_follow(to, &cy, &form).await.says(&[label]);
    }
}

#[tokio::test]
async fn a_test_in_doubt_is_added_with_a_reason() {
    let lab = Lab::open("add-in-doubt");
    let amy = lab.sign_in("amy").await;
    let ordered = lab.order("4711", &["SOD"], Priority::Routine);
    lab.receive(&ordered);
    let path = format!("/tube/{}/add", ordered.specimens[0].1);
    let form = [("codes", "PSA"), ("provider", "Dr. Jon")];
    let doubted = lab.send_form(&path, &amy, &form).await;
    assert_eq!(doubted.status, REFUSED);
    doubted.says(&["data-refusal=\"WrongSex\"", "PSA is for men", "value=\"PSA:WrongSex\""]);
    let form = [
        ("codes", "PSA"),
        ("provider", "Dr. Jon"),
        ("doubt", "PSA:WrongSex"),
        ("reason", "asked for by the urologist"),
    ];
    let added = lab.send_and_follow(&path, &amy, &form).await;
    added.says(&["tests added", "PSA"]);
}
