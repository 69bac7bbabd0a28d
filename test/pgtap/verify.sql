-- verify(): whom it answers, how it is called, and that sound cycles of every kind
-- are found to be sound.
BEGIN;
\ir scene.psql
\ir verify.psql
SELECT no_plan();

-- ---- What it says of no cycle

SELECT is_empty('SELECT * FROM powernode.verify(''s1'')', 'a site without a cycle: nothing to say');
SELECT throws_ok(call, state, NULL, call)
FROM (VALUES
  ('SELECT * FROM powernode.verify(''s2'')', 'P0002'),
  ('SELECT * FROM powernode.verify(''s2'', 1)', 'P0002'),
  ('SELECT * FROM powernode.verify(''s1'', 1)', 'P0002'),
  ('SELECT * FROM powernode.verify(''s1'', 0)', 'P0002'),
  ('SELECT * FROM powernode.verify(7)', 'P0002'),
  ('SELECT * FROM powernode.verify(''6f9619ff-8b86-d011-b42d-00c04fc964ff''::uuid)', 'P0002'),
  ('SELECT * FROM powernode.verify(NULL::text)', '22004'),
  ('SELECT * FROM powernode.verify(NULL::bigint, 1)', '22004')) c (call, state);

-- ---- Sound cycles

SELECT is(after_cycle(change, 'SELECT rule FROM powernode.verify(''s1'')'), NULL, 'sound: ' || change)
FROM unnest(ARRAY[
  'UPDATE depot.site SET name = NULL',
  'UPDATE depot.connector SET demand_w = 22000',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.site SET control_mode = ''CHARGER''',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.site SET microgrid_id = NULL',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.site SET microgrid_id = NULL, control_mode = ''CHARGER'', safe_mode = true',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.circuit SET safe_mode = true, background_w = 9000',
  'UPDATE depot.connector SET demand_w = 22000; INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 40000), (''s1'', ''b'', 20000)',
  'UPDATE depot.connector SET demand_w = 22000; INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 0)',
  'UPDATE depot.connector SET demand_w = 22000; INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 1, noon() + interval ''1 min'')',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.charge_point SET online = false WHERE charge_point_id <> ''p1''',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.charge_point SET online = false, fallback_w = 0',
  'UPDATE depot.connector SET demand_w = 22000, min_power_w = 12000; UPDATE depot.charge_point SET online = false WHERE charge_point_id = ''p3''',
  'UPDATE depot.connector SET demand_w = 22000, min_power_w = 30000',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.charge_point SET min_power_w = 21000',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.charge_point SET min_power_w = 21000, max_power_w = NULL; UPDATE depot.site SET control_mode = ''CHARGER''',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.circuit SET default_capacity_w = NULL; INSERT INTO depot.circuit VALUES (''s1'', ''empty'', ''a'')',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.circuit SET default_capacity_w = 0 WHERE circuit_id = ''b''',
  'UPDATE depot.connector SET demand_w = 2000000000, max_power_w = 500000000; UPDATE depot.charge_point SET max_power_w = 2000000000; UPDATE depot.circuit SET default_capacity_w = 2147483647',
  'DELETE FROM depot.connector',
  'TRUNCATE depot.charge_point, depot.connector',
  'UPDATE depot.connector SET demand_w = -1; UPDATE depot.site SET on_fault = ''ISOLATE''',
  'UPDATE depot.connector SET demand_w = 22000; UPDATE depot.connector SET demand_w = -1 WHERE connector_id = ''p2.1''; UPDATE depot.site SET on_fault = ''ISOLATE''',
  'UPDATE depot.connector SET demand_w = -1',
  'UPDATE depot.site SET policy = ''FAIR'', control_mode = ''PLUG'', on_fault = ''IGNORE'', setpoint_ttl = ''0''',
  'TRUNCATE depot.grid_connection, depot.circuit',
  'INSERT INTO depot.connector SELECT ''s1'', ''x'' || i, ''gone'', 1, 1 FROM generate_series(1, 150) i']) change;
