//! The checks that need the whole catalog: nothing twice, nothing named that is not there, every
//! example agreeing.

use super::calculation::{Calculation, Condition, InputSource, Working};
use super::function::is_loinc;
use super::mistake::Mistake;
use super::read::Places;
use super::test::{TestDefinition, ValueType};
use super::{Catalog, trial};

/// Every mistake of the whole.
pub(super) fn check(catalog: &Catalog, places: &Places) -> Vec<Mistake> {
    let mut mistakes = twice(places);
    for test in catalog.tests() {
        mistakes.extend(test_mistakes(catalog, test, places));
    }
    mistakes.extend(panel_mistakes(catalog, places));
    mistakes.extend(super::read_keeping::check(catalog, places));
    mistakes.extend(super::read_turnaround::check(catalog, places));
    mistakes.extend(answer_mistakes(catalog, places));
    mistakes.extend(super::rules::check(catalog, places));
    for calculation in catalog.calculations() {
        mistakes.extend(calculation_mistakes(catalog, calculation, places));
    }
    mistakes
}

fn twice(places: &Places) -> Vec<Mistake> {
    let told = places.twice().map(|(kind, code, first, further)| {
        let what =
            format!("the {kind} {code} stands twice, first at {}:{}", first.file, first.line);
        further.mistake(what, "keep one of them")
    });
    told.collect()
}

fn test_mistakes(catalog: &Catalog, test: &TestDefinition, places: &Places) -> Vec<Mistake> {
    let place = places.of("test", &test.code);
    let mut found = Vec::new();
    if catalog.container(&test.container).is_none() {
        let what = format!("{} names the unknown container {}", test.code, test.container);
        found.push(place.mistake(what, "add the container or correct its code"));
    }
    let Some(own) = &test.calculation else { return found };
    let Some(calculation) = catalog.calculation(&own.id) else {
        let what = format!("{} names the unknown calculation {}", test.code, own.id);
        found.push(place.mistake(what, "add the calculation or correct its id"));
        return found;
    };
    for input in own.inputs.keys().filter(|name| calculation.input(name).is_none()) {
        let what = format!("{} fills {input}, which {} does not have", test.code, own.id);
        found.push(place.mistake(what, "correct the input's name"));
    }
    for (input, source) in catalog.inputs_of(&test.code) {
        if let InputSource::Result(code) = &source
            && catalog.test(code).is_none()
        {
            let what = format!("{} needs {} from the unknown test {code}", test.code, input.name);
            found.push(place.mistake(what, "name the test under calculation_inputs"));
        }
    }
    found
}

fn answer_mistakes(catalog: &Catalog, places: &Places) -> Vec<Mistake> {
    let mut found = Vec::new();
    let mut bound: Vec<&String> = Vec::new();
    for list in &catalog.answers {
        let place = places.of("answers", &list.name);
        for code in &list.tests {
            let coded = catalog.test(code).map(|test| test.value_type == ValueType::Coded);
            match coded {
                None => {
                    let what = format!("{} names the unknown test {code}", list.name);
                    found.push(place.mistake(what, "add the test or correct its code"));
                }
                Some(false) => {
                    let what = format!("{code} has answers and is not coded");
                    found.push(place.mistake(what, "write value = \"coded\" at the test"));
                }
                Some(true) if bound.contains(&code) => {
                    let what = format!("{code} has two lists of answers");
                    found.push(place.mistake(what, "keep it in one of them"));
                }
                Some(true) => bound.push(code),
            }
        }
        for code in list.critical.iter().filter(|code| !list.tests.contains(code)) {
            let what = format!("{code} is critical in {} and not among its tests", list.name);
            found.push(place.mistake(what, "add it to tests, or take it out of critical"));
        }
    }
    found
}

fn panel_mistakes(catalog: &Catalog, places: &Places) -> Vec<Mistake> {
    let mut found = Vec::new();
    for panel in catalog.panels() {
        let place = places.of("panel", &panel.code);
        for member in panel.members.iter().filter(|member| catalog.test(member).is_none()) {
            let what = format!("{} has the unknown member {member}", panel.code);
            found.push(place.mistake(what, "add the test or correct its code"));
        }
        if panel.members.is_empty() {
            found.push(place.mistake("a panel without members", "list its tests"));
        }
        if catalog.test(&panel.code).is_some() {
            let what = format!("{} is a panel and a test", panel.code);
            found.push(place.mistake(what, "give one of them another code"));
        }
        if let Some(loinc) = panel.loinc.as_ref().filter(|loinc| !is_loinc(loinc)) {
            let what = format!("the check digit of LOINC {loinc} is wrong");
            found.push(place.mistake(what, "compare the code with loinc.org"));
        }
    }
    found
}

fn calculation_mistakes(
    catalog: &Catalog,
    calculation: &Calculation,
    places: &Places,
) -> Vec<Mistake> {
    let place = places.of("calculation", &calculation.id);
    let mut found = Vec::new();
    for (name, extra) in names_used(calculation) {
        if calculation.input(name).is_none() && !(extra && name == "result") {
            let what = format!("{} uses {name}, which is no input of it", calculation.id);
            found.push(place.mistake(what, "declare the input or correct the name"));
        }
    }
    if let Working::Expression(expression) = &calculation.working {
        for table in expression.tables().iter().filter(|name| !catalog.tables().contains_key(*name))
        {
            let what = format!("{} looks up the unknown table {table}", calculation.id);
            found.push(place.mistake(what, "add the table or correct its name"));
        }
    }
    if found.is_empty() {
        let disagreements = trial::disagreements(catalog, calculation).into_iter();
        found.extend(disagreements.map(|what| place.mistake(what, "correct whichever is wrong")));
    }
    found
}

/// Names in the expressions of a calculation, and whether `result` is one of them.
fn names_used(calculation: &Calculation) -> Vec<(&str, bool)> {
    let mut names: Vec<(&str, bool)> = Vec::new();
    if let Working::Expression(expression) = &calculation.working {
        names.extend(expression.names().iter().map(|name| (name.as_str(), false)));
    }
    names.extend(condition_names(&calculation.requires).map(|name| (name, false)));
    names.extend(condition_names(&calculation.ensures).map(|name| (name, true)));
    names
}

fn condition_names(conditions: &[Condition]) -> impl Iterator<Item = &str> {
    conditions.iter().flat_map(|condition| condition.that.names()).map(String::as_str)
}
