//! Intake: a message becomes commands.
//!
//! What must stay true: the raw message is on the disk before anybody says it arrived; a command
//! made from it carries the message's number as its request, so that doing it again is harmless;
//! a message of an unknown sender is kept and its readings wait unclaimed under the sender's own
//! name, with no code guessed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lab::command::Command;
use lab::instrument::Instrument;
use lab::journey::analyze::FileReadings;
use lab::journey::connect::AddInstrument;
use lab::people::Actor;
use lab::value::{InstrumentId, Label, MessageId, Moment, Priority, TestCode};
use sha2::{Digest, Sha256};
use store::fault::Fault;
use store::message::{Fate, Listed, Raw, Receipt, unread_after};
use store::query::{Work, instruments, work_for_specimen};
use store::{Act, Answer as Outcome, Store, Taking};
use tokio::sync::{oneshot, watch};
use wire::driver::{self, Driver};
use wire::reading::{self, Kind, Message, Query};
use wire::worklist::{self, Answer};

use crate::setup;

mod said;
#[cfg(test)]
mod test;

use said::says;
pub use said::{by, characters, material, plainly, reading_of};

/// Messages taken up at once after a stop.
const PAGE: u32 = 50;

/// The most characters of a sender's name that become an instrument's name.
const NAME: usize = 60;

/// Unknown senders of one name that are told apart.
const NAMESAKES: u32 = 9;

/// The way in for messages, shared by every line.
#[derive(Clone)]
pub struct Intake {
    store: Arc<Store>,
    /// The instruments as last read, and when; emptied when one is added here.
    known: Arc<Mutex<Option<Known>>>,
    /// Told when an instrument was added or changed, or the whole record was.
    changed: watch::Sender<()>,
}

/// The instruments as they were read at a moment.
type Known = (Arc<Vec<Instrument>>, Instant);

/// Instruments that another program changed (`meniscus apply`) are known here after so long.
pub const KNOWN_FOR: Duration = Duration::from_secs(5);

/// Where a message comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The other end, as the network names it.
    pub peer: String,
    /// The instrument that we called; a line that called us says who it is by its messages.
    pub instrument: Option<InstrumentId>,
}

/// A message that is kept, and what it says.
pub struct Kept {
    /// Its number.
    pub id: MessageId,
    /// True where all it says is filed, in the commit that kept it or when the same bytes had come
    /// before: it is acknowledged and not filed again.
    pub settled: bool,
    /// The instrument that sent it, where it is one of ours.
    pub instrument: Option<Instrument>,
    /// What it says.
    pub says: Vec<Message>,
}

impl Intake {
    /// A way in to a laboratory.
    #[must_use]
    pub fn new(store: Arc<Store>) -> Intake {
        let known = Arc::new(Mutex::new(None));
        let stale = Arc::clone(&known);
        let changed = watch::Sender::new(());
        let telling = changed.clone();
        store.listen(Box::new(move |told| {
            const CHANGES: [&str; 4] =
                ["AddInstrument", "ChangeInstrument", "MapCode", store::RESTORED];
            if told.iter().any(|told| CHANGES.contains(&told.command.as_str())) {
                *locked(&stale) = None;
                telling.send_replace(());
            }
        }));
        Intake { store, known, changed }
    }

    /// Tells when an instrument was added or changed.
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Every instrument, as last read.
    ///
    /// # Errors
    /// The record could not be read.
    pub async fn instruments(&self) -> Result<Arc<Vec<Instrument>>, Fault> {
        let before = locked(&self.known).clone();
        if let Some((known, read)) = &before
            && read.elapsed() < KNOWN_FOR
        {
            return Ok(Arc::clone(known));
        }
        let store = Arc::clone(&self.store);
        let lines = blocking(move || store.read(|sql| instruments(sql))).await?;
        let fresh = Arc::new(lines.into_iter().map(|line| line.instrument).collect::<Vec<_>>());
        *locked(&self.known) = Some((Arc::clone(&fresh), Instant::now()));
        if before.is_some_and(|(known, _)| known != fresh) {
            self.changed.send_replace(());
        }
        Ok(fresh)
    }

