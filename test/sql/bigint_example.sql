-- example/bigint, as its README has it: integer keys that collide, one site
-- with a microgrid and one without.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS powernode CASCADE;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\pset null -
\getenv abs_srcdir PG_ABS_SRCDIR
\set tables :abs_srcdir '/../example/bigint/depot.sql'
\set bind :abs_srcdir '/../example/bigint/bind.sql'
\set ECHO none
\o /dev/null
\i :tables
CREATE EXTENSION powernode;
RESET client_min_messages;
\i :bind
\o
\set ECHO all
SELECT name, relation, sound, problem FROM powernode.sources;
SELECT site_id, site_name, state FROM powernode.microgrid_status ORDER BY site_id;

-- Site 1: 52 kW asked behind the workshop's 40 kW, 90 of 100 kW in use.
SELECT * FROM powernode.rebalance(1, '2026-03-02 08:00+00') \gx
SELECT node_id, name, vehicle_name, limit_w, demand_w, asked_w, allocated_w, bottleneck_id, binding
FROM powernode.node_status WHERE site_id = '1' ORDER BY ordinal;
SELECT message FROM powernode.constraint_status WHERE site_id = '1' ORDER BY rank;
-- Circuit 1, charge point 1 and connector 1 are three nodes.  (Circuit 1 is the
-- grid connection's, which stands for it.)
SELECT node_id FROM powernode.node_status WHERE site_id = '1' AND source_id = '1' ORDER BY ordinal;

-- Site 2 is FLAT: 50 kW shared by trucks that ask for 40 and 15.
SELECT * FROM powernode.rebalance(2, '2026-03-02 08:00+00') \gx
SELECT node_id, name, vehicle_name, limit_w, limit_source, demand_w, allocated_w, bottleneck_id, binding
FROM powernode.node_status WHERE site_id = '2' ORDER BY ordinal;
SELECT message FROM powernode.constraint_status WHERE site_id = '2' ORDER BY rank;

-- What the README says, in figures.
SELECT s.site_id, s.outcome, s.reason, s.constraining_node_id, s.curtailed_w,
  (s.site_id, s.outcome, s.reason, s.constraining_node_id, s.curtailed_w)
    IN (('1', 'CURTAILED', 'CIRCUIT_LIMIT', 'circuit:2', 12000),
        ('2', 'CURTAILED', 'SITE_LIMIT', 'microgrid:2', 5000)) AS as_documented
FROM powernode.microgrid_status s ORDER BY 1;
SELECT n.site_id, n.vehicle_name, n.allocated_w
FROM powernode.node_status n WHERE n.vehicle_name IS NOT NULL ORDER BY 1, 2;

-- Untyped, text and bigint parameters reach the same site.
SELECT site_id, cycle_no FROM powernode.rebalance('1', '2026-03-02 08:05+00');
SELECT site_id, cycle_no FROM powernode.rebalance('1'::text, '2026-03-02 08:10+00');
SELECT cycle_no, outcome FROM powernode.cycle_history WHERE site_id = '1' ORDER BY 1;

SET client_min_messages = warning;
DROP SCHEMA depot CASCADE;
