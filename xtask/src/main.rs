//! The project's automation: everything a machine can check, with one command.
//!
//! `cargo xtask test` runs every check in order and closes with a table. What must stay true: what
//! could not run is named plainly, a failure never looks like a pass, and nothing here needs more
//! than the standard library, so that the first build of a fresh clone is quick.

mod browser;
mod build_times;
mod database;
mod lines;
mod machine;
mod paper;
mod step;
mod suite;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  test [--only NAME]... [--list]  every check in order, or only those named
  lint                            formatting and lints
  browser [--headed]              the flows of the screens, by keyboard in a real browser
  lines                           lines per room: code, tests, comments
  build-times [--clean]           how long builds take after a change, and from nothing
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", "--list"] => suite::list(),
        ["test", rest @ ..] => match only(rest) {
            Some(names) => suite::run(&names),
            None => usage(),
        },
        ["lint"] => suite::run(&["format", "lint"]),
        ["browser", rest @ ..] => browser::alone(rest.contains(&"--headed")),
        ["lines"] => lines::print(),
        ["build-times"] => build_times::print(false),
        ["build-times", "--clean"] => build_times::print(true),
        _ => usage(),
    }
}

/// The names after each `--only`; `None` when anything else stands there.
fn only<'a>(rest: &[&'a str]) -> Option<Vec<&'a str>> {
    let mut names = Vec::new();
    let mut left = rest.iter();
    while let Some(word) = left.next() {
        if *word != "--only" {
            return None;
        }
        names.extend(left.next()?.split(','));
    }
    Some(names)
}

fn usage() -> ExitCode {
    eprint!("{USAGE}");
    ExitCode::from(2)
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn names_follow_only() {
        assert_eq!(only(&[]), Some(vec![]));
        assert_eq!(
            only(&["--only", "lint,kill", "--only", "docs"]),
            Some(vec!["lint", "kill", "docs"])
        );
        assert_eq!(only(&["--only"]), None);
        assert_eq!(only(&["lint"]), None);
    }
}