    /// Keeps a message durably: its bytes as they came, framed or bare. `text` is the message
    /// without frames: what makes it the same when it comes again in other frames.
    ///
    /// # Errors
    /// It could not be kept, and must not be acknowledged.
    pub async fn keep(&self, bytes: Vec<u8>, text: &[u8], from: &Origin) -> Result<Kept, Fault> {
        let (bytes, says) = self::says(bytes).await?;
        let instrument = self.sender(&says, from.instrument).await?;
        let says = match &instrument {
            Some(instrument) => by(instrument, &bytes, says),
            None => says,
        };
        let asks = says.iter().any(|message| !message.queries.is_empty());
        let results = says.iter().any(|message| message.kind == Kind::Results);
        let raw = Raw {
            // A question that comes again is asked again; results beside it are the same results.
            digest: (results || !asks).then(|| store::hexadecimal(&Sha256::digest(text))),
            ..raw(bytes, &from.peer, (&says, instrument.as_ref()))
        };
        let taking = taking(raw, &says, instrument.as_ref());
        let (answer, answered) = oneshot::channel();
        self.store.take(taking, move |kept| drop(answer.send(kept)));
        let Receipt { id, fate, .. } =
            answered.await.map_err(|_| Fault::new("the pen is down"))??;
        Ok(Kept { id, settled: fate != Fate::Kept, instrument, says })
    }

    /// Notes what we sent to an instrument.
    pub fn keep_outgoing(&self, kept: &Kept, bytes: Vec<u8>, peer: &str) {
        let raw = raw(bytes, peer, (&kept.says, kept.instrument.as_ref()));
        self.store.keep(Raw { outgoing: true, ..raw }, drop);
    }

    /// What to answer to the questions in a message, each in the instrument's dialect.
    ///
    /// # Errors
    /// The record could not be read.
    pub async fn answers(&self, kept: &Kept) -> Result<Vec<Vec<u8>>, Fault> {
        let mut answers = Vec::new();
        for message in &kept.says {
            let Some(driver) = driver_of(message) else { continue };
            for query in message.queries.iter().filter(|query| !query.cancel) {
                let known = self.known(query, kept.instrument.as_ref()).await?;
                answers.push(answered(driver, (query, known), kept.instrument.as_ref()));
            }
        }
        Ok(answers)
    }

    async fn known(
        &self,
        query: &Query,
        instrument: Option<&Instrument>,
    ) -> Result<Vec<Answer>, Fault> {
        let Some(instrument) = instrument.cloned() else { return Ok(Vec::new()) };
        let asked = query.specimens.clone();
        let store = Arc::clone(&self.store);
        blocking(move || {
            let mut known = Vec::new();
            for number in &asked {
                let Ok(label) = Label::read(number) else { continue };
                if let Some(work) = store.read(|sql| work_for_specimen(sql, &label))? {
                    known.extend(answer(&work, &instrument, number));
                }
            }
            Ok(known)
        })
        .await
    }

    /// Files everything a kept message says, and notes what became of it. A message that had come
    /// before and was filed is left as it is; one that was not is filed now.
    pub async fn file(&self, kept: Kept) {
        if kept.settled {
            return;
        }
        let fate = match self.file_all(&kept).await {
            Ok(fate) => fate,
            Err(fault) => {
                // It stays "kept" and is taken up again within minutes, or at the next start.
                tracing::error!(%fault, message = %kept.id, "a message could not be filed");
                return;
            }
        };
        self.store.settle(kept.id, fate);
    }

    async fn file_all(&self, kept: &Kept) -> Result<Fate, Fault> {
        let mut index = 0;
        for message in kept.says.iter().filter(|message| message.kind == Kind::Results) {
            let instrument = match &kept.instrument {
                Some(instrument) => instrument.clone(),
                None => self.register_sender(message).await?,
            };
            for command in filings(message, &instrument, Some(kept.id)) {
                let request = format!("message:{}:{index}", kept.id);
                self.carry(request, Actor::Instrument(instrument.id), command.into()).await?;
                index += 1;
            }
        }
        Ok(fate_of(&kept.says, index > 0))
    }

    async fn carry(&self, request: String, actor: Actor, command: Command) -> Result<(), Fault> {
        let (answer, answered) = oneshot::channel();
        let act = Act { request, actor, now: setup::now(), command };
        self.store.ask(act, move |outcome| drop(answer.send(outcome)));
        match answered.await.map_err(|_| Fault::new("the pen is down"))? {
            Outcome::Done(_) => Ok(()),
            Outcome::Refused(refusal) => Err(Fault::new(refusal.sentence())),
            Outcome::Failed(fault) => Err(fault),
        }
    }

