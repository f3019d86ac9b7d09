//! The sentences a journey is written in.
//!
//! Who comes first, then what is done, in the words of the bench: `amy receives EDTA_LAV of
//! Rivera`. What must stay true: a sentence that is not understood is an error that says which
//! sentence is expected, never a guess.

use jiff::civil::Time;

use crate::deed::{
    Amend, Change, Deed, Does, NewValue, Order, Reading, Says, Shown, Signs, Test, Tube, Which,
};

/// Reads a deed.
///
/// # Errors
/// It is none; the text says what is expected.
pub fn read(text: &str) -> Result<Deed, String> {
    let (first, rest) = word(text);
    match (first, rest) {
        ("check", "") => Ok(Deed::Check),
        ("at", time) => Ok(Deed::Clock(None, clock(time)?)),
        ("on", rest) => {
            let (date, time) = split(rest, " at ")?;
            let date = date.parse().map_err(|_| format!("{date} is no date"))?;
            Ok(Deed::Clock(Some(date), clock(time)?))
        }
        ("the", "laboratory restarts") => Ok(Deed::Restart),
        ("the", rest) => shown(rest).map(Deed::Shown),
        (name, rest) if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
            Ok(Deed::Instrument(name.to_owned(), says(rest)?))
        }
        (name, rest) => Ok(Deed::Person(name.to_owned(), does(rest)?)),
    }
}

fn clock(text: &str) -> Result<Time, String> {
    format!("{}:00", text.trim()).parse().map_err(|_| format!("{text} is no time such as 08:10"))
}

fn shown(rest: &str) -> Result<Shown, String> {
    let patient = |text: &str| text.trim().to_owned();
    match rest.split_once(" of ") {
        Some(("results", of)) => Ok(Shown::Results(patient(of))),
        Some(("report", of)) => Ok(Shown::Report(patient(of))),
        Some(("journal", of)) => Ok(Shown::Journal(patient(of))),
        Some(("tubes", of)) => Ok(Shown::Tubes(patient(of))),
        None if rest == "unclaimed list" => Ok(Shown::Unclaimed),
        _ => Err("expected: the results|report|journal|tubes of WHOM, the unclaimed list".into()),
    }
}

fn does(text: &str) -> Result<Does, String> {
    if let Some(deed) = crate::with_order::read(text)? {
        return Ok(Does::WithOrder(deed));
    }
    if let Some(deed) = crate::with_tube::read(text)? {
        return Ok(Does::WithTube(deed));
    }
    let (verb, rest) = word(text);
    match verb {
        "orders" => order(rest).map(Does::Orders),
        "collects" => collects(rest),
        "receives" => tubes(rest).map(Does::Receives),
        "rejects" => {
            let (tube, why) = split(rest, " as ")?;
            let (reason, note) = word(why);
            let reason = reason.to_owned();
            Ok(Does::Rejects { tube: one_tube(tube)?, reason, note: unquoted(note) })
        }
        "cancels" => about_a_test(rest).map(|(test, why)| Does::Cancels(test, why)),
        "holds" => about_a_test(rest).map(|(test, why)| Does::Holds(test, why)),
        "reruns" => about_a_test(rest).map(|(test, why)| Does::Reruns(test, why)),
        "dilutes" => about_a_test(rest).map(|(test, parts)| Does::Dilutes(test, parts)),
        "tells" => {
            let test = rest.strip_suffix(" before it is final").ok_or("… before it is final")?;
            about_a_test(test).map(|(test, _)| Does::Tells(test))
        }
        "turns" => {
            let (how, reason) = because(rest);
            let on = match how.trim() {
                "the rules on" => true,
                "the rules off" => false,
                _ => return Err("expected: turns the rules on|off because …".into()),
            };
            Ok(Does::Turns { on, reason })
        }
        "enters" => enters(rest),
        "corrects" | "comments" | "withdraws" => amends(verb, rest).map(Does::Amends),
        "dismisses" => {
            let rest = rest.strip_prefix("the later ").ok_or("expected: dismisses the later …")?;
            about_a_test(rest).map(|(test, why)| Does::Dismisses(test, why))
        }
        "looks" => {
            let whom = rest.strip_prefix("at ").ok_or("expected: looks at WHOM")?;
            Ok(Does::Looks(whom.to_owned()))
        }
        "verifies" => verifies(rest),
        "gives" => {
            let (what, reason) = because(rest);
            let (number, tube) = split(what, " to ")?;
            Ok(Does::Gives { number: number.to_owned(), tube: one_tube(tube)?, reason })
        }
        "discards" => {
            let (number, reason) = because(rest);
            Ok(Does::Discards { number: number.to_owned(), reason })
        }
        "signs" => signs(rest).map(Does::Signs),
        "releases" => releases(rest),
        "sends" if rest == "the same request again" => Ok(Does::Again),
        _ => Err(format!("nobody knows how one {verb} {rest}")),
    }
}

