//! The page around a screen: who is signed in, what waits at each station, the patient, what was
//! just done.
//!
//! What must stay true: a page about a patient names two identifiers in its top and is noted as a
//! look; the rail shows only the stations one may enter.

use axum::http::StatusCode;
use lab::patient::Patient;
use lab::people::Ask;
use lab::refusal::Refusal;
use lab::value::Moment;
use maud::Markup;
use store::query::Board;

use crate::act::waiting;
use crate::answer::{self, Reply, Trouble, status_of};
use crate::app::Said;
use crate::call::Call;
use crate::page::{self, Flash, FlashKind, NavItem, PatientBanner, Shell, SignedIn};
use crate::words;

/// A screen, ready for its page.
pub(crate) struct Sheet<'a> {
    /// What the page is.
    pub(crate) title: &'a str,
    /// The patient it is about, if it is about one.
    pub(crate) patient: Option<&'a Patient>,
    /// What is answered to programs.
    pub(crate) status: StatusCode,
    /// The screen.
    pub(crate) body: Markup,
}

impl<'a> Sheet<'a> {
    /// A screen about no one patient.
    pub(crate) fn new(title: &'a str, body: Markup) -> Sheet<'a> {
        Sheet { title, patient: None, status: StatusCode::OK, body }
    }

    /// The same about a patient.
    pub(crate) fn about(mut self, patient: &'a Patient) -> Sheet<'a> {
        self.patient = Some(patient);
        self
    }

    /// The same with the status that says a refusal, where one was met.
    pub(crate) fn answering(self, refusal: Option<&Refusal>) -> Sheet<'a> {
        self.status(refusal.map_or(StatusCode::OK, status_of))
    }

    /// The same with a status.
    pub(crate) fn status(mut self, status: StatusCode) -> Sheet<'a> {
        self.status = status;
        self
    }
}

/// A patient as the top of a page tells one.
pub(crate) struct Told {
    name: String,
    born: String,
    age: String,
}

impl Told {
    pub(crate) fn of(patient: &Patient, now: Moment) -> Told {
        let born = patient.birth_date;
        Told {
            name: patient.name.to_string(),
            born: born.map_or("not known".into(), |born| born.to_string()),
            age: born.and_then(|born| report::clock::age(born, now)).unwrap_or_default(),
        }
    }

    /// Born, age and sex in one line.
    pub(crate) fn born_line(&self, patient: &Patient) -> String {
        format!("{} {} {}", self.born, self.age, patient.sex.letter())
    }
}

impl Call {
    /// The page around a screen.
    pub(crate) async fn sheet(&self, sheet: Sheet<'_>) -> Reply {
        self.looked_at(sheet.patient);
        let app = self.app.clone();
        let now = self.now;
        let read = waiting(move || Ok((app.counts(now)?, app.letterhead()?))).await;
        let (board, letterhead) = read.map_err(Trouble::Failed)?;
        let said = if self.live { None } else { self.app.said(self.session()) };
        let page = self.around(&sheet, (&board, &letterhead.name), said.as_ref());
        Ok(answer::page(sheet.status, page))
    }

    fn around(
        &self,
        sheet: &Sheet<'_>,
        (board, lab_name): (&Board, &str),
        said: Option<&Said>,
    ) -> Markup {
        let told = sheet.patient.map(|patient| Told::of(patient, self.now));
        let own = sheet.patient.filter(|_| self.may(Ask::SeePatients));
        let own = own.map(crate::screen::patient::address);
        let banner = sheet.patient.zip(told.as_ref()).map(|(patient, told)| PatientBanner {
            href: own.as_deref(),
            name: &told.name,
            born: &told.born,
            age: &told.age,
            sex: patient.sex.letter(),
            record: &patient.record_number,
            ..PatientBanner::default()
        });
        let nav = self.rail(board);
        let now = words::exact(self.now);
        let shell = Shell {
            title: sheet.title,
            lab_name,
            signed_in: self.who.as_ref().map(|who| SignedIn {
                user: &who.person.sign_in,
                name: &who.person.shown,
                role_title: who.person.role.title(),
            }),
            nav: &nav,
            patient: banner,
            banner: self.app.laboratory().demo.then_some(DEMO),
            flash: said.map(|said| Flash { kind: said.kind, text: &said.text, take_back: None }),
            now: &now,
            release: env!("CARGO_PKG_VERSION"),
            ..Shell::default()
        };
        page::page(&shell, sheet.body.clone())
    }

