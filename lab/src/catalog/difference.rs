//! What one set of catalog files says that another does not: the difference a director reads before
//! a draft is released.
//!
//! What must stay true: every entry that was added, removed or changed is told, each changed field
//! with what it was and what it becomes; an entry that moved within the files is no difference; no
//! entry hides another, though it has no code or the same one.
//! The files are compared as written, so that a field a later catalog gains is told too.

use std::collections::BTreeMap;

use toml::{Table, Value};

/// One entry that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What kind of entry: `test`, `panel`, `container`, `calculation`, `rejection`, …
    pub kind: String,
    /// Its code.
    pub code: String,
    /// What became of it.
    pub what: Became,
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is new.
    Added,
    /// It is no longer there.
    Removed,
    /// Fields of it changed: name, what it was, what it is; empty for what is not there.
    Changed(Vec<(String, String, String)>),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, code) = (&self.kind, &self.code);
        match &self.what {
            Became::Added => write!(f, "+ {kind} {code}"),
            Became::Removed => write!(f, "- {kind} {code}"),
            Became::Changed(fields) => {
                write!(f, "~ {kind} {code}")?;
                for (name, was, is) in fields {
                    write!(f, "\n    {name}: {} -> {}", shown(was), shown(is))?;
                }
                Ok(())
            }
        }
    }
}

fn shown(text: &str) -> &str {
    if text.is_empty() { "(none)" } else { text }
}

type Entries = BTreeMap<(String, String), BTreeMap<String, String>>;

/// The entries in which the files differ, by kind and code. Files that cannot be read hold none.
#[must_use]
pub fn differences(old: &[(String, String)], new: &[(String, String)]) -> Vec<Difference> {
    let (old, new) = (entries(old), entries(new));
    let mut found = Vec::new();
    for (key, was) in &old {
        match new.get(key) {
            None => found.push(difference(key, Became::Removed)),
            Some(is) if is != was => found.push(difference(key, Became::Changed(fields(was, is)))),
            Some(_) => {}
        }
    }
    let added = new.keys().filter(|key| !old.contains_key(*key));
    found.extend(added.map(|key| difference(key, Became::Added)));
    found.sort_by(|a, b| (&a.kind, &a.code).cmp(&(&b.kind, &b.code)));
    found
}

fn difference((kind, code): &(String, String), what: Became) -> Difference {
    Difference { kind: kind.clone(), code: code.clone(), what }
}

fn fields(
    was: &BTreeMap<String, String>,
    is: &BTreeMap<String, String>,
) -> Vec<(String, String, String)> {
    let mut names: Vec<&String> = was.keys().chain(is.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let of =
        |all: &BTreeMap<String, String>, name: &String| all.get(name).cloned().unwrap_or_default();
    let both = names.into_iter().map(|name| (name.clone(), of(was, name), of(is, name)));
    both.filter(|(_, was, is)| was != is).collect()
}

fn entries(files: &[(String, String)]) -> Entries {
    let mut all = Entries::new();
    for (file, text) in files {
        let Ok(table) = text.parse::<Table>() else { continue };
        let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".toml");
        let bench = table.get("bench").map(written);
        for (kind, value) in &table {
            match value {
                Value::Array(list) => {
                    let rows = list.iter().filter_map(Value::as_table);
                    for row in rows {
                        let own = bench.clone().filter(|_| kind == "test");
                        let key = free(&all, (kind, &code_of(row)));
                        all.insert(key, fields_of(row, own));
                    }
                }
                Value::Table(subjects) => {
                    for (subject, value) in subjects {
                        let key = (kind.clone(), format!("{stem}.{subject}"));
                        all.insert(key, BTreeMap::from([("text".to_owned(), written(value))]));
                    }
                }
                _ => {}
            }
        }
    }
    all
}

/// The key of an entry; one that is taken gets a number, so that no row hides another.
fn free(all: &Entries, (kind, code): (&str, &str)) -> (String, String) {
    let taken = |key: &(String, String)| all.contains_key(key);
    let mut key = (kind.to_owned(), code.to_owned());
    let mut number = 1;
    while taken(&key) {
        number += 1;
        key.1 = format!("{code} {number}");
    }
    key
}

/// What an entry is called: the first of these fields it has; a row without any is called by what
/// it is about.
fn code_of(row: &Table) -> String {
    let names = ["code", "id", "name", "key"];
    let named = names.iter().find_map(|name| row.get(*name)).and_then(Value::as_str);
    if let Some(named) = named {
        return named.to_owned();
    }
    let about = ["what", "test", "tests", "container", "containers", "kept"];
    let about: Vec<String> = about.iter().filter_map(|name| row.get(*name)).map(written).collect();
    if about.is_empty() { "without a code".to_owned() } else { about.join(" ") }
}

