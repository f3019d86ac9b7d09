//! The laboratory at its boundary: what was there before, what is asked, what is answered. One
//! file for each station; nothing is mocked, since nothing is called.
//!
//! What must stay true: every command is tried with every refusal it can give, and with what
//! happens when it is not refused; the clock stands where the test puts it.

mod analyze;
mod bench;
mod calculated;
mod coded;
mod collect;
mod connect;
mod controls;
mod corrected;
mod discarded;
mod doubted;
mod draft;
mod entered;
mod golden;
mod golden_patients;
mod golden_rule;
mod golden_tube;
mod issued;
mod judged;
mod laws;
mod order;
mod people;
mod permitted;
mod random;
mod random_tube;
mod receive;
mod reflexed;
mod register;
mod ruled;
mod setup;
mod sign_in;
mod tubes;
mod unclaimed;
mod unplaced;
mod verify;
