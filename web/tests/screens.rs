//! Each screen by itself: what it does, what it refuses, what it keeps.
//!
//! What must stay true: a refusal comes back on the same page with the typed work kept; a form
//! sent twice is done once; what was decided on is what was on the screen; each look is noted.

mod lab;

use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::{Lab, Ordered, Page};

const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// A received order with results: one clean, one critical.
fn measured(lab: &Lab, record: &str) -> Ordered {
    let ordered = lab.order(record, &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("WBC", "6.83", "10*3/uL"), ("HGB", "5.9", "g/dL")]);
    ordered
}

async fn verify(lab: &Lab, cookie: &str, row: &str) -> Page {
    let form = [("row", row), ("back", "/review"), ("request", row)];
    lab.send_and_follow("/review/verify", cookie, &form).await
}

#[tokio::test]
async fn collecting_asks_for_two_identifiers_and_a_possible_time() {
    let lab = Lab::open("collect");
    let amy = lab.sign_in("amy").await;
    let ordered = lab.order("1", &["CBC"], Priority::Stat);
    let path = format!("/collect/{}", ordered.accession);
    let tube = ordered.specimens[0].0.to_string();
    let page = lab.send_form(&path, &amy, &[("specimen", &tube)]).await;
    assert_eq!(page.status, REFUSED);
    page.says(&["data-refusal=\"Missing\"", "two identifiers", "Family1, Ada"]);
    let late = [("specimen", tube.as_str()), ("identified", "yes"), ("at", "2026-11-24T10:30")];
    let page = lab.send_form(&path, &amy, &late).await;
    page.says(&["ImpossibleTime", "value=\"2026-11-24T10:30\""]);
    let right = [("specimen", tube.as_str()), ("identified", "yes"), ("at", "2026-11-24T08:50")];
    lab.send_and_follow(&path, &amy, &right).await.says(&["Collected 1 specimen of"]);
    lab.get(&path, &amy).await.says(&["has been collected"]);
}

#[tokio::test]
async fn tubes_are_received_one_after_another_and_mismatches_go_aside() {
    let lab = Lab::open("receive");
    let amy = lab.sign_in("amy").await;
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    let tube = ordered.specimens[0].1.to_string();
    let page = lab.send_form("/receive", &amy, &[("scan", &tube)]).await;
    assert_eq!(page.status, REFUSED);
    page.says(&["data-refusal=\"NotCollected\"", &format!("data-scanned=\"{tube}\""), "autofocus"]);
    lab.collect(&ordered);
    let page = lab.send_and_follow("/receive", &amy, &[("scan", &tube)]).await;
    page.says(&[&format!("Received {tube}."), "Family1, Ada"]);
    assert!(!page.text.contains("data-scanned"), "what was received leaves the side list");
    for (scan, says) in [
        ("123", "thirteen digits"),
        (ordered.accession.as_str(), "not of the accession"),
        ("2632899999013", "There is no specimen"),
        ("2632800001019", "another check digit"),
    ] {
        lab.send_form("/receive", &amy, &[("scan", scan)]).await.says(&[says]);
    }
    let again = lab.send_form("/receive", &amy, &[("scan", &tube), ("request", "new")]).await;
    again.says(&["AlreadyReceived"]);
    let cleared = lab.send_and_follow("/receive/clear", &amy, &[("scan", "123")]).await;
    assert!(!cleared.text.contains("data-scanned=\"123\""), "{}", cleared.text);
}

