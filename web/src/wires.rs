//! What raw messages say: asked of the program that speaks with instruments, shown by the screens.
//!
//! What must stay true: nothing here changes anything but by reading a kept message again, which
//! files what was not filed.

use std::future::Future;
use std::pin::Pin;

use lab::instrument::{Instrument, Material, Reading};
use store::fault::Fault;
use store::message::Listed;

/// One tube of a message.
#[derive(Clone, Debug)]
pub struct Tube {
    /// Its number as sent.
    pub number: String,
    /// Whose material it is, as the instrument says.
    pub material: Material,
    /// What was read from it.
    pub readings: Vec<Reading>,
}

/// One message among the bytes that came together.
#[derive(Clone, Debug)]
pub struct Said {
    /// The driver that reads it.
    pub driver: String,
    /// What it is for: results, query, order, acknowledgement, other.
    pub kind: String,
    /// Who says so.
    pub sender: String,
    /// Its tubes.
    pub tubes: Vec<Tube>,
    /// The specimen numbers it asks about.
    pub asks: Vec<String>,
    /// What was not understood: the text and why.
    pub not_understood: Vec<(String, String)>,
}

/// A picture out of a message: what it is and its bytes.
pub type Picture = (&'static str, Vec<u8>);

/// Reading again, under way.
pub type Again = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send>>;

/// Whoever can read raw messages.
pub trait Wires: Send + Sync {
    /// What bytes say today, read by the instrument's own driver where it is known.
    fn said(&self, instrument: Option<&Instrument>, bytes: &[u8]) -> Vec<Said>;
    /// The bytes as text, as far as they are.
    fn text(&self, bytes: &[u8]) -> String;
    /// The picture of one reading, counted through the message; none where it is none.
    fn picture(&self, bytes: &[u8], at: usize) -> Option<Picture>;
    /// Every driver: its name and its title.
    fn drivers(&self) -> Vec<(&'static str, &'static str)>;
    /// Reads a kept message again and files what was not filed.
    fn again(&self, message: Listed) -> Again;
}

/// Nobody can: a web without instruments.
pub(crate) struct NoWires;

impl Wires for NoWires {
    fn said(&self, _: Option<&Instrument>, _: &[u8]) -> Vec<Said> {
        Vec::new()
    }
    fn text(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }
    fn picture(&self, _: &[u8], _: usize) -> Option<Picture> {
        None
    }
    fn drivers(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
    fn again(&self, _: Listed) -> Again {
        Box::pin(async { Err(Fault::new("this web has no lines to instruments")) })
    }
}
