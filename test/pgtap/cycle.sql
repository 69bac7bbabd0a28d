-- A cycle: outcome and reason, constraints and their rank, what stays in force,
-- how long, and what an argument may be.
BEGIN;
\ir scene.psql
SELECT no_plan();

CREATE FUNCTION ask(p11 integer, p21 integer, p31 integer, p32 integer) RETURNS void LANGUAGE sql AS $$
  UPDATE depot.connector SET demand_w = CASE connector_id WHEN 'p1.1' THEN p11 WHEN 'p2.1' THEN p21 WHEN 'p3.1' THEN p31 ELSE p32 END
$$;
CREATE FUNCTION capacity(id text, watts integer) RETURNS void LANGUAGE sql AS $$
  UPDATE depot.circuit SET default_capacity_w = watts WHERE circuit_id = id
$$;
-- The error of some statements, as SQLSTATE; NULL for none.  They are undone.
CREATE FUNCTION error_of(statements text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statements;
  RAISE SQLSTATE 'UNDO0';
EXCEPTION WHEN OTHERS THEN
  RETURN nullif(SQLSTATE, 'UNDO0');
END $$;

-- ---- Outcomes and reasons

SELECT is(after(change,
          'SELECT concat_ws('' '', outcome, reason, topology, demand_w, allocated_w, curtailed_w, constraining_node_id, constraining_node_kind) FROM powernode.rebalance(''s1'', noon())'),
          expected, 'rebalance: ' || coalesce(nullif(change, ''), 'nothing asked'))
FROM (VALUES
  ('', 'APPLIED DEMAND_MET HIERARCHICAL 0 0 0'),
  ('SELECT ask(20000, 20000, 11000, 11000)', 'APPLIED DEMAND_MET HIERARCHICAL 62000 62000 0'),
  ('SELECT ask(0, 0, 22000, 22000)',
    'CURTAILED CHARGE_POINT_LIMIT HIERARCHICAL 44000 22000 22000 charge_point:p3 CHARGE_POINT'),
  ('SELECT ask(20000, 20001, 0, 0)', 'CURTAILED CIRCUIT_LIMIT HIERARCHICAL 40001 40000 1 circuit:a CIRCUIT'),
  ('SELECT ask(22000, 22000, 22000, 0), capacity(''main'', 50000)',
    'CURTAILED GRID_CONNECTION_LIMIT HIERARCHICAL 66000 50000 16000 grid_connection:g1 GRID_CONNECTION'),
  ('UPDATE depot.site SET microgrid_id = NULL; SELECT ask(22000, 22000, 22000, 0), capacity(''main'', 50000)',
    'CURTAILED SITE_LIMIT FLAT 66000 50000 16000 microgrid:s1 MICROGRID'),
  ('UPDATE depot.site SET microgrid_id = NULL; SELECT ask(22000, 22000, 22000, 0)',
    'APPLIED DEMAND_MET FLAT 66000 66000 0'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', ''a'', 10000); SELECT ask(22000, 0, 0, 0)',
    'CURTAILED OPERATING_ENVELOPE HIERARCHICAL 22000 10000 12000 circuit:a CIRCUIT'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 10000); SELECT ask(22000, 0, 0, 0)',
    'CURTAILED OPERATING_ENVELOPE HIERARCHICAL 22000 10000 12000 microgrid:m1 MICROGRID'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 0); SELECT ask(22000, 0, 0, 0)',
    'CURTAILED OPERATING_ENVELOPE HIERARCHICAL 22000 0 22000 microgrid:m1 MICROGRID'),
  ('UPDATE depot.circuit SET safe_mode = true WHERE circuit_id = ''a''; SELECT ask(22000, 22000, 0, 0)',
    'CURTAILED SAFE_CAPACITY HIERARCHICAL 44000 30000 14000 circuit:a CIRCUIT'),
  ('UPDATE depot.circuit SET default_capacity_w = NULL WHERE circuit_id = ''a''; SELECT ask(22000, 22000, 0, 0)',
    'CURTAILED SAFE_CAPACITY HIERARCHICAL 44000 30000 14000 circuit:a CIRCUIT'),
  ('UPDATE depot.circuit SET background_w = 10000 WHERE circuit_id = ''a''; SELECT ask(22000, 22000, 0, 0)',
    'CURTAILED BACKGROUND_LOAD HIERARCHICAL 44000 30000 14000 circuit:a CIRCUIT'),
  ('UPDATE depot.charge_point SET online = false WHERE charge_point_id = ''p2''; SELECT ask(22000, 22000, 0, 0)',
    'CURTAILED OFFLINE_RESERVE HIERARCHICAL 22000 18000 4000 circuit:a CIRCUIT'),
  ('UPDATE depot.site SET control_mode = ''CHARGER''; SELECT ask(0, 0, 22000, 22000)',
    'CURTAILED CHARGE_POINT_LIMIT HIERARCHICAL 44000 22000 22000 charge_point:p3 CHARGE_POINT')) o (change, expected);

