//! A calculated test as it stands in the catalog: an expression or a named function, its inputs,
//! the conditions under which it may be calculated, and examples that prove it.
//!
//! What must stay true: the outcome is rounded once, at the end, half away from zero; every
//! calculation has an example, and every example agrees, or the catalog is not released.

use rule::{Comparator, Expression};

/// A calculation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculation {
    /// Its id, such as `C_EGFR21`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it is worked out.
    pub working: Working,
    /// What goes in.
    pub inputs: Vec<Input>,
    /// Whether any further names may be given, each a number that goes in (antigen frequencies).
    pub further_inputs: bool,
    /// Unit of the outcome.
    pub unit: String,
    /// Digits after the point of a numeric outcome.
    pub decimals: u32,
    /// What must hold of the inputs.
    pub requires: Vec<Condition>,
    /// What must hold of the outcome, which the expression calls `result`.
    pub ensures: Vec<Condition>,
    /// Who published it.
    pub source: String,
    /// What to mind when using it.
    pub notes: String,
    /// Inputs with their outcome.
    pub examples: Vec<Example>,
}

impl Calculation {
    /// The input of that name, exactly.
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.name == name)
    }
}

/// How a calculation is worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Working {
    /// By an expression over the inputs.
    Expression(Expression),
    /// By a function of the program, for what an expression cannot say.
    Function(NamedFunction),
}

/// The functions of the program that the catalog may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NamedFunction {
    /// Check character of an ISBT 128 donation identification number.
    Iso7064Mod37_2,
    /// Check digit of a LOINC code.
    LoincCheckDigit,
    /// How many donor units to screen for ones negative for several antigens.
    UnitsToScreen,
}

impl NamedFunction {
    /// Finds a function by its name in the catalog.
    pub fn named(name: &str) -> Option<NamedFunction> {
        match name {
            "iso7064_mod_37_2" => Some(NamedFunction::Iso7064Mod37_2),
            "loinc_check_digit" => Some(NamedFunction::LoincCheckDigit),
            "units_to_screen" => Some(NamedFunction::UnitsToScreen),
            _ => None,
        }
    }
}

/// One input of a calculation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The name in the expression.
    pub name: String,
    /// Other spellings of it.
    pub aliases: Vec<String>,
    /// Unit the figure must be in; empty for texts and truths.
    pub unit: String,
    /// What kind of value.
    pub kind: InputKind,
    /// The only texts allowed; empty for any.
    pub choices: Vec<String>,
    /// Value where none is given, as text.
    pub default: Option<String>,
    /// Whether the calculation works without it.
    pub optional: bool,
    /// Whether a bare word, without `NAME=`, fills this input.
    pub bare: bool,
    /// Where the laboratory finds it.
    pub source: InputSource,
    /// What a comparator on it does to the outcome; none: it is refused.
    pub qualified: Option<Propagation>,
}

impl Input {
    /// True where the calculation cannot do without it: it is not optional and has no default.
    pub fn needed(&self) -> bool {
        !self.optional && self.default.is_none()
    }
}

/// The kind of an input's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputKind {
    /// A decimal, perhaps with comparator.
    Number,
    /// A text.
    Text,
    /// True or false.
    Truth,
}

/// Where the laboratory finds an input.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InputSource {
    /// The result of the test of this code, on the same accession.
    Result(String),
    /// The patient at collection: `age` in completed years, `sex` `M` or `F`, height, weight.
    Patient,
    /// What someone at the bench or at order entry writes down.
    Entered,
    /// A constant of the reagent lot.
    Lot,
    /// A setting of the laboratory.
    Setting,
}

/// What a comparator on an input does to the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Propagation {
    /// A larger input gives a larger outcome: `<` stays `<`.
    Same,
    /// A larger input gives a smaller outcome: `<` becomes `>`.
    Reversed,
}

impl Propagation {
    /// The comparator of the outcome.
    pub fn through(self, comparator: Comparator) -> Comparator {
        match self {
            Propagation::Same => comparator,
            Propagation::Reversed => comparator.reversed(),
        }
    }
}

/// Something that must hold, and what is answered where it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What must hold.
    pub that: Expression,
    /// Code of the refusal.
    pub code: String,
    /// The refusal's sentence.
    pub because: String,
}

/// Inputs with their outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Inputs as one would type them: `CREA=1.00 age=50 sex=M`.
    pub given: String,
    /// What comes out.
    pub expected: Expected,
}

/// What an example expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// This value, as reported.
    Value(String),
    /// A refusal of this code.
    Refused(String),
}
