//! What every request has in common: the record, the laboratory's name and time zone, and the
//! little that is remembered between requests.
//!
//! What must stay true: what is remembered here may be lost at any moment without loss to the
//! record: an answer not yet shown, a side list of scans, a scanned wristband, a copy of the
//! counts.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::tz::TimeZone;
use lab::catalog::Catalog;
use lab::value::{Moment, PatientId, PersonId};
use report::patient_report::Letterhead;
use store::Store;
use store::fault::Fault;
use store::query::Board;

use crate::limit::{COUNTS_SECONDS, LOOK_EVERY_MINUTES, SHIFT_SECONDS, SIDE_ROWS_MAX};
use crate::links::Links;
use crate::live::News;
use crate::meter::Meter;
use crate::password::Queue;
use crate::shift::Shift;
use crate::tries::Tries;
use crate::wires::{NoWires, Wires};

/// Tells what time it is.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// The laboratory, as its pages and papers name it.
#[derive(Clone, Debug)]
pub struct Laboratory {
    /// Its name, address and director as reports print them, until somebody sets them.
    pub letterhead: Letterhead,
    /// Where its clocks hang.
    pub zone: TimeZone,
    /// True for a teaching laboratory with invented patients: every page says so.
    pub demo: bool,
    /// True where pages are served over TLS: cookies then never travel without it.
    pub secure: bool,
}

/// The web of one laboratory; copies share their state.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    store: Arc<Store>,
    laboratory: Laboratory,
    links: Links,
    wires: OnceLock<Arc<dyn Wires>>,
    clock: Clock,
    news: News,
    meter: Meter,
    passwords: Queue,
    tries: Tries,
    catalog: Kept<Catalog>,
    letterhead: Kept<Letterhead>,
    counts: Mutex<Option<Counted>>,
    shift: Mutex<Option<Arc<Shift>>>,
    said: Mutex<HashMap<String, Said>>,
    side: Mutex<HashMap<String, Vec<SideScan>>>,
    wristbands: Mutex<HashMap<String, Vec<(String, String)>>>,
    looks: Mutex<HashMap<(PersonId, PatientId, &'static str), Moment>>,
}

/// What was read, with how often it had changed by then.
type Kept<T> = Mutex<Option<(u64, Arc<T>)>>;

/// What waits, as counted after some commit.
#[derive(Clone, Debug)]
struct Counted {
    commits: u64,
    /// The midnight it counts from.
    since: Moment,
    /// When it was counted; some of it changes by waiting alone.
    at: Moment,
    board: Board,
}

/// What was just done or refused, until the next page shows it.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) kind: crate::page::FlashKind,
    pub(crate) text: String,
}

/// A scan that was not received, and why.
#[derive(Clone, Debug)]
pub(crate) struct SideScan {
    pub(crate) at: Moment,
    pub(crate) scanned: String,
    pub(crate) code: &'static str,
    pub(crate) because: String,
    pub(crate) remedy: &'static str,
}

impl App {
    /// The web of the laboratory whose record this is.
    #[must_use]
    pub fn new(store: Arc<Store>, laboratory: Laboratory, links: Links) -> App {
        App::with_clock(store, laboratory, (links, Arc::new(now_by_the_machine)))
    }

    /// The same, with another clock.
    #[must_use]
    pub fn with_clock(
        store: Arc<Store>,
        laboratory: Laboratory,
        (links, clock): (Links, Clock),
    ) -> App {
        crate::password::nobody();
        let news = News::new();
        let telling = news.clone();
        store.listen(Box::new(move |told| telling.tell(told)));
        let telling = news.clone();
        links.on_change(Box::new(move || telling.tell_of_links()));
        App(Arc::new(Inner {
            store,
            laboratory,
            links,
            wires: OnceLock::new(),
            clock,
            news,
            meter: Meter::new(),
            passwords: Queue::new(),
            tries: Tries::default(),
            catalog: Mutex::default(),
            letterhead: Mutex::default(),
            counts: Mutex::default(),
            shift: Mutex::default(),
            said: Mutex::default(),
            side: Mutex::default(),
            wristbands: Mutex::default(),
            looks: Mutex::default(),
        }))
    }

