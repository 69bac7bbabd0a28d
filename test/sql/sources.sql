-- set_source() and the view sources: what may be bound, what is refused and in
-- which words, and what a cycle says when a source will not do.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS powernode CASCADE;
CREATE EXTENSION powernode;
RESET client_min_messages;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\pset null -

-- How it is declared, and that not everybody may bind.
SELECT pg_get_function_arguments(oid) AS arguments, pg_get_function_result(oid) AS result,
       has_function_privilege('public', oid, 'EXECUTE') AS everybody
FROM pg_proc WHERE oid = 'powernode.set_source'::regproc;

-- Nothing is bound yet.  The required sources are not sound, the optional one is.
SELECT name, required, relation, sound, problem FROM powernode.sources;
SELECT count(*) FROM powernode.microgrid_status;
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:00+00');

-- Binding tables, as the fixture does.
\getenv abs_srcdir PG_ABS_SRCDIR
\set fixture :abs_srcdir '/fixture/depot.sql'
\set ECHO none
\o /dev/null
\i :fixture
\o
\set ECHO all
SELECT name, required, relation, sound, problem, statement IS NOT NULL AS has_statement
FROM powernode.sources;

-- A statement is bound to a site by $1 in the id's own type, the envelopes also
-- to a time by $2.
SELECT name, statement ~ 'WHERE x\.site_id = \$1' AS by_site, statement ~ '\$2' AS by_time
FROM powernode.sources;
SELECT outcome, reason FROM powernode.rebalance('s1', '2026-03-02 08:00+00');

