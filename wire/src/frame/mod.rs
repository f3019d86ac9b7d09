//! Links: bytes in, replies and messages out.
//!
//! What must stay true: a link never waits, sleeps or looks at a clock, time is an argument; it
//! gives the same actions however the bytes were cut by the wire; every limit is in
//! [`crate::limit`].

pub mod astm;
pub mod mllp;
pub mod poct1a;
