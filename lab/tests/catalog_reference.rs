//! The starter catalog against the reference it was made from: every row of the reference stands in
//! the catalog with equal figures, and every example of a formula comes out as written.
//!
//! The reference is not part of the repository: it is looked for beside it, or where
//! `MENISCUS_REFERENCE` points, and the tests say `NOT RUN` where it is absent.

use lab::catalog::{
    Catalog, Certainty, Complexity, CriticalLimit, DeltaLimit, Interval, Sex, TestDefinition,
    ValueType, calculate, read_words,
};
use rule::Table;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

type Row = BTreeMap<String, String>;

fn reference() -> PathBuf {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    std::env::var_os("MENISCUS_REFERENCE").map_or(beside, PathBuf::from)
}

/// The rows of a CSV file by column name, in American spelling; nothing where the reference is
/// absent.
fn rows(file: &str) -> Vec<Row> {
    let Ok(text) = std::fs::read_to_string(reference().join(file)) else {
        println!("NOT RUN: the reference file {file} is absent");
        return Vec::new();
    };
    let text = text.replace("alyse", "alyze");
    let mut records = records(&text).into_iter();
    let names = records.next().unwrap();
    records.map(|cells| names.iter().cloned().zip(cells).collect()).collect()
}

/// Comma-separated records with doubled quotes inside quoted cells.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let mut quoted = false;
    for character in text.trim_end().chars().filter(|c| *c != '\r') {
        let record = records.last_mut().unwrap();
        match character {
            '"' => {
                quoted = !quoted;
                let cell = record.last_mut().unwrap();
                if quoted && !cell.is_empty() {
                    cell.push('"');
                }
            }
            ',' if !quoted => record.push(String::new()),
            '\n' if !quoted => records.push(vec![String::new()]),
            other => record.last_mut().unwrap().push(other),
        }
    }
    records
}

fn starter() -> Arc<Catalog> {
    Catalog::starter().expect("the starter catalog has a mistake")
}

/// A figure as written; an empty cell is none.
fn figure(text: &str) -> Option<Decimal> {
    if text.is_empty() { None } else { Some(Decimal::from_str(text).unwrap()) }
}

fn text(cell: &str) -> Option<&str> {
    Some(cell).filter(|cell| !cell.is_empty())
}

fn code_of(value: ValueType) -> &'static str {
    match value {
        ValueType::Numeric => "NM",
        ValueType::Structured => "SN",
        ValueType::Coded => "CE",
    }
}

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Index => "index",
        Certainty::Secondary => "secondary",
        Certainty::Recall => "recall",
        Certainty::NoCode => "none",
    }
}

fn complexity(complexity: Complexity) -> &'static str {
    match complexity {
        Complexity::Waived => "waived",
        Complexity::Moderate => "moderate",
        Complexity::High => "high",
    }
}

fn delta(test: &TestDefinition) -> (String, String) {
    let Some(delta) = &test.delta else { return (String::new(), String::new()) };
    let limit = match &delta.limit {
        DeltaLimit::Absolute(figure) => format!("abs:{figure}"),
        DeltaLimit::Percent(figure) => format!("pct:{figure}"),
    };
    (limit, delta.within_hours.to_string())
}

#[test]
fn every_test_stands_with_equal_figures() {
    let catalog = starter();
    for row in rows("domain/tests.csv") {
        let code = &row["code"];
        let test = catalog.test(code).unwrap_or_else(|| panic!("{code} is not in the catalog"));
        assert_eq!(test.name, row["name"]);
        assert_eq!(test.section, row["section"]);
        assert_eq!(test.loinc.as_deref(), text(&row["loinc"]), "{code}");
        assert_eq!(certainty(test.loinc_certainty), row["loinc_check"], "{code}");
        assert_eq!(test.unit, row["ucum"], "{code}");
        assert_eq!(test.specimen, row["specimen"], "{code}");
        assert_eq!(test.container, row["container"], "{code}");
        assert_eq!(code_of(test.value_type), row["value_type"], "{code}");
        assert_eq!(test.decimals.to_string(), row["decimals"], "{code}");
        let plausible = test.plausible.as_ref();
        assert_eq!(plausible.map(|p| p.low), figure(&row["plausible_low"]), "{code}");
        assert_eq!(plausible.map(|p| p.high), figure(&row["plausible_high"]), "{code}");
        assert_eq!(delta(test), (row["delta_limit"].clone(), row["delta_window_h"].clone()));
        assert_eq!(test.proficiency.as_deref(), text(&row["clia_pt_2025"]), "{code}");
        assert_eq!(complexity(test.complexity), row["clia_complexity_typical"], "{code}");
        let calculation = test.calculation.as_ref().map(|calculation| calculation.id.as_str());
        assert_eq!(calculation, text(&row["calc_id"]), "{code}");
    }
}

