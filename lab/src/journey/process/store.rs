//! Putting specimens away, fetching them, and discarding what has been kept long enough.
//!
//! What must stay true: a position holds one specimen; nothing is discarded with work on it, nor
//! before the catalog's time after its report.

use super::{all_there, each, elsewhere, none};
use crate::accession::{Position, Specimen, SpecimenState, Spot, Test};
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, TubeEvent};
use crate::refusal::{Refusal, TubeRefusal};
use crate::storage::StoragePlace;
use crate::value::{Moment, SpecimenId, StoragePlaceId, Zone};

/// Set up a place to put specimens away: a rack, shelf or box with its rows and columns.
#[derive(Clone, Debug)]
pub struct AddStoragePlace {
    /// Its code, as printed on it.
    pub code: String,
    /// The unit it stands in.
    pub unit: String,
    /// The shelf.
    pub shelf: String,
    /// How warm it is there.
    pub zone: Zone,
    /// Rows and columns.
    pub shape: (u8, u8),
}

impl Decide for AddStoragePlace {
    type Sees = Option<StoragePlace>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look.storage_place_coded(&code_of(&self.code))
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let code = code_of(&self.code);
        let plain = code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if code.is_empty() {
            return Err(Refusal::Missing { field: "Code".into() });
        }
        if !plain || code.len() > CODE_LETTERS_MAX {
            let expected = "up to 12 letters, digits and dashes, such as R1-S2-07".into();
            return Err(Refusal::Unreadable { field: "Code".into(), expected });
        }
        if self.unit.trim().is_empty() {
            return Err(Refusal::Missing { field: "Unit".into() });
        }
        if seen.is_some() {
            return Err(Refusal::Taken { what: "storage place".into(), name: code });
        }
        let (rows, columns) = self.shape;
        if Spot::new(rows, columns).is_none() {
            let expected = "1 to 26 rows and 1 to 99 columns".into();
            return Err(Refusal::Unreadable { field: "Rows and columns".into(), expected });
        }
        Ok(vec![Event::Tube(TubeEvent::StoragePlaceAdded(StoragePlace {
            id: StoragePlaceId(setting.fresh()),
            code,
            unit: self.unit.trim().to_owned(),
            shelf: self.shelf.trim().to_owned(),
            zone: self.zone,
            rows,
            columns,
        }))])
    }
}

/// The longest code of a place: with its position it must fit a barcode of 20 characters.
const CODE_LETTERS_MAX: usize = 12;

fn code_of(text: &str) -> String {
    text.trim().to_uppercase()
}

/// Put a specimen away at a position.
#[derive(Clone, Debug)]
pub struct StoreSpecimen {
    /// Which.
    pub specimen: SpecimenId,
    /// The code on the place.
    pub place: String,
    /// The position in it, as scanned or typed: `C7`.
    pub spot: String,
}

/// What putting away looks at.
pub struct SeesForStoring {
    specimen: Option<Specimen>,
    place: Option<StoragePlace>,
    there: Option<Specimen>,
}

impl Decide for StoreSpecimen {
    type Sees = SeesForStoring;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let specimen = look.specimen(self.specimen)?;
        let place = look.storage_place_coded(&code_of(&self.place))?;
        let there = match (&place, Spot::read(&self.spot)) {
            (Some(place), Some(spot)) => look.specimen_at(&Position { place: place.id, spot })?,
            _ => None,
        };
        Ok(SeesForStoring { specimen, place, there })
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let specimen = seen.specimen.ok_or_else(|| none(self.specimen))?;
        match specimen.state {
            SpecimenState::Received | SpecimenState::OnBench => {}
            SpecimenState::Ordered | SpecimenState::Collected => {
                return Err(Refusal::NotReceived);
            }
            _ => return Err(elsewhere(&specimen)),
        }
        let place = seen.place.ok_or_else(|| Refusal::NoSuch {
            what: "storage place".into(),
            name: code_of(&self.place),
        })?;
        let spot = Spot::read(&self.spot).filter(|spot| place.has(*spot));
        let spot = spot.ok_or_else(|| TubeRefusal::NoSuchPosition {
            place: place.code.clone(),
            position: self.spot.trim().to_owned(),
        })?;
        if let Some(other) = seen.there {
            let position = format!("{} {spot}", place.code);
            let label = other.label.to_string();
            return Err(TubeRefusal::PositionTaken { position, label }.into());
        }
        Ok(vec![Event::Tube(TubeEvent::SpecimenStored {
            specimen: specimen.id,
            position: Position { place: place.id, spot },
            zone: place.zone,
            at: setting.now,
        })])
    }
}