    /// Notices what somebody else did to the record, and tells open pages. Blocks for the moment of
    /// an empty batch.
    ///
    /// # Errors
    /// The pen does not work.
    pub fn notice(&self) -> Result<(), Fault> {
        self.0.store.ready()
    }

    /// The same, with someone who reads raw messages; once.
    #[must_use]
    pub fn with_wires(self, wires: Arc<dyn Wires>) -> App {
        let _ = self.0.wires.set(wires);
        self
    }

    pub(crate) fn wires(&self) -> &dyn Wires {
        self.0.wires.get().map_or(&NoWires, |wires| wires.as_ref())
    }

    /// Ends the live updates of every open page, so that the server can stop.
    pub fn stop(&self) {
        self.0.news.stop();
    }

    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.0.store
    }

    pub(crate) fn laboratory(&self) -> &Laboratory {
        &self.0.laboratory
    }

    pub(crate) fn links(&self) -> &Links {
        &self.0.links
    }

    pub(crate) fn now(&self) -> Moment {
        (self.0.clock)()
    }

    pub(crate) fn news(&self) -> &News {
        &self.0.news
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.0.meter
    }

    pub(crate) fn passwords(&self) -> &Queue {
        &self.0.passwords
    }

    pub(crate) fn tries(&self) -> &Tries {
        &self.0.tries
    }

    /// The catalog in force; read once for each release. Blocks while it reads.
    pub(crate) fn catalog(&self) -> Result<Arc<Catalog>, Fault> {
        read_once(&self.0.catalog, &self.0.news.releases, || self.0.store.catalog())
    }

    /// Who the laboratory is on its papers: as somebody set it, else as it was started. Blocks
    /// while it reads.
    pub(crate) fn letterhead(&self) -> Result<Arc<Letterhead>, Fault> {
        read_once(&self.0.letterhead, &self.0.news.named, || {
            let set = self.0.store.read(|sql| store::query::letterhead(sql))?;
            Ok(Arc::new(set.unwrap_or_else(|| self.0.laboratory.letterhead.clone())))
        })
    }

    /// The laboratory's name as last known, without waiting.
    pub(crate) fn name(&self) -> String {
        let known = held(&self.0.letterhead).clone();
        known.map_or_else(|| self.0.laboratory.letterhead.name.clone(), |(_, one)| one.name.clone())
    }

    /// How much waits where, counted anew only after something happened. Blocks while it counts.
    pub(crate) fn counts(&self, now: Moment) -> Result<Board, Fault> {
        let commits = self.0.news.commits.load(Ordering::SeqCst);
        let since = self.midnight(now);
        let kept = held(&self.0.counts).clone();
        let fresh = |counted: &Counted| {
            counted.commits == commits
                && counted.since == since
                && now.micros() - counted.at.micros() < COUNTS_SECONDS * 1_000_000
        };
        if let Some(counted) = kept.filter(fresh) {
            return Ok(counted.board);
        }
        let board = self.0.store.read(|sql| store::query::board(sql, since.micros()))?;
        *held(&self.0.counts) = Some(Counted { commits, since, at: now, board: board.clone() });
        Ok(board)
    }

    /// How the day goes, reckoned anew once in a while. Blocks while it reads.
    pub(crate) fn shift(&self, now: Moment) -> Result<Arc<Shift>, Fault> {
        let since = self.midnight(now);
        let fresh = |shift: &Arc<Shift>| {
            let age = now.micros() - shift.at.micros();
            shift.since == since && (0..SHIFT_SECONDS * 1_000_000).contains(&age)
        };
        if let Some(shift) = held(&self.0.shift).clone().filter(fresh) {
            return Ok(shift);
        }
        let catalog = self.catalog()?;
        let shift = self.0.store.read(|sql| Shift::read(sql, &catalog, (since, now)))?;
        let shift = Arc::new(shift);
        *held(&self.0.shift) = Some(Arc::clone(&shift));
        Ok(shift)
    }

    /// When this day began where the laboratory is.
    fn midnight(&self, now: Moment) -> Moment {
        let zoned = now.in_zone(&self.0.laboratory.zone);
        let start = zoned.start_of_day().map(|start| start.timestamp().as_microsecond());
        Moment::from_micros(start.unwrap_or_else(|_| now.micros()))
    }

    /// Keeps what the next page of this session says.
    pub(crate) fn say(&self, session: &str, said: Said) {
        held(&self.0.said).insert(session.to_owned(), said);
    }

    /// What this page says; said once.
    pub(crate) fn said(&self, session: &str) -> Option<Said> {
        held(&self.0.said).remove(session)
    }

    /// Puts a scan on the side list of this session, newest first.
    pub(crate) fn put_aside(&self, session: &str, scan: SideScan) {
        let mut all = held(&self.0.side);
        let list = all.entry(session.to_owned()).or_default();
        list.retain(|before| before.scanned != scan.scanned);
        list.insert(0, scan);
        list.truncate(SIDE_ROWS_MAX);
    }

    /// The side list of this session.
    pub(crate) fn aside(&self, session: &str) -> Vec<SideScan> {
        held(&self.0.side).get(session).cloned().unwrap_or_default()
    }

    /// Takes one scan, or with none given every scan, off the side list.
    pub(crate) fn take_aside(&self, session: &str, scanned: Option<&str>) {
        let mut all = held(&self.0.side);
        if let Some(list) = all.get_mut(session) {
            list.retain(|scan| scanned.is_some_and(|one| scan.scanned != one));
        }
    }

    /// Keeps what was scanned or asked for in this session under a name that says nothing of a
    /// patient, so that an address can lead to it.
    pub(crate) fn keep_wristband(&self, session: &str, (name, record): (String, String)) {
        let mut all = held(&self.0.wristbands);
        let list = all.entry(session.to_owned()).or_default();
        list.insert(0, (name, record));
        list.truncate(SIDE_ROWS_MAX);
    }

    /// What this session scanned or asked for under this name.
    pub(crate) fn wristband(&self, session: &str, name: &str) -> Option<String> {
        let all = held(&self.0.wristbands);
        let kept = all.get(session)?.iter().find(|(known, _)| known == name);
        kept.map(|(_, record)| record.clone())
    }

    /// Forgets what belonged to a session that ended.
    pub(crate) fn forget(&self, session: &str) {
        held(&self.0.said).remove(session);
        held(&self.0.side).remove(session);
        held(&self.0.wristbands).remove(session);
    }

    /// True where this look was not noted in the last minutes, which it then is.
    pub(crate) fn first_look(
        &self,
        who: PersonId,
        (patient, page): (PatientId, &'static str),
        now: Moment,
    ) -> bool {
        let mut looks = held(&self.0.looks);
        if looks.len() > 20_000 {
            looks.retain(|_, at| now.minutes_since(*at) < LOOK_EVERY_MINUTES);
        }
        let before = looks.get(&(who, patient, page));
        if before.is_some_and(|at| now.minutes_since(*at) < LOOK_EVERY_MINUTES) {
            return false;
        }
        looks.insert((who, patient, page), now);
        true
    }
}

/// What was read before, unless it changed since; then it is read anew and kept.
fn read_once<T>(
    kept: &Kept<T>,
    changes: &AtomicU64,
    read: impl FnOnce() -> Result<Arc<T>, Fault>,
) -> Result<Arc<T>, Fault> {
    let changed = changes.load(Ordering::SeqCst);
    let known = held(kept).clone().filter(|(of, _)| *of == changed);
    if let Some((_, known)) = known {
        return Ok(known);
    }
    let now = read()?;
    *held(kept) = Some((changed, Arc::clone(&now)));
    Ok(now)
}

/// What is kept behind a lock; a panic elsewhere does not spoil it, since each use leaves it whole.
fn held<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now_by_the_machine() -> Moment {
    Moment::from_micros(jiff::Timestamp::now().as_microsecond())
}
