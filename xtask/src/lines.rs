//! Lines per room, so that the size of the house is a known number.
//!
//! A line counts as comment when it begins with `//`, as test when it stands in a `tests`
//! directory or below a `#[cfg(test)]` module, as code otherwise; blank lines do not count.

use std::path::Path;
use std::process::ExitCode;

use crate::machine::root;

const ROOMS: [&str; 11] = [
    "rule", "lab", "wire", "fhir", "report", "store", "web", "simlab", "meniscus", "check", "xtask",
];

/// Counted lines.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Lines {
    files: usize,
    code: usize,
    tests: usize,
    comments: usize,
}

/// Prints the table.
pub fn print() -> ExitCode {
    println!("{:<10} {:>6} {:>8} {:>8} {:>9}", "room", "files", "code", "tests", "comments");
    let mut sum = Lines::default();
    for room in ROOMS {
        let lines = of_directory(&root().join(room), false);
        row(room, lines);
        sum = plus(sum, lines);
    }
    row("together", sum);
    ExitCode::SUCCESS
}

fn row(name: &str, Lines { files, code, tests, comments }: Lines) {
    println!("{name:<10} {files:>6} {code:>8} {tests:>8} {comments:>9}");
}

fn plus(a: Lines, b: Lines) -> Lines {
    Lines {
        files: a.files + b.files,
        code: a.code + b.code,
        tests: a.tests + b.tests,
        comments: a.comments + b.comments,
    }
}

fn of_directory(directory: &Path, is_test: bool) -> Lines {
    let Ok(entries) = std::fs::read_dir(directory) else { return Lines::default() };
    entries.flatten().fold(Lines::default(), |sum, entry| {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "node_modules" && name != "target" {
            return plus(sum, of_directory(&path, is_test || name == "tests"));
        }
        let is_rust = path.extension().is_some_and(|ending| ending == "rs");
        let source = if is_rust { std::fs::read_to_string(&path).ok() } else { None };
        source.map_or(sum, |text| plus(sum, of_source(&text, is_test || name == "tests.rs")))
    })
}

fn of_source(text: &str, all_test: bool) -> Lines {
    let mut lines = Lines { files: 1, ..Lines::default() };
    let mut is_test = all_test;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        is_test |= line == "#[cfg(test)]";
        match () {
            () if line.starts_with("//") => lines.comments += 1,
            () if is_test => lines.tests += 1,
            () => lines.code += 1,
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        let text = "//! a\n\nfn b() {}\n// c\n#[cfg(test)]\nmod tests {\n}\n";
        let expected = Lines { files: 1, code: 1, tests: 3, comments: 2 };
        assert_eq!(of_source(text, false), expected);
        assert_eq!(of_source("fn a() {}", true).tests, 1);
    }
}
