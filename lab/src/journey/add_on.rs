//! Adding tests to a specimen that the laboratory has: another tube is spared where this one
//! still serves.
//!
//! What must stay true: the container fits, enough is left, and it still keeps for each test; a
//! test stands once in an accession; a calculated test has what it is calculated from; what is
//! doubted is added only by somebody who saw the doubt and says why, as for an order.
//!
//! Refused, in this order: nobody who orders; a specimen that cannot be measured; an unknown test,
//! or one that the accession has; a container that does not fit, too little, too old; doubts
//! (`DuplicateOrder`, `WrongSex`, `SexNotKnown`, `WrongAge`, `AgeNotKnown`).

use super::order::doubt::{self, Earlier, Whose};
use crate::accession::{Accession, Confirmed, Specimen, Test, TestState};
use crate::catalog::{InputSource, Origin, TestDefinition};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, TubeEvent};
use crate::judgement;
use crate::patient::Patient;
use crate::refusal::{Refusal, TubeRefusal};
use crate::value::{Sex, SpecimenId, TestCode, TestId};

/// Add tests or panels to a received specimen, where its container fits, enough is left and it
/// still keeps.
#[derive(Clone, Debug)]
pub struct AddTests {
    /// To which.
    pub specimen: SpecimenId,
    /// Tests and panels, by code.
    pub codes: Vec<TestCode>,
    /// Who asks for them.
    pub provider: String,
    /// What was doubted and is added all the same.
    pub confirmed: Option<Confirmed>,
}

/// What adding looks at.
pub struct SeesForAdding {
    specimen: Specimen,
    accession: Accession,
    tests: Vec<Test>,
    patient: Option<Patient>,
    earlier: Earlier,
}

impl Decide for AddTests {
    type Sees = Option<SeesForAdding>;

    fn look<L: Look>(&self, look: &L, setting: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let Some(specimen) = look.specimen(self.specimen)? else { return Ok(None) };
        let Some(accession) = look.accession(specimen.accession)? else { return Ok(None) };
        let tests = look.tests_of(accession.id)?;
        let wanted = self.wanted(&tests, setting).unwrap_or_default();
        let earlier = doubt::earlier(look, accession.patient, &wanted)?;
        let patient = look.patient(accession.patient)?;
        Ok(Some(SeesForAdding { specimen, accession, tests, patient, earlier }))
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let none = || {
            let name = self.specimen.to_string();
            Refusal::NoSuch { what: "specimen".into(), name }
        };
        let seen = seen.ok_or_else(none)?;
        let SeesForAdding { specimen, accession, tests, patient, earlier } = seen;
        let provider = self.provider.trim().to_owned();
        if provider.is_empty() {
            return Err(Refusal::Missing { field: "Ordered by".into() });
        }
        super::analyze::measurable(&specimen)?;
        let wanted = self.wanted(&tests, setting)?;
        for (definition, _) in &wanted {
            serves(&specimen, definition, setting)?;
        }
        let whose = Whose {
            birth_date: patient.as_ref().and_then(|patient| patient.birth_date),
            sex: patient.as_ref().map_or(Sex::Unknown, |patient| patient.sex),
            at: specimen.collected_at.unwrap_or(setting.now),
        };
        let doubts = doubt::doubts(&wanted, &whose, &earlier);
        let confirmed = doubt::settled(doubts, self.confirmed.as_ref())?;
        let added = wanted.iter().map(|(definition, panel)| {
            let id = TestId(setting.fresh());
            Test::ordered(id, definition, (&accession, specimen.id), panel.clone())
        });
        let tests = added.collect();
        let specimen = specimen.id;
        Ok(vec![Event::Tube(TubeEvent::TestsAdded { specimen, tests, provider, confirmed })])
    }
}

type Wanted<'c> = Vec<(&'c TestDefinition, Option<TestCode>)>;

