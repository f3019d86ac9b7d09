//! HL7's minimal lower layer (MLLP): VT, message, FS, CR.
//!
//! What must stay true: a truncated message is never joined to the next; a message is handed on
//! once, to be answered by the caller after it is kept; the same bytes give the same actions
//! however they are cut.

use std::collections::VecDeque;
use std::fmt;

use crate::limit;

const VT: u8 = 0x0b;
const FS: u8 = 0x1c;
const CR: u8 = b'\r';
const LF: u8 = b'\n';
const ENQ: u8 = 0x05;

/// What the caller is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Keep this message safely, then answer it with [`Session::reply`].
    Keep(Vec<u8>),
    /// Write these bytes to the line.
    Write(Vec<u8>),
    /// Something to be logged and counted.
    Trouble(BlockTrouble),
}

/// Something on the line to be logged and counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockTrouble {
    /// Bytes between blocks were passed over.
    Junk {
        /// How many.
        count: usize,
    },
    /// A block was not ended before the next began; it was discarded.
    Truncated {
        /// What had come of it.
        bytes: Vec<u8>,
    },
    /// A message came without the byte that begins a block; it was taken all the same.
    NoStart,
    /// A block grew beyond the limit and was discarded.
    TooLong,
    /// The instrument speaks ASTM.
    WrongProtocol,
    /// More bytes in a row belong to no message than a line of use sends; it has to be closed.
    Garbage,
}

impl BlockTrouble {
    /// Whether nothing of use can come on this line any more.
    pub fn ends_the_line(&self) -> bool {
        matches!(self, BlockTrouble::Garbage | BlockTrouble::TooLong)
    }
}

impl fmt::Display for BlockTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BlockTrouble::Junk { count } => write!(f, "{count} bytes between messages ignored"),
            BlockTrouble::Truncated { bytes } => {
                let count = bytes.len();
                write!(
                    f,
                    "a message broken off after {count} bytes was not acknowledged: the instrument \
                     sends it again"
                )
            }
            BlockTrouble::NoStart => f.write_str("a message came without its start (VT)"),
            BlockTrouble::TooLong => f.write_str(
                "a message longer than 16 MiB was not taken: have the instrument send fewer \
                 results at once",
            ),
            BlockTrouble::WrongProtocol => f.write_str(
                "instrument is set to ASTM; expected HL7: change its setting, or connect it to \
                 the port of ASTM",
            ),
            BlockTrouble::Garbage => f.write_str(
                "64 KiB that belong to no message came in a row: check what is connected to this \
                 port",
            ),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Outside,
    Inside,
    /// In a block that is too long; its bytes are passed over.
    Overrun,
}

/// One MLLP line.
#[derive(Clone, Debug)]
pub struct Session {
    place: Place,
    bytes: Vec<u8>,
    /// Bytes since the last message that belonged to none.
    garbage: usize,
    actions: VecDeque<Action>,
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// A line on which nothing has come yet.
    pub fn new() -> Self {
        Session { place: Place::Outside, bytes: Vec::new(), garbage: 0, actions: VecDeque::new() }
    }

    /// The next thing for the caller to do.
    pub fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Bytes held of what is not whole yet.
    pub fn held(&self) -> usize {
        self.bytes.len()
    }

    /// Whether a message was begun and is not whole yet.
    pub fn is_begun(&self) -> bool {
        self.place != Place::Outside || !self.bytes.is_empty()
    }

    /// Takes bytes from the line.
    pub fn receive(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|b| matches!(*b, VT | FS)) {
            let (before, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            self.text(before);
            match after.split_first() {
                Some((&VT, tail)) => {
                    self.begin();
                    rest = tail;
                }
                Some((_, tail)) => {
                    self.end();
                    rest = tail;
                }
                None => rest = &[],
            }
        }
        self.text(rest);
    }

    /// Answers a message: writes the answer in a block.
    pub fn reply(&mut self, ack: &[u8]) {
        self.actions.push_back(Action::Write(block(ack)));
    }

    /// Says that the line is closed: what is unfinished is discarded and told.
    pub fn closed(&mut self) {
        match self.place {
            Place::Inside if !self.bytes.is_empty() => {
                let bytes = std::mem::take(&mut self.bytes);
                self.trouble(BlockTrouble::Truncated { bytes });
            }
            Place::Outside => self.junk(),
            _ => {}
        }
        self.bytes.clear();
        self.place = Place::Outside;
    }

    fn trouble(&mut self, trouble: BlockTrouble) {
        self.actions.push_back(Action::Trouble(trouble));
    }

    fn text(&mut self, text: &[u8]) {
        if self.place == Place::Overrun {
            return;
        }
        let mut text = text;
        if self.place == Place::Outside && self.bytes.is_empty() {
            let begin = text.iter().position(|b| !matches!(*b, CR | LF | 0 | b' '));
            text = begin.and_then(|b| text.get(b..)).unwrap_or(&[]);
            if text.first() == Some(&ENQ) {
                self.trouble(BlockTrouble::WrongProtocol);
            }
        }
        if self.bytes.len() + text.len() > limit::MESSAGE_BYTES {
            self.trouble(BlockTrouble::TooLong);
            self.bytes.clear();
            self.place = Place::Overrun;
            return;
        }
        self.bytes.extend_from_slice(text);
        // A message without its start begins with MSH; anything else outside a block is none.
        let begin = self.bytes.get(..3.min(self.bytes.len())).unwrap_or_default();
        if self.place == Place::Outside && !b"MSH".starts_with(begin) {
            self.no_message(0);
        }
    }

