//! Evaluating an expression over given values.
//!
//! Unknown spreads; `and`, `or` and `not` answer as soon as one side decides (Kleene).

use crate::arithmetic;
use crate::expression::{Node, Operation};
use crate::function::plain_number;
use crate::table::{self, Tables};
use crate::value::{Comparator, Refused, Value};
use rust_decimal::Decimal;
use std::cmp::Ordering;

/// Evaluates the tree with one value per slot.
pub(crate) fn evaluate(root: &Node, slots: &[Value], tables: &Tables) -> Result<Value, Refused> {
    Evaluation { slots, tables, bound: Vec::new() }.node(root)
}

struct Evaluation<'a> {
    slots: &'a [Value],
    tables: &'a Tables,
    bound: Vec<Value>,
}

impl Evaluation<'_> {
    fn node(&mut self, node: &Node) -> Result<Value, Refused> {
        match node {
            Node::Unknown => Ok(Value::Unknown),
            Node::Truth(truth) => Ok(Value::Truth(*truth)),
            Node::Number(number) => Ok(Value::Number(*number)),
            Node::Text(text) => Ok(Value::Text(text.clone())),
            Node::Input(slot) => Ok(self.slots.get(*slot).cloned().unwrap_or(Value::Unknown)),
            Node::Local(level, _) => Ok(self.bound.get(*level).cloned().unwrap_or(Value::Unknown)),
            Node::Not(inner) => {
                Ok(truth(self.node(inner)?)?.map_or(Value::Unknown, |t| Value::Truth(!t)))
            }
            Node::Negative(inner) => {
                Ok(plain_number(self.node(inner)?)?.map_or(Value::Unknown, |n| Value::Number(-n)))
            }
            Node::Two(operation, left, right) => self.two(*operation, left, right),
            Node::If(condition, yes, no) => match truth(self.node(condition)?)? {
                Some(true) => self.node(yes),
                Some(false) => self.node(no),
                None => Ok(Value::Unknown),
            },
            Node::Let(_, value, body) => {
                let value = self.node(value)?;
                self.bound.push(value);
                let outcome = self.node(body);
                self.bound.pop();
                outcome
            }
            Node::Call(function, arguments) => {
                let values: Result<Vec<Value>, Refused> =
                    arguments.iter().map(|argument| self.node(argument)).collect();
                function.apply(values?)
            }
            Node::Lookup(name, first, second) => {
                let (first, second) = (self.node(first)?, self.node(second)?);
                table::lookup(self.tables, name, first, second)
            }
        }
    }

    fn two(&mut self, operation: Operation, left: &Node, right: &Node) -> Result<Value, Refused> {
        match operation {
            Operation::And => self.decided_by(false, left, right),
            Operation::Or => self.decided_by(true, left, right),
            _ => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                match arithmetic_of(operation) {
                    Some(apply) => calculate(apply, left, right),
                    None => compare(operation, &left, &right),
                }
            }
        }
    }

    /// `and` is decided by a false side, `or` by a true one; the second side is not asked when the
    /// first decides.
    fn decided_by(&mut self, deciding: bool, left: &Node, right: &Node) -> Result<Value, Refused> {
        let left = truth(self.node(left)?)?;
        if left == Some(deciding) {
            return Ok(Value::Truth(deciding));
        }
        let right = truth(self.node(right)?)?;
        Ok(match (left, right) {
            (_, Some(truth)) if truth == deciding => Value::Truth(deciding),
            (Some(_), Some(_)) => Value::Truth(!deciding),
            _ => Value::Unknown,
        })
    }
}

type Apply = fn(Decimal, Decimal) -> Result<Decimal, Refused>;

fn arithmetic_of(operation: Operation) -> Option<Apply> {
    match operation {
        Operation::Add => Some(arithmetic::add),
        Operation::Subtract => Some(arithmetic::subtract),
        Operation::Multiply => Some(arithmetic::multiply),
        Operation::Divide => Some(arithmetic::divide),
        Operation::Power => Some(arithmetic::power),
        _ => None,
    }
}

