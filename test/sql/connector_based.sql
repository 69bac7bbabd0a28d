-- Connector-based sites under EQUAL_SHARE without minimums: 300 made-up sites,
-- two cycles each, and all that powernode says of them.
--
-- This pins results to the byte.  expected/connector_based.out was written by
-- the version before policies and minimums.  Never make it again (tools/accept)
-- for a change that is not meant to alter these results: if this test fails, the
-- change has altered them.  What differs can be read in the three sites at the
-- end, or by selecting `line` from the table `said` for the kind of site whose
-- digest differs, with the version before and the version after.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS powernode CASCADE;
CREATE EXTENSION powernode;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SET client_encoding = 'UTF8';
SET jit = off;
SET powernode.setpoint_ttl = '15min';
\pset null -
\getenv abs_srcdir PG_ABS_SRCDIR
\set fixture :abs_srcdir '/fixture/depot.sql'
\set ECHO none
\o /dev/null
\i :fixture
\o
\set ECHO all
TRUNCATE depot.site, depot.grid_connection, depot.circuit, depot.charge_point, depot.connector;

-- The two times that there are a cycle, a preview and a projection of.
\set first '''2025-03-02 08:00:00+00'''
\set second '''2025-03-02 08:15:00+00'''

-- A number from 0 to n - 1 that depends on the key alone: the same on every
-- machine.
CREATE FUNCTION pg_temp.pick(n integer, key text) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT (('x' || left(md5(key), 8))::bit(32)::bigint % n)::integer $$;

-- Ten sites of each kind.  A parent is one of the last `spread` circuits.
CREATE TEMP TABLE kind (
  no integer PRIMARY KEY, name text, mains integer, circuits integer, spread integer, points integer, has text[]);
INSERT INTO kind VALUES
  ( 1, 'one circuit',                  1,  1, 9,  5, '{}'),
  ( 2, 'two levels',                   1,  4, 9,  7, '{}'),
  ( 3, 'a tree',                       1,  8, 3, 10, '{}'),
  ( 4, 'deep',                         1, 12, 1, 12, '{}'),
  ( 5, 'two grid connections',         2,  5, 9,  8, '{}'),
  ( 6, 'five grid connections',        5,  9, 9, 12, '{}'),
  ( 7, 'one wide circuit',             1,  1, 9, 30, '{}'),
  ( 8, 'ties',                         2,  5, 9, 10, '{ties}'),
  ( 9, 'ties in one wide circuit',     1,  1, 9, 20, '{ties}'),
  (10, 'a few watts',                  2,  6, 3, 10, '{tiny}'),
  (11, 'megawatts',                    2,  6, 3, 10, '{huge}'),
  (12, 'fractions of a watt',          1,  4, 9,  8, '{fraction}'),
  (13, 'mostly no demand',             1,  4, 9,  8, '{idle}'),
  (14, 'enough for all',               2,  5, 9,  8, '{plenty}'),
  (15, 'envelope of the site',         1,  4, 9,  8, '{site envelope}'),
  (16, 'envelopes of circuits',        2,  6, 9, 10, '{circuit envelope}'),
  (17, 'envelopes, a few watts',       1,  5, 3,  8, '{site envelope,circuit envelope,tiny}'),
  (18, 'safe mode',                    2,  5, 9,  8, '{safe}'),
  (19, 'background',                   1,  6, 2, 10, '{background}'),
  (20, 'offline with fallback',        1,  5, 9, 10, '{offline,fallback,roomy}'),
  (21, 'offline without fallback',     2,  5, 9,  8, '{offline,roomy}'),
  (22, 'ratings that give way',        1,  5, 9,  8, '{unrated}'),
  (23, 'all that takes from a limit',  2,  6, 3, 12, '{site envelope,circuit envelope,safe,background,offline,fallback,unrated,roomy}'),
  (24, 'isolated faults',              2,  6, 9, 12, '{isolate,fault,roomy}'),
  (25, 'isolated faults and the rest', 1,  8, 3, 14, '{isolate,fault,circuit envelope,safe,background,offline,fallback,unrated,roomy}'),
  (26, 'rejected',                     2,  4, 9,  6, '{wrong}'),
  (27, 'flat',                         2,  3, 9,  8, '{flat}'),
  (28, 'flat, ties and an envelope',   1,  1, 9, 10, '{flat,ties,site envelope}'),
  (29, 'flat and the rest',            3,  5, 9, 10, '{flat,site envelope,circuit envelope,safe,background,offline,fallback,unrated,roomy}'),
  (30, 'flat, isolated faults',        2,  3, 9, 10, '{flat,isolate,fault,offline,fallback}');

