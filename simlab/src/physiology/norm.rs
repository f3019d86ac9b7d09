//! The usual levels of people by sex and age, how they hang together, and how much they vary.
//!
//! Adult medians, spreads and correlations are computed by us from the laboratory files of NHANES
//! 1999-2018 (49,864 adults; National Center for Health Statistics; United States government
//! survey, public domain), sexes apart. What NHANES files do not hold is from the catalog's own
//! intervals. Spreads are those of everyone measured, so the within-person and analytical part is
//! taken off before a person's own level is drawn.
//!
//! What must stay true: a person's levels come from the person's own stream alone.

use std::sync::LazyLock;

use lab::value::Sex;

use super::level::{Blood, Level};
use super::{imprecision, norm::Shape::*};
use crate::chance::{Chance, log_sd};

/// How a level is spread among people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Evenly to both sides; the spread is a standard deviation in the level's unit.
    Even,
    /// Evenly in the logarithm; the spread is the standard deviation of the natural logarithm.
    Skewed,
}

/// The middle and the spread of a level.
type Norm = (f64, f64);

/// A level among adults, at 20 to 39, 40 to 59 and 60 years and more.
struct Adult {
    level: Level,
    shape: Shape,
    men: [Norm; 3],
    women: [Norm; 3],
}

const fn adult(level: Level, shape: Shape, men: [Norm; 3], women: [Norm; 3]) -> Adult {
    Adult { level, shape, men, women }
}

/// A level that is the same for all adults.
const fn all(level: Level, shape: Shape, norm: Norm) -> Adult {
    Adult { level, shape, men: [norm; 3], women: [norm; 3] }
}

// Medians, and spreads as the distance of the 5th from the 95th percentile over 3.29: NHANES
// 1999-2018, computed by us.
const SURVEYED: [Adult; 13] = [
    adult(
        Level::Leukocytes,
        Skewed,
        [(6.9, 0.279), (6.8, 0.283), (6.9, 0.277)],
        [(7.2, 0.283), (6.9, 0.290), (6.8, 0.281)],
    ),
    adult(
        Level::RedCells,
        Even,
        [(5.10, 0.386), (4.97, 0.432), (4.72, 0.523)],
        [(4.47, 0.362), (4.47, 0.389), (4.41, 0.441)],
    ),
    adult(
        Level::RedCellVolume,
        Even,
        [(89.1, 4.23), (90.0, 4.92), (91.6, 5.32)],
        [(88.6, 5.2), (89.3, 5.4), (90.6, 5.2)],
    ),
    adult(
        Level::RedCellWidth,
        Skewed,
        [(12.5, 0.062), (12.8, 0.067), (13.2, 0.080)],
        [(12.8, 0.085), (13.0, 0.085), (13.1, 0.082)],
    ),
    adult(
        Level::Neutrophils,
        Even,
        [(57.0, 9.2), (57.8, 9.2), (60.5, 9.8)],
        [(58.6, 9.1), (58.3, 9.2), (58.6, 9.6)],
    ),
    adult(
        Level::Lymphocytes,
        Even,
        [(31.1, 8.0), (30.0, 8.2), (26.7, 8.7)],
        [(31.0, 8.0), (31.1, 8.3), (29.9, 8.7)],
    ),
    adult(
        Level::Monocytes,
        Skewed,
        [(8.0, 0.26), (8.1, 0.26), (8.4, 0.27)],
        [(7.0, 0.27), (7.0, 0.27), (7.4, 0.27)],
    ),
    adult(
        Level::Albumin,
        Even,
        [(4.5, 0.304), (4.3, 0.304), (4.2, 0.304)],
        [(4.2, 0.304), (4.2, 0.334), (4.1, 0.304)],
    ),
    adult(
        Level::Phosphatase,
        Skewed,
        [(67.0, 0.271), (68.0, 0.283), (69.0, 0.305)],
        [(60.0, 0.305), (69.0, 0.319), (73.0, 0.307)],
    ),
    adult(
        Level::UreaNitrogen,
        Skewed,
        [(12.0, 0.303), (13.0, 0.334), (16.0, 0.356)],
        [(10.0, 0.298), (12.0, 0.350), (15.0, 0.381)],
    ),
    // Micromoles per liter over 88.42 are mg/dL.
    adult(
        Level::Creatinine,
        Skewed,
        [(0.94, 0.165), (0.957, 0.186), (1.02, 0.251)],
        [(0.70, 0.183), (0.73, 0.196), (0.81, 0.271)],
    ),
    // Millimoles per liter times 18.016 are mg/dL; the spread is of those without diabetes.
    adult(
        Level::Glucose,
        Skewed,
        [(89.0, 0.100), (93.5, 0.120), (98.0, 0.140)],
        [(86.0, 0.095), (90.5, 0.115), (96.0, 0.135)],
    ),
    adult(
        Level::Bilirubin,
        Skewed,
        [(0.70, 0.440), (0.70, 0.440), (0.70, 0.440)],
        [(0.55, 0.460), (0.55, 0.420), (0.55, 0.400)],
    ),
];