fn same_interval(interval: &Interval, row: &Row) -> bool {
    let sex = match interval.sex {
        None => "U",
        Some(Sex::Female) => "F",
        Some(Sex::Male) => "M",
    };
    sex == row["sex"]
        && ages(interval.from_days, interval.to_days)
            == (row["age_lo_days"].clone(), row["age_hi_days_excl"].clone())
        && interval.ages == row["age_label"]
        && shown(interval.low) == row["low"]
        && shown(interval.high) == row["high"]
        && interval.kind == row["kind"]
        && interval.source == row["source"]
}

/// The reference closes the last band at 150 years, the catalog leaves it open.
fn ages(from: u32, to: Option<u32>) -> (String, String) {
    (from.to_string(), to.unwrap_or(54_750).to_string())
}

fn shown(figure: Option<Decimal>) -> String {
    figure.map_or(String::new(), |figure| figure.to_string())
}

#[test]
fn every_reference_interval_stands_with_equal_figures() {
    let catalog = starter();
    let rows = rows("domain/reference_intervals.csv");
    for row in &rows {
        let test = catalog.test(&row["code"]).unwrap();
        let found = test.intervals.iter().any(|interval| same_interval(interval, row));
        assert!(found, "{row:?} is not in the catalog");
    }
    let count: usize = catalog.tests().iter().map(|test| test.intervals.len()).sum();
    assert!(rows.is_empty() || count == rows.len(), "{count} intervals, {} rows", rows.len());
}

fn same_critical(limit: &CriticalLimit, row: &Row) -> bool {
    ages(limit.from_days, limit.to_days)
        == (row["age_lo_days"].clone(), row["age_hi_days_excl"].clone())
        && limit.ages == row["age_label"]
        && shown(limit.low) == row["critical_low"]
        && shown(limit.high) == row["critical_high"]
        && limit.when.as_deref() == text(&row["text_rule"])
        && !limit.low_included
        && !limit.high_included
}

#[test]
fn every_critical_limit_stands_with_equal_figures() {
    let catalog = starter();
    let rows = rows("domain/critical_values.csv");
    for row in &rows {
        let test = catalog.test(&row["code"]).unwrap();
        let found = test.critical.iter().any(|limit| same_critical(limit, row));
        assert!(found, "{row:?} is not in the catalog");
        assert!(row["ucum"].is_empty() || test.unit == row["ucum"], "{row:?} is in another unit");
    }
    let count: usize = catalog.tests().iter().map(|test| test.critical.len()).sum();
    assert!(rows.is_empty() || count == rows.len(), "{count} limits, {} rows", rows.len());
}

#[test]
fn every_panel_container_and_rejection_reason_stands() {
    let catalog = starter();
    for row in rows("domain/panels.csv") {
        let panel = catalog.panel(&row["panel"]).unwrap();
        assert_eq!(
            (panel.name.as_str(), panel.members.join(" ")),
            (row["name"].as_str(), row["members"].clone())
        );
        assert_eq!(panel.loinc.as_deref(), text(&row["loinc"]));
    }
    for row in rows("domain/containers.csv") {
        let container = catalog.container(&row["container"]).unwrap();
        let order = container.draw_order.map_or("-".to_string(), |order| order.to_string());
        assert_eq!(order, row["draw_order"]);
        assert_eq!(container.cap, row["cap_color"]);
        assert_eq!(container.additive, row["additive"]);
        assert_eq!(container.inversions, row["inversions"]);
        assert_eq!(container.nominal_ml, row["nominal_mL"]);
        assert_eq!(container.min_fill_ml, row["min_fill_mL"]);
        assert_eq!(container.ratio_critical, row["ratio_critical"] == "yes");
        assert_eq!(container.specimen, row["specimen_produced"]);
        assert_eq!(container.note, row["note"]);
    }
    for row in rows("domain/rejection_reasons.csv") {
        let reason = catalog.rejection(&row["reason"]).unwrap();
        assert_eq!(reason.label, row["label"]);
        assert_eq!(reason.scope, row["scope"]);
        assert_eq!(reason.action, row["action"]);
        assert_eq!(reason.irretrievable_override, row["irretrievable_override"]);
        assert_eq!(reason.report_text, row["report_text"]);
    }
}

