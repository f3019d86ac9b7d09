//! One golden text for each thing that can happen to patients, the directory and credits; and for
//! what was added to the order and the collection after their first texts were kept.
//!
//! What must stay true: a kept text is never edited.

use lab::accession::{
    Accession, Circumstances, Collection, Confirmed, Credit, DoubtKind, Fasting, Identified,
};
use lab::directory::{Facility, Location, LocationKind, Provider};
use lab::event::{
    AccessionEvent, DirectoryEvent, Event, Hanging, Known, Moved, PatientEvent, TubeEvent,
};
use lab::patient::{
    Encounter, EncounterClass, IdentifierKind, Merge, Patient, PatientIdentifier, Undone,
};
use lab::value::{
    AccessionId, BirthDate, ClinicalLaboratoryNumber, Diagnosis, EncounterId, FacilityId,
    IdentifierId, Label, LocationId, MergeId, PatientId, PersonName, Priority, ProviderId,
    ProviderNumber, ResultId, Sex, SpecimenId, TestId,
};

use crate::bench::{AMY, DORA, NINE};
use crate::golden::decodes_and_encodes;

/// The name of the golden text of what happened to a patient.
pub fn name(event: &PatientEvent) -> &'static str {
    match event {
        PatientEvent::PatientRegistered(_) => "patient_registered",
        PatientEvent::PatientAmended { .. } => "patient_amended",
        PatientEvent::IdentifierAdded(_) => "identifier_added",
        PatientEvent::IdentifierRetired { .. } => "identifier_retired",
        PatientEvent::EncounterRecorded(_) => "encounter_recorded",
        PatientEvent::PatientsMerged { .. } => "patients_merged",
        PatientEvent::MergeUndone { .. } => "merge_undone",
    }
}

/// The name of the golden text of what happened to the directory.
pub fn name_in_directory(event: &DirectoryEvent) -> &'static str {
    match event {
        DirectoryEvent::FacilityListed(_) => "facility_listed",
        DirectoryEvent::LocationListed(_) => "location_listed",
        DirectoryEvent::ProviderListed(_) => "provider_listed",
    }
}

/// One of each.
pub fn all() -> Vec<Event> {
    let mut all = vec![registered()];
    all.extend(patients().into_iter().map(Event::Patient));
    all.extend(directory().into_iter().map(Event::Directory));
    all.push(Event::Accession(AccessionEvent::TestCredited(Credit {
        test: TestId(303),
        accession: AccessionId(301),
        code: "K".into(),
        reason: "hemolyzed".into(),
        at: NINE,
        by: DORA,
    })));
    all
}

fn registered() -> Event {
    Event::Patient(PatientEvent::PatientRegistered(Patient {
        id: PatientId(201),
        record_number: "MRN-1".into(),
        name: PersonName { family: "Lee".into(), given: "Ann".into() },
        birth_date: BirthDate::read("1980-05-17"),
        sex: Sex::Female,
        deceased: false,
        merged_into: None,
    }))
}

fn patients() -> Vec<PatientEvent> {
    let (patient, reason) = (PatientId(201), "twice at the desk".to_owned());
    let known = Known {
        name: PersonName { family: "Lee".into(), given: "Anne".into() },
        birth_date: BirthDate::read("1980-05-17"),
        sex: Sex::Female,
        deceased: true,
    };
    let identifier = IdentifierId(811);
    let added = PatientIdentifier {
        id: identifier,
        patient,
        kind: IdentifierKind::Insurance,
        value: "INS-77".into(),
        authority: "Blue".into(),
        retired: String::new(),
    };
    let encounter = Encounter {
        id: EncounterId(821),
        patient,
        number: "E-1".into(),
        class: EncounterClass::Emergency,
        location: Some(LocationId(832)),
        admitted_at: NINE,
        discharged_at: None,
    };
    let merge = Merge {
        id: MergeId(841),
        from: PatientId(202),
        into: patient,
        accessions: vec![AccessionId(301)],
        encounters: vec![EncounterId(821)],
        identifiers: vec![identifier],
        reason: reason.clone(),
        at: NINE,
        by: DORA,
        undone: None,
    };
    let hanging = Hanging { tests: vec![TestId(303)], results: vec![ResultId(401)] };
    let back = Moved {
        accessions: merge.accessions.clone(),
        encounters: merge.encounters.clone(),
        identifiers: merge.identifiers.clone(),
    };
    let undone = Undone { reason: "two sisters".into(), at: NINE.plus_minutes(5), by: DORA };
    vec![
        PatientEvent::PatientAmended { patient, known, reason: reason.clone() },
        PatientEvent::IdentifierAdded(added),
        PatientEvent::IdentifierRetired { identifier, reason },
        PatientEvent::EncounterRecorded(encounter),
        PatientEvent::PatientsMerged { merge, hanging: hanging.clone() },
        PatientEvent::MergeUndone { merge: MergeId(841), undone, back, hanging },
    ]
}

