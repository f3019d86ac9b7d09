//! Cepheid GeneXpert (Dx and Xpress).
//!
//! What differs from the standard:
//! - the header declares `@^\`: repeat `@`, escape `\`; H.5 begins with the name of the site, and
//!   `GeneXpert` is its component 2;
//! - the assay's code is component 4 of the test id, or 2; component 5 names the assay in results
//!   proper, component 7 the analyte, component 8 the quantity (`LOG`, `Ct`, `EndPt`); results
//!   without an assay name are the analytes and internal checks behind it;
//! - a code here is assay, analyte and quantity joined by `^`, since one assay has several results;
//! - R.4 is `qualitative^quantitative` with one of the two empty;
//! - words come in the language of the site, numbers with its decimal sign; nothing is converted;
//! - `ERROR`, `INVALID`, `NO RESULT` are outcomes without a measurement, and O.26 is `F` all the
//!   same; flag `<` may stand without a number.

use super::astm::{PLAIN, TestId};
use super::{Dialect, Driver, astm};
use crate::reading::Nature;
use crate::record::astm::{Field, Record};

pub(super) static DRIVER: Driver = Driver {
    name: "genexpert",
    title: "Cepheid GeneXpert",
    dialect: Dialect::Astm(&astm::Dialect {
        senders: &["GeneXpert"],
        sender: "LAB^GeneXpert^6.5",
        result_test: TestId { code: 4, name: 5, dilution: 0, slashed: false, tail: "" },
        code: Some(code),
        whole_ids: false,
        nature,
        sentinels: &["PAS DE RÉSULTAT", "INVALIDE", "SIN RESULTADO", "SEM RESULTADO"],
        ..PLAIN
    }),
};

fn code(id: Field<'_>) -> String {
    let assay = [4, 2].map(|n| id.component(n).decoded().into_owned());
    let assay = assay.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let mut code = assay;
    for part in [7, 8] {
        let part = id.component(part);
        if !part.is_empty() {
            code.push('^');
            code.push_str(&part.decoded());
        }
    }
    code
}

fn nature(record: &Record<'_>) -> Nature {
    let id = record.field(3);
    let proper = !id.component(5).is_empty() && id.component(7).text() != "QC";
    let quantity = id.component(8);
    match quantity.text() {
        "" | "LOG" if proper => Nature::Result,
        _ => Nature::Signal,
    }
}
