//! Reading one test: its figures, its intervals and critical limits, and the checks that need
//! nothing but the entry itself.

use super::critical::CriticalLimit;
use super::file::{CriticalText, DeltaText, GapText, IntervalText, PlausibleText, TestText};
use super::function::is_loinc;
use super::interval::{Interval, Sex};
use super::mistake::Place;
use super::read::Reader;
use super::read_order;
use super::test::{
    AgeGap, Bench, Certainty, Delta, DeltaLimit, Origin, Plausible, TestCalculation, TestDefinition,
};
use toml::Spanned;

/// Turns an entry into a test, noting its mistakes.
pub(super) fn test(reader: &mut Reader<'_>, bench: Bench, text: TestText) -> TestDefinition {
    let place = reader.place(text.code.span());
    check_loinc(reader, &place, &text);
    check_origin(reader, &place, &text);
    let source = text.interval_source.unwrap_or_default();
    let gaps: Vec<AgeGap> =
        text.not_established.into_iter().map(|gap| gap_of(reader, gap)).collect();
    let intervals = intervals(reader, text.intervals, &source);
    check_bands(reader, &intervals, &gaps);
    let critical = critical_limits(reader, text.critical);
    TestDefinition {
        code: text.code.into_inner(),
        name: text.name,
        bench,
        section: text.section,
        loinc: text.loinc,
        loinc_certainty: text.loinc_check,
        unit: text.unit,
        specimen: text.specimen,
        container: text.container,
        value_type: text.value,
        answers: Vec::new(),
        decimals: reader.decimals(&place, text.decimals),
        plausible: text.plausible.and_then(|limits| plausible(reader, limits)),
        delta: text.delta.and_then(|limit| delta(reader, limit)),
        proficiency: text.proficiency,
        complexity: text.complexity,
        origin: text.origin.unwrap_or(Origin::Measured),
        calculation: text
            .calculation
            .map(|id| TestCalculation { id, inputs: text.calculation_inputs }),
        intervals: intervals.into_iter().map(|(interval, _)| interval).collect(),
        critical,
        not_established: gaps,
        only_for: text.only_for.and_then(|only| read_order::only_for(reader, only)),
        once_within: text.once_within.map(|once| read_order::once(reader, once)),
    }
}

fn check_loinc(reader: &mut Reader<'_>, place: &Place, text: &TestText) {
    match &text.loinc {
        Some(loinc) if !is_loinc(loinc) => {
            let what = format!("the check digit of LOINC {loinc} is wrong");
            reader.wrong(place, what, "compare the code with loinc.org");
        }
        Some(_) if text.loinc_check == Certainty::NoCode => {
            reader.wrong(place, "a LOINC code with loinc_check none", "say how sure the code is");
        }
        None if text.loinc_check != Certainty::NoCode => {
            reader.wrong(place, "no LOINC code", "give it, or write loinc_check = \"none\"");
        }
        _ => {}
    }
}

fn check_origin(reader: &mut Reader<'_>, place: &Place, text: &TestText) {
    let measured = text.origin.is_none_or(|origin| origin == Origin::Measured);
    if measured == text.calculation.is_some() {
        let mend = "name the calculation and say origin = \"calculated\" or \
                    \"measured_or_calculated\"";
        reader.wrong(place, "origin and calculation do not agree", mend);
    }
}

fn plausible(reader: &mut Reader<'_>, limits: Spanned<PlausibleText>) -> Option<Plausible> {
    let place = reader.place(limits.span());
    let low = reader.decimal(&place, &limits.get_ref().low);
    let high = reader.decimal(&place, &limits.get_ref().high);
    reader.ordered(&place, low, high);
    Some(Plausible { low: low?, high: high? })
}

fn delta(reader: &mut Reader<'_>, limit: Spanned<DeltaText>) -> Option<Delta> {
    let place = reader.place(limit.span());
    let text = limit.into_inner();
    let limit = match (text.absolute, text.percent) {
        (Some(figure), None) => DeltaLimit::Absolute(reader.decimal(&place, &figure)?),
        (None, Some(figure)) => DeltaLimit::Percent(reader.decimal(&place, &figure)?),
        _ => {
            reader.wrong(&place, "a delta is absolute or in percent", "give exactly one of them");
            return None;
        }
    };
    Some(Delta { limit, within_hours: text.within_hours })
}

fn gap_of(reader: &mut Reader<'_>, gap: Spanned<GapText>) -> AgeGap {
    let place = reader.place(gap.span());
    let gap = gap.into_inner();
    check_ages(reader, &place, gap.from_days, Some(gap.to_days));
    AgeGap { from_days: gap.from_days, to_days: gap.to_days, because: gap.because }
}

fn check_ages(reader: &mut Reader<'_>, place: &Place, from: u32, to: Option<u32>) {
    if let Some(to) = to
        && to <= from
    {
        let what = format!("the ages from day {from} to before day {to} are none");
        reader.wrong(place, what, "to_days is the first day after the band");
    }
}

