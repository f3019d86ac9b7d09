//! `meniscus parse`: what a raw captured message says, one JSON object for each message.
//!
//! What must stay true: what was not understood is listed; exit status 1 where nothing was.

use std::io::Read;
use std::path::Path;

use wire::driver;
use wire::reading::Kind;

use crate::Ended;

/// Reads a file (`-` is standard input) and prints a line for each message in it.
pub fn run(name: Option<&str>, file: &Path) -> Result<(), Ended> {
    let chosen = match name {
        None => None,
        Some(name) => Some(driver::named(name).ok_or_else(|| {
            let known: Vec<&str> = driver::list().iter().map(|driver| driver.name).collect();
            Ended::Usage(format!("there is no driver {name}; there are {}", known.join(", ")))
        })?),
    };
    let bytes = read(file)?;
    let messages = driver::parse_all(chosen, &bytes);
    for message in &messages {
        let line = serde_json::to_string(message).map_err(|e| Ended::Fault(e.to_string()))?;
        println!("{line}");
    }
    let understood = messages.iter().any(|message| message.kind != Kind::Other);
    if understood {
        Ok(())
    } else {
        eprintln!("meniscus: no message in {} was understood", file.display());
        Err(Ended::Found)
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Ended> {
    let failed = |error| Ended::Usage(format!("{} cannot be read: {error}", file.display()));
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(failed)?;
        return Ok(bytes);
    }
    std::fs::read(file).map_err(failed)
}
