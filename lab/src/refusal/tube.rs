//! How the laboratory says no to what is done with specimens: the tube does not fit, is too old,
//! stands elsewhere, or is gone.
//!
//! What must stay true: as for every refusal.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The laboratory says no about a specimen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TubeRefusal {
    /// The label on the tube is missing, or names somebody else.
    Mislabeled {
        /// What was seen, in words.
        seen: String,
    },
    /// The tube is another than the tests need.
    WrongContainer {
        /// What they need.
        needs: String,
        /// What was seen.
        seen: String,
    },
    /// There is too little in it.
    Short {
        /// What it must hold, mL.
        least: Decimal,
        /// What it holds, mL.
        holds: Decimal,
    },
    /// There is a clot in it.
    Clotted,
    /// It came, or was kept, too warm or too cold.
    WrongTemperature {
        /// The test that does not bear it; empty where the container says so.
        code: String,
        /// How it came or was kept.
        kept: String,
    },
    /// It is too old for a test.
    NotStable {
        /// The test.
        code: String,
        /// How it was kept.
        kept: String,
        /// Minutes it was kept so.
        minutes: i64,
        /// Minutes it may be kept so.
        limit: i64,
    },
    /// It stands where this cannot be done.
    WrongStanding {
        /// Its number.
        label: String,
        /// Where it stands.
        standing: String,
    },
    /// It is gone: lost or discarded.
    Gone {
        /// Its number.
        label: String,
        /// Lost or discarded.
        standing: String,
    },
    /// This container is not spun.
    NotSpinnable {
        /// Its number.
        label: String,
        /// The container.
        container: String,
    },
    /// A gel tube is spun once.
    SpunBefore {
        /// Its number.
        label: String,
    },
    /// It must stand to clot first.
    StillClotting {
        /// Its number.
        label: String,
        /// Minutes until it may be spun.
        minutes: i64,
    },
    /// It must be spun first.
    NotSpun {
        /// Its number.
        label: String,
    },
    /// The position is taken by another specimen.
    PositionTaken {
        /// The position.
        position: String,
        /// The specimen there.
        label: String,
    },
    /// The place has no such position.
    NoSuchPosition {
        /// The place.
        place: String,
        /// What was scanned or typed.
        position: String,
    },
    /// It must be kept longer.
    KeepUntil {
        /// Its number.
        label: String,
        /// Until when, to the minute, UTC.
        until: String,
    },
    /// It still has work on it.
    WorkOpen {
        /// Its number.
        label: String,
        /// The tests.
        codes: String,
    },
    /// It is on no such list.
    NotOnList {
        /// Its number.
        label: String,
        /// The list.
        list: u32,
    },
    /// It was ordered anew before.
    AlreadyRecollected,
    /// Nothing of it is to be ordered anew.
    NothingToRecollect,
    /// The test needs another container than this specimen was drawn into.
    DoesNotFit {
        /// The test.
        code: String,
        /// What it needs.
        needs: String,
        /// What this is.
        holds: String,
    },
    /// The accession has this test.
    OrderedBefore {
        /// The test.
        code: String,
        /// Where it stands.
        state: String,
    },
}

use TubeRefusal as No;

