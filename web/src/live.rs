//! Live updates: what changed is named to the pages that are open, and they fetch it again.
//!
//! Topics: `counts` (anything), `orders`, `specimens`, `results`, `instruments`, and
//! `accession-N` for what hangs from one accession. What must stay true: a topic carries no
//! patient's facts; a slow page is told less often, never kept waiting for; nothing here blocks
//! the pen.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use store::Told;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{Receiver, Sender, channel};

use crate::limit::{LIVE_EVERY_MS, LIVE_WAITING_MAX};

/// Names of what changed.
type Topics = Arc<BTreeSet<String>>;

/// The newspaper of the laboratory.
#[derive(Clone, Debug)]
pub(crate) struct News {
    sender: Sender<Topics>,
    /// How many commits there were; whatever is remembered from before is stale.
    pub(crate) commits: Arc<AtomicU64>,
    /// How many catalogs were released.
    pub(crate) releases: Arc<AtomicU64>,
    /// How often the letterhead was set.
    pub(crate) named: Arc<AtomicU64>,
}

impl News {
    pub(crate) fn new() -> News {
        let (sender, _) = channel(LIVE_WAITING_MAX);
        News { sender, commits: Arc::default(), releases: Arc::default(), named: Arc::default() }
    }

    /// Tells what was committed. Called by the pen: it only puts and goes.
    pub(crate) fn tell(&self, told: &[Told]) {
        told.iter().for_each(|one| self.forget_for(&one.command));
        self.commits.fetch_add(1, Ordering::SeqCst);
        let topics: BTreeSet<String> = told.iter().flat_map(topics_of).collect();
        if !topics.is_empty() {
            let _ = self.sender.send(Arc::new(topics));
        }
    }

