//! A patient report as a page of its own: complete, and printed well by any browser.
//!
//! What must stay true: the running head stands on each printed sheet; names are text to the
//! browser.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::STYLE;
use super::paper::{
    Block, COLUMNS, Fact, Head, ResultLine, SPECIMEN_COLUMNS, Said, Section, SpecimenLine,
    TestLine, Value, Weight, Words,
};

/// The whole page; `above` stands on the screen only.
pub fn page(words: &Words, above: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (words.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (above)
                    // A table, since every browser repeats its head on each sheet.
                    table class="sheet" {
                        thead { tr { th scope="col" { (running(&words.head)) } } }
                        tbody { tr { td {
                            dl class="facts" { @for fact in &words.facts { (listed(fact)) } }
                            (specimens(&words.specimens))
                            @for notice in &words.notices { p class="notice" { (notice) } }
                            (results(&words.sections))
                            div class="signature" { @for line in &words.foot { p { (line) } } }
                            p class="end" { (words.end) }
                        } } }
                    }
                }
            }
        }
    }
}

fn running(head: &Head) -> Markup {
    html! {
        div class="head" {
            div {
                h1 class="laboratory" { (head.laboratory) }
                div class="small" { (head.address) }
                div class="small" { (head.contact) }
            }
            div class="status" {
                div class="word" { (head.word) }
                div class="small" { (head.standing) }
            }
        }
        div class="patient" {
            span class="name" { bdi { (head.name) } }
            @for Fact { name, value } in &head.identifiers {
                span class="id" { span class="of" { (name) " " } bdi { (value) } }
            }
        }
    }
}

fn listed(fact: &Fact) -> Markup {
    html! { div { dt { (fact.name) } dd { (fact.value) } } }
}

fn specimens(lines: &[SpecimenLine]) -> Markup {
    html! {
        table class="specimens" {
            thead { tr { @for column in SPECIMEN_COLUMNS { th scope="col" { (column) } } } }
            tbody {
                @for line in lines {
                    tr {
                        td { (line.label) }
                        td { (line.source) }
                        td { (line.collected) }
                        td { (line.received) }
                        td { (line.condition) }
                    }
                }
            }
        }
    }
}

/// The classes of the columns, in their order.
const CLASSES: [&str; 7] = ["test", "value", "flag", "unit", "interval", "previous", "method"];

fn results(sections: &[Section]) -> Markup {
    html! {
        table class="results" {
            thead { tr {
                @for (column, class) in COLUMNS.iter().zip(CLASSES) {
                    th scope="col" class=(class) { (column) }
                }
            } }
            @for section in sections {
                tbody class="bench" {
                    tr { th colspan="7" scope="rowgroup" { (section.title) } }
                }
                @for block in &section.blocks { (panel(block)) }
            }
        }
    }
}

fn panel(block: &Block) -> Markup {
    html! {
        tbody {
            @if let Some(panel) = &block.panel {
                tr class="panel" { th colspan="7" scope="rowgroup" { (panel) } }
            }
            @for line in &block.lines { (row(line)) }
        }
    }
}

fn row(line: &TestLine) -> Markup {
    html! {
        @match &line.said {
            Said::Result(result) => (result_row(&line.name, result)),
            Said::Instead(said) => {
                tr class="other" {
                    th scope="row" class="test" { (line.name) }
                    td colspan="6" { (said) }
                }
            }
        }
        @for note in &line.notes { tr class="note" { td colspan="7" { (note) } } }
    }
}

fn result_row(name: &str, result: &ResultLine) -> Markup {
    let weight = match result.weight {
        Weight::Critical => "critical",
        Weight::Abnormal => "abnormal",
        Weight::Normal => "normal",
    };
    html! {
        tr class=(weight) {
            th scope="row" class="test" { (name) }
            (outcome(result))
            td class="interval" { (result.interval) }
            td class="previous" {
                @if let Some(previous) = &result.previous {
                    (previous.value)
                    span class="when" { " " (previous.day) }
                    @if let Some(change) = &previous.change {
                        " " span class="when" { "\u{394} " (change) }
                    }
                }
            }
            td class="method" { (result.method) }
        }
    }
}

/// Value, flag and unit; words that have neither flag nor unit take the room of all three.
fn outcome(result: &ResultLine) -> Markup {
    let value = match &result.value {
        Value::Words { words, across: true } => {
            return html! { td class="value" colspan="3" { span class="words" { (words) } } };
        }
        Value::Words { words, .. } => html! { span class="words" { (words) } },
        Value::Figures(whole, part) => html! { span class="whole" { (whole) } span { (part) } },
    };
    html! {
        td class="value" { (value) }
        td class="flag" { @if !result.flag.is_empty() { span { (result.flag) } } }
        td class="unit" { (result.unit) }
    }
}
