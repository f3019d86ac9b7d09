//! What instruments and hospitals say; knows no laboratory.
//!
//! Bytes come in through a link machine ([`frame`]), become records and fields ([`record`]), and
//! are read by the driver of the instrument's family ([`driver`]) into what any instrument tells
//! us ([`reading`]). What we tell an instrument ([`worklist`]) goes the same way back.
//!
//! ```
//! use wire::frame::astm::{Action, Link, Role, Session, frames_of};
//!
//! let mut line = Session::new(Role::Host);
//! line.receive(0, b"\x05"); // ENQ, at the caller's time 0 ms
//! assert_eq!(line.next_action(), Some(Action::Write(vec![0x06])));
//!
//! let records = b"H|\\^&|||XN-550\rO|1||^^27\rR|1|^^^^WBC^1|8.13\rL|1|N\r";
//! line.receive(1, &frames_of(records, &Link::new(Role::Instrument)).concat());
//! let Some(Action::Keep(received)) = line.next_action() else { panic!("a message") };
//! let message = &wire::driver::parse_all(None, &received.frames)[0];
//! assert_eq!(message.specimens[0].readings[0].value, "8.13");
//!
//! line.kept(2); // only now, with the message safe, the frame is acknowledged
//! assert_eq!(line.next_action(), Some(Action::Write(vec![0x06])));
//! ```
//!
//! What must stay true: nothing here does I/O, reads a clock or draws a random number; no input
//! can make it panic; what is not understood is listed, never dropped; a text that is not a
//! measurement is never handed on as a number.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]

pub mod driver;
pub mod frame;
pub mod limit;
pub mod reading;
pub mod record;
pub mod value;
pub mod worklist;
