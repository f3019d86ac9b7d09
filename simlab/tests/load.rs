//! The load generator against a host over loopback TCP.

mod host;

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use host::{Host, Manner};
use simlab::analyzer::{chemistry, sysmex};
use simlab::load::{Letter, Load, letters};
use wire::reading::Protocol;

const BOTH: [(Protocol, &str); 2] =
    [(Protocol::Astm, sysmex::SENDER), (Protocol::Hl7, chemistry::SENDER)];

fn hundred(protocol: Protocol, sender: &str) -> Vec<Letter> {
    let labels: Vec<String> = (0..100).map(|n| format!("26328{n:08}")).collect();
    letters(protocol, sender, &labels, 1)
}

#[test]
fn every_letter_is_delivered_and_timed() {
    for (protocol, sender) in BOTH {
        let host = Host::open(protocol, Manner::default());
        let letters = hundred(protocol, sender);
        let load = Load::new(protocol, host.address, 4);
        let outcome = load.run(&letters, &AtomicBool::new(false));
        assert_eq!(outcome.broken, Vec::<String>::new());
        let mut delivered: Vec<usize> = outcome.delivered.iter().map(|one| one.letter).collect();
        delivered.sort_unstable();
        assert_eq!(delivered, (0..100).collect::<Vec<_>>());
        assert_eq!(host.labels(), letters.iter().map(|l| l.label.clone()).collect::<Vec<_>>());
        assert_eq!(outcome.results(&letters), 100 * letters[0].results);
        let half = outcome.latency_at(0.5).expect("a latency");
        assert!(half <= outcome.latency_at(0.99).expect("a latency") && half < outcome.elapsed);
        assert!(host.kept().iter().all(|message| message.not_understood.is_empty()));
    }
}

#[test]
fn only_what_was_acknowledged_counts_when_lines_break() {
    for (protocol, sender) in BOTH {
        let host = Host::open(protocol, Manner { breaks: 0.03, ..Manner::default() });
        let letters = hundred(protocol, sender);
        let outcome = Load::new(protocol, host.address, 4).run(&letters, &AtomicBool::new(false));
        assert!(!outcome.broken.is_empty() && outcome.delivered.len() < 100);
        let kept = host.labels();
        for one in &outcome.delivered {
            assert!(kept.contains(&letters[one.letter].label), "acknowledged and not kept");
        }
    }
}

#[test]
fn a_load_stops_when_told_and_keeps_its_pace() {
    for (protocol, sender) in BOTH {
        let host = Host::open(protocol, Manner::default());
        let letters = hundred(protocol, sender);
        let mut load = Load::new(protocol, host.address, 1);
        let stopped = load.run(&letters, &AtomicBool::new(true));
        assert_eq!((stopped.delivered.len(), stopped.broken.len()), (0, 1));
        load.pace = Duration::from_millis(5);
        let outcome = load.run(&letters[..40], &AtomicBool::new(false));
        assert_eq!(outcome.delivered.len(), 40);
        assert!(outcome.elapsed >= Duration::from_millis(5 * 39), "{:?}", outcome.elapsed);
    }
}
