//! Reading what an order of a test is checked against: for whom it is, and how often it is enough.

use super::file::{OnceText, OnlyForText};
use super::interval::Sex;
use super::read::Reader;
use super::test::{OnceWithin, OnlyFor};
use toml::Spanned;

/// For whom a test is.
pub(super) fn only_for(reader: &mut Reader<'_>, text: Spanned<OnlyForText>) -> Option<OnlyFor> {
    let place = reader.place(text.span());
    let text = text.into_inner();
    let sex = match text.sex.as_deref() {
        None => None,
        Some("F") => Some(Sex::Female),
        Some("M") => Some(Sex::Male),
        Some(other) => {
            let mend = "write \"F\", \"M\" or leave it out";
            reader.wrong(&place, format!("sex {other:?}"), mend);
            return None;
        }
    };
    if text.to_days.is_some_and(|to| to <= text.from_days) {
        let mend = "to_days is the first day after the band";
        reader.wrong(&place, "ages that nobody has", mend);
    }
    if sex.is_none() && text.from_days == 0 && text.to_days.is_none() {
        let mend = "give sex, from_days or to_days, or remove it";
        reader.wrong(&place, "only_for that lets everybody pass", mend);
    }
    if text.who.trim().is_empty() || text.source.trim().is_empty() {
        reader.wrong(&place, "only_for without who or source", "say for whom, and who says so");
    }
    Some(OnlyFor {
        sex,
        from_days: text.from_days,
        to_days: text.to_days,
        who: text.who,
        source: text.source,
    })
}

/// How often a test is enough.
pub(super) fn once(reader: &mut Reader<'_>, text: Spanned<OnceText>) -> OnceWithin {
    let place = reader.place(text.span());
    let text = text.into_inner();
    if text.hours == 0 {
        reader.wrong(&place, "a window of no hours", "give the hours, or remove once_within");
    }
    if text.source.trim().is_empty() {
        reader.wrong(&place, "once_within has no source", "say who says so");
    }
    OnceWithin { hours: text.hours, source: text.source }
}