CREATE TEMP TABLE made AS
SELECT 's' || to_char(n, 'FM000') AS site_id, n, kind.*
FROM generate_series(1, 300) n JOIN kind ON kind.no = (n + 9) / 10;

INSERT INTO depot.site (site_id, microgrid_id, name, control_mode, policy, on_fault, safe_mode, setpoint_ttl)
SELECT site_id, CASE WHEN 'flat' <> ALL (has) THEN 'm' || n END,
       CASE WHEN n % 5 > 0 THEN 'Depot ' || n END,
       CASE WHEN n % 3 = 0 THEN 'CONNECTOR' END,
       CASE WHEN n % 2 = 0 THEN 'EQUAL_SHARE' END,
       CASE WHEN 'isolate' = ANY (has) THEN 'ISOLATE' WHEN n % 4 = 0 THEN 'REJECT' END,
       CASE WHEN 'safe' = ANY (has) THEN pg_temp.pick(3, site_id || 'safe') = 0 END,
       CASE WHEN n % 7 = 0 THEN interval '40 minutes' END
FROM made;

INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w, safe_capacity_w, name,
                           safe_mode, background_w)
SELECT site_id, 'c' || c,
       CASE WHEN c > mains THEN 'c' || c - 1 - pg_temp.pick(least(spread, c - 1), key || 'parent') END,
       CASE WHEN 'unrated' = ANY (has) AND pg_temp.pick(5, key || 'unrated') < 2 THEN NULL ELSE w END,
       CASE WHEN 'unrated' = ANY (has) OR pg_temp.pick(4, key || 'safe') > 0
            THEN w * (60 + pg_temp.pick(45, key || 'of')) / 100 END,
       CASE WHEN pg_temp.pick(5, key || 'name') > 0 THEN 'Circuit ' || c END,
       CASE WHEN 'safe' = ANY (has) THEN pg_temp.pick(3, key || 'mode') = 0 END,
       CASE WHEN 'background' = ANY (has) AND pg_temp.pick(2, key || 'ground') = 0
            THEN pg_temp.pick(12000, key || 'back') - 3000 END
FROM made, generate_series(1, circuits) c,
LATERAL (SELECT site_id || 'c' || c || ' ') k (key),
LATERAL (SELECT CASE WHEN 'ties' = ANY (has) THEN 30000 + 10000 * pg_temp.pick(3, key)
                     WHEN 'tiny' = ANY (has) THEN pg_temp.pick(CASE WHEN c > mains THEN 40 ELSE 90 END, key)
                     WHEN 'plenty' = ANY (has) THEN 1000000
                     WHEN c > mains THEN 6000 + pg_temp.pick(60000, key)
                     ELSE 20000 + pg_temp.pick(90000, key) END
                * CASE WHEN 'huge' = ANY (has) THEN 1001 WHEN 'roomy' = ANY (has) THEN 3 ELSE 1 END
                + CASE WHEN 'fraction' = ANY (has) THEN pg_temp.pick(1000, key || 'fraction') / 1000.0 ELSE 0 END) p (w);

INSERT INTO depot.grid_connection (site_id, grid_connection_id, circuit_id, name)
SELECT site_id, 'g' || mains - c, 'c' || c, CASE WHEN c % 2 = 1 THEN 'Intake ' || c END
FROM made, generate_series(1, mains) c;

INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w, name, min_power_w, online, fallback_w)
SELECT site_id, 'p' || p,
       CASE WHEN 'flat' = ANY (has) AND p % 2 = 0 THEN NULL ELSE 'c' || 1 + pg_temp.pick(circuits, key || 'circuit') END,
       CASE WHEN 'unrated' = ANY (has) AND pg_temp.pick(3, key || 'unrated') = 0 THEN NULL
            WHEN 'ties' = ANY (has) THEN 22000
            WHEN 'tiny' = ANY (has) THEN pg_temp.pick(20, key)
            WHEN 'huge' = ANY (has) THEN 1001 * pg_temp.pick(50000, key)
            WHEN 'fraction' = ANY (has) THEN pg_temp.pick(50000, key) + 0.999
            ELSE 3700 + pg_temp.pick(45000, key) END,
       CASE WHEN pg_temp.pick(4, key || 'name') > 0 THEN 'Point ' || p END,
       CASE WHEN n % 4 = 1 THEN 0 END,
       CASE WHEN 'offline' = ANY (has) THEN pg_temp.pick(7, key || 'online') > 1 END,
       CASE WHEN 'fallback' = ANY (has) AND p % 6 > 0 THEN pg_temp.pick(5000, key || 'fallback') END
