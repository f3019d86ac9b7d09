//! The short commands of the shell: each does one thing and ends.
//!
//! What must stay true: JSON output is stable; a laboratory director can check any rule here.

pub mod apply;
pub mod backup;
pub mod calculate;
pub mod check;
pub mod init;
mod labdir;
pub mod parse;
pub mod restore;
pub mod user;