-- ---- Constraint rows and their rank

CREATE FUNCTION constraints(change text) RETURNS text LANGUAGE sql AS $$
  SELECT after_cycle(change, 'SELECT format(''%s %s %s limit %s asked %s short %s allocated %s curtailed %s %s %s %s'', rank, reason, node_id, limit_w, asked_w, short_w,
                                            allocated_w, curtailed_w, CASE WHEN binding THEN ''binding'' ELSE ''over-asked'' END, held_back_leaves, held_back_ids)
                              FROM powernode.constraint_status WHERE site_id = ''s1'' ORDER BY rank')
$$;
SELECT is(constraints('SELECT ask(20000, 20000, 11000, 11000)'), NULL, 'APPLIED: no constraint');
SELECT is(constraints('SELECT ask(22000, 22000, 22000, 22000), capacity(''main'', 50000)'),
          lines('1 CHARGE_POINT_LIMIT charge_point:p3 limit 22000 asked 44000 short 22000 allocated 22000 curtailed 22000 binding 2 {connector:p3.1,connector:p3.2}',
                '2 GRID_CONNECTION_LIMIT grid_connection:g1 limit 50000 asked 62000 short 12000 allocated 50000 curtailed 16000 binding 2 {connector:p1.1,connector:p2.1}',
                '3 CIRCUIT_LIMIT circuit:a limit 40000 asked 44000 short 4000 allocated 28000 curtailed 0 over-asked 0 {}'),
          'the primary, then binding by curtailed watts, then over-asked');
SELECT is(constraints('SELECT ask(22000, 22000, 22000, 22000), capacity(''main'', 30000)'),
          lines('1 GRID_CONNECTION_LIMIT grid_connection:g1 limit 30000 asked 62000 short 32000 allocated 30000 curtailed 58000 binding 4 {connector:p1.1,connector:p2.1,connector:p3.1,connector:p3.2}',
                '2 CIRCUIT_LIMIT circuit:a limit 40000 asked 44000 short 4000 allocated 15000 curtailed 0 over-asked 0 {}',
                '3 CHARGE_POINT_LIMIT charge_point:p3 limit 22000 asked 44000 short 22000 allocated 15000 curtailed 0 over-asked 0 {}'),
          'over-asked nodes in tree order, not by how short they are');
SELECT is(after_cycle(change,
          'SELECT concat_ws('' '', rank, node_id, curtailed_w) FROM powernode.constraint_status WHERE site_id = ''s1'' ORDER BY rank'),
          expected, label)
FROM (VALUES
  ('a tie at one depth goes to the first in tree order',
    'SELECT ask(22000, 0, 22000, 0), capacity(''a'', 20000), capacity(''b'', 20000)', lines('1 circuit:a 2000',
    '2 circuit:b 2000')),
  ('a tie goes to the nearest the root',
    'UPDATE depot.charge_point SET max_power_w = 20000 WHERE charge_point_id = ''p1''; SELECT ask(22000, 0, 22000, 0), capacity(''b'', 20000)',
   lines('1 circuit:b 2000', '2 charge_point:p1 2000')),
  ('more watts go before nearer the root',
    'UPDATE depot.charge_point SET max_power_w = 19999 WHERE charge_point_id = ''p1''; SELECT ask(22000, 0, 22000, 0), capacity(''b'', 20000)',
   lines('1 charge_point:p1 2001', '2 circuit:b 2000')),
  ('the deepest full node is the bottleneck', 'SELECT ask(22000, 22000, 0, 0), capacity(''main'', 40000)',
    lines('1 circuit:a 4000'))) t (label, change, expected);
