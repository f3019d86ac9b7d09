//! What the screens and the instruments ask of the record, and what they are told.

use lab::accession::Specimen;
use lab::command::Look;
use lab::journey::collect::CollectSpecimens;
use lab::journey::order::{CancelTest, PlaceOrder};
use lab::journey::receive::ReceiveSpecimen;
use lab::journey::verify::RequestRerun;
use lab::people::Actor;
use lab::quality::turnaround::Course;
use lab::value::{Label, PersonName, Priority};
use store::query::{self, Found, Which};
use store::{DatabaseLook, Store};

use crate::room::*;

/// An order of another patient, placed at this urgency.
fn place(store: &Store, lived: &Lived, (name, priority): (&str, Priority)) {
    let order = PlaceOrder {
        name: PersonName { family: name.into(), given: "Bo".into() },
        priority,
        ..order(name, &["K"])
    };
    done(store.execute(act(&format!("order {name}"), lived.cy, order)));
}

/// The tube of that patient's order.
fn tube(store: &Store, name: &str) -> Specimen {
    let found = store.read(|sql| query::find_anything(sql, name)).expect("read");
    let Found::Patients(patients) = found else { panic!("{name}: {found:?}") };
    let accession = patients[0].1[0].id;
    let rows = tables(store);
    let mut tubes = rows.all::<Specimen>();
    tubes.find(|tube| tube.accession == accession).expect("its tube")
}

fn collect(store: &Store, lived: &Lived, name: &str) {
    let specimens = vec![tube(store, name).id];
    let collect =
        CollectSpecimens { specimens, at: NINE, identified: true, taken: Default::default() };
    done(store.execute(act(&format!("collect {name}"), lived.cy, collect)));
}

fn receive(store: &Store, lived: &Lived, (name, minutes): (&str, i64)) {
    let label = tube(store, name).label;
    let mut receive = act(&format!("receive {name}"), lived.cy, ReceiveSpecimen { label });
    receive.now = NINE.plus_minutes(minutes);
    done(store.execute(receive));
}

fn waiting(store: &Store, state: &str) -> Vec<String> {
    let lines = store.read(|sql| query::collect_list(sql, state, 50)).expect("read");
    lines.into_iter().map(|line| line.patient.name.family).collect()
}

#[test]
fn what_is_to_collect_stands_most_urgent_and_oldest_first() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    for order in [
        ("Adams", Priority::Routine),
        ("Brown", Priority::Asap),
        ("Clark", Priority::Stat),
        ("Davis", Priority::Stat),
        ("Evans", Priority::Routine),
    ] {
        place(&store, &lived, order);
    }
    assert_eq!(waiting(&store, "Ordered"), ["Clark", "Davis", "Brown", "Adams", "Evans"]);
    assert_eq!(waiting(&store, "Collected"), [""; 0]);
    collect(&store, &lived, "Adams");
    collect(&store, &lived, "Clark");
    assert_eq!(waiting(&store, "Ordered"), ["Davis", "Brown", "Evans"]);
    assert_eq!(waiting(&store, "Collected"), ["Clark", "Adams"]);
    receive(&store, &lived, ("Adams", 5));
    receive(&store, &lived, ("Clark", 6));
    assert_eq!(waiting(&store, "Collected"), [""; 0]);
    let received = store.read(|sql| query::received_list(sql, 2)).expect("read");
    let received: Vec<_> = received.into_iter().map(|line| line.patient.name.family).collect();
    assert_eq!(received, ["Clark", "Adams"], "the newest of three");
}

/// Cancels every test of that patient's order.
fn cancel(store: &Store, lived: &Lived, name: &str) {
    let accession = tube(store, name).accession;
    let tests = store.read(|sql| DatabaseLook(sql).tests_of(accession)).expect("read");
    for test in tests {
        let cancel = CancelTest {
            test: test.id,
            looked_at: looked(store, test.id),
            reason: "ordered twice".into(),
        };
        done(store.execute(act(&format!("cancel {}", test.id), lived.cy, cancel)));
    }
}

