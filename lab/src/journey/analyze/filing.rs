//! Everything about one accession that filing a result looks at, and the making of the version.
//!
//! What must stay true: version numbers count up by one; the version carries the limits it was
//! judged by; what a person holds stays held whatever comes; calculated tests follow their inputs
//! in the same act; a released value is not replaced by filing.

use std::collections::BTreeMap;

use crate::accession::{Accession, Hold, ResultVersion, Source, Specimen, Test, TestState};
use crate::catalog::{Origin, TestDefinition};
use crate::command::{Look, Setting};
use crate::event::{Event, ResultEvent};
use crate::instrument::Detail;
use crate::judgement::{self, Case, Inputs, Judged};
use crate::patient::Patient;
use crate::rules::RuleSwitch;
use crate::value::{Moment, ResultId, TestCode, Value};

/// One accession as filing sees it.
pub struct Filing {
    /// The specimen the readings are for.
    pub specimen: Specimen,
    /// Its accession.
    pub accession: Accession,
    /// Its patient.
    pub patient: Patient,
    /// Every test of the accession.
    pub tests: Vec<Test>,
    /// The newest version of each test that has one.
    pub newest: Vec<ResultVersion>,
    /// The last verified version of each code that may be filed now.
    pub previous: BTreeMap<TestCode, (ResultVersion, Moment)>,
    /// True where a person says that the readings are of this specimen.
    pub given_by_hand: bool,
    /// Whether the rules of release are at work; `None` where nobody turned them on or off, or no
    /// rule names a test of the accession.
    pub switch: Option<RuleSwitch>,
}

/// Whether a test follows from others by calculation.
fn follows(test: &Test, setting: &Setting<'_>) -> bool {
    let definition = setting.catalog.test(test.code.as_str());
    definition.is_some_and(|definition| definition.origin != Origin::Measured)
}

/// A person's holds on a test: the one on what waits now, and those that came along with it. Only a
/// person lets go of them, by verifying or by having the test run again.
fn held_by_hand(test: &Test, earlier: Option<&ResultVersion>) -> Vec<Hold> {
    if test.state != TestState::Held {
        return Vec::new();
    }
    let by_hand = |hold: &&Hold| matches!(hold, Hold::Person(_));
    let mut holds: Vec<Hold> =
        earlier.iter().flat_map(|old| old.holds.iter().filter(by_hand)).cloned().collect();
    let now = Hold::Person(test.note.clone());
    if !test.note.is_empty() && !holds.contains(&now) {
        holds.push(now);
    }
    holds
}

impl Filing {
    /// Looks at everything for one specimen; `codes` says for which tests a previous result is
    /// wanted.
    ///
    /// # Errors
    /// The world failed while looking.
    pub fn look<L: Look>(
        look: &L,
        specimen: Specimen,
        wanted: impl Fn(&Test) -> bool,
        setting: &Setting<'_>,
    ) -> Result<Option<Filing>, L::Fault> {
        let Some(accession) = look.accession(specimen.accession)? else { return Ok(None) };
        let Some(patient) = look.patient(accession.patient)? else { return Ok(None) };
        let tests = look.tests_of(accession.id)?;
        let any_result = tests.iter().any(|test| test.result.is_some());
        let newest = if any_result { look.newest_results(accession.id)? } else { Vec::new() };
        let compared = |code: &TestCode| {
            let mut tests = tests.iter().filter(|test| test.code == *code);
            tests.any(|test| wanted(test) || follows(test, setting))
        };
        let previous = look.last_verified(patient.id, accession.id)?.into_iter();
        let previous: BTreeMap<_, _> = previous
            .map(|(version, at)| (version.code.clone(), (version, at)))
            .filter(|(code, _)| compared(code))
            .collect();
        let given_by_hand = false;
        let switch = super::ruled::switch(look, &tests, setting)?;
        Ok(Some(Filing {
            specimen,
            accession,
            patient,
            tests,
            newest,
            previous,
            given_by_hand,
            switch,
        }))
    }

    /// When the specimen was taken, as far as known.
    #[must_use]
    pub fn collected_at(&self) -> Moment {
        self.specimen.collected_at.unwrap_or(self.accession.ordered_at)
    }