fn directory() -> Vec<DirectoryEvent> {
    let facility = FacilityId(831);
    vec![
        DirectoryEvent::FacilityListed(Facility {
            id: facility,
            code: "NORTH".into(),
            name: "North Clinic".into(),
            address: "1 Hill Road\nSpringfield".into(),
            clia: ClinicalLaboratoryNumber::read("05D1234567"),
            copies: 2,
            closed: false,
        }),
        DirectoryEvent::LocationListed(Location {
            id: LocationId(832),
            code: "ED".into(),
            name: "Emergency".into(),
            kind: LocationKind::Ward,
            facility: Some(facility),
            closed: false,
        }),
        DirectoryEvent::ProviderListed(Provider {
            id: ProviderId(833),
            name: "Okafor, Ngozi".into(),
            number: ProviderNumber::read("1234567893"),
            telephone: "555-0100".into(),
            closed: true,
        }),
    ]
}

#[test]
fn what_was_added_to_an_order_and_a_collection_has_its_own_text() {
    let accession = Accession {
        id: AccessionId(301),
        label: Label::new(NINE, 1, 0),
        patient: PatientId(201),
        priority: Priority::Timed,
        ordered_at: NINE,
        provider: "Okafor, Ngozi".into(),
        comment: String::new(),
        sequence: (20_781, 1),
        circumstances: Circumstances {
            due_at: Some(NINE.plus_minutes(60)),
            fasting: Fasting::Yes,
            diagnoses: Diagnosis::read("E11.9").into_iter().collect(),
            placer_number: "P-1".into(),
            copies_to: vec!["Dr. Osei".into()],
            provider: Some(ProviderId(833)),
            location: Some(LocationId(832)),
            encounter: Some(EncounterId(821)),
            facility: Some(FacilityId(831)),
            confirmed: Some(Confirmed {
                reason: "two strengths".into(),
                doubts: vec![("A1C".into(), DoubtKind::DuplicateOrder)],
            }),
        },
    };
    let placed = AccessionEvent::OrderPlaced { accession, specimens: vec![], tests: vec![] };
    decodes_and_encodes("order_placed_with_circumstances", &Event::Accession(placed));
    let how = Some(Collection {
        by: AMY,
        identified: Identified::WristbandScanned,
        site: "left arm".into(),
        volume_ml: "3.5".parse().ok(),
    });
    let collected = AccessionEvent::SpecimenCollected { specimen: SpecimenId(302), at: NINE, how };
    decodes_and_encodes("specimen_collected_with_how", &Event::Accession(collected));
    let merged = PatientEvent::PatientRegistered(Patient {
        id: PatientId(202),
        record_number: "MRN-2".into(),
        name: PersonName { family: "Lee".into(), given: "Ann".into() },
        birth_date: None,
        sex: Sex::Unknown,
        deceased: true,
        merged_into: Some(PatientId(201)),
    });
    decodes_and_encodes("patient_registered_merged", &Event::Patient(merged));
    let added = TubeEvent::TestsAdded {
        specimen: SpecimenId(302),
        tests: vec![],
        provider: "Okafor, Ngozi".into(),
        confirmed: Some(Confirmed {
            reason: "transfused".into(),
            doubts: vec![("A1C".into(), DoubtKind::DuplicateOrder)],
        }),
    };
    decodes_and_encodes("tests_added_in_doubt", &Event::Tube(added));
}
