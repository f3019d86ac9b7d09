//! Reflex testing: what a released result adds to its own specimen, by a rule of the catalog.
//!
//! What must stay true: a test stands once in an accession, so that nothing is added twice and no
//! chain comes back; the specimen must still serve for the test, else the journal says why not;
//! what was added names the rule and the result.

use crate::accession::{Accession, ResultVersion, Specimen, Test, TestOrigin};
use crate::catalog::ReflexRule;
use crate::command::{Look, Setting};
use crate::event::{Event, RuleEvent};
use crate::journey::{add_on, analyze};
use crate::judgement;
use crate::value::{TestCode, TestId};

/// What a specimen's reflexes are judged by.
pub(super) struct Reflexive<'a> {
    /// The accession.
    pub(super) accession: &'a Accession,
    /// The specimens of the results.
    pub(super) specimens: &'a [Specimen],
    /// Every test of the accession.
    pub(super) tests: &'a [Test],
    /// The results of the accession that count.
    pub(super) results: Vec<&'a ResultVersion>,
}

/// Whether a result of this code may add anything.
pub(super) fn may_follow(code: &TestCode, setting: &Setting<'_>) -> bool {
    setting.catalog.rules().following(code.as_str()).next().is_some()
}

/// What these results, released now, add to their specimens.
pub(super) fn follow(
    seen: &Reflexive<'_>,
    released: &[&ResultVersion],
    setting: &Setting<'_>,
) -> Vec<Event> {
    let mut added: Vec<TestCode> = Vec::new();
    let mut events = Vec::new();
    for result in released {
        let Some(test) = seen.tests.iter().find(|test| test.id == result.test) else { continue };
        let specimen = seen.specimens.iter().find(|specimen| specimen.id == test.specimen);
        let Some(specimen) = specimen else { continue };
        for rule in judgement::reflexes(setting.catalog, result, &seen.results) {
            let new = |code: &&String| {
                let there = seen.tests.iter().any(|test| test.code.as_str() == code.as_str());
                !there && !added.iter().any(|own| own.as_str() == code.as_str())
            };
            let wanted: Vec<TestCode> =
                rule.adds.iter().filter(new).map(|code| TestCode(code.clone())).collect();
            added.extend(wanted.iter().cloned());
            events.extend(adding((seen, specimen), (rule, result), &wanted, setting));
        }
    }
    events
}

/// The tests of one rule: added, and those that the specimen cannot give, withheld.
fn adding(
    (seen, specimen): (&Reflexive<'_>, &Specimen),
    (rule, result): (&ReflexRule, &ResultVersion),
    wanted: &[TestCode],
    setting: &Setting<'_>,
) -> Vec<Event> {
    let mut tests = Vec::new();
    let mut withheld: Vec<(String, Vec<TestCode>)> = Vec::new();
    for code in wanted {
        let Some(definition) = setting.catalog.test(code.as_str()) else { continue };
        let served = analyze::measurable(specimen)
            .and_then(|()| add_on::serves(specimen, definition, setting));
        match served {
            Ok(()) => {
                let id = TestId(setting.fresh());
                let new = Test::ordered(id, definition, (seen.accession, specimen.id), None);
                let origin =
                    TestOrigin { rule: rule.name.clone(), test: result.test, result: result.id };
                tests.push(Test { origin: Some(origin), ..new });
            }
            Err(refusal) => {
                let because = refusal.sentence();
                match withheld.iter_mut().find(|(known, _)| *known == because) {
                    Some((_, codes)) => codes.push(code.clone()),
                    None => withheld.push((because, vec![code.clone()])),
                }
            }
        }
    }
    let mut events = Vec::new();
    if !tests.is_empty() {
        let because = format!("{} {} by the rule {}", result.code, result.value, rule.name);
        let specimen = specimen.id;
        events.push(Event::Rule(RuleEvent::ReflexAdded { specimen, tests, because }));
    }
    events.extend(withheld.into_iter().map(|(because, codes)| {
        Event::Rule(RuleEvent::ReflexWithheld {
            specimen: specimen.id,
            test: result.test,
            rule: rule.name.clone(),
            codes,
            because,
        })
    }));
    events
}

/// An accession as its reflexes see it, looked at where a result may add something.
pub(super) struct Surroundings {
    accession: Accession,
    specimens: Vec<Specimen>,
    tests: Vec<Test>,
    newest: Vec<ResultVersion>,
}

impl Surroundings {
    /// Looks at the accession of a test; `None` where its result adds nothing.
    ///
    /// # Errors
    /// The world failed while looking.
    pub(super) fn look<L: Look>(
        look: &L,
        test: &Test,
        setting: &Setting<'_>,
    ) -> Result<Option<Surroundings>, L::Fault> {
        if !may_follow(&test.code, setting) {
            return Ok(None);
        }
        let Some(accession) = look.accession(test.accession)? else { return Ok(None) };
        Ok(Some(Surroundings {
            specimens: look.specimens_of(accession.id)?,
            tests: look.tests_of(accession.id)?,
            newest: look.newest_results(accession.id)?,
            accession,
        }))
    }

    /// True for the accession of this test.
    pub(super) fn of(&self, test: &Test) -> bool {
        self.accession.id == test.accession
    }

    /// What these results, released now, add.
    pub(super) fn follow(&self, released: &[&ResultVersion], setting: &Setting<'_>) -> Vec<Event> {
        let own: Vec<&ResultVersion> = released
            .iter()
            .copied()
            .filter(|result| result.accession == self.accession.id)
            .collect();
        let stands = |old: &&ResultVersion| {
            let now = released.iter().any(|result| result.id == old.id);
            now || self.tests.iter().any(|test| test.id == old.test && test.state.released())
        };
        let seen = Reflexive {
            accession: &self.accession,
            specimens: &self.specimens,
            tests: &self.tests,
            results: self.newest.iter().filter(stands).collect(),
        };
        follow(&seen, &own, setting)
    }
}