SELECT is(after_cycle(change,
          'SELECT concat_ws('' '', curtailed_w, (SELECT sum(k.curtailed_w) FROM powernode.constraint_status k WHERE k.site_id = ''s1''), (SELECT sum(n.curtailed_w) FROM powernode.node_status n WHERE n.site_id = ''s1'' AND n.is_leaf), constrained_nodes, curtailed_leaves) FROM powernode.microgrid_status WHERE site_id = ''s1'''),
          expected, 'curtailed watts add up over bottlenecks: ' || change)
FROM (VALUES ('SELECT ask(22000, 22000, 22000, 22000)', '26000 26000 26000 2 4'),
             ('SELECT ask(22000, 22000, 22000, 22000), capacity(''main'', 50000)', '38000 38000 38000 2 4'),
             ('SELECT ask(22000, 22000, 22000, 22000), capacity(''main'', 7)', '87993 87993 87993 1 4'),
               ('SELECT ask(21000, 19001, 1, 22000)', '2 2 2 2 2')) s (change, expected);
SELECT is(after_cycle('SELECT ask(22000, 22000, 22000, 22000), capacity(''main'', 50000)',
          $$SELECT concat_ws(' ', node_id, allocated_w, curtailed_w, bottleneck_id, bottleneck_kind, bottleneck_name, CASE WHEN binding THEN 'binding' END, CASE WHEN over_asked THEN 'over-asked' END)
                                           FROM powernode.node_status WHERE site_id = 's1' ORDER BY ordinal$$),
          lines('microgrid:m1 50000 38000', 'grid_connection:g1 50000 38000 binding over-asked',
            'circuit:a 28000 16000 over-asked', 'charge_point:p1 14000 8000',
                'connector:p1.1 14000 8000 grid_connection:g1 GRID_CONNECTION Intake', 'charge_point:p2 14000 8000',
                  'connector:p2.1 14000 8000 grid_connection:g1 GRID_CONNECTION Intake',
                'circuit:b 22000 22000', 'charge_point:p3 22000 22000 binding over-asked',
                'connector:p3.1 11000 11000 charge_point:p3 CHARGE_POINT P3',
                  'connector:p3.2 11000 11000 charge_point:p3 CHARGE_POINT P3'),
          'node_status: allocated, curtailed, bottleneck, binding, over_asked');
SELECT is(after('SELECT ask(22000, 22000, 0, 0); SELECT powernode.rebalance(''s1'', noon(), control_mode => ''CHARGER'')',
                'SELECT message FROM powernode.microgrid_status UNION ALL SELECT message FROM powernode.constraint_status WHERE site_id = ''s1'''),
          lines('Circuit A is short by 4.0 kW: 44.0 kW asked, limit 40.0 kW (default capacity); 2 chargers are held back.',
                'Circuit A is short by 4.0 kW: 44.0 kW asked, limit 40.0 kW (default capacity); 2 chargers are held back.'),
                  'the message, of the cycle and of its primary constraint');
SELECT is(after('SELECT ask(22000, 22000, 0, 0); SELECT powernode.rebalance(''s1'', noon())',
                $$SELECT (to_jsonb(m) - '{completed_at,message}'::text[])::text FROM powernode.microgrid_status m WHERE site_id = 's1'$$)::jsonb,
          '{"site_id": "s1", "microgrid_id": "m1", "site_name": "Depot", "state": "CURTAILED", "cycle_no": 1, "outcome": "CURTAILED", "reason": "CIRCUIT_LIMIT",
            "evaluated_at": "2020-01-15T12:00:00+00:00", "expires_at": "2020-01-15T12:15:00+00:00", "topology": "HIERARCHICAL", "control_mode": "CONNECTOR", "policy": "EQUAL_SHARE",
            "limit_w": 100000, "demand_w": 44000, "allocated_w": 40000, "curtailed_w": 4000, "constraining_node_id": "circuit:a", "constraining_node_kind": "CIRCUIT",
            "constraining_node_name": "A", "constraining_limit_w": 40000, "constraining_asked_w": 44000, "constrained_nodes": 1, "curtailed_leaves": 2, "faults": 0,
            "in_force_cycle_no": 1, "last_error": null, "last_error_at": null}'::jsonb, 'microgrid_status of a curtailed cycle');
SELECT is(after('',
          'SELECT concat_ws('' '', site_id, microgrid_id, site_name, state, cycle_no, outcome, expires_at, in_force_cycle_no) FROM powernode.microgrid_status'),
          's1 m1 Depot NO_COMPLETED_CYCLE', 'microgrid_status before any cycle');

