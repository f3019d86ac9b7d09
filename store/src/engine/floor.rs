//! The raw floor that benchmarks are compared with: the database alone, of whichever engine,
//! writing the same rows with the same durability, and nothing decided, sealed or answered.
//!
//! What must stay true: the same schema, the same settings and the same number of rows as a
//! message of results costs through the door.

use std::path::Path;
use std::time::{Duration, Instant};

use lab::accession::{ResultVersion, Test};
use lab::kept::{Kept, Table};

use super::{EmbeddedPen, Pen, ServerPen, Sql};
use crate::cell::Cell;
use crate::fault::Fault;
use crate::place::{FILE, Place};
use crate::table::{self, LAB};

/// What is written.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Messages.
    pub messages: u32,
    /// Results in each.
    pub results: u32,
    /// Messages in each commit.
    pub per_commit: u32,
    /// Bytes of a raw message.
    pub bytes: usize,
}

/// Writes a load into an empty record, and says how long it took. What refers to nothing is
/// written all the same: the references are gone.
///
/// # Errors
/// The record cannot be written.
pub fn write(place: &Place, load: &Load) -> Result<Duration, Fault> {
    match place {
        Place::Folder(folder) => {
            let mut pen = EmbeddedPen::open(&folder.join(FILE))?;
            pen.run("PRAGMA foreign_keys=OFF", &[])?;
            write_with(&mut pen, load)
        }
        Place::Server(address) => {
            let mut pen = ServerPen::open(address)?;
            let gone = "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' \
                        || conname FROM pg_constraint WHERE contype='f'";
            for line in pen.rows(gone, &[])? {
                pen.script(line.text(0)?)?;
            }
            write_with(&mut pen, load)
        }
    }
}

fn write_with<P: Pen>(pen: &mut P, load: &Load) -> Result<Duration, Fault> {
    let rows = Rows::like(load)?;
    let began = Instant::now();
    for first in (0..load.messages).step_by(usize::try_from(load.per_commit).unwrap_or(1)) {
        pen.begin()?;
        for message in first..(first + load.per_commit).min(load.messages) {
            rows.write(pen, message, load)?;
        }
        pen.commit()?;
    }
    Ok(began.elapsed())
}

/// Appends `bytes` to a new file and makes them durable, `times` over; the sorted times.
///
/// # Errors
/// The file cannot be written.
pub fn append(file: &Path, bytes: &[u8], times: usize) -> Result<Vec<Duration>, Fault> {
    use std::io::Write;
    let mut file = std::fs::File::create(file).map_err(Fault::new)?;
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let began = Instant::now();
        file.write_all(bytes).and_then(|()| file.sync_data()).map_err(Fault::new)?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    Ok(took)
}

/// Reads rows of a table by their keys, `times` over, and says how long one reading took.
///
/// # Errors
/// The database failed.
pub fn read(sql: &dyn Sql, (table, rows): (&str, u32), times: u32) -> Result<Duration, Fault> {
    let text = format!("SELECT * FROM {table} WHERE lab=?1 LIMIT ?2");
    let given = [Cell::Int(LAB), Cell::Int(i64::from(rows))];
    let began = Instant::now();
    for _ in 0..times {
        sql.rows(&text, &given)?;
    }
    Ok(began.elapsed() / times.max(1))
}

/// A test and its result as they lie in events: what is added to either later has its default, so
/// that the rows are as wide as those of the door whatever columns there are.
const TEST: &str = r#"{"id":1,"accession":1,"patient":1,"specimen":1,"code":"WBC","panel":"CBC",
    "bench":"hematology","state":"Review","result":1,"versions":1,"verified":null,"note":""}"#;
const RESULT: &str = r#"{"id":1,"test":1,"accession":1,"patient":1,"code":"WBC","version":1,
    "value":{"Quantity":{"figure":"6.83"}},"unit":"10*3/uL","flag":null,
    "limits":{"low":"4.5","high":"11.0","critical_low":"2.0","critical_high":"30.0","differ":null},
    "delta":null,"holds":[],"source":{"Instrument":{"instrument":1,"message":1,"sent":"6.83",
    "flags":["N"],"at":"20261124080000"}},"filed_at":1795510800000000,
    "filed_by":{"Instrument":1},"catalog_release":1}"#;

/// Rows as wide as the ones a message makes.
struct Rows {
    raw: Vec<u8>,
    test: Vec<Cell>,
    result: Vec<Cell>,
}

impl Rows {
    fn like(load: &Load) -> Result<Rows, Fault> {
        let test: Test = serde_json::from_str(TEST).map_err(Fault::new)?;
        let result: ResultVersion = serde_json::from_str(RESULT).map_err(Fault::new)?;
        Ok(Rows {
            raw: vec![b'R'; load.bytes],
            test: table::save(&Kept::Test(test))?,
            result: table::save(&Kept::Result(Box::new(result)))?,
        })
    }

    fn write<P: Pen>(&self, pen: &mut P, message: u32, load: &Load) -> Result<(), Fault> {
        let number = i64::from(message) + 1;
        pen.run(
            "INSERT INTO message(lab, id, at, peer, protocol, outgoing, digest, raw, note, resent) \
             VALUES (?1, ?2, ?2, 'floor', 'astm', 0, ?3, ?4, 'filed', 0)",
            &[
                Cell::Int(LAB),
                Cell::Int(number),
                Cell::Text(format!("{number:064}")),
                Cell::Bytes(self.raw.clone()),
            ],
        )?;
        let each = || (0..load.results).map(|n| number * 1_000 + i64::from(n));
        let tests: Vec<_> = each().map(|id| numbered(&self.test, id)).collect();
        pen.upsert(table::shape(Table::Test), &tests)?;
        let results: Vec<_> = each().map(|id| numbered(&self.result, id)).collect();
        pen.upsert(table::shape(Table::Result), &results)?;
        pen.run(
            "INSERT INTO journal(lab, seq, at, actor, command, request, events, last_id, seal) \
             VALUES (?1, ?2, ?2, 'floor', 'FileReadings', ?3, ?4, ?2, ?5)",
            &[
                Cell::Int(LAB),
                Cell::Int(number),
                Cell::Text(format!("message:{number}:0")),
                Cell::Text(RESULT.repeat(usize::try_from(load.results).unwrap_or(1))),
                Cell::Bytes(vec![0; 32]),
            ],
        )?;
        Ok(())
    }
}

/// A row with this number: its own, and those of the three rows it refers to, which follow the
/// laboratory in both tables.
fn numbered(row: &[Cell], id: i64) -> Vec<Cell> {
    let number = |(place, cell): (usize, &Cell)| match place {
        1..=4 => Cell::Int(id),
        _ => cell.clone(),
    };
    row.iter().enumerate().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EmbeddedPen;

    #[test]
    fn the_floor_writes_rows_that_the_tables_read() {
        let folder = std::env::temp_dir().join(format!("meniscus-floor-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let load = Load { messages: 3, results: 4, per_commit: 2, bytes: 10 };
        write(&Place::Folder(folder.clone()), &load).expect("written");
        let pen = EmbeddedPen::open(&folder.join(FILE)).expect("opened");
        let results: Vec<ResultVersion> = table::find(&pen, "1=1", &[]).expect("read");
        let tests: Vec<Test> = table::find(&pen, "1=1", &[]).expect("read");
        let _ = std::fs::remove_dir_all(&folder);
        assert_eq!((results.len(), tests.len()), (12, 12));
    }
}
