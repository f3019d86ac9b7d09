//! PostgreSQL: a server of its own, for laboratories that have one, or several programs on one
//! record.
//!
//! What must stay true: a commit that was answered is as durable as the server's settings make it;
//! texts are ordered by their bytes, as in the other engine; whatever the connection does, nothing
//! is half done, and nobody hears "done" of what was not, nor "nothing changed" of what was.

use crate::fault::Fault;

mod address;
mod cell;
mod pen;
mod readers;
mod schema;
mod tls;
mod wire;

pub use address::Address;
pub use pen::ServerPen;
pub use readers::Readers;

/// Whether a database holds a laboratory.
///
/// # Errors
/// The server cannot be reached.
pub fn has_laboratory(address: &Address) -> Result<bool, Fault> {
    asked(address, schema::has_laboratory)
}

/// Makes an empty database of this name beside the one of the address.
///
/// # Errors
/// The server cannot be reached, or does not let us.
pub fn make_database(beside: &Address, name: &str) -> Result<Address, Fault> {
    let make = format!("CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0");
    asked(beside, |wire| wire.script(&make))?;
    Ok(beside.database(name))
}

/// Drops the database of this name beside the one of the address, whoever uses it.
///
/// # Errors
/// The server cannot be reached, or does not let us.
pub fn drop_database(beside: &Address, name: &str) -> Result<(), Fault> {
    let drop = format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
    asked(beside, |wire| wire.script(&drop))
}

/// Asks on a connection for this once; on a thread of its own, so that it may be done anywhere.
fn asked<T: Send>(
    address: &Address,
    ask: impl FnOnce(&wire::Wire) -> Result<T, Fault> + Send,
) -> Result<T, Fault> {
    let connect = || ask(&wire::Wire::to(address, wire::Driver::own()?)?);
    let done = std::thread::scope(|scope| scope.spawn(connect).join());
    done.unwrap_or_else(|_| Err(Fault::new("an assertion of Meniscus failed")))
}
