//! Simulated instruments against a host over loopback TCP: everything arrives once, whatever the
//! line does.

mod host;

use std::collections::BTreeSet;
use std::io::Read;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use host::{Host, Manner};
use simlab::analyzer::{Analyzer, NotRun, Running, Settings, Tube, chemistry, sysmex};
use simlab::chance::Chance;
use simlab::error::Fault;
use simlab::patient::Patient;
use simlab::physiology::{Draw, blood, measure};
use wire::driver::{named, recognize};
use wire::reading::{Nature, Protocol, SpecimenKind};
use wire::record::hl7::Code;

const LONG: Duration = Duration::from_secs(60);

fn tube(number: u64, fault: Option<Fault>) -> Tube {
    let patient = Patient::new(1, number);
    let blood = blood(1, &patient, Draw { number, hours: 0.0 });
    let values = measure(&blood, &mut Chance::new(number));
    Tube { label: label(number), values, tests: Vec::new(), fault }
}

fn label(number: u64) -> String {
    format!("26328{number:08}")
}

fn cbc() -> Vec<String> {
    sysmex::CODES.iter().take(10).map(|(ours, _)| (*ours).to_owned()).collect()
}

fn manner(labels: impl Iterator<Item = u64>) -> Manner {
    Manner { orders: labels.map(|n| (label(n), cbc())).collect(), ..Manner::default() }
}

fn start(analyzer: Analyzer, host: &Host) -> Running {
    let mut settings = Settings::new(host.address, analyzer.sender());
    settings.patience = match analyzer {
        Analyzer::Sysmex => Duration::from_secs(3),
        Analyzer::Chemistry => Duration::from_millis(300),
    };
    analyzer.start(settings)
}

fn sorted(labels: impl Iterator<Item = String>) -> Vec<String> {
    let mut labels: Vec<String> = labels.collect();
    labels.sort();
    labels
}

#[test]
fn a_tube_is_asked_about_run_as_ordered_and_reported() {
    let mut manner = manner(0..1);
    manner.orders.insert(label(0), vec!["PLT".into(), "HGB".into(), "NOT-OURS".into()]);
    let host = Host::open(Protocol::Astm, manner);
    let running = start(Analyzer::Sysmex, &host);
    let tube = tube(0, None);
    running.load(tube.clone());
    assert!(running.settled_within(LONG));
    assert!(running.connected());
    let kept = host.kept();
    let [message] = kept.as_slice() else { panic!("{} messages", kept.len()) };
    assert_eq!(message.sender, sysmex::SENDER);
    assert!(message.not_understood.is_empty(), "{:?}", message.not_understood);
    let [specimen] = message.specimens.as_slice() else { panic!("one specimen") };
    assert_eq!((specimen.id.as_str(), specimen.kind), (&*label(0), SpecimenKind::Patient));
    assert_eq!(specimen.patient.as_ref().map(|p| p.ids.clone()), Some(vec!["MRN7".to_owned()]));
    let results: Vec<(&str, &str)> = specimen
        .readings
        .iter()
        .filter(|reading| reading.nature == Nature::Result)
        .map(|reading| (reading.code.as_str(), reading.value.as_str()))
        .collect();
    let value = |code: &str| tube.values[&code.into()].to_string();
    assert_eq!(results, [("HGB", &*value("HGB")), ("PLT", &*value("PLT"))]);
    let acknowledged = running.stop();
    assert_eq!(acknowledged.len(), 1);
    assert_eq!((&acknowledged[0].label, acknowledged[0].results), (&label(0), 2));
    assert_eq!(host.kept_bytes(), [acknowledged[0].message.clone()]);
}

#[test]
fn what_the_host_does_not_know_or_want_is_given_back() {
    let mut manner = manner(0..1);
    manner.orders.insert(label(2), Vec::new());
    let host = Host::open(Protocol::Astm, manner);
    let running = start(Analyzer::Sysmex, &host);
    for number in [1, 2, 0] {
        running.load(tube(number, None));
    }
    assert!(running.settled_within(LONG));
    let expected = [(label(1), NotRun::Unknown), (label(2), NotRun::NothingToDo)];
    assert_eq!(running.not_run(), expected);
    assert_eq!(host.labels(), [label(0)]);
}

#[test]
fn an_instrument_set_so_runs_its_usual_profile_on_an_unknown_tube() {
    let host = Host::open(Protocol::Astm, Manner::default());
    let mut settings = Settings::new(host.address, sysmex::SENDER);
    settings.runs_unknown = true;
    let running = Analyzer::Sysmex.start(settings);
    running.load(tube(9, None));
    assert!(running.settled_within(LONG));
    assert_eq!(running.acknowledged()[0].results, 10);
    assert_eq!(host.labels(), [label(9)]);
}

#[test]
fn each_result_arrives_once_over_a_line_that_breaks() {
    for (analyzer, breaks) in [(Analyzer::Sysmex, 0.03), (Analyzer::Chemistry, 0.15)] {
        let protocol = named(analyzer.driver()).expect("a driver").protocol();
        let host = Host::open(protocol, Manner { breaks, ..manner(0..60) });
        let running = start(analyzer, &host);
        (0..60).for_each(|number| running.load(tube(number, None)));
        assert!(running.settled_within(LONG), "{} waiting", running.waiting());
        let expected = sorted((0..60).map(label));
        assert_eq!(host.labels(), expected, "{analyzer:?}");
        let acknowledged = running.stop();
        assert_eq!(sorted(acknowledged.iter().map(|a| a.label.clone())), expected);
        let kept: BTreeSet<Vec<u8>> = host.kept_bytes().into_iter().collect();
        assert!(acknowledged.iter().all(|a| kept.contains(&a.message)), "sent again as it was");
        assert!(host.connections() > 5, "{} connections", host.connections());
    }
}