SELECT is(after(format('UPDATE depot.site SET policy = %L, control_mode = %L, microgrid_id = %L;
                        UPDATE depot.connector SET demand_w = 22000, min_power_w = 1000 * right(connector_id, 1)::int, weight = right(connector_id, 1)::int, priority = -weight,
                          arrived_at = noon() - interval ''1 h'' * right(connector_id, 1)::int, departs_at = noon() + interval ''1 h'', energy_wh = 1000;
                        INSERT INTO depot.circuit VALUES (''s1'', ''empty'', ''b'', 5);
                        SELECT powernode.rebalance(''s1'', noon())', policy, mode, microgrid),
                'SELECT outcome || coalesce((SELECT '' '' || string_agg(v.rule, '' '') FROM powernode.verify(''s1'') v), '''') FROM powernode.microgrid_status'),
          'CURTAILED', format('sound: %s, %s, %s', policy, mode, coalesce(microgrid, 'FLAT')))
FROM unnest(ARRAY['EQUAL_SHARE', 'WEIGHTED', 'PROPORTIONAL', 'PRIORITY', 'FIRST_COME_FIRST_SERVED', 'EARLIEST_DEADLINE_FIRST',
                  'LEAST_LAXITY_FIRST']) policy, unnest(ARRAY['CONNECTOR', 'CHARGER']) mode, unnest(ARRAY['m1', NULL]) microgrid;

-- ---- Which cycle

SELECT make_rich_cycle();
DO $$ BEGIN PERFORM powernode.rebalance('s1', noon() + i * interval '1 min') FROM generate_series(1, 2) i; END $$;
UPDATE powernode.cycle SET limit_w = 1 WHERE cycle_no = 2;
SELECT is(after('', call), answer, call)
FROM (VALUES
  ('SELECT rule FROM powernode.verify(''s1'')', NULL),
  ('SELECT rule FROM powernode.verify(''s1'', 1)', NULL),
  ('SELECT rule FROM powernode.verify(site_id => ''s1'', cycle_no => 2) ORDER BY 1', lines('CONTROL_TOTAL', 'SITE_LIMIT')),
  ('SELECT c.cycle_no || v.rule FROM powernode.cycle c, LATERAL powernode.verify(c.site_id, c.cycle_no) v ORDER BY 1', lines('2CONTROL_TOTAL', '2SITE_LIMIT'))) c (call, answer);
SELECT results_eq('SELECT rule, node_id, expected, actual, message FROM powernode.verify(''s1'', 2) WHERE rule = ''SITE_LIMIT''',
                  $$VALUES ('SITE_LIMIT', NULL::text, '30000', '1', 'What the site can take is the least of the root''s limit and the sum of its children''s.')$$,
                  'a finding says what is expected and what is recorded');
SELECT throws_ok('SELECT powernode.verify(''s1'', 4)', 'P0002', 'site "s1" has no cycle 4', 'a cycle to come');
SELECT is(found('UPDATE powernode.cycle SET allocated = demands, bottlenecks = NULL, expires_at = NULL, vehicles = ''{}'''), 'ARRAY_LENGTH CONTROL_TOTAL EXPIRES', 'what is no tree is not looked into');
SELECT is(after('UPDATE powernode.cycle SET allocated = demands, bottlenecks = NULL, demands[3] = 1, turns = NULL, limit_w = NULL, expires_at = NULL',
                'SELECT message FROM powernode.verify(''s1'') WHERE message !~ ''^[A-Z].*\.$'''), NULL, 'every message is a sentence');

-- ---- Ids of other types

CREATE FUNCTION with_ids(site_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  source text;
BEGIN
  FOREACH source IN ARRAY ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope'] LOOP
    EXECUTE format('CREATE VIEW depot.typed_%s AS SELECT %s AS site_id, %s FROM depot.%I', source, site_id,
                   (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                    WHERE a.attrelid = format('depot.%I', source)::regclass AND a.attnum > 1), source);
    PERFORM powernode.set_source(source, format('depot.typed_%s', source)::regclass);
  END LOOP;
  EXECUTE format('SELECT powernode.rebalance(%s, noon())', site_id);
END $$;
SELECT is(after(format('SELECT with_ids(%L); UPDATE powernode.cycle SET limit_w = 1', id), format('SELECT rule FROM powernode.verify(%s) WHERE rule = ''SITE_LIMIT''', call)),
          'SITE_LIMIT', format('verify(%s) of %s', call, id))
FROM (VALUES ('7::bigint', '7'), ('7::bigint', '7::bigint, 1'), ('7::bigint', '''007'''), ('7::bigint', '''7'', 1'),
             ('''6f9619ff-8b86-d011-b42d-00c04fc964ff''::uuid', '''6f9619ff-8b86-d011-b42d-00c04fc964ff''::uuid'),
             ('''6f9619ff-8b86-d011-b42d-00c04fc964ff''::uuid', '''6F9619FF-8B86-D011-B42D-00C04FC964FF'', 1')) i (id, call);

-- ---- Who

CREATE ROLE powernode_tap_verifier;
CREATE ROLE powernode_tap_other;
INSERT INTO depot.site (site_id, microgrid_id) VALUES ('s2', 'm2');
ALTER TABLE depot.site ENABLE ROW LEVEL SECURITY;
CREATE POLICY verifier ON depot.site TO powernode_tap_verifier USING (site_id = 's1');
CREATE POLICY other ON depot.site TO powernode_tap_other USING (site_id = 's2');
GRANT USAGE ON SCHEMA powernode, depot TO powernode_tap_verifier, powernode_tap_other;
GRANT SELECT ON depot.site TO powernode_tap_verifier, powernode_tap_other;
GRANT SELECT ON powernode.cycle_proof, powernode.fault_proof, powernode.site_proof TO powernode_tap_verifier, powernode_tap_other;

-- What a query of one text column gives a role, or its SQLSTATE.
CREATE FUNCTION as_role(role text, query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN coalesce(after(format('SET LOCAL ROLE %I', role), query), '');
EXCEPTION WHEN OTHERS THEN
  RETURN 'ERROR ' || SQLSTATE;
END $$;
SELECT is(as_role(role, query), answer, format('%s: %s', role, query))
FROM (VALUES
  ('powernode_tap_verifier', 'SELECT rule FROM powernode.verify(''s1'')', ''),
  ('powernode_tap_verifier', 'SELECT rule FROM powernode.verify(''s1'', 2) ORDER BY 1', lines('CONTROL_TOTAL', 'SITE_LIMIT')),
  ('powernode_tap_verifier', 'SELECT rule FROM powernode.verify(''s2'')', 'ERROR P0002'),
  ('powernode_tap_verifier', 'SELECT rule FROM powernode.verify_cycle(''s2'', 1)', ''),
  ('powernode_tap_other', 'SELECT rule FROM powernode.verify(''s1'')', 'ERROR P0002'),
  ('powernode_tap_other', 'SELECT rule FROM powernode.verify(''s1'', 2)', 'ERROR P0002'),
  ('powernode_tap_other', 'SELECT rule FROM powernode.verify_cycle(''s1'', 2)', ''),
  ('powernode_tap_other', 'SELECT rule FROM powernode.verify(''s2'')', ''),
  ('powernode_tap_other', 'SELECT site_id FROM powernode.cycle_proof', ''),
  ('powernode_tap_other', 'SELECT site_id FROM powernode.fault_proof', ''),
  ('powernode_tap_other', 'SELECT site_id FROM powernode.site_proof', 's2'),
  ('powernode_tap_verifier', 'SELECT ''x'' FROM powernode.cycle', 'ERROR 42501'),
  ('powernode_tap_verifier', 'SELECT ''x'' FROM powernode.topology', 'ERROR 42501')) r (role, query, answer);
SELECT is(after(format('REVOKE SELECT ON powernode.%I FROM powernode_tap_verifier', view),
                'SELECT as_role(''powernode_tap_verifier'', ''SELECT rule FROM powernode.verify(''''s1'''')'')'), 'ERROR 42501',
          'it reads as the caller: no SELECT on ' || view)
FROM unnest(ARRAY['cycle_proof', 'fault_proof', 'site_proof']) view;
-- A condition that would tell what it is given runs after the site list.
CREATE FUNCTION tell(text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$
BEGIN
  IF $1 = 's1' THEN
    RAISE 'told';
  END IF;
  RETURN true;
END $$;
SELECT is(as_role('powernode_tap_other', format('SELECT count(*)::text FROM powernode.%I WHERE tell(site_id) AND site_id <> ''s2''', view)), '0',
          'a leaky condition learns nothing: ' || view)
FROM unnest(ARRAY['cycle_proof', 'fault_proof', 'site_proof']) view;

-- ---- How

SELECT is(ARRAY(SELECT DISTINCT f.oid::regprocedure::text
                FROM pg_depend d
                JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid AND p.pronamespace = 'powernode'::regnamespace
                JOIN pg_proc f ON d.refclassid = 'pg_proc'::regclass AND f.oid = d.refobjid
                JOIN pg_language l ON l.oid = f.prolang AND l.lanname = 'c'
                WHERE p.proname ~ '^(verify|proof)'
                  AND f.pronamespace = 'powernode'::regnamespace),
          ARRAY['powernode.kept_cycle(text,integer)'], 'it runs no C of powernode''s but what looks the cycle up');
SELECT is(ARRAY(SELECT DISTINCT l.lanname::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
                WHERE p.pronamespace = 'powernode'::regnamespace AND p.proname ~ '^(verify|proof)'), ARRAY['sql'], 'it is plain SQL');
SELECT is(ARRAY(SELECT p.oid::regprocedure::text FROM pg_proc p
                WHERE p.pronamespace = 'powernode'::regnamespace AND p.proname ~ '^verify' AND (p.prosecdef OR p.provolatile = 'v')), '{}', 'and changes nothing');

INSERT INTO powernode.cycle (site_id, cycle_no, outcome, reason, message, evaluated_at, completed_at, constrained_nodes,
                             curtailed_leaves, faults, recorded_by, duration, control_total)
SELECT 's1', i, 'REJECTED', 'NO_GRID_CONNECTION', 'No.', noon(), noon(), 0, 0, 1, 'me', '0', 0 FROM generate_series(4, 20000) i;
INSERT INTO powernode.cycle_fault (site_id, cycle_no, rank, reason, message)
SELECT 's1', i, 1, 'NO_GRID_CONNECTION', 'No.' FROM generate_series(4, 20000) i;
ANALYZE powernode.cycle, powernode.cycle_fault;
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
SELECT matches(after('', format('SELECT plan(%L)', query)), condition, 'its filter reaches the key: ' || query)
FROM (VALUES
  ('SELECT outcome, parents, in_force_outcome FROM powernode.cycle_proof WHERE site_id = ''s1'' AND cycle_no = 17', 'cycle_pkey on cycle c\M.*\(\(site_id = ''s1''::text\) AND \(cycle_no = 17\)\)'),
  ('SELECT reason FROM powernode.fault_proof WHERE site_id = ''s1'' AND cycle_no = 17', 'cycle_fault_pkey.*\(\(site_id = ''s1''::text\) AND \(cycle_no = 17\)\)'),
  ('SELECT latest_cycle_no FROM powernode.site_proof WHERE site_id = ''s1''', 'Backward using cycle_pkey')) p (query, condition);

SELECT * FROM finish();
ROLLBACK;
