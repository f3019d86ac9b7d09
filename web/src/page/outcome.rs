//! How a result is written on a screen: value, flag, interval, earlier value, age, state.
//!
//! What must stay true: the text of a value is shown as it was reported, comparator and all; a
//! flag is letters first and color second; red stands only on what can hurt a patient (HH, LL, AA,
//! and states said to be grave); figures of one column align on the decimal mark.

use maud::{Markup, html};

/// How much a word weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do yet, or nothing more.
    Quiet,
    /// Being worked on.
    Open,
    /// Finished.
    Done,
    /// Wants care: overdue, held, control out.
    Care,
    /// Can hurt a patient.
    Grave,
}

/// A letter beside a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// Above the reference interval.
    High,
    /// Below the reference interval.
    Low,
    /// Above the critical limit.
    CriticalHigh,
    /// Below the critical limit.
    CriticalLow,
    /// Abnormal, not a quantity.
    Abnormal,
    /// Critical, not a quantity.
    CriticalAbnormal,
    /// Differs too much from the patient's earlier value.
    Delta,
    /// The control of this run is out.
    ControlOut,
}

impl Flag {
    /// The letters shown.
    pub fn letters(self) -> &'static str {
        match self {
            Flag::High => "H",
            Flag::Low => "L",
            Flag::CriticalHigh => "HH",
            Flag::CriticalLow => "LL",
            Flag::Abnormal => "A",
            Flag::CriticalAbnormal => "AA",
            Flag::Delta => "Δ",
            Flag::ControlOut => "QC!",
        }
    }

    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Flag::High => "high",
            Flag::Low => "low",
            Flag::CriticalHigh => "critically high",
            Flag::CriticalLow => "critically low",
            Flag::Abnormal => "abnormal",
            Flag::CriticalAbnormal => "critical",
            Flag::Delta => "changed since the earlier value",
            Flag::ControlOut => "control out",
        }
    }

    /// True for what can hurt a patient.
    pub fn grave(self) -> bool {
        matches!(self, Flag::CriticalHigh | Flag::CriticalLow | Flag::CriticalAbnormal)
    }
}

/// The badge of one flag.
pub fn flag(flag: Flag) -> Markup {
    let class = match flag {
        Flag::Delta | Flag::ControlOut => "flag care",
        _ if flag.grave() => "flag grave",
        _ => "flag",
    };
    html! { abbr class=(class) title=(flag.words()) { (flag.letters()) } }
}

/// One result as shown in a cell.
#[derive(Clone, Debug, Default)]
pub struct Outcome<'a> {
    /// Text as reported, comparator and decimals kept; a dash stands where it is empty.
    pub value: &'a str,
    /// Decimals of the longest fraction in this column; figures align on the mark. At most 4.
    pub column_decimals: usize,
    /// Unit as shown; empty for none.
    pub unit: &'a str,
    /// Flags in the order of their weight.
    pub flags: &'a [Flag],
}

/// Value, flags and unit of one result, for one cell.
pub fn value(outcome: &Outcome<'_>) -> Markup {
    let shown = if outcome.value.is_empty() { "–" } else { outcome.value };
    let grave = outcome.flags.iter().any(|flag| flag.grave());
    let figures = is_figures(shown);
    let class = match (figures, grave) {
        (true, false) => "v",
        (true, true) => "v grave",
        (false, false) => "v text",
        (false, true) => "v text grave",
    };
    let pad = if figures { padding(shown, outcome.column_decimals) } else { None };
    html! {
        span class=(class) {
            b class=[pad] { (shown) }
            i { @for one in outcome.flags { (flag(*one)) } }
            @if !outcome.unit.is_empty() { small { (outcome.unit) } }
        }
    }
}

/// True for numbers, also with a comparator or thousands marks, and for the dash.
fn is_figures(text: &str) -> bool {
    let number = text.trim_start_matches(['<', '>', '=', '≤', '≥', '~', '-', '−', '+', ' ']);
    text == "–"
        || (number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ')))
}

/// The class that leaves room for the digits this value does not have: `p` with a mark of its own,
/// `q` without.
fn padding(text: &str, column_decimals: usize) -> Option<&'static str> {
    let own = text.split_once('.').map(|(_, fraction)| fraction.len());
    let missing = column_decimals.min(4).saturating_sub(own.unwrap_or(0));
    match (own.is_some(), missing) {
        (true, 1) => Some("p1"),
        (true, 2) => Some("p2"),
        (true, 3) => Some("p3"),
        (false, 1) => Some("q1"),
        (false, 2) => Some("q2"),
        (false, 3) => Some("q3"),
        (false, 4) => Some("q4"),
        _ => None,
    }
}

