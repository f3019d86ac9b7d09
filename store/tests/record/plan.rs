//! Every question of the door, of the screens and of the instruments is answered from an index.
//!
//! Each is asked through an ear that keeps its text; the database is then asked how it would
//! answer. What must stay true: nothing is scanned, except what is as small as the people and the
//! instruments of one laboratory, or only what waits.

use std::cell::RefCell;

use lab::accession::{Position, Spot};
use lab::command::Look;
use lab::value::{
    DispatchId, InstrumentId, Label, MessageId, PatientId, PersonId, ResultId, StoragePlaceId,
    UnclaimedId,
};
use store::cell::{Cell, Line};
use store::engine::{Sql, Take};
use store::fault::Fault;
use store::{DatabaseLook, journal, message, query, session};

use crate::grown::grow;
use crate::room::*;

/// Hears every question, and asks how it is answered.
struct Ear<'a> {
    sql: &'a dyn Sql,
    plans: RefCell<Vec<(String, String)>>,
}

impl Sql for Ear<'_> {
    fn rows(&self, sql: &str, given: &[Cell]) -> Result<Vec<Line>, Fault> {
        let steps = if server().is_some() {
            explained(&self.sql.rows(&format!("EXPLAIN {sql}"), given)?)?
        } else {
            let plan = self.sql.rows(&format!("EXPLAIN QUERY PLAN {sql}"), given)?;
            plan.iter().map(|line| line.text(3).map(str::to_owned)).collect::<Result<_, _>>()?
        };
        self.plans.borrow_mut().extend(steps.into_iter().map(|step| (sql.to_owned(), step)));
        self.sql.rows(sql, given)
    }

    fn each(&self, sql: &str, given: &[Cell], take: &mut Take<'_>) -> Result<(), Fault> {
        self.rows(sql, given)?.into_iter().try_for_each(take)
    }
}

/// The steps of a server's plan, in the words of the embedded engine.
fn explained(plan: &[Line]) -> Result<Vec<String>, Fault> {
    let lines: Result<Vec<&str>, Fault> = plan.iter().map(|line| line.text(0)).collect();
    let lines = lines?;
    let (mut steps, mut heap) = (Vec::new(), "?");
    for (at, line) in lines.iter().enumerate() {
        // A step that several processes share reads no less.
        let before = |word: &&str| matches!(*word, "->" | "Parallel");
        let words: Vec<&str> = line.split_whitespace().skip_while(before).collect();
        let after = |word: &str| {
            let place = words.iter().position(|each| *each == word);
            place.and_then(|place| words.get(place + 1)).copied().unwrap_or_default()
        };
        let next = lines.get(at + 1).and_then(|next| next.trim().strip_prefix("Index Cond: "));
        let key = keys(next.unwrap_or_default());
        match words.get(..2) {
            Some(["Seq", "Scan"]) => steps.push(format!("SCAN {}", after("on"))),
            Some(["Bitmap", "Heap"]) => heap = after("on"),
            Some(["Bitmap", "Index"]) => {
                steps.push(format!("SEARCH {heap} USING INDEX {} {key}", after("on")));
            }
            Some(["Index", "Scan" | "Only"]) => {
                steps.push(format!("SEARCH {} USING INDEX {} {key}", after("on"), after("using")));
            }
            _ => {}
        }
    }
    Ok(steps)
}

/// What an index is searched by: `((lab = '1'::bigint) AND (id > 5))` is `(lab=? AND id>?)`. With
/// nothing but the laboratory, or less, all of the index is read.
fn keys(condition: &str) -> String {
    let parts = condition.split(" AND ").map(|part| {
        let mut words = part.trim_start_matches('(').split(' ');
        let (column, relation) = (words.next().unwrap_or_default(), words.next());
        format!("{column}{}?", relation.unwrap_or_default())
    });
    let parts: Vec<String> = parts.filter(|part| part != "?").collect();
    if parts.is_empty() { "(lab=?)".into() } else { format!("({})", parts.join(" AND ")) }
}

