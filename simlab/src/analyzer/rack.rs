//! The rack: what an instrument was loaded with and what became of it, seen from both threads.
//!
//! What must stay true: a tube is waiting from the moment it is loaded until it is acknowledged or
//! given back, whatever the line does meanwhile.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Acknowledged, NotRun, Tube};

/// The rack of one instrument.
#[derive(Debug, Default)]
pub(super) struct Rack {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    tubes: VecDeque<Tube>,
    /// Tubes taken off the rack, whose results are not acknowledged yet.
    in_work: usize,
    acknowledged: Vec<Acknowledged>,
    not_run: Vec<(String, NotRun)>,
    connected: bool,
    stopped: bool,
}

impl Rack {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is whole before the lock is let go, so a panic elsewhere harms nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, by: impl FnOnce(&mut State) -> T) -> T {
        let outcome = by(&mut self.state());
        self.changed.notify_all();
        outcome
    }

    pub(super) fn load(&self, tube: Tube) {
        self.change(|state| state.tubes.push_back(tube));
    }

    /// Takes the next tube into work.
    pub(super) fn take(&self) -> Option<Tube> {
        let mut state = self.state();
        let tube = state.tubes.pop_front()?;
        state.in_work += 1;
        Some(tube)
    }

    pub(super) fn acknowledge(&self, message: Acknowledged) {
        self.change(|state| {
            state.in_work -= 1;
            state.acknowledged.push(message);
        });
    }

    pub(super) fn give_back(&self, label: String, because: NotRun) {
        self.change(|state| {
            state.in_work -= 1;
            state.not_run.push((label, because));
        });
    }

    pub(super) fn waiting(&self) -> usize {
        let state = self.state();
        state.tubes.len() + state.in_work
    }

    pub(super) fn acknowledged(&self) -> Vec<Acknowledged> {
        self.state().acknowledged.clone()
    }

    pub(super) fn not_run(&self) -> Vec<(String, NotRun)> {
        self.state().not_run.clone()
    }

    pub(super) fn connected(&self) -> bool {
        self.state().connected
    }

    pub(super) fn set_connected(&self, connected: bool) {
        self.change(|state| state.connected = connected);
    }

    pub(super) fn stop(&self) {
        self.change(|state| state.stopped = true);
    }

    pub(super) fn stopped(&self) -> bool {
        self.state().stopped
    }

    /// Waits for the time to pass or something to change.
    pub(super) fn pause(&self, time: Duration) {
        let state = self.state();
        if !state.stopped {
            drop(self.changed.wait_timeout(state, time));
        }
    }

    pub(super) fn settled_within(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut state = self.state();
        while !state.tubes.is_empty() || state.in_work > 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}