#[test]
fn a_tube_whose_tests_were_all_cancelled_is_waited_for_no_more() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    for name in ["Adams", "Brown", "Clark"] {
        place(&store, &lived, (name, Priority::Routine));
    }
    let two = PlaceOrder {
        name: PersonName { family: "Davis".into(), given: "Bo".into() },
        ..order("Davis", &["K", "SOD"])
    };
    done(store.execute(act("order Davis", lived.cy, two)));
    collect(&store, &lived, "Brown");
    cancel(&store, &lived, "Adams");
    cancel(&store, &lived, "Brown");
    let accession = tube(&store, "Davis").accession;
    let tests = store.read(|sql| DatabaseLook(sql).tests_of(accession)).expect("read");
    let one = CancelTest {
        test: tests[0].id,
        looked_at: looked(&store, tests[0].id),
        reason: "ordered twice".into(),
    };
    done(store.execute(act("cancel one", lived.cy, one)));
    assert_eq!(waiting(&store, "Ordered"), ["Davis", "Clark"], "one test of two is still wanted");
    assert_eq!(waiting(&store, "Collected"), [""; 0]);
    let board = store.read(|sql| query::board(sql, NINE.micros())).expect("read");
    assert_eq!((board.to_collect, board.to_receive), (2, 0));
}

#[test]
fn what_waits_to_be_verified_stands_held_before_the_rest() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    lived.file(&store, &[("Na", "140"), ("K", "6.9")]);
    let list = |bench: Option<&str>| -> Vec<String> {
        let lines = store.read(|sql| query::review_list(sql, bench, 50)).expect("read");
        lines.into_iter().map(|line| format!("{} {}", line.test.code, line.result.value)).collect()
    };
    assert_eq!(list(None), ["K 6.9", "SOD 140"]);
    assert_eq!(list(Some("chemistry")), ["K 6.9", "SOD 140"]);
    assert_eq!(list(Some("hematology")), [""; 0]);
    lived.verify(&store, "K");
    assert_eq!(list(None), ["SOD 140"]);
}

#[test]
fn a_held_routine_result_stands_before_a_clean_urgent_one() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    for (name, priority, value) in [
        ("Adams", Priority::Routine, "4.2"),
        ("Brown", Priority::Stat, "4.4"),
        ("Clark", Priority::Routine, "6.9"),
    ] {
        place(&store, &lived, (name, priority));
        collect(&store, &lived, name);
        receive(&store, &lived, (name, 5));
        let message = lived.message(tube(&store, name).label.as_str(), &[("K", value)]);
        done(store.execute(act(
            &format!("file {name}"),
            Actor::Instrument(lived.analyzer),
            message,
        )));
    }
    let lines = store.read(|sql| query::review_list(sql, None, 50)).expect("read");
    let shown: Vec<_> = lines.into_iter().map(|line| line.result.value.to_string()).collect();
    assert_eq!(shown, ["6.9", "4.4", "4.2"]);
}

#[test]
fn the_board_counts_what_waits_where() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    let board = || store.read(|sql| query::board(sql, NINE.micros())).expect("read");
    place(&store, &lived, ("Adams", Priority::Routine));
    place(&store, &lived, ("Brown", Priority::Routine));
    collect(&store, &lived, "Brown");
    let chemistry = |count| [("chemistry".to_owned(), count)].into();
    let before = board();
    assert_eq!((before.to_collect, before.to_receive), (1, 1));
    assert_eq!(before.awaiting, chemistry(2), "on received tubes alone");
    lived.file(&store, &[("Na", "140"), ("K", "6.9"), ("??", "1")]);
    let filed = board();
    assert_eq!((filed.to_verify, filed.held), (chemistry(1), chemistry(1)));
    assert_eq!((filed.critical, filed.stat, filed.unclaimed, filed.verified), (1, 2, 1, 0));
    assert_eq!(filed.awaiting, [].into());
    lived.verify(&store, "K");
    let verified = board();
    assert_eq!((verified.critical, verified.stat, verified.verified), (0, 1, 1));
    let later = store.read(|sql| query::board(sql, NINE.micros() + 1)).expect("read");
    assert_eq!(later.verified, 0, "since a moment after it");
}

