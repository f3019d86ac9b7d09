//! Progress of work that takes longer than a second, on a terminal.
//!
//! What must stay true: nothing is shown where nobody looks (a pipe, a log), nor of what is done
//! within a second; what stands on standard output stays as documented.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// After so long a person wants to know.
const QUIET: Duration = Duration::from_secs(1);

/// Work under way; dropped when it is done.
pub struct Progress {
    stop: Option<Sender<()>>,
    shows: Option<JoinHandle<()>>,
}

/// What is measured while one waits.
#[derive(Clone, Debug)]
pub enum Measure {
    /// The time alone.
    Time,
    /// A file that grows to about so many bytes.
    File(PathBuf, u64),
}

impl Progress {
    /// Shows, once a second, what is being done and for how long.
    pub fn of(what: &str, measure: Measure) -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress { stop: None, shows: None };
        }
        let (stop, stopped) = channel();
        let (what, began) = (what.to_owned(), Instant::now());
        let shows = std::thread::spawn(move || {
            let mut shown = false;
            while stopped.recv_timeout(QUIET) == Err(RecvTimeoutError::Timeout) {
                let line = line(&what, &measure, began.elapsed());
                eprint!("\r{line}\x1b[K");
                let _ = std::io::stderr().flush();
                shown = true;
            }
            if shown {
                eprint!("\r\x1b[K");
            }
        });
        Progress { stop: Some(stop), shows: Some(shows) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(shows) = self.shows.take() {
            let _ = shows.join();
        }
    }
}

fn line(what: &str, measure: &Measure, took: Duration) -> String {
    let seconds = took.as_secs();
    match measure {
        Measure::Time => format!("{what} … {seconds} s"),
        Measure::File(file, whole) => {
            let written = file.metadata().map_or(0, |about| about.len());
            let percent = (written.saturating_mul(100)).checked_div(*whole).unwrap_or(0).min(99);
            format!("{what} … {percent} %, {seconds} s")
        }
    }
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn a_line_says_what_how_far_and_how_long() {
        let took = Duration::from_millis(3_400);
        assert_eq!(line("Checking", &Measure::Time, took), "Checking … 3 s");
        let file = std::env::temp_dir().join(format!("meniscus-progress-{}", std::process::id()));
        std::fs::write(&file, [0; 50]).expect("written");
        let half = Measure::File(file.clone(), 100);
        assert_eq!(line("Copying", &half, took), "Copying … 50 %, 3 s");
        let more = Measure::File(file.clone(), 10);
        assert_eq!(line("Copying", &more, took), "Copying … 99 %, 3 s");
        std::fs::remove_file(&file).expect("removed");
        assert_eq!(line("Copying", &half, took), "Copying … 0 %, 3 s");
    }
}
