//! An expression once read: a tree whose names are numbered slots, so that evaluation looks
//! nothing up by text. It prints itself with no more brackets than it needs.
//!
//! Reading what was printed gives the same expression again.

use crate::evaluate;
use crate::function::Function;
use crate::parse::{self, Mistake};
use crate::table::Tables;
use crate::value::{Refused, Value};
use rust_decimal::Decimal;
use std::fmt;

/// An expression, read and ready to evaluate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    pub(crate) names: Vec<String>,
    pub(crate) tables: Vec<String>,
    pub(crate) root: Node,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// The first [`Mistake`], with its line and column and how to mend it.
    pub fn parse(text: &str) -> Result<Expression, Mistake> {
        parse::parse(text)
    }

    /// The names the expression needs, in order of first appearance; their order is the order of
    /// the slots.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The tables the expression looks figures up in.
    pub fn tables(&self) -> &[String] {
        &self.tables
    }

    /// Evaluates with one value per name of [`Expression::names`], in that order; a slot not given
    /// is unknown.
    ///
    /// # Errors
    /// [`Refused`] where the outcome has no honest answer.
    pub fn evaluate(&self, slots: &[Value], tables: &Tables) -> Result<Value, Refused> {
        evaluate::evaluate(&self.root, slots, tables)
    }

    /// Evaluates, asking `value_of` for each name once.
    ///
    /// # Errors
    /// [`Refused`] where the outcome has no honest answer.
    pub fn evaluate_with(
        &self,
        value_of: impl Fn(&str) -> Value,
        tables: &Tables,
    ) -> Result<Value, Refused> {
        let slots: Vec<Value> = self.names.iter().map(|name| value_of(name)).collect();
        self.evaluate(&slots, tables)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printer { names: &self.names }.node(f, &self.root, 0)
    }
}

/// An operation with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

/// How tightly `not` binds.
pub(crate) const NOT_BINDS: u8 = 3;
/// How tightly a sign before a number binds.
pub(crate) const SIGN_BINDS: u8 = 7;
/// How tightly comparisons bind; they do not chain.
pub(crate) const COMPARISON_BINDS: u8 = 4;
/// How tightly `^` binds; it groups from the right.
pub(crate) const POWER_BINDS: u8 = 8;

impl Operation {
    /// How tightly the operation binds: the higher, the tighter.
    pub(crate) fn binds(self) -> u8 {
        match self {
            Operation::Or => 1,
            Operation::And => 2,
            Operation::Add | Operation::Subtract => 5,
            Operation::Multiply | Operation::Divide => 6,
            Operation::Power => POWER_BINDS,
            _ => COMPARISON_BINDS,
        }
    }

    /// The sign or word as written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Operation::Or => "or",
            Operation::And => "and",
            Operation::Equal => "=",
            Operation::NotEqual => "!=",
            Operation::Less => "<",
            Operation::LessOrEqual => "<=",
            Operation::Greater => ">",
            Operation::GreaterOrEqual => ">=",
            Operation::Add => "+",
            Operation::Subtract => "-",
            Operation::Multiply => "*",
            Operation::Divide => "/",
            Operation::Power => "^",
        }
    }
}

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Unknown,
    Truth(bool),
    Number(Decimal),
    Text(String),
    /// An input, by slot.
    Input(usize),
    /// A name bound by `let`, by how many are bound outside of it.
    Local(usize, String),
    Not(Box<Node>),
    Negative(Box<Node>),
    Two(Operation, Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    Let(String, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
    Lookup(String, Box<Node>, Box<Node>),
}

struct Printer<'a> {
    names: &'a [String],
}

impl Printer<'_> {
    /// Prints a node, in brackets where it binds looser than `least`.
    fn node(&self, f: &mut fmt::Formatter<'_>, node: &Node, least: u8) -> fmt::Result {
        let binds = match node {
            Node::If(..) | Node::Let(..) => 0,
            Node::Not(_) => NOT_BINDS,
            Node::Negative(_) => SIGN_BINDS,
            Node::Two(operation, ..) => operation.binds(),
            _ => u8::MAX,
        };
        if binds < least {
            f.write_str("(")?;
            self.open(f, node)?;
            return f.write_str(")");
        }
        self.open(f, node)
    }

    fn open(&self, f: &mut fmt::Formatter<'_>, node: &Node) -> fmt::Result {
        match node {
            Node::Unknown => f.write_str("unknown"),
            Node::Truth(truth) => write!(f, "{truth}"),
            Node::Number(number) => write!(f, "{number}"),
            Node::Text(text) => quoted(f, text),
            Node::Input(slot) => f.write_str(self.names.get(*slot).map_or("?", String::as_str)),
            Node::Local(_, name) => f.write_str(name),
            Node::Not(inner) => {
                f.write_str("not ")?;
                self.node(f, inner, NOT_BINDS)
            }
            Node::Negative(inner) => {
                f.write_str("-")?;
                self.node(f, inner, SIGN_BINDS)
            }
            Node::Two(operation, left, right) => self.two(f, *operation, (left, right)),
            Node::If(condition, yes, no) => {
                self.words(f, &[("if ", condition), (" then ", yes), (" else ", no)])
            }
            Node::Let(name, value, body) => {
                write!(f, "let {name}")?;
                self.words(f, &[(" = ", value), (" in ", body)])
            }
            Node::Call(function, arguments) => {
                f.write_str(function.name())?;
                self.arguments(f, arguments.iter())
            }
            Node::Lookup(table, first, second) => {
                write!(f, "lookup({table}")?;
                self.words(f, &[(", ", first), (", ", second)])?;
                f.write_str(")")
            }
        }
    }

    fn two(
        &self,
        f: &mut fmt::Formatter<'_>,
        operation: Operation,
        (left, right): (&Node, &Node),
    ) -> fmt::Result {
        let binds = operation.binds();
        let (left_least, right_least) = match binds {
            POWER_BINDS => (binds + 1, SIGN_BINDS),
            COMPARISON_BINDS => (binds + 1, binds + 1),
            _ => (binds, binds + 1),
        };
        self.node(f, left, left_least)?;
        write!(f, " {} ", operation.symbol())?;
        self.node(f, right, right_least)
    }

    fn words(&self, f: &mut fmt::Formatter<'_>, parts: &[(&str, &Node)]) -> fmt::Result {
        for (word, node) in parts {
            f.write_str(word)?;
            self.node(f, node, 0)?;
        }
        Ok(())
    }

    fn arguments<'n>(
        &self,
        f: &mut fmt::Formatter<'_>,
        arguments: impl Iterator<Item = &'n Node>,
    ) -> fmt::Result {
        f.write_str("(")?;
        for (at, argument) in arguments.enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            self.node(f, argument, 0)?;
        }
        f.write_str(")")
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{character}")?;
    }
    f.write_str("\"")
}
