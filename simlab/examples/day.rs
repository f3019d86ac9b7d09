//! Prints a planned day: `cargo run -p simlab --example day -- SEED NUMBER TUBES`.
//!
//! What must stay true: it prints the plan and nothing of its own.

use simlab::day::Day;
use simlab::physiology::Values;

fn main() {
    let mut words = std::env::args().skip(1).map(|word| word.parse().unwrap_or(1));
    let [seed, number, tubes] = [1, 0, 60].map(|usual: u64| words.next().unwrap_or(usual));
    for order in Day::plan(seed, number as u32, tubes as u32) {
        let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        let codes: Vec<&str> = order.codes.iter().map(|code| code.as_str()).collect();
        println!(
            "{} {} {} {:8} {:8} {}{} ({}, {:.0} y, {:?} {:.1}, {})",
            clock(order.ordered),
            clock(order.collected),
            clock(order.received),
            order.priority.word(),
            codes.join("+"),
            order.patient.name,
            if order.returning { " again" } else { "" },
            order.patient.sex.letter(),
            order.patient.age_years,
            order.patient.condition,
            order.patient.severity,
            order.patient.ward.name,
        );
        for tube in &order.tubes {
            let fault = tube.fault.map_or("", |fault| fault.name());
            println!("      {:?} {} {fault}", tube.bench, line(&tube.values));
        }
    }
}

fn line(values: &Values) -> String {
    let pairs = values.iter().map(|(code, value)| format!("{code} {value}"));
    pairs.collect::<Vec<_>>().join("  ")
}
