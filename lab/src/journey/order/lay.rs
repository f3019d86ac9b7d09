//! Laying the wanted tests on containers: panels expanded, each test once, each container numbered.
//!
//! What must stay true: see the station.

use crate::accession::{Accession, Specimen, Test};
use crate::catalog::{InputSource, Origin, TestDefinition};
use crate::command::Setting;
use crate::refusal::Refusal;
use crate::value::{Label, SpecimenId, TestCode, TestId};

/// Tests, each with the panel it was ordered by.
pub(super) type Wanted<'c> = Vec<(&'c TestDefinition, Option<TestCode>)>;

/// The tests wanted: those asked for, and right before a calculated one the tests it is calculated
/// from, where they were not asked for.
pub(super) fn wanted<'c>(codes: &[TestCode], setting: &Setting<'c>) -> Result<Wanted<'c>, Refusal> {
    let asked = asked(codes, setting)?;
    let mut wanted = Wanted::new();
    for (definition, panel) in &asked {
        for input in made_from(definition, setting) {
            if !asked.iter().any(|(known, _)| known.code == input.code) {
                add(&mut wanted, input, None);
            }
        }
        add(&mut wanted, definition, panel.clone());
    }
    Ok(wanted)
}

/// The tests asked for, panels expanded, each once, in the order asked.
fn asked<'c>(codes: &[TestCode], setting: &Setting<'c>) -> Result<Wanted<'c>, Refusal> {
    let mut asked = Wanted::new();
    for code in codes {
        let members = setting
            .catalog
            .expand(code.as_str())
            .ok_or_else(|| Refusal::UnknownTest { code: code.0.clone() })?;
        let panel = setting.catalog.panel(code.as_str()).is_some().then(|| code.clone());
        for definition in members {
            add(&mut asked, definition, panel.clone());
        }
    }
    Ok(asked)
}

/// The tests that a test is always calculated from; none for one that is measured.
fn made_from<'c>(definition: &TestDefinition, setting: &Setting<'c>) -> Vec<&'c TestDefinition> {
    if definition.origin != Origin::Calculated {
        return Vec::new();
    }
    let inputs = setting.catalog.inputs_of(&definition.code).into_iter();
    inputs
        .filter_map(|(_, source)| match source {
            InputSource::Result(code) => setting.catalog.test(&code),
            _ => None,
        })
        .collect()
}

fn add<'c>(wanted: &mut Wanted<'c>, definition: &'c TestDefinition, panel: Option<TestCode>) {
    if !wanted.iter().any(|(known, _)| known.code == definition.code) {
        wanted.push((definition, panel));
    }
}

/// One specimen for each container that the tests need, in the order of first need; and the tests
/// laid on them.
pub(super) fn lay(
    wanted: &Wanted<'_>,
    accession: &Accession,
    setting: &Setting<'_>,
) -> Result<(Vec<Specimen>, Vec<Test>), Refusal> {
    let specimens = containers(wanted, accession, setting)?;
    let tests = wanted
        .iter()
        .filter_map(|(definition, panel)| {
            let specimen = specimens.iter().find(|s| s.container == definition.container)?;
            Some(lay_on(definition, panel.clone(), (accession, specimen), setting))
        })
        .collect();
    Ok((specimens, tests))
}

fn containers(
    wanted: &Wanted<'_>,
    accession: &Accession,
    setting: &Setting<'_>,
) -> Result<Vec<Specimen>, Refusal> {
    let mut codes: Vec<&str> = Vec::new();
    for (definition, _) in wanted {
        if !codes.contains(&definition.container.as_str()) {
            codes.push(definition.container.as_str());
        }
    }
    if codes.len() > 99 {
        return Err(Refusal::TooManyContainers { needed: codes.len() });
    }
    let specimens = codes.into_iter().zip(1_u32..).map(|(container, index)| {
        let label = Label::new(accession.ordered_at, accession.sequence.1, index);
        Specimen::ordered(SpecimenId(setting.fresh()), accession.id, label, container)
    });
    Ok(specimens.collect())
}

fn lay_on(
    definition: &TestDefinition,
    panel: Option<TestCode>,
    (accession, specimen): (&Accession, &Specimen),
    setting: &Setting<'_>,
) -> Test {
    Test::ordered(TestId(setting.fresh()), definition, (accession, specimen.id), panel)
}
