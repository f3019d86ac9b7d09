//! A record as large as a laboratory's after some weeks, for a server that plans by size.
//!
//! What must stay true: what was added waits for nobody, as the past of a laboratory does; what
//! waits is as little as before.

use crate::hand::Hand;
use crate::room::Folder;

/// How often each row is there again.
const TIMES: u32 = 1_000;

/// Makes the record of a server as large, by its own means, and lets it count what it has.
pub fn grow(folder: &Folder) {
    let hand = Hand::into(folder);
    hand.lets_go_of_references();
    hand.does(&GROW.replace("TIMES", &TIMES.to_string()));
}

/// Numbers that are identifiers or times move on with each copy, and texts that are keys too.
const GROW: &str = "
INSERT INTO session(lab, token, person, began, seen)
  SELECT 1, 'token', min(id), 2000000000000, 2000000000000 FROM person;
DO $$ DECLARE t text; chosen text; BEGIN
  FOR t IN SELECT relname FROM pg_class WHERE relkind='r' AND relnamespace='public'::regnamespace
    AND relname NOT IN ('migration', 'person', 'secret', 'instrument', 'catalog_release',
                        'catalog_draft')
  LOOP
    SELECT string_agg(CASE
        WHEN c='open' THEN '0'
        WHEN t='test' AND c='state' THEN '''Verified'''
        WHEN t='specimen' AND c='state' THEN '''Received'''
        WHEN t='message' AND c='note' THEN '''filed'''
        WHEN c='seq' OR c='sequence' THEN c || '+g*1000'
        WHEN k='bigint'::regtype THEN
          'CASE WHEN ' || c || '>1000000000000 THEN ' || c || '+g*1000 ELSE ' || c || ' END'
        WHEN c='search' OR k='text'::regtype AND EXISTS (SELECT 1 FROM pg_index i
             WHERE i.indrelid=t::regclass AND i.indisunique AND n=ANY(i.indkey))
          THEN c || '||''-''||g'
        ELSE c END, ',' ORDER BY n) INTO chosen
    FROM (SELECT attname::text c, atttypid k, attnum n FROM pg_attribute
          WHERE attrelid=t::regclass AND attnum>0 AND NOT attisdropped) columns;
    EXECUTE format('INSERT INTO %I SELECT %s FROM %I, generate_series(1, TIMES) g', t, chosen, t);
  END LOOP;
END $$; ANALYZE";
