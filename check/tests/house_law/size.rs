//! Sizes: how long functions, files and lines may be, and how many parameters a function takes.
//!
//! A function's length is counted in lines from its `fn` to its closing brace, both included,
//! comments and blank lines too. A file above 500 lines says `Reason for its length:` in its
//! first comment. A line above 100 columns is allowed when it holds an address (`://`), or when a
//! string literal of a test makes it long. What must stay true: every function is found, those
//! nested in another or in an `impl` too.

use crate::source::{Finding, Source};
use crate::token::{Kind, Token};

/// Longest function, in lines.
pub const FUNCTION_LINES_MAX: usize = 70;
/// Nine functions in ten are at most this long, in lines.
pub const FUNCTION_LINES_NINE_IN_TEN: usize = 45;
/// Longest file that needs no reason, in lines.
const FILE_LINES_MAX: usize = 500;
/// Longest line, in columns.
const COLUMNS_MAX: usize = 100;
/// Most parameters of a function, `self` not counted.
const PARAMETERS_MAX: usize = 4;
/// Where a library's trait says what a function takes: its name, and the file it stands in.
const GIVEN: [(&str, &str); 1] = [("verify_server_cert", "store/src/engine/postgres/tls.rs")];
/// What the first comment of a long file says.
const REASON: &str = "Reason for its length:";

/// A function as the laws see it.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`.
    pub line: usize,
    /// Lines from `fn` to the closing brace; 0 when it has no body.
    pub lines: usize,
    /// Parameters, `self` not counted.
    pub parameters: usize,
}

/// What breaks the laws of size in a source.
pub fn findings(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for function in functions(&source.code) {
        let Function { name, line, lines, parameters } = function;
        if lines > FUNCTION_LINES_MAX {
            let mend = format!(
                "`{name}` has {lines} lines, {FUNCTION_LINES_MAX} is the most: give each of its \
                 steps a name of its own"
            );
            found.push(source.finding(line, mend));
        }
        let given = GIVEN.contains(&(name.as_str(), source.path.as_str()));
        if parameters > PARAMETERS_MAX && !given {
            let mend = format!(
                "`{name}` takes {parameters} parameters, {PARAMETERS_MAX} is the most: what \
                 belongs together becomes one type"
            );
            found.push(source.finding(line, mend));
        }
    }
    found.extend(long_file(source));
    found.extend(long_lines(source));
    found
}

fn long_file(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    let opening = source.text.lines().take_while(|line| line.starts_with("//!"));
    let reasoned = opening.collect::<Vec<_>>().join("\n").contains(REASON);
    (lines > FILE_LINES_MAX && !reasoned).then(|| {
        let mend = format!(
            "{lines} lines, {FILE_LINES_MAX} is the most without a reason: split it by subject, \
             or say `{REASON} …` in its first comment"
        );
        source.finding(1, mend)
    })
}

fn long_lines(source: &Source) -> Vec<Finding> {
    let is_long = |line: &str| line.chars().count() > COLUMNS_MAX && !line.contains("://");
    let long = source.text.lines().enumerate().filter(|(_, line)| is_long(line));
    long.map(|(at, line)| (at + 1, line.chars().count()))
        .filter(|(line, _)| !(source.is_test(*line) && holds_text(source, *line)))
        .map(|(line, columns)| {
            let mend = format!(
                "{columns} columns, {COLUMNS_MAX} is the most: break the line, or the literal \
                 with a backslash"
            );
            source.finding(line, mend)
        })
        .collect()
}

fn holds_text(source: &Source, line: usize) -> bool {
    source.code.iter().any(|token| {
        matches!(token.kind, Kind::Text(_)) && (token.line..=token.last_line).contains(&line)
    })
}

/// Every function of a source, from its tokens without comments.
pub fn functions(code: &[Token]) -> Vec<Function> {
    let named = |at: &usize| {
        code[*at].is_word("fn") && code.get(at + 1).is_some_and(|next| next.word().is_some())
    };
    (0..code.len()).filter(named).filter_map(|at| function(&code[at..])).collect()
}

/// The function that begins at the first token, `fn`.
fn function(code: &[Token]) -> Option<Function> {
    let name = code.get(1)?.word()?.to_string();
    let open = 2 + code.get(2..)?.iter().scan(0isize, angle_depth).take_while(|d| *d > 0).count();
    let open = open + code.get(open..)?.iter().position(|token| token.is_mark('('))?;
    let (parameters, close) = parameters(code, open);
    let line = code[0].line;
    let lines = body_end(code.get(close..)?).map_or(0, |last| last - line + 1);
    Some(Function { name, line, lines, parameters })
}

/// Depth of `<…>` after each token; an arrow's `>` closes nothing.
fn angle_depth(depth: &mut isize, token: &Token) -> Option<isize> {
    match token.kind {
        Kind::Mark('<') => *depth += 1,
        Kind::Mark('>') => *depth -= 1,
        _ => {}
    }
    Some(*depth)
}

/// How many parameters stand between the parenthesis at `open` and its partner, and where that is.
fn parameters(code: &[Token], open: usize) -> (usize, usize) {
    let (mut depth, mut count, mut fresh) = (0isize, 0usize, true);
    for (at, token) in code.iter().enumerate().skip(open) {
        let arrow = token.is_mark('>') && code[at - 1].is_mark('-');
        match token.kind {
            Kind::Mark('(' | '[' | '{' | '<') => depth += 1,
            Kind::Mark('>') if arrow => {}
            Kind::Mark(')' | ']' | '}' | '>') => {
                depth -= 1;
                if depth == 0 {
                    return (count, at);
                }
            }
            Kind::Mark(',') if depth == 1 => fresh = true,
            Kind::Mark(':') if depth == 1 && fresh => {
                let is_self = code[at - 1].is_word("self");
                count += usize::from(!is_self);
                fresh = false;
            }
            _ => {}
        }
    }
    (count, code.len())
}