    fn rail(&self, board: &Board) -> Vec<NavItem<'static>> {
        let sum = |counts: &std::collections::BTreeMap<String, i64>| counts.values().sum::<i64>();
        let review = sum(&board.to_verify) + sum(&board.held);
        let stations = [
            (None, ("", 'b', "/", "Shift board"), None),
            (Some(Ask::PlaceOrder), ("Specimens", 'o', "/order", "Order"), None),
            (
                Some(Ask::CollectSpecimens),
                ("Specimens", 'c', "/collect", "Collect"),
                Some(board.to_collect),
            ),
            (
                Some(Ask::ReceiveSpecimen),
                ("Specimens", 'r', "/receive", "Receive"),
                Some(board.to_receive),
            ),
            (Some(Ask::SpinSpecimens), ("Specimens", 't', "/process", "Process"), None),
            (Some(Ask::StoreSpecimen), ("Specimens", 's', "/storage", "Storage"), None),
            (Some(Ask::DispatchSpecimens), ("Specimens", 'd', "/dispatch", "Dispatch"), None),
            (
                Some(Ask::SeeUnverified),
                ("Bench", 'w', "/pending", "Pending"),
                Some(sum(&board.awaiting)),
            ),
            (Some(Ask::EnterResult), ("Bench", 'e', "/enter", "Enter"), None),
            (Some(Ask::SeeUnverified), ("Bench", 'v', "/review", "Review"), Some(review)),
            (
                Some(Ask::SeeUnverified),
                ("Bench", 'k', "/criticals", "Criticals"),
                Some(board.calls + board.late),
            ),
            (
                Some(Ask::SeeInstruments),
                ("Bench", 'i', "/instruments", "Instruments"),
                Some(board.unclaimed),
            ),
            (Some(Ask::SeeJournal), ("Laboratory", 'y', "/journal", "Journal"), None),
            (None, ("Laboratory", 'l', "/catalog", "Catalog"), None),
            (None, ("Laboratory", 'u', "/rules", "Rules"), None),
            (Some(Ask::SeePeople), ("Laboratory", 'p', "/people", "People"), None),
            (None, ("Laboratory", 'f', "/directory", "Directory"), None),
            (Some(Ask::NameLaboratory), ("Laboratory", 'h', "/laboratory", "Letterhead"), None),
        ];
        let allowed = stations.into_iter().filter(|(ask, ..)| ask.is_none_or(|ask| self.may(ask)));
        let items = allowed.map(|(_, (group, key, href, label), count)| NavItem {
            group,
            key,
            href,
            label,
            current: self.stands_at(href),
            count: count.filter(|count| *count > 0).and_then(|count| u64::try_from(count).ok()),
        });
        items.collect()
    }

    /// True on the pages of the station with this address.
    fn stands_at(&self, station: &str) -> bool {
        let path = self.here.split('?').next().unwrap_or("/");
        match station {
            "/" => path == "/",
            "/receive" => path.starts_with("/receive") || path == "/reject",
            "/process" => path.starts_with("/process") || path.starts_with("/tube"),
            "/instruments" => path.starts_with("/instrument") || path.starts_with("/message"),
            _ => path.starts_with(station),
        }
    }

    /// Says on the next page what was done.
    pub(crate) fn done(&self, text: impl Into<String>) {
        let said = Said { kind: FlashKind::Done, text: text.into() };
        self.app.say(self.session(), said);
    }

    /// Says something on the next page.
    pub(crate) fn noted(&self, text: impl Into<String>) {
        let said = Said { kind: FlashKind::Note, text: text.into() };
        self.app.say(self.session(), said);
    }

    /// Says on the next page what was refused.
    pub(crate) fn refused(&self, text: impl Into<String>) {
        let said = Said { kind: FlashKind::Refused, text: text.into() };
        self.app.say(self.session(), said);
    }
}

/// The sentence on every page of a teaching laboratory.
pub(crate) const DEMO: &str = "Demonstration with invented patients. Sign in as amy, ben, cy, \
    dora, eli, fay, gus, hal, ivy, jon or kim; the password of all is demo.";
