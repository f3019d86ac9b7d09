//! The staff of the teaching laboratory: results that nobody has looked at for a while are
//! verified by an MLS, so that the lists stay those of a working shift.
//!
//! What must stay true: whoever tries the demo comes first: exceptions are left alone for longer
//! than the rest, and criticals longest.

use std::thread::JoinHandle;
use std::time::Duration;

use lab::accession::{Flag, Looked};
use lab::journey::call::RecordCall;
use lab::journey::verify::VerifyResults;
use store::query::{self, ReviewLine};

use super::{Simulation, people};
use crate::Ended;
use crate::setup;

/// Minutes of the simulated day that a result waits for whoever tries the demo.
const CLEAN_WAITS: f64 = 45.0;
const HELD_WAITS: f64 = 240.0;
const CRITICAL_WAITS: f64 = 480.0;

/// Starts the staff.
///
/// # Errors
/// The thread cannot be started.
pub fn run(simulation: Simulation) -> Result<JoinHandle<()>, Ended> {
    let name = std::thread::Builder::new().name("staff".into());
    Ok(name.spawn(move || {
        while !simulation.stopped() {
            std::thread::sleep(Duration::from_millis(500));
            if let Err(ended) = work(&simulation) {
                tracing::warn!(?ended, "the simulated staff could not verify");
            }
        }
    })?)
}

fn work(simulation: &Simulation) -> Result<(), Ended> {
    let cy = people::actor(&simulation.store, "cy")?;
    let waiting = simulation.store.read(|sql| query::review_list(sql, None, query::PAGE))?;
    for line in waiting.iter().filter(|line| due(line, simulation.speed)) {
        let reason = match line.result.holds.is_empty() {
            true => String::new(),
            false => "Repeated and confirmed".into(),
        };
        let mut looked_at = Looked::at(&line.test);
        let now = setup::now();
        // Somebody at a screen may have decided meanwhile; that is an answer, not a failure.
        if line.test.call.as_ref().is_some_and(|call| call.open) {
            let called = "R. Adeyemi, RN".to_owned();
            let (test, note) = (line.test.id, String::new());
            let call = RecordCall { test, looked_at, called, at: None, read_back: true, note };
            let _ = simulation.act(cy, now, call.into());
            looked_at.touched = Some(now);
        }
        let tests = vec![(line.test.id, looked_at)];
        let _ = simulation.act(cy, now, VerifyResults { tests, reason }.into());
    }
    Ok(())
}

fn due(line: &ReviewLine, speed: f64) -> bool {
    let waits = match line.result.flag {
        Some(Flag::LL | Flag::HH) => CRITICAL_WAITS,
        _ if !line.result.holds.is_empty() => HELD_WAITS,
        _ => CLEAN_WAITS,
    };
    let seconds = setup::now().micros() - line.result.filed_at.micros();
    Duration::from_micros(u64::try_from(seconds).unwrap_or(0)).as_secs_f64() * speed > waits * 60.0
}
