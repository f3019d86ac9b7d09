//! The rules, `/rules`: what a rule may release, what a released result adds, and whether the rules
//! of release are at work.
//!
//! Question: may results go out without a person now, and which? What must stay true: whether they
//! do, since when, by whom and why stands at the top; turning them off takes a reason and one key.

use lab::catalog::{Rules, Within};
use lab::command::Look;
use lab::journey::rules::SwitchRules;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::rules::RuleSwitch;
use maud::{Markup, html};

use super::trouble::said_no;
use crate::answer::{self, Reply, Trouble};
use crate::call::Call;
use crate::page::{self, Column, Field, Form, Grid, Live, Row, Tone};
use crate::sheet::Sheet;
use crate::words;

/// `GET /rules`.
pub(crate) async fn show(call: Call) -> Reply {
    screen(&call, None).await
}

/// `POST /rules`: on or off.
pub(crate) async fn switch(call: Call) -> Reply {
    let on = call.form.get("on") == "1";
    let reason = call.form.get("reason").to_owned();
    match call.ask(SwitchRules { on, reason }, "switch").await {
        Ok(_) => {
            call.done(if on {
                "The rules release results from now on."
            } else {
                "The rules release nothing from now on; what comes waits for a person."
            });
            Ok(answer::see("/rules"))
        }
        Err(Trouble::Refused(refusal)) => screen(&call, Some(&refusal)).await,
        Err(failed) => Err(failed),
    }
}

async fn screen(call: &Call, refusal: Option<&Refusal>) -> Reply {
    let catalog = call.catalog().await?;
    let (now, by) = call
        .read(|sql| {
            let look = store::DatabaseLook(sql);
            let now: Option<RuleSwitch> = look.row(RuleSwitch::ROW)?;
            let by = match now.as_ref().and_then(|now| now.by.person()) {
                Some(id) => look.person(id)?.map(|person| person.shown),
                None => None,
            };
            Ok((now, by))
        })
        .await?;
    let beside = format!("catalog release {}", catalog.release());
    let on = now.as_ref().is_some_and(|now| now.on);
    let body = html! {
        (page::head("Rules", &beside, html! {
            @if on { (page::chip(Tone::Done, "rules release")) }
            @else { (page::chip(Tone::Care, "rules are off")) }
        }))
        @if let Some(refusal) = refusal { (said_no(refusal)) }
        p #at-work data-live="results" { (standing(call, now.as_ref(), by.as_deref())) }
        @if call.may(Ask::SwitchRules) && (on || call.may(Ask::ReleaseCatalog)) {
            (form(call, on))
        }
        (releases(catalog.rules()))
        (reflexes(catalog.rules()))
    };
    call.sheet(Sheet::new("Rules", body).answering(refusal)).await
}

/// Whether the rules are at work, since when, by whom and why.
fn standing(call: &Call, now: Option<&RuleSwitch>, by: Option<&str>) -> Markup {
    let Some(now) = now else {
        return html! { "Nobody has turned the rules on. A person verifies every result." };
    };
    let since = words::clock(now.at, &call.app.laboratory().zone, call.now);
    html! {
        @if now.on { "The rules release what they name below" }
        @else { "The rules release nothing; a person verifies every result" }
        ", since " (since) ", by " (by.unwrap_or("Meniscus")) ": " (now.reason)
    }
}

fn form(call: &Call, on: bool) -> Markup {
    let form = Form { id: "switch", action: "/rules", keeps: true, ..Form::default() };
    let (label, to) = if on { ("Turn the rules off", "0") } else { ("Turn the rules on", "1") };
    page::form(
        &form,
        html! {
            (page::hidden("request", &call.request()))
            (page::hidden("on", to))
            (Field::text("reason", "Reason").required().starts()
                .value(call.form.get("reason")).line())
            (page::send(page::button(label, None, true)))
        },
    )
}

/// One rule: its name, its tests, what it says of them, and who says so.
fn line<'a>((name, source): (&'a str, &str), tests: &[String], said: [Markup; 2]) -> Row<'a> {
    let [first, second] = said;
    let cells = vec![
        html! { b { (name) } },
        html! { (tests.join(" ")) },
        first,
        second,
        html! { span title=(source) { (source) } },
    ];
    Row { id: name, href: None, cells }
}

fn releases(rules: &Rules) -> Markup {
    let rows: Vec<Row<'_>> = rules
        .release
        .iter()
        .map(|rule| {
            let when = rule.when.as_ref().map_or_else(String::new, ToString::to_string);
            let said = [html! { (within(&rule.within)) }, html! { (when) }];
            line((&rule.name, &rule.source), &rule.tests, said)
        })
        .collect();
    html! {
        h2 { "Released by a rule" }
        p .soft {
            "Never what is held, flagged by its instrument, critical, too far from the value \
             before, diluted, run again or entered by hand; nor where sex, age, interval or time \
             of collection is not known."
        }
        (page::grid(&Grid {
            id: "releases",
            caption: "Every other test waits for a person",
            columns: &[
                Column::text("Rule"),
                Column::wide("Tests"),
                Column::text("Value"),
                Column::wide("And"),
                Column::fill("Source"),
            ],
            rows: &rows,
            start: false,
            pick: false,
            live: None::<Live<'_>>,
            empty: "The catalog has no rule of release.",
        }))
    }
}

fn within(within: &Within) -> String {
    match within {
        Within::Interval => "within the interval".to_owned(),
        Within::Window(low, high) => format!("{low}\u{2013}{high}"),
    }
}

fn reflexes(rules: &Rules) -> Markup {
    let rows: Vec<Row<'_>> = rules
        .reflex
        .iter()
        .map(|rule| {
            let place = html! {
                (rule.flags.join(" "))
                @if let Some(when) = &rule.when { " " (when) }
            };
            let said = [place, html! { (rule.adds.join(" ")) }];
            line((&rule.name, &rule.source), &rule.tests, said)
        })
        .collect();
    html! {
        h2 { "Added by a rule" }
        (page::grid(&Grid {
            id: "reflexes",
            caption: "To the same specimen, once, when the result is released",
            columns: &[
                Column::text("Rule"),
                Column::wide("Result of"),
                Column::text("Where"),
                Column::wide("Adds"),
                Column::fill("Source"),
            ],
            rows: &rows,
            start: false,
            pick: false,
            live: None::<Live<'_>>,
            empty: "The catalog has no rule of reflex testing.",
        }))
    }
}
