//! The values of simulated people against arithmetic, plausibility and published quantiles.

use std::path::PathBuf;
use std::sync::LazyLock;

use lab::value::Sex;
use simlab::chance::Chance;
use simlab::patient::Patient;
use simlab::physiology::{Condition, Draw, Values, blood, measure};

fn values(patient: &Patient, draw: u64, hours: f64) -> Values {
    let blood = blood(1, patient, Draw { number: draw, hours });
    measure(&blood, &mut Chance::of(1, "test", draw))
}

fn read(values: &Values, code: &str) -> f64 {
    values[&code.into()].to_string().parse().expect("a number")
}

/// People and what was found in their first draw.
static PEOPLE: LazyLock<Vec<(Patient, Values)>> = LazyLock::new(|| {
    let with_values = |patient: Patient| {
        let values = values(&patient, patient.number, 0.0);
        (patient, values)
    };
    (0..24_000).map(|number| with_values(Patient::new(1, number))).collect()
});

fn people() -> impl Iterator<Item = &'static (Patient, Values)> {
    PEOPLE.iter().take(4000)
}

/// The `share` quantile of values.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

#[test]
fn red_cell_figures_obey_their_arithmetic() {
    for (_, values) in people() {
        let of = |code| read(values, code);
        // What rounding to the decimals sent allows.
        let near = |a: f64, b: f64, off: f64| {
            assert!((a - b).abs() < off, "{a} is not {b}: {values:?}");
        };
        near(of("HCT"), of("RBC") * of("MCV") / 10.0, 0.06 + of("HCT") * 0.004);
        near(of("MCH"), of("HGB") / of("RBC") * 10.0, 0.06 + of("MCH") * 0.01);
        near(of("MCHC"), of("HGB") / of("HCT") * 100.0, 0.06 + of("MCHC") * 0.01);
        let shares = ["NEUTP", "LYMPHP", "MONOP", "EOSP", "BASOP"];
        near(shares.iter().map(|code| of(code)).sum(), 100.0, 0.3);
        near(of("NEUTA"), of("WBC") * of("NEUTP") / 100.0, 0.02 + of("WBC") * 0.08);
    }
}

#[test]
fn the_anion_gap_is_plausible() {
    let mut gaps: Vec<f64> = Vec::new();
    for (patient, values) in people() {
        let gap = read(values, "SOD") - read(values, "CL") - read(values, "CO2");
        match patient.condition {
            Condition::Ketoacidosis => assert!(gap > 15.0, "{gap}"),
            Condition::Well if patient.age_years >= 18.0 => gaps.push(gap),
            _ => {}
        }
    }
    assert!((9.0..12.0).contains(&quantile(&mut gaps, 0.5)));
    assert!(quantile(&mut gaps, 0.01) > 3.0 && quantile(&mut gaps, 0.99) < 18.0);
}

#[test]
fn nobody_has_what_nobody_can_have() {
    let catalog = lab::catalog::Catalog::starter().expect("the starter catalog loads");
    for (patient, values) in people() {
        for (code, &value) in values {
            let test = catalog.test(code.as_str()).expect("a test of the catalog");
            let Some(plausible) = &test.plausible else { continue };
            let holds = plausible.low <= value && value <= plausible.high;
            assert!(holds, "{code} {value} of {patient:?}");
        }
    }
}

#[test]
fn the_sick_differ_from_the_well_where_they_should() {
    let median = |condition: Condition, code: &str| {
        let mut found: Vec<f64> = people()
            .filter(|(patient, _)| patient.condition == condition && patient.age_years >= 18.0)
            .map(|(_, values)| read(values, code))
            .collect();
        assert!(found.len() > 20, "{} with {condition:?}", found.len());
        quantile(&mut found, 0.5)
    };
    for (condition, code, factor) in [
        (Condition::Anemia, "HGB", 0.85),
        (Condition::Anemia, "MCV", 0.93),
        (Condition::Anemia, "RDW", 1.1),
        (Condition::KidneyDisease, "CREA", 1.7),
        (Condition::KidneyDisease, "BUN", 1.6),
        (Condition::Infection, "WBC", 1.5),
        (Condition::Infection, "NEUTP", 1.2),
        (Condition::Ketoacidosis, "GLU", 4.0),
        (Condition::Ketoacidosis, "CO2", 0.6),
        (Condition::Thrombocytopenia, "PLT", 0.6),
        (Condition::Hyperkalemia, "K", 1.3),
        (Condition::Diabetes, "GLU", 1.5),
    ] {
        let found = median(condition, code) / median(Condition::Well, code);
        let far_enough = if factor < 1.0 { found < factor } else { found > factor };
        assert!(far_enough, "{condition:?} {code}: {found:.2} of the well, {factor} expected");
    }
}

#[test]
fn the_acute_fades_and_the_chronic_stays() {
    let with = |condition| {
        let mut people = people();
        let found = people.find(|(p, _)| p.condition == condition && p.age_years > 18.0);
        found.map(|(patient, _)| patient).expect("somebody")
    };
    let acute = with(Condition::Ketoacidosis);
    let at = |patient: &Patient, hours| read(&values(patient, 7, hours), "GLU");
    assert!(at(acute, 0.0) > 2.0 * at(acute, 30.0));
    let chronic = with(Condition::Diabetes);
    assert_eq!(at(chronic, 0.0), at(chronic, 30.0));
}

