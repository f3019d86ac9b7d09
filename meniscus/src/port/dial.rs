//! Calling instruments that wait for a call: one caller for each, for as long as its instrument is
//! set so.
//!
//! What must stay true: who does not answer is called again, later each time up to a minute; an
//! instrument that is set otherwise is let go once it has finished what it is sending; what comes
//! on a call is the called instrument's, whatever name it gives itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lab::instrument::{Connection, Instrument};
use lab::value::InstrumentId;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wire::driver;
use wire::reading::Protocol;

use crate::intake::KNOWN_FOR;

use super::{Far, Language, Surroundings, line};

/// How long an answer to a call is waited for.
const RING: Duration = Duration::from_secs(10);

/// The longest pause between two calls.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// A call that lasted so long was a good one: the next pause is short again.
const GOOD: Duration = Duration::from_secs(30);

/// Whom to call, and in which language.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Called {
    id: InstrumentId,
    name: String,
    address: String,
    language: Language,
}

/// Who calls, and how it is told to stop.
struct Caller {
    called: Called,
    stopper: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Calls every instrument that is set so, until a stop is asked for.
pub async fn serve(around: Surroundings) {
    let mut callers: BTreeMap<InstrumentId, Caller> = BTreeMap::new();
    let mut stop = around.stop.clone();
    let mut changed = around.intake.changed();
    loop {
        match around.intake.instruments().await {
            Ok(all) => set(&mut callers, all.iter().filter_map(called).collect(), &around),
            Err(fault) => tracing::error!(%fault, "who is to be called could not be read"),
        }
        tokio::select! {
            _ = changed.changed() => {}
            // What another program changed is told by nobody.
            () = tokio::time::sleep(KNOWN_FOR) => {}
            () = stopped(&mut stop) => break,
        }
    }
    for caller in callers.values() {
        let _ = caller.stopper.send(true);
    }
    let finished = async {
        for caller in callers.into_values() {
            let _ = caller.task.await;
        }
    };
    if tokio::time::timeout(around.manners.finish, finished).await.is_err() {
        tracing::warn!("a called instrument was still sending and was cut");
    }
}

/// Whom to call, where an instrument is set so and its driver says the language.
fn called(instrument: &Instrument) -> Option<Called> {
    let Connection::Dial { host, port } = &instrument.wiring.connection else { return None };
    let language = match driver::named(&instrument.driver).map(driver::Driver::protocol) {
        // bioMerieux's messages come between the same ENQ and EOT.
        Some(Protocol::Astm | Protocol::Bci) => Language::Astm,
        Some(Protocol::Hl7) => Language::Mllp,
        Some(Protocol::Poct1a) => Language::Bedside,
        None => {
            tracing::error!(instrument.name, instrument.driver, "no such driver; not called");
            return None;
        }
    };
    let (id, name) = (instrument.id, instrument.name.clone());
    Some(Called { id, name, address: format!("{host}:{port}"), language })
}

/// Lets callers go whose instrument is set otherwise, and has those called that are not yet.
fn set(callers: &mut BTreeMap<InstrumentId, Caller>, wanted: Vec<Called>, around: &Surroundings) {
    callers.retain(|_, caller| {
        let stays = wanted.contains(&caller.called);
        if !stays {
            let _ = caller.stopper.send(true);
        }
        stays
    });
    for called in wanted {
        callers.entry(called.id).or_insert_with(|| {
            let (stopper, stop) = watch::channel(false);
            let around = Surroundings { stop, ..around.clone() };
            let task = tokio::spawn(call(called.clone(), around));
            Caller { called, stopper, task }
        });
    }
}

/// Waits until a stop is asked for.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

/// Calls one instrument again and again.
async fn call(called: Called, around: Surroundings) {
    let mut stop = around.stop.clone();
    let mut pause = around.manners.call_again;
    loop {
        let began = Instant::now();
        tokio::select! {
            answer = tokio::time::timeout(RING, TcpStream::connect(&called.address)) => {
                let answer = answer.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()));
                talk(&called, answer, &around).await;
            }
            () = stopped(&mut stop) => return,
        }
        if *stop.borrow() {
            return;
        }
        if began.elapsed() >= GOOD {
            pause = around.manners.call_again;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSE_MAX),
            () = stopped(&mut stop) => return,
        }
    }
}

/// Talks on a call that was answered; says so where it was not.
async fn talk(called: &Called, answer: std::io::Result<TcpStream>, around: &Surroundings) {
    match answer {
        Ok(stream) => {
            let mut far = Far::new(around, called.address.clone());
            far.is_called(called.id, &called.name);
            line(stream, far, (called.language, around.clone())).await;
        }
        Err(error) => {
            tracing::warn!(%error, name = called.name, address = called.address, "no answer");
        }
    }
}
