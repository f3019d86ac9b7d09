//! A catalog as it was released: a numbered, immutable whole; and the draft of the next one.
//!
//! What must stay true: releases are numbered from 1 without gaps; the files of a release load
//! without a mistake, today and later; a draft is judged by nobody until it is released.

use serde::{Deserialize, Serialize};

use crate::people::Actor;
use crate::value::{DraftId, Moment};

/// One release of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogRelease {
    /// 1 for the first.
    pub release: u32,
    /// Its files: name and text.
    pub files: Vec<(String, String)>,
    /// Why it was released.
    pub reason: String,
}

/// What the next release may become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogDraft {
    /// Identity.
    pub id: DraftId,
    /// The release in force when it was laid down; 0 where there was none.
    pub base: u32,
    /// Its files: name and text.
    pub files: Vec<(String, String)>,
    /// What it is for.
    pub note: String,
    /// When it was laid down.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
    /// What became of it.
    pub fate: DraftFate,
}

/// What became of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DraftFate {
    /// Waits to be released.
    Open,
    /// Became this release.
    Released(u32),
    /// Was put away, with the reason.
    Discarded(String),
}
