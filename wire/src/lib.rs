//! What instruments and hospitals say; knows no laboratory.
//!
//! Bytes come in through a link machine ([`frame`]), become records and fields ([`record`]), and
//! are read by the driver of the instrument's family ([`driver`]) into what any instrument tells
//! us ([`reading`]). What we tell an instrument ([`worklist`]) goes the same way back.
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
