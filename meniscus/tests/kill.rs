//! The real program is killed under load, again and again: everything it acknowledged is there,
//! filed once, and the record is whole.
//!
//! Run with `cargo test -p meniscus --test kill -- --ignored`; `MENISCUS_BINARY` names a release
//! build to be killed in place of the test build.

mod server;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use std::time::Duration;

use lab::command::Command;
use lab::event::{AccessionEvent, Event};
use lab::journey::collect::CollectSpecimens;
use lab::journey::order::PlaceOrder;
use lab::journey::receive::ReceiveSpecimen;
use lab::people::{Actor, Role};
use lab::value::{BirthDate, Label, Moment, PersonId, PersonName, Priority, Sex};
use server::{Ground, Server, ground};
use simlab::analyzer::{chemistry, sysmex};
use simlab::load::{Letter, Load, letters};
use store::query::whole_by_label;
use store::{Act, Answer, Done, Store};
use wire::reading::Protocol;

/// How often the program is killed.
const KILLS: usize = 50;

/// Orders, each with a hematology and a chemistry tube, for each life of the program.
const ORDERS_A_LIFE: usize = 60;

/// Connections of each language that send at once.
const CONNECTIONS: usize = 4;

const NOW: Moment = Moment::from_micros(1_795_500_000_000_000);

fn all(store: &Store, round: &str, commands: Vec<Command>) -> Vec<Done> {
    let (answers, answered) = channel();
    let count = commands.len();
    for (place, command) in commands.into_iter().enumerate() {
        let request = format!("{round}:{place}");
        let actor = Actor::Person(PersonId(1), Role::Mls);
        let answers = answers.clone();
        let act = Act { request, actor, now: NOW, command };
        store.ask(act, move |answer| answers.send((place, answer)).expect("heard"));
    }
    let mut done: Vec<(usize, Done)> = answered
        .iter()
        .take(count)
        .map(|(place, answer)| match answer {
            Answer::Done(done) => (place, done),
            other => panic!("{round}: {other:?}"),
        })
        .collect();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, done)| done).collect()
}

fn order(number: usize) -> Command {
    PlaceOrder {
        record_number: format!("K{number}"),
        name: PersonName { family: format!("Kill{number}"), given: "Test".into() },
        birth_date: BirthDate::read("1970-01-02"),
        sex: Sex::Male,
        codes: vec!["CBC".into(), "CMP".into()],
        priority: Priority::Routine,
        provider: "Dr. Test".into(),
        comment: String::new(),
        circumstances: Default::default(),
    }
    .into()
}

/// Labels of received tubes: hematology, chemistry.
fn received(data: &Ground, orders: usize) -> (Vec<String>, Vec<String>) {
    let store = Store::open(data).expect("the record opens");
    let placed = all(&store, "order", (0..orders).map(order).collect());
    let specimens: Vec<_> = placed
        .iter()
        .flat_map(|done| &done.events)
        .filter_map(|event| match event {
            Event::Accession(AccessionEvent::OrderPlaced { specimens, .. }) => Some(specimens),
            _ => None,
        })
        .flatten()
        .cloned()
        .collect();
    let collect = |id| {
        CollectSpecimens {
            specimens: vec![id],
            at: NOW,
            identified: true,
            taken: Default::default(),
        }
        .into()
    };
    all(&store, "collect", specimens.iter().map(|s| collect(s.id)).collect());
    let receive = |label: &Label| ReceiveSpecimen { label: label.clone() }.into();
    all(&store, "receive", specimens.iter().map(|s| receive(&s.label)).collect());
    let of = |container: &str| {
        let ours = specimens.iter().filter(|s| s.container == container);
        ours.map(|s| s.label.to_string()).collect()
    };
    (of("EDTA_LAV"), of("SST_GOLD"))
}

/// Sends both shares until the program is killed; the labels whose messages were acknowledged.
fn life(data: &Ground, shares: [&[Letter]; 2], lives: Duration) -> Vec<String> {
    let server = Server::start(&["serve"], data);
    let addresses = [(Protocol::Astm, server.astm), (Protocol::Hl7, server.mllp)];
    let stop = AtomicBool::new(false);
    let mut acknowledged = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = addresses
            .into_iter()
            .zip(shares)
            .map(|((protocol, address), share)| {
                let load = Load::new(protocol, address, CONNECTIONS);
                let stop = &stop;
                scope.spawn(move || {
                    let outcome = load.run(share, stop);
                    let place = |one: &simlab::load::Delivered| share[one.letter].label.clone();
                    outcome.delivered.iter().map(place).collect::<Vec<String>>()
                })
            })
            .collect();
        std::thread::sleep(lives);
        server.kill();
        for thread in threads {
            acknowledged.extend(thread.join().expect("a sender ends"));
        }
    });
    acknowledged
}

#[test]
#[ignore = "kills the real program for a minute; part of the whole suite"]
fn everything_acknowledged_is_there_after_fifty_kills() {
    let data = ground("kill");
    assert!(Server::start(&["demo", "--no-instruments", "--days", "0"], &data).stop());
    let (hematology, chemistry) = received(&data, ORDERS_A_LIFE * KILLS);
    let blood = letters(Protocol::Astm, sysmex::SENDER, &hematology, 1);
    let serum = letters(Protocol::Hl7, chemistry::SENDER, &chemistry, 2);
    let mut acknowledged = Vec::new();
    for (round, (blood, serum)) in
        blood.chunks(ORDERS_A_LIFE).zip(serum.chunks(ORDERS_A_LIFE)).enumerate()
    {
        // From hardly begun to well under way; the same in every run of the test.
        let lives = Duration::from_millis(40 + (round as u64 * 53) % 260);
        let heard = life(&data, [blood, serum], lives);
        println!("life {}: {} ms, {} acknowledged", round + 1, lives.as_millis(), heard.len());
        acknowledged.extend(heard);
    }
    assert!(acknowledged.len() > KILLS, "the load never got going");
    assert!(Server::start(&["serve"], &data).stop(), "what was kept is taken up at a start");
    let store = Store::open(&data).expect("the record opens");
    assert_eq!(store.read(|sql| store::message::unread(sql, 10)).expect("read"), []);
    let mut wrong = BTreeMap::new();
    for label in &acknowledged {
        let label = Label::read(label).expect("a label");
        let whole = store.read(|sql| whole_by_label(sql, &label)).expect("read").expect("there");
        let on_tube: Vec<_> = whole
            .tests
            .iter()
            .filter(|test| whole.specimen(test).is_some_and(|s| s.label == label))
            .collect();
        for test in on_tube {
            // Calculated tests may have one version for each time an input came.
            if test.versions != 1 {
                wrong.insert(format!("{label} {}", test.code), test.versions);
            }
        }
    }
    assert_eq!(wrong, BTreeMap::new(), "each acknowledged result is there, once");
    let findings = store.read(|sql| store::check::check(sql)).expect("checked");
    assert_eq!(findings.lines, []);
    println!("{} acknowledged messages, all there", acknowledged.len());
}
