//! A short history, lived through: what happens in a month of a laboratory happens in it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use store::scratch::Scratch;
use store::{Store, check, journal};

use super::{Simulation, directory, history, instruments, people};
use crate::setup;

/// Days and tubes a day in which each of the rarer things happens at least once, by this seed.
const DAYS: u32 = 8;
const TUBES: u32 = 120;
const SEED: u64 = 2026;

#[test]
fn a_week_of_history_has_what_a_laboratory_meets_and_the_check_finds_nothing() {
    let scratch = Scratch::new("history", None).expect("a place for the test");
    let store = Arc::new(Store::open(scratch.place()).expect("the record opens"));
    let simulation = Simulation {
        store: Arc::clone(&store),
        seed: SEED,
        speed: 10.0,
        tubes: TUBES,
        days: DAYS,
        // A Tuesday, 2026-11-24T08:00:00Z.
        began: lab::value::Moment::from_micros(1_795_507_200_000_000),
        stop: Arc::new(AtomicBool::new(false)),
    };
    setup::release_starter_catalog(&store).expect("a catalog");
    people::add_all(&store).expect("people");
    instruments::add_all(&store).expect("instruments");
    directory::enter(&simulation).expect("the directory");
    history::live_through(&simulation).expect("lived through");
    let entries = store.read(|sql| journal::after(sql, 0, u32::MAX)).expect("the journal");
    let mut asked: BTreeMap<String, u32> = BTreeMap::new();
    for entry in entries {
        *asked.entry(entry.command).or_default() += 1;
    }
    for command in [
        "EditDirectory",
        "RejectTests",
        "LoseSpecimen",
        "SpinSpecimens",
        "MakeAliquot",
        "AddTests",
        "MergePatients",
        "AmendResult",
        "RecordCall",
        "StoreSpecimen",
    ] {
        assert!(asked.contains_key(command), "{command} is not in {asked:?}");
    }
    let open = "SELECT count(*) FROM test WHERE lab=1 AND state NOT IN \
                ('Verified', 'Corrected', 'Cancelled')";
    let open = store.read(|sql| sql.row(open, &[])).expect("read").expect("a row");
    assert_eq!(open.int(0), Ok(0), "what was taken again was measured and verified");
    let findings = store.read(|sql| check::check(sql)).expect("the check reads").lines;
    assert_eq!(findings, []);
}