type Placed<T> = (T, Place);

fn intervals(
    reader: &mut Reader<'_>,
    texts: Vec<Spanned<IntervalText>>,
    source: &str,
) -> Vec<Placed<Interval>> {
    let mut intervals = Vec::with_capacity(texts.len());
    for text in texts {
        let place = reader.place(text.span());
        let interval = interval(reader, &place, text.into_inner(), source);
        intervals.push((interval, place));
    }
    intervals
}

fn interval(reader: &mut Reader<'_>, place: &Place, text: IntervalText, source: &str) -> Interval {
    let sex = match text.sex.as_deref() {
        None => None,
        Some("F") => Some(Sex::Female),
        Some("M") => Some(Sex::Male),
        Some(other) => {
            reader.wrong(place, format!("sex {other:?}"), "write \"F\", \"M\" or leave it out");
            None
        }
    };
    let low = reader.optional(place, text.low.as_ref());
    let high = reader.optional(place, text.high.as_ref());
    reader.ordered(place, low, high);
    check_ages(reader, place, text.from_days, text.to_days);
    if text.low.is_none() && text.high.is_none() {
        reader.wrong(place, "an interval without low and high", "give at least one of them");
    }
    let source = text.source.unwrap_or_else(|| source.to_string());
    if source.trim().is_empty() {
        reader.wrong(place, "the interval has no source", "give source, or interval_source above");
    }
    Interval {
        sex,
        from_days: text.from_days,
        to_days: text.to_days,
        ages: text.ages,
        low,
        high,
        kind: text.kind.unwrap_or_else(|| "RI".to_string()),
        source,
    }
}

/// The bands of one kind must follow each other for each sex, or the break must be declared.
fn check_bands(reader: &mut Reader<'_>, intervals: &[Placed<Interval>], gaps: &[AgeGap]) {
    let mut kinds: Vec<&str> = intervals.iter().map(|(one, _)| one.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut told: Vec<(u32, u32)> = Vec::new();
    for kind in kinds {
        for sex in [Sex::Female, Sex::Male] {
            let mut bands: Vec<&Placed<Interval>> = intervals
                .iter()
                .filter(|(one, _)| one.kind == kind && one.sex.is_none_or(|own| own == sex))
                .collect();
            bands.sort_by_key(|(one, _)| one.from_days);
            for pair in bands.windows(2) {
                let [(earlier, _), (later, place)] = pair else { continue };
                let (end, start) = (earlier.to_days.unwrap_or(u32::MAX), later.from_days);
                if end == start || told.contains(&(end, start)) {
                    continue;
                }
                told.push((end, start));
                band_break(reader, place, (end, start), gaps);
            }
        }
    }
}

fn band_break(reader: &mut Reader<'_>, place: &Place, (end, start): (u32, u32), gaps: &[AgeGap]) {
    if start < end {
        let what = format!("the ages from day {start} overlap with the band before");
        return reader.wrong(place, what, "to_days of the band before is exclusive: set it there");
    }
    if !gaps.iter().any(|gap| gap.from_days <= end && gap.to_days >= start) {
        let what = format!("no interval for the ages from day {end} to before day {start}");
        reader.wrong(place, what, "add the band, or declare it under not_established");
    }
}

fn critical_limits(
    reader: &mut Reader<'_>,
    texts: Vec<Spanned<CriticalText>>,
) -> Vec<CriticalLimit> {
    let mut limits: Vec<CriticalLimit> = Vec::with_capacity(texts.len());
    for text in texts {
        let place = reader.place(text.span());
        let limit = critical_limit(reader, &place, text.into_inner());
        let end = limit.to_days.unwrap_or(u32::MAX);
        let overlaps = |other: &CriticalLimit| {
            limit.from_days < other.to_days.unwrap_or(u32::MAX) && other.from_days < end
        };
        if limits.iter().any(overlaps) {
            reader.wrong(&place, "two critical limits for the same age", "part the age bands");
        }
        limits.push(limit);
    }
    limits
}

fn critical_limit(reader: &mut Reader<'_>, place: &Place, text: CriticalText) -> CriticalLimit {
    let low = reader.optional(place, text.low.as_ref());
    let high = reader.optional(place, text.high.as_ref());
    reader.ordered(place, low, high);
    check_ages(reader, place, text.from_days, text.to_days);
    if text.low.is_none() && text.high.is_none() && text.when.is_none() {
        reader.wrong(place, "a critical limit without figure or rule", "give low, high or when");
    }
    CriticalLimit {
        from_days: text.from_days,
        to_days: text.to_days,
        ages: text.ages,
        low,
        low_included: text.low_included,
        high,
        high_included: text.high_included,
        when: text.when,
    }
}