/// Take a specimen out of its place.
#[derive(Clone, Debug)]
pub struct FetchSpecimen {
    /// Which.
    pub specimen: SpecimenId,
}

impl Decide for FetchSpecimen {
    type Sees = Option<Specimen>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look.specimen(self.specimen)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let specimen = seen.ok_or_else(|| none(self.specimen))?;
        if specimen.state != SpecimenState::Stored {
            return Err(elsewhere(&specimen));
        }
        let (specimen, at) = (specimen.id, setting.now);
        Ok(vec![Event::Tube(TubeEvent::SpecimenFetched { specimen, at })])
    }
}

/// Discard specimens that have been kept long enough after their report and have no work left.
#[derive(Clone, Debug)]
pub struct DiscardSpecimens {
    /// Which.
    pub specimens: Vec<SpecimenId>,
}

impl Decide for DiscardSpecimens {
    type Sees = Vec<(Specimen, Vec<Test>)>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        let mut seen = Vec::new();
        for specimen in each(look, &self.specimens)? {
            let tests = look.tests_of(specimen.accession)?;
            let on_it = tests.into_iter().filter(|test| test.specimen == specimen.id).collect();
            seen.push((specimen, on_it));
        }
        Ok(seen)
    }

    fn decide(&self, seen: Self::Sees, setting: &Setting<'_>) -> Decision {
        let specimens: Vec<Specimen> = seen.iter().map(|(row, _)| row.clone()).collect();
        all_there(&self.specimens, &specimens)?;
        let mut events = Vec::new();
        for (specimen, tests) in &seen {
            match specimen.state {
                SpecimenState::Received | SpecimenState::OnBench | SpecimenState::Stored => {}
                SpecimenState::Rejected if specimen.received_at.is_some() => {}
                _ => return Err(elsewhere(specimen)),
            }
            let until = kept_until(specimen, tests, setting)?;
            if until > setting.now {
                let until = until.in_zone(&jiff::tz::TimeZone::UTC);
                let until = until.strftime("%Y-%m-%d %H:%M UTC").to_string();
                let label = specimen.label.to_string();
                return Err(TubeRefusal::KeepUntil { label, until }.into());
            }
            let (specimen, at) = (specimen.id, setting.now);
            events.push(Event::Tube(TubeEvent::SpecimenDiscarded { specimen, at }));
        }
        Ok(events)
    }
}

/// Until when a specimen is kept: the catalog's time from the last report of a test on it, or from
/// its receipt where nothing was reported.
fn kept_until(
    specimen: &Specimen,
    tests: &[Test],
    setting: &Setting<'_>,
) -> Result<Moment, Refusal> {
    let label = specimen.label.to_string();
    let open: Vec<&str> = tests
        .iter()
        .filter(|test| test.state.takes_results())
        .map(|test| test.code.as_str())
        .collect();
    if !open.is_empty() {
        return Err(TubeRefusal::WorkOpen { label, codes: open.join(", ") }.into());
    }
    let keeping = setting.catalog.keeping();
    let keep = keeping.keep(&specimen.container).ok_or_else(|| Refusal::NoSuch {
        what: "time of keeping in the catalog for".into(),
        name: specimen.container.clone(),
    })?;
    let reported = tests.iter().filter_map(|test| test.verified).map(|verified| verified.at).max();
    let from = reported.or(specimen.received_at).unwrap_or(setting.now);
    Ok(from.plus_minutes(keep.minutes))
}