#[test]
fn every_formula_stands_in_its_unit() {
    let catalog = starter();
    for row in rows("domain/formulas.csv") {
        let id = &row["calc_id"];
        let calculation = catalog.calculation(id).unwrap_or_else(|| panic!("{id} is missing"));
        assert_eq!(calculation.name, row["name"], "{id}");
        assert_eq!(calculation.unit, row["unit"], "{id}");
        assert_eq!(calculation.decimals.to_string(), row["decimals"], "{id}");
    }
}

#[test]
fn every_example_of_a_formula_comes_out_as_written() {
    let catalog = starter();
    for row in rows("domain/formula_examples.csv") {
        let words: Vec<String> = row["input"].split_whitespace().map(str::to_string).collect();
        let outcome = calculate(&catalog, &row["calc_id"], &read_words(&words));
        let found = outcome.map_or("SUPPRESS".to_string(), |calculated| calculated.value);
        assert_eq!(found, row["expected"], "{} {}", row["calc_id"], row["input"]);
    }
}

#[test]
fn the_martin_hopkins_table_is_whole() {
    let catalog = starter();
    let Some(Table::Bands(table)) = catalog.tables().get("martin_hopkins") else {
        panic!("the table is missing")
    };
    let cells: Vec<Decimal> = table.rows.iter().flat_map(|band| band.cells.clone()).collect();
    // Martin et al, JAMA 2013;310:2061: 180 cells; their sum guards against a slip in copying
    assert_eq!((cells.len(), cells.iter().sum::<Decimal>().to_string().as_str()), (180, "949.4"));
    for row in rows("domain/martin_hopkins_factors.csv") {
        let low = figure(&row["tg_lo"]).unwrap();
        let band = table.rows.iter().find(|band| band.low == low).unwrap();
        assert_eq!(Some(band.high), figure(&row["tg_hi"]));
        let names = ["lt100", "100_129", "130_159", "160_189", "190_219", "ge220"];
        let expected: Vec<Decimal> =
            names.iter().map(|name| figure(&row[&format!("nonhdl_{name}")]).unwrap()).collect();
        assert_eq!(band.cells, expected);
    }
}

#[test]
fn proficiency_limits_are_those_of_the_regulation() {
    let catalog = starter();
    let Some(Table::Keyed(table)) = catalog.tables().get("clia_limits") else {
        panic!("the table is missing")
    };
    let named = [
        ("glucose", "GLU"),
        ("creatinine", "CREA"),
        ("potassium", "K"),
        ("sodium", "SOD"),
        ("calcium total", "CA"),
        ("albumin", "ALB"),
        ("bilirubin total", "TBIL"),
        ("HDL-C", "HDL"),
        ("PT/INR", "INR"),
        ("platelets", "PLT"),
        ("hemoglobin", "HGB"),
        ("folate", "FOL"),
    ];
    for row in rows("quality/clia_2025_pt_limits.csv") {
        let by_name = named.iter().find(|(name, _)| *name == row["analyte"]);
        let code = by_name.map_or(row["analyte"].as_str(), |(_, code)| code);
        let Some(cells) = table.rows.get(code) else { continue };
        let absolute = row["absolute_floor_greater_of"].split(' ').next().unwrap();
        assert_eq!(
            cells.get("percent").copied(),
            figure(row["percent"].trim_end_matches('%')),
            "{code}"
        );
        assert_eq!(cells.get("absolute").copied(), figure(absolute), "{code}");
    }
    assert!(table.rows.len() > 60);
}
