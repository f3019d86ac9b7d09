//! A copy of a report that went out is the report as it went out, whatever happened before and
//! afterwards.

use lab::command::Look;
use lab::event::{AccessionEvent, Event, Known};
use lab::journey::register::MergePatients;
use lab::journey::report::IssueReport;
use lab::letterhead::Letterhead;
use lab::patient::Patient;
use lab::people::{Actor, Role};
use lab::value::AccessionId;
use store::query::{Whole, as_issued, issues_of, whole_by_label};
use store::{DatabaseLook, Store};

use crate::room::*;

/// The order of the patient who is registered a second time; its accession and patient.
fn registered_again(store: &Store, lived: &Lived) -> (AccessionId, Patient) {
    let placed = done(store.execute(act("order 2", lived.cy, order("MRN-2", &["SOD"]))));
    let Some(Event::Accession(AccessionEvent::OrderPlaced { accession, .. })) =
        placed.events.last()
    else {
        panic!("{placed:?}")
    };
    let patient = store.read(|sql| DatabaseLook(sql).patient(accession.patient));
    (accession.id, patient.expect("read").expect("the patient"))
}

fn merge(store: &Store, lived: &Lived, (from, into): (&Patient, &Patient)) {
    let merge = MergePatients {
        from: (from.id, Known::of(from)),
        into: (into.id, Known::of(into)),
        although_different: false,
        reason: "registered twice".into(),
    };
    let Actor::Person(cy, _) = lived.cy else { panic!("{:?}", lived.cy) };
    done(store.execute(act("merge", Actor::Person(cy, Role::Supervisor), merge)));
}

fn whole(store: &Store, lived: &Lived) -> Whole {
    let look = |sql: &dyn store::engine::Sql| {
        let accession = DatabaseLook(sql).accession(lived.accession)?;
        whole_by_label(sql, &accession.expect("the accession").label)
    };
    store.read(look).expect("read").expect("the accession, whole")
}

fn issue(store: &Store, lived: &Lived) -> Whole {
    let now = whole(store, lived);
    let command = IssueReport {
        accession: lived.accession,
        to: "Dr. Osei".into(),
        looked_at: lab::issue::reported(&now.tests).collect(),
        letterhead: Letterhead::default(),
    };
    done(store.execute(act("issue", lived.cy, command)));
    now
}

/// The copy of the only report that went out.
fn copy(store: &Store, accession: AccessionId) -> Whole {
    let copied = store.read(|sql| {
        let issues = issues_of(sql, accession)?;
        as_issued(sql, issues.first().expect("an issue"))
    });
    copied.expect("the copy is made")
}

#[test]
fn the_copy_of_a_report_of_a_merged_patient_is_as_it_went_out() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    let (_, other) = registered_again(&store, &lived);
    let own = whole(&store, &lived).patient;
    merge(&store, &lived, (&own, &other));
    let went_out = issue(&store, &lived);
    assert_eq!(went_out.patient.id, other.id, "the merge came first");
    lived.late(&store, &[("K", "4.2")]);
    assert_ne!(whole(&store, &lived), went_out, "something happened afterwards");
    assert_eq!(copy(&store, lived.accession), went_out);
}

#[test]
fn a_copy_made_before_a_merge_names_the_patient_of_then() {
    let folder = Folder::new();
    let store = folder.open();
    let lived = lived_in(&store);
    let (_, other) = registered_again(&store, &lived);
    let went_out = issue(&store, &lived);
    merge(&store, &lived, (&went_out.patient, &other));
    assert_eq!(copy(&store, lived.accession), went_out);
}
