//! The line to a bedside device: documents in, documents out.
//!
//! What must stay true: a document with results is acknowledged only after the caller kept it, with
//! the greeting before it, so that it says by itself who sent it; while one waits to be kept,
//! nothing behind it is looked at; what is no document ends the line.

use std::collections::VecDeque;
use std::fmt;

use super::talk::{Turn, acknowledge, ask_results, go_on, stays_connected, turn};
use super::{Ending, ending};
use crate::limit;
use crate::record::charset;

/// What the caller is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Keep this document safely, then call [`Session::kept`].
    Keep(Received),
    /// Write these bytes to the line.
    Write(Vec<u8>),
    /// The device ended the conversation: close the line.
    End,
    /// Nothing of use can come on this line: close it with the reason.
    Trouble(DocumentTrouble),
}

/// A document that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The greeting of the device, and the document.
    pub bytes: Vec<u8>,
    /// The document alone.
    pub text: Vec<u8>,
}

/// Why a line is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentTrouble {
    /// What came is the beginning of no document.
    NoDocument,
    /// A document, or what waits behind one, is longer than any message.
    TooLong,
}

impl fmt::Display for DocumentTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DocumentTrouble::NoDocument => {
                f.write_str("what came is no XML document; set the device to POCT1-A")
            }
            DocumentTrouble::TooLong => f.write_str("a document longer than 1 MiB was discarded"),
        }
    }
}

/// One line to a device.
#[derive(Clone, Debug, Default)]
pub struct Session {
    held: Vec<u8>,
    greeting: Vec<u8>,
    /// The document that the caller keeps, and what is wrong with it.
    deciding: Option<(String, Option<&'static str>)>,
    /// Our messages so far.
    ours: u64,
    /// The device stays connected and can be told to send by itself.
    stays: bool,
    actions: VecDeque<Action>,
}

impl Session {
    /// The next thing for the caller to do.
    pub fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Bytes held of what is not whole yet.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Whether a document was begun and is not whole yet.
    pub fn is_begun(&self) -> bool {
        self.held.iter().any(|byte| !byte.is_ascii_whitespace() && *byte != 0)
    }

    /// Whether the caller holds a document.
    pub fn is_deciding(&self) -> bool {
        self.deciding.is_some()
    }

    /// Takes bytes from the line; `now` is `2024-06-27T13:54:07`.
    pub fn receive(&mut self, now: &str, bytes: &[u8]) {
        if self.held.len() + bytes.len() > limit::DOCUMENT_BYTES {
            self.held.clear();
            self.actions.push_back(Action::Trouble(DocumentTrouble::TooLong));
            return;
        }
        self.held.extend_from_slice(bytes);
        // Without the end of an element nothing can have become whole.
        if bytes.contains(&b'>') || !super::is_document(&self.held) {
            self.go_on(now);
        }
    }

    /// The document of the last [`Action::Keep`] is safe: the device is told so.
    pub fn kept(&mut self, now: &str) {
        let Some((document, trouble)) = self.deciding.take() else { return };
        self.say(|number| acknowledge(&document, trouble, (number, now)));
        self.go_on(now);
    }

    fn go_on(&mut self, now: &str) {
        while self.deciding.is_none() {
            match ending(&self.held) {
                Ending::At(end) => {
                    let document: Vec<u8> = self.held.drain(..end).collect();
                    self.document(now, document);
                }
                Ending::NotYet => return,
                Ending::NoDocument => {
                    self.held.clear();
                    self.actions.push_back(Action::Trouble(DocumentTrouble::NoDocument));
                    return;
                }
            }
        }
    }

    fn document(&mut self, now: &str, bytes: Vec<u8>) {
        let text = charset::decode(&bytes).text.into_owned();
        match turn(&text) {
            Turn::Keep => self.keep((text, None), bytes),
            Turn::Refuse => self.keep((text, Some("kept, and not read here")), bytes),
            Turn::Nothing => {}
            Turn::Greet => {
                self.stays = stays_connected(&text);
                self.say(|number| acknowledge(&text, None, (number, now)));
                self.greeting = bytes;
            }
            Turn::Acknowledge => self.say(|number| acknowledge(&text, None, (number, now))),
            Turn::AskResults => {
                self.say(|number| acknowledge(&text, None, (number, now)));
                self.say(|number| ask_results(number, now));
            }
            Turn::Continue => {
                self.say(|number| acknowledge(&text, None, (number, now)));
                // It is told once.
                if std::mem::take(&mut self.stays) {
                    self.say(|number| go_on(number, now));
                }
            }
            Turn::End => {
                self.say(|number| acknowledge(&text, None, (number, now)));
                self.actions.push_back(Action::End);
            }
        }
    }

    fn keep(&mut self, deciding: (String, Option<&'static str>), text: Vec<u8>) {
        let bytes = [self.greeting.as_slice(), &text].concat();
        self.deciding = Some(deciding);
        self.actions.push_back(Action::Keep(Received { bytes, text }));
    }

    fn say(&mut self, write: impl FnOnce(u64) -> String) {
        self.ours += 1;
        let text = write(self.ours);
        self.actions.push_back(Action::Write(text.into_bytes()));
    }
}