-- ---- REJECTED: the cycle before stays in force

CREATE FUNCTION shown() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT concat_ws(' ', cycle_no, outcome, 'in force', coalesce(in_force_cycle_no::text, 'none'), 'until', coalesce(to_char(expires_at, 'HH24:MI'), 'none'))
  FROM powernode.microgrid_status WHERE site_id = 's1'
  UNION ALL SELECT concat_ws(' ', count(*), 'nodes of', string_agg(DISTINCT cycle_no::text, ', ')) FROM powernode.node_status WHERE site_id = 's1'
  UNION ALL SELECT concat_ws(' ', leaf_id, allocated_w, 'of', cycle_no, to_char(evaluated_at, 'HH24:MI'), to_char(expires_at, 'HH24:MI')) FROM powernode.setpoint WHERE site_id = 's1' AND source_id = 'p1.1'
$$;
CREATE FUNCTION run(p11 integer, minutes integer) RETURNS void LANGUAGE sql AS $$
  UPDATE depot.connector SET demand_w = p11 WHERE connector_id = 'p1.1';
  SELECT powernode.rebalance('s1', noon() + make_interval(mins => minutes))
$$;
SELECT is(after(change, 'SELECT * FROM shown()'), expected, label)
FROM (VALUES
  ('SELECT run(-1, 0)', 'rejected first: nothing is in force', lines('1 REJECTED in force none until none',
    '0 nodes of')),
  ('SELECT run(7000, 0)', 'one sound cycle', lines('1 APPLIED in force 1 until 12:15', '11 nodes of 1',
    'connector:p1.1 7000 of 1 12:00 12:15')),
  ('SELECT run(7000, 0); SELECT run(-1, 5)', 'then rejected: the first stays in force',
    lines('2 REJECTED in force 1 until 12:15', '0 nodes of', 'connector:p1.1 7000 of 1 12:00 12:15')),
  ('SELECT run(7000, 0); SELECT run(-1, 5); SELECT run(-1, 60)', 'and again, after it expired',
    lines('3 REJECTED in force 1 until 12:15', '0 nodes of', 'connector:p1.1 7000 of 1 12:00 12:15')),
  ('SELECT run(7000, 0); SELECT run(-1, 5); SELECT run(4000, 10)', 'then sound again',
    lines('3 APPLIED in force 3 until 12:25', '11 nodes of 3', 'connector:p1.1 4000 of 3 12:10 12:25')))
  r (change, label, expected);
SELECT is(after('SELECT run(7000, 0); SELECT run(-1, 5); SELECT run(4000, 10)',
          'SELECT concat_ws('' '', cycle_no, state, in_force_cycle_no, to_char(expires_at, ''HH24:MI'')) FROM powernode.cycle_history WHERE site_id = ''s1'' ORDER BY cycle_no'),
          lines('1 APPLIED 1 12:15', '2 REJECTED 1 12:15', '3 APPLIED 3 12:25'),
            'cycle_history tells what was in force after each');
SELECT is(after('SELECT run(7000, 0); SELECT run(-1, 5)',
          'SELECT concat_ws('' '', count(*), count(DISTINCT cycle_no)) FROM powernode.node_history WHERE site_id = ''s1'''),
          '11 1', 'node_history has nothing of a rejected cycle');

-- ---- When setpoints expire

CREATE FUNCTION expiry(change text) RETURNS text LANGUAGE sql AS $$
  SELECT after_cycle(change, 'SELECT (expires_at - noon())::text FROM powernode.microgrid_status WHERE site_id = ''s1'' AND expires_at IS NOT DISTINCT FROM (SELECT min(expires_at) FROM powernode.setpoint WHERE site_id = ''s1'')')
$$;
SELECT is(expiry(change), expected, 'expires: ' || coalesce(nullif(change, ''), 'as it is'))
FROM (VALUES
  ('', '00:15:00'), ('SET LOCAL powernode.setpoint_ttl = ''2min''', '00:02:00'),
    ('UPDATE depot.site SET setpoint_ttl = ''1 hour''', '01:00:00'),
  ('SET LOCAL powernode.setpoint_ttl = ''2min''; UPDATE depot.site SET setpoint_ttl = ''00:00:30.5''', '00:00:30.5'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 1, noon() + interval ''5 min'')', '00:05:00'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', ''a'', 1, noon() + interval ''7 min''), (''s1'', ''b'', 1, noon() + interval ''6 min'')',
    '00:06:00'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 1, noon() + interval ''1 microsecond'')',
    '00:00:00.000001'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 1, noon()), (''s1'', NULL, 1, NULL), (''s1'', NULL, 1, noon() - interval ''1 h'')',
    '00:15:00'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 1, noon() + interval ''16 min'')', '00:15:00'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 1, NULL, noon() + interval ''5 min'')', '00:15:00'),
  ('INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 1, ''infinity'')', '00:15:00'),
  ('INSERT INTO depot.operating_envelope VALUES (''s2'', NULL, 1, noon() + interval ''5 min'')', '00:15:00')) e (change,
    expected);
