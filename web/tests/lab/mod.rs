//! A small laboratory for the tests of the web: a real store at a place of its own, people in
//! every role, one analyzer, and the router as a browser would meet it.
//!
//! What must stay true: nothing is mocked; time is given, so that every page is the same again.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use jiff::tz::TimeZone;
use lab::catalog::Catalog;
use lab::command::Command;
use lab::event::{AccessionEvent, Event, InstrumentEvent, PeopleEvent};
use lab::instrument::{Material, Nature, Reading};
use lab::journey::analyze::FileReadings;
use lab::journey::collect::CollectSpecimens;
use lab::journey::connect::AddInstrument;
use lab::journey::order::PlaceOrder;
use lab::journey::receive::ReceiveSpecimen;
use lab::journey::setup::{AddPerson, ReleaseCatalog, SetPassword};
use lab::people::{Actor, Role};
use lab::value::{
    BirthDate, InstrumentId, Label, Moment, PersonName, Priority, Sex, SpecimenId, TestCode,
};
use store::scratch::Scratch;
use store::{Act, Answer, Store};
use tower::ServiceExt;
use web::{App, Laboratory, Links};

/// 2026-11-24T09:00Z.
pub const MORNING: i64 = 1_795_510_800_000_000;

/// The laboratory.
pub struct Lab {
    pub store: Arc<Store>,
    pub app: App,
    pub router: Router,
    pub instrument: InstrumentId,
    pub links: Links,
    clock: Arc<AtomicI64>,
    acts: AtomicU32,
    _scratch: Scratch,
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.store.close();
    }
}

/// What was ordered.
pub struct Ordered {
    pub accession: Label,
    pub specimens: Vec<(SpecimenId, Label)>,
}

/// Names, roles and codes by which the tests sign in.
pub const PEOPLE: [(&str, Role); 12] = [
    ("amy", Role::Reception),
    ("ben", Role::Mlt),
    ("cy", Role::Mls),
    ("dora", Role::Supervisor),
    ("eli", Role::Director),
    ("fay", Role::Manager),
    ("gus", Role::PocOperator),
    ("hal", Role::InterfaceEngineer),
    ("ivy", Role::Student),
    ("jon", Role::Physician),
    ("kim", Role::Epidemiologist),
    ("lou", Role::Administrator),
];

impl Lab {
    /// An open laboratory with people, an analyzer and nobody's specimen.
    pub fn open(name: &str) -> Lab {
        let server = std::env::var("MENISCUS_TEST_POSTGRES").ok();
        let scratch = Scratch::new(name, server.as_deref()).expect("a place for the test");
        let store = Arc::new(Store::open(scratch.place()).expect("a store"));
        let clock = Arc::new(AtomicI64::new(MORNING));
        let read = Arc::clone(&clock);
        let links = Links::default();
        let app = App::with_clock(
            Arc::clone(&store),
            laboratory(),
            (links.clone(), Arc::new(move || Moment::from_micros(read.load(Ordering::SeqCst)))),
        );
        let router = web::router(app.clone());
        let instrument = InstrumentId(0);
        let acts = AtomicU32::new(0);
        let mut lab = Lab { store, app, router, instrument, links, clock, acts, _scratch: scratch };
        lab.set_up();
        lab
    }

