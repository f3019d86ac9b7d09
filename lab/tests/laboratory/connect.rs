//! Changing an instrument and its code map, and reading again what waited for it.

use lab::accession::Hold;
use lab::instrument::{CodeUse, Connection, Instrument, Nature, Reading, Unplaced, Wiring};
use lab::journey::analyze::{ReplayMessage, ReplayUnclaimed};
use lab::journey::connect::{ChangeInstrument, MapCode};
use lab::journey::process::{FindSpecimen, LoseSpecimen};
use lab::refusal::Refusal;
use lab::value::{InstrumentId, MessageId, UnclaimedId};

use crate::bench::*;

fn map(bench: &Bench, code: &str, to: CodeUse) -> MapCode {
    MapCode { instrument: bench.analyzer, code: code.into(), to, reason: "validated".into() }
}

fn to(test: &str) -> CodeUse {
    CodeUse::Test(test.into())
}

fn replay(bench: &Bench) -> ReplayUnclaimed {
    ReplayUnclaimed {
        unclaimed: bench.unclaimed().pop().expect("an entry").id,
        readings: Vec::new(),
        supposing: None,
        reason: "code mapped".into(),
    }
}

fn still(because: &Unplaced) -> Refusal {
    Refusal::StillUnplaced { because: because.sentence().into() }
}

#[test]
fn a_code_stands_for_what_it_was_last_mapped_to() {
    let mut bench = Bench::new();
    let instrument = |bench: &Bench| bench.laboratory.all::<Instrument>().next().expect("one");
    for (mapped, code) in [(to("LIP"), "LIPA"), (CodeUse::Unused, "LIPA"), (CodeUse::Unknown, "K")]
    {
        let command = map(&bench, code, mapped.clone());
        check(&bench, (DORA, command.clone()), Ok(&["CodeMapped"]));
        bench.does(DORA, command);
        assert_eq!(instrument(&bench).use_of(code), mapped);
    }
    assert_eq!(instrument(&bench).use_of("Na"), to("SOD"), "the others stay");
}

#[test]
fn mapping_is_refused_in_the_order_in_which_it_is_doubted() {
    let bench = Bench::new();
    let wrong = MapCode { reason: " ".into(), ..map(&bench, " ", to("QQQ")) };
    check(&bench, (DORA, wrong), Err(missing("The instrument's code")));
    let wrong = MapCode { reason: " ".into(), ..map(&bench, "X", to("QQQ")) };
    check(&bench, (DORA, wrong), Err(missing("Reason")));
    let wrong = MapCode { instrument: InstrumentId(7), ..map(&bench, "X", to("QQQ")) };
    check(&bench, (DORA, wrong), Err(no_such("instrument", 7)));
    let unknown = Refusal::UnknownTest { code: "QQQ".into() };
    check(&bench, (DORA, map(&bench, "X", to("QQQ"))), Err(unknown));
    check(&bench, (CY, map(&bench, "X", to("K"))), Err(not_permitted("MapCode")));
}

#[test]
fn an_instrument_changes_its_ways_and_keeps_its_code_map() {
    let mut bench = Bench::new();
    bench.does(DORA, analyzer("Chem 2"));
    let before = bench.laboratory.all::<Instrument>().next().expect("one");
    let connection = Connection::read("10.0.0.7:4001").expect("an address");
    let change = |name: &str| ChangeInstrument {
        instrument: before.id,
        name: name.into(),
        driver: "horiba".into(),
        sender: " ABX ".into(),
        wiring: Wiring { connection: connection.clone(), ..Wiring::default() },
        reason: "moved".into(),
    };
    check(&bench, (DORA, change("")), Err(missing("Name")));
    let silent = ChangeInstrument { reason: String::new(), ..change("Chem 3") };
    check(&bench, (DORA, silent), Err(missing("Reason")));
    let nobody = ChangeInstrument { instrument: InstrumentId(7), ..change("Chem 3") };
    check(&bench, (DORA, nobody), Err(no_such("instrument", 7)));
    let taken = Refusal::Taken { what: "instrument name".into(), name: "Chem 2".into() };
    check(&bench, (DORA, change("Chem 2")), Err(taken));
    check(&bench, (BEN, change("Chem 3")), Err(not_permitted("ChangeInstrument")));
    check(&bench, (DORA, change(&before.name)), Ok(&["InstrumentChanged"]));
    bench.does(DORA, change("Chem 3"));
    let after = bench.laboratory.all::<Instrument>().next().expect("one");
    assert_eq!((after.name.as_str(), after.sender.as_str()), ("Chem 3", "ABX"));
    assert_eq!((&after.codes, after.wiring.connection), (&before.codes, connection));
}

#[test]
fn what_waited_for_a_code_is_filed_when_it_is_read_again() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K", "LIP"]);
    bench.sends(&ordered, &readings("K=4.2 LIPA=40 NOVEL=7"));
    assert_eq!(bench.unclaimed().len(), 1);
    check(&bench, (BEN, replay(&bench)), Err(still(&Unplaced::UnknownCode)));
    let supposing = Some(("LIPA".to_owned(), to("LIP")));
    let seen = ReplayUnclaimed { supposing, ..replay(&bench) };
    let expect =
        ["UnclaimedReplayed", "received beside []", "LIP v1 40", "unclaimed UnknownCode [NOVEL]"];
    check(&bench, (BEN, seen), Ok(&expect));
    bench.does(DORA, map(&bench, "LIPA", to("LIP")));
    check(&bench, (BEN, replay(&bench)), Ok(&expect));
    let settled = replay(&bench);
    bench.does(BEN, settled.clone());
    check(&bench, (BEN, settled), Err(Refusal::AlreadySettled));
    assert_eq!(bench.unclaimed().len(), 1, "the code that is still unknown waits");
    assert_eq!(bench.test(ordered.test("K")).versions, 1, "what was filed is not filed twice");
}

