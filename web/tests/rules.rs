//! The rules on the screen: what they release and why not, a dilution, a value told before it is
//! final, and the switch.

mod lab;

use ::lab::value::Priority;
use lab::Lab;

#[tokio::test]
async fn what_the_rules_release_is_gone_from_the_review_and_the_rest_says_why_it_waits() {
    let lab = Lab::open("rules");
    let eli = lab.sign_in("eli").await;
    lab.get("/rules", &eli).await.says(&[
        "Nobody has turned the rules on",
        "Turn the rules on",
        "electrolytes",
        "urine microscopy",
    ]);
    let form = [("request", "r"), ("on", "1"), ("reason", "validated")];
    let page = lab.send_and_follow("/rules", &eli, &form).await;
    page.says(&["The rules release what they name below", "by Eli: validated", "rules release"]);
    let ordered = lab.order("1", &["SOD", "K"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("SOD", "140", "mmol/L"), ("K", "5.4", "mmol/L")]);
    let page = lab.get("/review", &eli).await;
    page.says(&["<b>K</b>", "5.4 lies outside 3.5\u{2013}5.1"]);
    assert!(!page.text.contains("<b>SOD</b>"), "it went out: {}", page.text);
    let page = lab.get(&format!("/accession/{}", ordered.accession), &eli).await;
    page.says(&[
        "A rule of catalog release 1",
        "Released by the rule electrolytes: 140 lies within 136\u{2013}145",
        "Released <b>SOD</b>",
    ]);
}

#[tokio::test]
async fn whoever_supervises_stops_the_rules_and_only_a_director_lets_them_go_on() {
    let lab = Lab::open("rules-off");
    let eli = lab.sign_in("eli").await;
    let on = [("request", "r"), ("on", "1"), ("reason", "validated")];
    lab.send_and_follow("/rules", &eli, &on).await.says(&["by Eli: validated"]);
    let dora = lab.sign_in("dora").await;
    let blank = [("request", "s"), ("on", "0"), ("reason", "")];
    lab.send_form("/rules", &dora, &blank).await.says(&["data-refusal=\"Missing\""]);
    let off = [("request", "t"), ("on", "0"), ("reason", "drift")];
    let page = lab.send_and_follow("/rules", &dora, &off).await;
    page.says(&["a person verifies every result", "by Dora: drift"]);
    assert!(!page.text.contains("Turn the rules"), "a supervisor does not turn them on");
    let on = [("request", "u"), ("on", "1"), ("reason", "please")];
    lab.send_form("/rules", &dora, &on).await.says(&["data-refusal=\"NotPermitted\""]);
    let ben = lab.sign_in("ben").await;
    let off = [("request", "v"), ("on", "0"), ("reason", "drift")];
    lab.send_form("/rules", &ben, &off).await.says(&["data-refusal=\"NotPermitted\""]);
}

#[tokio::test]
async fn a_value_above_the_range_is_run_diluted_from_its_row() {
    let lab = Lab::open("dilute");
    let ordered = lab.order("1", &["GLU"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("GLU", ">400", "mg/dL")]);
    let ben = lab.sign_in("ben").await;
    let page = lab.get("/review", &ben).await;
    page.says(&["Above the range: dilute"]);
    let row = page.row_with("<b>GLU</b>");
    let form = [("row", row.as_str()), ("request", "r"), ("back", "/review")];
    let page = lab.send_form("/review/dilute", &ben, &form).await;
    page.says(&["Rerun a test diluted", "Dilution", "Above the measuring range; run it diluted."]);
    let form = [("row", row.as_str()), ("request", "r"), ("reason", "1:1"), ("back", "/review")];
    lab.send_form("/review/dilute", &ben, &form).await.says(&["data-refusal=\"Unreadable\""]);
    let form = [("row", row.as_str()), ("request", "r"), ("reason", "10"), ("back", "/review")];
    lab.send_and_follow("/review/dilute", &ben, &form).await.says(&["Dilution asked for: GLU"]);
    let page = lab.get(&format!("/accession/{}", ordered.accession), &ben).await;
    page.says(&["Dilute 1:10 and run again"]);
}

#[tokio::test]
async fn a_value_told_before_it_is_final_stands_on_a_preliminary_report() {
    let lab = Lab::open("preliminary");
    let ordered = lab.order("1", &["SOD"], Priority::Routine);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("SOD", "140", "mmol/L")]);
    let ben = lab.sign_in("ben").await;
    let report = format!("/report/{}", ordered.accession);
    lab.get(&report, &ben).await.says(&["pending"]);
    let row = lab.get("/review", &ben).await.row_with("<b>SOD</b>");
    let form = [("row", row.as_str()), ("request", "r"), ("back", "/review")];
    let page = lab.send_and_follow("/review/preliminary", &ben, &form).await;
    page.says(&["Told before it is final: SOD 140", "told"]);
    lab.get(&report, &ben).await.says(&["140", "PRELIMINARY", "by Ben, MLT; to be verified"]);
    let row = lab.get("/review", &ben).await.row_with("<b>SOD</b>");
    let form = [("row", row.as_str()), ("request", "s"), ("back", "/review")];
    lab.send_and_follow("/review/verify", &ben, &form).await.says(&["Verified SOD"]);
    let page = lab.get(&report, &ben).await;
    page.says(&["140", "FINAL"]);
    assert!(!page.text.contains("to be verified"), "{}", page.text);
}