#[tokio::test]
async fn a_specimen_is_rejected_with_a_coded_reason() {
    let lab = Lab::open("reject");
    let amy = lab.sign_in("amy").await;
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    let row = lab.get("/receive", &amy).await.row_with("Family1");
    lab.get(&format!("/reject?row={row}"), &amy).await.says(&["<option", "Family1, Ada"]);
    let page = lab.send_form("/reject", &amy, &[("row", &row), ("note", "mostly clot")]).await;
    page.says(&["UnknownReason", "value=\"mostly clot\""]);
    let reason = page.text.split("<option value=\"").nth(2).and_then(|text| text.split('"').next());
    let reason = reason.expect("a reason").to_owned();
    let form = [("row", row.as_str()), ("reason", &reason), ("note", "mostly clot")];
    lab.send_and_follow("/reject", &amy, &form).await.says(&[
        "Rejected",
        &reason,
        "rejected</span>",
    ]);
    assert_eq!(lab.get("/reject?row=nothing", &amy).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_row_shows_the_decision_and_its_evidence() {
    let lab = Lab::open("evidence");
    let dora = lab.sign_in("dora").await;
    let earlier = lab.order("1", &["CBC"], Priority::Routine);
    lab.receive(&earlier);
    lab.measure(&earlier, &[("HGB", "13.2", "g/dL")]);
    let row = lab.get("/review", &dora).await.row_with("<b>HGB</b>");
    verify(&lab, &dora, &row).await.says(&["Verified HGB 13.2"]);
    lab.wait_minutes(1);
    let later = lab.order("1", &["CBC"], Priority::Stat);
    lab.receive(&later);
    lab.measure(&later, &[("HGB", "5.9", "g/dL")]);
    let page = lab.get("/review?bench=hematology", &dora).await;
    page.says(&[
        "5.9",
        "LL",
        "12.0–16.0",
        "<span class=\"was\">13.2</span> <small",
        "XN-1",
        "Critical:",
        "STAT",
        "Δ",
    ]);
    page.says(&["data-live=\"results\"", "data-key=\"v\"", "data-key=\"h\"", "data-key=\"r\""]);
    assert!(!lab.get("/review?bench=chemistry", &dora).await.text.contains("5.9"));
}

#[tokio::test]
async fn a_held_result_goes_out_with_a_reason_by_a_role_that_may() {
    let lab = Lab::open("held");
    measured(&lab, "1");
    let ben = lab.sign_in("ben").await;
    let row = lab.get("/review", &ben).await.row_with("<b>HGB</b>");
    let page = verify(&lab, &ben, &row).await;
    assert_eq!(page.status, REFUSED);
    page.says(&["data-refusal=\"Held\"", "An MLS or a supervisor", "id=\"review\""]);
    let cy = lab.sign_in("cy").await;
    let asks = verify(&lab, &cy, &row).await;
    asks.says(&["name=\"reason\"", "Critical:", "Family1, Ada"]);
    let form = [("row", row.as_str()), ("reason", "Called 09:10"), ("back", "/review")];
    let done = lab.send_and_follow("/review/verify", &cy, &form).await;
    done.says(&["Verified HGB 5.9"]);
    assert!(!done.text.contains(&row), "the row is gone");
}

#[tokio::test]
async fn a_result_that_changed_meanwhile_is_not_verified() {
    let lab = Lab::open("stale");
    let ordered = measured(&lab, "1");
    let ben = lab.sign_in("ben").await;
    let row = lab.get("/review", &ben).await.row_with("<b>WBC</b>");
    lab.measure(&ordered, &[("WBC", "7.9", "10*3/uL")]);
    let page = verify(&lab, &ben, &row).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says(&["data-refusal=\"ChangedMeanwhile\"", "7.9", "XN-1 was first with WBC"]);
    let form = [("row", row.as_str()), ("reason", "why not"), ("back", "/review")];
    lab.send_form("/review/hold", &ben, &form)
        .await
        .says(&["ChangedMeanwhile", "value=\"why not\""]);
}

#[tokio::test]
async fn all_that_is_clean_of_one_accession_is_verified_at_once() {
    let lab = Lab::open("clean");
    let ben = lab.sign_in("ben").await;
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    let sent = [("WBC", "6.8", "10*3/uL"), ("RBC", "4.4", "10*6/uL"), ("HGB", "5.9", "g/dL")];
    lab.measure(&ordered, &sent);
    measured(&lab, "2");
    let page = lab.get("/review", &ben).await;
    let row = page.row_with("<b>RBC</b>");
    let seen: Vec<&str> = page.text.split("name=\"seen\" value=\"").skip(1).collect();
    let seen: Vec<&str> = seen.iter().filter_map(|part| part.split('"').next()).collect();
    let mut form = vec![("row", row.as_str()), ("back", "/review"), ("request", "r")];
    form.extend(seen.iter().map(|one| ("seen", *one)));
    let after = lab.send_and_follow("/review/clean", &ben, &form).await;
    after.says(&["Verified 2 results of Family1, Ada", "<b>HGB</b>", "Family2, Ada"]);
    assert!(!after.text.contains("<b>RBC</b>"));
    let held = after.row_with("<b>HGB</b>");
    let form = [("row", held.as_str()), ("back", "/review"), ("seen", held.as_str())];
    lab.send_and_follow("/review/clean", &ben, &form).await.says(&["Nothing verified"]);
}

#[tokio::test]
async fn a_calculated_result_waits_for_its_held_input() {
    let lab = Lab::open("input-first");
    let ben = lab.sign_in("ben").await;
    let ordered = lab.order("1", &["BMP"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("K", "4.2", "mmol/L"), ("CREA", "0.9", "mg/dL")]);
    let page = lab.get("/review", &ben).await;
    let (k, crea) = (page.row_with("<b>K</b>"), page.row_with("<b>CREA</b>"));
    let egfr = page.row_with("<b>EGFR</b>");
    let form = [("row", crea.as_str()), ("reason", "hemolyzed"), ("back", "/review")];
    lab.send_and_follow("/review/hold", &ben, &form).await.says(&["Held: CREA"]);
    let alone = verify(&lab, &ben, &egfr).await;
    alone.says(&["data-refusal=\"InputFirst\""]);
    let mut form = vec![("row", k.as_str()), ("back", "/review"), ("request", "r")];
    form.extend([("seen", k.as_str()), ("seen", egfr.as_str())]);
    let after = lab.send_and_follow("/review/clean", &ben, &form).await;
    after.says(&["Verified 1 result of Family1, Ada", "<b>EGFR</b>", "<b>CREA</b>"]);
}

#[tokio::test]
async fn holding_and_rerunning_ask_for_a_reason() {
    let lab = Lab::open("hold");
    let ordered = measured(&lab, "1");
    let ben = lab.sign_in("ben").await;
    let row = lab.get("/review", &ben).await.row_with("<b>WBC</b>");
    let form = [("row", row.as_str()), ("back", "/review")];
    let asks = lab.send_form("/review/hold", &ben, &form).await;
    assert_eq!(asks.status, StatusCode::OK);
    asks.says(&["name=\"reason\""]);
    let form = [("row", row.as_str()), ("back", "/review"), ("reason", "")];
    lab.send_form("/review/hold", &ben, &form).await.says(&["data-refusal=\"Missing\""]);
    let form = [("row", row.as_str()), ("back", "/review"), ("reason", "clump on the smear")];
    let held = lab.send_and_follow("/review/hold", &ben, &form).await;
    held.says(&["Held: WBC 6.8", "clump on the smear"]);
    lab.send_form("/review/rerun", &ben, &form).await.says(&["Ben (MLT) was first with WBC"]);
    let row = held.row_with("<b>WBC</b>");
    let form = [("row", row.as_str()), ("back", "/review"), ("reason", "clump on the smear")];
    lab.send_and_follow("/review/rerun", &ben, &form).await.says(&["Rerun asked for: WBC"]);
    let page = lab.get(&format!("/accession/{}", ordered.accession), &ben).await;
    page.says(&["rerun</span>", "Asked to rerun", "Held <b>WBC</b>"]);
}

#[tokio::test]
async fn what_a_person_wrote_is_said_first_and_once() {
    let lab = Lab::open("by-hand");
    let ordered = measured(&lab, "1");
    let cy = lab.sign_in("cy").await;
    let row = lab.get("/review", &cy).await.row_with("<b>HGB</b>");
    let form = [("row", row.as_str()), ("back", "/review"), ("reason", "smear is read by Dora")];
    let page = lab.send_and_follow("/review/hold", &cy, &form).await;
    page.says(&[">Held: smear is read by Dora; Critical: call"]);
    let accession = lab.get(&format!("/accession/{}", ordered.accession), &cy).await;
    let results = accession.text.split("id=\"specimens\"").next().unwrap_or_default();
    assert_eq!(results.matches("smear is read by Dora").count(), 1, "{results}");
    assert!(results.contains("Held by hand: smear is read by Dora"), "{results}");
}

#[tokio::test]
async fn a_result_typed_by_hand_is_filed_and_a_bad_one_comes_back() {
    let lab = Lab::open("enter");
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    let ben = lab.sign_in("ben").await;
    let path = format!("/accession/{}", ordered.accession);
    let page = lab.get(&path, &ben).await;
    let wbc = page.number_of("<b>WBC</b>");
    let hgb = page.number_of("<b>HGB</b>");
    let (wbc, hgb) = (format!("value-{wbc}"), format!("value-{hgb}"));
    let form = [(wbc.as_str(), "7.2"), (hgb.as_str(), "13,5"), ("request", "r")];
    let refused = lab.send_form(&format!("{path}/enter"), &ben, &form).await;
    assert_eq!(refused.status, REFUSED);
    refused.says(&["NotAValue", "value=\"13,5\"", "7.2", "Filed WBC."]);
    let form = [(hgb.as_str(), "13.5"), ("request", "r")];
    let filed = lab.send_and_follow(&format!("{path}/enter"), &ben, &form).await;
    filed.says(&["Filed HGB.", "13.5", "by hand"]);
    let row = filed.row_with("<b>PLT</b>");
    let form = [("row", row.as_str()), ("back", path.as_str()), ("reason", "clotted")];
    let none = lab.send_and_follow("/not-performed", &ben, &form).await;
    none.says(&["Filed as not performed: PLT", "not performed</b>", "clotted"]);
    let form = [("row", row.as_str()), ("back", path.as_str()), ("reason", "")];
    lab.send_form("/not-performed", &ben, &form).await.says(&["data-refusal=\"Missing\""]);
}

#[tokio::test]
async fn unclaimed_readings_are_given_or_discarded_with_a_reason() {
    let lab = Lab::open("unclaimed");
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    lab.send("99887766", &[("WBC", "6.8", "10*3/uL")]);
    lab.links.up("XN-1", "10.0.0.7:4000", lab.now());
    lab.links.up("stranger", "10.0.0.8:4000", lab.now());
    lab.links.waiting("XN-1", 2);
    lab.links.trouble("XN-1", "a frame was refused: check the cable", lab.now());
    let ben = lab.sign_in("ben").await;
    let page = lab.get("/instruments", &ben).await;
    page.says(&["connected</span>", "10.0.0.7:4000", "99887766", "No specimen has this number."]);
    page.says(&["10.0.0.8:4000", "no instrument of this laboratory"]);
    page.says(&["data-th=\"Answers waiting\"><b>2</b>", "data-th=\"Unclaimed\"><b>1</b>"]);
    page.says(&["Look at the tube; give them to its specimen"]);
    let own = lab.get(&format!("/instrument/{}", lab.instrument), &ben).await;
    own.says(&["check the cable", "as each message says", "10.0.0.7:4000"]);
    let row = page.row_with("99887766");
    let tube = ordered.specimens[0].1.to_string();
    let form = [("row", row.as_str()), ("label", &tube), ("reason", "")];
    let page = lab.send_form("/instruments/give", &ben, &form).await;
    page.says(&["data-refusal=\"Missing\"", &format!("value=\"{tube}\"")]);
    let form = [("row", row.as_str()), ("label", &tube), ("reason", "label torn")];
    lab.send_and_follow("/instruments/give", &ben, &form)
        .await
        .says(&["given to the specimen", "found its place"]);
    let form = [("row", row.as_str()), ("reason", "again")];
    lab.send_form("/instruments/discard", &ben, &form).await.says(&["AlreadySettled"]);
    lab.get("/review", &ben).await.says(&["<b>WBC</b>"]);
}

#[tokio::test]
async fn anything_is_found_by_any_number_or_name() {
    let lab = Lab::open("find");
    let ordered = lab.order("4711", &["CBC"], Priority::Routine);
    lab.order("4712", &["CBC"], Priority::Routine);
    let amy = lab.sign_in("amy").await;
    let at = format!("/accession/{}", ordered.accession);
    for number in [ordered.accession.to_string(), ordered.specimens[0].1.to_string(), "4711".into()]
    {
        let found = lab.get(&format!("/find?q={number}"), &amy).await;
        assert_eq!(found.to.as_deref(), Some(at.as_str()), "{number}");
    }
    lab.get("/find?q=family", &amy).await.says(&["Family4711, Ada", "Family4712, Ada"]);
    lab.get("/find?q=nobody", &amy).await.says(&["Nothing has this number or name."]);
    let none = lab.get("/accession/2632899999005", &amy).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    none.says(&["NoSuch"]);
}

#[tokio::test]
async fn labels_print_for_an_accession_and_for_one_container() {
    let lab = Lab::open("label");
    let ordered = lab.order("1", &["CBC", "BMP"], Priority::Routine);
    let amy = lab.sign_in("amy").await;
    let count = |page: &Page| page.text.matches("^XA").count();
    let all = lab.get(&format!("/label/{}.zpl", ordered.accession), &amy).await;
    let one = lab.get(&format!("/label/{}.zpl?copies=2", ordered.specimens[1].1), &amy).await;
    assert_eq!((count(&all), count(&one)), (2, 1));
    one.says(&["^PQ2"]);
    let many = lab.get(&format!("/label/{}.zpl?copies=101", ordered.accession), &amy).await;
    many.says(&["Copies cannot be read; expected: 1 to 100."]);
    let sheet = lab.get(&format!("/label/{}?sheet=1", ordered.accession), &amy).await;
    assert_eq!(sheet.text.matches("<svg").count(), 2);
}

#[tokio::test]
async fn a_look_at_a_patient_is_noted_once_in_a_while() {
    let lab = Lab::open("looks");
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    let ben = lab.sign_in("ben").await;
    let patient = {
        use ::lab::command::Look;
        let found = lab.store.read(|sql| store::DatabaseLook(sql).patient_numbered("1"));
        found.expect("read").expect("a patient").id
    };
    let looks = || {
        lab.settle();
        lab.store.read(|sql| store::session::looks_at(sql, patient)).expect("read")
    };
    let path = format!("/accession/{}", ordered.accession);
    assert_eq!(looks(), 0);
    lab.get(&path, &ben).await;
    lab.get(&path, &ben).await;
    assert_eq!(looks(), 1);
    lab.get(&format!("/report/{}", ordered.accession), &ben).await;
    assert_eq!(looks(), 2);
    lab.wait_minutes(11);
    lab.get(&path, &ben).await;
    assert_eq!(looks(), 3);
}

#[tokio::test]
async fn the_board_counts_what_waits() {
    let lab = Lab::open("board");
    measured(&lab, "1");
    lab.order("2", &["CBC"], Priority::Routine);
    let dora = lab.sign_in("dora").await;
    let page = lab.get("/", &dora).await;
    let figures: String = page.text.replace(['\n', ' '], "");
    for (label, count) in
        [("Held", 1), ("Toverify", 1), ("Tocollect", 1), ("Critical,notverified", 1)]
    {
        let at = figures.find(&format!("<dt>{label}</dt>")).expect(label);
        let figure = &figures[at..at + 200.min(figures.len() - at)];
        assert!(figure.contains(&format!(">{count}</a>")), "{label}: {figure}");
    }
    page.says(&["Held, most urgent first", "Family1, Ada"]);
    let hal = lab.sign_in("hal").await;
    let page = lab.get("/", &hal).await;
    assert!(!page.text.contains("Family1") && !page.text.contains("href=\"/review\""));
}

/// What a grid of a page says, without the marks.
fn grid_text(page: &Page, id: &str) -> String {
    let from = page.text.split(&format!("id=\"{id}\"")).nth(1).unwrap_or_else(|| panic!("{id}"));
    let part = from.split("</table>").next().unwrap_or_default();
    let texts = part.split('<').skip(1).filter_map(|part| part.split_once('>'));
    let text: String = texts.map(|(_, text)| format!("{text} ")).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_board_tells_the_open_problems_and_todays_turnaround() {
    let lab = Lab::open("shift");
    lab.links.up("XN-1", "10.0.0.9:4001", lab.now());
    let dora = lab.sign_in("dora").await;
    let quiet = lab.get("/", &dora).await;
    quiet.says(&["No open problem.", "Nothing with a target was verified today"]);
    lab.links.down("XN-1", lab.now());
    measured(&lab, "1");
    let late = lab.order("2", &["K"], Priority::Stat);
    lab.receive(&late);
    let cy = lab.sign_in("cy").await;
    let page = lab.get("/review?bench=hematology", &cy).await;
    let row = page.row_with("<b>WBC</b>");
    let form = [("row", row.as_str()), ("request", "v"), ("back", "/review")];
    lab.wait_minutes(12);
    lab.send_form("/review/verify", &cy, &form).await;
    lab.wait_minutes(50);
    let dora = lab.sign_in("dora").await;
    let page = lab.get("/", &dora).await;
    let problems = grid_text(&page, "problems");
    for said in [
        "Critical values not read back 1 62 min",
        "Chemistry: tests past their target 1 2 min",
        "XN-1 is not connected 62 min",
    ] {
        assert!(problems.contains(said), "{said}: {problems}");
    }
    let figures = grid_text(&page, "turnaround");
    // WBC was verified after 12 min; nine others of the blood count are open for 62.
    assert!(figures.contains("Hematology Routine 240 &gt; 62 &gt; 62 100 % 1 9 0"), "{figures}");
    assert!(figures.contains("Chemistry STAT 60 &gt; 62 &gt; 62 0 % 0 1 1"), "{figures}");
    let hal = lab.sign_in("hal").await;
    let page = lab.get("/", &hal).await;
    page.says(&["XN-1 is not connected"]);
    assert!(!page.text.contains("id=\"turnaround\"") && !page.text.contains("past their target"));
}

#[tokio::test]
async fn a_student_sees_and_does_not_decide() {
    let lab = Lab::open("student");
    measured(&lab, "1");
    let ivy = lab.sign_in("ivy").await;
    let page = lab.get("/review", &ivy).await;
    page.says(&["<b>HGB</b>"]);
    assert!(!page.text.contains("data-key=\"v\""));
    assert_eq!(verify(&lab, &ivy, "1-1").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_happens_is_told_to_open_pages_without_a_patients_facts() {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let lab = Lab::open("live");
    let ben = lab.sign_in("ben").await;
    let request = Request::get("/live").header("cookie", &ben).body(Body::empty()).expect("one");
    let answer = lab.router.clone().oneshot(request).await.expect("a stream");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut body = answer.into_body();
    lab.order("4711", &["CBC"], Priority::Routine);
    let mut heard = String::new();
    while !["orders", "specimens", "counts", "accession-"].iter().all(|one| heard.contains(one)) {
        let frame = body.frame().await.expect("a frame").expect("no fault");
        heard.push_str(&String::from_utf8_lossy(frame.data_ref().expect("words")));
    }
    assert!(!heard.contains("4711") && !heard.contains("Ada"), "{heard}");
    lab.app.stop();
    assert!(body.frame().await.is_none_or(|frame| frame.is_ok()));
}
