//! The shape of a catalog file as written, before it is checked. Any file may hold any entries; a
//! file that holds tests says at its top which bench performs them.
//!
//! Fields not named here are mistakes, so that a misspelled limit is never silently no limit.

use super::read_keeping::{
    ContainersText, FillText, InterferenceText, KeepText, KeepingText, SpinText, StabilityText,
};
use super::read_rules::{ReflexText, ReleaseText, RulesText};
use super::read_turnaround::TurnaroundText;
use super::reason::ReasonFor;
use super::test::{Certainty, Complexity, Origin, ValueType};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileText {
    pub(super) bench: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) sources: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) test: Vec<TestText>,
    #[serde(default)]
    pub(super) panel: Vec<PanelText>,
    #[serde(default)]
    pub(super) container: Vec<ContainerText>,
    #[serde(default)]
    pub(super) rejection: Vec<RejectionText>,
    #[serde(default)]
    pub(super) reason: Vec<ReasonText>,
    #[serde(default)]
    pub(super) answers: Vec<AnswersText>,
    #[serde(default)]
    pub(super) turnaround: Vec<TurnaroundText>,
    #[serde(default)]
    pub(super) calculation: Vec<CalculationText>,
    #[serde(default)]
    pub(super) band_table: Vec<BandTableText>,
    #[serde(default)]
    pub(super) keyed_table: Vec<KeyedTableText>,
    #[serde(default)]
    stability: Vec<Spanned<StabilityText>>,
    #[serde(default)]
    spin: Vec<Spanned<SpinText>>,
    #[serde(default)]
    interference: Vec<Spanned<InterferenceText>>,
    #[serde(default)]
    fill: Vec<Spanned<FillText>>,
    #[serde(default)]
    clotting: Vec<Spanned<ContainersText>>,
    #[serde(default)]
    on_ice: Vec<Spanned<ContainersText>>,
    #[serde(default)]
    keep: Vec<Spanned<KeepText>>,
    #[serde(default)]
    release: Vec<ReleaseText>,
    #[serde(default)]
    reflex: Vec<ReflexText>,
}

impl FileText {
    /// Takes out what the file says of rules.
    pub(super) fn rules(&mut self) -> RulesText {
        RulesText {
            release: std::mem::take(&mut self.release),
            reflex: std::mem::take(&mut self.reflex),
        }
    }

