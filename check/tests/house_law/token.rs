//! Rust source cut into tokens, so that a law about code is not fooled by a string or a comment.
//!
//! It knows comments (nested ones too), strings of every kind, characters, lifetimes, numbers,
//! identifiers (raw ones too) and single punctuation marks, each with its line. It knows no
//! grammar. What must stay true: no input makes it panic or loop, and nothing inside a string or
//! a comment ever comes out as an identifier.

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or keyword, without `r#`.
    Word(String),
    /// The inside of a string literal of any kind, escapes untouched.
    Text(String),
    /// A character or byte literal.
    Char,
    /// A lifetime or loop label.
    Lifetime,
    /// A number literal with its suffix.
    Number,
    /// One punctuation mark.
    Mark(char),
    /// A comment with its slashes.
    Comment(String),
}

/// A token and the lines it stands on, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// The line it begins on.
    pub line: usize,
    /// The line it ends on.
    pub last_line: usize,
}

impl Token {
    /// The identifier or keyword, if it is one.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is this punctuation mark.
    pub fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    /// Whether it is this identifier or keyword.
    pub fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }
}

/// Cuts a source into its tokens, comments included.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { chars: source.chars().collect(), at: 0, line: 1 };
    let mut found = Vec::new();
    while let Some(next) = reader.peek(0) {
        if next.is_whitespace() {
            reader.advance();
            continue;
        }
        let line = reader.line;
        let kind = reader.token(next);
        found.push(Token { kind, line, last_line: reader.line });
    }
    found
}

/// The tokens that are code: everything but comments.
pub fn code(tokens: &[Token]) -> Vec<Token> {
    tokens.iter().filter(|t| !matches!(t.kind, Kind::Comment(_))).cloned().collect()
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn advance(&mut self) -> Option<char> {
        let read = self.peek(0)?;
        self.at += 1;
        if read == '\n' {
            self.line += 1;
        }
        Some(read)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.advance();
        }
    }

    fn token(&mut self, next: char) -> Kind {
        match (next, self.peek(1)) {
            ('/', Some('/')) => self.line_comment(),
            ('/', Some('*')) => self.block_comment(),
            ('"', _) => self.string(),
            ('\'', _) => self.quote(),
            _ if next.is_alphabetic() || next == '_' => self.word_or_prefixed(),
            _ if next.is_ascii_digit() => self.number(),
            _ => {
                self.advance();
                Kind::Mark(next)
            }
        }
    }

    fn line_comment(&mut self) -> Kind {
        Kind::Comment(self.take_while(|c| c != '\n'))
    }

    fn block_comment(&mut self) -> Kind {
        let mut text = String::new();
        let mut depth = 0usize;
        while let Some(c) = self.advance() {
            text.push(c);
            let pair = (c, self.peek(0));
            if pair == ('/', Some('*')) || pair == ('*', Some('/')) {
                depth = if c == '/' { depth + 1 } else { depth.saturating_sub(1) };
                text.extend(self.advance());
                if depth == 0 {
                    break;
                }
            }
        }
        Kind::Comment(text)
    }

    fn string(&mut self) -> Kind {
        self.advance();
        let mut text = String::new();
        while let Some(c) = self.advance() {
            match c {
                '"' => break,
                '\\' => {
                    text.push(c);
                    text.extend(self.advance());
                }
                _ => text.push(c),
            }
        }
        Kind::Text(text)
    }

    /// A raw string from its first `#` or quote on; `None` when it is none after all.
    fn raw_string(&mut self) -> Option<Kind> {
        let hashes = self.chars[self.at..].iter().take_while(|c| **c == '#').count();
        if self.peek(hashes) != Some('"') {
            return None;
        }
        self.skip(hashes + 1);
        let mut text = String::new();
        while let Some(c) = self.advance() {
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.skip(hashes);
                break;
            }
            text.push(c);
        }
        Some(Kind::Text(text))
    }

    /// A character or a lifetime: `'a'` closes, `'a` does not.
    fn quote(&mut self) -> Kind {
        self.advance();
        let first = self.peek(0);
        let named = first.is_some_and(|c| c.is_alphabetic() || c == '_');
        if named && self.peek(1) != Some('\'') {
            self.take_while(|c| c.is_alphanumeric() || c == '_');
            return Kind::Lifetime;
        }
        while let Some(c) = self.advance() {
            match c {
                '\\' => self.skip(1),
                '\'' => break,
                _ => {}
            }
        }
        Kind::Char
    }

    fn word_or_prefixed(&mut self) -> Kind {
        let word = self.take_while(|c| c.is_alphanumeric() || c == '_');
        match (word.as_str(), self.peek(0)) {
            ("r" | "br" | "cr", Some('"' | '#')) => {
                if let Some(text) = self.raw_string() {
                    return text;
                }
                self.advance();
                Kind::Word(self.take_while(|c| c.is_alphanumeric() || c == '_'))
            }
            ("b" | "c", Some('"')) => self.string(),
            ("b", Some('\'')) => self.quote(),
            _ => Kind::Word(word),
        }
    }

    /// Digits, letters and one decimal point; a range `0..9` and a method `1.max(2)` stay apart.
    fn number(&mut self) -> Kind {
        self.take_while(|c| c.is_alphanumeric() || c == '_');
        if self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
            self.advance();
            self.take_while(|c| c.is_alphanumeric() || c == '_');
        }
        Kind::Number
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(c) = self.peek(0).filter(|c| keep(*c)) {
            taken.push(c);
            self.advance();
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        tokens(source).iter().filter_map(|t| t.word().map(String::from)).collect()
    }

    #[test]
    fn strings_and_comments_hold_no_words() {
        let cases = [
            ("a // b\nc", "a c"),
            ("a /* b /* c */ d */ e", "a e"),
            (r#"a "b \" c" d"#, "a d"),
            (r##"a r"b" c"##, "a c"),
            ("a r#\"b \" c\"# d", "a d"),
            ("a r##\"b \"# c\"## d", "a d"),
            ("a b\"x\" br#\"y\"# c\"z\" d", "a d"),
            ("a b'x' 'y' '\\'' '\\u{1F}' '\"' c", "a c"),
            ("fn a<'b>(c: &'b str)", "fn a c str"),
            ("'outer: loop { break 'outer; }", "loop break"),
            ("r#type x", "type x"),
            ("1.max(2) 0..n 1.5e3 0xffu8 x", "max n x"),
            ("/// doc \"open\nx", "x"),
            ("\"never closed x", ""),
            ("/* never closed x", ""),
            ("r#\"never closed x\"", ""),
        ];
        for (source, expected) in cases {
            assert_eq!(words(source).join(" "), expected, "in {source:?}");
        }
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        let found = tokens("a\n\"x\ny\" b /*\n\n*/ c");
        let lines: Vec<_> = found.iter().map(|t| (t.line, t.last_line)).collect();
        assert_eq!(lines, [(1, 1), (2, 3), (3, 3), (3, 5), (5, 5)]);
    }

    #[test]
    fn every_prefix_of_a_source_is_read_to_its_end() {
        let source = "fn a<'b>() { let c = r#\"d\"#; /* e */ 'f'; b'\\''; \"g\\\"\" } // h";
        for (end, _) in source.char_indices() {
            tokens(&source[..end]);
        }
    }
}
