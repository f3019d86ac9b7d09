//! The browser tests: the program, a real Chromium, and the flows of `check/browser`.
//!
//! What must stay true: Chromium comes from the machine's packages and the two npm packages from
//! the lock file beside the flows; where they cannot be had, the step says so and does not pass.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::machine::{cargo, has, install, released_program, root, target};
use crate::step::{Outcome, Step, any_failed, run, summary};

/// Where Chromium may be, in order of preference; `MENISCUS_CHROMIUM` goes before all.
const CHROMIUM: [&str; 4] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// The browser step of the suite: everything is prepared, then the flows run.
pub fn step() -> Outcome {
    with_browser(&[])
}

/// The browser step alone, after a release build.
pub fn alone(headed: bool) -> ExitCode {
    let build = || run(&mut cargo(&["build", "--release", "-p", "meniscus"]));
    let steps = [
        Step { name: "release", says: "the program as it is shipped", run: build },
        Step {
            name: "browser",
            says: "the screens, by keyboard in a browser",
            run: if headed { || with_browser(&["--headed"]) } else { step },
        },
    ];
    let taken = steps.map(|step| step.take());
    print!("{}", summary(&taken));
    if any_failed(&taken) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn with_browser(arguments: &[&str]) -> Outcome {
    if !released_program().exists() {
        return Outcome::Failed("there is no release build to look at".into());
    }
    let chromium = match chromium() {
        Ok(path) => path,
        Err(outcome) => return outcome,
    };
    for ready in [node(), packages()] {
        if ready != Outcome::Passed {
            return ready;
        }
    }
    for script in ["self-test.mjs", "flow.mjs"] {
        let mut command = Command::new("node");
        command.arg(script).args(arguments).current_dir(directory());
        command.env("MENISCUS_CHROMIUM", &chromium).env("MENISCUS_BINARY", released_program());
        command.env("MENISCUS_SCREENS", target().join("screens"));
        let outcome = run(&mut command);
        if outcome != Outcome::Passed {
            return outcome;
        }
    }
    Outcome::Passed
}

fn directory() -> PathBuf {
    root().join("check/browser")
}

/// The browser, found or installed.
fn chromium() -> Result<PathBuf, Outcome> {
    let found = || {
        let named = std::env::var_os("MENISCUS_CHROMIUM").map(PathBuf::from);
        named.into_iter().chain(CHROMIUM.map(PathBuf::from)).find(|path| path.exists())
    };
    if let Some(path) = found() {
        return Ok(path);
    }
    match install(&["chromium", "fonts-dejavu-core"]) {
        Outcome::Passed => found().ok_or(Outcome::NotRun("Chromium was not found".into())),
        Outcome::NotRun(why) => Err(Outcome::NotRun(format!("no Chromium: {why}"))),
        failed => Err(failed),
    }
}

fn node() -> Outcome {
    if has("node") && has("npm") { Outcome::Passed } else { install(&["nodejs", "npm"]) }
}

/// The packages of the lock file, installed unless they already are.
fn packages() -> Outcome {
    let changed = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
    let installed = changed(&directory().join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed(&directory().join("package-lock.json")) {
        return Outcome::Passed;
    }
    let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run(Command::new("npm").args(quiet).current_dir(directory()))
}
