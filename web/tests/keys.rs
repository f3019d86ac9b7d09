//! The keys of a page: each does one thing there, so that the list of `?` is whole.
//!
//! What must stay true: no letter stands for two things on one page; none is taken that every page
//! has.

mod lab;

use std::collections::BTreeMap;

use ::lab::value::Priority;
use lab::{Lab, Page};

/// The letters that hold on every page.
const TAKEN: [&str; 6] = ["/", "?", "g", "j", "k", "u"];

/// The keys of a page, each with the words it stands for; those of a row stand in every row.
fn keys(page: &Page) -> BTreeMap<String, Vec<String>> {
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in page.text.split("data-key=\"").skip(1) {
        let (key, rest) = part.split_once('"').expect("a key");
        let words = rest.split_once('>').map_or("", |(_, rest)| rest);
        let words = words.split('<').next().unwrap_or_default().trim().to_owned();
        let known = keys.entry(key.to_owned()).or_default();
        if !known.contains(&words) {
            known.push(words);
        }
    }
    keys
}

#[tokio::test]
async fn a_key_does_one_thing_on_a_page() {
    let lab = Lab::open("keys");
    let dora = lab.sign_in("dora").await;
    let ordered = lab.order("4711", &["CBC", "SOD", "K"], Priority::Stat);
    lab.receive(&ordered);
    lab.measure(&ordered, &[("WBC", "6.8", "10*3/uL"), ("HGB", "5.9", "g/dL")]);
    let (accession, tube) = (&ordered.accession, &ordered.specimens[0].1);
    let page = lab.get(&format!("/accession/{accession}"), &dora).await;
    let at = page.text.find("<strong><a href=\"/patient/").expect("the patient's page");
    let patient = page.text[at + 17..].split('"').next().expect("an address").to_owned();
    let mut seen = 0;
    for path in [
        &format!("/accession/{accession}"),
        &format!("/accession/{accession}/cancel"),
        &format!("/tube/{tube}"),
        &format!("/label/{accession}"),
        &format!("/report/{accession}"),
        &format!("{patient}/chart"),
        &patient,
        "/collect",
        "/review",
        "/criticals",
        "/process",
        "/storage",
        "/dispatch",
        "/directory",
        "/instruments",
        "/",
    ] {
        let page = lab.get(path, &dora).await;
        for (key, words) in keys(&page) {
            assert_eq!(words.len(), 1, "{key} on {path}: {words:?}");
            assert!(!TAKEN.contains(&key.as_str()), "{key} on {path} is a key of every page");
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen} keys");
}
