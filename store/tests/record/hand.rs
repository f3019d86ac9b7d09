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

    /// Every column, key, reference and index, in words.
    pub fn parts(&self) -> Vec<String> {
        match self {
            Hand::Embedded(own) => {
                let mut statement = own.prepare(EMBEDDED_PARTS).expect("prepared");
                let rows = statement.query_map([], |row| row.get(0)).expect("answered");
                rows.map(|row| row.expect("a text")).collect()
            }
            Hand::Server(own) => {
                let rows = own.borrow_mut().query(SERVER_PARTS, &[]).expect("answered");
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }
}

const EMBEDDED_PARTS: &str = "
    WITH t AS (SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%')
    SELECT t.name || ' column ' || c.name || ' ' || c.type || ' '
           || CASE c.\"notnull\" WHEN 1 THEN 'false' ELSE 'true' END
    FROM t, pragma_table_info(t.name) c
    UNION ALL
    SELECT t.name || ' ' || CASE i.origin WHEN 'pk' THEN 'key' ELSE 'index' END || ' '
           || (SELECT group_concat(name, ',') FROM
               (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
           || ' ' || CASE i.\"unique\" WHEN 1 THEN 'true' ELSE 'false' END || ' '
           || coalesce((SELECT substr(sql, instr(sql, 'WHERE') + 6) FROM sqlite_master
                        WHERE name=i.name AND instr(sql, 'WHERE') > 0), '')
    FROM t, pragma_index_list(t.name) i
    UNION ALL
    SELECT t.name || ' refers ' || f.\"table\" || ' ' || group_concat(f.\"from\", ',') || ' to '
           || group_concat(f.\"to\", ',')
    FROM t, pragma_foreign_key_list(t.name) f GROUP BY t.name, f.id, f.\"table\"";

const SERVER_PARTS: &str = "
    SELECT table_name || ' column ' || column_name || ' ' || data_type || ' '
           || CASE is_nullable WHEN 'NO' THEN 'false' ELSE 'true' END
    FROM information_schema.columns WHERE table_schema='public' AND table_name IN
         (SELECT relname FROM pg_class WHERE relkind='r')
    UNION ALL
    SELECT t.relname || ' ' || CASE WHEN i.indisprimary THEN 'key' ELSE 'index' END || ' '
           || (SELECT string_agg(a.attname, ',' ORDER BY k.place)
               FROM unnest(i.indkey::int[]) WITH ORDINALITY k(number, place)
               JOIN pg_attribute a ON a.attrelid=t.oid AND a.attnum=k.number)
           || ' ' || i.indisunique::text || ' ' || coalesce(pg_get_expr(i.indpred, t.oid), '')
    FROM pg_index i JOIN pg_class t ON t.oid=i.indrelid
    WHERE t.relnamespace='public'::regnamespace
    UNION ALL
    SELECT t.relname || ' refers ' || r.relname || ' '
           || (SELECT string_agg(a.attname, ',' ORDER BY k.place)
               FROM unnest(c.conkey) WITH ORDINALITY k(number, place)
               JOIN pg_attribute a ON a.attrelid=t.oid AND a.attnum=k.number)
           || ' to '
           || (SELECT string_agg(a.attname, ',' ORDER BY k.place)
               FROM unnest(c.confkey) WITH ORDINALITY k(number, place)
               JOIN pg_attribute a ON a.attrelid=r.oid AND a.attnum=k.number)
    FROM pg_constraint c JOIN pg_class t ON t.oid=c.conrelid JOIN pg_class r ON r.oid=c.confrelid
    WHERE c.contype='f'";
