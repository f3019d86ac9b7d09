//! A hand behind the door: whoever reaches into the database without going through the store.
//!
//! What must stay true: it knows nothing of the store and its rules; what it does is the same on
//! every engine.

use std::cell::RefCell;

use postgres::{Client, Config, NoTls};
use rusqlite::Connection;

use crate::room::{Folder, server};

/// A connection of somebody else.
pub enum Hand {
    Embedded(Connection),
    Server(RefCell<Client>),
}

impl Hand {
    /// Reaches into the record of a folder.
    pub fn into(folder: &Folder) -> Hand {
        let Some(name) = folder.database() else {
            let file = folder.path().join(store::FILE);
            return Hand::Embedded(Connection::open(file).expect("the file opens"));
        };
        let mut config: Config = server().expect("a server").parse().expect("its address");
        let client = config.dbname(name).connect(NoTls).expect("the server answers");
        Hand::Server(RefCell::new(client))
    }

    /// Does this.
    #[track_caller]
    pub fn does(&self, sql: &str) {
        match self {
            Hand::Embedded(own) => own.execute_batch(sql).map_err(|error| error.to_string()),
            Hand::Server(own) => {
                own.borrow_mut().batch_execute(sql).map_err(|error| format!("{error:?}"))
            }
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Changes rows; how many.
    #[track_caller]
    pub fn changes(&self, sql: &str) -> u64 {
        match self {
            Hand::Embedded(own) => {
                own.execute(sql, []).map(|n| n as u64).map_err(|error| error.to_string())
            }
            Hand::Server(own) => {
                own.borrow_mut().execute(sql, &[]).map_err(|error| format!("{error:?}"))
            }
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// From now on rows need not fit the rows they refer to.
    pub fn lets_go_of_references(&self) {
        self.does(match self {
            Hand::Embedded(_) => "PRAGMA foreign_keys=OFF",
            Hand::Server(_) => "SET session_replication_role=replica",
        });
    }

    /// Holds the record, as another program does that writes, until `lets_go`.
    pub fn holds(&self) {
        self.does(match self {
            Hand::Embedded(_) => "BEGIN IMMEDIATE",
            Hand::Server(_) => {
                "BEGIN; SELECT pg_advisory_xact_lock((1296387657::bigint << 32) \
                 | 'meniscus_turn'::regclass::oid::bigint)"
            }
        });
    }

    /// Lets go of the record.
    pub fn lets_go(&self) {
        self.does("ROLLBACK");
    }

    /// From now on the database fails to take such rows of a table.
    pub fn traps(&self, table: &str, which: &str) {
        let embedded = format!(
            "CREATE TRIGGER trap BEFORE INSERT ON {table} WHEN {which}
             BEGIN SELECT RAISE(ABORT, 'the disk has a hole'); END"
        );
        let server = format!(
            "CREATE OR REPLACE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'the disk has a hole'; END $$;
             CREATE TRIGGER trap BEFORE INSERT ON {table} FOR EACH ROW
             WHEN ({which}) EXECUTE FUNCTION trap()"
        );
        self.does(if matches!(self, Hand::Embedded(_)) { &embedded } else { &server });
    }

    /// It takes them again.
    pub fn untraps(&self, table: &str) {
        let of_table = if matches!(self, Hand::Server(_)) { table } else { "" };
        let on = if of_table.is_empty() { "" } else { " ON " };
        self.does(&format!("DROP TRIGGER trap{on}{of_table}"));
    }

    /// Writes bytes into the seal of an entry, and a text into its events.
    pub fn seals(&self, entry: &store::journal::Entry) {
        let (seal, sql) = (entry.seal.to_vec(), "UPDATE journal SET events=");
        let done = match self {
            Hand::Embedded(own) => own
                .execute(
                    &format!("{sql}?1, seal=?2 WHERE seq=?3"),
                    rusqlite::params![entry.events, seal, entry.seq],
                )
                .expect("written") as u64,
            Hand::Server(own) => own
                .borrow_mut()
                .execute(
                    &format!("{sql}$1, seal=$2 WHERE seq=$3"),
                    &[&entry.events, &seal, &entry.seq],
                )
                .expect("written"),
        };
        assert_eq!(done, 1);
    }

    /// Whether there is an index of this name.
    pub fn finds_index(&self, name: &str) -> bool {
        let found = match self {
            Hand::Embedded(own) => {
                let sql = "SELECT count(*) FROM sqlite_master WHERE type='index' AND name=?1";
                own.query_row(sql, [name], |row| row.get(0))
            }
            .expect("answered"),
            Hand::Server(own) => {
                let sql = "SELECT count(*) FROM pg_indexes WHERE indexname=$1";
                own.borrow_mut().query_one(sql, &[&name]).expect("answered").get::<_, i64>(0)
            }
        };
        found == 1
    }

    /// Something that changes whenever anybody writes.
    pub fn mark_of_all_writing(&self) -> String {
        match self {
            Hand::Embedded(own) => own
                .query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0))
                .expect("a version")
                .to_string(),
            Hand::Server(own) => own
                .borrow_mut()
                .query_one(
                    "SELECT sum(n_tup_ins+n_tup_upd+n_tup_del)::text FROM pg_stat_user_tables, \
                     (SELECT pg_stat_clear_snapshot()) c",
                    &[],
                )
                .expect("a count")
                .get(0),
        }
    }
}
