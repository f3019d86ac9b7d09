//! How long builds take: after a change in one room, and from nothing.
//!
//! What must stay true: only modification times are changed, never a source.

use std::fs::File;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Instant, SystemTime};

use crate::machine::{cargo, root, target};

/// What is measured after the everyday build: a name, the file that is touched, the command.
const AFTER_A_CHANGE: [(&str, &str, &[&str]); 5] = [
    ("program, nothing changed", "", &["build", "-p", "meniscus"]),
    ("program, lab changed", "lab/src/lib.rs", &["build", "-p", "meniscus"]),
    ("program, web changed", "web/src/lib.rs", &["build", "-p", "meniscus"]),
    ("tests of lab, lab changed", "lab/src/lib.rs", &["test", "-p", "lab", "--no-run"]),
    ("tests of wire, wire changed", "wire/src/lib.rs", &["test", "-p", "wire", "--no-run"]),
];

/// Prints one line per build; with `clean` also builds from nothing in a folder of its own.
pub fn print(clean: bool) -> ExitCode {
    let mut all_built = true;
    println!("{:<32} {:>9}", "build", "seconds");
    if clean {
        let folder = target().join("build-times");
        drop(std::fs::remove_dir_all(&folder));
        for (name, words) in [
            ("development, from nothing", &["build", "-p", "meniscus"][..]),
            ("release, from nothing", &["build", "--release", "-p", "meniscus"]),
        ] {
            all_built &= measure(name, cargo(words).env("CARGO_TARGET_DIR", &folder));
        }
        drop(std::fs::remove_dir_all(&folder));
    }
    for warm in [&["build", "-p", "meniscus"][..], &["test", "-p", "lab", "-p", "wire", "--no-run"]]
    {
        all_built &= built(&mut cargo(warm));
    }
    for (name, touched, words) in AFTER_A_CHANGE {
        touch(&root().join(touched));
        all_built &= measure(name, &mut cargo(words));
    }
    if all_built { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn measure(name: &str, command: &mut Command) -> bool {
    let start = Instant::now();
    let built = built(command);
    let time = start.elapsed().as_secs_f64();
    println!("{name:<32} {time:>9.1}{}", if built { "" } else { "  FAILED" });
    built
}

fn built(command: &mut Command) -> bool {
    command.arg("--quiet").status().is_ok_and(|status| status.success())
}

fn touch(path: &Path) {
    if path.is_file() {
        let file = File::options().append(true).open(path);
        drop(file.and_then(|file| file.set_modified(SystemTime::now())));
    }
}