    /// The instrument that we called, or else the one that the message names.
    async fn sender(
        &self,
        says: &[Message],
        called: Option<InstrumentId>,
    ) -> Result<Option<Instrument>, Fault> {
        let all = self.instruments().await?;
        let known = called.and_then(|id| all.iter().find(|own| own.id == id).cloned());
        if known.is_some() { Ok(known) } else { self.recognize(says).await }
    }

    /// The instrument whose sender name begins what the message's sender says; the longest such
    /// name where several do.
    async fn recognize(&self, says: &[Message]) -> Result<Option<Instrument>, Fault> {
        let Some(sender) = says.first().map(|message| message.sender.clone()) else {
            return Ok(None);
        };
        let all = self.instruments().await?;
        Ok(all
            .iter()
            .filter(|own| !own.sender.is_empty() && sender.starts_with(&own.sender))
            .max_by_key(|own| own.sender.len())
            .cloned())
    }

    /// An unknown sender is listed under its own name, with an empty code map; where that name is
    /// another's, as unknown. It never becomes an instrument that says it is somebody else.
    async fn register_sender(&self, message: &Message) -> Result<Instrument, Fault> {
        let sender = message.sender.trim();
        for namesake in 0..=NAMESAKES {
            let name = unknown_name(sender, namesake);
            let command = AddInstrument {
                name: name.clone(),
                driver: message.driver.clone(),
                sender: sender.to_owned(),
                ..AddInstrument::default()
            };
            let request = format!("sender:{name}");
            let listed = self.carry(request, Actor::System, command.into()).await;
            *locked(&self.known) = None;
            let all = self.instruments().await?;
            match all.iter().find(|own| own.name == name) {
                Some(own) if own.sender == sender => return Ok(own.clone()),
                Some(_) => {}
                None => listed?,
            }
        }
        Err(Fault::new("an unknown sender could not be listed"))
    }

    /// Takes up every message that was kept before a moment and not filed, a page at a time.
    ///
    /// # Errors
    /// The record could not be read.
    pub async fn take_up(&self, before: Moment) -> Result<usize, Fault> {
        let (mut count, mut bookmark) = (0, MessageId(0));
        loop {
            let store = Arc::clone(&self.store);
            let page = move || store.read(|sql| unread_after(sql, bookmark, PAGE));
            let left = blocking(page).await?;
            let Some(last) = left.last() else { return Ok(count) };
            bookmark = last.id;
            for listed in left.into_iter().filter(|listed| listed.at < before) {
                self.take_up_one(listed).await?;
                count += 1;
            }
        }
    }

    /// Reads a kept message again as its driver reads today, and files what was not filed.
    ///
    /// # Errors
    /// The record could not be read.
    pub async fn again(&self, listed: Listed) -> Result<(), Fault> {
        self.take_up_one(listed).await
    }

    async fn take_up_one(&self, listed: Listed) -> Result<(), Fault> {
        let (bytes, says) = says(listed.bytes).await?;
        let instrument = self.sender(&says, listed.instrument).await?;
        let says = match &instrument {
            Some(instrument) => by(instrument, &bytes, says),
            None => says,
        };
        self.file(Kept { id: listed.id, settled: false, instrument, says }).await;
        Ok(())
    }
}

/// The name an unknown sender is listed under: its own, or the next that is free.
fn unknown_name(sender: &str, namesake: u32) -> String {
    let own = if sender.is_empty() { "unnamed sender" } else { sender };
    let own: String = own.chars().take(NAME).collect();
    match namesake {
        0 => own.trim().to_owned(),
        1 => format!("{} (unknown)", own.trim()),
        more => format!("{} (unknown {more})", own.trim()),
    }
}

/// A lock that outlives a thread that broke while it held it.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs reading work where it may wait for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Fault::new("reading the record broke off")))
}

/// A message as it came in this moment, of the protocol of what it says.
fn raw(bytes: Vec<u8>, peer: &str, (says, from): (&[Message], Option<&Instrument>)) -> Raw {
    let protocol = says.first().map_or("unknown", |message| message.protocol.word());
    Raw {
        at: setup::now(),
        instrument: from.map(|instrument| instrument.id),
        peer: peer.to_owned(),
        protocol: protocol.to_owned(),
        outgoing: false,
        digest: None,
        bytes,
    }
}