/// The steps of the plans by which questions are answered in a record with some work in it.
fn plans(ask: impl FnOnce(&Ear<'_>, &Lived) -> Result<(), Fault>) -> Vec<(String, String)> {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    if folder.database().is_some() {
        grow(&folder);
    }
    let heard = store.read(|sql| {
        let ear = Ear { sql, plans: RefCell::default() };
        ask(&ear, &lived)?;
        Ok(ear.plans.into_inner())
    });
    heard.expect("every question is answered")
}

/// Indexes of what waits, and keys that are only ever walked from an end: reading them by the
/// laboratory alone does not grow with the record.
const BOUNDED: [&str; 18] = [
    "test_call",
    "test_candidate",
    "test_waiting",
    "test_open",
    "specimen_waiting",
    "unclaimed_open",
    "unclaimed_of",
    "message_unfiled",
    "sqlite_autoindex_journal_1",
    "sqlite_autoindex_catalog_release_1",
    "sqlite_autoindex_catalog_draft_1",
    "specimen_received",
    "journal_pkey",
    "catalog_release_pkey",
    "catalog_draft_pkey",
    "specimen_astray",
    "sqlite_autoindex_dispatch_2",
    "dispatch_lab_number_key",
];

/// A step that reads a whole table or a whole index. To search by the laboratory alone is to read
/// all of it; so it is to search in a range that the text does not ask for: what is not missing is
/// told as one.
fn scans(sql: &str, step: &str) -> bool {
    let range = step.rsplit_once("(lab=? AND ").and_then(|(_, rest)| rest.strip_suffix("?)"));
    let range = range.filter(|range| !range.contains(' ') && range.ends_with(['<', '>']));
    let unasked = range.is_some_and(|range| !sql.contains(range));
    let whole = step.starts_with("SCAN") || step.ends_with("(lab=?)") || unasked;
    whole && !BOUNDED.iter().any(|index| step.contains(&format!("INDEX {index} ")))
}

/// `small` are tables of tens of rows, which may be read whole.
fn assert_none_scans(heard: &[(String, String)], small: &[&str]) {
    // A server finds a row among tens by whatever index it likes; merges and stays are few in this
    // record, and the embedded engine's plans tell of them.
    let few = [
        "person",
        "instrument",
        "facility",
        "location",
        "provider",
        "storage_place",
        "patient_merge",
        "encounter",
    ];
    let tens = if server().is_some() { &few[..] } else { &[] };
    let is_small = |step: &str| {
        let table = step.split(' ').nth(1);
        table.is_some_and(|table| small.contains(&table) || tens.contains(&table))
    };
    let scanned: Vec<_> =
        heard.iter().filter(|(sql, step)| scans(sql, step) && !is_small(step)).collect();
    assert!(scanned.is_empty(), "{scanned:#?}");
    assert!(!heard.is_empty(), "nothing was asked");
}

#[test]
fn everything_a_command_looks_at_is_found_by_an_index() {
    let heard = plans(|ear, lived| {
        let look = DatabaseLook(ear);
        look.patient(PatientId(1))?;
        look.patient_numbered("MRN-1")?;
        look.row::<lab::patient::Merge>(7)?;
        look.identifiers_of(PatientId(1))?;
        look.identified("INS-7")?;
        look.encounters_of(PatientId(1))?;
        look.encounter_numbered("E-1")?;
        look.merges_of(PatientId(1))?;
        look.accessions_of(PatientId(1))?;
        look.results_of(lived.accession)?;
        look.last_ordered(PatientId(1), &"K".into())?;
        look.facility_coded("NORTH")?;
        look.location_coded("4B")?;
        look.provider_named("Osei, Ama")?;
        look.accession(lived.accession)?;
        look.last_sequence(20_781)?;
        look.specimen(lived.specimen)?;
        look.specimen_labeled(&lived.label)?;
        look.test(lived.tests["K"])?;
        look.tests_of(lived.accession)?;
        look.result(ResultId(1))?;
        look.newest_results(lived.accession)?;
        look.last_verified(PatientId(1), lived.accession)?;
        look.last_issue(lived.accession)?;
        look.person(PersonId(1))?;
        look.person_signing_in("cy")?;
        look.instrument(lived.analyzer)?;
        look.instrument_named("Chem 1")?;
        look.unclaimed(UnclaimedId(1))?;
        look.newest_draft()?;
        look.people()?;
        look.specimens_of(lived.accession)?;
        let spot = Spot::new(1, 1).expect("a position");
        look.specimen_at(&Position { place: StoragePlaceId(1), spot })?;
        look.storage_place(StoragePlaceId(1))?;
        look.storage_place_coded("R1")?;
        look.dispatch(DispatchId(1))?;
        look.last_dispatch()?;
        look.newest_release().map(drop)
    });
    assert_none_scans(&heard, &["person"]);
    assert_eq!(
        heard.iter().map(|(sql, _)| sql).collect::<std::collections::BTreeSet<_>>().len(),
        39
    );
}

