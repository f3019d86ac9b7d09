//! What is in a person's blood: true levels by sex, age and illness, correlated as in people, and
//! what an instrument reads of them.
//!
//! Three kinds of variation lie on top of each other, as in a real laboratory: between people
//! (a person's own level, set once), within a person (from one draw to the next) and in the
//! measurement. So two draws of one person are close and two persons are not.
//!
//! What must stay true: red cell figures obey the arithmetic of HCT, MCH and MCHC; chloride
//! follows from electroneutrality, so that the anion gap is plausible; nothing is negative.

mod condition;
mod level;
mod norm;

use std::collections::BTreeMap;

use lab::value::TestCode;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::chance::{Chance, log_sd};
use crate::patient::Patient;
pub use condition::Condition;
pub use level::{Blood, Level};

/// What an instrument reads, by the laboratory's test code, in the laboratory's units, with the
/// decimals that instruments send.
pub type Values = BTreeMap<TestCode, Decimal>;

/// One draw of blood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// The number of the draw; another number gives another within-person variation.
    pub number: u64,
    /// Hours since the person was first seen: what is acute fades with them.
    pub hours: f64,
}

/// How much more a hospital patient varies from draw to draw than a healthy volunteer.
// Within-patient CVs at one hospital are 1.5 to 2 times those of healthy volunteers (computed from
// the University of Washington's published medians against EFLM's); sodium's 1.14 % against 0.55 %.
const fn hospital_factor(level: Level) -> f64 {
    match level {
        Level::Sodium => 2.07,
        _ => 1.5,
    }
}

/// What is truly in the blood of a patient at a draw.
#[must_use]
pub fn blood(seed: u64, patient: &Patient, draw: Draw) -> Blood {
    let own = &mut Chance::of(seed, "blood", patient.number);
    let well = norm::usual(patient.sex, patient.age_years, own);
    let mut blood = patient.condition.ail(&well, patient.severity, draw.hours);
    let chance = &mut Chance::of(seed, "draw", draw.number);
    let moves = norm::moves(chance);
    for level in Level::ALL {
        let factor = if patient.ward.stays { hospital_factor(level) } else { 1.0 };
        let spread = log_sd(norm::within_cv(level) * factor);
        blood.times(level, (spread * moves[level as usize]).exp());
    }
    blood.set(Level::Bilirubin, blood.of(Level::Bilirubin).max(BILIRUBIN_LEAST));
    blood
}

/// The least bilirubin found in anybody, mg/dL.
// The 0.1 % quantile of NHANES 1999-2018 is 0.1 or below in every group of sex and age.
const BILIRUBIN_LEAST: f64 = 0.15;

/// What an instrument reads in this blood: every test of the CBC with differential and of the
/// comprehensive metabolic panel, and lactate dehydrogenase.
#[must_use]
pub fn measure(blood: &Blood, chance: &mut Chance) -> Values {
    let mut values = Values::new();
    red_cells(blood, chance, &mut values);
    differential(blood, chance, &mut values);
    for (code, level) in [
        ("WBC", Level::Leukocytes),
        ("RDW", Level::RedCellWidth),
        ("PLT", Level::Platelets),
        ("MPV", Level::PlateletVolume),
        ("SOD", Level::Sodium),
        ("K", Level::Potassium),
        ("CO2", Level::Bicarbonate),
        ("BUN", Level::UreaNitrogen),
        ("CREA", Level::Creatinine),
        ("GLU", Level::Glucose),
        ("CA", Level::Calcium),
        ("ALB", Level::Albumin),
        ("TBIL", Level::Bilirubin),
        ("ALP", Level::Phosphatase),
        ("ALT", Level::Alanine),
        ("AST", Level::Aspartate),
        ("LD", Level::LactateDehydrogenase),
    ] {
        put(&mut values, code, blood.of(level) * chance.factor(imprecision(code)));
    }
    put(&mut values, "CL", blood.chloride() * chance.factor(imprecision("CL")));
    put(&mut values, "TP", blood.protein() * chance.factor(imprecision("TP")));
    values
}

