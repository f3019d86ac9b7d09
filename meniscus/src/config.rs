//! What a laboratory is told about its surroundings: who it is, where it listens.
//!
//! What must stay true: every address and limit stands here; an unknown word in the file is a
//! clear error with its line.

use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;

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
    pub fn letterhead(&self) -> report::patient_report::Letterhead {
        report::patient_report::Letterhead {
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
