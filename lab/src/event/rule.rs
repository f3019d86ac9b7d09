//! What can happen by the rules of release and of reflex testing, and on the way to a release.
//!
//! What must stay true: as for every event; what was added by a rule names the rule and the result
//! that did it.

use serde::{Deserialize, Serialize};

use crate::accession::{Test, Touched};
use crate::rules::RuleSwitch;
use crate::value::{ResultId, SpecimenId, TestCode, TestId};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleEvent {
    /// The rules of release were turned on or off.
    RulesSwitched(RuleSwitch),
    /// A value that waits was checked and told before it is final.
    PreliminaryGiven {
        /// Which test.
        test: TestId,
        /// Which version.
        result: ResultId,
        /// When and by whom.
        by: Touched,
    },
    /// A released result made the laboratory add tests to its specimen.
    ReflexAdded {
        /// To which.
        specimen: SpecimenId,
        /// The tests, each with the rule and the result it came from.
        tests: Vec<Test>,
        /// Why, in one sentence.
        because: String,
    },
    /// A released result asked for tests that its specimen cannot give.
    ReflexWithheld {
        /// The specimen.
        specimen: SpecimenId,
        /// The test whose result asked for them.
        test: TestId,
        /// The rule of the catalog.
        rule: String,
        /// What it asked for.
        codes: Vec<TestCode>,
        /// Why not, in one sentence.
        because: String,
    },
}