fn driver_of(message: &Message) -> Option<&'static Driver> {
    driver::named(&message.driver)
}

/// What a message says of each specimen, as commands.
fn filings(
    message: &Message,
    instrument: &Instrument,
    number: Option<MessageId>,
) -> impl Iterator<Item = FileReadings> {
    message.specimens.iter().map(move |specimen| FileReadings {
        instrument: instrument.id,
        message: number,
        sent_number: specimen.id.clone(),
        material: material(specimen.kind),
        readings: specimen.readings.iter().map(reading_of).collect(),
    })
}

/// A message with all it says, to be kept and filed in one commit. Results of a sender who is not
/// listed yet are only kept: listing it comes first.
fn taking(raw: Raw, says: &[Message], from: Option<&Instrument>) -> Taking {
    let results = || says.iter().filter(|message| message.kind == Kind::Results);
    let acts: Vec<Act> = match from {
        Some(instrument) => results()
            .flat_map(|message| filings(message, instrument, None))
            .map(|command| Act {
                request: String::new(),
                actor: Actor::Instrument(instrument.id),
                now: raw.at,
                command: command.into(),
            })
            .collect(),
        None if results().next().is_some() => return Taking::only(raw),
        None => Vec::new(),
    };
    let fate = fate_of(says, !acts.is_empty());
    Taking { raw, acts, fate }
}

/// What becomes of a message once everything in it is filed.
fn fate_of(says: &[Message], has_readings: bool) -> Fate {
    // Segments and records of a vendor's own (Z…) are kept with the message and need nobody.
    let own = |part: &reading::NotUnderstood| part.text.trim_start().starts_with('Z');
    let whole = || says.iter().all(|message| message.not_understood.iter().all(own));
    if has_readings {
        if whole() { Fate::Filed } else { Fate::Partly }
    } else if says.iter().any(|message| !message.queries.is_empty()) {
        Fate::Answered
    } else if says.iter().all(nothing_understood) {
        Fate::Unreadable
    } else {
        Fate::Nothing
    }
}

fn nothing_understood(message: &Message) -> bool {
    // The parts of a conversation that say nothing for the record are understood.
    matches!(message.kind, Kind::Other | Kind::Results) && !message.not_understood.is_empty()
}

/// An answer in the characters that the instrument is set to; where they cannot carry the name of a
/// patient, the answer goes without names rather than with wrong ones.
fn answered(
    driver: &Driver,
    (query, mut known): (&Query, Vec<Answer>),
    to: Option<&Instrument>,
) -> Vec<u8> {
    let written = driver.answer(query, &known, &wire_now());
    let Some(set) = to.and_then(characters) else { return written };
    if let Some(own) = driver.encode(&written, set) {
        return own;
    }
    tracing::warn!(set = set.word(), "a name cannot be written for an instrument; left out");
    for patient in known.iter_mut().filter_map(|answer| answer.patient.as_mut()) {
        (patient.family, patient.given) = (String::new(), String::new());
    }
    let nameless = driver.answer(query, &known, &wire_now());
    driver.encode(&nameless, set).unwrap_or(nameless)
}

fn wire_now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// What is to be measured, in the instrument's own codes; none where nothing of it is this
/// instrument's.
fn answer(work: &Work, instrument: &Instrument, number: &str) -> Option<Answer> {
    let code_of = |own: &TestCode| {
        instrument.codes.iter().find(|(_, code)| *code == own).map(|(sent, _)| sent.clone())
    };
    let tests: Vec<String> = work.tests.iter().filter_map(|test| code_of(&test.code)).collect();
    if tests.is_empty() {
        return None;
    }
    Some(Answer {
        specimen: number.to_owned(),
        patient: Some(worklist::Patient {
            id: work.patient.record_number.clone(),
            family: work.patient.name.family.clone(),
            given: work.patient.name.given.clone(),
            birth: work.patient.birth_date.map(|born| born.to_string()),
            sex: Some(work.patient.sex.letter().to_owned()),
        }),
        tests,
        priority: match work.accession.priority {
            Priority::Stat => worklist::Priority::Stat,
            Priority::Asap | Priority::Timed | Priority::Routine => worklist::Priority::Routine,
        },
        material: None,
        collected: None,
    })
}
