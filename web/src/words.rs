//! How times, names and events are worded on screens.
//!
//! What must stay true: a time is told on the laboratory's clock; each event of the journal has a
//! sentence, so that who did what can be read without a second page.

mod event;
mod hold;
mod registered;
mod rule;
mod tube;

use jiff::tz::TimeZone;
use lab::accession::{Flag, Specimen, SpecimenState, Test, TestState};
use lab::catalog::Bench;
use lab::instrument::CodeUse;
use lab::value::{Moment, Priority};
use maud::{Markup, html};

pub(crate) use event::{Story, happened};
pub(crate) use hold::{briefly, measured_with, wholly};
pub(crate) use registered::patient as of_patient;

use crate::page;

/// A moment as a machine reads it.
pub(crate) fn exact(at: Moment) -> String {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default().to_string()
}

/// How long something waits, with the seconds it may take, if that is set.
pub(crate) fn age(since: Moment, now: Moment, target: Option<u64>) -> Markup {
    let seconds = now.micros().saturating_sub(since.micros()) / 1_000_000;
    let seconds = seconds.try_into().unwrap_or(0);
    page::age(&page::Age { since: &exact(since), seconds, target })
}

/// A moment as people read it: the time today, day and time this year, else the whole date.
pub(crate) fn clock(at: Moment, zone: &TimeZone, now: Moment) -> String {
    let (at, now) = (at.in_zone(zone), now.in_zone(zone));
    let form = if at.date() == now.date() {
        "%H:%M"
    } else if at.year() == now.year() {
        "%-d %b %H:%M"
    } else {
        "%-d %b %Y"
    };
    at.strftime(form).to_string()
}

/// A moment as short as can be: the time today, else the day, else the year too.
pub(crate) fn day(at: Moment, zone: &TimeZone, now: Moment) -> String {
    let (at, now) = (at.in_zone(zone), now.in_zone(zone));
    let form = if at.date() == now.date() {
        "%H:%M"
    } else if at.year() == now.year() {
        "%-d %b"
    } else {
        "%-d %b %Y"
    };
    at.strftime(form).to_string()
}

/// A moment to the second, as the journal tells it.
pub(crate) fn to_the_second(at: Moment, zone: &TimeZone, now: Moment) -> String {
    let (at, now) = (at.in_zone(zone), now.in_zone(zone));
    let form = if at.date() == now.date() { "%H:%M:%S" } else { "%-d %b %Y %H:%M" };
    at.strftime(form).to_string()
}

/// A moment as a field for day and time holds it.
pub(crate) fn typed(at: Moment, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Reads a field for day and time.
pub(crate) fn read_typed(text: &str, zone: &TimeZone) -> Option<Moment> {
    let typed: jiff::civil::DateTime = text.trim().parse().ok()?;
    let zoned = typed.to_zoned_datetime(zone.clone()).ok()?;
    Some(Moment::from_micros(zoned.timestamp().as_microsecond()))
}

/// The letters of a result's flag.
pub(crate) const fn flag(flag: Flag) -> page::Flag {
    match flag {
        Flag::L => page::Flag::Low,
        Flag::H => page::Flag::High,
        Flag::LL => page::Flag::CriticalLow,
        Flag::HH => page::Flag::CriticalHigh,
        Flag::A => page::Flag::Abnormal,
        lab::accession::Flag::AA => page::Flag::CriticalAbnormal,
    }
}

/// How urgent, as a mark; nothing for routine.
pub(crate) fn urgency(priority: Priority) -> Markup {
    match priority {
        Priority::Stat => page::stat(),
        Priority::Asap => html! { b .flag { "ASAP" } },
        Priority::Timed => html! { b .flag { "Timed" } },
        Priority::Routine => html! {},
    }
}

/// The name of a bench as a heading.
pub(crate) fn bench(name: &str) -> &'static str {
    Bench::named(name).map_or("All benches", Bench::title)
}

/// How much the state of a specimen weighs.
const fn specimen_tone(state: SpecimenState) -> page::Tone {
    match state {
        SpecimenState::Ordered => page::Tone::Quiet,
        SpecimenState::Collected => page::Tone::Open,
        SpecimenState::Received | SpecimenState::OnBench | SpecimenState::Stored => {
            page::Tone::Done
        }
        SpecimenState::Dispatched => page::Tone::Open,
        SpecimenState::Discarded => page::Tone::Quiet,
        SpecimenState::Rejected | SpecimenState::Lost => page::Tone::Care,
    }
}

/// How much the state of a test weighs.
const fn test_tone(state: TestState) -> page::Tone {
    match state {
        TestState::Awaiting | TestState::Cancelled => page::Tone::Quiet,
        TestState::Review => page::Tone::Open,
        TestState::Verified => page::Tone::Done,
        TestState::Corrected => page::Tone::Care,
        TestState::Held | TestState::Rerun => page::Tone::Care,
    }
}

/// The state of a test as a mark.
pub(crate) fn state(test: &Test) -> Markup {
    page::chip(test_tone(test.state), test.state.word())
}

/// The state of a specimen as a mark.
pub(crate) fn standing(specimen: &Specimen) -> Markup {
    page::chip(specimen_tone(specimen.state), specimen.standing())
}

/// What an instrument's code stands for.
pub(crate) fn code_use(to: &CodeUse) -> String {
    match to {
        CodeUse::Test(test) => test.to_string(),
        CodeUse::Unused => "nothing that is used here".into(),
        CodeUse::Unknown => "nothing yet".into(),
    }
}

/// A whole number of things, in words.
pub(crate) fn count(number: usize, one: &str, more: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {more}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_on_the_laboratorys_clock() {
        let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").expect("a zone");
        let now = Moment::from_micros(1_795_502_400_000_000); // 2026-11-24T06:40Z
        assert_eq!(clock(now, &zone, now), "01:40");
        assert_eq!(clock(now.plus_minutes(-120), &zone, now), "23 Nov 23:40");
        assert_eq!(day(now.plus_minutes(-120), &zone, now), "23 Nov");
        assert_eq!(clock(now.plus_minutes(-400 * 1440), &zone, now), "20 Oct 2025");
        assert_eq!(read_typed(&typed(now, &zone), &zone), Some(now));
        assert_eq!(read_typed("yesterday", &zone), None);
        assert_eq!(exact(now), "2026-11-24T06:40:00Z");
    }
}
