//! Working out one calculated test from inputs as someone would type them.
//!
//! What must stay true: nothing is assumed. An input that is missing, unreadable, given twice or
//! qualified (`<5`) is refused by name, unless the calculation says what it does; the outcome is
//! rounded once, half away from zero.

use super::Catalog;
use super::calculation::{Calculation, Condition, Input, InputKind, NamedFunction, Working};
use super::function;
use rule::{Comparator, Expression, Refused, Tables, Value};
use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;

/// A calculated value, as it is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculated {
    /// The value: rounded digits, perhaps with comparator; `true` or `false`; or a word.
    pub value: String,
    /// Its unit.
    pub unit: String,
}

/// Why nothing was calculated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCalculated {
    /// Code, stable: `missing_input`, `qualified_input`, or the code of the condition not met.
    pub code: String,
    /// The reason in a sentence.
    pub because: String,
}

impl NotCalculated {
    fn new(code: &str, because: impl Into<String>) -> NotCalculated {
        NotCalculated { code: code.to_string(), because: because.into() }
    }
}

impl fmt::Display for NotCalculated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.because)
    }
}

impl std::error::Error for NotCalculated {}

/// Splits words as typed (`CREA=1.00`, `sex=M`, a bare `G123498654321`) into name and value. A
/// bare word has an empty name. Remarks in parentheses are dropped.
pub fn read_words(words: &[String]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut in_remark = false;
    for word in words.iter().flat_map(|word| word.split_whitespace()) {
        in_remark |= word.starts_with('(');
        if !in_remark {
            let (name, value) = word.split_once('=').unwrap_or(("", word));
            pairs.push((name.to_string(), value.to_string()));
        }
        in_remark &= !word.ends_with(')');
    }
    pairs
}

/// Works out the calculation `id` from inputs given as name and text; a bare word has an empty
/// name.
///
/// # Errors
/// [`NotCalculated`], with its code and a sentence saying which input or condition it was.
pub fn calculate(
    catalog: &Catalog,
    id: &str,
    inputs: &[(String, String)],
) -> Result<Calculated, NotCalculated> {
    let asked = id.trim();
    let calculation = catalog
        .calculation(asked)
        .or_else(|| catalog.calculation(&asked.to_uppercase()))
        .ok_or_else(|| {
            NotCalculated::new("unknown_calculation", format!("There is no calculation {asked}."))
        })?;
    calculate_by(catalog.tables(), calculation, inputs)
}

/// Works out a calculation.
pub(super) fn calculate_by(
    tables: &Tables,
    calculation: &Calculation,
    inputs: &[(String, String)],
) -> Result<Calculated, NotCalculated> {
    let given = Given::read(calculation, inputs)?;
    let known = given.values(calculation)?;
    let (known, comparator) = propagate(calculation, known)?;
    for condition in &calculation.requires {
        require(condition, tables, |name| value_named(calculation, &known, name))?;
    }
    let outcome = match &calculation.working {
        Working::Expression(expression) => {
            evaluate(expression, tables, |name| value_named(calculation, &known, name))?
        }
        Working::Function(name) => by_function(*name, &known, &given.further)?,
    };
    let outcome = rounded(outcome, calculation.decimals);
    for condition in &calculation.ensures {
        require(condition, tables, |name| match name {
            "result" => outcome.clone(),
            _ => value_named(calculation, &known, name),
        })?;
    }
    Ok(Calculated { value: shown(&outcome, comparator)?, unit: calculation.unit.clone() })
}

/// What was given, sorted to the inputs of a calculation.
struct Given<'a> {
    texts: Vec<Option<&'a str>>,
    further: Vec<Decimal>,
}

