//! What a laboratory is told about its surroundings: who it is, where it listens.
//!
//! What must stay true: every address and limit stands here; an unknown word in the file is a
//! clear error with its line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use store::Place;

use crate::Ended;

/// Where the web is served by default.
pub const HTTP: SocketAddr = loopback(8080);
/// Where instruments speak ASTM by default.
pub const ASTM: SocketAddr = loopback(12_001);
/// Where instruments speak HL7 over MLLP by default.
pub const MLLP: SocketAddr = loopback(2575);

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port)
}

/// Where the laboratory lies: a folder, or a database on a server.
#[derive(Clone, Debug, clap::Args)]
pub struct At {
    /// The laboratory's data folder.
    #[arg(long, value_name = "DIR", conflicts_with = "database")]
    data: Option<PathBuf>,
    /// Or the URL of its PostgreSQL database: postgresql://USER@HOST:PORT/DATABASE. With a
    /// password in it, put it into the environment as MENISCUS_DATABASE instead, where other
    /// users of the machine do not see it.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl At {
    /// The place.
    ///
    /// # Errors
    /// None is named, or the URL is none.
    pub fn place(&self) -> Result<Place, Ended> {
        if let Some(place) = self.named()? {
            return Ok(place);
        }
        match std::env::var(DATABASE) {
            Ok(url) => at_url(&url),
            Err(_) => Err(Ended::Usage(format!(
                "name the laboratory: --data DIR, or --database URL, or {DATABASE} in the \
                 environment"
            ))),
        }
    }

    /// The place, where the command itself names one.
    ///
    /// # Errors
    /// The URL is none.
    pub fn named(&self) -> Result<Option<Place>, Ended> {
        match (&self.data, &self.database) {
            (Some(folder), _) => Ok(Some(Place::from(folder))),
            (None, Some(url)) => at_url(url).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// How the words of a command name a place.
#[must_use]
pub fn words(place: &Place) -> String {
    match place {
        Place::Folder(folder) => format!("--data {}", folder.display()),
        Place::Server(_) => "--database URL".into(),
    }
}

fn at_url(url: &str) -> Result<Place, Ended> {
    Place::at_url(url).map_err(|fault| Ended::Usage(fault.to_string()))
}

/// Where the environment names the database.
const DATABASE: &str = "MENISCUS_DATABASE";

/// The configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the web is served.
    pub http: SocketAddr,
    /// True where the web is reached over TLS (a proxy before it): cookies then never travel
    /// without it.
    pub secure: bool,
    /// Where instruments speak ASTM; empty for nowhere.
    pub astm: Option<SocketAddr>,
    /// Where instruments speak HL7 over MLLP; empty for nowhere.
    pub mllp: Option<SocketAddr>,
    /// Who the laboratory is.
    pub laboratory: Laboratory,
}

/// Who the laboratory is, as printed on reports.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Laboratory {
    /// Its name.
    pub name: String,
    /// Its address, in lines.
    pub address: Vec<String>,
    /// Its telephone number.
    pub telephone: String,
    /// Its director.
    pub director: String,
    /// The number of its certificate, such as its CLIA number.
    pub certificate: String,
    /// Its time zone, as in the IANA list.
    pub zone: String,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            http: HTTP,
            secure: false,
            astm: Some(ASTM),
            mllp: Some(MLLP),
            laboratory: Laboratory::default(),
        }
    }
}

impl Default for Laboratory {
    fn default() -> Laboratory {
        Laboratory {
            name: "Laboratory".into(),
            address: vec!["Address not set".into()],
            telephone: String::new(),
            director: "Director not set".into(),
            certificate: String::new(),
            zone: "UTC".into(),
        }
    }
}

impl Laboratory {
    /// As its papers name it.
    #[must_use]
    pub fn letterhead(&self) -> lab::letterhead::Letterhead {
        lab::letterhead::Letterhead {
            name: self.name.clone(),
            address: self.address.clone(),
            telephone: self.telephone.clone(),
            director: self.director.clone(),
            certificate: self.certificate.clone(),
        }
    }
}

impl Config {
    /// Reads the file, or takes what is usual where there is none.
    ///
    /// # Errors
    /// The file cannot be read or has a mistake.
    pub fn read(file: Option<&Path>) -> Result<Config, Ended> {
        let Some(file) = file else { return Ok(Config::default()) };
        let mistaken = |what: String| Ended::Usage(format!("{}: {what}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|error| mistaken(error.to_string()))?;
        toml::from_str(&text).map_err(|error| mistaken(error.to_string()))
    }

    /// The laboratory's time zone.
    ///
    /// # Errors
    /// There is no such zone.
    pub fn time_zone(&self) -> Result<jiff::tz::TimeZone, Ended> {
        jiff::tz::TimeZone::get(&self.laboratory.zone).map_err(|_| {
            Ended::Usage(format!(
                "there is no time zone {}; write one as in the IANA list, such as \
                 America/Chicago",
                self.laboratory.zone
            ))
        })
    }
}
