//! What goes wrong on an ASTM link, in words for the log and the screen.
//!
//! What must stay true: every trouble says what was lost and what the other end has to do.

use std::fmt;

/// Why a message was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// No reply within 15 s.
    NoReply,
    /// The other end refused every bid.
    Busy,
    /// The other end refused one frame six times.
    Refused,
    /// The text holds control characters that a frame cannot carry, or nothing at all.
    Unsendable,
    /// It is longer than the link carries.
    TooLong,
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotSent::NoReply => "the other end did not reply within 15 seconds",
            NotSent::Busy => "the other end was busy at every attempt",
            NotSent::Refused => "the other end refused one frame six times",
            NotSent::Unsendable => "the text is empty or holds characters a frame cannot carry",
            NotSent::TooLong => "the text is longer than the link carries",
        })
    }
}

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadFrame {
    /// It did not begin with STX.
    NoStart,
    /// The checksum does not hold.
    Checksum,
    /// It is not the frame that was due.
    Number,
    /// A new frame began before it was whole.
    CutShort,
}

/// Why the beginning of a message was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// The sender began anew.
    Restarted,
    /// Nothing came for 30 s.
    TimedOut,
    /// It grew beyond the limit.
    TooLong,
    /// The caller could not keep it and the sender had already ended the transfer.
    NotKept,
}

/// Something on the line to be logged and counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTrouble {
    /// A frame was refused.
    BadFrame {
        /// Why.
        because: BadFrame,
        /// Its bytes.
        frame: Vec<u8>,
    },
    /// The beginning of a message was dropped; the sender has to send it again.
    Dropped {
        /// Why.
        because: Dropped,
        /// Its text so far.
        text: Vec<u8>,
    },
    /// Bytes outside any transfer that mean nothing there.
    Noise {
        /// The first of them.
        first: u8,
    },
    /// The instrument speaks HL7.
    WrongProtocol {
        /// The beginning of what it said.
        bytes: Vec<u8>,
    },
    /// More bytes in a row belong to no message than a line of use sends; it has to be closed.
    Garbage,
    /// The message was kept only after the sender's patience; it will come again.
    KeptTooLate,
}

impl LinkTrouble {
    /// Whether nothing of use can come on this line any more.
    pub fn ends_the_line(&self) -> bool {
        let too_long = matches!(self, LinkTrouble::Dropped { because: Dropped::TooLong, .. });
        too_long || *self == LinkTrouble::Garbage
    }
}

impl fmt::Display for LinkTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkTrouble::BadFrame { because, .. } => f.write_str(match because {
                BadFrame::NoStart => "a frame without its beginning (STX) was refused",
                BadFrame::Checksum => "a frame whose checksum does not hold was refused",
                BadFrame::Number => "a frame out of order was refused",
                BadFrame::CutShort => "a frame was cut short by the next",
            }),
            LinkTrouble::Dropped { because, .. } => f.write_str(match because {
                Dropped::Restarted => "the sender began anew; the unfinished message was dropped",
                Dropped::TimedOut => "nothing came for 30 seconds; the message was dropped",
                Dropped::TooLong => "the message is longer than 16 MiB and was dropped",
                Dropped::NotKept => "the message could not be kept and was dropped",
            }),
            LinkTrouble::Noise { first } => {
                write!(f, "bytes outside any transfer were ignored, the first {first:#04x}")
            }
            LinkTrouble::WrongProtocol { .. } => {
                f.write_str("instrument is set to HL7; expected ASTM")
            }
            LinkTrouble::Garbage => f.write_str("64 KiB that belong to no message came in a row"),
            LinkTrouble::KeptTooLate => {
                f.write_str("the message was kept after the sender gave up waiting")
            }
        }
    }
}
