//! The worklist of a bench: what is open, how old it is against its target, what each waits for.

mod lab;

use ::lab::journey::process::{SpinSpecimens, StoreSpecimen};
use ::lab::people::Actor;
use ::lab::value::Priority;
use lab::{Lab, Page};

/// The rows of a page in their order, each as its text without marks.
fn rows(page: &Page) -> Vec<String> {
    let rows = page.text.split("<tr data-row data-id=\"").skip(1);
    let plain = |row: &str| {
        let row = row.split("</tr>").next().unwrap_or_default();
        let parts = row.split('<').skip(1).filter_map(|part| part.split_once('>'));
        let text: String = parts.map(|(_, text)| format!("{text} ")).collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    rows.map(plain).collect()
}

#[tokio::test]
async fn each_open_tube_says_what_it_waits_for() {
    let lab = Lab::open("pending");
    let cy = lab.sign_in("cy").await;
    lab.get("/pending", &cy).await.says(&["Nothing is pending."]);
    lab.order("1", &["CBC"], Priority::Routine);
    let taken = lab.order("2", &["CBC"], Priority::Routine);
    lab.collect(&taken);
    let there = lab.order("3", &["CBC", "ESR"], Priority::Routine);
    lab.receive(&there);
    let critical = lab.order("4", &["CBC"], Priority::Routine);
    lab.receive(&critical);
    lab.measure(&critical, &[("HGB", "5.9", "g/dL"), ("WBC", "6.83", "10*3/uL")]);
    let page = lab.get("/pending?bench=hematology", &cy).await;
    let rows = rows(&page);
    let says = |record: &str, words: &str| {
        let fits = |row: &&String| row.contains(&format!("Family{record},")) && row.contains(words);
        assert!(rows.iter().any(|row| fits(&row)), "{record} {words}: {rows:#?}");
    };
    says("1", "1 not collected CBC");
    says("2", "2 not received CBC");
    says("3", "3 waits for the instrument WBC RBC HGB HCT MCV MCH MCHC PLT 0 min");
    says("3", "3 to enter RDW MPV ESR 0 min");
    says("4", "4 critical to call HGB");
    says("4", "4 waits for the instrument RBC HCT MCV");
    says("4", "4 to verify WBC");
    let other = lab.get("/pending?bench=coagulation", &cy).await;
    other.says(&["Nothing is pending."]);
}

#[tokio::test]
async fn serum_waits_to_clot_to_be_spun_and_to_be_fetched() {
    let lab = Lab::open("serum");
    let cy = lab.sign_in("cy").await;
    let ordered = lab.order("1", &["TSH", "SOD"], Priority::Routine);
    lab.receive(&ordered);
    let row = async || rows(&lab.get("/pending?bench=chemistry", &cy).await).join("\n");
    let clots = row().await;
    assert!(clots.contains("to clot 30 min more"), "{clots}");
    lab.wait_minutes(31);
    let cy = lab.sign_in("cy").await;
    let row = async || rows(&lab.get("/pending?bench=chemistry", &cy).await).join("\n");
    let spins = row().await;
    assert!(spins.contains("to spin") && !spins.contains("clot"), "{spins}");
    let id = ordered.specimens[0].0;
    lab.done(Actor::System, SpinSpecimens { specimens: vec![id] });
    let measured = row().await;
    assert!(measured.contains("waits for the instrument SOD"), "{measured}");
    assert!(measured.contains("to enter TSH"), "{measured}");
    lab.done(
        Actor::System,
        ::lab::journey::process::AddStoragePlace {
            code: "R1".into(),
            unit: "refrigerator".into(),
            shelf: String::new(),
            zone: ::lab::value::Zone::Refrigerated,
            shape: (2, 2),
        },
    );
    let away = StoreSpecimen { specimen: id, place: "R1".into(), spot: "A1".into() };
    lab.done(Actor::System, away);
    assert!(row().await.contains("put away: fetch it"), "{}", row().await);
}

#[tokio::test]
async fn stat_stands_first_then_what_is_past_its_target() {
    let lab = Lab::open("overdue");
    let old = lab.order("old", &["WBC"], Priority::Routine);
    lab.receive(&old);
    lab.wait_minutes(200);
    let new = lab.order("new", &["WBC"], Priority::Routine);
    lab.receive(&new);
    let stat = lab.order("stat", &["WBC"], Priority::Stat);
    lab.receive(&stat);
    let cy = lab.sign_in("cy").await;
    let first = |page: &Page| -> Vec<String> {
        let family = |row: String| {
            row.split("Family").nth(1).and_then(|rest| rest.split(',').next()).map(str::to_owned)
        };
        rows(page).into_iter().filter_map(family).collect()
    };
    let page = lab.get("/pending?bench=hematology", &cy).await;
    assert_eq!(first(&page), ["stat", "old", "new"], "nearest to its target before the rest");
    page.says(&["0 overdue, 1 STAT", "3:20 h", "data-target=\"2700\""]);
    page.says(&["class=\"age\" datetime=\"2026-11-24T09:00:00Z\" data-age data-target=\"14400\""]);
    lab.wait_minutes(41);
    let cy = lab.sign_in("cy").await;
    let page = lab.get("/pending?bench=hematology", &cy).await;
    assert_eq!(first(&page), ["stat", "old", "new"]);
    page.says(&["1 overdue, 1 STAT", "class=\"age late\" datetime=\"2026-11-24T09:00:00Z\""]);
    lab.wait_minutes(5);
    lab.get("/pending?bench=hematology", &cy).await.says(&["2 overdue, 1 STAT"]);
}
