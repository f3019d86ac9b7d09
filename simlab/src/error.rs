//! What goes wrong with tubes, planted on purpose and recorded, so that one can ask afterward
//! which faults the laboratory caught.
//!
//! What must stay true: a fault changes what the instrument finds and never the patient; every
//! planted fault is named in the plan of the day.

use crate::chance::Chance;
use crate::physiology::{Blood, Level};

/// A fault of one tube.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Red cells broke while the blood was drawn; potassium, LD and AST are falsely high.
    Hemolysis {
        /// Free hemoglobin in mg/dL, as the instrument's hemolysis index has it.
        index: u16,
    },
    /// The additive of a lavender tube got in: much potassium, hardly any calcium.
    EdtaContamination,
    /// Drawn above a running saline infusion.
    SalineContamination,
    /// Drawn above a running dextrose infusion.
    DextroseContamination,
    /// The label is another patient's: two tubes were exchanged.
    MixUp {
        /// The order in the same plan whose blood is in this tube.
        with: u32,
    },
    /// Platelets clumped; the count is falsely low and the instrument says so.
    PlateletClumps,
    /// Too little in the tube: the instrument gives no value.
    ShortSample,
}

impl Fault {
    /// The fault's name in reports and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Fault::Hemolysis { .. } => "hemolysis",
            Fault::EdtaContamination => "EDTA contamination",
            Fault::SalineContamination => "saline contamination",
            Fault::DextroseContamination => "dextrose contamination",
            Fault::MixUp { .. } => "mix-up",
            Fault::PlateletClumps => "platelet clumps",
            Fault::ShortSample => "short sample",
        }
    }

    /// What is in the tube when this happened to the blood on its way there.
    #[must_use]
    pub fn spoil(self, blood: &Blood, chance: &mut Chance) -> Blood {
        let mut spoiled = blood.clone();
        match self {
            Fault::Hemolysis { index } => hemolyze(&mut spoiled, f64::from(index)),
            Fault::EdtaContamination => contaminate_with_edta(&mut spoiled, chance),
            // Sodium chloride injection 0.9 % USP: 154 mmol/L of each.
            Fault::SalineContamination => thin(&mut spoiled, chance.between(0.2, 0.5), 154.0, 0.0),
            // Dextrose injection 5 % USP: 5,000 mg/dL.
            Fault::DextroseContamination => {
                thin(&mut spoiled, chance.between(0.1, 0.35), 0.0, 5000.0);
            }
            Fault::PlateletClumps => {
                spoiled.times(Level::Platelets, chance.between(0.25, 0.6));
                spoiled.times(Level::PlateletVolume, 1.1);
                spoiled.times(Level::Leukocytes, 1.04);
            }
            Fault::MixUp { .. } | Fault::ShortSample => {}
        }
        spoiled
    }
}

fn hemolyze(blood: &mut Blood, index: f64) {
    // Potassium rises by 0.3 to 0.5 mmol/L for each 100 mg/dL of free hemoglobin (interference
    // tables of current analyzers).
    blood.plus(Level::Potassium, 0.4 * index / 100.0);
    // Our choice: red cells hold some 40 times the AST of plasma.
    blood.plus(Level::Aspartate, 14.0 * index / 100.0);
    // Red cells hold some 160 times the LD of plasma (Tietz); 100 mg/dL of free hemoglobin are
    // 0.3 % of their volume at 33 g/dL inside: 170 U/L times 160 times 0.003.
    blood.plus(Level::LactateDehydrogenase, 82.0 * index / 100.0);
}

fn contaminate_with_edta(blood: &mut Blood, chance: &mut Chance) {
    let share = chance.between(0.55, 1.0);
    // A gross contamination reads potassium near 14 mmol/L, calcium near 2 mg/dL and alkaline
    // phosphatase near 8 U/L (the catalog's rejection example).
    blood.plus(Level::Potassium, 9.8 * share);
    blood.times(Level::Calcium, 1.0 - 0.78 * share);
    blood.times(Level::Phosphatase, 1.0 - 0.88 * share);
}

