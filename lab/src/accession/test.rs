//! One ordered test on one specimen.
//!
//! What must stay true: a verified test names the result version that was verified, by whom and
//! when; a cancelled one has no verified result.

use serde::{Deserialize, Serialize};

use super::{Accession, Call, Touched};
use crate::catalog::TestDefinition;
use crate::people::Actor;
use crate::value::{AccessionId, Moment, PatientId, ResultId, SpecimenId, TestCode, TestId};

/// One ordered test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Identity.
    pub id: TestId,
    /// The accession it was ordered in.
    pub accession: AccessionId,
    /// Whose.
    pub patient: PatientId,
    /// The specimen it is measured from.
    pub specimen: SpecimenId,
    /// What is measured.
    pub code: TestCode,
    /// The panel it was ordered as part of.
    pub panel: Option<TestCode>,
    /// The bench that does it, as the catalog names it.
    pub bench: String,
    /// Where it stands.
    pub state: TestState,
    /// The newest result version.
    pub result: Option<ResultId>,
    /// How many result versions there are.
    pub versions: u32,
    /// Who verified which version, when.
    pub verified: Option<Verified>,
    /// Why it was cancelled or sent to be run again, or the comment it was verified with.
    pub note: String,
    /// A reading that came after the release and waits for a person beside the released value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<ResultId>,
    /// What was last done to it, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched: Option<Touched>,
    /// The call of its critical value, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The version told to those who wait before it is final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preliminary: Option<Verified>,
    /// How it came into the order, where nobody ordered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<TestOrigin>,
    /// Why a rule released it, in one sentence; empty where a person did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
}

impl Test {
    /// A test that is ordered on a specimen and has no result yet.
    #[must_use]
    pub fn ordered(
        id: TestId,
        definition: &TestDefinition,
        (accession, specimen): (&Accession, SpecimenId),
        panel: Option<TestCode>,
    ) -> Test {
        Test {
            id,
            accession: accession.id,
            patient: accession.patient,
            specimen,
            code: TestCode(definition.code.clone()),
            panel,
            bench: definition.bench.name().to_owned(),
            state: TestState::Awaiting,
            result: None,
            versions: 0,
            verified: None,
            note: String::new(),
            candidate: None,
            touched: None,
            call: None,
            preliminary: None,
            origin: None,
            rule: String::new(),
        }
    }
}

/// The result that made the laboratory add a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestOrigin {
    /// The rule of the catalog.
    pub rule: String,
    /// The test whose result it was.
    pub test: TestId,
    /// The version that did it.
    pub result: ResultId,
}

/// The act of verifying. After a correction it names the version that stands now, still with the
/// moment and the person of the first release: who corrected it, and when, stands in that version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The version verified.
    pub result: ResultId,
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Actor,
}

/// Where a test stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TestState {
    /// No result yet.
    #[default]
    Awaiting,
    /// A result that nothing holds waits for a person.
    Review,
    /// A result is held; a person must look at the reasons.
    Held,
    /// To be run again.
    Rerun,
    /// Verified and released.
    Verified,
    /// Released, and amended afterwards.
    Corrected,
    /// Cancelled.
    Cancelled,
}

impl TestState {
    /// The word on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            TestState::Awaiting => "awaiting",
            TestState::Review => "to verify",
            TestState::Held => "held",
            TestState::Rerun => "rerun",
            TestState::Verified => "verified",
            TestState::Corrected => "corrected",
            TestState::Cancelled => "cancelled",
        }
    }

    /// True while a new result may be filed.
    #[must_use]
    pub const fn takes_results(self) -> bool {
        matches!(self, TestState::Awaiting | TestState::Review | TestState::Held | TestState::Rerun)
    }

    /// True once a value went out, and while it stands.
    #[must_use]
    pub const fn released(self) -> bool {
        matches!(self, TestState::Verified | TestState::Corrected)
    }

    /// True while a result waits for a person's decision.
    #[must_use]
    pub const fn waits_for_a_person(self) -> bool {
        matches!(self, TestState::Review | TestState::Held)
    }
}