    /// What is remembered and a command of this name changes is read anew. Said when the command is
    /// answered too, since the pen may answer before it tells.
    pub(crate) fn forget_for(&self, command: &str) {
        if ["ReleaseCatalog", "ReleaseDraft", store::RESTORED].contains(&command) {
            self.releases.fetch_add(1, Ordering::SeqCst);
        }
        if ["NameLaboratory", store::RESTORED].contains(&command) {
            self.named.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Tells that an instrument's connection went up or down.
    pub(crate) fn tell_of_links(&self) {
        let _ = self.sender.send(Arc::new(BTreeSet::from(["instruments".to_owned()])));
    }

    /// Ends every stream, so that the program can stop: no topics at all.
    pub(crate) fn stop(&self) {
        let _ = self.sender.send(Arc::new(BTreeSet::new()));
    }

    /// The stream of one page.
    pub(crate) fn stream(&self) -> Response {
        let reader = Reader { receiver: self.sender.subscribe(), waiting: Vec::new() };
        let stream = stream::unfold(reader, |mut reader| async {
            let topic = reader.next().await?;
            let event = Event::default().event(topic).data("1");
            Some((Ok::<_, Infallible>(event), reader))
        });
        let alive = KeepAlive::new().interval(Duration::from_secs(20)).text("still here");
        Sse::new(stream).keep_alive(alive).into_response()
    }
}

/// One open page.
struct Reader {
    receiver: Receiver<Topics>,
    waiting: Vec<String>,
}

impl Reader {
    /// The next topic to name; none when the program stops.
    async fn next(&mut self) -> Option<String> {
        if let Some(topic) = self.waiting.pop() {
            return Some(topic);
        }
        let mut gathered = self.first().await?;
        tokio::time::sleep(Duration::from_millis(LIVE_EVERY_MS)).await;
        loop {
            match self.receiver.try_recv() {
                Ok(topics) if topics.is_empty() => return None,
                Ok(topics) => gathered.extend(topics.iter().cloned()),
                Err(TryRecvError::Lagged(_)) => gathered.extend(everything()),
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        self.waiting = gathered.into_iter().collect();
        self.waiting.pop()
    }

    async fn first(&mut self) -> Option<BTreeSet<String>> {
        match self.receiver.recv().await {
            Ok(topics) if topics.is_empty() => None,
            Ok(topics) => Some(topics.as_ref().clone()),
            Err(RecvError::Lagged(_)) => Some(everything().collect()),
            Err(RecvError::Closed) => None,
        }
    }
}

fn everything() -> impl Iterator<Item = String> {
    let all = ["counts", "orders", "specimens", "results", "instruments", "pending"];
    all.into_iter().map(str::to_owned)
}

/// The topics one journal entry touches.
fn topics_of(told: &Told) -> Vec<String> {
    if told.command == store::RESTORED {
        return everything().collect();
    }
    let Some(family) = family_of(&told.command) else { return Vec::new() };
    // Whatever happens to an order, a specimen or a result changes what is pending.
    let works = family.iter().any(|topic| *topic != "instruments");
    let pending = works.then_some(&"pending");
    let named = family.iter().chain(&["counts"]).chain(pending).map(|topic| (*topic).to_owned());
    named.chain(told.about.iter().map(|number| accession_topic(*number))).collect()
}

/// The lists that a command changes; none where no open page shows what it changes.
fn family_of(command: &str) -> Option<&'static [&'static str]> {
    Some(match command {
        "PlaceOrder" => &["orders", "specimens"],
        "CancelTest" | "CancelOrder" | "CreditTest" => &["orders", "results"],
        "AmendPatient" | "RecordEncounter" | "MergePatients" | "UnmergePatients" => {
            &["orders", "specimens", "results"]
        }
        "CollectSpecimens" | "ReceiveSpecimen" => &["specimens"],
        "RejectSpecimen" | "RejectTests" | "GradeSpecimen" | "AddTests" | "MakeAliquot" => {
            &["specimens", "results"]
        }
        "RecollectSpecimen" | "LoseSpecimen" | "FindSpecimen" => {
            &["orders", "specimens", "results"]
        }
        "ReceiveInspected" | "SpinSpecimens" | "MakeSlide" | "StoreSpecimen" | "FetchSpecimen"
        | "DiscardSpecimens" | "DispatchSpecimens" | "ArriveSpecimens" => &["specimens"],
        "FileReadings" | "ResolveUnclaimed" | "ReplayUnclaimed" => &["results", "instruments"],
        "EnterResult" | "VerifyResults" | "HoldResult" | "RequestRerun" | "AmendResult"
        | "RequestDilution" | "GivePreliminary" | "SwitchRules" | "DismissLate" | "RecordCall" => {
            &["results"]
        }
        "AddInstrument" | "ChangeInstrument" | "MapCode" | "ReplayMessage" => &["instruments"],
        // It stands with its accession alone.
        "IssueReport" => &[],
        _ => return None,
    })
}

/// The topic of what hangs from one accession.
pub(crate) fn accession_topic(number: i64) -> String {
    format!("accession-{number}")
}

#[cfg(test)]
mod tests {
    use lab::people::Ask;

    use super::*;

    fn told(command: &str) -> Told {
        Told { seq: 1, command: command.into(), about: vec![7] }
    }

    #[test]
    fn an_entry_names_its_topics() {
        assert_eq!(
            topics_of(&told("ReceiveSpecimen")),
            ["specimens", "counts", "pending", "accession-7"].map(String::from)
        );
        assert!(topics_of(&told("SignIn")).is_empty());
    }

    /// Commands of which no open list tells, and what is looked at rather than commanded.
    const SILENT: [&str; 23] = [
        "AddStoragePlace",
        "EditDirectory",
        "AddPerson",
        "SetPassword",
        "ResetPassword",
        "ChooseOwnPassword",
        "SetRole",
        "SetStanding",
        "SignIn",
        "ReleaseCatalog",
        "DraftCatalog",
        "ReleaseDraft",
        "DiscardDraft",
        "NameLaboratory",
        "ReleaseHeld",
        "SeePatients",
        "SeeUnverified",
        "SeeReports",
        "SeeJournal",
        "SeeLooks",
        "SeeInstruments",
        "SeeMessages",
        "SeePeople",
    ];

    #[test]
    fn every_command_is_told_or_silent_on_purpose() {
        for ask in Ask::ALL {
            let name = ask.name();
            let silent = SILENT.contains(&name.as_str());
            assert_ne!(family_of(&name).is_some(), silent, "{name}");
        }
        assert_eq!(topics_of(&told("IssueReport")), ["counts", "accession-7"].map(String::from));
    }

    #[test]
    fn what_is_restored_is_read_anew() {
        let news = News::new();
        news.tell(&[told(store::RESTORED)]);
        assert_eq!(news.releases.load(Ordering::SeqCst), 1, "the catalog");
        assert_eq!(news.named.load(Ordering::SeqCst), 1, "the letterhead");
    }

    #[tokio::test]
    async fn many_changes_are_told_once() {
        let news = News::new();
        let mut reader = Reader { receiver: news.sender.subscribe(), waiting: Vec::new() };
        for _ in 0..2000 {
            news.tell(&[told("VerifyResults")]);
        }
        let mut heard = Vec::new();
        while heard.len() < 7 {
            heard.push(reader.next().await.expect("a topic"));
            if reader.waiting.is_empty() {
                break;
            }
        }
        assert!(heard.contains(&"results".to_owned()), "{heard:?}");
        news.stop();
        assert_eq!(reader.next().await, None);
    }
}
