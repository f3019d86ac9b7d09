//! One MLLP line: HL7 messages in blocks, each acknowledged after it is on the disk.
//!
//! What must stay true: `AA` means kept, and `AR` kept and none of ours; a message that cannot be
//! kept is not acknowledged and the line is closed, so that the sender sends it again.

use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use wire::frame::mllp::{Action, Session};
use wire::reading::Kind;
use wire::record::hl7::{self, Code};

use super::limit::{Held, Patience, send};
use super::{Far, Filer, READ, Surroundings, filer};

/// How long an idle line sleeps at most.
const IDLE: Duration = Duration::from_secs(3600);

/// Talks until the other end hangs up, or a stop is asked for.
pub async fn talk(
    mut stream: TcpStream,
    mut far: Far,
    around: Surroundings,
) -> std::io::Result<()> {
    let filer = filer(around.intake.clone());
    let mut session = Session::new();
    let mut stop = around.stop.clone();
    let mut buffer = vec![0; READ];
    let (mut held, mut patience) = (Held::of(&around.held), Patience::default());
    let manners = around.manners;
    loop {
        while let Some(action) = session.next_action() {
            match action {
                Action::Write(bytes) => send(&mut stream, &bytes, manners.write).await?,
                Action::Keep(message) => {
                    patience.whole();
                    let replies = answer(message, &mut far, (&around, &filer)).await?;
                    replies.iter().for_each(|reply| session.reply(reply));
                }
                Action::Trouble(trouble) if trouble.ends_the_line() => {
                    return Err(far.close(&trouble.to_string()));
                }
                Action::Trouble(trouble) => far.trouble(&trouble.to_string()),
            }
        }
        if *stop.borrow() {
            return Ok(());
        }
        if !held.now(session.held(), manners.held) {
            return Err(far.close("all lines together hold too much of unfinished messages"));
        }
        let whole_by = patience.until(session.is_begun(), manners.message);
        let left = whole_by.map(|by| by.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(far.close("one message took longer than a message may"));
        }
        tokio::select! {
            count = stream.read(&mut buffer) => {
                let count = count?;
                if count == 0 {
                    session.closed();
                    return Ok(());
                }
                far.spoke();
                session.receive(buffer.get(..count).unwrap_or_default());
            }
            () = tokio::time::sleep(left.unwrap_or(IDLE)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Keeps a message and says what goes back: the acknowledgement, or the answers to a question.
async fn answer(
    message: Vec<u8>,
    far: &mut Far,
    (around, filer): (&Surroundings, &Filer),
) -> std::io::Result<Vec<Vec<u8>>> {
    let text = wire::record::charset::decode_hl7(&message).text.into_owned();
    let kept = around.intake.keep(message.clone(), &message, &far.origin).await;
    let kept = kept.map_err(std::io::Error::other)?;
    far.is(&kept);
    let foreign = !kept.says.is_empty() && kept.says.iter().all(|one| one.kind == Kind::Other);
    let mut replies = around.intake.answers(&kept).await.map_err(std::io::Error::other)?;
    if replies.is_empty() {
        replies.push(acknowledgement(&text, foreign));
    } else {
        for reply in &replies {
            around.intake.keep_outgoing(&kept, reply.clone(), &far.origin.peer);
        }
    }
    if !kept.settled && filer.send(kept).await.is_err() {
        tracing::error!(peer = far.origin.peer, "a kept message waits for the next start");
    }
    Ok(replies)
}

/// Accepts what is kept. A message of another department is kept and rejected, so that it is not
/// sent again and somebody looks at its sender.
fn acknowledgement(text: &str, foreign: bool) -> Vec<u8> {
    let now = jiff::Timestamp::now().strftime("%Y%m%d%H%M%S").to_string();
    match hl7::Message::parse(text) {
        Ok(message) if foreign => {
            let kind = message.segment("MSH").map(|msh| msh.field(9));
            let part = |n| kind.map_or("", |kind| kind.component(n).text());
            let (name, event) = (part(1), part(2));
            let told = format!("{name} {event} is not read here; kept for a person to look at");
            hl7::acknowledge(&message, Code::Reject, &told, &now)
        }
        Ok(message) => hl7::acknowledge(&message, Code::Accept, "", &now),
        Err(_) => format!(
            "MSH|^~\\&|MENISCUS||||{now}||ACK|{now}|P|2.3.1\r\
             MSA|AR||No MSH segment; kept, not read\r"
        )
        .into_bytes(),
    }
}
