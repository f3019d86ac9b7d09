//! The levels a person's blood is described by, and what follows from them.
//!
//! What must stay true: only what is independent is kept; hemoglobin, hematocrit, chloride and
//! protein are always worked out, so they can never disagree with what they follow from.

/// One independent level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// White cells, 10*3/uL.
    Leukocytes,
    /// Red cells, 10*6/uL.
    RedCells,
    /// Mean red cell volume, fL.
    RedCellVolume,
    /// Hemoglobin in the red cells, g/dL.
    RedCellHemoglobin,
    /// Width of the red cell distribution, CV in percent.
    RedCellWidth,
    /// Platelets, 10*3/uL.
    Platelets,
    /// Mean platelet volume, fL.
    PlateletVolume,
    /// Neutrophils, percent of white cells. The five kinds need not sum to a hundred here; what is
    /// measured does.
    Neutrophils,
    /// Lymphocytes, percent.
    Lymphocytes,
    /// Monocytes, percent.
    Monocytes,
    /// Eosinophils, percent.
    Eosinophils,
    /// Basophils, percent.
    Basophils,
    /// Immature granulocytes, percent.
    ImmatureGranulocytes,
    /// Sodium, mmol/L.
    Sodium,
    /// Potassium, mmol/L.
    Potassium,
    /// Total carbon dioxide, mmol/L.
    Bicarbonate,
    /// Anion gap without potassium, mmol/L.
    AnionGap,
    /// Urea nitrogen, mg/dL.
    UreaNitrogen,
    /// Creatinine, mg/dL.
    Creatinine,
    /// Glucose, mg/dL.
    Glucose,
    /// Total calcium, mg/dL.
    Calcium,
    /// Albumin, g/dL.
    Albumin,
    /// Protein that is not albumin, g/dL.
    Globulin,
    /// Total bilirubin, mg/dL.
    Bilirubin,
    /// Alkaline phosphatase, U/L.
    Phosphatase,
    /// Alanine aminotransferase, U/L.
    Alanine,
    /// Aspartate aminotransferase, U/L.
    Aspartate,
    /// Lactate dehydrogenase, U/L.
    LactateDehydrogenase,
}

impl Level {
    /// Every level.
    pub const ALL: [Level; 28] = [
        Level::Leukocytes,
        Level::RedCells,
        Level::RedCellVolume,
        Level::RedCellHemoglobin,
        Level::RedCellWidth,
        Level::Platelets,
        Level::PlateletVolume,
        Level::Neutrophils,
        Level::Lymphocytes,
        Level::Monocytes,
        Level::Eosinophils,
        Level::Basophils,
        Level::ImmatureGranulocytes,
        Level::Sodium,
        Level::Potassium,
        Level::Bicarbonate,
        Level::AnionGap,
        Level::UreaNitrogen,
        Level::Creatinine,
        Level::Glucose,
        Level::Calcium,
        Level::Albumin,
        Level::Globulin,
        Level::Bilirubin,
        Level::Phosphatase,
        Level::Alanine,
        Level::Aspartate,
        Level::LactateDehydrogenase,
    ];
}

/// Everything that is in the blood, as it truly is.
#[derive(Clone, Debug, PartialEq)]
pub struct Blood {
    levels: [f64; Level::ALL.len()],
}

impl Blood {
    /// Blood whose levels are what the function says of each.
    pub fn from_levels(of: impl FnMut(Level) -> f64) -> Blood {
        Blood { levels: Level::ALL.map(of) }
    }

    /// A level, in its unit.
    #[must_use]
    pub fn of(&self, level: Level) -> f64 {
        self.levels[level as usize]
    }

    /// Sets a level; nothing falls below zero.
    pub fn set(&mut self, level: Level, value: f64) {
        self.levels[level as usize] = value.max(0.0);
    }

    /// Multiplies a level.
    pub fn times(&mut self, level: Level, factor: f64) {
        self.set(level, self.of(level) * factor);
    }

    /// Adds to a level.
    pub fn plus(&mut self, level: Level, amount: f64) {
        self.set(level, self.of(level) + amount);
    }

    /// Hemoglobin, g/dL.
    #[must_use]
    pub fn hemoglobin(&self) -> f64 {
        self.hematocrit() * self.of(Level::RedCellHemoglobin) / 100.0
    }

    /// Hematocrit, percent.
    #[must_use]
    pub fn hematocrit(&self) -> f64 {
        self.of(Level::RedCells) * self.of(Level::RedCellVolume) / 10.0
    }

    /// Chloride, mmol/L: what sodium, bicarbonate and the gap leave.
    #[must_use]
    pub fn chloride(&self) -> f64 {
        self.of(Level::Sodium) - self.of(Level::Bicarbonate) - self.of(Level::AnionGap)
    }

    /// Total protein, g/dL.
    #[must_use]
    pub fn protein(&self) -> f64 {
        self.of(Level::Albumin) + self.of(Level::Globulin)
    }

    /// The two bloods mixed: `share` of the other, from 0 to 1.
    #[must_use]
    pub fn toward(&self, other: &Blood, share: f64) -> Blood {
        Blood::from_levels(|level| self.of(level) * (1.0 - share) + other.of(level) * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_its_own_place() {
        for (place, level) in Level::ALL.into_iter().enumerate() {
            assert_eq!(level as usize, place, "{level:?}");
        }
    }
}