impl TubeRefusal {
    /// The code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            No::Mislabeled { .. } => "Mislabeled",
            No::WrongContainer { .. } => "WrongContainer",
            No::Short { .. } => "Short",
            No::Clotted => "Clotted",
            No::WrongTemperature { .. } => "WrongTemperature",
            No::NotStable { .. } => "NotStable",
            No::WrongStanding { .. } => "WrongStanding",
            No::Gone { .. } => "Gone",
            No::NotSpinnable { .. } => "NotSpinnable",
            No::SpunBefore { .. } => "SpunBefore",
            No::StillClotting { .. } => "StillClotting",
            No::NotSpun { .. } => "NotSpun",
            No::PositionTaken { .. } => "PositionTaken",
            No::NoSuchPosition { .. } => "NoSuchPosition",
            No::KeepUntil { .. } => "KeepUntil",
            No::WorkOpen { .. } => "WorkOpen",
            No::NotOnList { .. } => "NotOnList",
            No::AlreadyRecollected => "AlreadyRecollected",
            No::NothingToRecollect => "NothingToRecollect",
            No::DoesNotFit { .. } => "DoesNotFit",
            No::OrderedBefore { .. } => "OrderedBefore",
        }
    }

    /// What is the case, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            No::Mislabeled { seen } => format!("The label does not name this patient: {seen}."),
            No::WrongContainer { needs, seen } => {
                format!("The tests need {needs}; this is {seen}.")
            }
            No::Short { least, holds } => format!("It holds {holds} mL; {least} mL are needed."),
            No::Clotted => "There is a clot in it.".into(),
            No::WrongTemperature { code, kept } if code.is_empty() => {
                format!("It must come on ice; it came at {kept}.")
            }
            No::WrongTemperature { code, kept } => format!("{code} does not bear being {kept}."),
            No::NotStable { code, kept, minutes, limit } => format!(
                "It was kept {} {kept}; for {code} it keeps {}.",
                time(*minutes),
                time(*limit)
            ),
            No::WrongStanding { label, standing } => format!("Specimen {label} is {standing}."),
            No::Gone { label, standing } => format!("Specimen {label} is {standing}."),
            No::NotSpinnable { label, container } => {
                format!("Specimen {label} is in {container}, which is not spun.")
            }
            No::SpunBefore { label } => format!("Specimen {label} was spun before."),
            No::StillClotting { label, minutes } => {
                format!("Specimen {label} must stand {minutes} min more to clot.")
            }
            No::NotSpun { label } => format!("Specimen {label} has not been spun."),
            No::PositionTaken { position, label } => format!("{position} holds specimen {label}."),
            No::NoSuchPosition { place, position } => {
                format!("{place} has no position {position}.")
            }
            No::KeepUntil { label, until } => format!("Specimen {label} is kept until {until}."),
            No::WorkOpen { label, codes } => format!("Specimen {label} has work open: {codes}."),
            No::NotOnList { label, list } => format!("Specimen {label} is not on list {list}."),
            No::AlreadyRecollected => "It was ordered anew before.".into(),
            No::NothingToRecollect => "None of its tests is to be ordered anew.".into(),
            No::DoesNotFit { code, needs, holds } => {
                format!("{code} needs {needs}; this specimen was drawn into {holds}.")
            }
            No::OrderedBefore { code, state } => {
                format!("{code} was ordered on this accession before and is {state}.")
            }
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            No::Mislabeled { .. } => "Reject it as unlabeled or mislabeled and order it anew.",
            No::WrongContainer { .. } => "Reject it as wrong container and order it anew.",
            No::Short { .. } => {
                "Reject it as short, or cancel what can wait and have the rest measured."
            }
            No::Clotted => "Reject it as clotted and order it anew.",
            No::WrongTemperature { .. } => "Reject that test and order it anew.",
            No::NotStable { .. } => "Reject that test as too old and order it anew.",
            No::WrongStanding { .. } => "Open the accession and see where it is.",
            No::Gone { .. } => "If it is in your hand, say that it was found; or order it anew.",
            No::NotSpinnable { .. } => "Take it out of the rack and measure it as it is.",
            No::SpunBefore { .. } => "Never spin a gel twice: make an aliquot and spin that.",
            No::StillClotting { .. } => "Let it stand upright, then spin it.",
            No::NotSpun { .. } => "Spin it first.",
            No::PositionTaken { .. } => "Take the next free position.",
            No::NoSuchPosition { .. } => "Scan the position again, or choose one of the grid.",
            No::KeepUntil { .. } => "Put it back until then.",
            No::WorkOpen { .. } => "Finish or cancel these first.",
            No::NotOnList { .. } => "Look at the list it came with.",
            No::AlreadyRecollected => "Find the new accession on the collection list.",
            No::NothingToRecollect => "Place an order where something is missing.",
            No::DoesNotFit { .. } => "Order it anew: it needs a tube of its own.",
            No::OrderedBefore { .. } => "Look at the accession; order anew what was cancelled.",
        }
    }
}

/// A time in minutes, as people say it.
fn time(minutes: i64) -> String {
    match minutes {
        minutes if minutes < 120 => format!("{minutes} min"),
        minutes if minutes < 48 * 60 => parts(minutes / 60, "h", minutes % 60, "min"),
        minutes => parts(minutes / (24 * 60), "d", minutes % (24 * 60) / 60, "h"),
    }
}

/// Two units, the smaller only where there is something of it.
fn parts(large: i64, unit: &str, small: i64, smaller: &str) -> String {
    if small == 0 { format!("{large} {unit}") } else { format!("{large} {unit} {small} {smaller}") }
}