#[test]
fn two_draws_of_one_person_are_closer_than_two_people() {
    for (code, times) in [("MCV", 3.0), ("PLT", 1.5), ("CREA", 1.5), ("ALP", 2.5), ("WBC", 1.2)] {
        let well = people().filter(|(patient, _)| patient.condition == Condition::Well);
        let well: Vec<&(Patient, Values)> = well.take(800).collect();
        let off = |a: f64, b: f64| (a / b).ln().abs();
        let mut within = Vec::new();
        let mut between = Vec::new();
        for pair in well.windows(2) {
            let [one, other] = pair else { continue };
            let first = read(&one.1, code);
            let again = values(&one.0, one.0.number + 1_000_000, 24.0);
            within.push(off(first, read(&again, code)));
            between.push(off(first, read(&other.1, code)));
        }
        let (within, between) = (quantile(&mut within, 0.5), quantile(&mut between, 0.5));
        assert!(between > times * within, "{code}: {within:.3} within, {between:.3} between");
    }
}

#[test]
fn urea_goes_with_creatinine_and_red_cells_against_their_volume() {
    let scores: Vec<[f64; 4]> = people()
        .filter(|(p, _)| p.condition == Condition::Well && p.sex == Sex::Male)
        .filter(|(p, _)| (20.0..40.0).contains(&p.age_years))
        .map(|(_, values)| ["BUN", "CREA", "RBC", "MCV"].map(|code| read(values, code).ln()))
        .collect();
    let correlation = |a: usize, b: usize| {
        let mean = |i: usize| scores.iter().map(|s| s[i]).sum::<f64>() / scores.len() as f64;
        let (mean_a, mean_b) = (mean(a), mean(b));
        let sum = |f: &dyn Fn(&[f64; 4]) -> f64| scores.iter().map(f).sum::<f64>();
        let both = sum(&|s| (s[a] - mean_a) * (s[b] - mean_b));
        let of_a = sum(&|s| (s[a] - mean_a).powi(2));
        let of_b = sum(&|s| (s[b] - mean_b).powi(2));
        both / (of_a * of_b).sqrt()
    };
    assert!((0.1..0.5).contains(&correlation(0, 1)), "{}", correlation(0, 1));
    assert!((-0.65..-0.2).contains(&correlation(2, 3)), "{}", correlation(2, 3));
}

/// Where reference collections lie, if they do.
fn quantile_file() -> Option<String> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    let folder = std::env::var_os("MENISCUS_REFERENCE").map_or_else(beside, PathBuf::from);
    std::fs::read_to_string(folder.join("quality/nhanes_quantiles_by_sex_age.csv")).ok()
}

/// The survey's analyte, our code, and what its unit is to be multiplied with.
const SURVEYED: [(&str, &str, f64); 12] = [
    ("wbc", "WBC", 1.0),
    ("rbc", "RBC", 1.0),
    ("hct", "HCT", 1.0),
    ("mcv", "MCV", 1.0),
    ("rdw", "RDW", 1.0),
    ("neut", "NEUTP", 1.0),
    ("lymph", "LYMPHP", 1.0),
    ("albumin_gL", "ALB", 0.1),
    ("alp", "ALP", 1.0),
    ("bun", "BUN", 1.0),
    ("creat_umol", "CREA", 1.0 / 88.42),
    ("ttbl", "TBIL", 1.0),
];

/// Values of the well adults of one sex and age band who come from clinics.
fn well(sex: Sex, ages: std::ops::Range<f64>) -> Vec<&'static Values> {
    PEOPLE
        .iter()
        .filter(|(p, _)| p.sex == sex && ages.contains(&p.age_years) && !p.ward.stays)
        .filter(|(p, _)| p.condition == Condition::Well)
        .map(|(_, values)| values)
        .collect()
}

#[test]
fn adults_lie_within_published_quantiles() {
    let Some(file) = quantile_file() else {
        println!("NOT RUN: quality/nhanes_quantiles_by_sex_age.csv is not there");
        return;
    };
    let mut compared = 0;
    for (letter, sex) in [("M", Sex::Male), ("F", Sex::Female)] {
        for (band, ages) in [("20-39", 20.0..40.0), ("40-59", 40.0..60.0), ("60-85", 60.0..86.0)] {
            let people = well(sex, ages);
            let rows = file.lines().filter(|line| line.starts_with(&format!("{letter},{band},")));
            compared += rows.map(|row| compare(row, &people)).sum::<usize>();
        }
    }
    assert_eq!(compared, SURVEYED.len() * 6 * 3);
}

/// Compares one row of the survey; how many quantiles were compared.
fn compare(row: &str, people: &[&Values]) -> usize {
    let cells: Vec<&str> = row.split(',').collect();
    let surveyed = SURVEYED.iter().find(|(analyte, ..)| *analyte == cells[2]);
    let Some((_, code, unit)) = surveyed else { return 0 };
    let mut found: Vec<f64> = people.iter().map(|values| read(values, code)).collect();
    // Columns: p5 the tenth, p50 the twelfth, p95 the fourteenth. The tails of the survey hold the
    // sick, so they may lie further out.
    for (share, column, off) in [(0.05, 9, 0.20), (0.5, 11, 0.06), (0.95, 13, 0.15)] {
        let published = cells[column].parse::<f64>().expect("a quantile") * unit;
        let ours = quantile(&mut found, share);
        let allowed = off * published + 0.06;
        let near = (ours - published).abs() < allowed;
        assert!(near, "{code} p{share} of {row}: {ours:.2}, published {published:.2}");
    }
    3
}