SELECT is(after('SELECT powernode.rebalance(''s1'', now() + interval ''1 day'')',
          'SELECT (expires_at = completed_at + interval ''15 min'' AND evaluated_at = now() + interval ''1 day'')::text FROM powernode.microgrid_status'),
          'true', 'a cycle of the future lives from when it completed');
SELECT is(after('SELECT powernode.rebalance(''s1'', NULL)',
          'SELECT (evaluated_at = now())::text FROM powernode.microgrid_status'), 'true', 'at NULL is now()');
SELECT is(after('SELECT powernode.rebalance(''s1'')',
          'SELECT (evaluated_at = now() AND expires_at = now() + interval ''15 min'')::text FROM powernode.microgrid_status'),
          'true', 'at left out is now()');

-- ---- Counting, storage, determinism

CREATE FUNCTION second_site() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  source text;
BEGIN
  FOREACH source IN ARRAY ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector'] LOOP
    EXECUTE format('INSERT INTO depot.%1$I SELECT (jsonb_populate_record(t, ''{"site_id": "s2"}'')).* FROM depot.%1$I t WHERE site_id = ''s1''', source);
  END LOOP;
END $$;
SELECT is(after('SELECT second_site(); SELECT powernode.rebalance(s) FROM unnest(ARRAY[''s1'', ''s1'', ''s2'', ''s1'']) s; SELECT FROM powernode.preview(''s2''); SELECT FROM powernode.validate(''s2'')',
                'SELECT concat_ws('' '', site_id, cycle_no) FROM powernode.cycle_history ORDER BY site_id, cycle_no'),
                  lines('s1 1', 's1 2', 's1 3', 's2 1'),
                  'cycles are counted per site; preview and validate do not count');
SELECT is(after('SELECT ask(22000, 22000, 22000, 22000); SELECT powernode.rebalance(''s1'', noon()); UPDATE depot.connector SET name = name; UPDATE depot.circuit SET name = name WHERE circuit_id = ''main''; SELECT powernode.rebalance(''s1'', noon())',
                'SELECT count(*) || '' '' || count(DISTINCT to_jsonb(c) - ''{cycle_no,completed_at,duration,in_force_cycle_no,control_total}''::text[]) FROM powernode.cycle c'),
                  '2 1', 'two runs store the same arrays');
SELECT is(after('SELECT powernode.rebalance(''s1'', noon(), control_mode => m) FROM unnest(ARRAY[''CONNECTOR'', ''CHARGER'', ''CONNECTOR'', ''CHARGER'', ''CHARGER'']) m',
                'SELECT string_agg(topology_no::text, '' '' ORDER BY cycle_no) || '', '' || (SELECT string_agg(topology_no::text, '' '') FROM powernode.site_state) FROM powernode.cycle'),
          '1 2 1 2 2, 2', 'control modes by turns keep two topologies, and the latest is remembered');
SELECT is(after('SELECT powernode.rebalance(''s1'', noon()); UPDATE depot.site SET policy = ''FAIR''; SELECT powernode.rebalance(''s1'', noon())',
                'SELECT concat_ws('' '', cycle_no, in_force_cycle_no, topology_no, (SELECT t.digest = st.topology_digest FROM powernode.topology t)) FROM powernode.site_state st'),
          '2 1 1 t', 'a rejected cycle leaves the topology remembered');
SELECT is(after('SELECT powernode.rebalance(''s1''); ' || change || '; SELECT powernode.rebalance(''s1'')',
          'SELECT count(*)::text FROM powernode.topology'), expected, 'topology rows after: ' || change)
