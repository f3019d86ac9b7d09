//! The instruments of the teaching laboratory and their code maps.
//!
//! What must stay true: the code map says which of the instrument's codes is which test; what it
//! does not say waits unclaimed.

use std::collections::BTreeMap;

use lab::journey::connect::AddInstrument;
use lab::value::TestCode;
use store::Store;

use crate::Ended;
use crate::setup;

/// Codes the XN sends and this laboratory does not report.
const XN_UNUSED: [&str; 4] = ["RDW-SD", "P-LCR", "PDW", "PCT"];

/// A CBC as the XN sends one: its code, its unit, a plausible value short of its last digit; for
/// benchmarks.
pub const CBC: [(&str, &str, &str); 10] = [
    ("WBC", "10*3/uL", "6."),
    ("RBC", "10*6/uL", "4.5"),
    ("HGB", "g/dL", "13."),
    ("HCT", "%", "40."),
    ("MCV", "fL", "88."),
    ("MCH", "pg", "29."),
    ("MCHC", "g/dL", "33."),
    ("RDW-CV", "%", "13."),
    ("PLT", "10*3/uL", "25"),
    ("MPV", "fL", "9."),
];

/// Adds every instrument.
///
/// # Errors
/// The world failed.
pub fn add_all(store: &Store) -> Result<(), Ended> {
    let map = |codes: &[(&str, &str)]| -> BTreeMap<String, TestCode> {
        codes.iter().map(|(sent, own)| ((*sent).to_owned(), TestCode::from(*own))).collect()
    };
    let xn = AddInstrument {
        name: "XN-1000".into(),
        driver: "sysmex_xn".into(),
        sender: "XN-".into(),
        codes: map(simlab::analyzer::sysmex::CODES),
        unused: XN_UNUSED.map(str::to_owned).into(),
        ..AddInstrument::default()
    };
    let chemistry = AddInstrument {
        name: "Chemistry 1".into(),
        driver: "hl7_oru".into(),
        sender: simlab::analyzer::chemistry::SENDER.into(),
        codes: map(simlab::analyzer::chemistry::CODES),
        ..AddInstrument::default()
    };
    setup::as_system(store, xn.into())?;
    setup::as_system(store, chemistry.into()).map(drop)
}
