//! Instruments on screens: connected, changed, their codes mapped with what it does shown first,
//! what waited filed, controls apart.

mod lab;

use ::lab::value::Priority;
use axum::http::StatusCode;
use lab::Lab;

#[tokio::test]
async fn mapping_a_code_shows_what_it_files_and_then_files_it() {
    let lab = Lab::open("map");
    let ordered = lab.order("1", &["GLU", "K"], Priority::Routine);
    lab.receive(&ordered);
    let label = ordered.specimens[0].1.to_string();
    lab.send(&label, &[("K", "4.1", "mmol/L"), ("GLUC", "98", "mg/dL")]);
    lab.send("777", &[("GLUC", "99", "mg/dL")]);
    let dora = lab.sign_in("dora").await;
    let list = lab.get("/instruments", &dora).await;
    list.says(&[&label, "not in its code map"]);
    let number = lab.instrument.to_string();
    let at = format!("/instrument/{number}/map");
    let form = |reason: &'static str, seen: &'static str| {
        [("code", "GLUC"), ("to", "GLU"), ("reason", reason), ("seen", seen)]
    };
    lab.send_form(&at, &dora, &form("", "")).await.says(&["data-refusal=\"Missing\""]);
    let seen = lab.send_form(&at, &dora, &form("validated", "")).await;
    seen.says(&[&label, "GLU 98 mg/dL", "will stand for GLU"]);
    lab.get("/instruments", &dora).await.says(&["not in its code map"]);
    lab.send_and_follow(&at, &dora, &form("validated", "yes")).await.says(&[
        "GLUC stands for GLU.",
        "1 entry filed.",
        "<b>GLUC</b>",
    ]);
    lab.get("/review", &dora).await.says(&["<b>GLU</b>"]);
    let ben = lab.sign_in("ben").await;
    assert_eq!(lab.get(&at, &ben).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_instrument_is_known_by_what_it_calls_itself() {
    let lab = Lab::open("calls-itself");
    lab.links.up("XN-550", "10.0.0.9:4001", lab.now());
    let dora = lab.sign_in("dora").await;
    let at = format!("/instrument/{}", lab.instrument);
    let page = lab.get(&at, &dora).await;
    page.says(&[">connected<", "href=\"/instruments\" data-go=\"i\" aria-current=\"page\""]);
}

#[tokio::test]
async fn a_code_with_a_sharp_is_led_back_to() {
    let lab = Lab::open("sharp");
    let dora = lab.sign_in("dora").await;
    let at = format!("/instrument/{}/map", lab.instrument);
    let form = [("code", "NEUT#"), ("to", "WBC"), ("reason", "validated")];
    let seen = lab.send_form(&at, &dora, &form).await;
    seen.says(&[&format!("{at}?code=NEUT%23")]);
    lab.get(&format!("{at}?code=NEUT%23"), &dora).await.says(&["value=\"NEUT#\""]);
}

#[tokio::test]
async fn what_waited_is_read_again_or_kept_as_control_material() {
    let lab = Lab::open("again");
    let ordered = lab.order("1", &["K"], Priority::Routine);
    lab.collect(&ordered);
    let label = ordered.specimens[0].1.to_string();
    lab.send(&label, &[("K", "4.1", "mmol/L")]);
    lab.send("QC-1", &[("K", "5.5", "mmol/L")]);
    let ben = lab.sign_in("ben").await;
    let list = lab.get("/instruments", &ben).await;
    let (row, control) = (list.row_with(&label), list.row_with("QC-1"));
    let again = [("row", row.as_str()), ("reason", "tube came")];
    lab.send_form("/instruments/replay", &ben, &again).await.says(&["StillUnplaced"]);
    let amy = lab.sign_in("amy").await;
    lab.send_form("/receive", &amy, &[("scan", label.as_str())]).await;
    lab.send_and_follow("/instruments/replay", &ben, &again).await.says(&["read again and filed"]);
    let form = [("row", control.as_str()), ("reason", "level 1")];
    lab.send_and_follow("/instruments/control", &ben, &form)
        .await
        .says(&["kept as control material", "found its place"]);
    let page = lab.get(&format!("/instrument/{}", lab.instrument), &ben).await;
    page.says(&["<b>QC-1</b>", "K 5.5 mmol/L"]);
}

#[tokio::test]
async fn an_instrument_is_changed_with_a_reason_and_only_to_what_can_be() {
    let lab = Lab::open("wiring");
    let dora = lab.sign_in("dora").await;
    let at = format!("/instrument/{}/change", lab.instrument);
    lab.get(&at, &dora).await.says(&["value=\"XN-1\"", "Control material"]);
    let form = |connect: &'static str| {
        [
            ("name", "XN-1"),
            ("driver", "sysmex_xn"),
            ("connect", connect),
            ("controls", "QC-*"),
            ("reason", "moved"),
        ]
    };
    // This web has nobody who reads messages, so that it knows no driver.
    lab.send_form(&at, &dora, &form("10.0.0.9:4001")).await.says(&["There is no driver"]);
    let ivy = lab.sign_in("ben").await;
    assert_eq!(lab.get(&at, &ivy).await.status, StatusCode::FORBIDDEN);
    let page = lab.get("/message/4711", &dora).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}