FROM (VALUES ('SELECT 1', '1'), ('UPDATE powernode.site_state SET topology_no = NULL', '1'),
             ('UPDATE powernode.site_state SET topology_digest = NULL', '1'),
             ('UPDATE powernode.site_state SET topology_digest = ''short''', '1'),
             ('UPDATE powernode.site_state SET topology_digest = sha256(''another'')', '1'),
             ('SELECT ask(7000, 1, 2, 3)', '1'), ('UPDATE depot.site SET safe_mode = true', '1'),
             ('INSERT INTO depot.operating_envelope VALUES (''s1'', ''a'', 1)', '1'),
             ('UPDATE depot.connector SET vehicle_name = ''Bus''', '1'),
               ('UPDATE depot.charge_point SET online = false', '1'),
               ('UPDATE depot.circuit SET background_w = 1', '1'),
             ('UPDATE depot.circuit SET name = ''New'' WHERE circuit_id = ''a''', '2'),
               ('SELECT capacity(''a'', 1)', '2'), ('DELETE FROM depot.connector WHERE connector_id = ''p3.2''', '2'),
             ('UPDATE depot.site SET control_mode = ''CHARGER''', '2')) t (change, expected);

-- ---- preview, power_nodes and allocate decide what rebalance records

CREATE TEMP TABLE scenes (change text);
INSERT INTO scenes VALUES (''), ('SELECT ask(22000, 22000, 22000, 22000), capacity(''main'', 50000)'),
  ('SELECT ask(21001, 22000, 1, 7), capacity(''b'', 3), capacity(''a'', 29999)'),
  ('UPDATE depot.site SET microgrid_id = NULL; SELECT ask(22000, 9000, 22000, 5), capacity(''main'', 31)'),
  ('UPDATE depot.site SET on_fault = ''ISOLATE'', control_mode = ''CHARGER''; SELECT ask(22000, -1, 22000, 22000)'),
  ('UPDATE depot.charge_point SET online = false WHERE charge_point_id = ''p2''; UPDATE depot.connector SET vehicle_name = ''Bus '' || connector_id; SELECT ask(22000, 1, 22000, 22000)');
SELECT is(after_cycle(change,
          'SELECT (to_jsonb(n) - ''cycle_no'')::text FROM powernode.node_status n WHERE site_id = ''s1'' ORDER BY ordinal'),
          after(change, 'SELECT to_jsonb(p)::text FROM powernode.preview(''s1'', noon()) p ORDER BY ordinal'),
            'preview is node_status of the cycle that follows: ' || change) FROM scenes;
SELECT is(after(change,
          'SELECT a::text FROM powernode.allocate(ARRAY(SELECT n FROM powernode.power_nodes(''s1'', noon()) n)) a'),
          after(change,
            'SELECT row(node_id, kind, limit_w, demand_w, asked_w, allocated_w, bottleneck_id)::text FROM powernode.preview(''s1'', noon()) ORDER BY ordinal'),
          'allocate over power_nodes is preview: ' || change) FROM scenes;

-- ---- Arguments

SELECT is(after(change || '; SELECT powernode.rebalance(''s1'', noon(), ' || arguments || ')',
          'SELECT concat_ws('' '', policy, control_mode) FROM powernode.microgrid_status'), expected,
          format('rebalance(%s) after %s', arguments, change))
FROM (VALUES ('SELECT 1', 'NULL, NULL', 'EQUAL_SHARE CONNECTOR'),
             ('SELECT 1', '''EQUAL_SHARE'', ''CHARGER''', 'EQUAL_SHARE CHARGER'),
             ('UPDATE depot.site SET policy = ''EQUAL_SHARE'', control_mode = ''CHARGER''', 'NULL, NULL',
               'EQUAL_SHARE CHARGER'),
             ('UPDATE depot.site SET control_mode = ''CHARGER''', 'control_mode => ''CONNECTOR''',
               'EQUAL_SHARE CONNECTOR')) a (change, arguments, expected);