impl<'a> Given<'a> {
    fn read(
        calculation: &Calculation,
        inputs: &'a [(String, String)],
    ) -> Result<Given<'a>, NotCalculated> {
        let mut given = Given { texts: vec![None; calculation.inputs.len()], further: Vec::new() };
        for (name, text) in inputs {
            let (name, text) = (name.trim(), text.trim());
            let Some(at) = given.find(calculation, name) else {
                given.take_further(calculation, name, text)?;
                continue;
            };
            match given.texts.get_mut(at) {
                Some(slot @ None) => *slot = Some(text).filter(|text| !text.is_empty()),
                _ => {
                    let because = format!("{} was given twice.", shown_name(name, text));
                    return Err(NotCalculated::new("given_twice", because));
                }
            }
        }
        Ok(given)
    }

    /// The input meant: by name, by another spelling, by either without regard to case; for a bare
    /// word the first bare input not yet filled.
    fn find(&self, calculation: &Calculation, name: &str) -> Option<usize> {
        let inputs = || calculation.inputs.iter();
        if name.is_empty() {
            let filled = |at: usize| self.texts.get(at).is_some_and(Option::is_some);
            return inputs().enumerate().find(|(at, i)| i.bare && !filled(*at)).map(|(at, _)| at);
        }
        let spelled = |input: &Input, fits: &dyn Fn(&str) -> bool| {
            fits(&input.name) || input.aliases.iter().any(|alias| fits(alias))
        };
        inputs().position(|input| spelled(input, &|own| own == name)).or_else(|| {
            if calculation.further_inputs {
                return None;
            }
            inputs().position(|input| spelled(input, &|own| own.eq_ignore_ascii_case(name)))
        })
    }

    fn take_further(
        &mut self,
        calculation: &Calculation,
        name: &str,
        text: &str,
    ) -> Result<(), NotCalculated> {
        if !calculation.further_inputs || name.is_empty() {
            let known: Vec<&str> =
                calculation.inputs.iter().map(|input| input.name.as_str()).collect();
            let because = format!(
                "{} is not an input of {}; it takes {}.",
                shown_name(name, text),
                calculation.id,
                known.join(", ")
            );
            return Err(NotCalculated::new("unknown_input", because));
        }
        match number(name, text)? {
            Value::Number(figure) => self.further.push(figure),
            other => return Err(qualified(name, &other)),
        }
        Ok(())
    }

    /// One value per input; what is missing and needed is refused.
    fn values(&self, calculation: &Calculation) -> Result<Vec<Value>, NotCalculated> {
        let mut values = Vec::with_capacity(calculation.inputs.len());
        let mut missing = Vec::new();
        for (input, text) in calculation.inputs.iter().zip(&self.texts) {
            match text.or(input.default.as_deref()) {
                Some(text) => values.push(read_value(input, text)?),
                None => {
                    values.push(Value::Unknown);
                    if !input.optional {
                        missing.push(input.name.as_str());
                    }
                }
            }
        }
        if missing.is_empty() {
            return Ok(values);
        }
        let verb = if missing.len() == 1 { "is" } else { "are" };
        let because = format!("{} {verb} missing.", missing.join(", "));
        Err(NotCalculated::new("missing_input", because))
    }
}

fn shown_name(name: &str, text: &str) -> String {
    if name.is_empty() { format!("The word {text:?}") } else { name.to_string() }
}

fn number(name: &str, text: &str) -> Result<Value, NotCalculated> {
    Value::read_number(text).ok_or_else(|| {
        NotCalculated::new("not_a_number", format!("{name} is {text:?}, which is not a number."))
    })
}

fn qualified(name: &str, value: &Value) -> NotCalculated {
    let because = format!("{name} is {value}, which is not a number one can calculate with.");
    NotCalculated::new("qualified_input", because)
}

