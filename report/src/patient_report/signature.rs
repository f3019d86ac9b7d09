//! The lower end of a report: legend, who verified, where it was performed, which catalog, when and
//! by whom it was printed.
//!
//! What must stay true: the time of printing is never taken for the time of reporting; no approval
//! is claimed that was not given.

use lab::value::Moment;

use super::PatientReport;
use super::arrange::Arranged;
use crate::clock;
use crate::text::Text;

/// Everything below the results.
pub fn foot(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Vec<Text> {
    let head = report.letterhead;
    let printed = report.printed;
    let times = clock::offset(printed.at, report.zone);
    let mut foot = vec![legend()];
    for line in verified_by(report, arranged) {
        foot.push(format!("Verified by {line}").into());
    }
    foot.push(issued(report).into());
    let mut place = vec![format!("Performed at {}", head.name)];
    place.extend(head.address.iter().cloned());
    let place = place.join(", ");
    foot.push(
        format!("{place}. Test methods and their performance are available on request.").into(),
    );
    foot.push(
        format!(
            "{}Printed {} ({times}) by {}. Confidential patient information.",
            releases(report, arranged),
            clock::minute_zoned(printed.at, report.zone),
            printed.by
        )
        .into(),
    );
    foot
}

/// Which report this is, and whether it is printed again.
fn issued(report: &PatientReport<'_>) -> String {
    let Some(issue) = report.printed.issue else {
        return "Not issued: a look at how things stand.".to_owned();
    };
    let at = clock::minute_zoned(issue.at, report.zone);
    let again = if report.printed.at > issue.at { " Printed again." } else { "" };
    format!(
        "Report {} of this accession, issued {at} to {} by {}.{again}",
        issue.number,
        issue.to,
        report.who(issue.by)
    )
}

fn legend() -> Text {
    Text::bold("L")
        .and(" low, ")
        .and_bold("H")
        .and(" high, ")
        .and_bold("LL")
        .and(", ")
        .and_bold("HH")
        .and(" and ")
        .and_bold("AA")
        .and(" critical, ")
        .and_bold("A")
        .and(" abnormal, ")
        .and_bold("\u{394}")
        .and(
            " changed from the previous result by more than the laboratory's limit. Reference \
             intervals and critical limits are the laboratory's starter values, which await the \
             laboratory director's approval, as they stood when the result was filed.",
        )
}

/// Each person with the number of results and the time of the last: `Cy Young, MLS: 12 results,
/// 2026-11-24 09:41 EST`.
fn verified_by(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> Vec<String> {
    let mut by: Vec<(String, usize, Moment)> = Vec::new();
    for (_, _, verified) in arranged.reported() {
        let who = report.who(verified.by);
        match by.iter_mut().find(|(name, _, _)| *name == who) {
            Some((_, count, last)) => {
                *count += 1;
                *last = verified.at.max(*last);
            }
            None => by.push((who, 1, verified.at)),
        }
    }
    let line = |(who, count, last): (String, usize, Moment)| {
        let results = if count == 1 { "result" } else { "results" };
        format!("{who}: {count} {results}, {}", clock::minute_zoned(last, report.zone))
    };
    by.into_iter().map(line).collect()
}

/// The catalog releases the results were judged by.
fn releases(report: &PatientReport<'_>, arranged: &Arranged<'_>) -> String {
    let mut judged: Vec<u32> =
        arranged.reported().map(|(_, result, _)| result.catalog_release).collect();
    judged.sort_unstable();
    judged.dedup();
    let judged: Vec<String> = judged.iter().map(u32::to_string).collect();
    match judged.as_slice() {
        [] => format!("Catalog release {}. ", report.catalog.release()),
        [one] => format!("Results judged by catalog release {one}. "),
        several => format!("Results judged by catalog releases {}. ", several.join(", ")),
    }
}
