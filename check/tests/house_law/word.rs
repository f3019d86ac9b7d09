//! Words: what nothing is called here, how we spell, and what the repository never speaks of.
//!
//! Names are cut at underscores and capitals, so `PatientInfo` and `patient_info` are one name.
//! What must stay true: the laws look at what we name ourselves (types, functions, modules,
//! constants and files), not at the names of libraries we call, and at every tracked text file
//! for paths of one machine and hosts of one network.

use crate::source::{Finding, Source, TextFile};
use crate::token::{Kind, Token};

/// Words that say nothing about the laboratory.
const EMPTY_WORDS: [&str; 18] = [
    "manager",
    "managers",
    "helper",
    "helpers",
    "util",
    "utils",
    "utility",
    "utilities",
    "service",
    "services",
    "impl",
    "impls",
    "data",
    "info",
    "dto",
    "common",
    "misc",
    "prelude",
];

/// Names that a standard gives and that we therefore keep.
const GIVEN_NAMES: [&str; 4] =
    ["ServiceRequest", "service_request", "ServiceRequestStatus", "service_requests"];

/// British spelling (a whole word, or a stem with `*`), and ours.
const SPELLINGS: [(&str, &str); 32] = [
    ("colour*", "color"),
    ("behaviour*", "behavior"),
    ("centre*", "center"),
    ("haemo*", "hemo"),
    ("haema*", "hema"),
    ("anaemi*", "anemi"),
    ("leucocyt*", "leukocyt"),
    ("paediatric*", "pediatric"),
    ("oedema*", "edema"),
    ("oestr*", "estr"),
    ("foetal", "fetal"),
    ("tumour*", "tumor"),
    ("organis*", "organiz / organism is fine"),
    ("recognis*", "recogniz"),
    ("normalis*", "normaliz"),
    ("initialis*", "initializ"),
    ("serialis*", "serializ"),
    ("optimis*", "optimiz"),
    ("analyse", "analyze"),
    ("analysed", "analyzed"),
    ("analyser*", "analyzer"),
    ("analysing", "analyzing"),
    ("favour*", "favor"),
    ("honour*", "honor"),
    ("neighbour*", "neighbor"),
    ("grey*", "gray"),
    ("catalogue*", "catalog"),
    ("litre*", "liter"),
    ("metre*", "meter"),
    ("labelled", "labeled"),
    ("labelling", "labeling"),
    ("licence*", "license"),
];

/// Stems above that are also the beginning of American words.
const AMERICAN: [&str; 6] =
    ["organism", "organisms", "organismal", "optimism", "optimistic", "optimistically"];

/// Paths of one machine, hosts of one network, and talk about how the text was made.
const FOREIGN: [&str; 14] = [
    "/work/",
    "/tmp/",
    "/root/",
    "/home/",
    "registry.npmjs",
    "static.crates.io",
    "index.crates.io",
    "pypi.org",
    "deb.debian.org",
    "subagent",
    "anthropic",
    "openai",
    "chatgpt",
    "language model",
];

/// Files that must name what they forbid.
const SELF: [&str; 1] = ["check/tests/house_law/word.rs"];

/// Empty words among the names a source declares, its own file's included.
pub fn empty_names(source: &Source) -> Vec<Finding> {
    let mut names = declared(&source.code);
    let parts = source.path.split('/').map(|part| (part.trim_end_matches(".rs").to_string(), 1));
    names.extend(parts);
    let mut found = Vec::new();
    for (name, line) in names {
        if GIVEN_NAMES.contains(&name.as_str()) {
            continue;
        }
        if let Some(word) = words(&name).into_iter().find(|w| EMPTY_WORDS.contains(&w.as_str())) {
            let mend = format!(
                "`{name}` says `{word}`, which says nothing: name it after what it is in the \
                 laboratory (docs/GLOSSARY.md)"
            );
            found.push(source.finding(line, mend));
        }
    }
    found
}

/// The names a source declares, with their lines.
fn declared(code: &[Token]) -> Vec<(String, usize)> {
    let keywords = ["fn", "struct", "enum", "trait", "type", "mod", "const", "static", "union"];
    let declares = |pair: &[Token]| keywords.iter().any(|keyword| pair[0].is_word(keyword));
    let name = |pair: &[Token]| Some((pair[1].word()?.to_string(), pair[1].line));
    code.windows(2).filter(|pair| declares(pair)).filter_map(name).collect()
}

/// A name cut into its words, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let starts = c.is_uppercase() && before.is_lowercase();
        if starts || !c.is_alphanumeric() {
            found.push(String::new());
        }
        if c.is_alphanumeric() {
            found.last_mut().expect("never empty").extend(c.to_lowercase());
        }
        before = c;
    }
    found.retain(|word| !word.is_empty());
    found
}

/// British spellings in a text.
pub fn british(file: &TextFile) -> Vec<Finding> {
    let mut found = Vec::new();
    if !is_prose(&file.path) {
        return found;
    }
    for (at, line) in file.text.lines().enumerate() {
        let split = line.split(|c: char| !c.is_alphabetic());
        for word in split.flat_map(words).filter(|word| word.len() > 3) {
            if let Some(ours) = american(&word) {
                let mend = format!("`{word}` is spelled `{ours}` here");
                found.push(Finding::new(&file.path, at + 1, mend));
            }
        }
    }
    found
}

