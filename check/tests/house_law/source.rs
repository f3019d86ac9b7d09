//! The files of the workspace as the laws see them: each crate's manifest, each Rust source with
//! its tokens, and which of its lines are test code.
//!
//! What must stay true: the laws look at what a commit would contain (tracked files and new ones
//! that nothing ignores), never at build output or installed packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::token::{self, Token};

/// The rooms of the house, as directories below the workspace root.
pub const ROOMS: [&str; 11] = [
    "rule", "lab", "wire", "fhir", "report", "store", "web", "simlab", "meniscus", "check", "xtask",
];

/// One thing that breaks a law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path relative to the workspace root.
    pub path: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong, and how to mend it.
    pub message: String,
}

impl Finding {
    /// A finding at a line of a file.
    pub fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Finding { path: path.to_string(), line, message: message.into() }
    }
}

/// A text file of the workspace.
pub struct TextFile {
    /// Path relative to the workspace root, with forward slashes.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// A Rust source of the workspace.
pub struct Source {
    /// Path relative to the workspace root, with forward slashes.
    pub path: String,
    /// Its whole text.
    pub text: String,
    /// Its tokens, comments included.
    pub tokens: Vec<Token>,
    /// Its tokens without comments.
    pub code: Vec<Token>,
    /// Whether the whole file is test code.
    pub all_test: bool,
    /// Line ranges of `#[cfg(test)]` items, both ends included.
    pub test_lines: Vec<(usize, usize)>,
}

impl Source {
    /// A source from its text; `path` decides whether it is test code as a whole.
    pub fn new(path: &str, text: &str) -> Self {
        let tokens = token::tokens(text);
        let code = token::code(&tokens);
        let test_lines = test_items(&code).into_iter().map(|item| item.lines).collect();
        let all_test = path.split('/').any(|part| part == "tests" || part == "benches")
            || path.ends_with("/tests.rs");
        Source { path: path.into(), text: text.into(), tokens, code, all_test, test_lines }
    }

    /// The room it belongs to: the first part of its path.
    pub fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or("")
    }

    /// Whether a line is test code.
    pub fn is_test(&self, line: usize) -> bool {
        self.all_test || self.test_lines.iter().any(|(from, to)| (*from..=*to).contains(&line))
    }

    /// A finding at one of its lines.
    pub fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding::new(&self.path, line, message)
    }
}

/// The workspace root: the directory above this crate.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the crate lies in the workspace").to_path_buf()
}

/// Every text file that is tracked, or new and not ignored.
pub fn text_files() -> Vec<TextFile> {
    let root = root();
    let mut paths = listed(&root).unwrap_or_else(|| walked(&root));
    paths.sort();
    paths.dedup();
    let read = |path: String| {
        let text = std::fs::read_to_string(root.join(&path)).ok()?;
        Some(TextFile { path, text })
    };
    paths.into_iter().filter_map(read).collect()
}

/// Every Rust source of the rooms.
pub fn sources() -> Vec<Source> {
    let mut found: Vec<Source> = text_files()
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .map(|file| Source::new(&file.path, &file.text))
        .filter(|source| ROOMS.contains(&source.room()))
        .collect();
    let test_files: Vec<String> = found.iter().flat_map(test_modules).collect();
    for source in &mut found {
        source.all_test |= test_files.contains(&source.path);
    }
    found
}

/// A room's `Cargo.toml`, its path and its text.
pub fn manifest(room: &str) -> TextFile {
    let path = format!("{room}/Cargo.toml");
    let text = std::fs::read_to_string(root().join(&path));
    TextFile { text: text.unwrap_or_else(|fault| panic!("{path}: {fault}")), path }
}

/// What git would commit, if git is there and this is a checkout.
fn listed(root: &Path) -> Option<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(arguments).current_dir(root).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<String> =
        text.split('\0').filter(|path| !path.is_empty()).map(String::from).collect();
    (output.status.success() && !paths.is_empty()).then_some(paths)
}

/// Every file below the root but build output, installed packages and git's own.
fn walked(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(directory) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if path.is_dir() {
                if !["target", "node_modules", ".git"].contains(&name.as_str()) {
                    open.push(path);
                }
            } else if let Ok(relative) = path.strip_prefix(root) {
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found
}

/// An item that stands under `#[cfg(test)]`.
struct TestItem {
    lines: (usize, usize),
    /// The module's name, when it is a module in a file of its own.
    file_module: Option<String>,
}

fn test_items(code: &[Token]) -> Vec<TestItem> {
    let starts = (0..code.len()).filter(|&at| is_test_attribute(&code[at..]));
    starts.map(|at| test_item(&code[at..])).collect()
}

fn is_test_attribute(code: &[Token]) -> bool {
    let parts = ["#", "[", "cfg", "(", "test", ")", "]"];
    code.len() > parts.len()
        && parts.iter().zip(code).all(|(part, token)| match token.word() {
            Some(word) => word == *part,
            None => part.len() == 1 && token.is_mark(part.chars().next().unwrap_or(' ')),
        })
}

/// The item after a `#[cfg(test)]`: to its closing brace, or to its semicolon.
fn test_item(code: &[Token]) -> TestItem {
    let first = code[0].line;
    let mut depth = 0usize;
    let mut module = None;
    for (at, token) in code.iter().enumerate().skip(7) {
        if depth == 0 && token.is_word("mod") {
            module = code.get(at + 1).and_then(|t| t.word()).map(String::from);
        }
        if token.is_mark('{') {
            depth += 1;
        } else if token.is_mark('}') {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return TestItem { lines: (first, token.last_line), file_module: None };
            }
        } else if token.is_mark(';') && depth == 0 {
            return TestItem { lines: (first, token.line), file_module: module };
        }
    }
    TestItem { lines: (first, usize::MAX), file_module: None }
}

/// The files of `#[cfg(test)] mod name;`.
fn test_modules(source: &Source) -> Vec<String> {
    let (directory, file) = source.path.rsplit_once('/').unwrap_or(("", &source.path));
    let stem = file.trim_end_matches(".rs");
    let below = match stem {
        "lib" | "main" | "mod" => directory.to_string(),
        _ => format!("{directory}/{stem}"),
    };
    test_items(&source.code)
        .into_iter()
        .filter_map(|item| item.file_module)
        .flat_map(|name| [format!("{below}/{name}.rs"), format!("{below}/{name}/mod.rs")])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_code_is_known_by_its_attribute_and_its_place() {
        let source = Source::new("lab/src/a.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n}\nfn b");
        let test: Vec<bool> = (1..=5).map(|line| source.is_test(line)).collect();
        assert_eq!(test, [false, true, true, true, false]);
        assert!(Source::new("lab/tests/a.rs", "").is_test(1));
        assert!(Source::new("lab/src/a/tests.rs", "").is_test(1));
        assert!(!Source::new("lab/src/a.rs", "#[cfg(unix)] mod b {}").is_test(1));
    }

    #[test]
    fn a_test_module_in_its_own_file_is_found() {
        let source = Source::new("lab/src/a.rs", "#[cfg(test)]\nmod cases;");
        assert!(test_modules(&source).contains(&"lab/src/a/cases.rs".to_string()));
    }

    #[test]
    fn the_workspace_has_its_rooms_and_its_files() {
        let files = text_files();
        for room in ROOMS {
            let path = format!("{room}/Cargo.toml");
            assert!(files.iter().any(|file| file.path == path), "{path} is missing");
        }
    }
}
