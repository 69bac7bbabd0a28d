-- The tree that is derived from the sources: nesting, the order of siblings,
-- names and paths, what is shown of a faulty site, and FLAT sites.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS powernode CASCADE;
CREATE EXTENSION powernode;
RESET client_min_messages;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\pset null -
\getenv abs_srcdir PG_ABS_SRCDIR
\set fixture :abs_srcdir '/fixture/depot.sql'
\set ECHO none
\o /dev/null
\i :fixture
\o
\set ECHO all

SELECT ordinal, parent_ordinal, node_id, parent_id, kind, source_id, name, depth, path, is_leaf, limit_w, limit_source
FROM powernode.microgrid_hierarchy WHERE site_id = 's1';

-- Text ids are ordered by their bytes, whatever the locale: upper case before
-- lower case, "a10" before "a2".  Of siblings circuits come before charge
-- points, and what hangs below a node follows it.
INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w, name)
SELECT 's1', id, parent, 5000, 'Circuit ' || id
FROM (VALUES ('a10', 'a'), ('a2', 'a'), ('B', 'main'), ('é', 'main'), ('_', 'main'), ('deep', 'a10')) v (id, parent);
INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w)
SELECT 's1', id, parent, 3000
FROM (VALUES ('A on main', 'main'), ('q10', 'deep'), ('q9', 'deep'), ('Q', 'deep')) v (id, parent);
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w)
VALUES ('s1', 'q9/2', 'q9', 3000, 0), ('s1', 'q9/1', 'q9', NULL, 0), ('s1', 'q9/10', 'q9', 3000, 0);
SELECT repeat('  ', depth) || node_id AS node, ordinal, parent_ordinal, depth, limit_w, limit_source
FROM powernode.microgrid_hierarchy WHERE site_id = 's1';
SELECT node_id, name, path FROM powernode.microgrid_hierarchy
WHERE site_id = 's1' AND node_id IN ('circuit:deep', 'charge_point:q9', 'connector:q9/10');
-- The view's rows come in the order of the tree, which a cycle records too.
SELECT outcome FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
SELECT count(*) AS different FROM
  (SELECT ordinal, parent_ordinal, node_id, parent_id, kind, source_id, name, depth, path, is_leaf, limit_w, limit_source
   FROM powernode.microgrid_hierarchy WHERE site_id = 's1') live
  FULL JOIN powernode.node_status n USING (ordinal)
WHERE (live.parent_ordinal, live.node_id, live.parent_id, live.kind, live.source_id, live.name, live.depth,
       live.path, live.is_leaf, live.limit_w, live.limit_source)
   IS DISTINCT FROM
      (n.parent_ordinal, n.node_id, n.parent_id, n.kind, n.source_id, n.name, n.depth,
       n.path, n.is_leaf, n.limit_w, n.limit_source);

-- In control mode CHARGER the leaves are the charge points, and the tree ends
-- there.
UPDATE depot.site SET control_mode = 'CHARGER';
SELECT repeat('  ', depth) || node_id AS node, is_leaf FROM powernode.microgrid_hierarchy WHERE site_id = 's1';
UPDATE depot.site SET control_mode = NULL;

-- An unreachable circuit without a charge point below it is left out and is no
-- fault; nor does it become one by being unrated.
INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, name)
VALUES ('s1', 'spare', NULL, 'Spare'), ('s1', 'spare 2', 'spare', 'Spare 2'), ('s1', 'unrated', 'a', 'Unrated');
SELECT * FROM powernode.validate('s1', '2026-03-02 08:00+00');
SELECT node_id, limit_w, limit_source FROM powernode.microgrid_hierarchy
WHERE site_id = 's1' AND node_id IN ('circuit:spare', 'circuit:spare 2', 'circuit:unrated');

-- Of a faulty site what can be placed.
UPDATE depot.circuit SET parent_circuit_id = 'deep' WHERE circuit_id = 'a10';
UPDATE depot.charge_point SET circuit_id = 'nowhere' WHERE charge_point_id = 'p3';
UPDATE depot.circuit SET default_capacity_w = -1 WHERE circuit_id = '_';
SELECT reason, node_id FROM powernode.validate('s1', '2026-03-02 08:00+00');
SELECT repeat('  ', depth) || node_id AS node, ordinal, parent_ordinal FROM powernode.microgrid_hierarchy
WHERE site_id = 's1';
DELETE FROM depot.grid_connection;
SELECT reason, node_id FROM powernode.validate('s1', '2026-03-02 08:00+00');
SELECT node_id, kind, depth FROM powernode.microgrid_hierarchy WHERE site_id = 's1';

