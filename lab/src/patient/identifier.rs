//! The numbers by which others know a patient: another facility's record number, a national one,
//! an insurance's.
//!
//! What must stay true: one number of one kind and authority names one patient; a number that was
//! retired keeps its row.

use serde::{Deserialize, Serialize};

use crate::value::{IdentifierId, PatientId};

/// One number of a patient, beside the record number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientIdentifier {
    /// Identity.
    pub id: IdentifierId,
    /// Whose.
    pub patient: PatientId,
    /// What kind of number.
    pub kind: IdentifierKind,
    /// The number.
    pub value: String,
    /// Who gave it: a facility, an insurance, a state.
    pub authority: String,
    /// Why it no longer holds; empty while it does.
    pub retired: String,
}

/// What kind of number a patient is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum IdentifierKind {
    /// The record number of another facility.
    RecordNumber,
    /// A national number.
    National,
    /// The number of an insurance.
    Insurance,
    /// A passport.
    Passport,
    /// A driver's license.
    License,
    /// Any other.
    Other,
}

impl IdentifierKind {
    /// Every kind, in the order of the list on screens.
    pub const ALL: [IdentifierKind; 6] = [
        IdentifierKind::RecordNumber,
        IdentifierKind::National,
        IdentifierKind::Insurance,
        IdentifierKind::Passport,
        IdentifierKind::License,
        IdentifierKind::Other,
    ];

    /// The words on screens.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            IdentifierKind::RecordNumber => "record number",
            IdentifierKind::National => "national number",
            IdentifierKind::Insurance => "insurance number",
            IdentifierKind::Passport => "passport",
            IdentifierKind::License => "driver's license",
            IdentifierKind::Other => "other number",
        }
    }

    /// The code of HL7 table 0203.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            IdentifierKind::RecordNumber => "MR",
            IdentifierKind::National => "NI",
            IdentifierKind::Insurance => "HC",
            IdentifierKind::Passport => "PPN",
            IdentifierKind::License => "DL",
            IdentifierKind::Other => "U",
        }
    }

    /// Reads the code, in any case.
    #[must_use]
    pub fn read(text: &str) -> Option<IdentifierKind> {
        IdentifierKind::ALL.into_iter().find(|kind| kind.code().eq_ignore_ascii_case(text.trim()))
    }
}