#[test]
fn anything_is_found_by_any_number_or_name() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    place(&store, &lived, ("Leeds", Priority::Routine));
    let find = |asked: &str| store.read(|sql| query::find_anything(sql, asked)).expect("read");
    let accession = Label::new(NINE, 1, 0);
    assert_eq!(find(lived.label.as_str()), Found::Accession(accession.clone()));
    assert_eq!(find(accession.as_str()), Found::Accession(accession));
    let names = |asked: &str| match find(asked) {
        Found::Patients(found) => found.into_iter().map(|(row, _)| row.name.family).collect(),
        _ => Vec::new(),
    };
    assert_eq!(names("le"), ["Lee", "Leeds"]);
    assert_eq!(names(" LEE, ann "), ["Lee"]);
    assert_eq!(names("MRN-1"), ["Lee"]);
    assert_eq!(names("]C0MRN-1"), ["Lee"], "as a scanner tells it that names the kind of barcode");
    assert_eq!(names("1980-05-17").len(), 2, "born on that day");
    for nothing in ["", "  ", "ee", "nobody", "MRN-", "9999999999999", "%", "_"] {
        assert_eq!(find(nothing), Found::Nothing, "{nothing:?}");
    }
}

#[test]
fn an_opened_accession_has_every_version_and_the_name_of_whoever_acted() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    let whole = store.read(|sql| query::whole_by_label(sql, &lived.label)).expect("read");
    let whole = whole.expect("the accession");
    assert_eq!(whole.patient.name.family, "Lee");
    let codes: Vec<&str> = whole.tests.iter().map(|test| test.code.as_str()).collect();
    assert_eq!((codes, whole.specimens.len(), whole.results.len()), (vec!["SOD", "K"], 1, 2));
    let potassium = &whole.tests[1];
    let verified = whole.verified(potassium).expect("its verified version");
    assert_eq!(Some(verified), whole.newest(potassium));
    assert_eq!(verified.value.to_string(), "6.9");
    assert_eq!(whole.names.of(lived.cy), "cy (MLS)");
    assert_eq!(whole.names.of(verified.filed_by), "Chem 1");
    let journal = store.read(|sql| query::journal_of(sql, lived.accession, 50)).expect("read");
    let who: Vec<&str> = journal.iter().map(|line| line.who.as_str()).collect();
    assert_eq!(who, ["cy (MLS)", "cy (MLS)", "Chem 1", "cy (MLS)", "cy (MLS)", "cy (MLS)"]);
    let nobody = store.read(|sql| query::whole_by_label(sql, &Label::new(NINE, 9, 1)));
    assert_eq!(nobody, Ok(None));
}

#[test]
fn an_instrument_that_asks_is_told_what_is_left_to_measure() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    let left = |label: &Label| -> Option<Vec<String>> {
        let work = store.read(|sql| query::work_for_specimen(sql, label)).expect("read");
        work.map(|work| work.tests.into_iter().map(|test| test.code.0).collect())
    };
    let codes = |codes: &[&str]| Some(codes.iter().map(|code| (*code).to_owned()).collect());
    assert_eq!(left(&lived.label), codes(&["SOD", "K"]));
    lived.file(&store, &[("Na", "140")]);
    assert_eq!(left(&lived.label), codes(&["K"]));
    let rerun = RequestRerun {
        test: lived.tests["SOD"],
        looked_at: looked(&store, lived.tests["SOD"]),
        reason: "bubble".into(),
    };
    done(store.execute(act("rerun", lived.cy, rerun)));
    let cancel = CancelTest {
        test: lived.tests["K"],
        looked_at: looked(&store, lived.tests["K"]),
        reason: "ordered twice".into(),
    };
    done(store.execute(act("cancel", lived.cy, cancel)));
    assert_eq!(left(&lived.label), codes(&["SOD"]));
    place(&store, &lived, ("Adams", Priority::Stat));
    collect(&store, &lived, "Adams");
    assert_eq!(left(&tube(&store, "Adams").label), None, "not before it is received");
    assert_eq!(left(&Label::new(NINE, 9, 1)), None);
}

#[test]
fn instruments_are_listed_with_their_last_message() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    let last = || {
        let lines = store.read(|sql| query::instruments(sql)).expect("read");
        lines.into_iter().map(|line| line.last_message).collect::<Vec<_>>()
    };
    assert_eq!(last(), [None]);
    for (minutes, outgoing) in [(1, false), (2, false), (3, true)] {
        let raw = store::message::Raw {
            at: NINE.plus_minutes(minutes),
            instrument: Some(lived.analyzer),
            peer: String::new(),
            protocol: "astm".into(),
            outgoing,
            digest: None,
            bytes: b"H".to_vec(),
        };
        store.keep_and_wait(raw).expect("the message is kept");
    }
    assert_eq!(last(), [Some(NINE.plus_minutes(2))]);
}

