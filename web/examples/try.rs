//! A laboratory to look at while working on screens: a record in a folder that is gone
//! afterwards, people with the password demo, and specimens at every station.
//!
//! `cargo run -p web --example try -- 127.0.0.1:8090`
#[path = "../tests/lab/mod.rs"]
mod lab;

use std::sync::Arc;

use ::lab::value::Priority;
use lab::Lab;

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8090".into());
    let lab = Lab::open("try");
    lab.catch_up();
    fill(&lab);
    let shown = web::Laboratory { demo: true, ..lab::laboratory() };
    let app = web::App::new(Arc::clone(&lab.store), shown, lab.links.clone());
    let listener = tokio::net::TcpListener::bind(&address).await.expect("a free port");
    println!("http://{}", listener.local_addr().expect("an address"));
    axum::serve(listener, web::router(app)).await.expect("served");
}

const CBC: [(&str, &str, &str); 5] = [
    ("WBC", "6.83", "10*3/uL"),
    ("RBC", "4.41", "10*6/uL"),
    ("HGB", "13.2", "g/dL"),
    ("HCT", "39.6", "%"),
    ("PLT", "251", "10*3/uL"),
];

const STRANGE: [(&str, &str, &str); 5] = [
    ("WBC", "18.2", "10*3/uL"),
    ("RBC", "2.10", "10*6/uL"),
    ("HGB", "5.9", "g/dL"),
    ("HCT", "18.1", "%"),
    ("PLT", "<10", "10*3/uL"),
];

const BMP: [(&str, &str, &str); 4] = [
    ("SOD", "141", "mmol/L"),
    ("K", "6.8", "mmol/L"),
    ("GLU", "101", "mg/dL"),
    ("CREA", "0.94", "mg/dL"),
];

/// Specimens at every station.
fn fill(lab: &Lab) {
    for number in 0..14 {
        let record = format!("MR{}", 10_230 + number * 7);
        let priority = if number % 5 == 0 { Priority::Stat } else { Priority::Routine };
        let panels: &[&str] = if number % 3 == 0 { &["CBC", "BMP"] } else { &["CBC"] };
        let ordered = lab.order(&record, panels, priority);
        if number > 10 {
            continue;
        }
        if number > 8 {
            lab.collect(&ordered);
            continue;
        }
        lab.receive(&ordered);
        if number > 6 {
            continue;
        }
        let (_, first) = &ordered.specimens[0];
        lab.send(first.as_str(), if number % 4 == 0 { &STRANGE } else { &CBC });
        if let Some((_, second)) = ordered.specimens.get(1) {
            lab.send(second.as_str(), &BMP);
        }
    }
    lab.send("99887766", &CBC);
    lab.send("QC-L1", &[("HGB", "12.1", "g/dL")]);
    lab.links.up("XN-1", "127.0.0.1:41022", lab.now());
    lab.links.byte("XN-1", lab.now());
}