#[test]
fn nothing_is_acknowledged_while_there_is_no_laboratory() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    for analyzer in [Analyzer::Sysmex, Analyzer::Chemistry] {
        let running = analyzer.start(Settings::new(address, analyzer.sender()));
        running.load(tube(1, None));
        running.load(tube(2, None));
        assert!(!running.settled_within(Duration::from_millis(250)));
        assert_eq!((running.waiting(), running.connected()), (2, false));
        let stopping = Instant::now();
        assert!(running.stop().is_empty());
        assert!(stopping.elapsed() < Duration::from_millis(500), "stops at once");
    }
}

#[test]
fn an_error_is_answered_with_the_same_message_and_a_refusal_with_the_next() {
    for (first, results, came) in [(Code::Error, 3, 6), (Code::Reject, 0, 3)] {
        let manner = Manner { first_answer: Some(first), ..Manner::default() };
        let host = Host::open(Protocol::Hl7, manner);
        let running = start(Analyzer::Chemistry, &host);
        (0..3).for_each(|number| running.load(tube(number, None)));
        assert!(running.settled_within(LONG));
        assert_eq!((host.labels().len(), host.came()), (results, came), "{first:?}");
        assert_eq!(running.not_run().len(), 3 - results);
    }
}

#[test]
fn the_chemistry_analyzer_reports_what_its_operator_asked_for() {
    let host = Host::open(Protocol::Hl7, Manner::default());
    let running = start(Analyzer::Chemistry, &host);
    let mut asked = tube(3, None);
    asked.tests = vec!["K".into(), "AGAP".into()];
    running.load(asked.clone());
    running.load(tube(4, Some(Fault::Hemolysis { index: 120 })));
    running.load(tube(5, Some(Fault::ShortSample)));
    assert!(running.settled_within(LONG));
    let kept = host.kept();
    assert!(kept.iter().all(|message| message.sender == chemistry::SENDER));
    assert!(kept.iter().all(|message| message.not_understood.is_empty()), "{kept:?}");
    let readings = |message: usize| kept[message].specimens[0].readings.clone();
    let only = readings(0);
    assert_eq!(only.len(), 1);
    assert_eq!(
        (&*only[0].code, &*only[0].value),
        ("2823-3", &*asked.values[&"K".into()].to_string())
    );
    let flagged: Vec<String> = readings(1)
        .into_iter()
        .filter(|reading| reading.flags == ["HEM"])
        .filter_map(|reading| reading.name)
        .collect();
    assert_eq!(flagged, ["K", "AST", "LD"]);
    assert!(kept[1].specimens[0].comments[0].text.contains("120"));
    let short = readings(2);
    assert_eq!(short.len(), chemistry::CODES.len());
    assert!(short.iter().all(|reading| !reading.measured && reading.status == Some("X".into())));
}

#[test]
fn the_hematology_analyzer_says_what_it_doubts() {
    let host = Host::open(Protocol::Astm, manner(0..3));
    let running = start(Analyzer::Sysmex, &host);
    running.load(tube(0, None));
    running.load(tube(1, Some(Fault::PlateletClumps)));
    running.load(tube(2, Some(Fault::ShortSample)));
    assert!(running.settled_within(LONG));
    let kept = host.kept();
    let reading = |message: usize, code: &str| {
        let readings = &kept[message].specimens[0].readings;
        readings.iter().find(|reading| reading.code == code).cloned().expect("that reading")
    };
    let index = |message| reading(message, "PLT_Clumps?").value.parse::<u32>().expect("an index");
    assert!(index(0) < 100 && index(1) >= 100);
    assert_eq!(reading(1, "PLT").flags, ["W"]);
    assert!(reading(1, "PLT").measured && !reading(2, "PLT").measured);
    assert_eq!(reading(2, "Error_Short_Sample").nature, Nature::Flag);
}

#[test]
fn a_laboratory_that_is_silent_is_called_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let mut settings = Settings::new(address, chemistry::SENDER);
    settings.patience = Duration::from_millis(30);
    let running = Analyzer::Chemistry.start(settings);
    running.load(tube(1, None));
    // The second connection means that the first was given up; the message is the same.
    let mut heard = Vec::new();
    for _ in 0..2 {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("bytes until the line is given up");
        heard.push(bytes);
    }
    assert_eq!(heard[0], heard[1]);
    let blocks = heard[0].iter().filter(|byte| **byte == 0x0b).count();
    assert_eq!((blocks, running.waiting()), (3, 1));
}

#[test]
fn senders_lead_to_the_drivers() {
    for analyzer in [Analyzer::Sysmex, Analyzer::Chemistry] {
        let driver = named(analyzer.driver()).expect("a driver of that name");
        let message = wire::reading::Message {
            sender: analyzer.sender().to_owned(),
            ..wire::reading::Message::default()
        };
        let recognized = recognize(&driver.write_results(&message)).expect("recognized");
        assert_eq!(recognized.name, analyzer.driver());
    }
}