fn calculate(apply: Apply, left: Value, right: Value) -> Result<Value, Refused> {
    match (plain_number(left)?, plain_number(right)?) {
        (Some(left), Some(right)) => apply(left, right).map(Value::Number),
        _ => Ok(Value::Unknown),
    }
}

fn truth(value: Value) -> Result<Option<bool>, Refused> {
    match value {
        Value::Truth(truth) => Ok(Some(truth)),
        Value::Unknown => Ok(None),
        other => Err(Refused::WrongKind { needed: "true or false", found: other.kind() }),
    }
}

/// Compares two values; where a comparator leaves the answer open, the answer is unknown.
fn compare(operation: Operation, left: &Value, right: &Value) -> Result<Value, Refused> {
    match (left, right) {
        (Value::Unknown, _) | (_, Value::Unknown) => Ok(Value::Unknown),
        (Value::Number(a), Value::Number(b)) => Ok(Value::Truth(holds(operation, a.cmp(b)))),
        (Value::Qualified(comparator, a), Value::Number(b)) => {
            Ok(certain(operation, *comparator, a.cmp(b)))
        }
        (Value::Number(a), Value::Qualified(comparator, b)) => {
            Ok(certain(turned(operation), *comparator, b.cmp(a)))
        }
        (Value::Qualified(..), Value::Qualified(..)) => Ok(Value::Unknown),
        (Value::Text(a), Value::Text(b)) => equal(operation, a == b, "a number"),
        (Value::Truth(a), Value::Truth(b)) => equal(operation, a == b, "a number"),
        (left, right) => Err(Refused::WrongKind { needed: left.kind(), found: right.kind() }),
    }
}

fn equal(operation: Operation, same: bool, needed: &'static str) -> Result<Value, Refused> {
    match operation {
        Operation::Equal => Ok(Value::Truth(same)),
        Operation::NotEqual => Ok(Value::Truth(!same)),
        _ => Err(Refused::WrongKind { needed, found: "something without order" }),
    }
}

fn holds(operation: Operation, order: Ordering) -> bool {
    match operation {
        Operation::Equal => order.is_eq(),
        Operation::NotEqual => order.is_ne(),
        Operation::Less => order.is_lt(),
        Operation::LessOrEqual => order.is_le(),
        Operation::Greater => order.is_gt(),
        Operation::GreaterOrEqual => order.is_ge(),
        _ => false,
    }
}

/// The comparison with its sides exchanged.
fn turned(operation: Operation) -> Operation {
    match operation {
        Operation::Less => Operation::Greater,
        Operation::LessOrEqual => Operation::GreaterOrEqual,
        Operation::Greater => Operation::Less,
        Operation::GreaterOrEqual => Operation::LessOrEqual,
        other => other,
    }
}

/// Compares a qualified number whose figure stands to the other as `figure` says: the answer, if
/// it is the same for every true value the comparator allows.
fn certain(operation: Operation, comparator: Comparator, figure: Ordering) -> Value {
    let possible: Vec<Ordering> = [Ordering::Less, Ordering::Equal, Ordering::Greater]
        .into_iter()
        .filter(|order| allows(comparator, figure, *order))
        .collect();
    let mut answers = possible.into_iter().map(|order| holds(operation, order));
    match answers.next() {
        Some(first) if answers.all(|answer| answer == first) => Value::Truth(first),
        _ => Value::Unknown,
    }
}

/// Whether some true value may stand to the other number as `order` says.
fn allows(comparator: Comparator, figure: Ordering, order: Ordering) -> bool {
    match comparator {
        // below a figure that is at most the other: surely less
        Comparator::Below => order.is_lt() || figure.is_gt(),
        Comparator::AtMost => order.is_lt() || figure.is_gt() || (figure.is_eq() && order.is_eq()),
        Comparator::Above => order.is_gt() || figure.is_lt(),
        Comparator::AtLeast => order.is_gt() || figure.is_lt() || (figure.is_eq() && order.is_eq()),
    }
}
