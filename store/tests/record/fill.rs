//! An empty database on a server is filled with a copy.
//!
//! What must stay true: where that fails nothing is in the database, and it can be tried again.

use store::Place;
use store::engine::fill;

use crate::hand::Hand;
use crate::room::*;

#[test]
fn what_could_not_be_filled_is_filled_at_the_next_try() {
    let (folder, whole) = (Folder::new(), Folder::embedded());
    let Place::Server(address) = folder.place() else {
        println!("there is no server to fill: MENISCUS_TEST_POSTGRES names none");
        return;
    };
    lived_in(&whole.open());
    let copy = whole.path().join(store::FILE);
    let torn = Folder::embedded();
    std::fs::copy(&copy, torn.path().join(store::FILE)).expect("copied");
    let hand = Hand::into(&torn);
    hand.lets_go_of_references();
    assert!(hand.changes("DELETE FROM patient") > 0);
    drop(hand);
    assert_eq!(folder.place().has_laboratory(), Ok(false));
    fill(&address, &torn.path().join(store::FILE)).expect_err("a specimen of nobody");
    assert_eq!(folder.place().has_laboratory(), Ok(false), "nothing is in it");
    fill(&address, &copy).expect("filled");
    assert_eq!(folder.place().has_laboratory(), Ok(true));
    let store = folder.open();
    assert_eq!(findings(&store), []);
    assert_eq!(tables(&store), tables(&whole.open()));
    let again = fill(&address, &copy).expect_err("something is in it");
    assert!(again.to_string().contains("holds a laboratory already"), "{again}");
}