impl AddTests {
    /// The tests asked for that the accession does not have; one asked for by itself must be new.
    fn wanted<'c>(&self, known: &[Test], setting: &Setting<'c>) -> Result<Wanted<'c>, Refusal> {
        let mut wanted = Wanted::new();
        for code in self.codes.iter().filter(|code| !code.as_str().trim().is_empty()) {
            let members = setting
                .catalog
                .expand(code.as_str())
                .ok_or_else(|| Refusal::UnknownTest { code: code.0.clone() })?;
            let panel = setting.catalog.panel(code.as_str()).is_some().then(|| code.clone());
            let before = members.iter().find_map(|member| ordered(known, &member.code));
            let all = members.iter().all(|member| ordered(known, &member.code).is_some());
            if let Some(test) = before.filter(|_| all) {
                let (code, state) = (code.0.clone(), test.state.word().into());
                return Err(TubeRefusal::OrderedBefore { code, state }.into());
            }
            for member in members {
                let new = ordered(known, &member.code).is_none();
                if let Some(input) = missed(member, known, setting).filter(|_| new) {
                    let (code, state) = (input.code.0.clone(), input.state.word().into());
                    return Err(TubeRefusal::OrderedBefore { code, state }.into());
                }
                for input in inputs(member, setting) {
                    add(&mut wanted, known, (input, None));
                }
                add(&mut wanted, known, (member, panel.clone()));
            }
        }
        if wanted.is_empty() {
            return Err(Refusal::Missing { field: "Tests".into() });
        }
        Ok(wanted)
    }
}

fn ordered<'a>(known: &'a [Test], code: &str) -> Option<&'a Test> {
    known.iter().find(|test| test.code.as_str() == code)
}

fn add<'c>(
    wanted: &mut Wanted<'c>,
    known: &[Test],
    (definition, panel): (&'c TestDefinition, Option<TestCode>),
) {
    let twice = wanted.iter().any(|(other, _)| other.code == definition.code);
    if !twice && ordered(known, &definition.code).is_none() {
        wanted.push((definition, panel));
    }
}

/// The tests a calculated test is made from.
fn inputs<'c>(definition: &TestDefinition, setting: &Setting<'c>) -> Vec<&'c TestDefinition> {
    if definition.origin != Origin::Calculated {
        return Vec::new();
    }
    let sources = setting.catalog.inputs_of(&definition.code).into_iter();
    sources
        .filter_map(|(_, source)| match source {
            InputSource::Result(code) => setting.catalog.test(&code),
            _ => None,
        })
        .collect()
}

/// An input that a calculated test cannot do without and that was cancelled: a test stands once in
/// an accession, so it does not come any more.
fn missed<'a>(
    definition: &TestDefinition,
    known: &'a [Test],
    setting: &Setting<'_>,
) -> Option<&'a Test> {
    if definition.origin != Origin::Calculated {
        return None;
    }
    let sources = setting.catalog.inputs_of(&definition.code).into_iter();
    let mut needed = sources.filter_map(|(input, source)| match source {
        InputSource::Result(code) if input.needed() => ordered(known, &code),
        _ => None,
    });
    needed.find(|test| test.state == TestState::Cancelled)
}

/// Whether a specimen serves for one more test.
pub(super) fn serves(
    specimen: &Specimen,
    definition: &TestDefinition,
    setting: &Setting<'_>,
) -> Result<(), Refusal> {
    let holds = specimen.drawn_into();
    if definition.container != holds {
        return Err(TubeRefusal::DoesNotFit {
            code: definition.code.clone(),
            needs: definition.container.clone(),
            holds: holds.to_owned(),
        }
        .into());
    }
    let fill = setting.catalog.keeping().fill(&specimen.container);
    if let Some((fill, holds)) = fill.zip(specimen.handling.volume_ml)
        && holds < fill.left
    {
        return Err(TubeRefusal::Short { least: fill.left, holds }.into());
    }
    judgement::stable(setting.catalog, specimen, &definition.code, setting.now)?;
    Ok(())
}
