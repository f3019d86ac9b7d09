//! The laboratory's letterhead, and reports that go out.

use lab::accession::{Test, TestState};
use lab::event::{Event, ReportEvent};
use lab::issue::{Issue, ReportState};
use lab::journey::report::{IssueReport, NameLaboratory};
use lab::kept::Shelf;
use lab::letterhead::Letterhead;
use lab::refusal::Refusal;
use lab::value::ResultId;

use crate::bench::*;

pub fn letterhead() -> Letterhead {
    Letterhead {
        name: "Harbor Teaching Laboratory".into(),
        address: vec!["200 Quay Street".into(), "Portland, ME 04101".into()],
        telephone: "207-555-0140".into(),
        director: "Eli Marsh, MD".into(),
        certificate: "CLIA 20D0000000".into(),
    }
}

fn issue(ordered: &Ordered, looked_at: Vec<ResultId>) -> IssueReport {
    let accession = ordered.tests[0].accession;
    IssueReport { accession, to: " Dr. Osei ".into(), looked_at, letterhead: letterhead() }
}

/// The versions that stand now.
fn standing(bench: &Bench, ordered: &Ordered) -> Vec<ResultId> {
    let tests: Vec<Test> = ordered.tests.iter().map(|test| bench.test(test.id)).collect();
    lab::issue::reported(&tests).collect()
}

/// Issues the report as it stands.
pub fn issue_all(bench: &mut Bench, ordered: &Ordered) {
    let command = issue(ordered, standing(bench, ordered));
    bench.does(CY, command);
}

fn issued(events: &[Event]) -> &Issue {
    let [Event::Report(ReportEvent::ReportIssued(issue))] = events else { panic!("{events:?}") };
    issue
}

#[test]
fn the_laboratory_is_named_by_its_director() {
    let mut bench = Bench::new();
    let untidy = Letterhead {
        name: " Harbor Teaching Laboratory ".into(),
        address: vec!["200 Quay Street".into(), "  ".into(), " Portland, ME 04101".into()],
        ..letterhead()
    };
    let events = bench.does(ELI, NameLaboratory { letterhead: untidy });
    assert_eq!(events, [Event::Report(ReportEvent::LaboratoryNamed(letterhead()))]);
    let kept: Vec<Letterhead> = bench.laboratory.all().collect();
    assert_eq!(kept, [letterhead()]);
    bench.does(ELI, NameLaboratory { letterhead: letterhead() });
    assert_eq!(bench.laboratory.all::<Letterhead>().count(), 1);
}

#[test]
fn a_letterhead_is_refused_in_the_order_in_which_it_is_doubted() {
    let bench = Bench::new();
    let name = |change: fn(&mut Letterhead)| {
        let mut letterhead = letterhead();
        change(&mut letterhead);
        NameLaboratory { letterhead }
    };
    check(&bench, (DORA, name(|_| ())), Err(not_permitted("NameLaboratory")));
    let all_empty: fn(&mut Letterhead) = |one| *one = Letterhead::default();
    check(&bench, (ELI, name(all_empty)), Err(missing("Name")));
    check(&bench, (ELI, name(|one| one.address.clear())), Err(missing("Address")));
    check(&bench, (ELI, name(|one| one.director = " ".into())), Err(missing("Director")));
    let refused = bench.ask(ELI, name(|one| one.certificate = "CLIA 12".into()));
    assert_eq!(refused.expect_err("refused").code(), "Unreadable");
}

#[test]
fn reports_of_an_accession_count_up_and_say_what_they_were() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    let nothing = bench.does(CY, issue(&ordered, Vec::new()));
    assert_eq!((issued(&nothing).number, issued(&nothing).standing), (1, ReportState::Preliminary));
    bench.sends(&ordered, &readings("K=4.2 Na=140"));
    bench.verified(ordered.test("K"));
    let looked_at = standing(&bench, &ordered);
    assert_eq!(looked_at.len(), 1);
    let first = bench.does(CY, issue(&ordered, looked_at.clone()));
    assert_eq!(issued(&first).to, "Dr. Osei");
    assert_eq!(issued(&first).results, looked_at);
    assert_eq!(issued(&first).standing, ReportState::Preliminary);
    bench.verified(ordered.test("SOD"));
    let last = bench.does(CY, issue(&ordered, standing(&bench, &ordered)));
    assert_eq!((issued(&last).number, issued(&last).standing), (3, ReportState::Final));
    assert_eq!(bench.laboratory.all::<Issue>().count(), 3);
}

#[test]
fn a_report_of_nothing_but_cancelled_tests_says_so() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    let mut row = bench.test(ordered.test("K"));
    row.state = TestState::Cancelled;
    bench.laboratory.put(row);
    let events = bench.does(CY, issue(&ordered, Vec::new()));
    assert_eq!(issued(&events).standing, ReportState::Cancelled);
}

#[test]
fn a_report_goes_out_as_it_was_looked_at() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    bench.sends(&ordered, &readings("K=4.2 Na=140"));
    bench.verified(ordered.test("K"));
    let looked_at = standing(&bench, &ordered);
    bench.verified(ordered.test("SOD"));
    let changed = |code: &str| Err(Refusal::Changed { code: code.into() });
    check(&bench, (CY, issue(&ordered, looked_at)), changed("SOD"));
    check(&bench, (CY, issue(&ordered, Vec::new())), changed("K"));
    let mut to_nobody = issue(&ordered, standing(&bench, &ordered));
    to_nobody.to = " ".into();
    check(&bench, (CY, to_nobody.clone()), Err(missing("For whom")));
    check(&bench, (AMY, to_nobody.clone()), Err(not_permitted("IssueReport")));
    to_nobody.accession = lab::value::AccessionId(7);
    assert_eq!(bench.ask(CY, to_nobody).expect_err("refused").code(), "NoSuch");
}
