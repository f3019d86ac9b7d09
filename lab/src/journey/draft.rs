//! The catalog as draft and release: files are laid down as a draft, compared with the release in
//! force, and released as a numbered whole.
//!
//! What must stay true: a draft with a mistake is not laid down; one draft is open at a time; a
//! draft is released against the catalog it was laid down against and no other, so that nobody's
//! release is undone unseen.

use super::written::filled;
use crate::catalog::Catalog;
use crate::command::{Decide, Decision, Look, Setting};
use crate::event::{Event, PeopleEvent};
use crate::refusal::{HouseRefusal, Refusal};
use crate::release::{CatalogDraft, CatalogRelease, DraftFate};
use crate::value::DraftId;

/// Lay down a draft of the catalog; the one that was open is put away.
#[derive(Clone, Debug)]
pub struct DraftCatalog {
    /// Its files: name and text.
    pub files: Vec<(String, String)>,
    /// What it is for.
    pub note: String,
}

impl Decide for DraftCatalog {
    type Sees = (Option<CatalogRelease>, Option<CatalogDraft>);

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        Ok((look.newest_release()?, look.newest_draft()?))
    }

    fn decide(&self, (release, draft): Self::Sees, setting: &Setting<'_>) -> Decision {
        let base = release.as_ref().map_or(0, |release| release.release);
        if release.is_some_and(|release| release.files == self.files) {
            return Err(HouseRefusal::NoDifference { release: base }.into());
        }
        free_of_mistakes(base + 1, &self.files)?;
        let mut events = Vec::new();
        if let Some(before) = draft.filter(|draft| draft.fate == DraftFate::Open) {
            let reason = "a newer draft was laid down".to_owned();
            events.push(PeopleEvent::DraftDiscarded { draft: before.id, reason });
        }
        events.push(PeopleEvent::CatalogDrafted(CatalogDraft {
            id: DraftId(setting.fresh()),
            base,
            files: self.files.clone(),
            note: self.note.trim().to_owned(),
            at: setting.now,
            by: setting.actor,
            fate: DraftFate::Open,
        }));
        Ok(events.into_iter().map(Event::People).collect())
    }
}

/// Release a draft of the catalog as a numbered whole, with the reason.
#[derive(Clone, Debug)]
pub struct ReleaseDraft {
    /// Which: the one that was looked at.
    pub draft: DraftId,
    /// Why.
    pub reason: String,
}

impl Decide for ReleaseDraft {
    type Sees = (Option<CatalogRelease>, Option<CatalogDraft>);

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        Ok((look.newest_release()?, look.newest_draft()?))
    }

    fn decide(&self, (release, draft): Self::Sees, _: &Setting<'_>) -> Decision {
        let draft = open(draft, self.draft)?;
        let reason = filled("Reason", &self.reason)?;
        let newest = release.map_or(0, |release| release.release);
        if newest != draft.base {
            return Err(HouseRefusal::DraftOutdated { base: draft.base, newest }.into());
        }
        let release = newest + 1;
        free_of_mistakes(release, &draft.files)?;
        let released = CatalogRelease { release, files: draft.files, reason };
        Ok(vec![
            Event::People(PeopleEvent::CatalogReleased(released)),
            Event::People(PeopleEvent::DraftReleased { draft: draft.id, release }),
        ])
    }
}

/// Put a draft of the catalog away, with the reason.
#[derive(Clone, Debug)]
pub struct DiscardDraft {
    /// Which.
    pub draft: DraftId,
    /// Why.
    pub reason: String,
}

impl Decide for DiscardDraft {
    type Sees = Option<CatalogDraft>;

    fn look<L: Look>(&self, look: &L, _: &Setting<'_>) -> Result<Self::Sees, L::Fault> {
        look.newest_draft()
    }

    fn decide(&self, seen: Self::Sees, _: &Setting<'_>) -> Decision {
        let draft = open(seen, self.draft)?.id;
        let reason = filled("Reason", &self.reason)?;
        Ok(vec![Event::People(PeopleEvent::DraftDiscarded { draft, reason })])
    }
}

/// The draft that is meant, while it is open. An older one was put away by the newest.
fn open(newest: Option<CatalogDraft>, meant: DraftId) -> Result<CatalogDraft, Refusal> {
    let none = || Refusal::NoSuch { what: "draft".into(), name: meant.to_string() };
    let draft = newest.ok_or_else(none)?;
    let ended = |fate: String| Err(HouseRefusal::DraftEnded { fate }.into());
    if draft.id != meant {
        return ended("replaced by a newer one".into());
    }
    match draft.fate {
        DraftFate::Open => Ok(draft),
        DraftFate::Released(release) => ended(format!("released as {release}")),
        DraftFate::Discarded(reason) => ended(format!("put away: {reason}")),
    }
}

fn free_of_mistakes(release: u32, files: &[(String, String)]) -> Result<(), Refusal> {
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Catalog::load(release, &files).map(drop).map_err(|mistakes| {
        let lines = mistakes.iter().map(ToString::to_string).collect();
        Refusal::CatalogMistakes { lines }
    })
}
