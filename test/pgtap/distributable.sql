-- What lets the tables be distributed by site over several servers: each is keyed by
-- site_id first and has nothing that binds it to the others or to one server, and
-- what the views read of a site they reach by its id.
BEGIN;
\ir scene.psql
SELECT no_plan();

-- Bindings are each database's own: read whole, never shared out.
CREATE TEMP VIEW kept AS
  SELECT c.oid, c.relname AS name, c.relkind AS kind
  FROM pg_class c
  WHERE c.relnamespace = 'powernode'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'source_binding';

SELECT bag_has('SELECT name::text FROM kept', $$VALUES ('site_state'), ('topology'), ('cycle'), ('cycle_fault')$$,
               'what is recorded of sites is looked at');

SELECT is_empty($$
  SELECT name FROM kept k
  WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.oid AND a.attnum = 1
                    AND a.attname = 'site_id' AND a.atttypid = 'text'::regtype AND a.attnotnull)$$,
  'every table begins with site_id, text and never NULL');

SELECT is_empty($$
  SELECT name FROM kept k
  WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.oid AND i.indisprimary)$$,
  'every table has a primary key');

SELECT is_empty($$
  SELECT i.indexrelid::regclass FROM kept k JOIN pg_index i ON i.indrelid = k.oid
  WHERE i.indisunique AND i.indkey[0] <> 1$$,
  'every unique index begins with site_id');

SELECT is_empty($$
  SELECT conname FROM pg_constraint WHERE contype IN ('f', 'x') AND
    (conrelid IN (SELECT oid FROM kept) OR confrelid IN (SELECT oid FROM kept))$$,
  'no foreign key and no exclusion constraint');

SELECT is_empty($$
  SELECT tgname FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM kept)
  UNION ALL SELECT rulename FROM pg_rewrite WHERE ev_class IN (SELECT oid FROM kept)
  UNION ALL SELECT polname FROM pg_policy WHERE polrelid IN (SELECT oid FROM kept)$$,
  'no trigger, rule or policy');

SELECT is_empty($$
  SELECT attrelid::regclass, attname FROM pg_attribute
  WHERE attrelid IN (SELECT oid FROM kept) AND attnum > 0 AND (attidentity <> '' OR attgenerated <> '')
  UNION ALL
  SELECT adrelid::regclass, pg_get_expr(adbin, adrelid) FROM pg_attrdef
  WHERE adrelid IN (SELECT oid FROM kept) AND pg_get_expr(adbin, adrelid) !~ '^(\d+|''.*''::\w+|NULL.*)$'$$,
  'no identity, nothing generated, and only constants by default');

SELECT is_empty($$
  SELECT relname FROM pg_class WHERE relnamespace = 'powernode'::regnamespace AND relkind IN ('S', 'p', 'm')
  UNION ALL
  SELECT inhrelid::regclass::name FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid
  WHERE c.relnamespace = 'powernode'::regnamespace AND c.relkind IN ('r', 'p')$$,
  'no sequence, partition, parent or materialized view');

SELECT is_empty($$
  SELECT attrelid::regclass::text, attname FROM pg_attribute a
  WHERE attrelid IN (SELECT oid FROM kept) AND attnum > 0 AND NOT attisdropped AND atttypid >= 16384
  UNION ALL
  SELECT typname::text, NULL FROM pg_type WHERE typnamespace = 'powernode'::regnamespace AND typtype IN ('e', 'd')$$,
  'every column is of a type of the server''s own: no enum, no domain');

-- What a view of one site reads of these tables it reaches by site_id, as far as the
-- plan tells: with sequential scans off the planner has no other reason for one.
CREATE FUNCTION unreached(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, VERBOSE) ' || query INTO plan;
  RETURN QUERY
    WITH RECURSIVE node(n) AS (
      SELECT plan -> 0 -> 'Plan'
      UNION ALL SELECT json_array_elements(n -> 'Plans') FROM node WHERE n -> 'Plans' IS NOT NULL)
    SELECT format('%s: %s (%s)', n ->> 'Relation Name', n ->> 'Node Type', n ->> 'Index Cond') FROM node
    WHERE n ->> 'Schema' = 'powernode' AND n ->> 'Relation Name' IN (SELECT name FROM kept)
      AND coalesce(n ->> 'Index Cond', '') !~ '\msite_id = ';
END $$;

SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;

SELECT is_empty(format($$SELECT unreached('SELECT * FROM powernode.%I WHERE site_id = ''s1''')$$, relname),
                format('%s of one site reads nothing of another', relname))
FROM pg_class
WHERE relnamespace = 'powernode'::regnamespace AND relkind = 'v' AND relname <> 'sources'
ORDER BY relname;

SELECT isnt_empty($$SELECT unreached('SELECT * FROM powernode.cycle WHERE cycle_no = 1')$$,
                  'what reads cycles of every site would be seen');

SELECT * FROM finish();
ROLLBACK;
