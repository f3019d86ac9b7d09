//! The laboratory information system in one binary.
fn main() {}