/// Counts, hemoglobin and volume are measured; the rest is worked out from them, as the
/// instrument does.
fn red_cells(blood: &Blood, chance: &mut Chance, values: &mut Values) {
    let rbc = blood.of(Level::RedCells) * chance.factor(imprecision("RBC"));
    let mcv = blood.of(Level::RedCellVolume) * chance.factor(imprecision("MCV"));
    let hgb = blood.hemoglobin() * chance.factor(imprecision("HGB"));
    let hct = rbc * mcv / 10.0;
    for (code, value) in [
        ("RBC", rbc),
        ("MCV", mcv),
        ("HGB", hgb),
        ("HCT", hct),
        ("MCH", hgb / rbc * 10.0),
        ("MCHC", hgb / hct * 100.0),
    ] {
        put(values, code, value);
    }
}

/// Percentages that sum to a hundred, and counts; the neutrophils include the immature
/// granulocytes, as automated counters have it.
fn differential(blood: &Blood, chance: &mut Chance, values: &mut Values) {
    let kinds = [
        (Level::Neutrophils, "NEUTP", "NEUTA"),
        (Level::Lymphocytes, "LYMPHP", "LYMPHA"),
        (Level::Monocytes, "MONOP", "MONOA"),
        (Level::Eosinophils, "EOSP", "EOSA"),
        (Level::Basophils, "BASOP", "BASOA"),
    ];
    let leukocytes = blood.of(Level::Leukocytes);
    let counted = kinds.map(|(level, ..)| blood.of(level) * chance.factor(imprecision("DIFF")));
    let sum: f64 = counted.iter().sum();
    let mut put_share = |share: f64, percent: &str, count: &str| {
        put(values, percent, share);
        put(values, count, share / 100.0 * leukocytes);
    };
    for ((_, percent, count), cells) in kinds.into_iter().zip(counted) {
        put_share(cells / sum * 100.0, percent, count);
    }
    let immature = blood.of(Level::ImmatureGranulocytes) * chance.factor(imprecision("DIFF"));
    put_share(immature.min(counted[0]) / sum * 100.0, "IGP", "IGA_HEM");
    put(values, "NRBCP", 0.0);
}

fn put(values: &mut Values, code: &str, value: f64) {
    let value = Decimal::from_f64(value.max(0.0)).unwrap_or_default();
    let mut rounded = value.round_dp(decimals(code));
    rounded.rescale(decimals(code));
    values.insert(TestCode::from(code), rounded);
}

/// Decimals that instruments send.
fn decimals(code: &str) -> u32 {
    match code {
        "WBC" | "RBC" | "K" | "CREA" | "CA" | "TP" | "ALB" | "TBIL" => 2,
        "NEUTA" | "LYMPHA" | "MONOA" | "EOSA" | "BASOA" | "IGA_HEM" => 2,
        "PLT" | "GLU" | "ALP" | "ALT" | "AST" | "LD" => 0,
        _ => 1,
    }
}

/// The coefficient of variation of the measurement.
// Our choice, near what long-term controls of current analyzers show; all are below the desirable
// specification of half the within-person variation except sodium, chloride and calcium, as is
// usual.
fn imprecision(code: &str) -> f64 {
    match code {
        "SOD" => 0.005,
        "CL" | "HGB" => 0.006,
        "MCV" => 0.004,
        "RBC" | "RDW" => 0.008,
        "K" | "CA" | "TP" => 0.010,
        "GLU" | "ALB" => 0.012,
        "LD" => 0.018,
        "MPV" => 0.015,
        "CO2" | "BUN" | "CREA" | "ALP" | "WBC" => 0.020,
        "AST" | "ALT" => 0.025,
        "PLT" | "TBIL" => 0.030,
        _ => 0.020,
    }
}
