//! Every way the laboratory says no: a code for programs, a sentence for the person, and what to
//! do about it.
//!
//! What must stay true: a refusal changes nothing; it says what is the case, not what somebody
//! did wrong; codes are never renamed. Commands refuse in the order in which the variants stand.

mod house;
mod order;
mod patient;

mod tube;

use serde::{Deserialize, Serialize};

use crate::value::Moment;

pub use house::HouseRefusal;
pub use order::AboutOrder;
pub use patient::AboutPatient;

pub use tube::TubeRefusal;

/// The laboratory says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The role does not include this.
    NotPermitted {
        /// What was asked.
        ask: String,
    },
    /// The sign-in name and password do not fit.
    WrongSignIn,
    /// Too many wrong passwords.
    SignInLocked {
        /// Minutes until the next try.
        minutes: i64,
    },
    /// Something required was left empty.
    Missing {
        /// The field, in the words of the screen.
        field: String,
    },
    /// Something cannot be read.
    Unreadable {
        /// The field, in the words of the screen.
        field: String,
        /// What is expected there.
        expected: String,
    },
    /// A name or number is taken.
    Taken {
        /// What kind of thing.
        what: String,
        /// The name or number.
        name: String,
    },
    /// There is no such thing.
    NoSuch {
        /// What kind of thing.
        what: String,
        /// What was looked for.
        name: String,
    },
    /// The record number belongs to a patient with another name or birth date.
    OtherPatient {
        /// The record number.
        record_number: String,
    },
    /// Something about patients or the directory.
    Patient(AboutPatient),
    /// The catalog has no test or panel of this code.
    UnknownTest {
        /// The code.
        code: String,
    },
    /// The order needs more containers than an accession can number.
    TooManyContainers {
        /// How many it needs.
        needed: usize,
    },
    /// Something about the order.
    Order(AboutOrder),
    /// The time lies in the future or before the order.
    ImpossibleTime {
        /// The field, in the words of the screen.
        field: String,
    },
    /// The specimen was not collected yet.
    NotCollected,
    /// The specimen was collected already.
    AlreadyCollected,
    /// The specimen was received already.
    AlreadyReceived,
    /// The specimen was not received yet.
    NotReceived,
    /// The specimen was rejected.
    SpecimenRejected,
    /// The catalog has no rejection reason of this code.
    UnknownReason {
        /// The code.
        code: String,
    },
    /// The test is in no state for this.
    WrongState {
        /// The test's code.
        code: String,
        /// The state it is in, in the word of the screens.
        state: String,
    },
    /// A newer result was filed since the screen was drawn.
    Changed {
        /// The test's code.
        code: String,
    },
    /// Somebody did something to the test since the screen was drawn.
    ChangedMeanwhile {
        /// The test's code.
        code: String,
        /// How it stands now, in the word of the screens.
        state: String,
        /// Who was first.
        who: String,
        /// When.
        at: Moment,
        /// How many minutes ago that was.
        minutes: i64,
    },
    /// The result is held, and only some roles may release it, with a reason.
    Held {
        /// The test's code.
        code: String,
        /// Why it is held.
        because: String,
    },
    /// There is no value that could go out.
    NotReleasable {
        /// The test's code.
        code: String,
        /// Why.
        because: String,
    },
    /// A calculated result waits for one of its inputs.
    InputFirst {
        /// The calculated test's code.
        code: String,
        /// The input's code.
        input: String,
    },
    /// The value is not of the kind this test gives.
    NotAValue {
        /// The test's code.
        code: String,
        /// What is expected.
        expected: String,
    },
    /// An amended result would say what was reported already.
    NothingChanged {
        /// The test's code.
        code: String,
    },
    /// The result calls for nobody.
    NoCallNeeded {
        /// The test's code.
        code: String,
    },
    /// The unclaimed entry was settled already.
    AlreadySettled,
    /// The readings are of control or calibration material.
    ControlMaterial,
    /// The number is that of a specimen of ours, so the material cannot be control material.
    SpecimensNumber {
        /// The number.
        number: String,
    },
    /// Read again, the readings find no place either.
    StillUnplaced {
        /// Why, in the sentence of the unclaimed list.
        because: String,
    },
    /// The catalog files have mistakes.
    CatalogMistakes {
        /// One line for each.
        lines: Vec<String>,
    },
    /// A change of people or of the catalog that cannot be made.
    House(HouseRefusal),
    /// Something about a specimen.
    Tube(TubeRefusal),
}

