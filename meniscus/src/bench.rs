//! `meniscus bench`: each hot path beside the raw floor measured in the same run.
//!
//! What must stay true: a figure without its floor is not printed; the laboratory measured is the
//! real one, with its real ports and its real disk.

mod http;
mod ingest;
mod pages;
mod program;
mod record;
mod yard;

use std::path::{Path, PathBuf};
use std::time::Duration;

use store::scratch::Scratch;

use crate::Ended;

/// What `bench` is told.
#[derive(clap::Args)]
pub struct Bench {
    /// Which: ingest, pages, size, start, memory; all if none is named.
    names: Vec<String>,
    /// Figures as JSON lines.
    #[arg(long)]
    json: bool,
    /// Results in the record for all but ingest, as a comma-separated list.
    #[arg(long, default_value = "1000,100000,1000000", value_delimiter = ',')]
    results: Vec<u32>,
    /// Messages sent for each number of connections.
    #[arg(long, default_value_t = 2_000)]
    messages: u32,
    /// Where the laboratories of the benchmarks are made; a temporary folder if not given.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Or the URL of a database on a PostgreSQL server: each laboratory is made in a database of
    /// its own beside that one, and dropped afterwards.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// Where laboratories to measure are made.
pub struct Ground {
    folder: PathBuf,
    server: Option<String>,
}

impl Ground {
    /// A folder for files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A place for one laboratory, gone when it is no longer used.
    pub fn scratch(&self, name: &str) -> Result<Scratch, Ended> {
        Ok(Scratch::inside(&self.folder, name, self.server.as_deref())?)
    }
}

/// One figure beside its floor.
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The floor, in the same unit.
    pub floor: f64,
    /// What the floor is.
    pub floor_is: &'static str,
}

/// Every benchmark.
const NAMES: [&str; 5] = ["ingest", "pages", "size", "start", "memory"];

impl Bench {
    /// Measures and prints.
    pub fn run(self) -> Result<(), Ended> {
        if let Some(odd) = self.names.iter().find(|name| !NAMES.contains(&name.as_str())) {
            return Err(Ended::Usage(format!(
                "there is no benchmark {odd}; there are {}",
                NAMES.join(", ")
            )));
        }
        let folder = self.folder.clone().unwrap_or_else(|| {
            std::env::temp_dir().join(format!("meniscus-bench-{}", std::process::id()))
        });
        std::fs::create_dir_all(&folder)?;
        let measured =
            self.measure(&Ground { folder: folder.clone(), server: self.database.clone() });
        if self.folder.is_none() {
            std::fs::remove_dir_all(&folder)?;
        }
        measured
    }

    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }

    fn measure(&self, ground: &Ground) -> Result<(), Ended> {
        let mut print = |figure: Figure| self.print(&figure);
        if self.wants("ingest") {
            ingest::measure(ground, self.messages, &mut print)?;
        }
        if !NAMES.iter().any(|name| *name != "ingest" && self.wants(name)) {
            return Ok(());
        }
        for results in &self.results {
            let record = record::Record::make(ground, *results)?;
            if self.wants("pages") {
                pages::measure(&record, &mut print)?;
            }
            let closed = record.close();
            if self.wants("size") {
                program::size(&closed, ground, &mut print)?;
            }
            if self.wants("start") {
                program::start(&closed, ground, &mut print)?;
            }
            if self.wants("memory") {
                program::memory(&closed, ground, &mut print)?;
            }
        }
        Ok(())
    }

    fn print(&self, figure: &Figure) {
        let Figure { name, value, unit, floor, floor_is } = figure;
        let ratio = if *floor > 0.0 { value / floor } else { 0.0 };
        if self.json {
            println!(
                "{}",
                serde_json::json!({
                    "name": name, "value": value, "unit": unit,
                    "floor": floor, "floor_is": floor_is, "ratio": ratio,
                })
            );
        } else {
            println!(
                "{name:<44} {value:>10.2} {unit:<10} floor {floor:>10.2} ({floor_is}) \
                 ratio {ratio:.2}"
            );
        }
    }
}

/// The value below which a share of the sorted values lies.
pub fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let last = sorted.len().saturating_sub(1);
    // A position in a list of a few thousand; the fraction is dropped on purpose.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let at = (last as f64 * share) as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// A time in milliseconds.
#[must_use]
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
