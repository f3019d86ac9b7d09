//! A tube after its receipt, through the screens: spun, parted, put away, fetched, lost and found,
//! rejected in part, sent on.
//!
//! What must stay true: each act is done from the tube's own page; what is refused is said there.

mod lab;

use axum::http::StatusCode;
use lab::Lab;

/// An order of one serum tube, received; the labels of its accession and tube.
async fn received(lab: &Lab, who: &str) -> (String, String) {
    let form = [
        ("request", "one"),
        ("record", "4711"),
        ("family", "Lovelace"),
        ("given", "Ada"),
        ("born", "1958-03-24"),
        ("sex", "F"),
        ("tests", "k sod"),
        ("priority", "STAT"),
        ("provider", "Dr. Jon"),
        ("comment", ""),
    ];
    let answer = lab.send_form("/order", who, &form).await;
    let labels_at = answer.to.expect("labels");
    let accession = labels_at.rsplit('/').next().expect("a number").to_owned();
    let labels = lab.get(&labels_at, who).await;
    let tube = labels.text.split("data-label=\"").nth(1).expect("a tube");
    let tube = tube.split('"').next().expect("a label").to_owned();
    let collect = lab.get(&format!("/collect/{accession}"), who).await;
    let id = collect.text.split("name=\"specimen\" value=\"").nth(1).expect("a specimen");
    let id = id.split('"').next().expect("a number").to_owned();
    let form = [("identified", "yes"), ("at", ""), ("specimen", id.as_str())];
    lab.send_and_follow(&format!("/collect/{accession}"), who, &form).await;
    lab.send_and_follow("/receive", who, &[("scan", &tube)]).await.says(&["Received "]);
    (accession, tube)
}

#[tokio::test]
async fn a_tube_is_put_away_fetched_lost_and_found() {
    let lab = Lab::open("tube");
    let dora = lab.sign_in("dora").await;
    let (_, tube) = received(&lab, &dora).await;
    lab.get("/process", &dora).await.says(&["Lovelace, Ada", &tube, "spin 1300-2000 g", "clot"]);
    let early = lab.send_form("/process", &dora, &[("scan", &tube), ("act", "spin")]).await;
    early.says(&["StillClotting"]);
    let page = lab.get(&format!("/tube/{tube}"), &dora).await;
    page.says(&["Lovelace, Ada", "4711", "Put away", "Make an aliquot", "Add tests"]);
    let place = [
        ("request", "p"),
        ("code", "R1"),
        ("unit", "Refrigerator 1"),
        ("zone", "refrigerated"),
        ("rows", "2"),
        ("columns", "2"),
    ];
    lab.send_and_follow("/storage/add", &dora, &place)
        .await
        .says(&["Set up R1.", "Refrigerator 1"]);
    let put = [("request", "s"), ("scan", tube.as_str()), ("position", "R1 A1")];
    let rack = lab.send_and_follow("/storage", &dora, &put).await;
    rack.says(&["Put ", &tube, "value=\"R1 A2\"", "free"]);
    let path = |act: &str| format!("/tube/{tube}/{act}");
    lab.send_and_follow(&path("fetch"), &dora, &[("request", "f")]).await.says(&["fetched"]);
    let nobody = lab.send_form(&path("lose"), &dora, &[("request", "l"), ("note", "rack")]).await;
    nobody.says(&["Who was told is empty."]);
    let lose = [("request", "m"), ("note", "not in the rack"), ("told", "ward 3")];
    lab.send_and_follow(&path("lose"), &dora, &lose).await.says(&["lost", "It was found"]);
    lab.get("/storage", &dora).await.says(&["not in the rack"]);
    lab.send_and_follow(&path("found"), &dora, &[("request", "g")]).await.says(&["told found"]);
}

#[tokio::test]
async fn a_test_is_rejected_and_ordered_anew_and_another_added() {
    let lab = Lab::open("tube-reject");
    let dora = lab.sign_in("dora").await;
    let (accession, tube) = received(&lab, &dora).await;
    let add = [("request", "a"), ("codes", "crea"), ("provider", "Dr. Jon")];
    let path = format!("/tube/{tube}/add");
    lab.send_and_follow(&path, &dora, &add).await.says(&["tests added", "CREA"]);
    let page = lab.get(&format!("/accession/{accession}"), &dora).await;
    let id = page.text.split("/reject?row=").nth(1).expect("a way to reject");
    let id = id.split('"').next().expect("a number").to_owned();
    let ask = lab.get(&format!("/reject?row={id}"), &dora).await;
    ask.says(&["Only these tests", "Who was told"]);
    let test = ask.text.split("name=\"test-").nth(1).expect("a test");
    let test = format!("test-{}", test.split('"').next().expect("a number"));
    let form = [
        ("request", "r"),
        ("row", id.as_str()),
        ("reason", "HEMOLYZED"),
        ("told", "nurse Diaz"),
        (test.as_str(), "yes"),
    ];
    lab.send_and_follow("/reject", &dora, &form).await.says(&["Ordered anew."]);
    let story = lab.get(&format!("/accession/{accession}"), &dora).await;
    story.says(&["told nurse Diaz", "HEMOLYZED", "Added "]);
    lab.get("/collect", &dora).await.says(&["Lovelace, Ada", "STAT"]);
}

#[tokio::test]
async fn tubes_are_sent_by_a_list_and_arrive() {
    let lab = Lab::open("tube-send");
    let dora = lab.sign_in("dora").await;
    let (_, tube) = received(&lab, &dora).await;
    let form = [
        ("request", "d"),
        ("tubes", tube.as_str()),
        ("to", "reference laboratory"),
        ("name", "Northern Reference"),
        ("zone", "frozen"),
    ];
    let sent = lab.send_and_follow("/dispatch", &dora, &form).await;
    sent.says(&["Sent 1 tube to Northern Reference.", "Lovelace, Ada", "frozen"]);
    let row = sent.text.split("data-id=\"").nth(1).expect("a row");
    let row = row.split('"').next().expect("a number").to_owned();
    let arrived = [("request", "e"), ("row", row.as_str())];
    let after = lab.send_and_follow("/dispatch/arrived", &dora, &arrived).await;
    after.says(&["arrived.", "Nothing is under way."]);
    let again = lab.send_form("/dispatch/arrived", &dora, &[("request", "h"), ("row", &row)]).await;
    assert_ne!(again.status, StatusCode::SEE_OTHER);
    again.says(&["WrongStanding"]);
}
