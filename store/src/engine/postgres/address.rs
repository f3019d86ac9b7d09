//! Where the server is, who we are to it, and which of its databases holds the laboratory.
//!
//! What must stay true: a password never stands in a log, an error or anything shown.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls::Secrecy;
use crate::fault::Fault;

/// How long making a connection may take, where the address does not say.
const CONNECT: Duration = Duration::from_secs(5);

/// How long sent bytes may stay unanswered before the connection counts as lost.
const UNANSWERED: Duration = Duration::from_secs(20);

/// The address of a database on a server.
#[derive(Clone)]
pub struct Address {
    config: Box<Config>,
    secrecy: Secrecy,
    encrypts: MakeRustlsConnect,
}

impl PartialEq for Address {
    fn eq(&self, other: &Address) -> bool {
        self.config == other.config && self.secrecy == other.secrecy
    }
}

impl Eq for Address {}

impl Address {
    /// Reads a URL: `postgresql://user:password@host:port/database`, and behind it, after a question
    /// mark, `sslmode` and `sslrootcert` as libpq has them.
    ///
    /// # Errors
    /// It is none, or the authorities it names cannot be read; the text is not repeated, since it
    /// may hold a password.
    pub fn read(url: &str) -> Result<Address, Fault> {
        let usual = "write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE";
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(Fault::new(format!("that is no address of a database; {usual}")));
        }
        let (url, mode) = without(url, "sslmode");
        let (url, roots) = without(&url, "sslrootcert");
        let secrecy = Secrecy::read(mode.as_deref(), roots.as_deref())?;
        let encrypts = secrecy.connector()?;
        let mut config: Config = url.parse().map_err(|_| {
            Fault::new(format!("the address of the database cannot be read; {usual}"))
        })?;
        if config.get_dbname().is_none() || config.get_hosts().is_empty() {
            let what = "the address of the database names no host or no database";
            return Err(Fault::new(format!("{what}; {usual}")));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNANSWERED);
        }
        config.application_name("meniscus");
        config.ssl_mode(secrecy.mode());
        Ok(Address { config: Box::new(config), secrecy, encrypts })
    }

    /// Who encrypts what goes to the server.
    pub(super) fn encrypts(&self) -> &MakeRustlsConnect {
        &self.encrypts
    }

    /// How to connect.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// The same server and user, another of its databases.
    #[must_use]
    pub fn database(&self, name: &str) -> Address {
        let mut config = self.config.clone();
        config.dbname(name);
        Address { config, ..self.clone() }
    }
}

/// A URL without one of the words behind its question mark, and that word's value.
fn without(url: &str, name: &str) -> (String, Option<String>) {
    let Some((before, words)) = url.split_once('?') else { return (url.to_owned(), None) };
    let named = |word: &&str| word.split_once('=').is_some_and(|(key, _)| key == name);
    let value = words.split('&').find(named).and_then(|word| word.split_once('='));
    let rest: Vec<&str> = words.split('&').filter(|word| !named(word)).collect();
    let rest = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
    (format!("{before}{rest}"), value.map(|(_, value)| value.replace("%2F", "/")))
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            #[cfg(unix)]
            Some(Host::Unix(path)) => path.display().to_string(),
            None => "nowhere".to_owned(),
        };
        write!(f, "{} on {host}", self.config.get_dbname().unwrap_or("no database"))
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let url = "postgresql://meniscus:s3cret@db.example.org:5433/lab?sslmode=disable";
        let address = Address::read(url).expect("an address");
        assert_eq!(address.to_string(), "lab on db.example.org");
        assert_eq!(format!("{address:?}"), "Address(lab on db.example.org)");
        for url in [
            "postgresql://meniscus:s3cret@db.example.org:notaport/lab",
            "postgresql://meniscus:s3cret@db.example.org",
            "mysql://meniscus:s3cret@db.example.org/lab",
            "host=db.example.org password=s3cret",
        ] {
            let fault = Address::read(url).expect_err("no address").to_string();
            assert!(fault.contains("postgresql://USER") && !fault.contains("s3cret"), "{fault}");
        }
    }
}
