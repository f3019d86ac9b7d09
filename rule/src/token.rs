//! Cutting the text of an expression into words and signs, each with its line and column.

use crate::parse::Mistake;
use rust_decimal::Decimal;
use std::iter::Peekable;
use std::str::{Chars, FromStr};

/// Where a token stands: line and column, both counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A word or sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Number(Decimal),
    Text(String),
    Word(String),
    Sign(&'static str),
    End,
}

/// Signs, the longer ones first.
const SIGNS: [&str; 15] =
    ["<=", ">=", "!=", "==", "<", ">", "=", "+", "-", "*", "/", "^", "(", ")", ","];

/// Cuts the whole text; the last token is [`Token::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<(Token, Place)>, Mistake> {
    let mut cutter = Cutter { rest: text.chars().peekable(), line: 1, column: 1 };
    let mut found = Vec::new();
    loop {
        cutter.skip_space();
        let place = Place { line: cutter.line, column: cutter.column };
        let token = cutter.token(place)?;
        let end = token == Token::End;
        found.push((token, place));
        if end {
            return Ok(found);
        }
    }
}

struct Cutter<'a> {
    rest: Peekable<Chars<'a>>,
    line: u32,
    column: u32,
}

impl Cutter<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        if character == '\n' {
            self.line = self.line.saturating_add(1);
            self.column = 1;
        } else {
            self.column = self.column.saturating_add(1);
        }
        Some(character)
    }

    fn skip_space(&mut self) {
        while self.rest.peek().is_some_and(|c| c.is_whitespace()) {
            self.next();
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while self.rest.peek().is_some_and(|c| wanted(*c)) {
            taken.extend(self.next());
        }
        taken
    }

    fn token(&mut self, place: Place) -> Result<Token, Mistake> {
        let Some(first) = self.rest.peek().copied() else { return Ok(Token::End) };
        if first.is_ascii_digit() || first == '.' {
            return self.number(place);
        }
        if first.is_ascii_alphabetic() || first == '_' {
            return Ok(Token::Word(self.take_while(|c| c.is_ascii_alphanumeric() || c == '_')));
        }
        if first == '"' {
            return self.text(place);
        }
        self.sign(place)
    }

    fn number(&mut self, place: Place) -> Result<Token, Mistake> {
        let digits = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'));
        let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        let number = if plain { Decimal::from_str(&digits).ok() } else { None };
        number.map(Token::Number).ok_or_else(|| {
            Mistake::new(
                place,
                format!("{digits} is not a number"),
                "write digits with at most one point",
            )
        })
    }

    fn text(&mut self, place: Place) -> Result<Token, Mistake> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(Token::Text(text)),
                Some('\\') => text.extend(self.next()),
                Some(character) => text.push(character),
                None => {
                    return Err(Mistake::new(place, "the text does not end", "close it with \""));
                }
            }
        }
    }

    fn sign(&mut self, place: Place) -> Result<Token, Mistake> {
        let first = self.next().unwrap_or(' ');
        let pair: String = [first].into_iter().chain(self.rest.peek().copied()).collect();
        let found = SIGNS.into_iter().find(|sign| *sign == pair).inspect(|_| {
            self.next();
        });
        let alone = || SIGNS.into_iter().find(|sign| sign.len() == 1 && sign.starts_with(first));
        match found.or_else(alone) {
            Some("==") => Ok(Token::Sign("=")),
            Some(sign) => Ok(Token::Sign(sign)),
            None => Err(Mistake::new(
                place,
                format!("{first:?} has no meaning here"),
                "use + - * / ^ = != < <= > >= and or not, names, numbers and \"texts\"",
            )),
        }
    }
}
