//! Mindray BC-5380 and kin: hematology over HL7 2.3.1.
//!
//! What differs from the standard:
//! - the specimen number is OBR-3; the same OBX list carries results, the run's mode and the
//!   patient's age, suspicions (`T`/`F`) and histograms (`ED`);
//! - codes are LOINC (`LN`) or the maker's (`99MRC`): 08001 to 08003 modes, 01002 reference
//!   group, 12xxx suspicions, 15xxx histograms and their lines;
//! - an empty OBX-5 is a parameter not run, `***.**` one that could not be measured;
//! - OBX-13 `E` says that a person edited the value;
//! - MSH-11 `Q` is quality control, MSH-18 `UNICODE` means UTF-8;
//! - clones send the unit `10^9/L` with its `^` bare;
//! - it asks with `ORM^O01` (ORC-1 `RF`, the number in ORC-3) and wants `ORR^O02`.

use super::hl7::{Asking, At, Mark, PLAIN, plain_coding, plain_nature};
use super::{Dialect, Driver, hl7};
use crate::reading::Nature;
use crate::record::hl7::Segment;

pub(super) static DRIVER: Driver = Driver {
    name: "mindray_bc",
    title: "Mindray BC hematology",
    dialect: Dialect::Hl7(&hl7::Dialect {
        senders: &["BC-", "BC5", "BC6"],
        sender: ["BC-5380", "Mindray"],
        version: "2.3.1",
        charset: "UNICODE",
        specimen: &[At("OBR", 3, 1)],
        at: &[At("OBX", 14, 1), At("OBR", 7, 1)],
        controls: &[Mark(At("MSH", 11, 1), "Q")],
        panel: "00001^Automated Count^99MRC",
        nature,
        coding: |code| if plain_coding(code) == "LN" { "LN" } else { "99MRC" },
        asking: Asking::OrderRefill,
        ..PLAIN
    }),
};

fn nature(segment: &Segment<'_>) -> Nature {
    let test = segment.field(3);
    let (code, name) = (test.component(1), test.component(2));
    let (code, name) = (code.text(), name.text());
    if plain_nature(segment) == Nature::Image || name.contains("BMP") {
        return Nature::Image;
    }
    match (segment.field(2).text(), code) {
        // LOINC 30525-0: age.
        (_, "30525-0" | "08001" | "08002" | "08003" | "01002") => Nature::Setting,
        _ if name.contains("Histogram") || name.contains("Scattergram") => Nature::Setting,
        ("IS", _) => Nature::Flag,
        _ => Nature::Result,
    }
}
