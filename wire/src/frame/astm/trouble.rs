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

impl BadFrame {
    const fn told(self) -> &'static str {
        match self {
            BadFrame::NoStart => {
                "a frame without its beginning (STX) was refused: set the instrument to ASTM"
            }
            BadFrame::Checksum => {
                "a frame whose checksum does not hold was refused; the sender repeats it: if it \
                 comes often, check cable, speed and parity"
            }
            BadFrame::Number => "a frame out of order was refused; the sender repeats the message",
            BadFrame::CutShort => {
                "a frame was cut short by the next; the sender repeats it: if it comes often, \
                 check the cable"
            }
        }
    }
}

impl Dropped {
    const fn told(self) -> &'static str {
        match self {
            Dropped::Restarted => {
                "the sender began anew; the unfinished message was not acknowledged and comes again"
            }
            Dropped::TimedOut => {
                "nothing came for 30 seconds; the unfinished message was not acknowledged: have \
                 the instrument send it again"
            }
            Dropped::TooLong => {
                "the message is longer than 16 MiB and was not taken: have the instrument send \
                 fewer results at once"
            }
            Dropped::NotKept => "the message could not be kept: have the instrument send it again",
        }
    }
}

impl fmt::Display for LinkTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LinkTrouble::BadFrame { because, .. } => because.told(),
            LinkTrouble::Dropped { because, .. } => because.told(),
            LinkTrouble::Noise { first } => {
                let ignored = "bytes outside any transfer were ignored; harmless unless often";
                return write!(f, "{ignored}, the first {first:#04x}");
            }
            LinkTrouble::WrongProtocol { .. } => {
                "instrument is set to HL7; expected ASTM: change its setting, or connect it to \
                 the port of HL7"
            }
            LinkTrouble::Garbage => {
                "64 KiB that belong to no message came in a row: check what is connected to this \
                 port"
            }
            LinkTrouble::KeptTooLate => {
                "the message was kept after the sender gave up waiting; it comes again and is \
                 filed once"
            }
        })
    }
}
