-- A cycle from call to views: three overloads, preview, power_nodes, validate,
-- and one page of every view for a small site that is curtailed.
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

-- How everything that takes a site's id is declared.
SELECT p.proname, pg_get_function_arguments(p.oid) AS arguments,
       has_function_privilege('public', p.oid, 'EXECUTE') AS everybody
FROM pg_proc p
WHERE pronamespace = 'powernode'::regnamespace
  AND proname IN ('rebalance', 'preview', 'power_nodes', 'validate', 'explain')
ORDER BY 1, pronargs, proargtypes[0]::regtype::text;

-- Before any cycle there is a status, and nothing else.
SELECT * FROM powernode.microgrid_status \gx
SELECT (SELECT count(*) FROM powernode.node_status) AS nodes,
       (SELECT count(*) FROM powernode.constraint_status) AS constraints,
       (SELECT count(*) FROM powernode.setpoint) AS setpoints,
       (SELECT count(*) FROM powernode.cycle_history) AS cycles;

-- Circuit a: 44 kW asked of 40.  Connector p3.1 asks 30 kW, but has a plug of
-- 22, and 11 on p3.2: 33 kW behind a charge point of 22.
UPDATE depot.connector SET demand_w = 22000, vehicle_name = 'Bus ' || left(connector_id, 2)
 WHERE charge_point_id IN ('p1', 'p2');
UPDATE depot.connector SET demand_w = 30000, vehicle_name = 'Van' WHERE connector_id = 'p3.1';
UPDATE depot.connector SET demand_w = 11000 WHERE connector_id = 'p3.2';

-- The decision beforehand, which records nothing.
SELECT node_id, limit_w, demand_w, asked_w, allocated_w, curtailed_w, bottleneck_id, binding, over_asked
FROM powernode.preview('s1', '2026-03-02 08:00+00');
SELECT state FROM powernode.microgrid_status;
SELECT * FROM powernode.validate('s1', '2026-03-02 08:00+00');
SELECT node_id, parent_id, kind, limit_w, demand_w, min_w, weight, priority, arrived_at, departs_at, energy_wh
FROM powernode.power_nodes('s1', '2026-03-02 08:00+00');
-- The projection is what the allocator takes: both say the same.
SELECT node_id, p.allocated_w AS preview, a.allocated_w AS allocate
FROM powernode.preview('s1', '2026-03-02 08:00+00') p
FULL JOIN powernode.allocate((SELECT array_agg(n) FROM powernode.power_nodes('s1', '2026-03-02 08:00+00') n)) a
USING (node_id)
WHERE p.allocated_w IS DISTINCT FROM a.allocated_w OR p.asked_w IS DISTINCT FROM a.asked_w
   OR p.bottleneck_id IS DISTINCT FROM a.bottleneck_id;

-- The cycle.
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:00+00') \gx

-- One page of every view.
SELECT site_id, microgrid_id, site_name, state, cycle_no, outcome, reason, message, evaluated_at,
       completed_at IS NOT NULL AS completed_at, expires_at, topology, control_mode, policy, limit_w, demand_w,
       allocated_w, curtailed_w, constraining_node_id, constraining_node_kind, constraining_node_name,
       constraining_limit_w, constraining_asked_w, constrained_nodes, curtailed_leaves, faults,
       in_force_cycle_no, last_error, last_error_at
FROM powernode.microgrid_status \gx
SELECT * FROM powernode.microgrid_hierarchy;
SELECT site_id, cycle_no, ordinal, parent_ordinal, node_id, parent_id, kind, source_id, name, vehicle_name, depth
FROM powernode.node_status ORDER BY ordinal;
SELECT ordinal, path, is_leaf, limit_w, limit_source, demand_w, asked_w, allocated_w, curtailed_w,
       bottleneck_id, bottleneck_kind, bottleneck_name, binding, over_asked
FROM powernode.node_status ORDER BY ordinal;
SELECT * FROM powernode.constraint_status ORDER BY rank \gx
SELECT * FROM powernode.setpoint ORDER BY leaf_id;
SELECT cycle_no, state, reason, curtailed_w, evaluated_at, recorded_by = session_user AS by_me,
       duration >= '0' AS duration
FROM powernode.cycle_history;

