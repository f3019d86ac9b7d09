//! How the laboratory says no about patients and the directory.
//!
//! What must stay true: as for every refusal.

use serde::{Deserialize, Serialize};

/// The laboratory says no about a patient or an entry of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AboutPatient {
    /// A text is longer than its field.
    TooLong {
        /// The field, in the words of the screen.
        field: String,
        /// The most characters.
        most: usize,
    },
    /// The patient's registration was merged into another.
    MergedAway {
        /// The record number that was given up.
        record_number: String,
        /// The one that survives.
        into: String,
    },
    /// Somebody changed the patient since the screen was drawn.
    PatientChanged {
        /// The record number.
        record_number: String,
    },
    /// Somebody changed the entry of the directory since the screen was drawn.
    EntryChanged {
        /// Its code or name.
        name: String,
    },
    /// Nothing of the patient would change.
    NothingChanged,
    /// An entry of the directory is closed.
    Closed {
        /// What kind of entry.
        what: String,
        /// Its code or name.
        name: String,
    },
    /// A patient cannot be merged into the same registration.
    SamePatient {
        /// The record number.
        record_number: String,
    },
    /// Two patients to be merged differ.
    PatientsDiffer {
        /// In what.
        what: String,
    },
    /// The merge was undone before.
    AlreadyUndone,
    /// The patient who survived a merge was merged into another since.
    MergedOn {
        /// The record number that survived.
        record_number: String,
    },
    /// The wristband is another patient's.
    OtherWristband {
        /// What was scanned.
        scanned: String,
    },
}

impl AboutPatient {
    /// The code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            AboutPatient::TooLong { .. } => "TooLong",
            AboutPatient::MergedAway { .. } => "MergedAway",
            AboutPatient::PatientChanged { .. } => "PatientChanged",
            AboutPatient::EntryChanged { .. } => "EntryChanged",
            AboutPatient::NothingChanged => "NothingChanged",
            AboutPatient::Closed { .. } => "Closed",
            AboutPatient::SamePatient { .. } => "SamePatient",
            AboutPatient::PatientsDiffer { .. } => "PatientsDiffer",
            AboutPatient::AlreadyUndone => "AlreadyUndone",
            AboutPatient::MergedOn { .. } => "MergedOn",
            AboutPatient::OtherWristband { .. } => "OtherWristband",
        }
    }

    /// What is the case, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            AboutPatient::TooLong { field, most } => {
                format!("{field} is longer than {most} characters.")
            }
            AboutPatient::MergedAway { record_number, into } => {
                format!("Record number {record_number} was merged into {into}.")
            }
            AboutPatient::PatientChanged { record_number } => {
                format!("Somebody changed patient {record_number} meanwhile.")
            }
            AboutPatient::EntryChanged { name } => format!("Somebody changed {name} meanwhile."),
            AboutPatient::NothingChanged => "Nothing was changed.".into(),
            AboutPatient::Closed { what, name } => format!("The {what} {name} is closed."),
            AboutPatient::SamePatient { record_number } => {
                format!("Both are the registration {record_number}.")
            }
            AboutPatient::PatientsDiffer { what } => format!("The two patients differ in {what}."),
            AboutPatient::AlreadyUndone => "The merge was undone before.".into(),
            AboutPatient::MergedOn { record_number } => {
                format!("Patient {record_number}, who survived, was merged on since.")
            }
            AboutPatient::OtherWristband { scanned } => {
                format!("{scanned} is not this patient's number.")
            }
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            AboutPatient::TooLong { .. } => "Shorten it.",
            AboutPatient::MergedAway { .. } => "Go on with the record number that survives.",
            AboutPatient::PatientChanged { .. } | AboutPatient::EntryChanged { .. } => {
                "Look at it as it is now and decide again."
            }
            AboutPatient::NothingChanged => "Change what is wrong, or leave it as it is.",
            AboutPatient::Closed { .. } => {
                "Choose another, or have it opened again in the directory."
            }
            AboutPatient::SamePatient { .. } => "Find the other registration.",
            AboutPatient::PatientsDiffer { .. } => {
                "Compare with the papers of both; confirm it with the reason if it is one patient."
            }
            AboutPatient::AlreadyUndone => "Nothing is left to do.",
            AboutPatient::MergedOn { .. } => "Undo that later merge first.",
            AboutPatient::OtherWristband { .. } => "Stop: identify the patient anew.",
        }
    }
}