    fn set_up(&mut self) {
        let files = Catalog::starter_files();
        let files = files.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
        self.done(Actor::System, ReleaseCatalog { files, reason: "start".into() });
        static DIGEST: OnceLock<String> = OnceLock::new();
        let digest = DIGEST.get_or_init(|| web::password::digest("demo").expect("digested"));
        for (name, role) in PEOPLE {
            let shown = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
            let add = AddPerson { sign_in: name.into(), shown, role };
            let events = self.done(Actor::System, add);
            let Some(Event::People(PeopleEvent::PersonAdded(person))) = events.first() else {
                panic!("{events:?}")
            };
            let seal = store::seal_of(digest);
            let set = SetPassword { person: person.id, seal, digest: digest.clone() };
            self.done(Actor::System, set);
        }
        let codes = ["WBC", "RBC", "HGB", "HCT", "PLT", "SOD", "K", "GLU", "CREA"];
        let codes: BTreeMap<String, TestCode> =
            codes.iter().map(|code| ((*code).to_owned(), TestCode::from(*code))).collect();
        let events = self.done(
            Actor::System,
            AddInstrument {
                name: "XN-1".into(),
                driver: "sysmex_xn".into(),
                sender: "XN-550".into(),
                codes,
                ..AddInstrument::default()
            },
        );
        let Some(Event::Instrument(InstrumentEvent::InstrumentAdded(added))) = events.first()
        else {
            panic!("{events:?}")
        };
        self.instrument = added.id;
    }

    /// The time it is.
    pub fn now(&self) -> Moment {
        Moment::from_micros(self.clock.load(Ordering::SeqCst))
    }

    /// Sets the clock to half an hour before now.
    pub fn catch_up(&self) {
        let now = jiff::Timestamp::now().as_microsecond();
        self.clock.store(now - 30 * 60_000_000, Ordering::SeqCst);
    }

    /// Waits until every note given so far is on the disk.
    pub fn settle(&self) {
        let note = store::session::Note::End { token: "none".into() };
        self.store.note_and_wait(note).expect("written");
    }

    /// Lets time pass.
    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60_000_000, Ordering::SeqCst);
    }

    /// Carries a command through the door; it must be done.
    pub fn done(&self, actor: Actor, command: impl Into<Command>) -> Vec<Event> {
        let number = self.acts.fetch_add(1, Ordering::SeqCst);
        let act = Act {
            request: format!("test:{number}"),
            actor,
            now: self.now(),
            command: command.into(),
        };
        match self.store.execute(act) {
            Answer::Done(done) => done.events,
            other => panic!("{other:?}"),
        }
    }

    /// Orders tests for a patient.
    pub fn order(&self, record: &str, codes: &[&str], priority: Priority) -> Ordered {
        let events = self.done(
            Actor::System,
            PlaceOrder {
                record_number: record.into(),
                name: PersonName { family: format!("Family{record}"), given: "Ada".into() },
                birth_date: BirthDate::read("1958-03-24"),
                sex: Sex::Female,
                codes: codes.iter().map(|code| TestCode::from(*code)).collect(),
                priority,
                provider: "Dr. Jon".into(),
                comment: String::new(),
                circumstances: Default::default(),
            },
        );
        let placed = events.iter().find_map(|event| match event {
            Event::Accession(AccessionEvent::OrderPlaced { accession, specimens, .. }) => {
                Some(Ordered {
                    accession: accession.label.clone(),
                    specimens: specimens.iter().map(|s| (s.id, s.label.clone())).collect(),
                })
            }
            _ => None,
        });
        placed.expect("an order")
    }

    /// Collects and receives every specimen of an order.
    pub fn receive(&self, ordered: &Ordered) {
        self.collect(ordered);
        for (_, label) in &ordered.specimens {
            self.done(Actor::System, ReceiveSpecimen { label: label.clone() });
        }
    }

    /// Collects every specimen of an order.
    pub fn collect(&self, ordered: &Ordered) {
        self.done(
            Actor::System,
            CollectSpecimens {
                specimens: ordered.specimens.iter().map(|(id, _)| *id).collect(),
                at: self.now(),
                identified: true,
                taken: Default::default(),
            },
        );
    }

    /// Files readings of the analyzer on the first specimen of an order.
    pub fn measure(&self, ordered: &Ordered, readings: &[(&str, &str, &str)]) {
        let (_, label) = ordered.specimens.first().expect("a specimen");
        self.send(label.as_str(), readings);
    }

    /// The analyzer sends readings with a specimen number.
    pub fn send(&self, number: &str, readings: &[(&str, &str, &str)]) {
        let reading = |(code, value, unit): &(&str, &str, &str)| Reading {
            code: (*code).into(),
            nature: Nature::Result,
            value: (*value).into(),
            measured: true,
            unit: (*unit).into(),
            flags: vec!["N".into()],
            at: None,
            detail: Default::default(),
        };
        self.done(
            Actor::Instrument(self.instrument),
            FileReadings {
                instrument: self.instrument,
                message: None,
                sent_number: number.into(),
                material: Material::Patient,
                readings: readings.iter().map(reading).collect(),
            },
        );
    }

    /// Signs somebody in; the cookie to send.
    pub async fn sign_in(&self, name: &str) -> String {
        let answer = self.send_form("/sign-in", "", &[("name", name), ("password", "demo")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}: {}", answer.text);
        answer.cookie.expect("a cookie")
    }

    /// Asks for a page.
    pub async fn get(&self, path: &str, cookie: &str) -> Page {
        let request = Request::get(path).header("cookie", cookie).header("host", "lab");
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    /// Sends a form.
    pub async fn send_form(&self, path: &str, cookie: &str, form: &[(&str, &str)]) -> Page {
        let request = Request::post(path)
            .header("cookie", cookie)
            .header("host", "lab")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(encoded(form))).expect("a request")).await
    }

    /// Sends a form and goes where the answer leads.
    pub async fn send_and_follow(&self, path: &str, cookie: &str, form: &[(&str, &str)]) -> Page {
        let answer = self.send_form(path, cookie, form).await;
        match &answer.to {
            Some(to) => self.get(to, cookie).await,
            None => answer,
        }
    }

    /// Sends any request.
    pub async fn ask(&self, request: Request<Body>) -> Page {
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        Page::read(answer).await
    }
}

