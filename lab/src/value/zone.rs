//! How warm a specimen is kept.
//!
//! What must stay true: there are three, as stability is stated for three; ice counts as
//! refrigerated.

use serde::{Deserialize, Serialize};

/// How warm a specimen is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Zone {
    /// 20 to 25 °C.
    #[default]
    Room,
    /// 2 to 8 °C, or on ice.
    Refrigerated,
    /// -20 °C or colder.
    Frozen,
}

impl Zone {
    /// Every one, warmest first.
    pub const ALL: [Zone; 3] = [Zone::Room, Zone::Refrigerated, Zone::Frozen];

    /// The word on screens.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Zone::Room => "room temperature",
            Zone::Refrigerated => "refrigerated",
            Zone::Frozen => "frozen",
        }
    }

    /// The word in forms and files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Zone::Room => "room",
            Zone::Refrigerated => "refrigerated",
            Zone::Frozen => "frozen",
        }
    }

    /// Reads the word of forms and files; ice is refrigerated.
    #[must_use]
    pub fn read(text: &str) -> Option<Zone> {
        match text.trim().to_lowercase().as_str() {
            "room" => Some(Zone::Room),
            "refrigerated" | "ice" => Some(Zone::Refrigerated),
            "frozen" => Some(Zone::Frozen),
            _ => None,
        }
    }
}
