//! One check: its name, how it ends, and the table that sums all of them up.
//!
//! What must stay true: a step ends in exactly one of three ways, and a step that did not run
//! says why in words a reader can act on.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It ran and everything held.
    Passed,
    /// It ran and something did not hold.
    Failed(String),
    /// It could not run here, and why.
    NotRun(String),
}

/// A check of the suite.
pub struct Step {
    /// The word after `--only`.
    pub name: &'static str,
    /// What it checks, in one line.
    pub says: &'static str,
    /// Runs it.
    pub run: fn() -> Outcome,
}

/// A step that was taken.
pub struct Taken {
    /// Its name.
    pub name: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub time: Duration,
}

impl Step {
    /// Announces the step, takes it and measures it.
    pub fn take(&self) -> Taken {
        println!("\n=== {}: {}", self.name, self.says);
        let start = Instant::now();
        let outcome = (self.run)();
        Taken { name: self.name, outcome, time: start.elapsed() }
    }
}

/// Runs a command with its output left visible.
pub fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    println!("$ {shown}");
    match command.status() {
        Ok(status) if status.success() => Outcome::Passed,
        Ok(status) => Outcome::Failed(format!("`{shown}` ended with {status}")),
        Err(fault) => Outcome::Failed(format!("`{shown}` did not start: {fault}")),
    }
}

/// A command as one would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// The table over all steps, what did not run and why, and the closing line.
pub fn summary(taken: &[Taken]) -> String {
    let mut text = format!("\n{:<14} {:>9}  result\n", "step", "seconds");
    for Taken { name, outcome, time } in taken {
        let word = match outcome {
            Outcome::Passed => "passed".to_string(),
            Outcome::Failed(why) => format!("FAILED: {why}"),
            Outcome::NotRun(_) => "not run".to_string(),
        };
        text += &format!("{name:<14} {:>9.1}  {word}\n", time.as_secs_f64());
    }
    for Taken { name, outcome, .. } in taken {
        if let Outcome::NotRun(why) = outcome {
            text += &format!("NOT RUN: {name}: {why}\n");
        }
    }
    text + &closing(taken)
}

fn closing(taken: &[Taken]) -> String {
    let count = |wanted: fn(&Outcome) -> bool| taken.iter().filter(|t| wanted(&t.outcome)).count();
    let passed = count(|outcome| *outcome == Outcome::Passed);
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let skipped = count(|outcome| matches!(outcome, Outcome::NotRun(_)));
    let rest = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
    format!("\n{passed} passed, {failed} failed{rest}\n")
}

/// Whether any step failed.
pub fn any_failed(taken: &[Taken]) -> bool {
    taken.iter().any(|taken| matches!(taken.outcome, Outcome::Failed(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_what_failed_and_what_did_not_run() {
        let outcomes = [
            ("lint", Outcome::Passed),
            ("kill", Outcome::Failed("lost an entry".into())),
            ("browser", Outcome::NotRun("no Chromium".into())),
        ];
        let taken = outcomes.map(|(name, outcome)| Taken { name, outcome, time: Duration::ZERO });
        let text = summary(&taken);
        assert!(text.contains("FAILED: lost an entry"), "{text}");
        assert!(text.contains("NOT RUN: browser: no Chromium\n"), "{text}");
        assert!(text.ends_with("\n1 passed, 1 failed, 1 skipped\n"), "{text}");
        assert!(any_failed(&taken));
        assert!(summary(&taken[..1]).ends_with("\n1 passed, 0 failed\n"));
    }
}