/// An answer, read.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub to: Option<String>,
    pub cookie: Option<String>,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Page {
    async fn read(answer: Response<Body>) -> Page {
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let header = |name: &str| {
            parts.headers.get(name).map(|value| value.to_str().expect("text").to_owned())
        };
        Page {
            status: parts.status,
            to: header("location"),
            cookie: header("set-cookie")
                .map(|line| line.split(';').next().unwrap_or_default().to_owned()),
            headers: parts.headers.clone(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// The value of the first hidden field of this name.
    pub fn hidden(&self, name: &str) -> String {
        let before = format!("name=\"{name}\" value=\"");
        let at = self.text.find(&before).unwrap_or_else(|| panic!("{name} in {}", self.text));
        self.text[at + before.len()..].split('"').next().unwrap_or_default().to_owned()
    }

    /// The number of the first row in which this text stands.
    pub fn row_with(&self, text: &str) -> String {
        let mut rows = self.text.split("<tr data-row data-id=\"").skip(1);
        let row = rows.find(|row| row.split("</tr>").next().unwrap_or_default().contains(text));
        let row = row.unwrap_or_else(|| panic!("no row with {text} in {}", self.text));
        row.split('"').next().unwrap_or_default().to_owned()
    }

    /// The number of the test in the row that has this text.
    pub fn number_of(&self, text: &str) -> String {
        self.row_with(text).split('-').next().unwrap_or_default().to_owned()
    }

    /// Asserts that each part stands on the page.
    pub fn says(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.text.contains(part), "{part} is not in {} {}", self.status, self.text);
        }
    }
}

/// The laboratory of the tests.
pub fn laboratory() -> Laboratory {
    Laboratory {
        letterhead: report::patient_report::Letterhead {
            name: "Test Laboratory".into(),
            address: vec!["1 Tube Street".into()],
            director: "Eli, MD".into(),
            ..Default::default()
        },
        zone: TimeZone::UTC,
        demo: false,
        secure: false,
    }
}

fn encoded(form: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes().fold(String::new(), |mut all, byte| {
            if byte.is_ascii_alphanumeric() {
                all.push(char::from(byte));
            } else {
                all.push_str(&format!("%{byte:02X}"));
            }
            all
        })
    };
    let pairs: Vec<String> =
        form.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}