fn signs(rest: &str) -> Result<Signs, String> {
    match rest {
        "in" => Ok(Signs::In),
        "in with a wrong password" => Ok(Signs::Wrong),
        "out" => Ok(Signs::Out),
        _ => Err("expected: signs in [with a wrong password], signs out".into()),
    }
}

fn order(rest: &str) -> Result<Order, String> {
    let shape = "expected: orders CODES for FAMILY, GIVEN (MRN 1, born DATE, F), URGENCY, by WHOM";
    let (rest, all_the_same) = because(rest);
    let (asked, rest) = rest.split_once(" for ").ok_or(shape)?;
    let (name, rest) = rest.split_once('(').ok_or(shape)?;
    let (known_by, rest) = rest.split_once(')').ok_or(shape)?;
    let (family, given) = name.trim().split_once(',').unwrap_or((name.trim(), ""));
    let known_by: Vec<&str> = known_by.split(',').map(str::trim).collect();
    let [record, born, sex] = known_by.as_slice() else { return Err(shape.into()) };
    let (priority, provider) = rest.trim_start_matches(',').split_once(", by").ok_or(shape)?;
    let (priority, due) = match priority.split_once(" at ") {
        Some((priority, due)) => (priority, Some(clock(due)?)),
        None => (priority, None),
    };
    Ok(Order {
        codes: list(asked),
        family: family.trim().to_owned(),
        given: given.trim().to_owned(),
        record_number: record.strip_prefix("MRN").ok_or(shape)?.trim().to_owned(),
        born: born.strip_prefix("born ").ok_or(shape)?.to_owned(),
        sex: (*sex).to_owned(),
        priority: priority.trim().to_owned(),
        due,
        all_the_same,
        provider: provider.trim().to_owned(),
    })
}

fn collects(rest: &str) -> Result<Does, String> {
    let (rest, identified) = match rest.strip_suffix(" without asking who it is") {
        Some(rest) => (rest, false),
        None => (rest, true),
    };
    let (which, at) = match rest.split_once(" at ") {
        Some((which, at)) => (which, Some(clock(at)?)),
        None => (rest, None),
    };
    Ok(Does::Collects { tubes: tubes(which)?, at, identified })
}

fn enters(rest: &str) -> Result<Does, String> {
    if let Some(none) = rest.strip_prefix("no ") {
        return about_a_test(none).map(|(test, why)| Does::EntersNo(test, why));
    }
    let (what, patient) = split(rest, " of ")?;
    let (code, value) = word(what);
    let test = Test { code: code.to_owned(), patient: patient.to_owned() };
    Ok(Does::Enters(test, value.to_owned()))
}

fn amends(verb: &str, rest: &str) -> Result<Amend, String> {
    let (what, why) = split(rest, " as ")?;
    let (what, patient) = split(what, " of ")?;
    let (code, new) = match verb {
        "corrects" => {
            let (code, typed) = split(what, " to ")?;
            let late = typed == "the later reading";
            (code, if late { NewValue::Late } else { NewValue::Typed(typed.to_owned()) })
        }
        "comments" => {
            let (code, words) = word(what);
            (code, NewValue::Comment(unquoted(words)))
        }
        _ => (what, NewValue::Nothing),
    };
    let (why, told) = why.split_once(", telling ").unwrap_or((why, ""));
    let (reason, note) = word(why);
    Ok(Amend {
        test: Test { code: code.to_owned(), patient: patient.to_owned() },
        new,
        reason: reason.to_owned(),
        note: unquoted(note),
        told: unquoted(told),
    })
}

