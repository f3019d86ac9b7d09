//! The patient's page, what is corrected there, and two registrations that become one.
//!
//! What must stay true: what somebody else corrected meanwhile is not overwritten; two patients are
//! merged only as they were seen; what was merged is undone; no address names a patient.

mod lab;

use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::{Lab, Page};

const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// The address of the page of the patient with this number.
async fn page_of(lab: &Lab, cookie: &str, number: &str) -> String {
    let found = lab.send_form("/find", cookie, &[("q", number)]).await;
    let to = found.to.expect("somewhere");
    if to.starts_with("/patient/") {
        return to;
    }
    let page = lab.get(&to, cookie).await;
    let at = page.text.find("<strong><a href=\"/patient/").expect("the patient's page");
    page.text[at + 17..].split('"').next().expect("an address").to_owned()
}

async fn amended(lab: &Lab, (cookie, to): (&str, &str), change: (&str, &str), seen: &str) -> Page {
    let mut form = vec![
        ("request", "r"),
        ("seen", seen),
        ("family", "Family4711"),
        ("given", "Ada"),
        ("born", "1958-03-24"),
        ("sex", "F"),
        ("reason", "identity card"),
    ];
    form.retain(|(name, _)| *name != change.0);
    form.push(change);
    lab.send_form(&format!("{to}/amend"), cookie, &form).await
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
}

#[tokio::test]
async fn any_number_leads_to_the_patient_and_no_address_names_one() {
    let lab = Lab::open("find-patient");
    let amy = lab.sign_in("amy").await;
    lab.order("4711", &["CBC"], Priority::Routine);
    lab.order("4711", &["BMP"], Priority::Routine);
    let to = page_of(&lab, &amy, "4711").await;
    assert!(!to.contains("4711"), "{to}");
    let page = lab.get(&to, &amy).await;
    page.says(&["Family4711, Ada", "4711", "CBC", "BMP", "No other number is known."]);
    let form = [("value", "INS-9"), ("kind", "HC"), ("authority", "Acme"), ("reason", "card")];
    let added = lab.send_and_follow(&format!("{to}/identifier"), &amy, &form).await;
    added.says(&["INS-9", "insurance number", "Acme", "is known as INS-9 too"]);
    let stay = [
        ("number", "E-77"),
        ("class", "inpatient"),
        ("admitted", "2026-11-24T08:00"),
        ("location", ""),
    ];
    lab.send_and_follow(&format!("{to}/encounter"), &amy, &stay).await.says(&["E-77", "open"]);
    for number in ["INS-9", "E-77", "]C0INS-9", " 4711 "] {
        assert_eq!(page_of(&lab, &amy, number).await, to, "{number}");
    }
    let listed = lab.send_form("/find", &amy, &[("q", "nobody")]).await.to.expect("a list");
    assert!(listed.starts_with("/find?asked=") && !listed.contains("nobody"), "{listed}");
    lab.get(&listed, &amy).await.says(&["Nothing has this number or name.", "nobody"]);
    let ben = lab.sign_in("ben").await;
    assert!(!lab.get(&listed, &ben).await.text.contains("nobody"), "another session's question");
}

#[tokio::test]
async fn a_retired_number_still_finds_and_no_longer_holds() {
    let lab = Lab::open("retired-number");
    let amy = lab.sign_in("amy").await;
    lab.order("4711", &["CBC"], Priority::Routine);
    let to = page_of(&lab, &amy, "4711").await;
    let form = [("value", "INS-9"), ("kind", "HC"), ("authority", "Acme"), ("reason", "card")];
    let page = lab.send_and_follow(&format!("{to}/identifier"), &amy, &form).await;
    let row = page.row_with("INS-9");
    let ask = lab.get(&format!("{to}/retire?row={row}"), &amy).await;
    ask.says(&["INS-9", "insurance number"]);
    let none = [("row", row.as_str()), ("reason", "")];
    assert_eq!(lab.send_form(&format!("{to}/retire"), &amy, &none).await.status, REFUSED);
    let why = [("row", row.as_str()), ("reason", "policy ended")];
    let retired = lab.send_and_follow(&format!("{to}/retire"), &amy, &why).await;
    retired.says(&["retired", "policy ended", "no longer names"]);
    assert_eq!(page_of(&lab, &amy, "INS-9").await, to);
}

#[tokio::test]
async fn who_corrects_a_patient_has_seen_the_patient_as_it_is() {
    let lab = Lab::open("stale-patient");
    let (amy, cy) = (lab.sign_in("amy").await, lab.sign_in("cy").await);
    lab.order("4711", &["CBC"], Priority::Routine);
    let to = page_of(&lab, &amy, "4711").await;
    let seen = unescaped(&lab.get(&format!("{to}/amend"), &amy).await.hidden("seen"));
    let first = amended(&lab, (&cy, &to), ("given", "Ada Maria"), &seen).await;
    assert_eq!(first.to.as_deref(), Some(to.as_str()));
    let late = amended(&lab, (&amy, &to), ("born", "1958-03-25"), &seen).await;
    late.says(&["data-refusal=\"PatientChanged\"", "value=\"1958-03-25\""]);
    let again = unescaped(&late.hidden("seen"));
    assert_ne!(again, seen, "what is there now is seen with the refusal");
    for (change, code) in [
        (("born", "1958-13-40"), "Unreadable"),
        (("family", ""), "Missing"),
        (("reason", ""), "Missing"),
    ] {
        let page = amended(&lab, (&amy, &to), change, &again).await;
        assert_eq!(page.status, REFUSED, "{change:?}");
        page.says(&[&format!("data-refusal=\"{code}\"")]);
    }
}