// Middles and spreads from the catalog's adult intervals (Kratz et al, N Engl J Med 2004;351:1548
// for counts; Tietz Textbook of Clinical Chemistry for chemistry): center of the interval, its
// width over 3.92, narrowed where much is shared with another level.
const FROM_INTERVALS: [Adult; 15] = [
    all(Level::RedCellHemoglobin, Even, (33.8, 0.8)),
    adult(
        Level::Platelets,
        Skewed,
        [(235.0, 0.24), (235.0, 0.24), (220.0, 0.26)],
        [(260.0, 0.24), (260.0, 0.24), (245.0, 0.25)],
    ),
    all(Level::PlateletVolume, Skewed, (8.9, 0.085)),
    all(Level::Eosinophils, Skewed, (2.3, 0.63)),
    all(Level::Basophils, Skewed, (0.6, 0.45)),
    all(Level::ImmatureGranulocytes, Skewed, (0.3, 0.45)),
    all(Level::Sodium, Even, (140.0, 1.9)),
    all(Level::Potassium, Even, (4.2, 0.36)),
    all(Level::Bicarbonate, Even, (25.5, 1.7)),
    // 8 to 16 mmol/L without potassium is the usual interval; ion-selective electrodes give less.
    all(Level::AnionGap, Even, (10.5, 1.7)),
    all(Level::Globulin, Even, (2.95, 0.34)),
    all(Level::Calcium, Even, (9.4, 0.33)),
    adult(Level::Alanine, Skewed, [(22.0, 0.42); 3], [(16.0, 0.42); 3]),
    adult(Level::Aspartate, Skewed, [(22.0, 0.28); 3], [(18.5, 0.28); 3]),
    all(Level::LactateDehydrogenase, Skewed, (170.0, 0.17)),
];

/// The middle of a level among children of 1, 2 to 5, 6 to 11 years, and boys and girls from 12.
// Blood counts: Dallman, in Rudolph's Pediatrics, as tabulated in the Harriet Lane Handbook;
// alkaline phosphatase: CALIPER (Colantonio et al, Clin Chem 2012;58:854); the rest from the
// catalog's intervals for children. Spreads are those of women of 20 to 39.
const CHILDREN: [(Level, [f64; 5]); 15] = [
    (Level::Leukocytes, [10.8, 9.2, 8.2, 7.8, 7.8]),
    (Level::RedCells, [4.5, 4.6, 4.6, 4.9, 4.6]),
    (Level::RedCellVolume, [78.0, 81.0, 86.0, 88.0, 90.0]),
    (Level::Platelets, [320.0, 305.0, 285.0, 260.0, 265.0]),
    (Level::Neutrophils, [33.0, 45.0, 53.0, 56.0, 57.0]),
    (Level::Lymphocytes, [58.0, 45.0, 37.0, 34.0, 33.0]),
    (Level::Creatinine, [0.30, 0.42, 0.53, 0.75, 0.68]),
    (Level::UreaNitrogen, [11.0, 12.0, 12.0, 12.0, 11.0]),
    (Level::Phosphatase, [240.0, 235.0, 255.0, 210.0, 115.0]),
    (Level::Albumin, [4.3, 4.4, 4.4, 4.4, 4.3]),
    (Level::Globulin, [2.2, 2.4, 2.6, 2.7, 2.8]),
    (Level::Bicarbonate, [22.5, 23.0, 23.5, 24.5, 24.5]),
    (Level::Glucose, [83.0, 84.0, 86.0, 87.0, 86.0]),
    (Level::Bilirubin, [0.35, 0.35, 0.40, 0.50, 0.45]),
    (Level::Aspartate, [36.0, 32.0, 28.0, 23.0, 20.0]),
];

/// The levels whose correlations are surveyed, in the order of the rows below.
const LINKED: [Level; 10] = [
    Level::Leukocytes,
    Level::RedCells,
    Level::RedCellVolume,
    Level::RedCellWidth,
    Level::Albumin,
    Level::Phosphatase,
    Level::UreaNitrogen,
    Level::Creatinine,
    Level::Glucose,
    Level::Bilirubin,
];