fn verifies(rest: &str) -> Result<Does, String> {
    let (rest, reason) = because(rest);
    let (which, patient) = split(rest, " of ")?;
    let which = match which {
        "all" => Which::All,
        "all that nothing holds" => Which::Unheld,
        codes => Which::These(list(codes)),
    };
    Ok(Does::Verifies { which, patient: patient.to_owned(), reason })
}

fn releases(rest: &str) -> Result<Does, String> {
    let (rest, reason) = because(rest);
    let rest = rest.strip_prefix("the catalog").ok_or("expected: releases the catalog")?.trim();
    let Some(rest) = rest.strip_prefix("with ") else {
        return Ok(Does::Releases { change: None, reason });
    };
    let (new, rest) = split(rest, " for ")?;
    let (old, rest) = split(rest, " after ")?;
    let (after, file) = split(rest, " in ")?;
    let change = Change {
        new: unquoted(new),
        old: unquoted(old),
        after: unquoted(after),
        file: file.to_owned(),
    };
    Ok(Does::Releases { change: Some(change), reason })
}

fn says(text: &str) -> Result<Says, String> {
    if text == "sends the same message again" {
        return Ok(Says::Again);
    }
    if let Some(tube) = text.strip_prefix("asks about ") {
        return Ok(Says::Asks(one_tube(tube)?));
    }
    let shape = "expected: sends for TUBE: CODE VALUE UNIT [FLAG]; …, or sends control NUMBER: …";
    let (head, readings) = text.split_once(": ").ok_or(shape)?;
    let (tube, control) =
        match (head.strip_prefix("sends for "), head.strip_prefix("sends control ")) {
            (Some(tube), _) => (one_tube(tube)?, false),
            (_, Some(number)) => (Tube::Number(number.to_owned()), true),
            _ => return Err(shape.into()),
        };
    let readings = readings.split(';').map(|text| reading(text.trim())).collect();
    Ok(Says::Readings { tube, control, readings })
}

fn reading(text: &str) -> Reading {
    let (text, flags) = match text.split_once('[') {
        Some((text, flags)) => (text.trim(), list(flags.trim_end_matches(']'))),
        None => (text, Vec::new()),
    };
    let (code, rest) = word(text);
    let (value, unit) = word(rest);
    Reading { code: code.into(), value: value.into(), unit: unit.into(), flags }
}

fn about_a_test(rest: &str) -> Result<(Test, String), String> {
    let (what, reason) = because(rest);
    let (code, patient) = split(what, " of ")?;
    Ok((Test { code: code.to_owned(), patient: patient.to_owned() }, reason))
}

fn tubes(text: &str) -> Result<Vec<Tube>, String> {
    match text.strip_prefix("all of ") {
        Some(patient) => Ok(vec![Tube::All(patient.trim().to_owned())]),
        None => text.split(',').map(one_tube).collect(),
    }
}

pub fn one_tube(text: &str) -> Result<Tube, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("which tube?".into());
    }
    Ok(match text.split_once(" of ") {
        Some((container, patient)) => {
            Tube::Of { container: container.to_owned(), patient: patient.to_owned() }
        }
        None => Tube::Number(text.to_owned()),
    })
}

/// The sentence and its reason; the reason is empty where none is given.
pub fn because(text: &str) -> (&str, String) {
    match text.split_once(" because ") {
        Some((what, reason)) => (what.trim(), unquoted(reason)),
        None => (text.trim(), String::new()),
    }
}

pub fn word(text: &str) -> (&str, &str) {
    let (first, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    (first, rest.trim())
}

pub fn split<'t>(text: &'t str, between: &str) -> Result<(&'t str, &'t str), String> {
    let parts = text.split_once(between).ok_or_else(|| format!("\"{between}\" is missing"))?;
    Ok((parts.0.trim(), parts.1.trim()))
}

pub fn list(text: &str) -> Vec<String> {
    text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

/// The text without the one pair of quotation marks around it, double or single.
pub fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inside = |mark: char| text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    inside('"').or_else(|| inside('\'')).unwrap_or(text).to_owned()
}
