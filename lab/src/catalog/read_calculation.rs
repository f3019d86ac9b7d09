//! Reading one calculation: its expression, inputs, conditions and examples.

use super::calculation::{
    Calculation, Condition, Example, Expected, Input, InputKind, InputSource, NamedFunction,
    Propagation, Working,
};
use super::file::{CalculationText, ConditionText, ExampleText, InputText};
use super::mistake::Place;
use super::read::Reader;
use rule::Expression;
use toml::Spanned;

/// Turns an entry into a calculation, noting its mistakes; none where it cannot be worked out.
pub(super) fn calculation(reader: &mut Reader<'_>, text: CalculationText) -> Option<Calculation> {
    let place = reader.place(text.id.span());
    let working = working(reader, &place, &text);
    let inputs: Vec<Input> = text.inputs.into_iter().map(|one| input(reader, one)).collect();
    let requires = text.requires.into_iter().filter_map(|one| condition(reader, one)).collect();
    let ensures = text.ensures.into_iter().filter_map(|one| condition(reader, one)).collect();
    let examples: Vec<Example> =
        text.examples.into_iter().filter_map(|one| example(reader, one)).collect();
    if examples.is_empty() {
        reader.wrong(&place, "the calculation has no example", "give inputs and what they give");
    }
    if text.source.trim().is_empty() {
        reader.wrong(&place, "the calculation has no source", "name who published it");
    }
    Some(Calculation {
        id: text.id.into_inner(),
        name: text.name,
        working: working?,
        inputs,
        further_inputs: text.further_inputs,
        unit: text.unit,
        decimals: reader.decimals(&place, text.decimals),
        requires,
        ensures,
        source: text.source,
        notes: text.notes,
        examples,
    })
}

fn working(reader: &mut Reader<'_>, place: &Place, text: &CalculationText) -> Option<Working> {
    match (&text.expression, &text.function) {
        (Some(words), None) => {
            let place = reader.place(words.span());
            expression(reader, &place, words.get_ref()).map(Working::Expression)
        }
        (None, Some(name)) => {
            let function = NamedFunction::named(name.get_ref());
            if function.is_none() {
                let what = format!("there is no function {:?}", name.get_ref());
                reader.wrong(
                    place,
                    what,
                    "use iso7064_mod_37_2, loinc_check_digit, units_to_screen",
                );
            }
            function.map(Working::Function)
        }
        _ => {
            let mend = "give exactly one of them";
            reader.wrong(place, "a calculation has an expression or a function", mend);
            None
        }
    }
}

/// An expression of the language of rules.
pub(super) fn expression(
    reader: &mut Reader<'_>,
    place: &Place,
    words: &str,
) -> Option<Expression> {
    match Expression::parse(words) {
        Ok(expression) => Some(expression),
        Err(mistake) => {
            let what = format!(
                "in {words:?}, line {} column {}: {}",
                mistake.line, mistake.column, mistake.what
            );
            reader.wrong(place, what, &mistake.mend);
            None
        }
    }
}

fn condition(reader: &mut Reader<'_>, text: Spanned<ConditionText>) -> Option<Condition> {
    let place = reader.place(text.span());
    let text = text.into_inner();
    let that = expression(reader, &place, &text.that)?;
    Some(Condition { that, code: text.code, because: text.because })
}

fn example(reader: &mut Reader<'_>, text: Spanned<ExampleText>) -> Option<Example> {
    let place = reader.place(text.span());
    let text = text.into_inner();
    let expected = match (text.gives, text.refused) {
        (Some(value), None) => Expected::Value(value),
        (None, Some(code)) => Expected::Refused(code),
        _ => {
            reader.wrong(&place, "an example gives a value or is refused", "give exactly one");
            return None;
        }
    };
    Some(Example { given: text.given, expected })
}

fn input(reader: &mut Reader<'_>, text: Spanned<InputText>) -> Input {
    let place = reader.place(text.span());
    let text = text.into_inner();
    let kind = kind(reader, &place, text.kind.as_deref());
    let source = source(reader, &place, &text);
    let qualified = qualified(reader, &place, text.qualified.as_deref());
    if kind == InputKind::Number && text.unit.is_empty() {
        reader.wrong(&place, format!("the input {} has no unit", text.name), "give it in UCUM");
    }
    Input {
        name: text.name,
        aliases: text.aliases,
        unit: text.unit,
        kind,
        choices: text.choices,
        default: text.default,
        optional: text.optional,
        bare: text.bare,
        source,
        qualified,
    }
}

fn kind(reader: &mut Reader<'_>, place: &Place, name: Option<&str>) -> InputKind {
    match name {
        None | Some("number") => InputKind::Number,
        Some("text") => InputKind::Text,
        Some("truth") => InputKind::Truth,
        Some(other) => {
            reader.wrong(place, format!("kind {other:?}"), "write number, text or truth");
            InputKind::Number
        }
    }
}

fn source(reader: &mut Reader<'_>, place: &Place, text: &InputText) -> InputSource {
    match (text.from.as_deref(), &text.test) {
        (None | Some("result"), test) => {
            InputSource::Result(test.clone().unwrap_or_else(|| text.name.clone()))
        }
        (Some("patient"), None) => InputSource::Patient,
        (Some("entered"), None) => InputSource::Entered,
        (Some("lot"), None) => InputSource::Lot,
        (Some("setting"), None) => InputSource::Setting,
        (Some(other), _) => {
            let what = format!("from {other:?}");
            let mend = "write result (with test = CODE), patient, entered, lot or setting";
            reader.wrong(place, what, mend);
            InputSource::Entered
        }
    }
}

fn qualified(reader: &mut Reader<'_>, place: &Place, name: Option<&str>) -> Option<Propagation> {
    match name {
        None => None,
        Some("same") => Some(Propagation::Same),
        Some("reversed") => Some(Propagation::Reversed),
        Some(other) => {
            reader.wrong(place, format!("qualified {other:?}"), "write same or reversed");
            None
        }
    }
}
