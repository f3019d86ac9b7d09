//! What is ordered, and which tube it needs.
//!
//! What must stay true: every code here is one of the laboratory's starting catalog, and every
//! test an instrument has to measure for it is among its bench's codes.

use lab::value::TestCode;

use super::Bench;
use crate::chance::Chance;
use crate::patient::Patient;
use crate::physiology::{Condition, Values};

/// Every code that a planned day orders.
pub const CODES: [&str; 12] =
    ["CBC", "BMP", "CMP", "K", "GLU", "CREA", "ALT", "HGB", "PLT", "WBC", "SOD", "LD"];

/// What is ordered together by whom, with weights that are our choice.
type Menu = &'static [(&'static [&'static str], f64)];

const CLINIC: Menu = &[
    (&["CBC", "CMP"], 34.0),
    (&["CMP"], 24.0),
    (&["CBC"], 18.0),
    (&["BMP"], 12.0),
    (&["GLU"], 5.0),
    (&["CREA"], 4.0),
    (&["ALT"], 3.0),
    (&["CBC", "CMP", "LD"], 4.0),
];

const HOSPITAL: Menu = &[
    (&["CBC", "BMP"], 38.0),
    (&["CBC", "CMP"], 26.0),
    (&["BMP"], 14.0),
    (&["CBC"], 12.0),
    (&["CBC", "BMP", "LD"], 5.0),
    (&["K"], 4.0),
    (&["HGB"], 3.0),
    (&["SOD"], 2.0),
    (&["WBC"], 1.0),
];

const AGAIN: Menu = &[(&["BMP"], 45.0), (&["CBC", "BMP"], 25.0), (&["CBC"], 20.0), (&["K"], 10.0)];

const AGAIN_BLEEDING: Menu = &[(&["HGB"], 45.0), (&["CBC"], 55.0)];

const AGAIN_PLATELETS: Menu = &[(&["PLT"], 50.0), (&["CBC"], 50.0)];

/// What is ordered for a patient.
pub(super) fn order(patient: &Patient, returning: bool, chance: &mut Chance) -> Vec<&'static str> {
    let menu = match (returning, patient.condition) {
        (true, Condition::Anemia) => AGAIN_BLEEDING,
        (true, Condition::Thrombocytopenia) => AGAIN_PLATELETS,
        (true, _) => AGAIN,
        (false, _) if patient.ward.stays => HOSPITAL,
        (false, _) => CLINIC,
    };
    chance.weighted(menu).to_vec()
}

/// The tubes needed for these codes, in order of draw: serum before lavender.
pub(super) fn benches(codes: &[&str]) -> Vec<Bench> {
    let mut benches: Vec<Bench> = codes.iter().map(|code| bench(code)).collect();
    benches.sort_unstable();
    benches.dedup();
    benches
}

/// The bench of a code ordered here, or of a test measured here.
fn bench(code: &str) -> Bench {
    const WHOLE_BLOOD: [&str; 24] = [
        "CBC", "WBC", "RBC", "HGB", "HCT", "MCV", "MCH", "MCHC", "RDW", "PLT", "MPV", "NEUTP",
        "LYMPHP", "MONOP", "EOSP", "BASOP", "IGP", "NRBCP", "NEUTA", "LYMPHA", "MONOA", "EOSA",
        "BASOA", "IGA_HEM",
    ];
    if WHOLE_BLOOD.contains(&code) { Bench::Hematology } else { Bench::Chemistry }
}

/// Of all values those that the instrument of a bench measures.
pub(super) fn only(bench_of_tube: Bench, values: Values) -> Values {
    let belongs = |code: &TestCode| bench(code.as_str()) == bench_of_tube;
    values.into_iter().filter(|(code, _)| belongs(code)).collect()
}
