//! How fast messages are read, beside the floor of only splitting them.
//!
//! `cargo test --release -p wire --test speed -- --ignored --nocapture` prints the figures; in the
//! suite it only proves that a message of many records costs no more a byte than a short one.

use std::time::{Duration, Instant};

use wire::driver::parse_all;
use wire::frame::astm::{Link, Role, frames_of};
use wire::frame::mllp::block;

/// A count with differential as an XN sends it, its results this often.
fn count(times: usize) -> String {
    let mut text = String::from(
        "H|\\^&|||XN-1000^00-22^11254^^^^AP795545||||||||E1394-97\rP|1|||MRN-7|^Lee^Ann||19800517|F\r\
         O|1||^^         2632900001019^B|^^^^WBC\\^^^^RBC|||||||N||||||||||||||F\r",
    );
    for at in 0..times {
        let code = ["WBC", "RBC", "HGB", "HCT", "MCV", "MCH", "PLT", "NEUT#"][at % 8];
        text.push_str(&format!(
            "R|{}|^^^^{code}^1|{}.{}|10*3/uL||N||F||||20261124080000\r",
            at + 1,
            at % 90,
            at % 10
        ));
    }
    text.push_str("L|1|N\r");
    text
}

/// A chemistry report in HL7, its results this often.
fn report(times: usize) -> String {
    let mut text = String::from(
        "MSH|^~\\&|LAB|X|||20261124080000||ORU^R01|M-1|P|2.3.1||||||UNICODE UTF-8\r\
         PID|1||MRN-7||Lee^Ann||19800517|F\rOBR|1||2632900001019|CHEM^Chemistry^L\r",
    );
    for at in 0..times {
        let code = ["GLU", "K", "NA", "CL", "CREA"][at % 5];
        text.push_str(&format!(
            "OBX|{}|NM|{code}^{code}^L||{}.{}|mmol/L|3.5-5.1|N|||F|||20261124080000||ben\r",
            at + 1,
            at % 90,
            at % 10
        ));
    }
    text
}

/// Bytes a second and messages a second of doing something again and again for a while.
fn rate(bytes: usize, lasts: Duration, mut work: impl FnMut() -> usize) -> (f64, f64) {
    let (began, mut rounds, mut found) = (Instant::now(), 0_u32, 0);
    while began.elapsed() < lasts {
        found += work();
        rounds += 1;
    }
    assert!(found > 0, "the work does something");
    let seconds = began.elapsed().as_secs_f64();
    let a_second = f64::from(rounds) / seconds;
    (a_second * bytes as f64 / 1e6, a_second)
}

fn messages() -> [(&'static str, Vec<u8>); 4] {
    let (astm, hl7) = (count(30), report(30));
    let frames = frames_of(astm.as_bytes(), &Link::new(Role::Instrument)).concat();
    [
        ("ASTM records", astm.clone().into_bytes()),
        ("ASTM in frames", [&[5][..], &frames, &[4]].concat()),
        ("HL7", hl7.clone().into_bytes()),
        ("HL7 in a block", block(hl7.as_bytes())),
    ]
}

#[test]
#[ignore = "prints figures"]
fn figures() {
    for (name, bytes) in messages() {
        let second = Duration::from_secs(1);
        let (read, each) = rate(bytes.len(), second, || parse_all(None, &bytes)[0].specimens.len());
        let (floor, _) = rate(bytes.len(), second, || {
            bytes.split(|b| *b == b'\r').map(|line| line.split(|b| *b == b'|').count()).sum()
        });
        println!(
            "{name:>15}: {read:6.1} MB/s, {each:7.0} messages/s of {} bytes; splitting alone \
             {floor:6.1} MB/s, {:.2} of it",
            bytes.len(),
            read / floor
        );
    }
}

#[test]
fn a_long_message_costs_no_more_a_byte_than_a_short_one() {
    for make in [count as fn(usize) -> String, report] {
        let cost = |times: usize| {
            let text = make(times).into_bytes();
            let best = (0..5).map(|_| {
                let began = Instant::now();
                assert_eq!(parse_all(None, &text)[0].specimens[0].readings.len(), times);
                began.elapsed()
            });
            best.min().expect("five").as_secs_f64() / text.len() as f64
        };
        let (short, long) = (cost(200), cost(6400));
        assert!(long < short * 6.0, "{:.1} and {:.1} ns a byte", short * 1e9, long * 1e9);
    }
}