fn read_value(input: &Input, text: &str) -> Result<Value, NotCalculated> {
    match input.kind {
        InputKind::Number => number(&input.name, text),
        InputKind::Truth => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Ok(Value::Truth(true)),
            "false" | "no" => Ok(Value::Truth(false)),
            _ => {
                let because = format!("{} is {text:?}, which is not true or false.", input.name);
                Err(NotCalculated::new("not_a_choice", because))
            }
        },
        InputKind::Text if input.choices.is_empty() => Ok(Value::Text(text.to_string())),
        InputKind::Text => {
            let choice = input.choices.iter().find(|choice| choice.eq_ignore_ascii_case(text));
            choice.map(|choice| Value::Text(choice.clone())).ok_or_else(|| {
                let choices = input.choices.join(" or ");
                let because = format!("{} is {text:?}, where it must be {choices}.", input.name);
                NotCalculated::new("not_a_choice", because)
            })
        }
    }
}

/// Takes the comparator off the one input that may carry it, and says what it does to the outcome.
fn propagate(
    calculation: &Calculation,
    mut values: Vec<Value>,
) -> Result<(Vec<Value>, Option<Comparator>), NotCalculated> {
    let mut outcome = None;
    for (input, value) in calculation.inputs.iter().zip(values.iter_mut()) {
        let Value::Qualified(comparator, figure) = *value else { continue };
        match input.qualified {
            Some(propagation) if outcome.is_none() => {
                outcome = Some(propagation.through(comparator));
                *value = Value::Number(figure);
            }
            _ => return Err(qualified(&input.name, value)),
        }
    }
    Ok((values, outcome))
}

fn value_named(calculation: &Calculation, values: &[Value], name: &str) -> Value {
    let mut pairs = calculation.inputs.iter().zip(values);
    let found = pairs.find(|(input, _)| input.name == name);
    found.map_or(Value::Unknown, |(_, value)| value.clone())
}

fn evaluate(
    expression: &Expression,
    tables: &Tables,
    value_of: impl Fn(&str) -> Value,
) -> Result<Value, NotCalculated> {
    expression.evaluate_with(value_of, tables).map_err(|refused: Refused| {
        NotCalculated::new(refused.code(), format!("Not calculated: {refused}."))
    })
}

fn require(
    condition: &Condition,
    tables: &Tables,
    value_of: impl Fn(&str) -> Value,
) -> Result<(), NotCalculated> {
    match evaluate(&condition.that, tables, value_of)? {
        Value::Truth(true) => Ok(()),
        _ => Err(NotCalculated::new(&condition.code, condition.because.clone())),
    }
}

fn by_function(
    function: NamedFunction,
    values: &[Value],
    further: &[Decimal],
) -> Result<Value, NotCalculated> {
    let outcome = match (function, values.first()) {
        (NamedFunction::Iso7064Mod37_2, Some(Value::Text(din))) => {
            function::iso7064_mod_37_2(din).map(Value::Text)
        }
        (NamedFunction::LoincCheckDigit, Some(Value::Text(number))) => {
            function::loinc_check_digit(number).map(Value::Text)
        }
        (NamedFunction::UnitsToScreen, Some(Value::Number(needed))) => {
            function::units_to_screen(*needed, further).map(Value::Number)
        }
        _ => Err("The inputs do not fit the function".to_string()),
    };
    outcome.map_err(|because| NotCalculated::new("not_defined", format!("{because}.")))
}

fn rounded(value: Value, decimals: u32) -> Value {
    let Value::Number(number) = value else { return value };
    let mut number =
        number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    if number.is_zero() {
        number.set_sign_positive(true);
    }
    number.rescale(decimals);
    Value::Number(number)
}

fn shown(outcome: &Value, comparator: Option<Comparator>) -> Result<String, NotCalculated> {
    match (outcome, comparator) {
        (Value::Unknown, _) => Err(NotCalculated::new(
            "unknown_outcome",
            "Something the calculation needs is not known.",
        )),
        (Value::Number(number), Some(comparator)) => Ok(format!("{}{number}", comparator.symbol())),
        (value, None) => Ok(value.to_string()),
        (value, Some(_)) => Err(qualified("An input behind the outcome", value)),
    }
}