-- FLAT: root, charge points, connectors, the circuits not in the tree.  The root
-- carries what its two top-level circuits may carry together.
UPDATE depot.site SET microgrid_id = NULL;
UPDATE depot.circuit SET safe_capacity_w = 7000, safe_mode = true WHERE circuit_id = 'spare';
SELECT * FROM powernode.validate('s1', '2026-03-02 08:00+00');
SELECT repeat('  ', depth) || node_id AS node, name, path, is_leaf, limit_w, limit_source
FROM powernode.microgrid_hierarchy WHERE site_id = 's1';
SELECT topology, outcome FROM powernode.rebalance('s1', '2026-03-02 08:00+00');

-- Several sites, each with its own tree; a site is seen alone or with others.
INSERT INTO depot.site (site_id, microgrid_id, name) VALUES ('S0', NULL, 'Yard'), ('s2', NULL, NULL);
INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) VALUES ('S0', 'main', 1), ('s2', 'main', 2);
INSERT INTO depot.charge_point (site_id, charge_point_id, max_power_w) VALUES ('S0', 'p1', 1), ('s2', 'p1', 2);
SELECT site_id, ordinal, node_id, source_id, name, path, limit_w FROM powernode.microgrid_hierarchy
WHERE site_id IN ('S0', 's2') ORDER BY site_id COLLATE "C", ordinal;
SELECT site_id, count(*) FROM powernode.microgrid_hierarchy GROUP BY 1 ORDER BY site_id COLLATE "C";
SELECT count(*) FROM powernode.microgrid_hierarchy WHERE site_id = 'no such site';

-- Integers are ordered as numbers, uuids as uuids.
SET client_min_messages = warning;
CREATE SCHEMA keyed;
CREATE FUNCTION pg_temp.keyed_depot(type text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  statement text;
BEGIN
  FOREACH statement IN ARRAY ARRAY[
    'DROP SCHEMA keyed CASCADE', 'CREATE SCHEMA keyed',
    'CREATE TABLE keyed.site (site_id T, microgrid_id T)',
    'CREATE TABLE keyed.grid_connection (site_id T, grid_connection_id T, circuit_id T)',
    'CREATE TABLE keyed.circuit (site_id T, circuit_id T, parent_circuit_id T, default_capacity_w int, safe_capacity_w int)',
    'CREATE TABLE keyed.charge_point (site_id T, charge_point_id T, circuit_id T, max_power_w int)',
    'CREATE TABLE keyed.connector (site_id T, connector_id T, charge_point_id T, max_power_w int, demand_w int)'] LOOP
    EXECUTE regexp_replace(statement, '\yT\y', type, 'g');
  END LOOP;
  PERFORM powernode.set_source(name, ('keyed.' || name)::regclass) FROM powernode.sources WHERE required;
  PERFORM powernode.set_source('operating_envelope', NULL);
END
$$;
SELECT FROM pg_temp.keyed_depot('bigint');
INSERT INTO keyed.site VALUES (1, 1);
INSERT INTO keyed.circuit VALUES (1, 100, NULL, 9, 9), (1, 9, NULL, 9, 9), (1, 11, 9, 9, 9), (1, 2, 9, 9, 9), (1, -3, 9, 9, 9);
INSERT INTO keyed.grid_connection VALUES (1, 10, 9), (1, 9, 100);
INSERT INTO keyed.charge_point VALUES (1, 10, 2, 5), (1, 2, 2, 5), (1, 1, 2, 5);
INSERT INTO keyed.connector VALUES (1, 10, 2, 5, 0), (1, 2, 2, 5, 0), (1, 1, 10, 5, 0);
SELECT repeat('  ', depth) || node_id AS node, name FROM powernode.microgrid_hierarchy WHERE site_id = '1';
SELECT FROM pg_temp.keyed_depot('uuid');
INSERT INTO keyed.site VALUES ('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-00000000000A');
INSERT INTO keyed.circuit
  SELECT site_id, '00000000-0000-4000-8000-0000000000C1'::uuid, NULL, 9, 9 FROM keyed.site;
INSERT INTO keyed.grid_connection
  SELECT site_id, 'FFFFFFFF-0000-4000-8000-000000000000'::uuid, circuit_id FROM keyed.circuit;
INSERT INTO keyed.charge_point
  SELECT site_id, id::uuid, circuit_id, 5
  FROM keyed.circuit, unnest(ARRAY['f0000000-0000-4000-8000-000000000000', '0F000000-0000-4000-8000-000000000000',
                                   '{A0000000-0000-4000-8000-000000000000}']) id;
SELECT repeat('  ', depth) || node_id AS node FROM powernode.microgrid_hierarchy
WHERE site_id = '00000000-0000-4000-8000-000000000001';

DROP SCHEMA depot, keyed CASCADE;