#[test]
fn the_last_verified_result_is_the_end_of_its_index() {
    let heard = plans(|ear, lived| {
        DatabaseLook(ear).last_verified(PatientId(1), lived.accession).map(drop)
    });
    let steps: Vec<&str> = heard.iter().map(|(_, step)| step.as_str()).collect();
    let ends = "INDEX test_verified (lab=? AND patient=? AND code=?";
    assert!(steps.iter().any(|step| step.contains(ends)), "{steps:?}");
    assert!(!steps.iter().any(|step| step.contains("SCAN")), "{steps:?}");
}

#[test]
fn the_journal_the_messages_and_the_sessions_are_found_by_an_index() {
    let heard = plans(|ear, lived| {
        journal::head(ear)?;
        journal::answering(ear, "order 1")?;
        journal::after(ear, 3, 10)?;
        journal::about(ear, lived.accession.0, 10)?;
        message::unread(ear, 10)?;
        message::unread_after(ear, MessageId(1), 10)?;
        message::one(ear, MessageId(1))?;
        message::newest(ear, InstrumentId(1), 10)?;
        session::of(ear, "5e55")?;
        session::of_person(ear, PersonId(1))?;
        session::digest_of(ear, PersonId(1))?;
        session::looks_of(ear, PatientId(1), 50)?;
        session::looks_at(ear, PatientId(1)).map(drop)
    });
    assert_none_scans(&heard, &[]);
}

#[test]
fn what_the_screens_ask_is_found_by_an_index() {
    let heard = plans(|ear, lived| {
        let patient = accession_of(ear, lived)?.patient;
        query::board(ear, 0)?;
        query::collect_list(ear, "Ordered", 50)?;
        query::collect_list(ear, "Collected", 50)?;
        query::received_list(ear, 50)?;
        query::review_list(ear, None, 50)?;
        query::call_list(ear, 50)?;
        query::late_list(ear, 50)?;
        query::review_list(ear, Some("chemistry"), 50)?;
        query::review_line(ear, lived.tests["K"])?;
        query::find_anything(ear, "lee")?;
        query::find_anything(ear, "MRN-1")?;
        query::find_anything(ear, lived.label.as_str())?;
        query::find_anything(ear, "1958-03-24")?;
        query::providers(ear, "os", 12)?;
        query::locations(ear, "4", 12)?;
        query::facilities(ear, "no", 12)?;
        query::orders_of(ear, patient, None, 20)?;
        query::patient_of_number(ear, "INS-7")?;
        query::whence_of(ear, &accession_of(ear, lived)?)?;
        query::credits_of(ear, lived.accession)?;
        query::collect_list_at(ear, lab::value::LocationId(1), 50)?;
        query::waiting_places(ear)?;
        query::whole_by_label(ear, &Label::new(NINE, 1, 0))?;
        query::journal_of(ear, lived.accession, 50)?;
        query::journal_of_patient(ear, PatientId(1), 50)?;
        query::letterhead(ear)?;
        query::issues_of(ear, lived.accession)?;
        query::as_issued(ear, &issue_of(lived))?;
        query::chart_of(ear, patient, None, 8)?;
        query::trend_of(ear, patient, &"K".into(), 60)?;
        query::instruments(ear)?;
        query::unclaimed_open(ear, 50)?;
        query::unclaimed_of(ear, lived.analyzer, 50)?;
        query::controls_of(ear, lived.analyzer, 50)?;
        query::unclaimed_count(ear, lived.analyzer)?;
        query::troubled_messages(ear, 50)?;
        query::troubled_by_instrument(ear)?;
        query::releases(ear, 10)?;
        query::process_list(ear, 50, &|_| true)?;
        query::pending_tubes(ear, query::Which::All, 600)?;
        query::pending_tubes(ear, query::Which::Of("chemistry"), 600)?;
        query::pending_tubes(ear, query::Which::Test("chemistry", "K"), 600)?;
        query::open_counts(ear)?;
        query::open_courses(ear, 600)?;
        query::finished_courses(ear, NINE, 600)?;
        // A day is little of what was ever received.
        query::received_since(ear, NINE.plus_minutes(1))?;
        query::storage_places(ear)?;
        query::stored_in(ear, StoragePlaceId(1))?;
        query::astray(ear, "Lost", 50)?;
        query::astray(ear, "Dispatched", 50)?;
        query::dispatch_lists(ear, 50)?;
        query::work_for_specimen(ear, &lived.label).map(drop)
    });
    // `waits` are the few that were chosen from what is open.
    assert_none_scans(&heard, &["person", "instrument", "storage_place", "waits"]);
}