FROM made, generate_series(1, points) p, LATERAL (SELECT site_id || 'p' || p || ' ') k (key);

-- Of every second site the connectors say whom another policy would prefer,
-- and that there is no minimum.
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w, name, vehicle_name,
                             min_power_w, weight, priority, arrived_at, departs_at, energy_wh)
SELECT m.site_id, p.charge_point_id || '.' || c, p.charge_point_id,
       CASE WHEN 'unrated' = ANY (has) AND p.max_power_w IS NOT NULL AND pg_temp.pick(3, key || 'unrated') = 0 THEN NULL
            WHEN 'ties' = ANY (has) THEN 22000
            WHEN 'tiny' = ANY (has) THEN pg_temp.pick(16, key || 'rating')
            WHEN 'huge' = ANY (has) THEN 1001 * pg_temp.pick(30000, key || 'rating')
            WHEN 'fraction' = ANY (has) THEN pg_temp.pick(30000, key || 'rating') + 0.001
            ELSE 3700 + pg_temp.pick(30000, key || 'rating') END,
       CASE WHEN pg_temp.pick(20, key || 'none') = 0 OR ('idle' = ANY (has) AND pg_temp.pick(5, key || 'idle') > 0) THEN 0
            WHEN 'ties' = ANY (has) THEN 11000
            WHEN 'tiny' = ANY (has) THEN pg_temp.pick(12, key)
            WHEN 'huge' = ANY (has) THEN 1003 * pg_temp.pick(30000, key)
            WHEN 'fraction' = ANY (has) THEN pg_temp.pick(32000, key) + 0.001
            WHEN 'plenty' = ANY (has) THEN pg_temp.pick(1800, key)
            ELSE pg_temp.pick(32000, key) END,
       CASE WHEN c = 1 THEN 'Plug ' || p.charge_point_id END,
       CASE WHEN pg_temp.pick(3, key || 'vehicle') = 0 THEN 'Bus ' || pg_temp.pick(1000, key || 'bus') END,
       CASE WHEN n % 2 = 1 AND c = 2 THEN 0 END,
       CASE WHEN n % 2 = 1 THEN 1 + pg_temp.pick(9, key || 'weight') END,
       CASE WHEN n % 2 = 1 THEN pg_temp.pick(21, key || 'priority') - 10 END,
       CASE WHEN n % 2 = 1
            THEN timestamptz '2025-03-02 06:00+00' + pg_temp.pick(7200, key || 'arrived') * interval '1 second' END,
       CASE WHEN n % 2 = 1
            THEN timestamptz '2025-03-02 09:00+00' + pg_temp.pick(7200, key || 'departs') * interval '1 second' END,
       CASE WHEN n % 2 = 1 THEN pg_temp.pick(90000, key || 'energy') END
FROM made m JOIN depot.charge_point p USING (site_id),
generate_series(1, pg_temp.pick(4, site_id || p.charge_point_id || 'plugs')) c,
LATERAL (SELECT site_id || p.charge_point_id || '.' || c || ' ') k (key);

-- Envelopes that hold at both times, at one of them, at neither, and to the second.
CREATE TEMP TABLE window_of AS
SELECT * FROM (VALUES
  (0, NULL::timestamptz, NULL::timestamptz), (1, '-infinity', 'infinity'), (2, :first, NULL), (3, NULL, :first),
  (4, NULL, :second), (5, :second, NULL), (6, :first, :second), (7, '2025-03-02 08:05+00', '2025-03-02 09:00+00'),
  (8, '2025-03-02 07:00+00', '2025-03-02 08:10+00'), (9, '2025-03-02 08:20+00', NULL)) v (no, valid_from, valid_to);
INSERT INTO depot.operating_envelope (site_id, circuit_id, import_limit_w, valid_from, valid_to, name)
SELECT site_id, circuit_id,
       CASE WHEN 'tiny' = ANY (has) THEN pg_temp.pick(40, key)
            ELSE 5000 + pg_temp.pick(60000, key) * CASE WHEN 'roomy' = ANY (has) THEN 5 ELSE 1 END END,
       valid_from, valid_to, 'Envelope ' || e
