//! The ASTM E1381 / CLSI LIS01-A2 link: ENQ, numbered frames with checksums, EOT.
//!
//! bioMerieux's instruments frame a message in lines (BCI) between the same ENQ and EOT; that is
//! heard here too. One half-duplex machine that both listens and speaks, usable as the computer
//! system or as the instrument; both directions share one state: who has the line.
//!
//! What must stay true: the frame that completes a message is acknowledged only after the caller
//! has kept the message; a repeated frame is acknowledged and dropped; a frame whose checksum
//! does not hold is never delivered; the same bytes give the same actions however they are cut.

mod frame;
mod receiving;
mod sending;
mod trouble;

use std::collections::VecDeque;

use crate::limit;
use frame::following;
pub use frame::{ends_with_terminator, frames_of, sum_of};
pub use trouble::{BadFrame, Dropped, LinkTrouble, NotSent};

/// A time or a span in milliseconds, by the caller's clock.
pub type Millis = u64;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const EOT: u8 = 0x04;
const ENQ: u8 = 0x05;
const ACK: u8 = 0x06;
const NAK: u8 = 0x15;
const ETB: u8 = 0x17;
const VT: u8 = 0x0b;
const GS: u8 = 0x1d;
const RS: u8 = 0x1e;
const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// Which end of the line this is; it decides who yields when both bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The computer system: yields and waits 20 s.
    Host,
    /// The instrument: bids again after 1 s.
    Instrument,
}

/// How a link is set.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Which end this is.
    pub role: Role,
    /// Characters of text in each frame we send.
    pub frame_text: usize,
    /// Whether frames carry a checksum. Some analyzers can be set to leave it out.
    pub checksum: bool,
}

impl Link {
    /// The link as the standard has it.
    pub fn new(role: Role) -> Self {
        Link { role, frame_text: limit::FRAME_TEXT, checksum: true }
    }
}

/// A message that came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// The accepted frames as they came, each ended by CR LF, repeats left out.
    pub frames: Vec<u8>,
    /// The records, put together again.
    pub text: Vec<u8>,
    /// Whether it ends with its terminator record; false when the sender ended the transfer
    /// without one.
    pub complete: bool,
}

/// What the caller is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Write these bytes to the line.
    Write(Vec<u8>),
    /// Keep this message safely, then call [`Session::kept`] or [`Session::not_kept`].
    Keep(Received),
    /// The oldest message given to [`Session::send`] has arrived.
    Sent,
    /// The oldest message given to [`Session::send`] did not arrive; it is forgotten here.
    NotSent(NotSent),
    /// Something to be logged and counted.
    Trouble(LinkTrouble),
}

#[derive(Clone, Debug)]
enum State {
    Neutral,
    /// We sent ENQ.
    Bidding {
        until: Millis,
    },
    /// We sent a frame.
    Sending {
        frames: Vec<Vec<u8>>,
        at: usize,
        tries: u8,
        until: Millis,
    },
    /// We answered ENQ; frame `expected` is due.
    Receiving {
        expected: u8,
        until: Millis,
    },
    /// The caller holds the message.
    Deciding {
        asked: Millis,
        expected: u8,
        before: Before,
    },
}

/// What to go back to when a message is not kept.
#[derive(Clone, Copy, Debug)]
enum Before {
    /// The lengths of frames and text before the frame in question.
    Frame { frames: usize, text: usize },
    /// The transfer was already over.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Between,
    Text,
    Sum1,
    Sum2,
}

/// The frame that is coming in.
#[derive(Clone, Debug)]
struct Incoming {
    part: Part,
    bytes: Vec<u8>,
    /// The time of its last byte, if that was ENQ or EOT.
    control_tail: Option<Millis>,
}

/// One ASTM line, from one end.
#[derive(Clone, Debug)]
pub struct Session {
    link: Link,
    state: State,
    incoming: Incoming,
    partial: Received,
    accepted_any: bool,
    /// A sound frame came out of order: the sender went on without us, and since numbers repeat
    /// after eight frames nothing more of this transfer can be trusted.
    out_of_step: bool,
    inbox: VecDeque<u8>,
    outbox: VecDeque<Vec<u8>>,
    bids: u8,
    bid_at: Millis,
    noisy: bool,
    /// Bytes since the last sound frame that belonged to none.
    garbage: usize,
    actions: VecDeque<Action>,
}

