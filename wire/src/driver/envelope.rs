//! Takes messages out of whatever they were kept in: frames, blocks, other envelopes, or bare.
//!
//! What must stay true: bytes that are no message are given back as unread with a reason; a
//! frame whose checksum does not hold never becomes part of a message.

use crate::frame::{astm, mllp, poct1a};
use crate::record::{bci, charset};

/// One message, or bytes that are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// ASTM records, perhaps of several messages.
    Astm {
        /// The records.
        text: Vec<u8>,
        /// Whether the sender ended it properly.
        complete: bool,
    },
    /// One HL7 message.
    Hl7(Vec<u8>),
    /// One XML document of a bedside device.
    Poct1a(Vec<u8>),
    /// Messages of bioMerieux's language.
    Bci(Vec<u8>),
    /// Something else.
    Unread {
        /// What it was.
        text: String,
        /// Why it is no message.
        because: String,
    },
}

const SOH: u8 = 0x01;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const EOT: u8 = 0x04;
const ENQ: u8 = 0x05;
const VT: u8 = 0x0b;
const ETB: u8 = 0x17;
const FS: u8 = 0x1c;

/// Opens whatever the bytes are wrapped in.
pub(super) fn open(bytes: &[u8]) -> Vec<Piece> {
    let blank = |b: &u8| b.is_ascii_whitespace() || matches!(*b, 0 | 0xef | 0xbb | 0xbf);
    let begin = bytes.iter().position(|b| !blank(b)).and_then(|at| bytes.get(at..));
    let Some(begin) = begin else { return Vec::new() };
    let astm_frames = bytes.contains(&STX);
    if !astm_frames && (bytes.contains(&FS) || bytes.contains(&VT)) {
        return blocks(bytes);
    }
    if ["MSH", "FHS", "BHS"].iter().any(|name| begin.starts_with(name.as_bytes())) {
        return bare_hl7(begin);
    }
    if bci::is_message(begin) {
        return vec![Piece::Bci(begin.to_vec())];
    }
    if poct1a::is_document(begin) {
        return documents(begin);
    }
    match bytes.iter().position(|b| *b == STX) {
        Some(at) if is_numberless(bytes.get(at + 1..)) => numberless(bytes),
        Some(_) => frames(bytes),
        None if begin.first() == Some(&SOH) => numberless(bytes),
        None => bare_records(begin),
    }
}

fn unread(bytes: &[u8], because: &str) -> Piece {
    Piece::Unread { text: charset::decode(bytes).text.into_owned(), because: because.to_owned() }
}

fn blocks(bytes: &[u8]) -> Vec<Piece> {
    let mut session = mllp::Session::new();
    session.receive(bytes);
    session.closed();
    let mut out = Vec::new();
    while let Some(action) = session.next_action() {
        match action {
            mllp::Action::Keep(message) => out.extend(bare_hl7(&message)),
            mllp::Action::Write(_) => {}
            mllp::Action::Trouble(mllp::BlockTrouble::NoStart | mllp::BlockTrouble::Garbage) => {}
            mllp::Action::Trouble(trouble) => {
                let because = trouble.to_string();
                let text = match trouble {
                    mllp::BlockTrouble::Truncated { bytes } => bytes,
                    _ => Vec::new(),
                };
                out.push(unread(&text, &because));
            }
        }
    }
    out
}

/// Splits at MSH segments; batch headers and trailers around them are no messages.
fn bare_hl7(bytes: &[u8]) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut message: Vec<u8> = Vec::new();
    for line in bytes.split_inclusive(|b| matches!(*b, b'\r' | b'\n')) {
        let batch = ["FHS", "BHS", "BTS", "FTS"].iter().any(|n| line.starts_with(n.as_bytes()));
        if (line.starts_with(b"MSH") || batch) && !message.is_empty() {
            out.push(Piece::Hl7(std::mem::take(&mut message)));
        }
        if !batch {
            message.extend_from_slice(line);
        }
    }
    if !message.trim_ascii().is_empty() {
        out.push(Piece::Hl7(message));
    }
    out
}