FROM (SELECT made.*, NULL AS circuit_id, e
      FROM made, generate_series(1, 2) e WHERE 'site envelope' = ANY (has)
      UNION ALL
      SELECT made.*, circuit_id, 3
      FROM made JOIN depot.circuit USING (site_id)
      WHERE 'circuit envelope' = ANY (has) AND pg_temp.pick(2, site_id || circuit_id || 'envelope') = 0
        AND ('flat' <> ALL (has) OR parent_circuit_id IS NULL)) m,
LATERAL (SELECT site_id || coalesce(circuit_id, '') || 'e' || e) k (key)
JOIN window_of ON no = pg_temp.pick(10, key || 'window');

-- Faults whose place in the tree is known: some charge points,
-- connectors and circuits, each in one of its ways.
UPDATE depot.charge_point p
   SET max_power_w = CASE WHEN pg_temp.pick(2, key || charge_point_id || 'how') = 0 THEN -1 END,
       fallback_w = CASE WHEN pg_temp.pick(8, key || charge_point_id || 'fallback') > 0 THEN 4000 END
FROM made, LATERAL (SELECT made.site_id || 'fault') k (key)
WHERE p.site_id = made.site_id AND 'fault' = ANY (has) AND pg_temp.pick(8, key || charge_point_id) = 0;
UPDATE depot.connector c SET demand_w = 'NaN'
FROM made WHERE c.site_id = made.site_id AND 'fault' = ANY (has)
  AND pg_temp.pick(40, made.site_id || 'nan' || connector_id) = 0;
UPDATE depot.connector c SET demand_w = -5, max_power_w = NULL
FROM made WHERE c.site_id = made.site_id AND 'fault' = ANY (has)
  AND pg_temp.pick(40, made.site_id || 'minus' || connector_id) = 0;
INSERT INTO depot.connector
SELECT c.* FROM made JOIN depot.connector c USING (site_id)
WHERE 'fault' = ANY (has) AND pg_temp.pick(40, site_id || 'twice' || connector_id) = 0;
UPDATE depot.circuit c SET default_capacity_w = -1
FROM made WHERE c.site_id = made.site_id AND 'fault' = ANY (has) AND 'flat' <> ALL (has)
  AND pg_temp.pick(30, made.site_id || 'below' || circuit_id) = 0;
UPDATE depot.circuit c SET default_capacity_w = NULL, safe_capacity_w = NULL
FROM made WHERE c.site_id = made.site_id AND 'fault' = ANY (has) AND 'flat' <> ALL (has)
  AND pg_temp.pick(30, made.site_id || 'unrated' || circuit_id) = 0;

-- Ten ways to be rejected; one of them not yet at the first time.
UPDATE depot.charge_point SET circuit_id = 'nowhere' WHERE site_id = 's251' AND charge_point_id = 'p1';
DELETE FROM depot.grid_connection WHERE site_id = 's252';
UPDATE depot.circuit SET parent_circuit_id = 'c3' WHERE site_id = 's253' AND circuit_id = 'c3';
DELETE FROM depot.grid_connection WHERE site_id = 's254' AND circuit_id = 'c2';
UPDATE depot.site SET on_fault = 'MAYBE' WHERE site_id = 's255';
UPDATE depot.connector SET charge_point_id = 'gone' WHERE site_id = 's256' AND connector_id LIKE '%.1';
INSERT INTO depot.operating_envelope VALUES ('s257', 'c1', -1, :second, NULL, 'Wrong');
UPDATE depot.circuit SET parent_circuit_id = 'c1' WHERE site_id = 's258' AND circuit_id = 'c2';
UPDATE depot.site SET setpoint_ttl = '0' WHERE site_id = 's259';
UPDATE depot.connector SET weight = 0 WHERE site_id = 's260';

CREATE INDEX ON depot.site (site_id);
CREATE INDEX ON depot.grid_connection (site_id);
CREATE INDEX ON depot.circuit (site_id);
CREATE INDEX ON depot.charge_point (site_id);
CREATE INDEX ON depot.connector (site_id);
CREATE INDEX ON depot.operating_envelope (site_id);
ANALYZE depot.site, depot.grid_connection, depot.circuit, depot.charge_point, depot.connector, depot.operating_envelope;

