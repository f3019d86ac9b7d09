//! One line to a bedside device: the POCT1-A machine of `wire` between a socket and the intake.
//!
//! What must stay true: a document with results is acknowledged only after it is on the disk; one
//! that cannot be kept is not acknowledged and the line is closed, so that the device sends it
//! again.

use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use wire::frame::poct1a::{Action, Received, Session};

use super::limit::{Held, Patience, send};
use super::{Far, Filer, READ, Surroundings, filer};

/// How long an idle line sleeps at most.
const IDLE: Duration = Duration::from_secs(3600);

/// Talks until either end hangs up, or a stop is asked for.
pub async fn talk(mut stream: TcpStream, far: Far, around: Surroundings) -> std::io::Result<()> {
    let mut desk = Desk { filer: filer(around.intake.clone()), far, around: &around };
    let mut session = Session::default();
    let mut stop = around.stop.clone();
    let mut buffer = vec![0; READ];
    let (mut held, mut patience) = (Held::of(&around.held), Patience::default());
    let manners = around.manners;
    loop {
        while let Some(action) = session.next_action() {
            match action {
                Action::Write(bytes) => send(&mut stream, &bytes, manners.write).await?,
                Action::Keep(received) => {
                    patience.whole();
                    desk.keep(received).await?;
                    session.kept(&now());
                }
                Action::End => return Ok(()),
                Action::Trouble(trouble) => return Err(desk.far.close(&trouble.to_string())),
            }
        }
        if *stop.borrow() {
            return Ok(());
        }
        if !held.now(session.held(), manners.held) {
            return Err(desk.far.close("all lines together hold too much of unfinished messages"));
        }
        let whole_by = patience.until(session.is_begun(), manners.message);
        let left = whole_by.map(|by| by.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(desk.far.close("one message took longer than a message may"));
        }
        tokio::select! {
            count = stream.read(&mut buffer) => {
                let count = count?;
                if count == 0 {
                    return Ok(());
                }
                desk.far.spoke();
                session.receive(&now(), buffer.get(..count).unwrap_or_default());
            }
            () = tokio::time::sleep(left.unwrap_or(IDLE)) => {}
            _ = stop.changed() => {}
        }
    }
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Where documents are kept.
struct Desk<'a> {
    filer: Filer,
    far: Far,
    around: &'a Surroundings,
}

impl Desk<'_> {
    async fn keep(&mut self, received: Received) -> std::io::Result<()> {
        let intake = &self.around.intake;
        let kept = intake.keep(received.bytes, &received.text, &self.far.origin).await;
        let kept = kept.map_err(std::io::Error::other)?;
        self.far.is(&kept);
        if !kept.settled && self.filer.send(kept).await.is_err() {
            tracing::error!(peer = self.far.origin.peer, "a kept message waits for the next start");
        }
        Ok(())
    }
}
