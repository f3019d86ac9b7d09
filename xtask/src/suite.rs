//! Every check, in the order in which a failure is cheapest to learn of.
//!
//! What must stay true: each step runs whatever the steps before it found, so that one run tells
//! everything; the release build comes before the steps that need the program.

use std::path::Path;
use std::process::ExitCode;

use crate::browser;
use crate::database::with_server;
use crate::machine::{cargo, has_cargo, released_program, root};
use crate::paper;
use crate::step::{Outcome, Step, any_failed, run as run_command, summary};

const STEPS: [Step; 12] = [
    Step { name: "format", says: "every source is formatted", run: format },
    Step { name: "lint", says: "no warning from clippy", run: lint },
    Step { name: "tests", says: "unit, property and journey tests, house law", run: tests },
    Step { name: "paper", says: "reports and labels read by other programs", run: paper::step },
    Step { name: "server", says: "the tests of whole records on PostgreSQL", run: server },
    Step { name: "docs", says: "the examples in doc comments", run: docs },
    Step { name: "properties", says: "property tests with many more cases", run: properties },
    Step { name: "sizes", says: "how long functions are, room by room", run: sizes },
    Step { name: "release", says: "the program as it is shipped", run: release },
    Step { name: "kill", says: "what was acknowledged survives kill -9", run: kill },
    Step { name: "server-kill", says: "the same on PostgreSQL", run: server_kill },
    Step { name: "browser", says: "the screens, by keyboard in a browser", run: browser::step },
];

/// Prints the names of all steps.
pub fn list() -> ExitCode {
    STEPS.iter().for_each(|step| println!("{:<14} {}", step.name, step.says));
    ExitCode::SUCCESS
}

/// Takes the steps of these names, all when none is given.
pub fn run(names: &[&str]) -> ExitCode {
    if let Some(unknown) = names.iter().find(|name| !STEPS.iter().any(|s| s.name == **name)) {
        eprintln!("there is no step `{unknown}`; `cargo xtask test --list` names them");
        return ExitCode::from(2);
    }
    let wanted = STEPS.iter().filter(|step| names.is_empty() || names.contains(&step.name));
    let taken: Vec<_> = wanted.map(Step::take).collect();
    print!("{}", summary(&taken));
    if any_failed(&taken) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn format() -> Outcome {
    run_command(&mut cargo(&["fmt", "--all", "--check"]))
}

fn lint() -> Outcome {
    run_command(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn tests() -> Outcome {
    if has_cargo("nextest") {
        return run_command(&mut cargo(&["nextest", "run", "--workspace", "--no-fail-fast"]));
    }
    let everything = ["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
    run_command(&mut cargo(&everything))
}

/// The rooms that keep a record: their tests run on each engine.
const KEEPING: [&str; 4] = ["store", "web", "meniscus", "check"];

/// By this name tests find a server to run on.
const SERVER: &str = "MENISCUS_TEST_POSTGRES";

fn server() -> Outcome {
    with_server(|url| {
        let mut command = if has_cargo("nextest") {
            cargo(&["nextest", "run", "--no-fail-fast"])
        } else {
            cargo(&["test", "--lib", "--bins", "--tests", "--no-fail-fast"])
        };
        for room in KEEPING {
            command.args(["-p", room]);
        }
        run_command(command.env(SERVER, url))
    })
}

fn server_kill() -> Outcome {
    with_server(|url| kill_with(&[(SERVER, url)]))
}

fn docs() -> Outcome {
    run_command(&mut cargo(&["test", "--workspace", "--doc", "--no-fail-fast"]))
}

/// The rooms whose property tests are worth more cases than the everyday number.
const PROPERTY_ROOMS: [&str; 3] = ["rule", "lab", "wire"];

fn properties() -> Outcome {
    let has_properties = |room: &&str| mentions(&root().join(room), "proptest!");
    let rooms: Vec<&str> = PROPERTY_ROOMS.into_iter().filter(has_properties).collect();
    if rooms.is_empty() {
        return Outcome::NotRun("no room has a property test yet".into());
    }
    let mut command = cargo(&["test", "--release", "--no-fail-fast", "--lib", "--tests"]);
    for room in rooms {
        command.args(["-p", room]);
    }
    run_command(command.env("PROPTEST_CASES", "4096"))
}

/// Whether any Rust source below a directory contains a text.
fn mentions(directory: &Path, text: &str) -> bool {
    let Ok(entries) = std::fs::read_dir(directory) else { return false };
    entries.flatten().map(|entry| entry.path()).any(|path| {
        let is_rust = path.extension().is_some_and(|ending| ending == "rs");
        let holds = || std::fs::read_to_string(&path).is_ok_and(|source| source.contains(text));
        if path.is_dir() { mentions(&path, text) } else { is_rust && holds() }
    })
}

fn sizes() -> Outcome {
    let shown = ["test", "-q", "-p", "check", "--test", "house_law", "function_lengths"];
    run_command(cargo(&shown).args(["--", "--nocapture", "--exact"]))
}

fn release() -> Outcome {
    run_command(&mut cargo(&["build", "--release", "-p", "meniscus"]))
}

fn kill() -> Outcome {
    kill_with(&[])
}

fn kill_with(told: &[(&str, &str)]) -> Outcome {
    if !root().join("meniscus/tests/kill.rs").exists() {
        return Outcome::NotRun("meniscus/tests/kill.rs does not exist yet".into());
    }
    if !released_program().exists() {
        return Outcome::Failed("there is no release build to kill".into());
    }
    let test = ["test", "-p", "meniscus", "--test", "kill", "--", "--ignored", "--nocapture"];
    let mut command = cargo(&test);
    command.env("MENISCUS_BINARY", released_program()).envs(told.iter().copied());
    run_command(&mut command)
}