// Spearman's correlations, below the diagonal: NHANES 1999-2018, computed by us, the mean of men's
// and women's.
const CORRELATIONS: [&[f64]; 10] = [
    &[],
    &[0.15],
    &[-0.05, -0.46],
    &[0.05, 0.02, -0.29],
    &[-0.03, 0.17, 0.06, -0.27],
    &[0.15, 0.12, -0.06, 0.11, -0.13],
    &[0.0, -0.11, 0.07, 0.10, -0.05, 0.04],
    &[-0.03, -0.08, 0.065, 0.10, -0.08, -0.03, 0.35],
    &[0.045, -0.01, -0.01, 0.14, -0.17, 0.13, 0.155, 0.04],
    &[-0.14, 0.055, 0.125, -0.24, 0.19, -0.13, -0.04, 0.035, -0.05],
];

/// Pairs linked one to one: the first leads, the second follows with this correlation.
// White cell fractions: NHANES 1999-2018, computed by us. The others are our choice in the
// direction that textbooks give.
const FOLLOWING: [(Level, Level, f64); 7] = [
    (Level::Leukocytes, Level::Neutrophils, 0.38),
    (Level::Neutrophils, Level::Lymphocytes, -0.92),
    (Level::Leukocytes, Level::Monocytes, -0.32),
    (Level::Platelets, Level::PlateletVolume, -0.35),
    (Level::Alanine, Level::Aspartate, 0.70),
    (Level::Bicarbonate, Level::AnionGap, -0.60),
    (Level::Creatinine, Level::Potassium, 0.20),
];

/// What a person of this sex and age has when well.
pub(super) fn usual(sex: Sex, age_years: f64, chance: &mut Chance) -> Blood {
    let scores = scores(chance);
    let mut blood = Blood::from_levels(|level| {
        let adult = norm_of(level);
        let (middle, spread) = middle_and_spread(adult, sex, age_years);
        let score = scores[level as usize];
        match adult.shape {
            Even => {
                let other = middle * other_cv(level);
                middle + score * without(spread, other)
            }
            Skewed => middle * (score * without(spread, log_sd(other_cv(level)))).exp(),
        }
    });
    // Bound calcium goes with its albumin, 0.8 mg/dL for each g/dL (Payne et al, BMJ 1973;4:643).
    let bound = 0.8 * (blood.of(Level::Albumin) - 4.3);
    blood.plus(Level::Calcium, bound);
    blood
}

fn norm_of(level: Level) -> &'static Adult {
    let mut norms = SURVEYED.iter().chain(&FROM_INTERVALS);
    norms.find(|norm| norm.level == level).expect("every level has its norm")
}

fn middle_and_spread(adult: &Adult, sex: Sex, age_years: f64) -> Norm {
    let band = match age_years {
        age if age < 40.0 => 0,
        age if age < 60.0 => 1,
        _ => 2,
    };
    if age_years < 18.0 {
        let (middle, spread) = adult.women[0];
        return (child_middle(adult.level, sex, age_years).unwrap_or(middle), spread);
    }
    if sex == Sex::Male { adult.men[band] } else { adult.women[band] }
}

fn child_middle(level: Level, sex: Sex, age_years: f64) -> Option<f64> {
    let (_, middles) = CHILDREN.iter().find(|(child, _)| *child == level)?;
    let place = match age_years {
        age if age < 2.0 => 0,
        age if age < 6.0 => 1,
        age if age < 12.0 => 2,
        _ if sex == Sex::Male => 3,
        _ => 4,
    };
    Some(middles[place])
}

/// What is left of a spread when the part of other causes is taken off.
fn without(spread: f64, other: f64) -> f64 {
    // At least a third remains: no level is all noise.
    (spread * spread - other * other).max(spread * spread / 9.0).sqrt()
}

/// The variation that is not between people.
fn other_cv(level: Level) -> f64 {
    let measured = imprecision(match level {
        Level::RedCells => "RBC",
        Level::RedCellVolume => "MCV",
        Level::RedCellHemoglobin => "HGB",
        Level::Platelets => "PLT",
        Level::Sodium => "SOD",
        Level::Potassium => "K",
        Level::Calcium => "CA",
        Level::Glucose => "GLU",
        Level::Bilirubin => "TBIL",
        _ => "CO2",
    });
    within_cv(level).hypot(measured)
}

