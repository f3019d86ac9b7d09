//! What specimens bear: how long each test's specimen keeps, how a tube is spun, what spoils which
//! test, how much a tube must hold, and how long it is kept after the report.
//!
//! What must stay true: a time that is not known refuses nothing; "never" refuses at once; of two
//! rows for the same test and state the first counts.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::value::Zone;

/// What specimens bear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keeping {
    pub(super) stability: BTreeMap<String, Vec<Stability>>,
    pub(super) spins: BTreeMap<String, Spin>,
    pub(super) interference: BTreeMap<String, Interference>,
    pub(super) fills: BTreeMap<String, Fill>,
    pub(super) keeps: BTreeMap<String, Keep>,
    pub(super) clotting: BTreeSet<String>,
    pub(super) on_ice: BTreeSet<String>,
}

/// How long a specimen keeps for one test in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stability {
    /// Whether it is for separated specimens, for those on their cells, or for both (`None`).
    pub separated: Option<bool>,
    /// At 20 to 25 °C.
    pub room: Limit,
    /// At 2 to 8 °C or on ice.
    pub refrigerated: Limit,
    /// At -20 °C or colder.
    pub frozen: Limit,
    /// What to mind.
    pub note: String,
}

impl Stability {
    /// How long it keeps in a zone.
    #[must_use]
    pub const fn limit(&self, zone: Zone) -> Limit {
        match zone {
            Zone::Room => self.room,
            Zone::Refrigerated => self.refrigerated,
            Zone::Frozen => self.frozen,
        }
    }
}

/// A time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Not known: refuses nothing.
    Unknown,
    /// It must not be kept so at all.
    Never,
    /// So many minutes.
    Minutes(i64),
}

/// How a container is spun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spin {
    /// Minutes it stands upright to clot before it is spun.
    pub clot_minutes: i64,
    /// Relative centrifugal force, times g, as written.
    pub g: String,
    /// Minutes, as written.
    pub minutes: String,
    /// Temperature, as written.
    pub temperature: String,
    /// Minutes from collection within which it is spun.
    pub within_minutes: i64,
    /// What to look for afterwards.
    pub look_for: String,
    /// Whether results from a tube that nobody recorded as spun are held; not where the line that
    /// measures them spins by itself.
    pub holds_unspun: bool,
}

impl Spin {
    /// The program in one line: `1300-2000 g, 10-15 min, 18-25 C`.
    #[must_use]
    pub fn program(&self) -> String {
        format!("{} g, {} min, {}", self.g, self.minutes, self.temperature)
    }
}

/// How much of each a test bears, in mg/dL: free hemoglobin, bilirubin, and lipids as Intralipid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interference {
    /// Free hemoglobin.
    pub hemolysis: Option<Decimal>,
    /// Bilirubin.
    pub icterus: Option<Decimal>,
    /// Lipids.
    pub lipemia: Option<Decimal>,
    /// What it does.
    pub effect: String,
}

/// How much a container must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// At receipt, mL.
    pub least: Decimal,
    /// For one more test, mL.
    pub left: Decimal,
}

/// How long a specimen is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// What it is.
    pub what: String,
    /// Minutes from the report; from the receipt where nothing was reported.
    pub minutes: i64,
    /// Who says so.
    pub source: String,
}

impl Keeping {
    /// The row by which a test's specimen is judged, with its place among the test's rows. What is
    /// known of separated specimens only holds for those on their cells too: these keep no longer.
    #[must_use]
    pub fn row(&self, code: &str, separated: bool) -> Option<(usize, &Stability)> {
        let rows = self.stability.get(code)?;
        let fits = |row: &Stability| row.separated.is_none_or(|own| own == separated);
        let at = rows.iter().position(fits).or((!separated && !rows.is_empty()).then_some(0))?;
        Some((at, rows.get(at)?))
    }

    /// The rows of a test, for the reader.
    #[must_use]
    pub fn stability(&self, code: &str) -> &[Stability] {
        self.stability.get(code).map_or(&[], Vec::as_slice)
    }

    /// How a container is spun; none for what is not spun.
    #[must_use]
    pub fn spin(&self, container: &str) -> Option<&Spin> {
        self.spins.get(container)
    }

    /// What a test bears; none where nothing is known to disturb it.
    #[must_use]
    pub fn interference(&self, code: &str) -> Option<&Interference> {
        self.interference.get(code)
    }

    /// How much a container must hold, where that is known.
    #[must_use]
    pub fn fill(&self, container: &str) -> Option<Fill> {
        self.fills.get(container).copied()
    }

    /// How long what a container holds is kept, where that is known.
    #[must_use]
    pub fn keep(&self, container: &str) -> Option<&Keep> {
        self.keeps.get(container)
    }

    /// True where a clot makes the specimen unfit.
    #[must_use]
    pub fn must_not_clot(&self, container: &str) -> bool {
        self.clotting.contains(container)
    }

    /// True where the container travels on ice.
    #[must_use]
    pub fn travels_on_ice(&self, container: &str) -> bool {
        self.on_ice.contains(container)
    }
}