-- What a statement is refused with, where the words are not the same every time.
CREATE FUNCTION pg_temp.attempt(statement text, OUT message text, OUT state text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
  message := SQLERRM;
  state := SQLSTATE;
END
$$;

-- Arguments that name nothing.
\set VERBOSITY default
SELECT powernode.set_source('cirquit', 'depot.circuit');
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.set_source('Circuit', 'depot.circuit');
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.set_source('', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.set_source(NULL, 'depot.circuit');
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.set_source('circuit', 'depot.no_such_table');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
SELECT powernode.set_source('circuit', 4000000000::oid::regclass);
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default

-- What is no relation to select from.
CREATE INDEX circuit_site ON depot.circuit (site_id);
CREATE SEQUENCE depot.counter;
CREATE TYPE depot.pair AS (site_id text, circuit_id text);
SELECT powernode.set_source('circuit', 'depot.circuit_site');
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.set_source('circuit', 'depot.counter');
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.set_source('circuit', 'depot.pair');
\echo :LAST_ERROR_SQLSTATE

-- A table that is something else: all that it would need is said at once.
SELECT powernode.set_source('charge_point', 'depot.circuit');
\echo :LAST_ERROR_SQLSTATE

CREATE TEMP TABLE plugged AS SELECT * FROM depot.connector;
SELECT regexp_replace(message, 'pg_temp_[0-9]+', 'pg_temp_N') AS message, state FROM pg_temp.attempt($$
  SELECT powernode.set_source('connector', 'pg_temp.plugged') $$);

-- Every required column of every source: missing, it is named, and the source.
CREATE FUNCTION pg_temp.without(source text, leave_out text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  columns text;
  answer text := 'accepted';
BEGIN
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
  FROM pg_attribute WHERE attrelid = ('depot.' || source)::regclass AND attnum > 0 AND attname <> leave_out;
  EXECUTE format('CREATE VIEW depot.narrow WITH (security_invoker) AS SELECT %s FROM depot.%I', columns, source);
  BEGIN
    PERFORM powernode.set_source(source, 'depot.narrow');
  EXCEPTION WHEN OTHERS THEN
    answer := SQLSTATE || ' ' || SQLERRM;
  END;
  PERFORM powernode.set_source(source, ('depot.' || source)::regclass);
  DROP VIEW depot.narrow;
  RETURN answer;
END
$$;
SELECT c.relname AS source, a.attname AS without, pg_temp.without(c.relname, a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'depot'::regnamespace AND c.relkind = 'r'
ORDER BY array_position(ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector',
                              'operating_envelope'], c.relname::text), a.attnum;

-- A type that will not do, for every column: which types would.
CREATE FUNCTION pg_temp.with_type(source text, changed text, type text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  columns text;
  answer text := 'accepted';
BEGIN
  SELECT string_agg(CASE WHEN attname = changed THEN format('NULL::%s AS %I', type, attname)
                         ELSE quote_ident(attname) END, ', ' ORDER BY attnum) INTO columns
  FROM pg_attribute WHERE attrelid = ('depot.' || source)::regclass AND attnum > 0;
  EXECUTE format('CREATE VIEW depot.other WITH (security_invoker) AS SELECT %s FROM depot.%I', columns, source);
  BEGIN
    PERFORM powernode.set_source(source, 'depot.other');
  EXCEPTION WHEN OTHERS THEN
    answer := SQLSTATE || ' ' || SQLERRM;
  END;
  PERFORM powernode.set_source(source, ('depot.' || source)::regclass);
  DROP VIEW depot.other;
  RETURN answer;
END
$$;
SELECT c.relname AS source, a.attname AS "column", pg_temp.with_type(c.relname, a.attname, 'point')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'depot'::regnamespace AND c.relkind = 'r'
ORDER BY array_position(ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector',
                              'operating_envelope'], c.relname::text), a.attnum;

-- Ids, watts and times: type by type.
CREATE DOMAIN depot.site_key AS text;
CREATE DOMAIN depot.watts AS integer CHECK (VALUE >= 0);
SELECT t AS type, pg_temp.with_type('connector', 'connector_id', t) AS "as an id"
FROM unnest(ARRAY['smallint', 'integer', 'bigint', 'uuid', 'text', 'varchar', 'varchar(9)', 'depot.site_key',
                  'numeric', 'char(3)', 'name', 'double precision', 'oid', 'json']) t;
SELECT t AS type, pg_temp.with_type('connector', 'demand_w', t) AS "as watts"
FROM unnest(ARRAY['smallint', 'integer', 'bigint', 'numeric', 'numeric(9,3)', 'depot.watts',
                  'real', 'double precision', 'text', 'money']) t;
SELECT t AS type, pg_temp.with_type('operating_envelope', 'valid_from', t) AS "as a time"
FROM unnest(ARRAY['timestamptz', 'timestamptz(0)', 'timestamp', 'date', 'text', 'bigint']) t;
SELECT pg_temp.with_type('connector', 'arrived_at', 'timestamp');

-- The whole of such an error, as a person sees it.
CREATE VIEW depot.local_times WITH (security_invoker) AS
  SELECT site_id, circuit_id, import_limit_w, valid_from AT TIME ZONE 'UTC' AS valid_from, valid_to
  FROM depot.operating_envelope;
SELECT powernode.set_source('operating_envelope', 'depot.local_times');
CREATE VIEW depot.no_parent WITH (security_invoker) AS
  SELECT site_id, circuit_id, default_capacity_w, safe_capacity_w FROM depot.circuit;
SELECT powernode.set_source('circuit', 'depot.no_parent');
CREATE VIEW depot.in_kw WITH (security_invoker) AS
  SELECT site_id, circuit_id, parent_circuit_id, default_capacity_w / 1000.0::float8 AS default_capacity_w,
         safe_capacity_w FROM depot.circuit;
SELECT powernode.set_source('circuit', 'depot.in_kw');

-- A refused binding leaves the old one.
SELECT name, relation, sound FROM powernode.sources;

-- A view that is not security_invoker is bound, with a word about it; a table is
-- not mentioned.
CREATE VIEW "depot"."Her Circuits" AS SELECT * FROM depot.circuit;
SELECT powernode.set_source('circuit', 'depot."Her Circuits"');
SELECT relation, sound FROM powernode.sources WHERE name = 'circuit';
SELECT outcome, reason FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
ALTER VIEW depot."Her Circuits" SET (security_invoker = true);
SELECT powernode.set_source('circuit', 'depot."Her Circuits"');
ALTER VIEW depot."Her Circuits" SET (security_invoker = false);
SELECT powernode.set_source('circuit', 'depot."Her Circuits"');
CREATE MATERIALIZED VIEW depot.circuit_copy AS SELECT * FROM depot.circuit;
SELECT powernode.set_source('circuit', 'depot.circuit_copy');
CREATE TABLE depot.parted (LIKE depot.circuit) PARTITION BY LIST (site_id);
CREATE TABLE depot.parted_s1 PARTITION OF depot.parted FOR VALUES IN ('s1');
INSERT INTO depot.parted SELECT * FROM depot.circuit;
SELECT powernode.set_source('circuit', 'depot.parted');
SELECT outcome, reason FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
SELECT powernode.set_source('circuit', 'depot.circuit');

-- Unbinding with NULL.  The optional source may stay unbound, the others not.
SELECT powernode.set_source('operating_envelope', NULL);
SELECT outcome, reason FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
SELECT powernode.set_source('operating_envelope', NULL);
SELECT powernode.set_source('connector', NULL);
SELECT name, required, relation, sound, problem FROM powernode.sources;
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.preview('s1', '2026-03-02 08:00+00');
SELECT * FROM powernode.power_nodes('s1', '2026-03-02 08:00+00');
SELECT * FROM powernode.validate('s1', '2026-03-02 08:00+00');
SELECT * FROM powernode.microgrid_hierarchy WHERE site_id = 's1';
-- What was recorded is still there to be read.
SELECT state, cycle_no FROM powernode.microgrid_status;
SELECT powernode.set_source('connector', 'depot.connector');

-- Dropped or altered after it was bound: said by the view and by the cycle, and
-- over as soon as it is there again.
ALTER TABLE depot.connector RENAME TO plug;
SELECT name, relation, sound, problem FROM powernode.sources WHERE NOT sound;
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE depot.plug RENAME TO connector;
ALTER TABLE depot.connector RENAME demand_w TO wanted_w;
SELECT name, relation, sound, problem FROM powernode.sources WHERE NOT sound;
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE depot.connector RENAME wanted_w TO demand_w;
ALTER TABLE depot.connector ALTER demand_w TYPE float8;
SELECT name, relation, sound, problem FROM powernode.sources WHERE NOT sound;
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
ALTER TABLE depot.connector ALTER demand_w TYPE numeric;
ALTER SCHEMA depot RENAME TO yard;
SELECT name, relation, sound FROM powernode.sources WHERE NOT sound;
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
ALTER SCHEMA yard RENAME TO depot;
SELECT outcome, reason FROM powernode.rebalance('s1', '2026-03-02 08:00+00');

-- Ids that could never match each other.
CREATE VIEW depot.numbered_point WITH (security_invoker) AS
  SELECT site_id, 1 AS charge_point_id, circuit_id, max_power_w FROM depot.charge_point;
SELECT powernode.set_source('charge_point', 'depot.numbered_point');
SELECT name, relation, sound, problem FROM powernode.sources WHERE NOT sound;
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.set_source('charge_point', 'depot.charge_point');

-- The optional columns may all be absent: they count as NULL.
CREATE SCHEMA bare;
CREATE VIEW bare.site WITH (security_invoker) AS SELECT site_id, microgrid_id FROM depot.site;
CREATE VIEW bare.grid_connection WITH (security_invoker) AS
  SELECT site_id, grid_connection_id, circuit_id FROM depot.grid_connection;
CREATE VIEW bare.circuit WITH (security_invoker) AS
  SELECT site_id, circuit_id, parent_circuit_id, default_capacity_w, safe_capacity_w FROM depot.circuit;
CREATE VIEW bare.charge_point WITH (security_invoker) AS
  SELECT site_id, charge_point_id, circuit_id, max_power_w FROM depot.charge_point;
CREATE VIEW bare.connector WITH (security_invoker) AS
  SELECT site_id, connector_id, charge_point_id, max_power_w, demand_w FROM depot.connector;
CREATE VIEW bare.operating_envelope WITH (security_invoker) AS
  SELECT site_id, circuit_id, import_limit_w, valid_from, valid_to FROM depot.operating_envelope;
SELECT powernode.set_source(name, ('bare.' || name)::regclass) FROM powernode.sources;
UPDATE depot.connector SET demand_w = 22000 WHERE charge_point_id IN ('p1', 'p2');
SELECT outcome, reason, demand_w, allocated_w, constraining_node_id
FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
SELECT node_id, source_id, name, vehicle_name, limit_w, limit_source, allocated_w
FROM powernode.node_status ORDER BY ordinal;

-- The same depot under each kind of key: same answer, the ids as the product's.
CREATE FUNCTION pg_temp.rekey(type text, expression text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  source record;
  columns text;
BEGIN
  DROP SCHEMA IF EXISTS keyed CASCADE;
  CREATE SCHEMA keyed;
  FOR source IN SELECT s.name FROM powernode.sources s LOOP
    SELECT string_agg(CASE WHEN attname LIKE '%\_id'
      THEN format('(%s)::%s AS %I', format(expression, quote_ident(attname)), type, attname)
      ELSE quote_ident(attname) END, ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute WHERE attrelid = ('depot.' || source.name)::regclass AND attnum > 0;
    EXECUTE format('CREATE TABLE keyed.%I AS SELECT %s FROM depot.%1$I', source.name, columns);
    PERFORM powernode.set_source(source.name, ('keyed.' || source.name)::regclass);
  END LOOP;
END
$$;
CREATE TABLE depot.key_number AS
  SELECT id, row_number() OVER (ORDER BY id COLLATE "C") AS n
  FROM unnest(ARRAY['s1', 'm1', 'g1', 'main', 'a', 'b', 'p1', 'p2', 'p3', 'p1.1', 'p2.1', 'p3.1', 'p3.2']) id;
CREATE DOMAIN depot.site_number AS integer;
CREATE DOMAIN depot.site_uuid AS uuid CHECK (VALUE IS NOT NULL OR VALUE IS NULL);
SET client_min_messages = warning;
CREATE FUNCTION pg_temp.answer(type text, expression text) RETURNS TABLE (
  site_id text, outcome text, constraining_node_id text, curtailed_w int)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_temp.rekey(type, expression);
  RETURN QUERY SELECT r.site_id, r.outcome, r.constraining_node_id, r.curtailed_w
    FROM powernode.microgrid_status s, powernode.rebalance(s.site_id, '2026-03-02 08:00+00') r;
END
$$;
SELECT kinds.type, a.* FROM (VALUES
  (1, 'smallint', '(SELECT n FROM depot.key_number WHERE id = %s)'),
  (2, 'integer', '(SELECT n FROM depot.key_number WHERE id = %s)'),
  (3, 'bigint', '(SELECT n + 9000000000 FROM depot.key_number WHERE id = %s)'),
  (4, 'depot.site_number', '(SELECT n FROM depot.key_number WHERE id = %s)'),
  (5, 'uuid', '(SELECT lpad(to_hex(n), 32, ''0'') FROM depot.key_number WHERE id = %s)'),
  (6, 'depot.site_uuid', '(SELECT lpad(to_hex(n), 32, ''0'') FROM depot.key_number WHERE id = %s)'),
  (7, 'text', '''Id '' || %s'),
  (8, 'varchar', '''Id '' || %s'),
  (9, 'varchar(7)', '''Id '' || %s'),
  (10, 'depot.site_key', '''Id '' || %s')) AS kinds (i, type, expression),
  LATERAL pg_temp.answer(kinds.type, expression) a
ORDER BY i;
RESET client_min_messages;

-- A site's id that the source's type rejects is a site that is not there.
SELECT * FROM powernode.rebalance(7, '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SET client_min_messages = warning;
SELECT FROM pg_temp.rekey('uuid', '(SELECT lpad(to_hex(n), 32, ''0'') FROM depot.key_number WHERE id = %s)');
RESET client_min_messages;
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.rebalance(1, '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.rebalance('', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SET client_min_messages = warning;
SELECT FROM pg_temp.rekey('smallint', '(SELECT n FROM depot.key_number WHERE id = %s)');
RESET client_min_messages;
SELECT * FROM powernode.rebalance(9223372036854775807, '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.rebalance('99999999999999999999', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.rebalance('00000000-0000-0000-0000-000000000001'::uuid, '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE

SET client_min_messages = warning;
DROP SCHEMA depot, bare, keyed CASCADE;
