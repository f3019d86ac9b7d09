//! The catalog as draft and release.

use lab::catalog::Catalog;
use lab::journey::draft::{DiscardDraft, DraftCatalog, ReleaseDraft};
use lab::journey::setup::ReleaseCatalog;
use lab::refusal::{HouseRefusal, Refusal};
use lab::release::{CatalogDraft, CatalogRelease, DraftFate};
use lab::value::DraftId;

use crate::bench::*;

fn files(change: (&str, &str)) -> Vec<(String, String)> {
    let starter = Catalog::starter_files().iter();
    starter.map(|(name, text)| ((*name).into(), text.replacen(change.0, change.1, 1))).collect()
}

/// A laboratory with its first release, and Dora's draft with another name for potassium.
fn drafted() -> (Bench, DraftId) {
    let mut bench = Bench::new();
    bench.does(ELI, ReleaseCatalog { files: files(("", "")), reason: "start".into() });
    bench.does(DORA, renamed("Potassium, plasma"));
    let draft = newest(&bench);
    assert_eq!((draft.base, draft.by, draft.fate), (1, DORA, DraftFate::Open));
    (bench, draft.id)
}

fn renamed(name: &str) -> DraftCatalog {
    let files = files(("name = \"Potassium\"", &format!("name = \"{name}\"")));
    DraftCatalog { files, note: " as on the report ".into() }
}

fn newest(bench: &Bench) -> CatalogDraft {
    bench.laboratory.all::<CatalogDraft>().last().expect("a draft")
}

fn release(draft: DraftId, reason: &str) -> ReleaseDraft {
    ReleaseDraft { draft, reason: reason.into() }
}

fn ended(fate: &str) -> Refusal {
    HouseRefusal::DraftEnded { fate: fate.into() }.into()
}

#[test]
fn a_draft_becomes_the_next_release_whole() {
    let (mut bench, draft) = drafted();
    check(&bench, (DORA, release(draft, "approved")), Err(not_permitted("ReleaseDraft")));
    check(&bench, (ELI, release(draft, " ")), Err(missing("Reason")));
    check(&bench, (ELI, release(DraftId(7), "x")), Err(ended("replaced by a newer one")));
    bench.does(ELI, release(draft, " approved "));
    let released = bench.laboratory.all::<CatalogRelease>().last().expect("a release");
    assert_eq!((released.release, released.reason.as_str()), (2, "approved"));
    assert_eq!(released.files, newest(&bench).files);
    assert_eq!(newest(&bench).fate, DraftFate::Released(2));
    check(&bench, (ELI, release(draft, "again")), Err(ended("released as 2")));
}

#[test]
fn a_draft_is_released_against_the_catalog_it_was_laid_down_against_only() {
    let (mut bench, draft) = drafted();
    let other = files(("name = \"Sodium\"", "name = \"Sodium, plasma\""));
    bench.does(ELI, ReleaseCatalog { files: other, reason: "another".into() });
    let outdated = HouseRefusal::DraftOutdated { base: 1, newest: 2 };
    check(&bench, (ELI, release(draft, "approved")), Err(outdated.into()));
}

#[test]
fn a_newer_draft_puts_the_older_one_away() {
    let (mut bench, first) = drafted();
    bench.does(DORA, renamed("Potassium, serum"));
    assert_ne!(newest(&bench).id, first);
    let older = bench.laboratory.all::<CatalogDraft>().next().expect("the first");
    assert_eq!(older.fate, DraftFate::Discarded("a newer draft was laid down".into()));
    check(&bench, (ELI, release(first, "x")), Err(ended("replaced by a newer one")));
}

#[test]
fn a_draft_is_put_away_with_its_reason() {
    let (mut bench, draft) = drafted();
    let away = |reason: &str| DiscardDraft { draft, reason: reason.into() };
    check(&bench, (DORA, away("")), Err(missing("Reason")));
    check(&bench, (CY, away("no")), Err(not_permitted("DiscardDraft")));
    bench.does(DORA, away("not approved"));
    check(&bench, (ELI, release(draft, "x")), Err(ended("put away: not approved")));
    check(&bench, (DORA, away("twice")), Err(ended("put away: not approved")));
    check(&Bench::new(), (DORA, away("none")), Err(no_such("draft", draft)));
}

#[test]
fn a_draft_with_a_mistake_or_without_a_difference_is_not_laid_down() {
    let (bench, _) = drafted();
    let broken = DraftCatalog { files: files(("decimals = 1", "decimals = 9")), ..renamed("x") };
    let Err(Refusal::CatalogMistakes { lines }) = bench.ask(DORA, broken) else {
        panic!("a mistake was laid down")
    };
    assert!(lines[0].contains("9 decimals are not 0 to 6"), "{lines:?}");
    let same = DraftCatalog { files: files(("", "")), ..renamed("x") };
    check(&bench, (DORA, same), Err(HouseRefusal::NoDifference { release: 1 }.into()));
    check(&bench, (CY, renamed("x")), Err(not_permitted("DraftCatalog")));
}
