//! What ails people, as far as a blood count and a metabolic panel show it.
//!
//! The sizes of the effects are our choice: at full severity they reach the critical limits that
//! the catalog starts with, at little they stay near the reference interval. Directions are those
//! of any textbook of laboratory medicine.
//!
//! What must stay true: what is acute fades toward the person's own usual level with the hours;
//! what is chronic stays.

use super::level::{Blood, Level};

/// What ails a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing that blood shows.
    Well,
    /// Iron deficiency: few, small and pale red cells of uneven size.
    Anemia,
    /// Chronic kidney disease.
    KidneyDisease,
    /// A bacterial infection.
    Infection,
    /// Diabetic ketoacidosis.
    Ketoacidosis,
    /// Few platelets.
    Thrombocytopenia,
    /// Much potassium, truly in the blood.
    Hyperkalemia,
    /// Diabetes, badly controlled.
    Diabetes,
}

impl Condition {
    /// The blood of a person who would have `well` without the illness, `hours` after being first
    /// seen. `severity` is from 0 to 1.
    #[must_use]
    pub fn ail(self, well: &Blood, severity: f64, hours: f64) -> Blood {
        let mut sick = well.clone();
        match self {
            Condition::Well => return sick,
            Condition::Anemia => anemia(&mut sick, severity),
            Condition::KidneyDisease => kidney_disease(&mut sick, severity),
            Condition::Infection => infection(&mut sick, severity),
            Condition::Ketoacidosis => ketoacidosis(&mut sick, severity),
            Condition::Thrombocytopenia => thrombocytopenia(&mut sick, severity),
            Condition::Hyperkalemia => hyperkalemia(&mut sick, severity),
            Condition::Diabetes => sick.times(Level::Glucose, 1.4 + 1.3 * severity),
        }
        well.toward(&sick, self.remaining(hours))
    }

    /// What is left of the illness after some hours of treatment, from 1 to 0.
    fn remaining(self, hours: f64) -> f64 {
        let fading_hours = match self {
            Condition::Ketoacidosis => 12.0,
            Condition::Hyperkalemia => 8.0,
            Condition::Infection => 72.0,
            _ => return 1.0,
        };
        (-hours.max(0.0) / fading_hours).exp()
    }
}

fn anemia(blood: &mut Blood, severity: f64) {
    let much = 0.3 + 0.7 * severity;
    blood.times(Level::RedCells, 1.0 - 0.28 * much);
    blood.times(Level::RedCellVolume, 1.0 - 0.22 * much);
    blood.times(Level::RedCellHemoglobin, 1.0 - 0.07 * much);
    blood.times(Level::RedCellWidth, 1.0 + 0.40 * much);
    blood.times(Level::Platelets, 1.0 + 0.25 * much);
}

fn kidney_disease(blood: &mut Blood, severity: f64) {
    blood.times(Level::Creatinine, 1.5 + 7.0 * severity * severity);
    blood.times(Level::UreaNitrogen, 1.4 + 3.0 * severity);
    blood.plus(Level::Potassium, 0.2 + 0.9 * severity);
    blood.plus(Level::Bicarbonate, -5.0 * severity);
    blood.plus(Level::AnionGap, 4.0 * severity);
    blood.plus(Level::Calcium, -0.7 * severity);
    blood.plus(Level::Albumin, -0.3 * severity);
    blood.times(Level::RedCells, 0.96 - 0.22 * severity);
}

fn infection(blood: &mut Blood, severity: f64) {
    blood.times(Level::Leukocytes, 1.3 + 1.7 * severity);
    let neutrophils = blood.of(Level::Neutrophils);
    blood.set(Level::Neutrophils, neutrophils + (92.0 - neutrophils) * (0.4 + 0.6 * severity));
    blood.times(Level::Lymphocytes, 0.55 - 0.40 * severity);
    blood.times(Level::Eosinophils, 0.3);
    blood.times(Level::ImmatureGranulocytes, 1.5 + 9.0 * severity);
    blood.plus(Level::Albumin, -0.2 - 0.7 * severity);
    // Bound calcium goes with its albumin, 0.8 mg/dL for each g/dL (Payne et al, BMJ 1973;4:643).
    blood.plus(Level::Calcium, -0.8 * (0.2 + 0.7 * severity));
    blood.times(Level::Glucose, 1.15);
    blood.times(Level::UreaNitrogen, 1.1 + 0.6 * severity);
    blood.times(Level::Creatinine, 1.0 + 0.6 * severity);
    blood.plus(Level::Bicarbonate, -5.0 * severity);
    blood.plus(Level::AnionGap, 4.5 * severity);
    blood.plus(Level::Sodium, -3.0 * severity);
}

fn ketoacidosis(blood: &mut Blood, severity: f64) {
    blood.set(Level::Glucose, 330.0 + 450.0 * severity);
    blood.set(Level::Bicarbonate, 16.0 - 10.0 * severity);
    blood.set(Level::AnionGap, 20.0 + 12.0 * severity);
    // Water follows glucose out of the cells and thins sodium, 1.6 mmol/L for each 100 mg/dL
    // (Katz, N Engl J Med 1973;289:843).
    blood.plus(Level::Sodium, -0.016 * (230.0 + 450.0 * severity));
    blood.plus(Level::Potassium, 0.5 + 0.9 * severity);
    blood.times(Level::UreaNitrogen, 1.7);
    blood.times(Level::Creatinine, 1.4);
    blood.times(Level::Leukocytes, 1.5);
}

fn thrombocytopenia(blood: &mut Blood, severity: f64) {
    blood.times(Level::Platelets, 0.5 - 0.46 * severity);
    blood.times(Level::PlateletVolume, 1.08);
    blood.times(Level::Leukocytes, 0.8 - 0.4 * severity);
    blood.times(Level::RedCells, 0.92);
}

fn hyperkalemia(blood: &mut Blood, severity: f64) {
    blood.set(Level::Potassium, 5.8 + 1.3 * severity);
    blood.times(Level::Creatinine, 1.8);
    blood.times(Level::UreaNitrogen, 1.6);
    blood.plus(Level::Bicarbonate, -3.0);
    blood.plus(Level::AnionGap, 1.0);
}