/// How a level varies in one healthy person from draw to draw.
// EFLM Biological Variation Database, medians of its meta-analyses; where it has none, Ricos et al
// 2014. White cell fractions, globulin, red cell hemoglobin and the gap: our choice.
pub(super) fn within_cv(level: Level) -> f64 {
    match level {
        Level::Sodium => 0.0055,
        Level::RedCellVolume => 0.0077,
        Level::RedCellHemoglobin => 0.006,
        Level::Calcium => 0.0181,
        Level::Albumin => 0.025,
        Level::RedCells => 0.0261,
        Level::Globulin => 0.03,
        Level::RedCellWidth => 0.035,
        Level::Potassium => 0.039,
        Level::Bicarbonate => 0.04,
        Level::PlateletVolume => 0.043,
        Level::LactateDehydrogenase => 0.0436,
        Level::Creatinine => 0.0439,
        Level::Glucose => 0.0467,
        Level::Phosphatase => 0.0525,
        Level::Platelets => 0.0726,
        Level::Neutrophils => 0.05,
        Level::Lymphocytes => 0.08,
        Level::Aspartate => 0.0858,
        Level::AnionGap => 0.08,
        Level::Leukocytes => 0.111,
        Level::Alanine => 0.1264,
        Level::UreaNitrogen => 0.1314,
        Level::Monocytes => 0.15,
        Level::Bilirubin => 0.2018,
        Level::Eosinophils | Level::Basophils | Level::ImmatureGranulocytes => 0.2,
    }
}

/// Pairs that move together from one draw of a person to the next: the first leads.
// Correlations of within-person residuals of 98 patients in intensive care, 1,863 complete draws
// of the MIMIC-IV clinical database demo 2.2 (PhysioNet, ODbL), computed by us. Chloride follows
// sodium, bicarbonate and the gap by electroneutrality and is not among them: what bicarbonate
// loses is taken by the gap as much as by chloride, so that both move with bicarbonate and sodium
// as they do there.
const MOVING_TOGETHER: [(Level, Level, f64); 5] = [
    (Level::Creatinine, Level::UreaNitrogen, 0.683),
    (Level::Creatinine, Level::Potassium, 0.194),
    (Level::Creatinine, Level::Bicarbonate, -0.254),
    (Level::Bicarbonate, Level::AnionGap, -0.60),
    (Level::Leukocytes, Level::Platelets, 0.268),
];

/// What a draw differs from the person's own level, as standard normal scores.
pub(super) fn moves(chance: &mut Chance) -> [f64; Level::ALL.len()] {
    let mut scores = Level::ALL.map(|_| chance.normal());
    follow(&MOVING_TOGETHER, &mut scores);
    scores
}

/// Makes followers go with their leaders.
fn follow(pairs: &[(Level, Level, f64)], scores: &mut [f64; Level::ALL.len()]) {
    for (leader, follower, correlation) in pairs {
        let led = correlation * scores[*leader as usize];
        let own = (1.0 - correlation * correlation).sqrt() * scores[*follower as usize];
        scores[*follower as usize] = led + own;
    }
}

/// Standard normal scores of every level, correlated.
fn scores(chance: &mut Chance) -> [f64; Level::ALL.len()] {
    let mut scores = Level::ALL.map(|_| chance.normal());
    let free = LINKED.map(|level| scores[level as usize]);
    for (row, level) in FACTOR.iter().zip(LINKED) {
        scores[level as usize] = row.iter().zip(free).map(|(weight, score)| weight * score).sum();
    }
    follow(&FOLLOWING, &mut scores);
    scores
}

/// The lower triangle, worked out once.
static FACTOR: LazyLock<[[f64; 10]; 10]> = LazyLock::new(factor);

/// The lower triangle whose product with its transpose is the matrix of correlations (Cholesky).
fn factor() -> [[f64; 10]; 10] {
    let mut lower = [[0.0; 10]; 10];
    for row in 0..10 {
        for column in 0..=row {
            let done: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            lower[row][column] = if row == column {
                (1.0_f64 - done).sqrt()
            } else {
                // Spearman's correlation of a normal pair to Pearson's.
                let pearson = 2.0 * (std::f64::consts::PI / 6.0 * CORRELATIONS[row][column]).sin();
                (pearson - done) / lower[column][column]
            };
        }
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_correlations_are_possible() {
        assert!(factor().iter().flatten().all(|weight| weight.is_finite()));
    }

    #[test]
    fn every_level_has_one_norm() {
        for level in Level::ALL {
            let norms = SURVEYED.iter().chain(&FROM_INTERVALS);
            assert_eq!(norms.filter(|norm| norm.level == level).count(), 1, "{level:?}");
        }
    }
}