-- What powernode says, a line each: `place` puts the lines of one saying in order.
CREATE TEMP TABLE said (saying text, site_id text, evaluated_at timestamptz, place bigint, line text);
CREATE TEMP TABLE cycle_time AS
SELECT site_id, at FROM made, (VALUES (timestamptz :first), (:second)) v (at) ORDER BY at, site_id COLLATE "C";

INSERT INTO said
SELECT 'rebalance', t.site_id, at, 1, r::text
FROM cycle_time t, powernode.rebalance(t.site_id, at) r WHERE at = :first;
INSERT INTO said
SELECT 'rebalance', t.site_id, at, 1, r::text
FROM cycle_time t, powernode.rebalance(t.site_id, at, 'EQUAL_SHARE', 'CONNECTOR') r WHERE at = :second;

INSERT INTO said
SELECT 'cycle_history', site_id, evaluated_at, 1,
       ROW (site_id, microgrid_id, site_name, state, cycle_no, outcome, reason, message, evaluated_at, topology,
            control_mode, policy, limit_w, demand_w, allocated_w, curtailed_w, constraining_node_id,
            constraining_node_kind, constraining_node_name, constraining_limit_w, constraining_asked_w,
            constrained_nodes, curtailed_leaves, faults, in_force_cycle_no, last_error)::text
FROM powernode.cycle_history;
INSERT INTO said
SELECT 'node_history', site_id, timestamptz :first + (cycle_no - 1) * interval '15 minutes', ordinal, h::text
FROM powernode.node_history h;
INSERT INTO said
SELECT 'constraint_history', site_id, timestamptz :first + (cycle_no - 1) * interval '15 minutes', rank, h::text
FROM powernode.constraint_history h;
INSERT INTO said
SELECT 'setpoint', site_id, evaluated_at, row_number() OVER (PARTITION BY site_id ORDER BY leaf_id COLLATE "C"), s::text
FROM powernode.setpoint s;
INSERT INTO said
SELECT 'explain', site_id, at, place, line
FROM cycle_time, powernode.explain(site_id) WITH ORDINALITY e (line, place) WHERE at = :second;

INSERT INTO said
SELECT 'preview', t.site_id, at, ordinal, p::text
FROM cycle_time t, powernode.preview(t.site_id, at) p;
INSERT INTO said
SELECT 'validate', t.site_id, at, row_number() OVER (PARTITION BY t.site_id, at ORDER BY v::text COLLATE "C"), v::text
FROM cycle_time t, powernode.validate(t.site_id, at) v;

-- The projection, which names weight, priority, arrival and the rest; and the
-- allocator over it as it is, backwards and shuffled, where ties fall otherwise.
CREATE TEMP TABLE node AS
WITH p AS MATERIALIZED (
  SELECT t.site_id, at, (SELECT array_agg(n) FROM powernode.power_nodes(t.site_id, at) n) AS nodes FROM cycle_time t)
SELECT site_id, at, place, nodes[place] AS node FROM p, generate_subscripts(nodes, 1) place;
INSERT INTO said
SELECT 'power_nodes', site_id, at, place, node::text FROM node;
INSERT INTO said
SELECT 'allocate', site_id, at, a.place, a::text
FROM (SELECT site_id, at, array_agg(node ORDER BY place) AS nodes FROM node GROUP BY 1, 2) n,
powernode.allocate(nodes) WITH ORDINALITY
  a (node_id, kind, limit_w, demand_w, asked_w, allocated_w, bottleneck_id, place);
INSERT INTO said
SELECT 'allocate backwards', site_id, at, a.place, a::text
FROM (SELECT site_id, at, array_agg(node ORDER BY place DESC) AS nodes FROM node GROUP BY 1, 2) n,
powernode.allocate(nodes, NULL) WITH ORDINALITY
  a (node_id, kind, limit_w, demand_w, asked_w, allocated_w, bottleneck_id, place);
INSERT INTO said
SELECT 'allocate shuffled', site_id, at, a.place, a::text
FROM (SELECT site_id, at, array_agg(node ORDER BY md5(site_id || place), place) AS nodes FROM node GROUP BY 1, 2) n,
powernode.allocate(nodes, 'EQUAL_SHARE', at) WITH ORDINALITY
  a (node_id, kind, limit_w, demand_w, asked_w, allocated_w, bottleneck_id, place);

