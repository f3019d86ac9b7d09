//! One ASTM line: the session machine of `wire` between a socket and the intake.
//!
//! What must stay true: the last acknowledgement of a message is written only after the message
//! is on the disk; a question is always answered; a line that sends nothing of use, or takes for
//! ever over one message, is closed with its reason.

use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use wire::frame::astm::{Action, Received, Role, Session};

use super::limit::{Held, Patience, send};
use super::{Far, Filer, READ, Surroundings, filer};

/// How long an idle line sleeps at most, in milliseconds.
const IDLE_MS: u64 = 3_600_000;

/// One line and its machine.
struct Line<'a> {
    stream: TcpStream,
    session: Session,
    around: &'a Surroundings,
    filer: Filer,
    far: Far,
}

/// Talks until the other end hangs up, or a stop is asked for and the line is idle.
pub async fn talk(stream: TcpStream, far: Far, around: Surroundings) -> std::io::Result<()> {
    let filer = filer(around.intake.clone());
    let session = Session::new(Role::Host);
    let mut line = Line { stream, session, around: &around, filer, far };
    let mut stop = around.stop.clone();
    let mut buffer = vec![0; READ];
    let (mut held, mut patience) = (Held::of(&around.held), Patience::default());
    let manners = around.manners;
    loop {
        if line.act().await? {
            patience.whole();
        }
        if !held.now(line.session.held(), manners.held) {
            return Err(line.far.close("all lines together hold too much of unfinished messages"));
        }
        let whole_by = patience.until(line.session.is_begun(), manners.message);
        let left = whole_by.map(|by| by.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(line.far.close("one message took longer than a message may"));
        }
        let stopping = *stop.borrow();
        if stopping && line.session.is_idle() {
            return Ok(());
        }
        let due = line.session.deadline().map(|due| due.saturating_sub(around.millis()));
        let pause = Duration::from_millis(due.unwrap_or(IDLE_MS));
        let pause = left.map_or(pause, |left| left.min(pause));
        tokio::select! {
            count = line.stream.read(&mut buffer) => {
                let count = count?;
                if count == 0 {
                    return Ok(());
                }
                line.far.spoke();
                let bytes = buffer.get(..count).unwrap_or_default();
                line.session.receive(around.millis(), bytes);
            }
            () = tokio::time::sleep(pause) => line.session.tick(around.millis()),
            _ = stop.changed(), if !stopping => {}
        }
    }
}

impl Line<'_> {
    /// Does everything the machine wants done; true where a message was whole.
    async fn act(&mut self) -> std::io::Result<bool> {
        let mut whole = false;
        while let Some(action) = self.session.next_action() {
            match action {
                Action::Write(bytes) => self.write(&bytes).await?,
                Action::Keep(received) => {
                    whole = true;
                    self.keep(received).await;
                }
                Action::Sent => {}
                Action::NotSent(because) => {
                    self.far.trouble(&format!("an answer was not taken: {because}"));
                }
                Action::Trouble(trouble) if trouble.ends_the_line() => {
                    return Err(self.far.close(&trouble.to_string()));
                }
                Action::Trouble(trouble) => self.far.trouble(&trouble.to_string()),
            }
        }
        self.far.waits(self.session.unsent());
        Ok(whole)
    }

    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        send(&mut self.stream, bytes, self.around.manners.write).await
    }

    async fn keep(&mut self, received: Received) {
        let intake = &self.around.intake;
        let kept = match intake.keep(received.frames, &received.text, &self.far.origin).await {
            Ok(kept) => kept,
            Err(fault) => {
                tracing::error!(%fault, peer = self.far.origin.peer, "a message was not kept");
                return self.session.not_kept(self.around.millis());
            }
        };
        self.session.kept(self.around.millis());
        self.far.is(&kept);
        match intake.answers(&kept).await {
            Ok(answers) => {
                for answer in answers {
                    intake.keep_outgoing(&kept, answer.clone(), &self.far.origin.peer);
                    self.session.send(self.around.millis(), answer);
                }
            }
            Err(fault) => {
                tracing::error!(%fault, peer = self.far.origin.peer, "a question was not answered");
            }
        }
        if !kept.settled && self.filer.send(kept).await.is_err() {
            tracing::error!(peer = self.far.origin.peer, "a kept message waits for the next start");
        }
    }
}
