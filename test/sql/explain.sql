-- explain(): a recorded cycle for a person at psql, in UTF-8 and in ASCII.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS powernode CASCADE;
CREATE EXTENSION powernode;
RESET client_min_messages;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_encoding = 'UTF8';
\pset format unaligned
\pset tuples_only
\getenv abs_srcdir PG_ABS_SRCDIR
\set fixture :abs_srcdir '/fixture/depot.sql'
\set ECHO none
\o /dev/null
\i :fixture
\o
\set ECHO all

-- No cycle yet, and no such site or cycle.
\set VERBOSITY default
SELECT powernode.explain('s1');
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.explain('nowhere');
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.explain(NULL::text);
\echo :LAST_ERROR_SQLSTATE

-- Circuit a binds over-asked, p3 binds below b; a is named by the leaves it
-- cut.  One plug has nothing to do.
UPDATE depot.connector SET demand_w = 22000, vehicle_name = 'Bus 7' WHERE connector_id = 'p1.1';
UPDATE depot.connector SET demand_w = 22000 WHERE connector_id IN ('p2.1', 'p3.1');
UPDATE depot.connector SET demand_w = 11000 WHERE connector_id = 'p3.2';
SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
SELECT powernode.explain('s1');
SELECT powernode.explain('s1', 2);
\echo :LAST_ERROR_SQLSTATE

-- The site's envelope binds, a is over-asked and does not.
INSERT INTO depot.operating_envelope VALUES ('s1', NULL, 30000, '2026-03-02 08:04+00', '2026-03-02 08:06+00', 'DSO');
SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 08:05+00');
SELECT powernode.explain('s1');

-- Where the client could not read line drawing: ASCII only.
SET client_encoding = 'LATIN1';
SELECT powernode.explain('s1');
SET client_encoding = 'SQL_ASCII';
SELECT powernode.explain('s1');
SELECT count(*) AS not_ascii FROM powernode.explain('s1') line WHERE line ~ '[^\x01-\x7f]';
SET client_encoding = 'UTF8';

-- Names that are not ASCII are as wide as they look.
UPDATE depot.circuit SET name = 'Überlandwerk Südhöfe' WHERE circuit_id = 'a';
UPDATE depot.charge_point SET name = '充电桩' WHERE charge_point_id = 'p1';
UPDATE depot.charge_point SET name = E'two\nlines\tand a tab' WHERE charge_point_id = 'p2';
UPDATE depot.connector SET name = repeat('very long name ', 12) WHERE connector_id = 'p3.2';
SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 08:05+00');
SELECT powernode.explain('s1');

-- An older cycle is still the older cycle.
SELECT line FROM powernode.explain('s1', 1) AS line LIMIT 4;

-- CHARGER: the leaves are the charge points.
SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 09:00+00', control_mode => 'CHARGER');
SELECT powernode.explain('s1');

-- ISOLATE: what was left out, and the faults.
UPDATE depot.site SET on_fault = 'ISOLATE';
UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = 'b';
UPDATE depot.connector SET demand_w = 'NaN' WHERE connector_id = 'p2.1';
SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 09:05+00');
SELECT powernode.explain('s1');

-- REJECTED: no tree, but the faults, all of them.
UPDATE depot.site SET on_fault = 'REJECT';
SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 09:10+00');
SELECT powernode.explain('s1');

-- APPLIED, and a FLAT site without a name.
UPDATE depot.connector SET demand_w = 1000;
UPDATE depot.circuit SET default_capacity_w = 40000 WHERE circuit_id = 'b';
SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 09:15+00');
SELECT powernode.explain('s1');
UPDATE depot.site SET microgrid_id = NULL, name = NULL;
SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 09:20+00');
SELECT powernode.explain('s1');

-- A bigint or a uuid is not this site.
SELECT powernode.explain(1);
\echo :LAST_ERROR_SQLSTATE
SELECT powernode.explain('00000000-0000-4000-8000-000000000001'::uuid);
\echo :LAST_ERROR_SQLSTATE

SET client_min_messages = warning;
DROP SCHEMA depot CASCADE;