-- Demand rises on b, at a later time.  History keeps both cycles apart.
UPDATE depot.connector SET demand_w = 0 WHERE charge_point_id = 'p2';
SELECT cycle_no, outcome, reason, demand_w, allocated_w, constraining_node_id
FROM powernode.rebalance('s1', '2026-03-02 08:05+00');
SELECT cycle_no, evaluated_at, state, curtailed_w, constraining_node_id FROM powernode.cycle_history
ORDER BY cycle_no;
SELECT cycle_no, count(*), sum(allocated_w) FILTER (WHERE is_leaf) AS allocated_w
FROM powernode.node_history GROUP BY 1 ORDER BY 1;
SELECT cycle_no, rank, node_id, curtailed_w, held_back_ids FROM powernode.constraint_history ORDER BY 1, 2;
SELECT DISTINCT cycle_no FROM powernode.node_status;
SELECT DISTINCT cycle_no FROM powernode.setpoint;

-- History has the columns of the status views, in their order.
SELECT a.attrelid::regclass AS status, b.attrelid::regclass AS history,
       count(*) AS columns, bool_and(a.attname = b.attname AND a.atttypid = b.atttypid) AS same
FROM (VALUES ('powernode.node_status', 'powernode.node_history'),
             ('powernode.constraint_status', 'powernode.constraint_history'),
             ('powernode.microgrid_status', 'powernode.cycle_history')) v (status, history)
JOIN pg_attribute a ON a.attrelid = v.status::regclass AND a.attnum > 0
LEFT JOIN pg_attribute b ON b.attrelid = v.history::regclass AND b.attnum = a.attnum
GROUP BY 1, 2 ORDER BY 1;

-- A fault rejects: nothing is allocated, and the cycle before stays in force.
UPDATE depot.charge_point SET circuit_id = 'nowhere' WHERE charge_point_id = 'p3';
UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = 'a';
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:10+00') \gx
SELECT state, reason, cycle_no, in_force_cycle_no, message, topology, control_mode, policy, limit_w, demand_w,
       allocated_w, curtailed_w, constraining_node_id, constraining_node_kind, faults, expires_at
FROM powernode.microgrid_status \gx
SELECT count(*) FROM powernode.node_status;
SELECT rank, reason, node_id, kind, source_id, name, binding, message FROM powernode.constraint_status ORDER BY rank;
SELECT reason, node_id, kind, message FROM powernode.validate('s1', '2026-03-02 08:10+00');
SELECT count(*) FROM powernode.preview('s1', '2026-03-02 08:10+00');
SELECT count(*) FROM powernode.power_nodes('s1', '2026-03-02 08:10+00');
SELECT leaf_id, allocated_w, cycle_no, expires_at FROM powernode.setpoint ORDER BY leaf_id;

-- The same with ISOLATE is still rejected, for the place of p3 is not known;
-- with p3 back only what hangs below a is left out.
UPDATE depot.site SET on_fault = 'ISOLATE';
SELECT outcome, reason, constraining_node_id FROM powernode.rebalance('s1', '2026-03-02 08:15+00');
UPDATE depot.charge_point SET circuit_id = 'b' WHERE charge_point_id = 'p3';
SELECT outcome, reason, constraining_node_id FROM powernode.rebalance('s1', '2026-03-02 08:20+00');
SELECT rank, reason, node_id, curtailed_w, message FROM powernode.constraint_status ORDER BY rank;
SELECT node_id, limit_w, limit_source, demand_w, allocated_w FROM powernode.node_status ORDER BY ordinal;
SELECT leaf_id, allocated_w, cycle_no FROM powernode.setpoint ORDER BY leaf_id;
UPDATE depot.site SET on_fault = NULL;
UPDATE depot.circuit SET default_capacity_w = 40000 WHERE circuit_id = 'a';