/// The accession of the first order.
fn accession_of(ear: &Ear<'_>, lived: &Lived) -> Result<lab::accession::Accession, Fault> {
    let found = DatabaseLook(ear).accession(lived.accession)?;
    found.ok_or_else(|| Fault::new("the first order is not there"))
}

/// A report that is still to go out: its copy would be of everything so far.
fn issue_of(lived: &Lived) -> lab::issue::Issue {
    lab::issue::Issue {
        id: lab::value::IssueId(0),
        accession: lived.accession,
        number: 1,
        at: NINE,
        by: lived.cy,
        to: "Dr. Osei".into(),
        standing: lab::issue::ReportState::Final,
        patient: lab::patient::Patient {
            id: PatientId(1),
            record_number: "MRN-1".into(),
            name: lab::value::PersonName { family: "Lee".into(), given: "Ann".into() },
            birth_date: None,
            sex: lab::value::Sex::Unknown,
            deceased: false,
            merged_into: None,
        },
        letterhead: lab::letterhead::Letterhead::default(),
        results: Vec::new(),
    }
}

#[test]
fn a_scan_would_be_heard() {
    let heard = plans(|ear, _| {
        ear.rows("SELECT count(*) FROM result WHERE value LIKE '%9%'", &[]).map(drop)
    });
    assert!(heard.iter().any(|(sql, step)| scans(sql, step)), "{heard:?}");
    let present = "SELECT 1 FROM test WHERE lab=1 AND verified_at IS NOT NULL";
    assert!(scans(present, "SEARCH test USING INDEX test_verified_at (lab=? AND verified_at>?)"));
    let since = "SELECT 1 FROM test WHERE lab=1 AND verified_at>=?2";
    assert!(!scans(since, "SEARCH test USING INDEX test_verified_at (lab=? AND verified_at>?)"));
}

/// Every question of these files is asked above, on whichever engine the tests run, so that each
/// engine has prepared and answered its text.
#[test]
fn no_question_is_forgotten_here() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |file: &std::path::Path| std::fs::read_to_string(file).expect("a source");
    let queries = std::fs::read_dir(source.join("query")).expect("the questions").flatten();
    let mut files: Vec<_> = queries.map(|entry| entry.path()).collect();
    files.extend(
        ["journal", "message", "session"].map(|name| source.join(name).with_extension("rs")),
    );
    let (mut asked, here) = (0, include_str!("plan.rs"));
    for file in files {
        for part in read(&file).split("pub fn ").skip(1) {
            let (name, rest) = part.split_once('(').expect("a function");
            let asks =
                rest.split(')').next().is_some_and(|given| given.contains("sql: &(impl Sql"));
            if asks {
                asked += 1;
                let call = format!("::{name}(");
                assert!(here.contains(&call), "{}: {name} is not asked here", file.display());
            }
        }
    }
    assert!(asked > 20, "only {asked} questions were found");
}