    /// A new version of a test's result, judged.
    #[must_use]
    pub fn version(
        &self,
        (test, definition): (&Test, &TestDefinition),
        value: Value,
        (source, mut holds): (Source, Vec<Hold>),
        setting: &Setting<'_>,
    ) -> ResultVersion {
        let case = Case {
            catalog: setting.catalog,
            definition,
            patient: &self.patient,
            collected_at: self.collected_at(),
            previous: self.previous.get(&test.code),
        };
        let Judged { value, flag, limits, delta, holds: found } = judgement::judge(&case, value);
        holds.extend(found);
        if !matches!(source, Source::Calculated(_)) {
            holds.extend(judgement::of_specimen(setting.catalog, &self.specimen, &test.code));
        }
        if self.given_by_hand && matches!(source, Source::Instrument { .. }) {
            holds.push(Hold::GivenByHand);
        }
        let earlier = self.newest.iter().find(|old| Some(old.id) == test.result);
        let measured = |source: &Source| !matches!(source, Source::Calculated(_));
        // A measurement takes the place of the calculation that stood in for it.
        let compares = earlier.is_some_and(|old| old.has_value() && measured(&old.source));
        let other_unit = holds.iter().any(|hold| matches!(hold, Hold::UnitDiffers(_)));
        if test.state.waits_for_a_person() && measured(&source) && compares {
            holds.push(Hold::SecondValue);
        }
        holds.extend(held_by_hand(test, earlier));
        ResultVersion {
            id: ResultId(setting.fresh()),
            test: test.id,
            accession: test.accession,
            patient: test.patient,
            code: test.code.clone(),
            version: test.versions + 1,
            value,
            unit: if other_unit { String::new() } else { definition.unit.clone() },
            flag,
            limits,
            delta,
            holds,
            source,
            filed_at: setting.now,
            filed_by: setting.actor,
            catalog_release: setting.catalog.release(),
            comment: String::new(),
            amends: None,
            ruling: None,
            detail: Detail::default(),
        }
    }

    /// A version that came after another was released, as it waits beside that; `None` where it
    /// says what was reported already.
    #[must_use]
    pub fn late(&self, test: &Test, mut version: ResultVersion) -> Option<ResultVersion> {
        let released = self.newest.iter().find(|old| Some(old.id) == test.result)?;
        if released.value == version.value && released.unit == version.unit {
            return None;
        }
        version.holds.insert(0, Hold::AfterRelease);
        Some(version)
    }

    /// The events of filing these versions and every calculated test that depends on them, and of
    /// what the rules release of them.
    #[must_use]
    pub fn filed(&self, versions: Vec<ResultVersion>, setting: &Setting<'_>) -> Vec<Event> {
        let calculated = self.calculated(&versions, TestState::takes_results, setting);
        let mut all = versions;
        all.extend(calculated);
        let released = self.ruled(&mut all, setting);
        all.into_iter()
            .map(|version| Event::Result(ResultEvent::ResultFiled(Box::new(version))))
            .chain(released)
            .collect()
    }

    /// The calculated tests in such a state that follow from `filed`, in the order of their making.
    #[must_use]
    pub fn calculated(
        &self,
        filed: &[ResultVersion],
        such: fn(TestState) -> bool,
        setting: &Setting<'_>,
    ) -> Vec<ResultVersion> {
        let changed: Vec<&str> = filed.iter().map(|version| version.code.as_str()).collect();
        let standing = self.inputs(filed.iter().rev().collect(), setting);
        // Of two tests that may be made from each other, the measured one is left as it is.
        let open: Vec<&Test> = self
            .tests
            .iter()
            .filter(|test| such(test.state) && !standing.is_measured(test))
            .collect();
        let mut made: Vec<ResultVersion> = Vec::new();
        for test in judgement::affected(setting.catalog, &open, &changed) {
            let all: Vec<&ResultVersion> = made.iter().rev().chain(filed.iter().rev()).collect();
            let dependent = judgement::calculated(&self.inputs(all, setting), test);
            let definition = setting.catalog.test(test.code.as_str());
            if let (Some(dependent), Some(definition)) = (dependent, definition) {
                let source = (Source::Calculated(dependent.formula), dependent.holds);
                made.push(self.version((test, definition), dependent.value, source, setting));
            }
        }
        made
    }

    /// What the formulas may use, the newest versions first among `filed`.
    pub(super) fn inputs<'a>(
        &'a self,
        filed: Vec<&'a ResultVersion>,
        setting: &Setting<'a>,
    ) -> Inputs<'a> {
        let changed: Vec<&str> = filed.iter().map(|version| version.code.as_str()).collect();
        let in_state = |state: TestState| -> Vec<&str> {
            let tests = self.tests.iter().filter(|test| test.state == state);
            tests.map(|test| test.code.as_str()).filter(|code| !changed.contains(code)).collect()
        };
        // Values that are doubted or discarded are no inputs.
        let mut not_used = in_state(TestState::Rerun);
        not_used.extend(in_state(TestState::Cancelled));
        not_used.extend(&changed);
        let earlier = self.newest.iter().filter(|old| !not_used.contains(&old.code.as_str()));
        let ordered = self.tests.iter().filter(|test| test.state != TestState::Cancelled);
        Inputs {
            catalog: setting.catalog,
            patient: &self.patient,
            collected_at: self.collected_at(),
            held: in_state(TestState::Held),
            newest: filed.into_iter().chain(earlier).collect(),
            awaited: ordered.map(|test| test.code.as_str()).collect(),
        }
    }
}