/// The American spelling of a British word.
fn american(word: &str) -> Option<&'static str> {
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == pattern,
    };
    let ours = SPELLINGS.iter().find(|(british, _)| matches(british)).map(|(_, ours)| *ours);
    ours.filter(|_| !AMERICAN.contains(&word))
}

/// Paths, hosts and talk that do not belong into the repository.
pub fn foreign(file: &TextFile) -> Vec<Finding> {
    let mut found = Vec::new();
    if SELF.contains(&file.path.as_str()) {
        return found;
    }
    for (at, line) in file.text.lines().enumerate() {
        let lower = line.to_lowercase();
        let named = FOREIGN.iter().find(|word| lower.contains(*word)).copied();
        if let Some(word) = named.or_else(|| locked_host(&file.path, &lower)) {
            let mend = format!(
                "`{word}` belongs to one machine, one network or one day: name what the product \
                 needs instead, or take it as an argument"
            );
            found.push(Finding::new(&file.path, at + 1, mend));
        }
    }
    found
}

/// A download address in a lock file, where only names and checksums belong.
fn locked_host(path: &str, line: &str) -> Option<&'static str> {
    let npm = path.ends_with("package-lock.json") && line.contains("\"resolved\"");
    let usual = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let cargo = path.ends_with("Cargo.lock") && line.starts_with("source =") && line != usual;
    let replaced = path.ends_with(".cargo/config.toml") && line.starts_with("[source");
    (npm || cargo || replaced).then_some("a download address")
}

fn is_prose(path: &str) -> bool {
    let ours = [".rs", ".md", ".toml", ".mjs", ".js", ".css", ".ftl", ".html", ".journey"];
    !SELF.contains(&path)
        && ours.iter().any(|ending| path.ends_with(ending))
        && !path.contains("/vendor/")
        && !path.contains("htmx")
        && !path.contains("/captures/")
}

/// Whether a comment speaks where code should: kept beside the words it shares.
pub fn unfinished(source: &Source) -> Vec<Finding> {
    let speaks = |token: &Token| match &token.kind {
        Kind::Comment(text) => ["TODO", "FIXME", "XXX", "HACK"].iter().any(|w| text.contains(w)),
        _ => false,
    };
    let mend = "unfinished work is an open issue, not a comment: finish it or take it out";
    let unfinished = source.tokens.iter().filter(|token| speaks(token));
    unfinished.map(|token| source.finding(token.line, mend)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words() {
        let cases = [
            ("PatientInfo", "patient info"),
            ("patient_info", "patient info"),
            ("HTTPService2", "httpservice2"),
            ("ServiceRequest", "service request"),
            ("__a__b", "a b"),
            ("information", "information"),
        ];
        for (name, expected) in cases {
            assert_eq!(words(name).join(" "), expected);
        }
    }

    #[test]
    fn empty_words_are_caught_in_names_we_give() {
        let judge = |path: &str, text: &str| empty_names(&Source::new(path, text)).len();
        let planted = [
            "struct PatientManager;",
            "fn load_data() {}",
            "mod helpers;",
            "pub type RowInfo = u8;",
            "const COMMON_RATE: u8 = 1;",
        ];
        for text in planted {
            assert_eq!(judge("lab/src/a.rs", text), 1, "not caught: {text}");
        }
        assert_eq!(judge("lab/src/utils.rs", ""), 1);
        assert_eq!(judge("lab/src/common/a.rs", ""), 1);
        let clean = [
            "impl Fn for A {}",
            "use axum::data::Info;",
            "fn a() { b.into_make_service(); }",
            "// struct PatientManager",
            "struct ServiceRequest;",
            "fn database() {}",
        ];
        for text in clean {
            assert_eq!(judge("lab/src/a.rs", text), 0, "wrongly caught: {text}");
        }
    }

    #[test]
    fn british_spelling_is_caught() {
        let judge =
            |text: &str| british(&TextFile { path: "a.md".into(), text: text.into() }).len();
        assert_eq!(judge("The colour of haemolysed plasma"), 1 + 1);
        assert_eq!(judge("fn cell_colour(grayLevel) // organised"), 2);
        assert_eq!(judge("The color of an organism in the analyzer, an analysis"), 0);
    }

    #[test]
    fn what_belongs_elsewhere_is_caught() {
        let judge = |path: &str, text: &str| {
            foreign(&TextFile { path: path.into(), text: text.into() }).len()
        };
        assert_eq!(judge("a.md", "see /work/main\nor /tmp/x"), 2);
        assert_eq!(judge("x/package-lock.json", "  \"resolved\": \"https://host/a.tgz\","), 1);
        assert_eq!(judge("Cargo.lock", "source = \"registry+https://mirror/index\""), 1);
        let usual = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(judge("Cargo.lock", usual), 0);
        assert_eq!(judge(".cargo/config.toml", "[source.crates-io]"), 1);
        assert_eq!(judge("a.md", "a worklist, a temporary folder"), 0);
    }

    #[test]
    fn unfinished_comments_are_caught() {
        let judge = |text: &str| unfinished(&Source::new("lab/src/a.rs", text)).len();
        assert_eq!(judge("// TODO later"), 1);
        assert_eq!(judge("const A: &str = \"TODO\"; // done"), 0);
    }
}
