//! `meniscus apply` and `meniscus export`: the laboratory as files, its catalog and instruments.
//!
//! What must stay true: the difference is shown before anything is done; every mistake is told with
//! its file, its line and how to mend it, and then nothing is done; a server at work takes the new
//! release without a restart.

mod instruments;

use std::path::PathBuf;

use lab::catalog::{Became, Catalog, Difference, differences};
use lab::command::{Command, Look};
use lab::journey::draft::DraftCatalog;
use lab::journey::setup::ReleaseCatalog;
use lab::people::Actor;
use lab::release::CatalogRelease;
use store::{Act, Answer, DatabaseLook, Store};

use super::labdir::{self, instruments::Filed};
use crate::Ended;
use crate::config::At;
use crate::progress::{Measure, Progress};
use crate::setup::{now, open_existing, request};

/// What `apply` is told.
#[derive(clap::Args)]
pub struct Apply {
    /// The folder with the laboratory as files.
    folder: PathBuf,
    #[command(flatten)]
    at: At,
    /// Show the difference and stop.
    #[arg(long)]
    dry_run: bool,
    /// Lay it down as a draft, which the director compares and releases on the Catalog screen.
    #[arg(long, conflicts_with = "dry_run")]
    draft: bool,
    /// Why it is released, or what the draft is for.
    #[arg(long, default_value = "")]
    reason: String,
}

impl Apply {
    /// Shows the difference, then releases it, or lays it down as a draft.
    pub fn run(self) -> Result<(), Ended> {
        let store = open_existing(&self.at.place()?)?;
        let newest = store.read(|sql| DatabaseLook(sql).newest_release())?;
        let (number, before) = newest.map_or((0, Vec::new()), |one| (one.release, one.files));
        let after = labdir::read_catalog(&self.folder, &before)?;
        let checking = Progress::of("Checking the catalog", Measure::Time);
        let catalog = check(number + 1, &after)?;
        drop(checking);
        let files = labdir::instruments::read(&self.folder, &catalog)?;
        let (changes, stays) = match &files {
            Some(files) => instruments::changes(&instruments::all(&store)?, files),
            None => Default::default(),
        };
        if before == after && changes.is_empty() {
            println!("no difference to release {number}");
            return Ok(());
        }
        if before != after {
            show(&before, &after);
        }
        if !changes.is_empty() {
            instruments::show(&changes, &stays);
        }
        if self.dry_run {
            println!("nothing was applied (--dry-run); release {number} stays in force");
            return Ok(());
        }
        let reason = self.reason.trim();
        if reason.is_empty() {
            return Err(Ended::Usage("say why: --reason \"…\"; nothing was applied".into()));
        }
        let reason = reason.to_owned();
        if self.draft && before == after {
            return Err(Ended::Usage("the catalog is the same; no draft was laid down".into()));
        }
        if self.draft {
            ask(&store, DraftCatalog { files: after, note: reason }.into())?;
            println!("laid down as a draft; the director releases it on the Catalog screen");
            if !changes.is_empty() {
                println!("instruments are part of no draft: apply them without --draft");
            }
            return Ok(());
        }
        if before != after {
            ask(&store, ReleaseCatalog { files: after, reason: reason.clone() }.into())?;
            println!("release {} is in force", number + 1);
        }
        if !changes.is_empty() {
            instruments::carry_out(&store, &changes, &reason)?;
            println!("the instruments are as in the files");
        }
        Ok(())
    }
}

/// What `export` is told.
#[derive(clap::Args)]
pub struct Export {
    /// The folder to write; made if it is not there.
    folder: PathBuf,
    #[command(flatten)]
    at: At,
    /// Which release; the one in force unless said.
    #[arg(long)]
    release: Option<u32>,
}

impl Export {
    /// Writes the files of a release.
    pub fn run(self) -> Result<(), Ended> {
        let store = open_existing(&self.at.place()?)?;
        let release = found(&store, self.release)?;
        std::fs::create_dir_all(&self.folder)?;
        labdir::write_catalog(&self.folder, &release.files)?;
        let own: Vec<_> = instruments::all(&store)?.iter().map(Filed::of).collect();
        labdir::instruments::write(&self.folder, &own)?;
        let (number, files) = (release.release, release.files.len());
        let folder = self.folder.display();
        println!("release {number} is in {folder}: {files} files, and {} instruments", own.len());
        Ok(())
    }
}

fn found(store: &Store, number: Option<u32>) -> Result<CatalogRelease, Ended> {
    let release = match number {
        None => store.read(|sql| DatabaseLook(sql).newest_release())?,
        Some(number) => store.read(|sql| store::table::get(sql, i64::from(number)))?,
    };
    release.ok_or_else(|| match number {
        None => Ended::Usage("no catalog was released yet".into()),
        Some(number) => Ended::Usage(format!("there is no release {number}")),
    })
}

fn check(release: u32, files: &[(String, String)]) -> Result<Catalog, Ended> {
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mistakes = match Catalog::load(release, &files) {
        Ok(catalog) => return Ok(catalog),
        Err(mistakes) => mistakes,
    };
    for mistake in &mistakes {
        println!("{mistake}");
    }
    println!("{} mistakes; nothing was applied", mistakes.len());
    Err(Ended::Found)
}

fn show(before: &[(String, String)], after: &[(String, String)]) {
    let all = differences(before, after);
    for difference in &all {
        println!("{difference}");
    }
    if all.is_empty() {
        println!("the files differ in their remarks or order alone");
    }
    let of = |wanted: fn(&Became) -> bool| all.iter().filter(|one| wanted(&one.what)).count();
    let counted = (
        of(|what| *what == Became::Added),
        of(|what| *what == Became::Removed),
        of(|what| matches!(what, Became::Changed(_))),
    );
    println!("{} added, {} removed, {} changed", counted.0, counted.1, counted.2);
    let gone: Vec<&Difference> =
        all.iter().filter(|one| one.kind == "test" && one.what == Became::Removed).collect();
    if !gone.is_empty() {
        println!("results of a removed test that are on their way can no longer be judged");
    }
}

fn ask(store: &Store, command: Command) -> Result<(), Ended> {
    let _progress = Progress::of("Releasing", Measure::Time);
    let act = Act { request: request("apply")?, actor: Actor::System, now: now(), command };
    match store.execute(act) {
        Answer::Done(_) => Ok(()),
        Answer::Refused(refusal) => {
            eprintln!("meniscus: {refusal}");
            Err(Ended::Found)
        }
        Answer::Failed(fault) => Err(fault.into()),
    }
}
