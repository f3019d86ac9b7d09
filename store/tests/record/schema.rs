//! Every engine has the same tables: columns with their kinds, keys, references, and indexes with
//! their conditions.

use std::collections::BTreeSet;

use crate::hand::Hand;
use crate::room::*;

/// The tables as text, but for that of the schema's own steps.
fn laid(folder: &Folder) -> BTreeSet<String> {
    drop(folder.open());
    let parts = Hand::into(folder).parts();
    parts
        .into_iter()
        .filter(|part| !part.starts_with("migration "))
        .map(|part| plain(&part))
        .collect()
}

/// A condition in the embedded engine's words.
fn plain(part: &str) -> String {
    let words = part.replace("::text", "").replace("::bigint", "").replace("= ANY (ARRAY[", "IN (");
    words.chars().filter(|each| !" ()[]\"".contains(*each)).collect::<String>().to_lowercase()
}

#[test]
fn every_engine_has_the_same_tables_keys_and_indexes() {
    let embedded = laid(&Folder::embedded());
    assert!(embedded.contains("testcolumncodetextfalse"), "{embedded:#?}");
    assert!(embedded.contains("testindexlab,state,idfalsestatein'review','held'"), "{embedded:#?}");
    assert!(embedded.contains("testrefersaccessionlab,accessiontolab,id"), "{embedded:#?}");
    let folder = Folder::new();
    if folder.database().is_none() {
        println!("not compared: MENISCUS_TEST_POSTGRES names no server");
        return;
    }
    let server = laid(&folder);
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| -> Vec<String> {
        a.difference(b).cloned().collect()
    };
    let none: (Vec<String>, Vec<String>) = Default::default();
    assert_eq!((only(&embedded, &server), only(&server, &embedded)), none);
}
