//! The rules of release at the filing of results: what they say of each, and what goes out by them.
//!
//! What must stay true: what a rule says is kept with the version it was said of; a calculated
//! result goes out after its inputs; where nobody turned the rules on, they say nothing.

use super::filing::Filing;
use crate::accession::{ResultVersion, Ruling, Source, Test, TestState};
use crate::catalog::InputSource;
use crate::command::{Look, Setting};
use crate::event::{Event, ResultEvent};
use crate::journey::reflex::{self, Reflexive};
use crate::judgement::{self, Case, Evidence};
use crate::people::Actor;
use crate::rules::RuleSwitch;
use crate::value::TestId;

/// Whether the rules are at work, asked only where one of them names a test that takes results.
pub(super) fn switch<L: Look>(
    look: &L,
    tests: &[Test],
    setting: &Setting<'_>,
) -> Result<Option<RuleSwitch>, L::Fault> {
    let rules = setting.catalog.rules();
    let ruled =
        |test: &Test| test.state.takes_results() && rules.releasing(test.code.as_str()).is_some();
    if tests.iter().any(ruled) { look.row(RuleSwitch::ROW) } else { Ok(None) }
}

impl Filing {
    /// Lets the rules say what they say of each version; the events of what they release.
    pub(super) fn ruled(
        &self,
        versions: &mut [ResultVersion],
        setting: &Setting<'_>,
    ) -> Vec<Event> {
        let Some(switch) = &self.switch else { return Vec::new() };
        let mut released: Vec<TestId> =
            self.tests.iter().filter(|test| test.state.released()).map(|test| test.id).collect();
        let mut rulings = Vec::new();
        for version in &*versions {
            let ruling = self.ruling(version, (versions, &released), switch, setting);
            if ruling.as_ref().is_some_and(Ruling::releases) {
                released.push(version.test);
            }
            rulings.push(ruling);
        }
        for (version, ruling) in versions.iter_mut().zip(rulings) {
            version.ruling = ruling;
        }
        let out = |version: &&ResultVersion| version.ruling.as_ref().is_some_and(Ruling::releases);
        let out: Vec<&ResultVersion> = versions.iter().filter(out).collect();
        let mut events: Vec<Event> = out.iter().map(|version| verified(version, setting)).collect();
        events.extend(self.reflexes(&out, setting));
        events
    }

    fn ruling(
        &self,
        version: &ResultVersion,
        (versions, released): (&[ResultVersion], &[TestId]),
        switch: &RuleSwitch,
        setting: &Setting<'_>,
    ) -> Option<Ruling> {
        let test = self.tests.iter().find(|test| test.id == version.test)?;
        let definition = setting.catalog.test(test.code.as_str())?;
        let same = versions.iter().filter(|other| other.test == version.test);
        let results = self.inputs(versions.iter().rev().collect(), setting).newest;
        judgement::ruling(&Evidence {
            case: Case {
                catalog: setting.catalog,
                definition,
                patient: &self.patient,
                collected_at: self.collected_at(),
                previous: None,
            },
            test,
            version,
            specimen: &self.specimen,
            now: setting.now,
            switch,
            results,
            ordered: &self.tests,
            open_input: self.open_input(version, released, setting),
            held_beside: self.held_beside(version, versions),
            twice: same.count() > 1,
        })
    }

    /// The first other value of the same specimen that is held, filed now or before.
    fn held_beside(&self, version: &ResultVersion, versions: &[ResultVersion]) -> Option<String> {
        let of_tube = |test: &&Test| test.specimen == self.specimen.id && test.id != version.test;
        let held = |test: &&Test| {
            let new: Vec<_> = versions.iter().filter(|other| other.test == test.id).collect();
            match new.is_empty() {
                true => test.state == TestState::Held,
                false => new.iter().any(|other| !other.holds.is_empty()),
            }
        };
        self.tests.iter().filter(of_tube).find(held).map(|test| test.code.to_string())
    }

    /// The first input of a calculated result that is not released.
    fn open_input(
        &self,
        version: &ResultVersion,
        released: &[TestId],
        setting: &Setting<'_>,
    ) -> Option<String> {
        if !matches!(version.source, Source::Calculated(_)) {
            return None;
        }
        let sources = setting.catalog.inputs_of(version.code.as_str()).into_iter();
        let mut codes = sources.filter_map(|(_, source)| match source {
            InputSource::Result(code) => Some(code),
            _ => None,
        });
        codes.find(|code| {
            let input = self.tests.iter().find(|test| test.code.as_str() == code.as_str());
            input.is_some_and(|test| {
                test.state != TestState::Cancelled && !released.contains(&test.id)
            })
        })
    }

    /// What the results released here add to the specimen.
    fn reflexes(&self, out: &[&ResultVersion], setting: &Setting<'_>) -> Vec<Event> {
        if !out.iter().any(|version| reflex::may_follow(&version.code, setting)) {
            return Vec::new();
        }
        let stands = |old: &&ResultVersion| {
            let test = self.tests.iter().find(|test| test.id == old.test);
            test.is_some_and(|test| test.state.released())
        };
        let seen = Reflexive {
            accession: &self.accession,
            specimens: std::slice::from_ref(&self.specimen),
            tests: &self.tests,
            results: out.iter().copied().chain(self.newest.iter().filter(stands)).collect(),
        };
        reflex::follow(&seen, out, setting)
    }
}

fn verified(version: &ResultVersion, setting: &Setting<'_>) -> Event {
    Event::Result(ResultEvent::ResultVerified {
        test: version.test,
        result: version.id,
        at: setting.now,
        by: Actor::Rule(setting.catalog.release()),
        reason: String::new(),
        rule: version.ruling.as_ref().map(Ruling::sentence).unwrap_or_default(),
    })
}
