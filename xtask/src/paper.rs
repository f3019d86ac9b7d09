//! Reports and labels on paper: the files are read back by programs of other people.
//!
//! What must stay true: where those programs cannot be had, the step says so and does not pass.

use std::process::Command;

use crate::machine::{cargo, install};
use crate::step::{Outcome, run};

/// Debian packages with `pdftotext`, `pdftoppm` and `zbarimg`.
const PACKAGES: [&str; 2] = ["poppler-utils", "zbar-tools"];
/// Each program the tests start, with what it answers to.
const PROGRAMS: [(&str, &str); 3] =
    [("pdftotext", "-v"), ("pdftoppm", "-v"), ("zbarimg", "--version")];

/// Installs what is missing where it may, then runs the tests so that none is left out.
pub fn step() -> Outcome {
    if !there() {
        let installed = install(&PACKAGES);
        if installed != Outcome::Passed {
            return installed;
        }
    }
    let tests = ["test", "-p", "report", "--test", "pdf", "--test", "barcode"];
    run(cargo(&tests).env("MENISCUS_READERS", "all"))
}

fn there() -> bool {
    let answers = |(program, question): &(&str, &str)| {
        let asked = Command::new(program).arg(question).output();
        asked.is_ok_and(|output| output.status.success())
    };
    PROGRAMS.iter().all(answers)
}
