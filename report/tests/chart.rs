//! The cumulative view and the trend: what stands where, and what a reader could be misled by.

mod ward;

use lab::accession::{Accession, ResultVersion, Test};
use lab::value::{AccessionId, Label, Moment};
use report::cumulative::{Drawn, cumulative};
use report::trend::{Point, trend};
use ward::{COLLECTED, Ward};

/// One order of some days ago with its verified results.
struct Order {
    accession: Accession,
    collected_at: Moment,
    results: Vec<(Test, ResultVersion)>,
}

fn order(days: i64, values: &[(&str, &str)]) -> Order {
    let mut ward = Ward::empty();
    for (code, value) in values {
        ward.single(code, 1, value);
    }
    let mut accession = ward.accession.clone();
    accession.id = AccessionId(70 - days);
    let collected_at = COLLECTED.plus_minutes(-days * 24 * 60);
    accession.label = Label::new(collected_at, 17, 0);
    Order { accession, collected_at, results: ward.tests.into_iter().zip(ward.results).collect() }
}

fn drawn(orders: &[Order]) -> Vec<Drawn<'_>> {
    orders
        .iter()
        .map(|order| Drawn {
            accession: &order.accession,
            collected_at: Some(order.collected_at),
            results: &order.results,
        })
        .collect()
}

#[test]
fn tests_stand_down_and_orders_across() {
    let ward = Ward::empty();
    let orders = [
        order(0, &[("K", "6.8"), ("SOD", "131"), ("HSTNI", "<6")]),
        order(3, &[("HGB", "10.1"), ("K", "4.4")]),
    ];
    let view = cumulative(&drawn(&orders), &ward.catalog, &ward.zone);
    let days: Vec<&str> = view.columns.iter().map(|column| column.day.as_str()).collect();
    assert_eq!(days, ["2026-11-24", "2026-11-21"]);
    let rows: Vec<String> = view
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<String> = row
                .cells
                .iter()
                .map(|cell| match cell {
                    Some(cell) => {
                        let flag = cell.flag.map_or("", |flag| flag.letters());
                        format!("{} {flag}", cell.value).trim().to_owned()
                    }
                    None => "-".to_owned(),
                })
                .collect();
            format!("{} {}: {}", row.bench, row.code, cells.join(", "))
        })
        .collect();
    assert_eq!(
        rows,
        [
            "Hematology HGB: -, 10.1 L",
            "Chemistry SOD: 131 L, -",
            "Chemistry K: 6.8 HH, 4.4",
            "Chemistry HSTNI: <6, -",
        ]
    );
}

#[test]
fn a_unit_that_differs_is_said_beside_the_value() {
    let ward = Ward::empty();
    let mut orders = [order(0, &[("GLU", "100")]), order(3, &[("GLU", "5.6")])];
    orders[1].results[0].1.unit = "mmol/L".into();
    let view = cumulative(&drawn(&orders), &ward.catalog, &ward.zone);
    let units: Vec<Option<&str>> = view.rows[0]
        .cells
        .iter()
        .map(|cell| cell.as_ref().and_then(|cell| cell.unit.as_deref()))
        .collect();
    assert_eq!((view.rows[0].unit.as_str(), units), ("mg/dL", vec![None, Some("mmol/L")]));
}

fn drawing(orders: &[Order]) -> Option<String> {
    let ward = Ward::empty();
    let points: Vec<Point<'_>> = orders
        .iter()
        .map(|order| Point { at: order.collected_at, result: &order.results[0].1 })
        .collect();
    trend(&points, "Potassium", &ward.zone).map(maud::Markup::into_string)
}

#[test]
fn a_trend_shows_each_result_with_its_letters_and_its_interval() {
    let orders =
        [("6.8", 0), ("4.4", 3), ("<3.0", 9)].map(|(value, days)| order(days, &[("K", value)]));
    let svg = drawing(&orders).expect("a drawing");
    assert_eq!(svg.matches("class=\"point\"").count(), 3);
    assert_eq!(svg.matches("class=\"band\"").count(), 3);
    for said in [
        "2026-11-24 07:15: 6.8 mmol/L HH</title>",
        "2026-11-21 07:15: 4.4 mmol/L</title>",
        // A bound is an open point that says so.
        "fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"",
        "&lt;3.0",
        "Potassium, 3 results from 2026-11-15 to 2026-11-24, the newest 6.8 mmol/L",
    ] {
        assert!(svg.contains(said), "{said}: {svg}");
    }
    assert!(!svg.contains("style=") && !svg.contains("NaN"), "{svg}");
}

#[test]
fn words_and_single_results_are_no_trend() {
    assert_eq!(drawing(&[order(0, &[("K", "4.1")])]), None);
    let words = [order(0, &[("HBSAG", "nonreactive")]), order(3, &[("HBSAG", "nonreactive")])];
    assert_eq!(drawing(&words), None);
}

#[test]
fn results_that_never_change_or_come_at_once_are_drawn_all_the_same() {
    let same = [order(0, &[("K", "4.1")]), order(0, &[("K", "4.1")])];
    let svg = drawing(&same).expect("a drawing");
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}
