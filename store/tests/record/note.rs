//! Sessions, and the notes of who looked at whom.

use lab::value::{PatientId, PersonId};
use store::session::{Note, digest_of, looks_at, of};

use crate::room::*;

#[test]
fn a_session_begins_is_seen_and_ends() {
    let folder = Folder::new();
    let store = folder.open();
    let (cy, _) = set_up(&store);
    let token = "5e55".to_owned();
    let whose = |store: &store::Store| store.read(|sql| of(sql, "5e55")).expect("read");
    assert_eq!(whose(&store), None);
    let begin = Note::Begin { token: token.clone(), person: cy, at: NINE };
    store.note_and_wait(begin.clone()).expect("the session begins");
    assert_eq!(whose(&store), Some((cy, NINE)));
    let later = NINE.plus_minutes(9);
    store.note(Note::Seen { token: token.clone(), at: later });
    store.note_and_wait(Note::Seen { token: "other".into(), at: NINE }).expect("the pen works");
    assert_eq!(whose(&store), Some((cy, later)));
    assert!(store.note_and_wait(begin).is_err(), "a token opens one session");
    store.note_and_wait(Note::End { token }).expect("the session ends");
    assert_eq!(whose(&store), None);
}

#[test]
fn a_session_of_nobody_is_not_kept_and_spoils_nothing_else() {
    let folder = Folder::new();
    let store = folder.open();
    let nobody = Note::Begin { token: "5e55".into(), person: PersonId(7), at: NINE };
    assert!(store.note_and_wait(nobody).is_err());
    add(&store, "cy");
    assert_eq!(count(&store, "SELECT count(*) FROM session"), 0);
    assert_eq!(findings(&store), []);
}

#[test]
fn every_look_at_a_patient_is_noted() {
    let folder = Folder::new();
    let store = folder.open();
    for patient in [11, 12, 11] {
        let patient = PatientId(patient);
        let looked = Note::Looked { person: PersonId(3), patient, page: "report".into(), at: NINE };
        store.note_and_wait(looked).expect("the look is noted");
    }
    let looks = |patient| store.read(|sql| looks_at(sql, PatientId(patient))).expect("read");
    assert_eq!((looks(11), looks(12), looks(13)), (2, 1, 0));
}

#[test]
fn a_digest_is_kept_apart_from_the_journal() {
    let folder = Folder::new();
    let store = folder.open();
    let (cy, _) = set_up(&store);
    let digest = store.read(|sql| digest_of(sql, cy)).expect("read");
    assert_eq!(digest.as_deref(), Some("$argon2id$v=19$not-a-real-digest"));
    let told = "SELECT count(*) FROM journal WHERE events LIKE '%argon2id%'";
    assert_eq!(count(&store, told), 0);
    assert_eq!(store.read(|sql| digest_of(sql, PersonId(7))), Ok(None));
}
