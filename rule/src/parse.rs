//! Reading an expression: operator precedence by climbing (Pratt), names turned into slots.
//!
//! Bounds that stay true: at most [`LENGTH_MAX`] bytes, [`NODES_MAX`] nodes and [`DEPTH_MAX`]
//! levels of nesting, so that neither reading nor evaluating can run out of stack.

use crate::expression::SIGN_BINDS;
use crate::expression::{COMPARISON_BINDS, Expression, NOT_BINDS, Node, Operation, POWER_BINDS};
use crate::function::Function;
use crate::token::{self, Place, Token};
use std::fmt;

/// Longest text of an expression, in bytes.
pub(crate) const LENGTH_MAX: usize = 16 * 1024;
/// Most nodes of one expression.
pub(crate) const NODES_MAX: usize = 500;
/// Most levels of brackets, signs, calls and conditions within each other.
pub(crate) const DEPTH_MAX: usize = 48;

/// Words that are no names.
const KEPT_WORDS: [&str; 12] =
    ["if", "then", "else", "let", "in", "and", "or", "not", "true", "false", "unknown", "lookup"];

/// What is wrong with the text of an expression, where, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line, counted from one.
    pub line: u32,
    /// Column in characters, counted from one.
    pub column: u32,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl Mistake {
    pub(crate) fn new(place: Place, what: impl Into<String>, mend: impl Into<String>) -> Mistake {
        Mistake { line: place.line, column: place.column, what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; mend: {}", self.line, self.column, self.what, self.mend)
    }
}

impl std::error::Error for Mistake {}

/// Reads a whole text as one expression.
pub(crate) fn parse(text: &str) -> Result<Expression, Mistake> {
    let start = Place { line: 1, column: 1 };
    if text.len() > LENGTH_MAX {
        return Err(Mistake::new(start, "the expression is too long", "name its parts with let"));
    }
    let tokens = token::tokens(text)?;
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        names: Vec::new(),
        tables: Vec::new(),
        scope: Vec::new(),
        nodes: 0,
        depth: 0,
    };
    let root = parser.expression(0)?;
    match parser.next() {
        (Token::End, _) => Ok(Expression { names: parser.names, tables: parser.tables, root }),
        (token, place) => Err(Mistake::new(
            place,
            format!("{} was not expected here", shown(&token)),
            "join it to what stands before with an operator, or remove it",
        )),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<(Token, Place)>>,
    names: Vec<String>,
    tables: Vec<String>,
    scope: Vec<String>,
    nodes: usize,
    depth: usize,
}

const NOWHERE: Place = Place { line: 1, column: 1 };

impl Parser {
    fn next(&mut self) -> (Token, Place) {
        self.tokens.next().unwrap_or((Token::End, NOWHERE))
    }

    fn place(&mut self) -> Place {
        self.tokens.peek().map_or(NOWHERE, |(_, place)| *place)
    }

    fn count(&mut self) -> Result<(), Mistake> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > NODES_MAX {
            let place = self.place();
            return Err(Mistake::new(place, "the expression has too many parts", "split it"));
        }
        Ok(())
    }

    /// One expression whose outer operation binds at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Result<Node, Mistake> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            let place = self.place();
            return Err(Mistake::new(place, "too many levels within each other", "use let"));
        }
        let mut left = self.first()?;
        let mut compared = false;
        while let Some(operation) = self.operation(least) {
            let place = self.place();
            let comparison = operation.binds() == COMPARISON_BINDS;
            if comparison && compared {
                return Err(Mistake::new(place, "comparisons do not chain", "join them with and"));
            }
            compared = comparison;
            self.next();
            self.count()?;
            let right = self.expression(right_least(operation))?;
            left = Node::Two(operation, Box::new(left), Box::new(right));
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(left)
    }

    /// The operation that comes next, if it binds tightly enough.
    fn operation(&mut self, least: u8) -> Option<Operation> {
        let operation = match &self.tokens.peek()?.0 {
            Token::Sign("=") => Operation::Equal,
            Token::Sign("!=") => Operation::NotEqual,
            Token::Sign("<") => Operation::Less,
            Token::Sign("<=") => Operation::LessOrEqual,
            Token::Sign(">") => Operation::Greater,
            Token::Sign(">=") => Operation::GreaterOrEqual,
            Token::Sign("+") => Operation::Add,
            Token::Sign("-") => Operation::Subtract,
            Token::Sign("*") => Operation::Multiply,
            Token::Sign("/") => Operation::Divide,
            Token::Sign("^") => Operation::Power,
            Token::Word(word) if word == "and" => Operation::And,
            Token::Word(word) if word == "or" => Operation::Or,
            _ => return None,
        };
        (operation.binds() >= least).then_some(operation)
    }

    /// What an expression begins with.
    fn first(&mut self) -> Result<Node, Mistake> {
        self.count()?;
        match self.next() {
            (Token::Number(number), _) => Ok(Node::Number(number)),
            (Token::Text(text), _) => Ok(Node::Text(text)),
            (Token::Sign("-"), _) => Ok(Node::Negative(Box::new(self.expression(SIGN_BINDS)?))),
            (Token::Sign("("), _) => {
                let inner = self.expression(0)?;
                self.sign(")", "close the bracket with )")?;
                Ok(inner)
            }
            (Token::Word(word), place) => self.word(word, place),
            (token, place) => Err(Mistake::new(
                place,
                format!("{} where a value should begin", shown(&token)),
                "write a name, a number, a \"text\" or a bracket",
            )),
        }
    }

    fn word(&mut self, word: String, place: Place) -> Result<Node, Mistake> {
        match word.as_str() {
            "true" => Ok(Node::Truth(true)),
            "false" => Ok(Node::Truth(false)),
            "unknown" => Ok(Node::Unknown),
            "not" => Ok(Node::Not(Box::new(self.expression(NOT_BINDS)?))),
            "if" => self.condition(),
            "let" => self.binding(),
            "lookup" => self.lookup(),
            "then" | "else" | "in" | "and" | "or" => Err(Mistake::new(
                place,
                format!("the word {word} where a value should begin"),
                "write a name, a number, a \"text\" or a bracket before it",
            )),
            _ if self.at_sign("(") => self.call(&word, place),
            _ => Ok(self.name(word)),
        }
    }

    fn name(&mut self, name: String) -> Node {
        if let Some(level) = self.scope.iter().rposition(|bound| *bound == name) {
            return Node::Local(level, name);
        }
        Node::Input(slot(&mut self.names, name))
    }

    fn condition(&mut self) -> Result<Node, Mistake> {
        let condition = self.expression(0)?;
        self.keyword("then")?;
        let yes = self.expression(0)?;
        self.keyword("else")?;
        let no = self.expression(0)?;
        Ok(Node::If(Box::new(condition), Box::new(yes), Box::new(no)))
    }

    fn binding(&mut self) -> Result<Node, Mistake> {
        let (token, place) = self.next();
        let name = match token {
            Token::Word(name) if !KEPT_WORDS.contains(&name.as_str()) => name,
            other => {
                let what = format!("{} where let needs a name", shown(&other));
                return Err(Mistake::new(place, what, "write let NAME = VALUE in EXPRESSION"));
            }
        };
        if self.scope.contains(&name) {
            let what = format!("the name {name} is already bound by an outer let");
            return Err(Mistake::new(place, what, "choose another name"));
        }
        self.sign("=", "write let NAME = VALUE in EXPRESSION")?;
        let value = self.expression(0)?;
        self.keyword("in")?;
        self.scope.push(name.clone());
        let body = self.expression(0)?;
        self.scope.pop();
        Ok(Node::Let(name, Box::new(value), Box::new(body)))
    }

    fn lookup(&mut self) -> Result<Node, Mistake> {
        let usage = "write lookup(TABLE, FIRST, SECOND)";
        self.sign("(", usage)?;
        let (token, place) = self.next();
        let Token::Word(table) = token else {
            return Err(Mistake::new(place, "lookup needs the name of a table", usage));
        };
        slot(&mut self.tables, table.clone());
        self.sign(",", usage)?;
        let first = self.expression(0)?;
        self.sign(",", usage)?;
        let second = self.expression(0)?;
        self.sign(")", usage)?;
        Ok(Node::Lookup(table, Box::new(first), Box::new(second)))
    }

    fn call(&mut self, name: &str, place: Place) -> Result<Node, Mistake> {
        let Some(function) = Function::named(name) else {
            let known: Vec<&str> = Function::ALL.into_iter().map(Function::name).collect();
            let mend = format!("use one of {}, lookup", known.join(", "));
            return Err(Mistake::new(place, format!("there is no function {name}"), mend));
        };
        self.next();
        let mut arguments = vec![self.expression(0)?];
        while self.at_sign(",") {
            self.next();
            arguments.push(self.expression(0)?);
        }
        self.sign(")", "close the bracket with )")?;
        let (fewest, most) = function.arguments();
        if arguments.len() < fewest || arguments.len() > most {
            let what = format!("{name} was given {} values", arguments.len());
            return Err(Mistake::new(place, what, format!("give it {fewest} to {most}")));
        }
        Ok(Node::Call(function, arguments))
    }

    fn at_sign(&mut self, sign: &str) -> bool {
        matches!(self.tokens.peek(), Some((Token::Sign(found), _)) if *found == sign)
    }

    fn sign(&mut self, sign: &str, mend: &str) -> Result<(), Mistake> {
        match self.next() {
            (Token::Sign(found), _) if found == sign => Ok(()),
            (token, place) => {
                let what = format!("{} where {sign} should stand", shown(&token));
                Err(Mistake::new(place, what, mend))
            }
        }
    }

    fn keyword(&mut self, word: &str) -> Result<(), Mistake> {
        match self.next() {
            (Token::Word(found), _) if found == word => Ok(()),
            (token, place) => {
                let what = format!("{} where the word {word} should stand", shown(&token));
                let mend = "write if CONDITION then VALUE else VALUE, or let NAME = VALUE in VALUE";
                Err(Mistake::new(place, what, mend))
            }
        }
    }
}

/// How tightly the right side must bind: `^` groups from the right, the others from the left.
fn right_least(operation: Operation) -> u8 {
    match operation.binds() {
        POWER_BINDS => SIGN_BINDS,
        binds => binds.saturating_add(1),
    }
}

/// The place of a name in the list, which grows when the name is new.
fn slot(names: &mut Vec<String>, name: String) -> usize {
    names.iter().position(|known| *known == name).unwrap_or_else(|| {
        names.push(name);
        names.len().saturating_sub(1)
    })
}

fn shown(token: &Token) -> String {
    match token {
        Token::Number(number) => format!("the number {number}"),
        Token::Text(text) => format!("the text \"{text}\""),
        Token::Word(word) => format!("the word {word}"),
        Token::Sign(sign) => format!("the sign {sign}"),
        Token::End => "the end of the text".to_string(),
    }
}
