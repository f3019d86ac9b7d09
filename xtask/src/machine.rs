//! The machine this runs on: where the project lies, which programs are there, and what may be
//! installed.
//!
//! What must stay true: nothing is installed but on a Debian machine by root (a test machine or a
//! container), and every installation is announced before it happens.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{Outcome, run};

/// The workspace root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A cargo command in the workspace root.
pub fn cargo(arguments: &[&str]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The program as `cargo build --release` leaves it.
pub fn released_program() -> PathBuf {
    target().join("release").join(format!("meniscus{}", env::consts::EXE_SUFFIX))
}

/// Whether a program answers to `--version`.
pub fn has(program: &str) -> bool {
    answers(Command::new(program).arg("--version"))
}

/// Whether cargo knows a subcommand.
pub fn has_cargo(subcommand: &str) -> bool {
    answers(&mut cargo(&[subcommand, "--version"]))
}

fn answers(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

/// Installs Debian packages where that is allowed; says why not elsewhere.
pub fn install(packages: &[&str]) -> Outcome {
    let named = packages.join(" ");
    if !Path::new("/etc/debian_version").exists() {
        return Outcome::NotRun(format!("needs {named}; this is not Debian, install them by hand"));
    }
    if !is_root() {
        return Outcome::NotRun(format!(
            "needs {named}; `sudo apt-get install {named}` brings them"
        ));
    }
    println!("installing {named} from Debian's packages");
    let waiting = "DPkg::Lock::Timeout=300";
    let updated = run(apt().args(["-o", waiting, "-qq", "update"]));
    if updated != Outcome::Passed {
        return updated;
    }
    let quiet = ["-o", waiting, "-qq", "-y", "--no-install-recommends", "install"];
    run(apt().args(quiet).args(packages).stdout(Stdio::null()))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Whether this runs as root.
pub fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