ANALYZE made, cycle_time, said;

-- What the sites are like: their cycles by outcome.
SELECT no, name, count(*) AS cycles, count(*) FILTER (WHERE outcome = 'APPLIED') AS applied,
       count(*) FILTER (WHERE outcome = 'CURTAILED') AS curtailed,
       count(*) FILTER (WHERE outcome = 'REJECTED') AS rejected,
       sum(constrained_nodes) AS binding, sum(faults) AS faults,
       sum(demand_w) AS demand_w, sum(allocated_w) AS allocated_w
FROM made JOIN powernode.cycle_history USING (site_id) GROUP BY 1, 2 ORDER BY 1;
SELECT reason, count(*) FROM powernode.cycle_history GROUP BY 1 ORDER BY reason COLLATE "C";
SELECT kind, limit_source, count(*) AS nodes, sum(binding::integer) AS binding, sum(over_asked::integer) AS over_asked
FROM powernode.node_history GROUP BY 1, 2 ORDER BY kind COLLATE "C", limit_source COLLATE "C";

-- All of it, ten sites a line.
SELECT saying, no, name, count(line) AS lines,
       md5(string_agg(line, E'\n' ORDER BY site_id COLLATE "C", evaluated_at, place, line COLLATE "C")) AS digest
FROM made CROSS JOIN (SELECT DISTINCT saying FROM said) s LEFT JOIN said USING (saying, site_id)
GROUP BY 1, 2, 3 ORDER BY saying COLLATE "C", 2;

-- Weight, priority, times, energy and whether a minimum is absent or 0 decide
-- nothing: with others no site is decided otherwise.
UPDATE depot.connector
   SET weight = 1 + pg_temp.pick(1000, site_id || connector_id || 'other weight'),
       priority = pg_temp.pick(1000, site_id || connector_id || 'other priority'),
       min_power_w = CASE WHEN min_power_w IS NULL THEN 0 END,
       arrived_at = departs_at - interval '5 hours', departs_at = arrived_at + interval '5 hours', energy_wh = NULL
 WHERE weight IS DISTINCT FROM 0;
UPDATE depot.charge_point SET min_power_w = CASE WHEN min_power_w IS NULL THEN 0 END;
SELECT count(*) AS lines, count(*) FILTER (WHERE before.line IS DISTINCT FROM after.line) AS different
FROM (SELECT * FROM said WHERE saying = 'preview') before
FULL JOIN (SELECT t.site_id, at, p.ordinal, p::text AS line
           FROM cycle_time t, powernode.preview(t.site_id, at) p) after
ON (before.site_id, before.evaluated_at, before.place) = (after.site_id, after.at, after.ordinal);

-- Three sites to read: a tree with envelopes of circuits, one with isolated
-- faults and all that takes from a limit, and a FLAT one.
CREATE TEMP TABLE shown AS SELECT unnest(ARRAY['s158', 's249', 's289']) AS site_id;
\pset format unaligned
\pset footer off
\pset expanded on
SELECT site_id, microgrid_id, site_name, state, cycle_no, outcome, reason, message, evaluated_at, topology,
       control_mode, policy, limit_w, demand_w, allocated_w, curtailed_w, constraining_node_id,
       constraining_node_kind, constraining_node_name, constraining_limit_w, constraining_asked_w,
       constrained_nodes, curtailed_leaves, faults, in_force_cycle_no, last_error
FROM powernode.cycle_history JOIN shown USING (site_id) ORDER BY site_id COLLATE "C", cycle_no;
\pset expanded off
SELECT h.* FROM powernode.node_history h JOIN shown USING (site_id) ORDER BY site_id COLLATE "C", cycle_no, ordinal;
SELECT h.* FROM powernode.constraint_history h JOIN shown USING (site_id) ORDER BY site_id COLLATE "C", cycle_no, rank;
SELECT s.* FROM powernode.setpoint s JOIN shown USING (site_id) ORDER BY site_id COLLATE "C", leaf_id COLLATE "C";
SELECT line FROM shown JOIN said USING (site_id)
WHERE saying = 'power_nodes' AND evaluated_at = :second ORDER BY site_id COLLATE "C", place;
\pset tuples_only
SELECT line FROM shown JOIN said USING (site_id) WHERE saying = 'explain' ORDER BY site_id COLLATE "C", place;

SET client_min_messages = warning;
DROP SCHEMA depot CASCADE;
