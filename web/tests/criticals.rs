//! The list of calls: a critical value stays on it, verified or not, until it was read back.

mod lab;

use ::lab::value::Priority;
use lab::Lab;

#[tokio::test]
async fn a_critical_value_stays_on_the_list_until_it_was_read_back() {
    let lab = Lab::open("criticals");
    let ordered = lab.order("1", &["CBC"], Priority::Routine);
    lab.receive(&ordered);
    let cy = lab.sign_in("cy").await;
    lab.get("/criticals", &cy).await.says(&["Every critical value was read back."]);
    lab.measure(&ordered, &[("HGB", "5.9", "g/dL")]);
    let page = lab.get("/criticals", &cy).await;
    page.says(&["<b>HGB</b>", "5.9", "Family1, Ada", "held"]);
    let row = page.row_with("<b>HGB</b>");
    let form = [("row", row.as_str()), ("request", "r")];
    lab.send_form("/criticals/call", &cy, &form).await.says(&["Who was called", "Family1, Ada"]);
    let form = [("row", row.as_str()), ("request", "r"), ("called", ""), ("reached", "no")];
    lab.send_form("/criticals/call", &cy, &form).await.says(&["data-refusal=\"Missing\""]);
    let form = [("row", row.as_str()), ("request", "r"), ("called", "ward 4"), ("reached", "no")];
    let page = lab.send_and_follow("/criticals/call", &cy, &form).await;
    page.says(&["ward 4, not reached", "<b>HGB</b>"]);
    // Verifying does not take it off.
    let row = page.row_with("<b>HGB</b>");
    let form = [("row", row.as_str()), ("reason", "repeated"), ("back", "/review")];
    lab.send_and_follow("/review/verify", &cy, &form).await.says(&["Verified HGB"]);
    let page = lab.get("/criticals", &cy).await;
    let row = page.row_with("<b>HGB</b>");
    let form = [
        ("row", row.as_str()),
        ("request", "s"),
        ("called", "R. Adeyemi, RN"),
        ("reached", "read-back"),
    ];
    let page = lab.send_and_follow("/criticals/call", &cy, &form).await;
    page.says(&["told to R. Adeyemi, RN", "Every critical value was read back."]);
}