#[test]
fn a_tube_that_needs_something_is_listed_however_many_need_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    for (minutes, name) in (0..).zip(["Adams", "Brown", "Clark"]) {
        place(&store, &lived, (name, Priority::Routine));
        collect(&store, &lived, name);
        receive(&store, &lived, (name, minutes));
    }
    let list = |most: usize, tests: usize| {
        let needs = move |tube: &query::OpenTube| tube.tests.len() == tests;
        let lines = store.read(|sql| query::process_list(sql, most, &needs)).expect("read");
        let names = lines.into_iter().map(|line| (line.patient.name.family, line.tests.len()));
        names.collect::<Vec<_>>()
    };
    let of = |name: &str, tests: usize| (name.to_owned(), tests);
    assert_eq!(list(2, 1), [of("Adams", 1), of("Brown", 1)], "the oldest of the routine ones");
    // The STAT tube with two tests stands before them.
    assert_eq!(list(1, 2), [of("Lee", 2)]);
    place(&store, &lived, ("Zorn", Priority::Stat));
    collect(&store, &lived, "Zorn");
    receive(&store, &lived, ("Zorn", 9));
    assert_eq!(list(1, 1), [of("Zorn", 1)], "what is urgent stands first");
}

#[test]
fn open_tubes_stand_most_urgent_and_oldest_first_on_their_bench_alone() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    place(&store, &lived, ("Adams", Priority::Routine));
    place(&store, &lived, ("Brown", Priority::Asap));
    place(&store, &lived, ("Clark", Priority::Stat));
    let open = |which, most| {
        let tubes = store.read(|sql| query::pending_tubes(sql, which, most)).expect("read");
        let named = tubes.into_iter().map(|tube| {
            let codes: Vec<String> = tube.tests.into_iter().map(|test| test.code.0).collect();
            format!("{} {}", tube.patient.name.family, codes.join(" "))
        });
        named.collect::<Vec<_>>().join(", ")
    };
    // The first order, of Lee, is a STAT too.
    assert_eq!(open(Which::All, 9), "Lee SOD K, Clark K, Brown K, Adams K");
    assert_eq!(open(Which::All, 2), "Lee SOD K, Clark K", "a tube is read whole or not at all");
    assert_eq!(open(Which::Of("chemistry"), 9), open(Which::All, 9));
    assert_eq!(open(Which::Of("hematology"), 9), "");
    assert_eq!(open(Which::Test("chemistry", "SOD"), 9), "Lee SOD");
    let counts = || {
        let counts = store.read(|sql| query::open_counts(sql)).expect("read");
        counts.into_iter().map(|(code, n)| format!("{code} {n}")).collect::<Vec<_>>()
    };
    assert_eq!(counts(), ["K 1", "SOD 1"], "on received tubes");
    lived.file(&store, &[("Na", "140")]);
    assert_eq!(open(Which::Test("chemistry", "SOD"), 9), "", "it waits for a person");
    assert_eq!(counts(), ["K 1"]);
}

#[test]
fn courses_tell_when_each_station_was_passed() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = begin(&store);
    place(&store, &lived, ("Adams", Priority::Routine));
    let read = |since: i64| {
        let since = NINE.plus_minutes(since);
        let both = store.read(|sql| {
            Ok((query::open_courses(sql, 9)?, query::finished_courses(sql, since, 9)?))
        });
        let (open, done) = both.expect("read");
        let codes = |all: &[Course]| all.iter().map(|one| one.code.0.clone()).collect::<Vec<_>>();
        (codes(&open), codes(&done), open, done)
    };
    let (open, done, courses, _) = read(0);
    assert_eq!((open, done), (vec!["SOD".into(), "K".into()], vec![]), "Adams is not received");
    assert_eq!((courses[0].received_at, courses[0].verified_at), (Some(NINE), None));
    lived.file(&store, &[("Na", "140"), ("K", "4.0")]);
    assert_eq!(read(0).0, ["SOD", "K"], "what waits for a person is open");
    lived.verify(&store, "K");
    let (open, done, _, courses) = read(0);
    assert_eq!((open, done), (vec!["SOD".into()], vec!["K".into()]));
    assert_eq!((courses[0].priority, courses[0].verified_at), (Priority::Stat, Some(NINE)));
    assert_eq!(read(1).1, [""; 0], "verified before that");
}
