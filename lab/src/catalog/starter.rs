//! The files of the starter catalog, built into the program.

/// Name and text of each file, in catalog order.
pub(super) static FILES: [(&str, &str); 19] = [
    ("catalog/containers.toml", include_str!("../../../catalog/containers.toml")),
    ("catalog/hematology.toml", include_str!("../../../catalog/hematology.toml")),
    ("catalog/chemistry.toml", include_str!("../../../catalog/chemistry.toml")),
    ("catalog/coagulation.toml", include_str!("../../../catalog/coagulation.toml")),
    ("catalog/urinalysis.toml", include_str!("../../../catalog/urinalysis.toml")),
    ("catalog/immunology.toml", include_str!("../../../catalog/immunology.toml")),
    ("catalog/microbiology.toml", include_str!("../../../catalog/microbiology.toml")),
    ("catalog/blood_bank.toml", include_str!("../../../catalog/blood_bank.toml")),
    ("catalog/molecular.toml", include_str!("../../../catalog/molecular.toml")),
    ("catalog/point_of_care.toml", include_str!("../../../catalog/point_of_care.toml")),
    ("catalog/panels.toml", include_str!("../../../catalog/panels.toml")),
    ("catalog/calculations.toml", include_str!("../../../catalog/calculations.toml")),
    ("catalog/tables.toml", include_str!("../../../catalog/tables.toml")),
    ("catalog/rejections.toml", include_str!("../../../catalog/rejections.toml")),
    ("catalog/answers.toml", include_str!("../../../catalog/answers.toml")),
    ("catalog/reasons.toml", include_str!("../../../catalog/reasons.toml")),
    ("catalog/rules.toml", include_str!("../../../catalog/rules.toml")),
    ("catalog/keeping.toml", include_str!("../../../catalog/keeping.toml")),
    ("catalog/turnaround.toml", include_str!("../../../catalog/turnaround.toml")),
];
