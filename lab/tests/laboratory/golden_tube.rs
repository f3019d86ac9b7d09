//! The examples of what can happen to a specimen after its collection.

use lab::accession::{Accession, Condition, Origin, Part, Position, Specimen, SpecimenState};
use lab::accession::{Spot, Spun, Test};
use lab::catalog::Catalog;
use lab::event::TubeEvent;
use lab::storage::{Destination, Dispatch, StoragePlace};
use lab::value::{
    AccessionId, DispatchId, Label, PatientId, Priority, SpecimenId, StoragePlaceId, TestId, Zone,
};

use crate::bench::NINE;

/// The name of its golden text.
pub fn name(event: &TubeEvent) -> &'static str {
    match event {
        TubeEvent::SpecimenSeen { .. } => "specimen_seen",
        TubeEvent::SpecimensSpun { .. } => "specimens_spun",
        TubeEvent::PartMade { .. } => "part_made",
        TubeEvent::SpecimenStored { .. } => "specimen_stored",
        TubeEvent::SpecimenFetched { .. } => "specimen_fetched",
        TubeEvent::SpecimenDiscarded { .. } => "specimen_discarded",
        TubeEvent::SpecimensDispatched(_) => "specimens_dispatched",
        TubeEvent::SpecimenArrived { .. } => "specimen_arrived",
        TubeEvent::SpecimenLost { .. } => "specimen_lost",
        TubeEvent::SpecimenFound { .. } => "specimen_found",
        TubeEvent::TestsRejected { .. } => "tests_rejected",
        TubeEvent::RecollectOrdered { .. } => "recollect_ordered",
        TubeEvent::TestsAdded { .. } => "tests_added",
        TubeEvent::StoragePlaceAdded(_) => "storage_place_added",
    }
}

/// One of each.
pub fn one_of_each() -> Vec<TubeEvent> {
    let (specimen, at) = (SpecimenId(302), NINE);
    let (reason, note): (String, String) = ("HEMOLYZED".into(), "red".into());
    let tests = vec![TestId(303)];
    let spot = Spot::read("C7").expect("a position");
    let condition = Condition {
        hemolysis: "250".parse().ok(),
        clotted: true,
        note: "fibrin".into(),
        ..Condition::default()
    };
    vec![
        TubeEvent::SpecimenSeen {
            specimen,
            at,
            volume_ml: "2.5".parse().ok(),
            zone: Some(Zone::Refrigerated),
            condition: Some(condition),
        },
        TubeEvent::SpecimensSpun { specimens: vec![(specimen, spun())] },
        TubeEvent::PartMade {
            parent: specimen,
            part: Box::new(aliquot()),
            tests: tests.clone(),
            left_ml: "1.5".parse().ok(),
        },
        TubeEvent::SpecimenStored {
            specimen,
            position: Position { place: StoragePlaceId(801), spot },
            zone: Zone::Refrigerated,
            at,
        },
        TubeEvent::SpecimenFetched { specimen, at },
        TubeEvent::SpecimenDiscarded { specimen, at },
        TubeEvent::SpecimensDispatched(list()),
        TubeEvent::SpecimenArrived { specimen, to: Destination::Reference, at },
        TubeEvent::SpecimenLost { specimen, note: "not in the rack".into() },
        TubeEvent::SpecimenFound { specimen, tests: tests.clone() },
        TubeEvent::TestsRejected { specimen, tests, reason, note },
        TubeEvent::RecollectOrdered {
            specimen,
            accession: AccessionId(310),
            told: "nurse Diaz".into(),
        },
        TubeEvent::TestsAdded {
            specimen,
            tests: vec![added()],
            provider: "Dr. Okafor".into(),
            confirmed: None,
        },
        TubeEvent::StoragePlaceAdded(StoragePlace {
            id: StoragePlaceId(801),
            code: "R1-S2".into(),
            unit: "Refrigerator 1".into(),
            shelf: "2".into(),
            zone: Zone::Refrigerated,
            rows: 8,
            columns: 12,
        }),
    ]
}

fn spun() -> Spun {
    Spun { at: NINE, program: "1300-2000 g, 10-15 min, 18-25 C".into() }
}

fn aliquot() -> Specimen {
    let label = Label::new(NINE, 1, 2);
    let mut part = Specimen::ordered(SpecimenId(305), AccessionId(301), label, "ALIQUOT");
    part.state = SpecimenState::Received;
    (part.collected_at, part.received_at) = (Some(NINE), Some(NINE.plus_minutes(20)));
    part.handling.made_from = Some(Origin {
        specimen: SpecimenId(302),
        container: "SST_GOLD".into(),
        part: Part::Aliquot,
    });
    part.handling.volume_ml = "1.0".parse().ok();
    part.handling.spun = Some(spun());
    part.handling.kept = vec![(NINE, Zone::Room)];
    part
}

fn list() -> Dispatch {
    Dispatch {
        id: DispatchId(901),
        number: 1,
        to: Destination::Reference,
        name: "Northern Reference".into(),
        at: NINE,
        zone: Zone::Frozen,
        specimens: vec![SpecimenId(302)],
        note: "on dry ice".into(),
    }
}

pub fn added() -> Test {
    let catalog = Catalog::starter().expect("the starter catalog loads");
    let accession = Accession {
        id: AccessionId(301),
        label: Label::new(NINE, 1, 0),
        patient: PatientId(201),
        priority: Priority::Stat,
        ordered_at: NINE,
        provider: "Dr. Okafor".into(),
        comment: String::new(),
        sequence: (20_781, 1),
        circumstances: Default::default(),
    };
    let definition = catalog.test("TSH").expect("TSH stands in the catalog");
    Test::ordered(TestId(304), definition, (&accession, SpecimenId(302)), None)
}
