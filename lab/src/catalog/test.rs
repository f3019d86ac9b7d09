//! One test of the catalog.
//!
//! Figures are decimals as written, so that `12.0` stays `12.0`.

use super::answer::Answer;
use super::critical::CriticalLimit;
use super::interval::{Interval, Sex};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A test: what is measured, in what, with which limits.
#[derive(Clone, Debug, PartialEq)]
pub struct TestDefinition {
    /// The laboratory's code, such as `HGB`. Sodium is `SOD`, since `NA` turns into nothing in
    /// spreadsheets.
    pub code: String,
    /// The name on orders and reports.
    pub name: String,
    /// The bench that performs it.
    pub bench: Bench,
    /// The section of the catalog it is listed under, such as `LIPID`.
    pub section: String,
    /// Its LOINC code; none where LOINC has none.
    pub loinc: Option<String>,
    /// How sure the LOINC code is.
    pub loinc_certainty: Certainty,
    /// Unit in UCUM.
    pub unit: String,
    /// What it is performed on.
    pub specimen: String,
    /// Code of the container it is drawn into.
    pub container: String,
    /// What kind of value it gives.
    pub value_type: ValueType,
    /// The answers it gives, where it is coded and they are listed; in the order of choice.
    pub answers: Vec<Answer>,
    /// Digits after the point on reports.
    pub decimals: u32,
    /// Outside of these a value is absurd and never filed unseen.
    pub plausible: Option<Plausible>,
    /// How far it may move from the last verified value.
    pub delta: Option<Delta>,
    /// What proficiency testing allows (42 CFR 493 Subpart I), as written there.
    pub proficiency: Option<String>,
    /// Typical complexity under CLIA.
    pub complexity: Complexity,
    /// Whether an instrument measures it, the laboratory calculates it, or either.
    pub origin: Origin,
    /// How it is calculated; present when `origin` says it may be.
    pub calculation: Option<TestCalculation>,
    /// Reference intervals and decision limits.
    pub intervals: Vec<Interval>,
    /// Critical limits.
    pub critical: Vec<CriticalLimit>,
    /// Age bands for which the laboratory knowingly has no interval.
    pub not_established: Vec<AgeGap>,
    /// For whom it is; none where it is for everybody.
    pub only_for: Option<OnlyFor>,
    /// How often it is enough; none where it may be repeated at will.
    pub once_within: Option<OnceWithin>,
}

/// For whom a test is; an order for anybody else is doubted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnlyFor {
    /// The sex; none for both.
    pub sex: Option<Sex>,
    /// First day of age.
    pub from_days: u32,
    /// First day of age after; none for no upper bound.
    pub to_days: Option<u32>,
    /// In words: `men`, `newborns up to 28 days`.
    pub who: String,
    /// Who says so.
    pub source: String,
}

/// How often a test is enough; an order within that time of the one before is doubted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceWithin {
    /// Hours from order to order.
    pub hours: u32,
    /// Who says so.
    pub source: String,
}

impl TestDefinition {
    /// Whether the laboratory calculates it when no instrument sent it.
    pub fn may_be_calculated(&self) -> bool {
        self.origin != Origin::Measured && self.calculation.is_some()
    }
}

/// The bench that performs a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bench {
    /// Blood cells, body fluid cells, sedimentation.
    Hematology,
    /// Chemistry, endocrinology, drugs, blood gases, tumor markers.
    Chemistry,
    /// Clotting.
    Coagulation,
    /// Urine strip and sediment.
    Urinalysis,
    /// Serology and immunology.
    Immunology,
    /// Cultures, stains, antigens, parasites.
    Microbiology,
    /// Grouping, antibodies, crossmatch.
    BloodBank,
    /// Nucleic acids.
    Molecular,
    /// What is done at the bedside.
    PointOfCare,
}

impl Bench {
    /// Every bench, in the order of the house.
    pub const ALL: [Bench; 9] = [
        Bench::Hematology,
        Bench::Chemistry,
        Bench::Coagulation,
        Bench::Urinalysis,
        Bench::Immunology,
        Bench::Microbiology,
        Bench::BloodBank,
        Bench::Molecular,
        Bench::PointOfCare,
    ];

    /// The name used in files and addresses: `blood_bank`.
    pub fn name(self) -> &'static str {
        match self {
            Bench::Hematology => "hematology",
            Bench::Chemistry => "chemistry",
            Bench::Coagulation => "coagulation",
            Bench::Urinalysis => "urinalysis",
            Bench::Immunology => "immunology",
            Bench::Microbiology => "microbiology",
            Bench::BloodBank => "blood_bank",
            Bench::Molecular => "molecular",
            Bench::PointOfCare => "point_of_care",
        }
    }

    /// The name as a heading: `Blood bank`.
    pub fn title(self) -> &'static str {
        match self {
            Bench::Hematology => "Hematology",
            Bench::Chemistry => "Chemistry",
            Bench::Coagulation => "Coagulation",
            Bench::Urinalysis => "Urinalysis",
            Bench::Immunology => "Immunology",
            Bench::Microbiology => "Microbiology",
            Bench::BloodBank => "Blood bank",
            Bench::Molecular => "Molecular",
            Bench::PointOfCare => "Point of care",
        }
    }

    /// Finds a bench by its name in files and addresses.
    pub fn named(name: &str) -> Option<Bench> {
        Bench::ALL.into_iter().find(|bench| bench.name() == name)
    }
}

/// How sure a LOINC code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Checked against published LOINC names.
    Index,
    /// Seen with this meaning in public sources.
    Secondary,
    /// From memory with a valid check digit: confirm before use.
    Recall,
    /// LOINC has no code for it, or none is known.
    #[serde(rename = "none")]
    NoCode,
}

/// What kind of value a test gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// A number, with or without comparator (HL7 `NM`).
    Numeric,
    /// A range, ratio or titer (HL7 `SN`).
    Structured,
    /// A word from a list (HL7 `CE`).
    Coded,
}

/// Typical complexity under CLIA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Complexity {
    /// Waived.
    Waived,
    /// Moderate complexity.
    Moderate,
    /// High complexity.
    High,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// From an instrument or a bench reading only.
    Measured,
    /// From other results only.
    Calculated,
    /// Measured where the instrument sends it, calculated where it does not; never both, and never
    /// two values from each other.
    MeasuredOrCalculated,
}

/// Limits outside of which a value is absurd, in the test's unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plausible {
    /// Lowest value believed, included.
    pub low: Decimal,
    /// Highest value believed, included.
    pub high: Decimal,
}

/// How far a value may move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// The limit.
    pub limit: DeltaLimit,
    /// Compared only with values verified within so many hours.
    pub within_hours: u32,
}

/// The limit of a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeltaLimit {
    /// In the test's unit.
    Absolute(Decimal),
    /// In percent of the previous value.
    Percent(Decimal),
}

/// The calculation of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCalculation {
    /// Id of the calculation, such as `C_ABSDIFF`.
    pub id: String,
    /// Inputs of the calculation that this test fills from another test than the calculation says
    /// by itself: input name to test code.
    pub inputs: BTreeMap<String, String>,
}

/// A band of ages without interval, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgeGap {
    /// First day of the band.
    pub from_days: u32,
    /// First day after the band.
    pub to_days: u32,
    /// Why there is none.
    pub because: String,
}