/// Fields as text; lists of rows (intervals, critical limits, examples) row by row, so that one
/// changed row is told alone.
fn fields_of(row: &Table, bench: Option<String>) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    fields.extend(bench.map(|bench| ("bench".to_owned(), bench)));
    for (name, value) in row {
        match value {
            Value::Array(rows) if rows.iter().any(Value::is_table) => {
                for (number, row) in (1..).zip(rows) {
                    fields.insert(format!("{name} {number}"), written(row));
                }
            }
            value => {
                fields.insert(name.clone(), written(value));
            }
        }
    }
    fields
}

/// A value in one line, texts without their quotes.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let all: Vec<String> = list.iter().map(written).collect();
            all.join(" ")
        }
        Value::Table(table) => {
            let all: Vec<String> =
                table.iter().map(|(name, value)| format!("{name} {}", written(value))).collect();
            all.join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> Vec<(String, String)> {
        vec![("catalog/chemistry.toml".into(), text.into())]
    }

    const BEFORE: &str = "bench = \"chemistry\"\n[sources]\ndelta = \"A\"\n\
        [[test]]\ncode = \"K\"\ndecimals = 1\nintervals = [{ low = \"3.5\" }, { low = \"3.9\" }]\n\
        [[test]]\ncode = \"SOD\"\ndecimals = 0\n";

    #[test]
    fn what_was_added_removed_and_changed_is_told_field_by_field() {
        let after = BEFORE
            .replace("\"3.9\"", "\"4.0\"")
            .replace("\"SOD\"", "\"CL\"")
            .replace("\"A\"", "\"B\"");
        let told = differences(&files(BEFORE), &files(&after));
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "~ sources chemistry.delta\n    text: A -> B",
                "+ test CL",
                "~ test K\n    intervals 2: low 3.9 -> low 4.0",
                "- test SOD",
            ]
        );
    }

    const KEEPING: &str = "[[stability]]\ntests = [\"SOD\"]\nkept = \"separated\"\nroom = \"4 d\"\n\
        [[stability]]\ntests = [\"SOD\"]\nkept = \"unspun\"\nroom = \"8 h\"\n\
        [[stability]]\ntests = [\"SOD\"]\nkept = \"unspun\"\nroom = \"9 h\"\n\
        [[interference]]\ntest = \"K\"\nhemolysis = \"50\"\n\
        [[interference]]\ntest = \"LD\"\nhemolysis = \"25\"\n\
        [[keep]]\nwhat = \"blood\"\ncontainers = [\"RED\", \"BLUE\"]\nafter_report = \"48 h\"\n\
        [[keep]]\nwhat = \"urine\"\ncontainers = [\"CUP\"]\nafter_report = \"24 h\"\n";

    #[test]
    fn a_changed_row_without_a_code_is_told_by_what_it_is_about() {
        for (was, is, expect) in [
            ("4 d", "9 d", "~ stability SOD separated\n    room: 4 d -> 9 d"),
            ("8 h", "7 h", "~ stability SOD unspun\n    room: 8 h -> 7 h"),
            ("9 h", "7 h", "~ stability SOD unspun 2\n    room: 9 h -> 7 h"),
            ("50", "90", "~ interference K\n    hemolysis: 50 -> 90"),
            ("48 h", "1 h", "~ keep blood RED BLUE\n    after_report: 48 h -> 1 h"),
        ] {
            let told = differences(&files(KEEPING), &files(&KEEPING.replacen(was, is, 1)));
            let told: Vec<String> = told.iter().map(ToString::to_string).collect();
            assert_eq!(told, [expect]);
        }
    }

    #[test]
    fn another_bench_is_a_difference_and_another_place_is_none() {
        let other = BEFORE.replace("bench = \"chemistry\"", "bench = \"immunology\"");
        let told = differences(&files(BEFORE), &files(&other));
        assert_eq!(told.len(), 2, "{told:?}");
        let (head, tests) = BEFORE.split_once("[[test]]").expect("tests");
        let (first, second) = tests.split_once("[[test]]").expect("two");
        let moved = format!("{head}[[test]]{second}\n# a remark\n[[test]]{first}");
        assert_eq!(differences(&files(BEFORE), &files(&moved)), []);
    }
}