/// Thins blood with `share` of a fluid that holds this much sodium (and as much chloride) in
/// mmol/L and glucose in mg/dL.
fn thin(blood: &mut Blood, share: f64, sodium: f64, glucose: f64) {
    let unchanged = [
        Level::RedCellVolume,
        Level::RedCellHemoglobin,
        Level::RedCellWidth,
        Level::PlateletVolume,
        Level::Neutrophils,
        Level::Lymphocytes,
        Level::Monocytes,
        Level::Eosinophils,
        Level::Basophils,
        Level::ImmatureGranulocytes,
    ];
    // The gap thins like everything else, and sodium and chloride of the fluid cancel in it.
    for level in Level::ALL {
        if !unchanged.contains(&level) {
            blood.times(level, 1.0 - share);
        }
    }
    blood.plus(Level::Sodium, share * sodium);
    blood.plus(Level::Glucose, share * glucose);
}

/// How often each fault happens, as a share of tubes (of draws, for contamination by a fluid).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Hemolysis of a serum tube.
    pub hemolysis: f64,
    /// EDTA in a serum tube.
    pub edta: f64,
    /// Saline in a draw.
    pub saline: f64,
    /// Dextrose in a draw.
    pub dextrose: f64,
    /// Tubes exchanged with another patient's.
    pub mix_up: f64,
    /// Platelet clumps in a lavender tube.
    pub clumps: f64,
    /// Too little in a tube.
    pub short: f64,
}

impl Rates {
    /// A day on which nothing goes wrong.
    #[must_use]
    pub const fn none() -> Rates {
        Rates {
            hemolysis: 0.0,
            edta: 0.0,
            saline: 0.0,
            dextrose: 0.0,
            mix_up: 0.0,
            clumps: 0.0,
            short: 0.0,
        }
    }

    /// As often as in a real hospital.
    #[must_use]
    pub const fn usual() -> Rates {
        Rates {
            // Two in a hundred is the benchmark of the American Society for Clinical Pathology.
            hemolysis: 0.02,
            // Contamination patterns show in some 0.3 to 0.6 % of panels (Yang et al 2024).
            edta: 0.001,
            saline: 0.001,
            dextrose: 0.001,
            // Wrong blood in tube: about one in 3,000 (transfusion surveys).
            mix_up: 1.0 / 3000.0,
            // Platelet clumping by EDTA: about one in 1,000 counts.
            clumps: 0.001,
            // Our choice.
            short: 0.005,
        }
    }

    /// So often that a day of some hundred tubes shows most faults once: for teaching.
    #[must_use]
    pub const fn teaching() -> Rates {
        Rates {
            hemolysis: 0.05,
            edta: 0.01,
            saline: 0.008,
            dextrose: 0.008,
            mix_up: 0.006,
            clumps: 0.015,
            short: 0.01,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patient::Patient;
    use crate::physiology::{Draw, blood, measure};

    fn spoiled(fault: Fault, code: &str) -> (f64, f64) {
        let patient = Patient::new(1, 4);
        let clean = blood(1, &patient, Draw { number: 1, hours: 0.0 });
        let spoiled = fault.spoil(&clean, &mut Chance::new(3));
        let read = |blood: &Blood| {
            let values = measure(blood, &mut Chance::new(9));
            values[&code.into()].to_string().parse::<f64>().expect("a number")
        };
        (read(&clean), read(&spoiled))
    }

    #[test]
    fn each_fault_shows_where_it_should() {
        let hemolysis = Fault::Hemolysis { index: 250 };
        let (clean, high) = spoiled(hemolysis, "K");
        assert!((0.8..1.3).contains(&(high - clean)), "{clean} {high}");
        let (clean, high) = spoiled(hemolysis, "LD");
        assert!((150.0..260.0).contains(&(high - clean)), "{clean} {high}");
        let (clean, high) = spoiled(hemolysis, "AST");
        assert!((25.0..45.0).contains(&(high - clean)), "{clean} {high}");
        assert_eq!(spoiled(hemolysis, "SOD").0, spoiled(hemolysis, "SOD").1);
        assert!(spoiled(Fault::EdtaContamination, "K").1 > 9.0);
        assert!(spoiled(Fault::EdtaContamination, "CA").1 < 6.0);
        assert!(spoiled(Fault::EdtaContamination, "ALP").1 < 50.0);
        let (clean, high) = spoiled(Fault::SalineContamination, "CL");
        assert!(high > clean + 5.0, "{clean} {high}");
        assert!(spoiled(Fault::SalineContamination, "CA").1 < 8.0);
        assert!(spoiled(Fault::DextroseContamination, "GLU").1 > 500.0);
        let (clean, low) = spoiled(Fault::PlateletClumps, "PLT");
        assert!(low < 0.7 * clean, "{clean} {low}");
        let (clean, same) = spoiled(Fault::ShortSample, "PLT");
        assert_eq!(clean, same);
    }
}