-- Arguments: the policy and the mode of one cycle, the time, NULL for each.
SELECT outcome, demand_w, allocated_w, constraining_node_id
FROM powernode.rebalance('s1', at => '2026-03-02 08:25+00', control_mode => 'CHARGER');
SELECT leaf_id, kind, allocated_w FROM powernode.setpoint ORDER BY leaf_id;
SELECT evaluated_at, control_mode, policy FROM powernode.microgrid_status;
SELECT node_id, is_leaf FROM powernode.microgrid_hierarchy WHERE kind = 'CONNECTOR';
SELECT outcome FROM powernode.rebalance('s1', NULL, NULL, NULL);
BEGIN;
SELECT outcome FROM powernode.rebalance('s1');
SELECT evaluated_at = now() AS is_now FROM powernode.microgrid_status;
ROLLBACK;
\set VERBOSITY default
SELECT * FROM powernode.rebalance(NULL::text);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.rebalance('s1', 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.preview('s1', '-infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.rebalance('s2', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.preview('s2', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.power_nodes('s2', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.validate('s2', '2026-03-02 08:00+00');
\echo :LAST_ERROR_SQLSTATE
BEGIN READ ONLY;
SELECT * FROM powernode.rebalance('s1', '2026-03-02 08:30+00');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN READ ONLY;
SELECT count(*) FROM powernode.preview('s1', '2026-03-02 08:30+00');
SELECT count(*) FROM powernode.validate('s1', '2026-03-02 08:30+00');
ROLLBACK;

-- An untyped parameter of a driver, and one of each type that a product uses.
PREPARE untyped AS SELECT site_id, outcome FROM powernode.rebalance($1, '2026-03-02 08:30+00');
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'untyped';
EXECUTE untyped('s1');
PREPARE untyped_at AS SELECT site_id, outcome FROM powernode.rebalance($1, $2);
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'untyped_at';
DEALLOCATE ALL;
PREPARE untyped AS SELECT count(*) FROM powernode.preview($1, $2);
EXECUTE untyped('s1', '2026-03-02 08:30+00');
PREPARE untyped_nodes AS SELECT count(*) FROM powernode.power_nodes($1, $2);
EXECUTE untyped_nodes('s1', '2026-03-02 08:30+00');
PREPARE untyped_faults AS SELECT count(*) FROM powernode.validate($1);
EXECUTE untyped_faults('s1');
DEALLOCATE ALL;
SET search_path = powernode, pg_catalog;
SELECT outcome FROM rebalance('s1');
RESET search_path;
SET client_min_messages = warning;
CREATE SCHEMA counted;
CREATE TABLE counted.site (site_id int, microgrid_id int);
CREATE TABLE counted.grid_connection (site_id int, grid_connection_id int, circuit_id int);
CREATE TABLE counted.circuit (site_id int, circuit_id int, parent_circuit_id int, default_capacity_w int,
  safe_capacity_w int);
CREATE TABLE counted.charge_point (site_id int, charge_point_id int, circuit_id int, max_power_w int);
CREATE TABLE counted.connector (site_id int, connector_id int, charge_point_id int, max_power_w int, demand_w int);
SELECT powernode.set_source(name, ('counted.' || name)::regclass) FROM powernode.sources WHERE required;
SELECT powernode.set_source('operating_envelope', NULL);
RESET client_min_messages;
INSERT INTO counted.site VALUES (7, 1);
INSERT INTO counted.circuit VALUES (7, 1, NULL, 5000, NULL);
INSERT INTO counted.grid_connection VALUES (7, 1, 1);
INSERT INTO counted.charge_point VALUES (7, 1, 1, 11000);
INSERT INTO counted.connector VALUES (7, 1, 1, 11000, 7000);
SELECT site_id, cycle_no, allocated_w FROM powernode.rebalance(7, '2026-03-02 08:30+00');
SELECT site_id, cycle_no, allocated_w FROM powernode.rebalance(7::bigint, '2026-03-02 08:30+00');
SELECT site_id, cycle_no, allocated_w FROM powernode.rebalance('7', '2026-03-02 08:30+00');
SELECT r.site_id, r.cycle_no FROM counted.site s, powernode.rebalance(s.site_id, '2026-03-02 08:30+00') r;
SELECT r.site_id, r.cycle_no FROM counted.site s, powernode.rebalance(s.site_id::smallint, '2026-03-02 08:30+00') r;
-- However the caller writes it, it is one site.
SELECT r.site_id, r.cycle_no FROM powernode.rebalance(' 07 ', '2026-03-02 08:30+00') r;
SELECT site_id, cycle_no FROM powernode.site_state ORDER BY 1;
SELECT site_id, node_id, source_id, allocated_w FROM powernode.node_status WHERE site_id = '7' ORDER BY ordinal;

SET client_min_messages = warning;
DROP SCHEMA depot, counted CASCADE;