impl Refusal {
    /// The code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Refusal::NotPermitted { .. } => "NotPermitted",
            Refusal::WrongSignIn => "WrongSignIn",
            Refusal::SignInLocked { .. } => "SignInLocked",
            Refusal::Missing { .. } => "Missing",
            Refusal::Unreadable { .. } => "Unreadable",
            Refusal::Taken { .. } => "Taken",
            Refusal::NoSuch { .. } => "NoSuch",
            Refusal::OtherPatient { .. } => "OtherPatient",
            Refusal::Patient(refusal) => refusal.code(),
            Refusal::UnknownTest { .. } => "UnknownTest",
            Refusal::TooManyContainers { .. } => "TooManyContainers",
            Refusal::Order(refusal) => refusal.code(),
            Refusal::ImpossibleTime { .. } => "ImpossibleTime",
            Refusal::NotCollected => "NotCollected",
            Refusal::AlreadyCollected => "AlreadyCollected",
            Refusal::AlreadyReceived => "AlreadyReceived",
            Refusal::NotReceived => "NotReceived",
            Refusal::SpecimenRejected => "SpecimenRejected",
            Refusal::UnknownReason { .. } => "UnknownReason",
            Refusal::WrongState { .. } => "WrongState",
            Refusal::Changed { .. } => "Changed",
            Refusal::ChangedMeanwhile { .. } => "ChangedMeanwhile",
            Refusal::Held { .. } => "Held",
            Refusal::NotReleasable { .. } => "NotReleasable",
            Refusal::InputFirst { .. } => "InputFirst",
            Refusal::NotAValue { .. } => "NotAValue",
            Refusal::NothingChanged { .. } => "NothingChanged",
            Refusal::NoCallNeeded { .. } => "NoCallNeeded",
            Refusal::AlreadySettled => "AlreadySettled",
            Refusal::ControlMaterial => "ControlMaterial",
            Refusal::SpecimensNumber { .. } => "SpecimensNumber",
            Refusal::StillUnplaced { .. } => "StillUnplaced",
            Refusal::CatalogMistakes { .. } => "CatalogMistakes",
            Refusal::House(refusal) => refusal.code(),
            Refusal::Tube(no) => no.code(),
        }
    }

    /// What is the case, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Refusal::NotPermitted { ask } => format!("Your role does not include {ask}."),
            Refusal::WrongSignIn => "The name and the password do not fit together.".into(),
            Refusal::SignInLocked { minutes } => {
                format!("Too many wrong passwords; this name is locked for {minutes} min.")
            }
            Refusal::Missing { field } => format!("{field} is empty."),
            Refusal::Unreadable { field, expected } => {
                format!("{field} cannot be read; expected: {expected}.")
            }
            Refusal::Taken { what, name } => format!("The {what} {name} is taken."),
            Refusal::NoSuch { what, name } => format!("There is no {what} {name}."),
            Refusal::OtherPatient { record_number } => {
                format!(
                    "Record number {record_number} belongs to a patient of another name, birth \
                     date or sex."
                )
            }
            Refusal::Patient(refusal) => refusal.sentence(),
            Refusal::UnknownTest { code } => format!("The catalog has no test or panel {code}."),
            Refusal::TooManyContainers { needed } => {
                format!("The order needs {needed} containers; an accession numbers 99.")
            }
            Refusal::Order(refusal) => refusal.sentence(),
            Refusal::ImpossibleTime { field } => {
                format!("{field} lies in the future or before the order.")
            }
            Refusal::NotCollected => "The specimen has not been collected.".into(),
            Refusal::AlreadyCollected => "The specimen was collected before.".into(),
            Refusal::AlreadyReceived => "The specimen was received before.".into(),
            Refusal::NotReceived => "The specimen has not been received.".into(),
            Refusal::SpecimenRejected => "The specimen was rejected.".into(),
            Refusal::UnknownReason { code } => format!("There is no rejection reason {code}."),
            Refusal::WrongState { code, state } => format!("{code} is {state}."),
            Refusal::Changed { code } => format!("A newer result of {code} came meanwhile."),
            Refusal::ChangedMeanwhile { code, state, who, minutes, .. } => {
                let ago =
                    if *minutes < 1 { "just now".into() } else { format!("{minutes} min ago") };
                format!("{who} was first with {code}, {ago}; it now stands as: {state}.")
            }
            Refusal::Held { code, because } => format!("{code} is held. {because}"),
            Refusal::NotReleasable { code, because } => {
                format!("{code} has no value that could go out. {because}")
            }
            Refusal::InputFirst { code, input } => {
                format!("{code} is calculated from {input}, which is not verified.")
            }
            Refusal::NotAValue { code, expected } => {
                format!("This is no result for {code}; expected: {expected}.")
            }
            Refusal::NothingChanged { code } => {
                format!("This is what was reported for {code} already.")
            }
            Refusal::NoCallNeeded { code } => format!("{code} has no critical value to tell."),
            Refusal::AlreadySettled => "These readings were settled before.".into(),
            Refusal::SpecimensNumber { number } => {
                format!("{number} is the number of a specimen of this laboratory.")
            }
            Refusal::StillUnplaced { because } => because.clone(),
            Refusal::ControlMaterial => {
                "The instrument marks these readings as control material.".into()
            }
            Refusal::CatalogMistakes { lines } => {
                format!("The catalog has mistakes: {}", lines.join(" \u{b7} "))
            }
            Refusal::House(refusal) => refusal.sentence(),
            Refusal::Tube(no) => no.sentence(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Refusal::NotPermitted { .. } => "Ask somebody whose role includes it.",
            Refusal::WrongSignIn => "Type both again; after five wrong tries the name is locked.",
            Refusal::SignInLocked { .. } => "Wait, or ask an administrator for a new password.",
            Refusal::Missing { .. } => "Fill it in.",
            Refusal::Unreadable { .. } => "Write it as expected.",
            Refusal::Taken { .. } => "Choose another.",
            Refusal::NoSuch { .. } => "Check the number and scan or type it again.",
            Refusal::OtherPatient { .. } => {
                "Compare name, birth date and sex with the requisition; correct the record number."
            }
            Refusal::Patient(refusal) => refusal.remedy(),
            Refusal::UnknownTest { .. } => "Choose a test or panel from the list.",
            Refusal::TooManyContainers { .. } => "Split it into several orders.",
            Refusal::Order(refusal) => refusal.remedy(),
            Refusal::ImpossibleTime { .. } => "Correct the time.",
            Refusal::NotCollected => "Collect it first, and say when.",
            Refusal::AlreadyCollected | Refusal::AlreadyReceived => "Go on to the next step.",
            Refusal::NotReceived => "Receive it first: scan it at Receive.",
            Refusal::SpecimenRejected => "Order it again and collect a new specimen.",
            Refusal::UnknownReason { .. } => "Choose a reason from the list.",
            Refusal::WrongState { .. } => "Open the accession and see what is to be done next.",
            Refusal::Changed { .. } => "Look at the newer result and decide again.",
            Refusal::ChangedMeanwhile { .. } => "Look at it as it is now and decide again.",
            Refusal::Held { .. } => "An MLS or a supervisor can release it, with a reason.",
            Refusal::NotReleasable { .. } => "Run it again, enter it by hand, or cancel the test.",
            Refusal::InputFirst { .. } => {
                "Verify the input first, or both together; cancel what has no input any more."
            }
            Refusal::NotAValue { .. } => "Type a value of that kind, or the reason for none.",
            Refusal::NothingChanged { .. } => "Type the right value, or add a comment.",
            Refusal::NoCallNeeded { .. } => "Open the accession and see how it stands.",
            Refusal::AlreadySettled => "Nothing is left to do.",
            Refusal::ControlMaterial => {
                "They never go to a patient; keep them as control material, or discard them."
            }
            Refusal::SpecimensNumber { .. } => "Give the readings to it, or discard them.",
            Refusal::StillUnplaced { .. } => {
                "Mend that first, or give the readings to a specimen, or discard them."
            }
            Refusal::CatalogMistakes { .. } => "Mend the files and release again.",
            Refusal::House(refusal) => refusal.remedy(),
            Refusal::Tube(no) => no.remedy(),
        }
    }
}

impl From<TubeRefusal> for Refusal {
    fn from(no: TubeRefusal) -> Refusal {
        Refusal::Tube(no)
    }
}

impl From<AboutPatient> for Refusal {
    fn from(refusal: AboutPatient) -> Refusal {
        Refusal::Patient(refusal)
    }
}

impl From<AboutOrder> for Refusal {
    fn from(refusal: AboutOrder) -> Refusal {
        Refusal::Order(refusal)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.sentence(), self.remedy())
    }
}