    /// Takes out what the file says of what specimens bear.
    pub(super) fn keeping(&mut self) -> KeepingText {
        KeepingText {
            stability: std::mem::take(&mut self.stability),
            spin: std::mem::take(&mut self.spin),
            interference: std::mem::take(&mut self.interference),
            fill: std::mem::take(&mut self.fill),
            clotting: std::mem::take(&mut self.clotting),
            on_ice: std::mem::take(&mut self.on_ice),
            keep: std::mem::take(&mut self.keep),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestText {
    pub(super) code: Spanned<String>,
    pub(super) name: String,
    pub(super) section: String,
    pub(super) loinc: Option<String>,
    pub(super) loinc_check: Certainty,
    pub(super) unit: String,
    pub(super) specimen: String,
    pub(super) container: String,
    pub(super) value: ValueType,
    pub(super) decimals: i64,
    pub(super) plausible: Option<Spanned<PlausibleText>>,
    pub(super) delta: Option<Spanned<DeltaText>>,
    pub(super) proficiency: Option<String>,
    pub(super) complexity: Complexity,
    pub(super) origin: Option<Origin>,
    pub(super) calculation: Option<String>,
    #[serde(default)]
    pub(super) calculation_inputs: BTreeMap<String, String>,
    pub(super) interval_source: Option<String>,
    #[serde(default)]
    pub(super) intervals: Vec<Spanned<IntervalText>>,
    #[serde(default)]
    pub(super) critical: Vec<Spanned<CriticalText>>,
    #[serde(default)]
    pub(super) not_established: Vec<Spanned<GapText>>,
    pub(super) only_for: Option<Spanned<OnlyForText>>,
    pub(super) once_within: Option<Spanned<OnceText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OnlyForText {
    pub(super) sex: Option<String>,
    #[serde(default)]
    pub(super) from_days: u32,
    pub(super) to_days: Option<u32>,
    pub(super) who: String,
    pub(super) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OnceText {
    pub(super) hours: u32,
    pub(super) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlausibleText {
    pub(super) low: String,
    pub(super) high: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeltaText {
    pub(super) absolute: Option<String>,
    pub(super) percent: Option<String>,
    pub(super) within_hours: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntervalText {
    pub(super) sex: Option<String>,
    pub(super) from_days: u32,
    pub(super) to_days: Option<u32>,
    pub(super) ages: String,
    pub(super) low: Option<String>,
    pub(super) high: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CriticalText {
    pub(super) from_days: u32,
    pub(super) to_days: Option<u32>,
    pub(super) ages: String,
    pub(super) low: Option<String>,
    pub(super) high: Option<String>,
    #[serde(default)]
    pub(super) low_included: bool,
    #[serde(default)]
    pub(super) high_included: bool,
    pub(super) when: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GapText {
    pub(super) from_days: u32,
    pub(super) to_days: u32,
    pub(super) because: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PanelText {
    pub(super) code: Spanned<String>,
    pub(super) name: String,
    pub(super) loinc: Option<String>,
    pub(super) members: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContainerText {
    pub(super) code: Spanned<String>,
    pub(super) draw_order: Option<u8>,
    pub(super) cap: String,
    pub(super) additive: String,
    pub(super) inversions: String,
    #[serde(rename = "nominal_mL")]
    pub(super) nominal_ml: String,
    #[serde(rename = "min_fill_mL")]
    pub(super) min_fill_ml: String,
    pub(super) ratio_critical: bool,
    pub(super) specimen: String,
    pub(super) typical_use: String,
    #[serde(default)]
    pub(super) note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RejectionText {
    pub(super) code: Spanned<String>,
    pub(super) label: String,
    pub(super) scope: String,
    pub(super) action: String,
    pub(super) irretrievable_override: String,
    #[serde(default)]
    pub(super) report_text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswersText {
    pub(super) name: Spanned<String>,
    pub(super) answers: Vec<Spanned<AnswerText>>,
    pub(super) tests: Vec<String>,
    #[serde(default)]
    pub(super) critical: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerText {
    pub(super) text: String,
    #[serde(default)]
    pub(super) also: Vec<String>,
    #[serde(default)]
    pub(super) abnormal: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonText {
    pub(super) code: Spanned<String>,
    pub(super) label: String,
    #[serde(rename = "for")]
    pub(super) of: ReasonFor,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalculationText {
    pub(super) id: Spanned<String>,
    pub(super) name: String,
    pub(super) expression: Option<Spanned<String>>,
    pub(super) function: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) inputs: Vec<Spanned<InputText>>,
    #[serde(default)]
    pub(super) further_inputs: bool,
    pub(super) unit: String,
    pub(super) decimals: i64,
    #[serde(default)]
    pub(super) requires: Vec<Spanned<ConditionText>>,
    #[serde(default)]
    pub(super) ensures: Vec<Spanned<ConditionText>>,
    pub(super) source: String,
    #[serde(default)]
    pub(super) notes: String,
    #[serde(default)]
    pub(super) examples: Vec<Spanned<ExampleText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputText {
    pub(super) name: String,
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    #[serde(default)]
    pub(super) unit: String,
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) choices: Vec<String>,
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default)]
    pub(super) bare: bool,
    pub(super) from: Option<String>,
    pub(super) test: Option<String>,
    pub(super) qualified: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionText {
    pub(super) that: String,
    pub(super) code: String,
    pub(super) because: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExampleText {
    pub(super) given: String,
    pub(super) gives: Option<String>,
    pub(super) refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BandTableText {
    pub(super) name: Spanned<String>,
    pub(super) source: String,
    /// Lowest number of each column.
    pub(super) columns: Vec<String>,
    /// Each row: from, to (both included), then one figure per column.
    pub(super) rows: Vec<Spanned<Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyedTableText {
    pub(super) name: Spanned<String>,
    pub(super) source: String,
    pub(super) rows: Vec<Spanned<KeyedRowText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyedRowText {
    pub(super) key: String,
    /// What the key means, for readers only.
    #[serde(rename = "name")]
    pub(super) _name: Option<String>,
    pub(super) figures: BTreeMap<String, String>,
}