    /// Counts what belongs to no message, and says so once it is too much.
    fn no_message(&mut self, count: usize) {
        self.garbage += count;
        if self.garbage + self.bytes.len() > limit::GARBAGE_BYTES {
            self.garbage = 0;
            self.bytes.clear();
            self.trouble(BlockTrouble::Garbage);
        }
    }

    fn begin(&mut self) {
        match self.place {
            Place::Outside => self.junk(),
            // A doubled VT begins the same block twice.
            Place::Inside if !self.bytes.is_empty() => {
                let bytes = std::mem::take(&mut self.bytes);
                let count = bytes.len();
                self.trouble(BlockTrouble::Truncated { bytes });
                self.no_message(count);
            }
            _ => {}
        }
        self.bytes.clear();
        self.place = Place::Inside;
    }

    fn end(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let outside = self.place == Place::Outside;
        self.place = Place::Outside;
        if bytes.is_empty() {
            return;
        }
        if outside && !bytes.starts_with(b"MSH") {
            self.trouble(BlockTrouble::Junk { count: bytes.len() });
            self.no_message(bytes.len());
            return;
        }
        if outside {
            self.trouble(BlockTrouble::NoStart);
        }
        self.garbage = 0;
        self.actions.push_back(Action::Keep(bytes));
    }

    fn junk(&mut self) {
        let count = self.bytes.len();
        self.bytes.clear();
        if count > 0 {
            self.trouble(BlockTrouble::Junk { count });
            self.no_message(count);
        }
    }
}

/// Puts a message in its block.
pub fn block(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 3);
    out.push(VT);
    out.extend_from_slice(message);
    out.extend([FS, CR]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn play(pieces: &[&[u8]]) -> Vec<Action> {
        let mut session = Session::new();
        pieces.iter().for_each(|p| session.receive(p));
        session.closed();
        std::iter::from_fn(|| session.next_action()).collect()
    }

    fn keep(text: &str) -> Action {
        Action::Keep(text.as_bytes().to_vec())
    }

    #[test]
    fn blocks_in_every_shape() {
        let trouble = Action::Trouble;
        let truncated = |t: &str| trouble(BlockTrouble::Truncated { bytes: t.into() });
        for (what, bytes, expect) in [
            ("two in one read", "\x0bM1\x1c\r\x0bM2\x1c\r", vec![keep("M1"), keep("M2")]),
            ("FS without CR", "\x0bM1\x1c\x0bM2\x1c", vec![keep("M1"), keep("M2")]),
            ("doubled VT and FS", "\x0b\x0bM1\x1c\x1c\r\r", vec![keep("M1")]),
            (
                "no VT",
                "MSH|1\x1c\r\x0bM2\x1c\r",
                vec![trouble(BlockTrouble::NoStart), keep("MSH|1"), keep("M2")],
            ),
            (
                "junk before VT",
                "xyz\x0bM1\x1c\r",
                vec![trouble(BlockTrouble::Junk { count: 3 }), keep("M1")],
            ),
            (
                "truncated, then a new one",
                "\x0bHALF\x0bM2\x1c\r",
                vec![truncated("HALF"), keep("M2")],
            ),
            ("truncated at the end", "\x0bHALF", vec![truncated("HALF")]),
            (
                "ASTM",
                "\x05",
                vec![
                    trouble(BlockTrouble::WrongProtocol),
                    trouble(BlockTrouble::Junk { count: 1 }),
                ],
            ),
            ("nothing", "\r\n\0", vec![]),
        ] {
            assert_eq!(play(&[bytes.as_bytes()]), expect, "{what}");
        }
    }

    #[test]
    fn a_message_beyond_the_limit_is_discarded_and_the_next_is_heard() {
        let long = vec![b'x'; limit::MESSAGE_BYTES + 1];
        let actions = play(&[b"\x0b", &long, b"\x1c\r\x0bM\x1c\r"]);
        assert_eq!(actions, [Action::Trouble(BlockTrouble::TooLong), keep("M")]);
    }

    #[test]
    fn a_line_of_garbage_is_given_up_and_little_of_it_is_held() {
        for kind in [&b"xyz"[..], b"\x0b<\x0b>", b"x\x1c", b"GET / HTTP/1.1\r\n"] {
            let mut session = Session::new();
            let mut told = 0;
            for _ in 0..limit::GARBAGE_BYTES * 2 {
                session.receive(kind);
                assert!(session.held() <= limit::GARBAGE_BYTES, "{kind:?}");
                while let Some(action) = session.next_action() {
                    told += usize::from(action == Action::Trouble(BlockTrouble::Garbage));
                }
            }
            assert!(told >= 1, "{kind:?}");
        }
        assert!(BlockTrouble::Garbage.ends_the_line() && !BlockTrouble::NoStart.ends_the_line());
    }

    #[test]
    fn a_reply_goes_out_in_a_block() {
        let mut session = Session::new();
        session.reply(b"MSA|AA");
        assert_eq!(session.next_action(), Some(Action::Write(b"\x0bMSA|AA\x1c\r".to_vec())));
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same(text in "[\x0b\x1c\rMSH|x\x05]{0,60}", cuts in any::<u64>()) {
            let bytes = text.as_bytes();
            let mut pieces = Vec::new();
            let mut from = 0;
            for at in 0..bytes.len() {
                if cuts >> (at % 64) & 1 == 1 {
                    pieces.push(&bytes[from..at]);
                    from = at;
                }
            }
            pieces.push(&bytes[from..]);
            prop_assert_eq!(play(&pieces), play(&[bytes]));
        }
    }
}
