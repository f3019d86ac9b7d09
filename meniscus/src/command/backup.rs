//! `meniscus backup`: an online copy of the record.
//!
//! What must stay true: the copy is complete and consistent, or there is none; an existing file
//! is never overwritten.

use std::path::Path;

use crate::Ended;
use crate::setup::open_existing;

/// Copies the record into a new file.
pub fn run(data: &Path, file: &Path) -> Result<(), Ended> {
    if file.exists() {
        return Err(Ended::Usage(format!("{} exists; name a new file", file.display())));
    }
    open_existing(data)?.copy_to(file)?;
    println!("copied to {}", file.display());
    Ok(())
}