/// The reference interval as the catalog words it, in gray.
pub fn interval(text: &str) -> Markup {
    html! { span .soft { (text) } }
}

/// The earlier value of the same test in the same patient.
#[derive(Clone, Debug)]
pub struct Previous<'a> {
    /// Text as reported.
    pub value: &'a str,
    /// When, as shown, such as "12 Nov" or "3 d".
    pub when: &'a str,
    /// Difference as shown, such as "+1.8" or "+41 %"; empty for none.
    pub delta: &'a str,
}

/// The earlier value with its date and the difference.
pub fn previous(earlier: &Previous<'_>) -> Markup {
    html! {
        span .was { (earlier.value) } " " small .soft { (earlier.when) }
        @if !earlier.delta.is_empty() { " " small { "Δ " (earlier.delta) } }
    }
}

/// How long something has waited, against its target.
#[derive(Clone, Debug)]
pub struct Age<'a> {
    /// Since when, RFC 3339.
    pub since: &'a str,
    /// How long that was when the page was made, seconds.
    pub seconds: u64,
    /// Turnaround target, seconds, if there is one.
    pub target: Option<u64>,
}

/// An age that ticks in the page: minutes, then hours and minutes, then days.
pub fn age(age: &Age<'_>) -> Markup {
    let late = age.target.is_some_and(|target| age.seconds > target);
    html! {
        time class=(if late { "age late" } else { "age" }) datetime=(age.since)
            data-age data-target=[age.target] {
            (span_of(age.seconds))
            @if let Some(target) = age.target { small { " / " (span_of(target)) } }
        }
    }
}

/// A span of time in the words of the bench. `app.js` writes the same.
fn span_of(seconds: u64) -> String {
    let minutes = seconds / 60;
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2880 => format!("{}:{:02} h", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1440, minutes % 1440 / 60),
    }
}

/// A state, in a word, with a shape before it.
pub fn chip(tone: Tone, word: &str) -> Markup {
    let class = match tone {
        Tone::Quiet => "chip",
        Tone::Open => "chip open",
        Tone::Done => "chip done",
        Tone::Care => "chip care",
        Tone::Grave => "chip grave",
    };
    html! { span class=(class) { (word) } }
}

/// The mark of what was asked for at once.
pub fn stat() -> Markup {
    html! { b .flag.stat { "STAT" } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_column_align_on_the_decimal_mark() {
        for (text, decimals, class) in [
            ("6.1", 1, None),
            ("6.1", 3, Some("p2")),
            ("142", 1, Some("q1")),
            ("142", 0, None),
            ("<0.01", 2, None),
            ("1.23456", 2, None),
        ] {
            assert_eq!(padding(text, decimals), class, "{text} in {decimals}");
        }
    }

    #[test]
    fn comparators_are_figures_and_words_are_not() {
        for (text, figures) in [
            ("<0.01", true),
            ("> 1000", true),
            ("1,250", true),
            ("-2.4", true),
            ("–", true),
            ("Positive", false),
            ("1:64", false),
            ("3 colonies", false),
            ("<", false),
        ] {
            assert_eq!(is_figures(text), figures, "{text}");
        }
    }

    #[test]
    fn a_span_is_minutes_then_hours_then_days() {
        for (seconds, words) in [
            (0, "0 min"),
            (59, "0 min"),
            (7199, "119 min"),
            (7200, "2:00 h"),
            (172_799, "47:59 h"),
            (176_400, "2 d 1 h"),
        ] {
            assert_eq!(span_of(seconds), words);
        }
    }

    #[test]
    fn only_what_can_hurt_is_red() {
        let red = |one| flag(one).into_string().contains("grave");
        assert!(red(Flag::CriticalHigh) && red(Flag::CriticalLow) && red(Flag::CriticalAbnormal));
        assert!(!red(Flag::High) && !red(Flag::Delta) && !red(Flag::ControlOut));
    }

    #[test]
    fn a_value_is_shown_as_reported() {
        let shown = value(&Outcome { value: "<0.01", unit: "ng/mL", ..Outcome::default() });
        assert!(shown.into_string().contains("&lt;0.01"));
    }
}