impl Session {
    /// A line as the standard has it.
    pub fn new(role: Role) -> Self {
        Self::with(Link::new(role))
    }

    /// A line with its own settings.
    pub fn with(link: Link) -> Self {
        Session {
            link,
            state: State::Neutral,
            incoming: Incoming { part: Part::Between, bytes: Vec::new(), control_tail: None },
            partial: Received::default(),
            accepted_any: false,
            out_of_step: false,
            inbox: VecDeque::new(),
            outbox: VecDeque::new(),
            bids: 0,
            bid_at: 0,
            noisy: false,
            garbage: 0,
            actions: VecDeque::new(),
        }
    }

    /// The next thing for the caller to do.
    pub fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Bytes held of what is not whole yet.
    pub fn held(&self) -> usize {
        // A message that the caller decides on is held twice.
        let partial = self.partial.frames.len() + self.partial.text.len();
        partial + self.incoming.bytes.len() + self.inbox.len()
    }

    /// Whether a message was begun and is not whole yet.
    pub fn is_begun(&self) -> bool {
        matches!(self.state, State::Receiving { .. })
    }

    /// Whether nothing is under way in either direction.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Neutral) && self.outbox.is_empty() && self.actions.is_empty()
    }

    /// Messages given to [`Session::send`] that neither arrived nor failed yet.
    pub fn unsent(&self) -> usize {
        self.outbox.len()
    }

    /// Says with which digit the frames of a transfer begin when they are played from the middle.
    pub(crate) fn expect_number(&mut self, digit: u8) {
        if let (State::Receiving { expected, .. }, b'0'..=b'7') = (&mut self.state, digit) {
            *expected = digit - b'0';
        }
    }

    /// Takes back the messages that neither arrived nor failed yet, the oldest first, when the
    /// line is given up for another.
    pub fn take_unsent(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.outbox).into()
    }

    /// Takes bytes from the line.
    pub fn receive(&mut self, now: Millis, bytes: &[u8]) {
        self.timers(now);
        let mut bytes = bytes.iter().copied();
        while self.inbox.is_empty() && !self.is_deciding() {
            match bytes.next() {
                Some(byte) => self.byte(now, byte),
                None => break,
            }
        }
        // While the caller decides, a sender that keeps to the rules sends nothing; one that does
        // not is heard up to the limit.
        let room = limit::MESSAGE_BYTES.saturating_sub(self.inbox.len());
        self.inbox.extend(bytes.take(room));
        self.bid(now);
    }

    /// Lets time pass. Call it at or after [`Session::deadline`].
    pub fn tick(&mut self, now: Millis) {
        self.timers(now);
        self.bid(now);
    }

    /// When [`Session::tick`] is due next.
    pub fn deadline(&self) -> Option<Millis> {
        match &self.state {
            State::Neutral => (!self.outbox.is_empty()).then_some(self.bid_at),
            State::Bidding { until } | State::Sending { until, .. } => Some(*until),
            State::Receiving { until, .. } => {
                let silence = self.incoming.control_tail.map(|t| t + limit::SILENCE_MS);
                Some(silence.map_or(*until, |s| s.min(*until)))
            }
            State::Deciding { .. } => None,
        }
    }

    /// Puts a message (records, each ended by CR) in line to be sent.
    pub fn send(&mut self, now: Millis, message: Vec<u8>) {
        let forbidden = |b: &u8| *b < 0x20 && !matches!(*b, CR | LF | b'\t');
        if message.is_empty() || message.iter().any(forbidden) {
            self.actions.push_back(Action::NotSent(NotSent::Unsendable));
        } else if message.len() > limit::MESSAGE_BYTES {
            self.actions.push_back(Action::NotSent(NotSent::TooLong));
        } else {
            self.outbox.push_back(message);
            self.tick(now);
        }
    }

    /// The message of the last [`Action::Keep`] is safe: the sender is told so.
    pub fn kept(&mut self, now: Millis) {
        let State::Deciding { asked, expected, before } = self.state else { return };
        self.partial = Received::default();
        match before {
            Before::End => self.state = State::Neutral,
            Before::Frame { .. } => {
                self.accepted_any = true;
                let next = following(expected);
                self.state = State::Receiving { expected: next, until: now + limit::FRAME_WAIT_MS };
                self.reply_in_time(now, asked, ACK);
            }
        }
        self.catch_up(now);
    }

    /// The message of the last [`Action::Keep`] could not be kept: the sender has to repeat it.
    pub fn not_kept(&mut self, now: Millis) {
        let State::Deciding { asked, expected, before } = self.state else { return };
        match before {
            Before::End => {
                self.drop_partial(Dropped::NotKept);
                self.state = State::Neutral;
            }
            Before::Frame { frames, text } => {
                self.partial.frames.truncate(frames);
                self.partial.text.truncate(text);
                self.state = State::Receiving { expected, until: now + limit::FRAME_WAIT_MS };
                self.reply_in_time(now, asked, NAK);
            }
        }
        self.catch_up(now);
    }

    /// A reply after the sender stopped waiting would be taken for the reply to something else.
    fn reply_in_time(&mut self, now: Millis, asked: Millis, reply: u8) {
        if now.saturating_sub(asked) < limit::REPLY_MS {
            self.write(reply);
        } else {
            self.trouble(LinkTrouble::KeptTooLate);
        }
    }

    fn catch_up(&mut self, now: Millis) {
        while !self.is_deciding() {
            match self.inbox.pop_front() {
                Some(byte) => self.byte(now, byte),
                None => break,
            }
        }
        self.bid(now);
    }

    fn is_deciding(&self) -> bool {
        matches!(self.state, State::Deciding { .. })
    }

    fn write(&mut self, byte: u8) {
        self.actions.push_back(Action::Write(vec![byte]));
    }

    fn trouble(&mut self, trouble: LinkTrouble) {
        if let LinkTrouble::BadFrame { frame, .. } = &trouble {
            self.no_message(frame.len());
        }
        self.actions.push_back(Action::Trouble(trouble));
    }

    /// Counts what belongs to no message, and says so once it is too much.
    fn no_message(&mut self, count: usize) {
        self.garbage += count;
        if self.garbage > limit::GARBAGE_BYTES {
            self.garbage = 0;
            self.actions.push_back(Action::Trouble(LinkTrouble::Garbage));
        }
    }

    fn byte(&mut self, now: Millis, byte: u8) {
        match self.state {
            State::Neutral => self.byte_in_neutral(now, byte),
            State::Bidding { .. } => self.byte_after_bid(now, byte),
            State::Sending { .. } => self.byte_after_frame(now, byte),
            State::Receiving { .. } => self.byte_in_transfer(now, byte),
            State::Deciding { .. } => self.inbox.push_back(byte),
        }
    }

    fn byte_in_neutral(&mut self, now: Millis, byte: u8) {
        match byte {
            ENQ => self.begin_receiving(now),
            0 | CR | LF | EOT | ACK | NAK => {}
            VT => self.trouble(LinkTrouble::WrongProtocol { bytes: vec![VT] }),
            _ if self.noisy => self.no_message(1),
            _ => {
                self.noisy = true;
                self.trouble(LinkTrouble::Noise { first: byte });
            }
        }
    }

    fn timers(&mut self, now: Millis) {
        match self.state {
            State::Bidding { until } | State::Sending { until, .. } if now >= until => {
                self.write(EOT);
                self.give_up(NotSent::NoReply);
            }
            State::Receiving { until, .. } if now >= until => {
                self.forget_frame();
                self.drop_partial(Dropped::TimedOut);
                self.state = State::Neutral;
            }
            State::Receiving { .. } => self.silence(now),
            _ => {}
        }
    }

    /// An ENQ or EOT inside a frame with silence after it was meant as such.
    fn silence(&mut self, now: Millis) {
        let Some(at) = self.incoming.control_tail else { return };
        if now < at + limit::SILENCE_MS {
            return;
        }
        let mut frame = std::mem::take(&mut self.incoming.bytes);
        let control = frame.pop().unwrap_or(EOT);
        self.trouble(LinkTrouble::BadFrame { because: BadFrame::CutShort, frame });
        self.forget_frame();
        self.byte_between_frames(now, control);
    }
}
