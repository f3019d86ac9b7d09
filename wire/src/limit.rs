//! Every limit of the wires, in one place.
//!
//! What must stay true: no link machine holds more than these, whatever a peer sends.

/// The longest message taken from a peer, in bytes.
pub const MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// Bytes in a row that belong to no message, after which a line is of no use: it is closed with the
/// reason. A line of noise on a serial cable is a few hundred.
pub const GARBAGE_BYTES: usize = 64 * 1024;

/// Characters of text in one frame we send, unless the link says otherwise.
// ASTM E1381-02 / CLSI LIS01-A 6.3.1.2: 240 characters of text, 247 with the frame around it.
pub const FRAME_TEXT: usize = 240;

/// The most text one frame may be told to carry, in bytes.
// CLSI LIS01-A2 6.3.1.2: 64 000 characters in all, 7 of them the frame's own.
pub const FRAME_TEXT_MOST: usize = 63_993;

/// How often one frame is sent before the sender gives up.
// CLSI LIS01-A2 6.5.1.2: after six unsuccessful transmissions the sender ends the transfer.
pub const FRAME_TRIES: u8 = 6;

/// How often we bid for the line (ENQ) for one message before we say that it was not sent.
pub const BIDS: u8 = 6;

/// Milliseconds a sender waits for the reply to an ENQ or to a frame.
// CLSI LIS01-A2 6.5.2: 15 seconds.
pub const REPLY_MS: u64 = 15_000;

/// Milliseconds a receiver waits for the next frame or the end of the transfer.
// CLSI LIS01-A2 6.5.2.3: 30 seconds.
pub const FRAME_WAIT_MS: u64 = 30_000;

/// Milliseconds between a refused bid (NAK) and the next.
// CLSI LIS01-A2 6.2.6: at least 10 seconds.
pub const BUSY_MS: u64 = 10_000;

/// Milliseconds the computer system waits after contention.
// CLSI LIS01-A2 6.2.7.1: at least 20 seconds.
pub const HOST_CONTENTION_MS: u64 = 20_000;

/// Milliseconds the instrument waits after contention.
// CLSI LIS01-A2 6.2.7.1: at least 1 second.
pub const INSTRUMENT_CONTENTION_MS: u64 = 1_000;

/// Milliseconds a sender keeps off the line after the receiver interrupted it (EOT for ACK).
// CLSI LIS01-A2 6.3.5: 15 seconds.
pub const INTERRUPT_MS: u64 = 15_000;

/// Milliseconds of silence after which an ENQ or EOT inside an unfinished frame is taken at its
/// word: the sender broke off and began anew. Our choice; a frame at 1200 baud has no such gap.
pub const SILENCE_MS: u64 = 2_000;

/// How deep the elements of an XML message may nest. Those of POCT1-A go six deep.
pub const XML_DEPTH: usize = 32;

/// The longest document taken from a bedside device, in bytes. Devices say that they send at most
/// 16 or 32 kB.
pub const DOCUMENT_BYTES: usize = 1024 * 1024;
