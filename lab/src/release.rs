//! A catalog as it was released: a numbered, immutable whole.
//!
//! What must stay true: releases are numbered from 1 without gaps; the files of a release load
//! without a mistake, today and later.

use serde::{Deserialize, Serialize};

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