#[tokio::test]
async fn two_registrations_become_one_and_two_again() {
    let lab = Lab::open("merge");
    let dora = lab.sign_in("dora").await;
    lab.order("4711", &["CBC"], Priority::Routine);
    let gone = lab.order("4712", &["BMP"], Priority::Routine);
    let (one, other) = (page_of(&lab, &dora, "4711").await, page_of(&lab, &dora, "4712").await);
    let (id, with) = (&one["/patient/".len()..], &other["/patient/".len()..]);
    let merge = format!("{one}/merge");
    let unknown = lab.send_form(&merge, &dora, &[("other", "4799")]).await;
    unknown.says(&["data-refusal=\"NoSuch\"", "4799"]);
    let own = lab.send_form(&merge, &dora, &[("other", "4711")]).await;
    own.says(&["data-refusal=\"NoSuch\""]);
    let to = lab.send_form(&merge, &dora, &[("other", "4712")]).await.to.expect("a comparison");
    assert_eq!(to, format!("{merge}?with={with}"));
    let both = lab.get(&to, &dora).await;
    both.says(&["4711", "4712", "differs", "1 order, 0 encounters, 0 numbers of 4712 go to it"]);
    let (own, theirs) = (both.hidden("seen-one"), both.hidden("seen-other"));
    let (own, theirs) = (unescaped(&own), unescaped(&theirs));
    let form = |reason| {
        [
            ("with", with),
            ("seen-one", own.as_str()),
            ("seen-other", theirs.as_str()),
            ("survives", id),
            ("reason", reason),
        ]
    };
    lab.send_form(&merge, &dora, &form("")).await.says(&["data-refusal=\"Missing\"", "4712"]);
    let merged = lab.send_and_follow(&merge, &dora, &form("one identity card")).await;
    merged.says(&["Merged 4712", gone.accession.as_str(), "one identity card", "stands"]);
    // The number that was given up leads to the one that survives.
    let found = lab.send_and_follow("/find", &dora, &[("q", "4712")]).await;
    found.says(&["Record 4712 was merged into 4711", gone.accession.as_str()]);
    lab.get(&other, &dora).await.says(&["data-refusal=\"MergedAway\"", "Go on with"]);
    let row = merged.row_with("one identity card");
    lab.get(&format!("{one}/unmerge?row={row}"), &dora).await.says(&["4711", "4712", "Goes back"]);
    let why = [("row", row.as_str()), ("reason", "twins")];
    let undone = lab.send_and_follow(&format!("{one}/unmerge"), &dora, &why).await;
    undone.says(&["undone", "twins", "went back"]);
    assert!(!undone.text.contains(gone.accession.as_str()), "its order went back");
    lab.get(&other, &dora).await.says(&[gone.accession.as_str()]);
    undone.says(&["Who changed what, when", "Undid a merge", "Merged two registrations"]);
    let amy = lab.sign_in("amy").await;
    let reception = lab.get(&one, &amy).await;
    assert!(!reception.text.contains("Who changed what"), "the journal is not reception's");
}

#[tokio::test]
async fn who_differs_in_birth_date_is_merged_only_where_somebody_says_so() {
    let lab = Lab::open("merge-differ");
    let dora = lab.sign_in("dora").await;
    lab.order("4711", &["CBC"], Priority::Routine);
    lab.order("4712", &["BMP"], Priority::Routine);
    let (one, other) = (page_of(&lab, &dora, "4711").await, page_of(&lab, &dora, "4712").await);
    let seen = unescaped(&lab.get(&format!("{other}/amend"), &dora).await.hidden("seen"));
    let mut change = vec![("seen", seen.as_str()), ("family", "Family4712"), ("given", "Ada")];
    change.extend([("born", "1985-03-24"), ("sex", "F"), ("reason", "card")]);
    assert!(lab.send_form(&format!("{other}/amend"), &dora, &change).await.to.is_some());
    let with = &other["/patient/".len()..];
    let page = lab.get(&format!("{one}/merge?with={with}"), &dora).await;
    let (own, theirs) =
        (unescaped(&page.hidden("seen-one")), unescaped(&page.hidden("seen-other")));
    let mut form = vec![("with", with), ("seen-one", own.as_str()), ("reason", "digits swapped")];
    form.extend([("seen-other", theirs.as_str()), ("survives", with)]);
    let refused = lab.send_form(&format!("{one}/merge"), &dora, &form).await;
    refused.says(&["data-refusal=\"PatientsDiffer\"", "birth date", "name=\"although\""]);
    form.push(("although", "yes"));
    let merged = lab.send_form(&format!("{one}/merge"), &dora, &form).await;
    assert_eq!(merged.to.as_deref(), Some(other.as_str()), "the other was said to survive");
}
