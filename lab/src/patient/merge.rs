//! The merge of two registrations of one patient, and what is needed to undo it.
//!
//! What must stay true: a merge lists everything that moved, so that undoing it moves back that and
//! nothing else; a merge is undone once. Everything that hangs from an accession goes with it.

use serde::{Deserialize, Serialize};

use crate::people::Actor;
use crate::value::{AccessionId, EncounterId, IdentifierId, MergeId, Moment, PatientId};

/// One merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// Identity.
    pub id: MergeId,
    /// The registration that was given up.
    pub from: PatientId,
    /// The one that survives.
    pub into: PatientId,
    /// The accessions that moved.
    pub accessions: Vec<AccessionId>,
    /// The encounters that moved.
    pub encounters: Vec<EncounterId>,
    /// The identifiers that moved.
    pub identifiers: Vec<IdentifierId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
    /// Its undoing.
    pub undone: Option<Undone>,
}

/// The undoing of a merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// Why.
    pub reason: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
}
