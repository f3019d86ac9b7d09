//! A whole record carried from one engine to another, table by table.
//!
//! The copy of a record is always a file of the engine inside the program, so that every copy
//! opens anywhere without a server; a record comes into an empty database on a server by the same
//! way back. What must stay true: what is carried is one moment of the record, a few rows at a
//! time, however large a table is; rows that are referred to come before those that refer.

use std::fs::OpenOptions;
use std::path::Path;

use super::sqlite::SqlitePen;
use super::{Address, Pen, ServerPen, Shape, Sql};
use crate::cell::Cell;
use crate::fault::Fault;
use crate::scratch::Scratch;

/// Rows carried at once.
const STRIDE: usize = 500;

/// A table and its columns, in the order in which tables were made.
type Laid = (String, Vec<String>);

/// The tables of a laboratory, but for that of the schema's own steps.
fn tables(embedded: &SqlitePen) -> Result<Vec<Laid>, Fault> {
    let sql = "SELECT name FROM sqlite_master WHERE type='table' AND substr(name, 1, 7)<>'sqlite_' \
               AND name<>'migration' ORDER BY rowid";
    let mut tables = Vec::new();
    for line in embedded.rows(sql, &[])? {
        let table = line.text(0)?.to_owned();
        let sql = "SELECT name FROM pragma_table_info(?1) ORDER BY cid";
        let columns = embedded.rows(sql, &[Cell::text(&table)])?;
        let columns: Result<Vec<String>, Fault> =
            columns.iter().map(|line| line.text(0).map(str::to_owned)).collect();
        tables.push((table, columns?));
    }
    Ok(tables)
}

/// Writes a new file with everything in it.
///
/// # Errors
/// There is something already, or one of the two failed; nothing is left of the file then.
pub(super) fn into_file(from: &dyn Sql, file: &Path) -> Result<(), Fault> {
    let claimed = OpenOptions::new().write(true).create_new(true).open(file);
    claimed.map_err(|error| Fault::new(error).during("making the copy"))?;
    fill_file(from, file).inspect_err(|_| {
        let _ = std::fs::remove_file(file);
    })
}

fn fill_file(from: &dyn Sql, file: &Path) -> Result<(), Fault> {
    let mut copy = SqlitePen::open(file)?;
    same_steps(from, &copy)?;
    // What does not fit together is for the check to tell, not for the copy to leave out.
    copy.run("PRAGMA foreign_keys=OFF", &[])?;
    let tables = tables(&copy)?;
    copy.begin()?;
    carry(from, &mut copy, &tables)?;
    copy.commit()?;
    copy.rest()
}

/// Fills an empty database on a server with everything that a copy holds. The copy itself is only
/// read: where it is of an older program, it is a copy of it that is brought to the newest schema.
///
/// # Errors
/// The copy cannot be read, the database holds a laboratory, or one of the two failed; nothing is
/// in the database then.
pub(super) fn into_server(file: &Path, address: &Address) -> Result<(), Fault> {
    let beside = Scratch::new("restore", None)?;
    let whole = beside.folder().join("copy.db");
    std::fs::copy(file, &whole).map_err(|error| Fault::new(error).during("reading the copy"))?;
    let from = SqlitePen::open(&whole)?;
    let mut to = ServerPen::open(address)?;
    same_steps(&from, &to)?;
    to.begin()?;
    if to.row("SELECT lab FROM journal LIMIT 1", &[])?.is_some() {
        to.roll_back()?;
        return Err(Fault::new(format!("{address} holds a laboratory already")));
    }
    carry(&from, &mut to, &tables(&from)?)?;
    to.commit()
}

/// Both are of the same program.
fn same_steps(from: &dyn Sql, to: &dyn Sql) -> Result<(), Fault> {
    let steps = |sql: &dyn Sql| -> Result<i64, Fault> {
        let line = sql.row("SELECT count(*) FROM migration", &[])?;
        line.map_or(Ok(0), |line| line.int(0))
    };
    if steps(from)? == steps(to)? {
        return Ok(());
    }
    Err(Fault::new("the record is of another version of Meniscus than this one"))
}

fn carry<P: Pen>(from: &dyn Sql, to: &mut P, tables: &[Laid]) -> Result<(), Fault> {
    for (table, columns) in tables {
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let shape = Shape { table, columns: &names, keys: 0 };
        let mut rows = Vec::with_capacity(STRIDE);
        let sql = format!("SELECT {} FROM {table}", names.join(","));
        from.each(&sql, &[], &mut |line| {
            rows.push(line.0);
            if rows.len() == STRIDE {
                write(to, &shape, &rows)?;
                rows.clear();
            }
            Ok(())
        })?;
        if !rows.is_empty() {
            write(to, &shape, &rows)?;
        }
    }
    Ok(())
}

/// Writes rows and waits until they are written, so that no more than these are in memory.
fn write<P: Pen>(to: &mut P, shape: &Shape<'_>, rows: &[Vec<Cell>]) -> Result<(), Fault> {
    to.mark()?;
    to.append(shape, rows)?;
    to.keep()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_not_gathered_in_memory_on_its_way_to_a_server() {
        let Ok(url) = std::env::var("MENISCUS_TEST_POSTGRES") else {
            println!("there is no server to fill: MENISCUS_TEST_POSTGRES names none");
            return;
        };
        let ground = Scratch::new("transfer", Some(&url)).expect("a place for the test");
        let crate::Place::Server(address) = ground.place() else { panic!("a server was named") };
        let mut from = SqlitePen::open(&ground.folder().join(crate::FILE)).expect("a record");
        let looks = "INSERT INTO looked(lab, at, person, patient, page) \
                     WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM n WHERE n<?1) \
                     SELECT 1, n, 1, 1, '/' FROM n";
        let count = i64::try_from(3 * STRIDE + 1).expect("a number");
        from.run(looks, &[Cell::Int(count)]).expect("written");
        let mut to = ServerPen::open(&address).expect("the server answers");
        to.begin().expect("begun");
        carry(&from, &mut to, &tables(&from).expect("its tables")).expect("carried");
        assert_eq!(to.unheard(), 0, "statements and their rows wait in memory");
        to.commit().expect("committed");
        let line = to.row("SELECT count(*) FROM looked", &[]).expect("read").expect("a row");
        assert_eq!(line.int(0), Ok(count));
    }
}