#[test]
fn a_message_that_reads_better_today_is_filed_as_it_reads_today() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["LIP", "K"]);
    bench.sends(&ordered, &readings("K=4.2 LIPA=4O"));
    bench.does(DORA, map(&bench, "LIPA", to("LIP")));
    let today = ReplayUnclaimed { readings: readings("K=4.2 LIPA=40"), ..replay(&bench) };
    let expect = ["UnclaimedReplayed", "received beside []", "LIP v1 40"];
    check(&bench, (BEN, today), Ok(&expect));
}

#[test]
fn a_code_that_is_not_used_here_lets_go_of_what_waited() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2 NOVEL=7"));
    bench.does(DORA, map(&bench, "NOVEL", CodeUse::Unused));
    let expect = ["UnclaimedReplayed", "received beside [NOVEL]"];
    check(&bench, (BEN, replay(&bench)), Ok(&expect));
}

#[test]
fn a_tube_received_late_takes_what_came_before_it() {
    let mut bench = Bench::new();
    let ordered = bench.order(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    check(&bench, (BEN, replay(&bench)), Err(still(&Unplaced::NotReceived)));
    bench.does(AMY, collect(&ordered, NINE));
    bench.does(AMY, lab::journey::receive::ReceiveSpecimen { label: ordered.label() });
    let expect = ["UnclaimedReplayed", "received beside []", "K v1 4.2"];
    check(&bench, (BEN, replay(&bench)), Ok(&expect));
    let silent = ReplayUnclaimed { reason: " ".into(), ..replay(&bench) };
    check(&bench, (BEN, silent), Err(missing("Reason")));
    let nothing = ReplayUnclaimed { unclaimed: UnclaimedId(7), ..replay(&bench) };
    check(&bench, (BEN, nothing), Err(no_such("unclaimed entry", 7)));
    check(&bench, (AMY, replay(&bench)), Err(not_permitted("ReplayUnclaimed")));
}

#[test]
fn a_value_that_waits_beside_a_released_one_has_found_its_place() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K"]);
    bench.sends(&ordered, &readings("K=4.2"));
    bench.verified(ordered.test("K"));
    bench.sends(&ordered, &readings("POT=4.9"));
    bench.does(DORA, map(&bench, "POT", to("K")));
    let expect = ["UnclaimedReplayed", "received beside []", "late K v2 4.9 AfterRelease"];
    check(&bench, (BEN, replay(&bench)), Ok(&expect));
}

#[test]
fn what_came_for_a_lost_tube_is_read_whole_once_it_is_found() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["K", "SOD"]);
    let specimen = ordered.specimen().id;
    let (note, told) = ("not in the rack".into(), "ward 3".into());
    bench.does(AMY, LoseSpecimen { specimen, note, told });
    bench.sends(&ordered, &readings("K=4.2"));
    bench.does(AMY, FindSpecimen { specimen });
    let today = ReplayUnclaimed { readings: readings("K=4.2 Na=140"), ..replay(&bench) };
    let expect = ["UnclaimedReplayed", "received beside []", "K v1 4.2", "SOD v1 140"];
    check(&bench, (BEN, today), Ok(&expect));
}

#[test]
fn a_message_is_read_again_with_a_reason() {
    let bench = Bench::new();
    let again = |reason: &str| ReplayMessage { message: MessageId(7), reason: reason.into() };
    check(&bench, (BEN, again("")), Err(missing("Reason")));
    check(&bench, (BEN, again("driver mended")), Ok(&["MessageReplayed"]));
    check(&bench, (AMY, again("driver mended")), Err(not_permitted("ReplayMessage")));
}

#[test]
fn an_alarm_holds_the_readings_it_is_about() {
    let mut bench = Bench::new();
    let ordered = bench.received(&["SOD", "K"]);
    let mut clumps = Reading { nature: Nature::Flag, ..reading("Hemolysis?", "200") };
    let sent =
        |alarm: &Reading| [&readings("Na=140 K=4.2")[..], std::slice::from_ref(alarm)].concat();
    let about = |bench: &Bench, code: &str| bench.newest(ordered.test(code)).holds;
    bench.sends(&ordered, &sent(&clumps));
    let flag = Hold::InstrumentFlag("Hemolysis?".into());
    assert_eq!(about(&bench, "K"), std::slice::from_ref(&flag));
    assert_eq!(
        about(&bench, "SOD"),
        std::slice::from_ref(&flag),
        "an alarm that names none is about all"
    );
    clumps.detail.concerns = vec!["K".into()];
    bench.sends(&ordered, &sent(&clumps));
    assert!(about(&bench, "K").contains(&flag));
    assert!(!about(&bench, "SOD").contains(&flag));
}
