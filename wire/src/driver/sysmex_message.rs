//! The messages by which a Sysmex hematology analyzer doubts a specimen, and the parameters that
//! each of them is about.
//!
//! What must stay true: a message that does not stand here is about the whole specimen; one that
//! does is about every parameter that the maker marks as doubtful with it, and never about fewer.

/// Red cells and what is reckoned from them.
const RED: &[&str] = &["RBC", "HCT", "MCV", "MCH", "MCHC", "RDW-SD", "RDW-CV"];

/// Hemoglobin and what is reckoned from it.
const HEMOGLOBIN: &[&str] = &["HGB", "MCH", "MCHC"];

/// Red cells with hemoglobin.
const RED_AND_HEMOGLOBIN: &[&str] =
    &["RBC", "HGB", "HCT", "MCV", "MCH", "MCHC", "RDW-SD", "RDW-CV"];

/// Platelets.
const PLATELETS: &[&str] = &["PLT", "MPV", "PDW", "P-LCR", "PCT", "IPF", "IPF#"];

/// Fragments of red cells are counted as platelets.
const RED_AND_PLATELETS: &[&str] = &[
    "RBC", "HCT", "MCV", "MCH", "MCHC", "RDW-SD", "RDW-CV", "PLT", "MPV", "PDW", "P-LCR", "PCT",
    "IPF", "IPF#",
];

/// White cells and their differential.
const WHITE: &[&str] = &[
    "WBC", "NEUT#", "NEUT%", "LYMPH#", "LYMPH%", "MONO#", "MONO%", "EO#", "EO%", "BASO#", "BASO%",
    "IG#", "IG%", "NRBC#", "NRBC%",
];

/// Clumps of platelets are missed as platelets and counted as white cells.
const WHITE_AND_PLATELETS: &[&str] = &[
    "WBC", "NEUT#", "NEUT%", "LYMPH#", "LYMPH%", "MONO#", "MONO%", "EO#", "EO%", "BASO#", "BASO%",
    "IG#", "IG%", "NRBC#", "NRBC%", "PLT", "MPV", "PDW", "P-LCR", "PCT", "IPF", "IPF#",
];

/// What a message is about.
// Sysmex SF-3000 Operator's Manual (1997) table 4-1, data to which an asterisk is affixed, and
// tables 4-2 to 4-4, which messages are of white cells, red cells and platelets; XN messages that
// the table does not have (fragments, iron deficiency, HGB defect) by their group, which is wider.
const MESSAGES: &[(&str, &[&str])] = &[
    ("RBC_Agglutination?", RED),
    ("Turbidity/HGB_Interference?", HEMOGLOBIN),
    ("Iron_Deficiency?", RED_AND_HEMOGLOBIN),
    ("HGB_Defect?", RED_AND_HEMOGLOBIN),
    ("Fragments?", RED_AND_PLATELETS),
    ("PLT_Clumps?", WHITE_AND_PLATELETS),
    ("Blasts?", WHITE),
    ("Blasts/Abn_Lympho?", WHITE),
    ("Abn_Lympho?", WHITE),
    ("Atypical_Lympho?", WHITE),
    ("Left_Shift?", WHITE),
    ("Immature_Gran?", WHITE),
    ("NRBC?", WHITE),
    ("Positive_Diff", WHITE),
    ("Eosinophilia", WHITE),
    ("Basophilia", WHITE),
    ("Monocytosis", WHITE),
    ("Neutropenia", WHITE),
    ("Neutrophilia", WHITE),
    ("Lymphopenia", WHITE),
    ("Lymphocytosis", WHITE),
    ("Leukocytopenia", WHITE),
    ("Leukocytosis", WHITE),
    ("Anemia", RED_AND_HEMOGLOBIN),
    ("Erythrocytosis", RED_AND_HEMOGLOBIN),
    ("Thrombocytopenia", PLATELETS),
    ("Thrombocytosis", PLATELETS),
];

/// The codes that a message is about; none is about all.
pub(super) fn concerns(message: &str) -> &'static [&'static str] {
    let known = MESSAGES.iter().find(|(name, _)| *name == message);
    known.map_or(&[], |(_, codes)| codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_about_what_the_maker_marks_with_it() {
        for (message, doubted, sound) in [
            ("PLT_Clumps?", &["PLT", "MPV", "WBC", "NEUT#"][..], &["HGB", "RBC"][..]),
            ("RBC_Agglutination?", &["RBC", "HCT", "MCHC"], &["WBC", "PLT", "HGB"]),
            ("Turbidity/HGB_Interference?", &["HGB", "MCH", "MCHC"], &["WBC", "PLT", "RBC"]),
            ("Blasts/Abn_Lympho?", &["WBC", "LYMPH%", "BASO#"], &["HGB", "PLT"]),
            ("Fragments?", &["PLT", "RBC"], &["WBC"]),
        ] {
            let about = concerns(message);
            assert!(doubted.iter().all(|code| about.contains(code)), "{message}: {about:?}");
            assert!(!sound.iter().any(|code| about.contains(code)), "{message}: {about:?}");
        }
    }

    #[test]
    fn a_message_nobody_knows_is_about_all() {
        for message in ["Positive_Count", "Positive_Morph", "Error_Func", "Something_New?"] {
            assert!(concerns(message).is_empty(), "{message}");
        }
    }
}
