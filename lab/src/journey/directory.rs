//! The directory of facilities, locations and providers: entering and changing it.
//!
//! What must stay true: a code or name stands once; who changes an entry has seen it as it is.
//!
//! Refused: a field that is empty, too long or not readable; a code or name that is taken; an
//! entry that somebody else changed meanwhile (`EntryChanged`).

use super::written::{LINE_MOST, NAME_MOST, NUMBER_MOST, line, needed, prose};
use crate::command::{Decide, Decision, Look, Setting};
use crate::directory::{Facility, Location, Provider};
use crate::event::{DirectoryEvent, Event};
use crate::refusal::{AboutPatient, Refusal};
use crate::value::{FacilityId, LocationId, ProviderId};

/// The most copies of a report a facility gets.
const COPIES_MOST: u32 = 20;

/// Enter or change a facility, a location or a provider.
#[derive(Clone, Debug)]
pub struct EditDirectory {
    /// The entry as it was seen, and as it shall be.
    pub entry: Entry,
}

/// One entry: as it was seen (none for a new one), and as it shall be; a new one gets its number
/// here.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A facility.
    Facility(Option<Facility>, Facility),
    /// A location.
    Location(Option<Location>, Location),
    /// A provider.
    Provider(Option<Provider>, Provider),
}

/// What editing the directory looks at: the entry as it is, and whoever has the code or name.
pub struct SeesEntry {
    now: Option<Listed>,
    taken_by: Option<i64>,
    facility: Option<Facility>,
}

#[derive(PartialEq)]
enum Listed {
    Facility(Facility),
    Location(Location),
    Provider(Provider),
}

impl Decide for EditDirectory {
    type Sees = SeesEntry;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<SeesEntry, L::Fault> {
        let mut facility = None;
        let (now, taken_by) = match &self.entry {
            Entry::Facility(was, to) => {
                let now = look.row(was.as_ref().map_or(0, |was| was.id.0))?;
                let taken = look.facility_coded(to.code.trim())?;
                (now.map(Listed::Facility), taken.map(|row| row.id.0))
            }
            Entry::Location(was, to) => {
                facility = look.row(to.facility.map_or(0, |id| id.0))?;
                let now = look.row(was.as_ref().map_or(0, |was| was.id.0))?;
                let taken = look.location_coded(to.code.trim())?;
                (now.map(Listed::Location), taken.map(|row| row.id.0))
            }
            Entry::Provider(was, to) => {
                let now = look.row(was.as_ref().map_or(0, |was| was.id.0))?;
                let taken = look.provider_named(to.name.trim())?;
                (now.map(Listed::Provider), taken.map(|row| row.id.0))
            }
        };
        Ok(SeesEntry { now, taken_by, facility })
    }

    fn decide(&self, seen: SeesEntry, setting: &Setting<'_>) -> Decision {
        let (was, name, kind) = match &self.entry {
            Entry::Facility(was, to) => (was.clone().map(Listed::Facility), &to.code, "facility"),
            Entry::Location(was, to) => (was.clone().map(Listed::Location), &to.code, "location"),
            Entry::Provider(was, to) => (was.clone().map(Listed::Provider), &to.name, "provider"),
        };
        let name = name.trim().to_owned();
        if was.is_some() && was != seen.now {
            return Err(AboutPatient::EntryChanged { name }.into());
        }
        let own = was.as_ref().map(Listed::number);
        if seen.taken_by.is_some() && seen.taken_by != own {
            return Err(Refusal::Taken { what: kind.into(), name });
        }
        let id = own.unwrap_or_else(|| setting.fresh());
        let event = match &self.entry {
            Entry::Facility(_, to) => DirectoryEvent::FacilityListed(facility(id, to)?),
            Entry::Location(_, to) => {
                if to.facility.is_some() && seen.facility.is_none() {
                    let name = "of this number".into();
                    return Err(Refusal::NoSuch { what: "facility".into(), name });
                }
                DirectoryEvent::LocationListed(location(id, to)?)
            }
            Entry::Provider(_, to) => DirectoryEvent::ProviderListed(provider(id, to)?),
        };
        Ok(vec![Event::Directory(event)])
    }
}

impl Listed {
    const fn number(&self) -> i64 {
        match self {
            Listed::Facility(row) => row.id.0,
            Listed::Location(row) => row.id.0,
            Listed::Provider(row) => row.id.0,
        }
    }
}

fn facility(id: i64, to: &Facility) -> Result<Facility, Refusal> {
    if to.copies > COPIES_MOST {
        let expected = format!("a number up to {COPIES_MOST}");
        return Err(Refusal::Unreadable { field: "Report copies".into(), expected });
    }
    Ok(Facility {
        id: FacilityId(id),
        code: needed("Code", &to.code, NUMBER_MOST)?,
        name: needed("Name", &to.name, LINE_MOST)?,
        address: prose("Address", &to.address)?,
        ..to.clone()
    })
}

fn location(id: i64, to: &Location) -> Result<Location, Refusal> {
    Ok(Location {
        id: LocationId(id),
        code: needed("Code", &to.code, NUMBER_MOST)?,
        name: needed("Name", &to.name, LINE_MOST)?,
        ..to.clone()
    })
}

fn provider(id: i64, to: &Provider) -> Result<Provider, Refusal> {
    Ok(Provider {
        id: ProviderId(id),
        name: needed("Name", &to.name, NAME_MOST)?,
        telephone: line("Telephone", &to.telephone, NUMBER_MOST)?,
        ..to.clone()
    })
}