fn bare_records(bytes: &[u8]) -> Vec<Piece> {
    let is_header =
        |text: &[u8]| matches!(text, [b'H', delimiter, ..] if delimiter.is_ascii_punctuation());
    if is_header(bytes) {
        return vec![Piece::Astm { text: bytes.to_vec(), complete: is_ended(bytes) }];
    }
    // Something before the header record is kept apart, not lost.
    let header = bytes.windows(3).position(|w| matches!(w, b"\rH|" | b"\nH|"));
    match header.and_then(|at| bytes.split_at_checked(at + 1)) {
        Some((before, after)) => vec![
            unread(before, "stands before the header record"),
            Piece::Astm { text: after.to_vec(), complete: is_ended(after) },
        ],
        None => vec![unread(bytes, "no message of a language that is read here")],
    }
}

/// Whether records end with their terminator.
fn is_ended(records: &[u8]) -> bool {
    crate::frame::astm::ends_with_terminator(records)
}

/// XML documents one after the other.
fn documents(bytes: &[u8]) -> Vec<Piece> {
    let (whole, left) = poct1a::documents(bytes);
    let mut out: Vec<Piece> = whole.into_iter().map(|one| Piece::Poct1a(one.to_vec())).collect();
    out.extend(left.map(|rest| unread(rest, "an XML document that does not end")));
    out
}

/// Whether what follows STX is a header record rather than a frame number.
fn is_numberless(after: Option<&[u8]>) -> bool {
    after.is_some_and(|a| matches!(a, [b'H', delimiter, ..] if delimiter.is_ascii_punctuation()))
}

/// Envelopes without frame numbers and checksums (Snibe Maglumi, Radiometer ABL9).
fn numberless(bytes: &[u8]) -> Vec<Piece> {
    bytes
        .split(|b| matches!(*b, SOH | STX | ETX | EOT | ENQ | 0x06 | 0x15))
        .filter(|part| !part.trim_ascii().is_empty())
        .flat_map(bare_records)
        .collect()
}

/// Plays the bytes to a link that keeps everything.
fn frames(bytes: &[u8]) -> Vec<Piece> {
    let mut link = astm::Link::new(astm::Role::Host);
    link.checksum = has_checksums(bytes);
    let mut session = astm::Session::with(link);
    let mut out = Vec::new();
    let first = bytes.iter().position(|b| matches!(*b, ENQ | STX));
    if let Some([STX, number, ..]) = first.and_then(|at| bytes.get(at..)) {
        // Kept frames have no ENQ, and those of a later message in a transfer do not begin at 1.
        session.receive(0, &[ENQ]);
        session.expect_number(*number);
    }
    session.receive(0, bytes);
    drain(&mut session, 0, &mut out);
    // What the end of the bytes leaves open: first an EOT taken for part of a frame, then the
    // message itself.
    session.tick(crate::limit::SILENCE_MS);
    session.receive(crate::limit::SILENCE_MS, &[EOT]);
    session.tick(crate::limit::SILENCE_MS * 2);
    drain(&mut session, crate::limit::SILENCE_MS * 2, &mut out);
    if out.is_empty() {
        out.push(unread(bytes, "no frame in it holds a message"));
    }
    out
}

fn drain(session: &mut astm::Session, now: astm::Millis, out: &mut Vec<Piece>) {
    while let Some(action) = session.next_action() {
        match action {
            astm::Action::Keep(received) => {
                let complete = received.complete;
                out.push(Piece::Astm { text: received.text, complete });
                session.kept(now);
            }
            astm::Action::Trouble(trouble) => {
                if let Some(piece) = told(&trouble) {
                    out.push(piece);
                }
            }
            _ => {}
        }
    }
}

fn told(trouble: &astm::LinkTrouble) -> Option<Piece> {
    let because = trouble.to_string();
    match trouble {
        astm::LinkTrouble::BadFrame { frame, .. } => Some(unread(frame, &because)),
        astm::LinkTrouble::Dropped { text, .. } => Some(unread(text, &because)),
        astm::LinkTrouble::WrongProtocol { bytes } => Some(unread(bytes, &because)),
        astm::LinkTrouble::Noise { .. }
        | astm::LinkTrouble::Garbage
        | astm::LinkTrouble::KeptTooLate => None,
    }
}

/// Whether any frame carries checksum characters after its end. One that does not must not turn
/// off the check for the others.
fn has_checksums(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|window| {
        matches!(window, [ETX | ETB, high, low]
            if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
    })
}