SELECT is(error_of('SELECT powernode.' || call), expected, call || ': ' || coalesce(expected, 'no error'))
FROM (VALUES
  ('rebalance(''s1'', policy => ''FAIR'')', '22023'), ('rebalance(''s1'', policy => ''equal_share'')', '22023'),
    ('preview(''s1'', policy => ''FAIR'')', '22023'),
  ('rebalance(''s1'', control_mode => ''STATION'')', '22023'),
    ('preview(''s1'', control_mode => ''STATION'')', '22023'),
    ('power_nodes(''s1'', control_mode => ''STATION'')', '22023'),
  ('rebalance(''s1'', ''infinity'')', '22023'), ('rebalance(''s1'', ''-infinity'')', '22023'),
    ('preview(''s1'', ''infinity'')', '22023'), ('power_nodes(''s1'', ''infinity'')', '22023'),
    ('validate(''s1'', ''-infinity'')', '22023'),
  ('rebalance(''gone'')', 'P0002'), ('preview(''gone'')', 'P0002'), ('power_nodes(''gone'')', 'P0002'),
    ('validate(''gone'')', 'P0002'), ('explain(''gone'')', 'P0002'), ('explain(''s1'', 1)', 'P0002'),
  ('rebalance(7)', 'P0002'), ('rebalance(''6f9619ff-8b86-d011-b42d-00c04fc964ff''::uuid)', 'P0002'),
    ('rebalance('''')', 'P0002'), ('rebalance(''S1'')', 'P0002'), ('rebalance(''s1 '')', 'P0002'),
    ('rebalance(''s1'')', NULL)) c (call, expected);
SELECT is(error_of('SET LOCAL transaction_read_only = on; SELECT powernode.' || call), expected, 'read-only: ' || call)
FROM (VALUES ('rebalance(''s1'')', '25006'), ('preview(''s1'')', NULL), ('power_nodes(''s1'')', NULL),
             ('validate(''s1'')', NULL)) c (call, expected);

-- ---- Ids of other types

CREATE FUNCTION retype(id text, type text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  source text;
BEGIN
  FOREACH source IN ARRAY ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope'] LOOP
    EXECUTE format('UPDATE depot.%I SET site_id = %L', source, id);
    EXECUTE format('ALTER TABLE depot.%I ALTER site_id TYPE %s USING site_id::%2$s', source, type);
  END LOOP;
END $$;
SELECT is(error_of(format('SELECT retype(%L, %L); SELECT powernode.%s(%s)', id, type, call, argument)), expected,
          format('%s(%s) of a site %s %s', call, argument, type, id))
FROM unnest(ARRAY['rebalance', 'preview', 'validate', 'power_nodes', 'explain']) call,
     (VALUES ('7', 'bigint', '7', NULL), ('7', 'smallint', '''7''', NULL), ('7', 'integer', '8', 'P0002'),
       ('7', 'bigint', '''seven''', 'P0002'), ('7', 'bigint', '''''', 'P0002'), ('7', 'smallint', '70000', 'P0002'),
             ('7', 'bigint', '''6f9619ff-8b86-d011-b42d-00c04fc964ff''::uuid', 'P0002'),
               ('6f9619ff-8b86-d011-b42d-00c04fc964ff', 'uuid', '''6f9619ff-8b86-d011-b42d-00c04fc964ff''::uuid', NULL),
             ('6f9619ff-8b86-d011-b42d-00c04fc964ff', 'uuid', '''6F9619FF-8B86-D011-B42D-00C04FC964FF''', NULL),
               ('6f9619ff-8b86-d011-b42d-00c04fc964ff', 'uuid', '7', 'P0002')) i (id, type, argument, expected);
SELECT is(after('SELECT retype(''6f9619ff-8b86-d011-b42d-00c04fc964ff'', ''uuid''); SELECT powernode.rebalance(''6F9619FF-8B86-D011-B42D-00C04FC964FF''); SELECT powernode.rebalance(''{6f9619ff8b86d011b42d00c04fc964ff}'')',
                'SELECT concat_ws('' '', site_id, cycle_no) FROM powernode.microgrid_status'),
                  '6f9619ff-8b86-d011-b42d-00c04fc964ff 2', 'one site, however its id is spelt');

-- ---- The cycle's time, for the sources

SELECT is(after('CREATE VIEW depot.timed WITH (security_invoker) AS SELECT site_id, connector_id, charge_point_id, max_power_w, CASE WHEN current_setting(''powernode.at'')::timestamptz = noon() THEN 7000 ELSE 1 END AS demand_w FROM depot.connector;
                 SELECT powernode.set_source(''connector'', ''depot.timed'')', 'SELECT demand_w::text FROM powernode.rebalance(''s1'', noon()) UNION ALL SELECT sum(demand_w)::text FROM powernode.preview(''s1'', noon() + interval ''1 microsecond'') WHERE is_leaf'),
          lines('28000', '4'), 'powernode.at is the cycle''s time');

SELECT * FROM finish();
ROLLBACK;