/// The line of the brace that closes the body, if a body comes before a semicolon.
fn body_end(code: &[Token]) -> Option<usize> {
    let (mut depth, mut opened) = (0isize, false);
    for token in code {
        match token.kind {
            Kind::Mark(';') if depth == 0 => return None,
            Kind::Mark('[' | '(') if !opened => depth += 1,
            Kind::Mark(']' | ')') if !opened => depth = (depth - 1).max(0),
            Kind::Mark('{') => {
                depth = if opened { depth + 1 } else { 1 };
                opened = true;
            }
            Kind::Mark('}') if opened => {
                depth -= 1;
                if depth == 0 {
                    return Some(token.last_line);
                }
            }
            _ => {}
        }
    }
    None
}

/// Function lengths of a room: how many, the median, the 90th percentile, the longest.
#[derive(Debug, PartialEq, Eq)]
pub struct Distribution {
    /// How many functions have a body.
    pub count: usize,
    /// The median length, in lines.
    pub median: usize,
    /// Nine in ten are at most this long, in lines.
    pub nine_in_ten: usize,
    /// The longest, in lines.
    pub longest: usize,
}

/// The distribution of some lengths; `None` when there are none.
pub fn distribution(mut lengths: Vec<usize>) -> Option<Distribution> {
    lengths.sort_unstable();
    let at = |share: usize| lengths.get((lengths.len() * share / 100).min(lengths.len() - 1));
    let longest = *lengths.last()?;
    let (median, nine_in_ten) = (*at(50)?, *at(90)?);
    Some(Distribution { count: lengths.len(), median, nine_in_ten, longest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{code, tokens};

    fn shapes(text: &str) -> Vec<(String, usize, usize)> {
        let found = functions(&code(&tokens(text)));
        found.into_iter().map(|f| (f.name, f.lines, f.parameters)).collect()
    }

    #[test]
    fn functions_are_measured() {
        let cases = [
            ("fn a() {}", 1, 0),
            ("fn a(&self, b: u8) {\n}", 2, 1),
            ("fn a(self: Box<Self>, b: u8) {}", 1, 1),
            ("fn a(b: u8, (c, d): (u8, u8),) -> u8 {\n\n1\n}", 4, 2),
            ("fn a<F: Fn(u8, u8) -> u8>(b: F, c: HashMap<u8, Vec<u8>>) {}", 1, 2),
            ("fn a(b: impl Fn(u8) -> u8, c: &dyn Fn(&str, u8) -> bool) {}", 1, 2),
            ("fn a(b: [u8; 2]) -> [u8; 3] where u8: Copy {\n}", 2, 1),
            ("fn a(b: std::io::Result<u8>);", 0, 1),
            ("fn a() { let b = \"}\"; // }\n if c { d } else { e }\n}", 3, 0),
        ];
        for (text, lines, parameters) in cases {
            assert_eq!(shapes(text), [("a".to_string(), lines, parameters)], "{text}");
        }
        let nested = shapes("impl A { fn b() { fn c() {}\n } }\nfn d(e: fn(u8) -> u8) {}");
        assert_eq!(nested.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), ["b", "c", "d"]);
    }

    #[test]
    fn what_is_too_long_is_caught() {
        let judge = |path: &str, text: &str| findings(&Source::new(path, text)).len();
        let long = format!("fn a() {{\n{}}}\n", "b();\n".repeat(69));
        assert_eq!(judge("lab/src/a.rs", &long), 1);
        assert_eq!(judge("lab/src/a.rs", &long.replacen("b();\n", "", 1)), 0);
        assert_eq!(judge("lab/src/a.rs", "fn a(b: u8, c: u8, d: u8, e: u8, f: u8) {}"), 1);
        assert_eq!(judge("lab/src/a.rs", "fn a(&self, b: u8, c: u8, d: u8, e: u8) {}"), 0);
        let given = "fn verify_server_cert(b: u8, c: u8, d: u8, e: u8, f: u8) {}";
        assert_eq!(judge("store/src/engine/postgres/tls.rs", given), 0);
        assert_eq!(judge("lab/src/a.rs", given), 1);
        assert_eq!(judge("lab/src/a.rs", &"\n".repeat(501)), 1);
        let reasoned = format!("//! A.\n//! Reason for its length: b.\n{}", "\n".repeat(500));
        assert_eq!(judge("lab/src/a.rs", &reasoned), 0);
        let wide = format!("const A: &str = \"{}\";", "b".repeat(100));
        assert_eq!(judge("lab/src/a.rs", &wide), 1);
        assert_eq!(judge("lab/tests/a.rs", &wide), 0);
        assert_eq!(judge("lab/src/a.rs", &format!("// https://{}", "b".repeat(100))), 0);
    }

    #[test]
    fn lengths_are_summed_up() {
        assert_eq!(distribution(vec![]), None);
        let expected = Distribution { count: 10, median: 6, nine_in_ten: 10, longest: 10 };
        assert_eq!(distribution((1..=10).collect()), Some(expected));
    }
}
