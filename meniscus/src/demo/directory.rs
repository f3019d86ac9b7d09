//! Who orders from the teaching laboratory, and from where: its facility, wards and providers.
//!
//! What must stay true: an order names the ward and the provider that the plan says, where the
//! directory has them; a laboratory made before there was a directory goes on without.

use std::collections::BTreeMap;

use lab::accession::Circumstances;
use lab::command::{Command, Look};
use lab::directory::{Facility, Location, LocationKind, Provider};
use lab::event::{DirectoryEvent, Event};
use lab::journey::directory::{EditDirectory, Entry};
use lab::journey::order::PlaceOrder;
use lab::people::Actor;
use lab::value::{FacilityId, LocationId, ProviderId};
use simlab::day::PlannedOrder;
use simlab::patient::{PHYSICIANS, WARDS};
use store::DatabaseLook;

use super::{Simulation, people};
use crate::Ended;
use crate::setup;

/// The directory's numbers of what the plans name.
#[derive(Clone, Default)]
pub struct Directory {
    locations: BTreeMap<&'static str, LocationId>,
    providers: BTreeMap<&'static str, ProviderId>,
}

/// Enters the facility, the wards and clinics, and everybody who orders.
///
/// # Errors
/// The laboratory refused it, or the world failed.
pub fn enter(simulation: &Simulation) -> Result<(), Ended> {
    let dora = people::actor(&simulation.store, "dora")?;
    let hospital = Facility {
        id: FacilityId(0),
        code: "SGH".into(),
        name: "Springfield General Hospital".into(),
        address: "2 Example Street, Springfield".into(),
        clia: None,
        copies: 1,
        closed: false,
    };
    let practice = Facility {
        code: "SFP".into(),
        name: "Springfield Family Practice".into(),
        address: "40 Example Avenue, Springfield".into(),
        ..hospital.clone()
    };
    let hospital = facility(simulation, dora, hospital)?;
    let practice = facility(simulation, dora, practice)?;
    for ward in WARDS {
        let (kind, facility) = match ward.stays {
            true => (LocationKind::Ward, hospital),
            false => (LocationKind::Clinic, practice),
        };
        let (code, name) = (code_of(ward.name), ward.name.to_owned());
        let (id, closed) = (LocationId(0), false);
        let ward = Location { id, code, name, kind, facility, closed };
        edit(simulation, dora, Entry::Location(None, ward))?;
    }
    for (number, name) in (1..).zip(PHYSICIANS) {
        let telephone = format!("555-02{number:02}");
        let (id, name) = (ProviderId(0), name.to_owned());
        let provider = Provider { id, name, number: None, telephone, closed: false };
        edit(simulation, dora, Entry::Provider(None, provider))?;
    }
    Ok(())
}

fn edit(simulation: &Simulation, who: Actor, entry: Entry) -> Result<Vec<Event>, Ended> {
    simulation.act(who, setup::now(), EditDirectory { entry }.into())
}

fn facility(
    simulation: &Simulation,
    who: Actor,
    facility: Facility,
) -> Result<Option<FacilityId>, Ended> {
    let events = edit(simulation, who, Entry::Facility(None, facility))?;
    Ok(events.iter().find_map(|event| match event {
        Event::Directory(DirectoryEvent::FacilityListed(listed)) => Some(listed.id),
        _ => None,
    }))
}

/// The short code of a ward: the first letters of its words, and its numbers.
fn code_of(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    let code: String = letters.collect();
    if code.len() > 1 { code } else { name.chars().take(3).collect::<String>().to_uppercase() }
}

impl Directory {
    /// What the record's directory has.
    ///
    /// # Errors
    /// The database failed.
    pub fn read(simulation: &Simulation) -> Result<Directory, Ended> {
        let found = simulation.store.read(|sql| {
            let (look, mut directory) = (DatabaseLook(sql), Directory::default());
            for ward in WARDS {
                if let Some(location) = look.location_coded(&code_of(ward.name))? {
                    directory.locations.insert(ward.name, location.id);
                }
            }
            for name in PHYSICIANS {
                if let Some(provider) = look.provider_named(name)? {
                    directory.providers.insert(name, provider.id);
                }
            }
            Ok(directory)
        });
        Ok(found?)
    }

    /// The order of a plan as a command.
    pub fn place(&self, order: &PlannedOrder) -> Command {
        PlaceOrder {
            record_number: order.patient.record_number.clone(),
            name: order.patient.name.clone(),
            birth_date: Some(order.patient.birth_date),
            sex: order.patient.sex,
            codes: order.codes.clone(),
            priority: order.priority,
            provider: format!("{}, {}", order.patient.physician, order.patient.ward.name),
            comment: String::new(),
            circumstances: Circumstances {
                provider: self.providers.get(order.patient.physician.as_str()).copied(),
                location: self.locations.get(order.patient.ward.name).copied(),
                ..Circumstances::default()
            },
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ward_has_a_code_of_its_own() {
        let mut codes: Vec<String> = WARDS.iter().map(|ward| code_of(ward.name)).collect();
        assert!(codes.iter().all(|code| code.len() >= 2), "{codes:?}");
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), WARDS.len(), "{codes:?}");
    }
}
