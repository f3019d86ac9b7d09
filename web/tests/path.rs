//! The whole path of a tube through the screens: sign in, order, label, collect, receive, review,
//! verify, report, journal.
//!
//! What must stay true: each page leads to the next by what stands on it.

mod lab;

use axum::http::StatusCode;
use lab::Lab;

#[tokio::test]
async fn a_tube_goes_from_order_to_report() {
    let lab = Lab::open("path");
    let dora = lab.sign_in("dora").await;
    let order = lab.get("/order", &dora).await;
    let request = order.hidden("request");
    let form = [
        ("request", request.as_str()),
        ("record", "4711"),
        ("family", "Lovelace"),
        ("given", "Ada"),
        ("born", "1958-03-24"),
        ("sex", "F"),
        ("tests", "cbc bmp"),
        ("priority", "STAT"),
        ("provider", "Dr. Jon"),
        ("comment", ""),
    ];
    let answer = lab.send_form("/order", &dora, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let labels_at = answer.to.expect("labels");
    let accession = labels_at.rsplit('/').next().expect("a number").to_owned();
    let labels = lab.get(&labels_at, &dora).await;
    labels.says(&["Lovelace, Ada", "4711", "STAT", "Ordered ", "<svg", "autofocus"]);
    let zpl = lab.get(&format!("/label/{accession}.zpl"), &dora).await;
    zpl.says(&["^XA", "^XZ"]);
    assert_eq!(zpl.headers["content-type"], "application/zpl");

    lab.get("/collect", &dora).await.says(&["Lovelace, Ada", &accession]);
    let collect = lab.get(&format!("/collect/{accession}"), &dora).await;
    let tubes = numbers(&collect.text, "name=\"specimen\" value=\"");
    let mut form = vec![("identified", "yes"), ("at", "")];
    form.extend(tubes.iter().map(|tube| ("specimen", tube.as_str())));
    let path = format!("/collect/{accession}");
    lab.send_and_follow(&path, &dora, &form).await.says(&["Collected 2 specimens"]);

    for label in numbers(&labels.text, "data-label=\"") {
        let answer = lab.send_and_follow("/receive", &dora, &[("scan", &label)]).await;
        answer.says(&[&format!("Received {label}.")]);
    }
    let first = numbers(&labels.text, "data-label=\"").remove(0);
    lab.send(&first, &[("WBC", "6.8", "10*3/uL"), ("HGB", "5.9", "g/dL")]);

    let review = lab.get("/review", &dora).await;
    review.says(&["Critical", "Lovelace, Ada", "STAT"]);
    let wbc = review.row_with("<b>WBC</b>");
    let form = [("row", wbc.as_str()), ("back", "/review"), ("request", "r1")];
    let after = lab.send_and_follow("/review/verify", &dora, &form).await;
    after.says(&["Verified WBC 6.8"]);

    let hgb = after.row_with("<b>HGB</b>");
    let form = [("row", hgb.as_str()), ("back", "/review"), ("request", "r2")];
    let asks = lab.send_form("/review/verify", &dora, &form).await;
    assert_eq!(asks.status, StatusCode::OK);
    asks.says(&["Verify a held result", "name=\"reason\"", "Lovelace, Ada"]);
    let reason = "Called Dr. Jon 09:10, read back";
    let form = [("row", hgb.as_str()), ("back", "/review"), ("request", "r2"), ("reason", reason)];
    lab.send_and_follow("/review/verify", &dora, &form).await.says(&["Verified HGB 5.9"]);

    lab.get(&format!("/report/{accession}"), &dora).await.says(&[
        "Lovelace",
        ">6</span><span>.8<",
        "LL",
    ]);
    let file = lab.get(&format!("/report/{accession}/pdf"), &dora).await;
    assert_eq!(file.headers["content-type"], "application/pdf");
    file.says(&["%PDF-", "pdfaid:part"]);
    let journal = lab.get(&format!("/accession/{accession}"), &dora).await;
    journal.says(&["Who did what", "Verified <b>HGB</b>", reason, "Dora (Supervisor)", "XN-1"]);
}

/// Everything that stands behind a mark, up to the next quote.
fn numbers(text: &str, mark: &str) -> Vec<String> {
    let parts = text.split(mark).skip(1);
    parts.map(|part| part.split('"').next().unwrap_or_default().to_owned()).collect()
}
