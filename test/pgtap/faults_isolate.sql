-- on_fault = ISOLATE: what is left out, what is reserved for it, what happens
-- to the rest, and which faults reject all the same.
BEGIN;
\ir scene.psql
\ir faults.psql
SELECT no_plan();

UPDATE depot.site SET on_fault = 'ISOLATE';
UPDATE depot.connector SET demand_w = 5000;

SELECT is_sound('', 'the depot without a fault');

-- The cycle in lines: outcome and count of faults, limits in tree order, the
-- leaves that get a setpoint, and the faults.
CREATE FUNCTION isolation() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  told record;
BEGIN
  told := powernode.rebalance('s1', noon());
  RETURN QUERY SELECT format('%s %s faults %s', told.outcome, told.reason, s.faults)
               FROM powernode.microgrid_status s WHERE s.site_id = 's1';
  RETURN QUERY SELECT format('%s %s', n.node_id, coalesce(n.limit_w || ' ' || n.limit_source, 'unlimited'))
               FROM powernode.node_status n WHERE n.site_id = 's1' AND n.kind IN ('MICROGRID', 'GRID_CONNECTION', 'CIRCUIT') ORDER BY n.ordinal;
  RETURN QUERY SELECT 'setpoints ' || coalesce((SELECT string_agg(p.source_id, ' ' ORDER BY p.leaf_id) FROM powernode.setpoint p WHERE p.site_id = 's1'), 'none');
  RETURN QUERY SELECT format('%s %s %s', k.reason, k.node_id, k.kind) FROM powernode.constraint_status k WHERE k.site_id = 's1' ORDER BY k.rank;
  RETURN QUERY SELECT 'wrong: nodes and setpoints differ'
               WHERE (SELECT array_agg(n.node_id ORDER BY n.node_id) FROM powernode.node_status n WHERE n.site_id = 's1' AND n.is_leaf)
                     IS DISTINCT FROM (SELECT array_agg(p.leaf_id ORDER BY p.leaf_id) FROM powernode.setpoint p WHERE p.site_id = 's1');
  RETURN QUERY SELECT 'wrong: validate() tells otherwise'
               WHERE (SELECT array_agg(v::text) FROM powernode.validate('s1', noon()) v)
                     IS DISTINCT FROM (SELECT array_agg(row(k.reason, k.node_id, k.kind, k.message)::text ORDER BY k.rank)
                                       FROM powernode.constraint_status k WHERE k.site_id = 's1' AND k.asked_w IS NULL);
END $$;

CREATE FUNCTION isolates(change text, label text, VARIADIC expected text[]) RETURNS text LANGUAGE sql AS $$
  SELECT is(after(change, 'SELECT * FROM isolation()'), lines(VARIADIC expected), label)
$$;

-- ---- A connector's fault leaves out its charge point

SELECT isolates(format('UPDATE depot.connector SET %s WHERE connector_id = ''p3.1''', change),
          'a connector with ' || change,
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 78000 OFFLINE_RESERVE', 'circuit:a 40000 DEFAULT_CAPACITY',
                  'circuit:b 18000 OFFLINE_RESERVE',
                'setpoints p1.1 p2.1', reason || ' connector:p3.1 CONNECTOR')
FROM (VALUES ('INVALID_DEMAND', 'demand_w = -1'), ('INVALID_DEMAND', 'demand_w = ''NaN'''),
             ('INVALID_DEMAND', 'weight = 0'),
             ('INVALID_DEMAND', 'energy_wh = -1'), ('INVALID_RATING', 'max_power_w = -1'),
               ('INVALID_RATING', 'min_power_w = 2147483648')) c (reason, change);
SELECT isolates('INSERT INTO depot.connector SELECT * FROM depot.connector WHERE connector_id = ''p3.1''',
          'two rows of a connector',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 78000 OFFLINE_RESERVE', 'circuit:a 40000 DEFAULT_CAPACITY',
                  'circuit:b 18000 OFFLINE_RESERVE',
                'setpoints p1.1 p2.1', 'DUPLICATE_NODE connector:p3.1 CONNECTOR');

-- ---- A charge point's fault leaves it out

SELECT isolates(format('UPDATE depot.charge_point SET %s WHERE charge_point_id = ''p1''', change),
          'a charge point with ' || change,
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                format('grid_connection:g1 %s OFFLINE_RESERVE', 100000 - reserve),
                  format('circuit:a %s OFFLINE_RESERVE', 40000 - reserve),
                'circuit:b 40000 DEFAULT_CAPACITY',
                'setpoints p2.1 p3.1 p3.2', 'INVALID_RATING charge_point:p1 CHARGE_POINT')
FROM (VALUES ('min_power_w = -1', 22000), ('fallback_w = -1', 22000), ('min_power_w = -1, fallback_w = 4000', 4000),
             ('max_power_w = -1, fallback_w = 4000', 4000), ('max_power_w = ''NaN'', fallback_w = 4000', 4000),
             ('min_power_w = -1, max_power_w = NULL', 22000)) c (change, reserve);
SELECT isolates('UPDATE depot.charge_point SET max_power_w = NULL, fallback_w = 4000; UPDATE depot.connector SET max_power_w = NULL WHERE connector_id = ''p3.2''',
                'a charge point without a rating, bounded by its fallback',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 96000 OFFLINE_RESERVE', 'circuit:a 40000 DEFAULT_CAPACITY',
                  'circuit:b 36000 OFFLINE_RESERVE',
                'setpoints p1.1 p2.1', 'MISSING_RATING charge_point:p3 CHARGE_POINT');
SELECT isolates('INSERT INTO depot.charge_point SELECT * FROM depot.charge_point WHERE charge_point_id = ''p3''',
          'two rows of a charge point',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 78000 OFFLINE_RESERVE', 'circuit:a 40000 DEFAULT_CAPACITY',
                  'circuit:b 18000 OFFLINE_RESERVE',
                'setpoints p1.1 p2.1', 'DUPLICATE_NODE charge_point:p3 CHARGE_POINT');

-- ---- A circuit's fault leaves out everything below it

SELECT isolates(change, label,
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 56000 OFFLINE_RESERVE', 'circuit:b 40000 DEFAULT_CAPACITY',
                'setpoints p3.1 p3.2', reason || ' circuit:a CIRCUIT')
FROM (VALUES
  ('MISSING_RATING', 'a circuit without a rating',
    'UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = ''a'''),
  ('INVALID_RATING', 'a circuit with a negative rating',
    'UPDATE depot.circuit SET safe_capacity_w = -1 WHERE circuit_id = ''a'''),
  ('DUPLICATE_NODE', 'two rows of a circuit',
    'INSERT INTO depot.circuit SELECT * FROM depot.circuit WHERE circuit_id = ''a'''),
  ('INVALID_DEMAND', 'a sum past integer',
    'UPDATE depot.connector SET max_power_w = 2000000000, demand_w = 2000000000 WHERE connector_id IN (''p1.1'', ''p2.1'')')
) c (reason, label, change);
SELECT is(after_cycle('UPDATE depot.circuit SET default_capacity_w = -1 WHERE circuit_id = ''a''',
                      'SELECT node_id FROM powernode.node_status WHERE site_id = ''s1'' ORDER BY ordinal'),
          lines('microgrid:m1', 'grid_connection:g1', 'circuit:b', 'charge_point:p3', 'connector:p3.1',
            'connector:p3.2'),
          'nothing left out is a node of the cycle');

-- ---- Background of what is left out, and fallbacks below it

SELECT isolates('UPDATE depot.circuit SET default_capacity_w = -1, background_w = 1500 WHERE circuit_id = ''a''',
          'its background is taken too',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 54500 OFFLINE_RESERVE', 'circuit:b 40000 DEFAULT_CAPACITY',
                'setpoints p3.1 p3.2', 'INVALID_RATING circuit:a CIRCUIT');
SELECT isolates('UPDATE depot.circuit SET default_capacity_w = -1, background_w = -1500 WHERE circuit_id = ''a'';
                 UPDATE depot.charge_point SET fallback_w = 3000 WHERE charge_point_id = ''p1''', 'a fallback below it counts, solar export does not',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 75000 OFFLINE_RESERVE', 'circuit:b 40000 DEFAULT_CAPACITY',
                'setpoints p3.1 p3.2', 'INVALID_RATING circuit:a CIRCUIT');
SELECT isolates('UPDATE depot.circuit SET default_capacity_w = -1 WHERE circuit_id = ''a''; UPDATE depot.charge_point SET online = false WHERE charge_point_id = ''p1''',
                'offline and left out is reserved once',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 56000 OFFLINE_RESERVE', 'circuit:b 40000 DEFAULT_CAPACITY',
                'setpoints p3.1 p3.2', 'INVALID_RATING circuit:a CIRCUIT');
SELECT isolates('UPDATE depot.circuit SET default_capacity_w = -1 WHERE circuit_id = ''a''; INSERT INTO depot.operating_envelope VALUES (''s1'', ''a'', 100)',
                'an envelope on it bounds nothing',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 56000 OFFLINE_RESERVE', 'circuit:b 40000 DEFAULT_CAPACITY',
                'setpoints p3.1 p3.2', 'INVALID_RATING circuit:a CIRCUIT');

-- ---- Deeper, nested, and at the top

CREATE FUNCTION deepen() RETURNS void LANGUAGE sql AS $$
  INSERT INTO depot.circuit VALUES ('s1', 'a1', 'a', 20000, 10000, 'A1', NULL, 700), ('s1', 'a2', 'a1', 20000, 10000, 'A2', NULL, 30);
  INSERT INTO depot.charge_point VALUES ('s1', 'p4', 'a2', 6000, 'P4');
  INSERT INTO depot.connector VALUES ('s1', 'p4.1', 'p4', 6000, 1000, 'P4.1');
$$;
SELECT isolates('SELECT deepen(); UPDATE depot.circuit SET safe_capacity_w = -1 WHERE circuit_id = ''a2''',
          'a deep circuit: at the nearest above, and all above that',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 93270 OFFLINE_RESERVE', 'circuit:a 33270 OFFLINE_RESERVE',
                  'circuit:a1 13270 OFFLINE_RESERVE', 'circuit:b 40000 DEFAULT_CAPACITY',
                'setpoints p1.1 p2.1 p3.1 p3.2', 'INVALID_RATING circuit:a2 CIRCUIT');
SELECT isolates('SELECT deepen(); UPDATE depot.circuit SET safe_capacity_w = -1 WHERE circuit_id IN (''a'', ''a2''); UPDATE depot.connector SET demand_w = -1 WHERE connector_id = ''p4.1''',
                'a fault below a fault is reserved once',
                'APPLIED DEMAND_MET faults 3', 'microgrid:m1 unlimited',
                'grid_connection:g1 49270 OFFLINE_RESERVE', 'circuit:b 40000 DEFAULT_CAPACITY', 'setpoints p3.1 p3.2',
                'INVALID_RATING circuit:a CIRCUIT', 'INVALID_RATING circuit:a2 CIRCUIT',
                  'INVALID_DEMAND connector:p4.1 CONNECTOR');
SELECT isolates($$INSERT INTO depot.circuit VALUES ('s1', 'main2', NULL, 30000, NULL, 'Main 2');
                  INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'main2', 'Second');
                  UPDATE depot.charge_point SET circuit_id = 'main2' WHERE charge_point_id = 'p3';
                  INSERT INTO depot.operating_envelope VALUES ('s1', NULL, 90000);
                  UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = 'main'$$,
                'a top-level circuit: its grid connection is left out, the root reserves',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 46000 OPERATING_ENVELOPE',
                  'grid_connection:g2 30000 DEFAULT_CAPACITY',
                'setpoints p3.1 p3.2', 'MISSING_RATING grid_connection:g1 GRID_CONNECTION');
SELECT isolates($$INSERT INTO depot.circuit VALUES ('s1', 'main2', NULL, 30000, NULL, 'Main 2');
                  INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'main2', 'Second');
                  INSERT INTO depot.operating_envelope VALUES ('s1', NULL, 90000);
                  UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL, background_w = 1500 WHERE circuit_id = 'main'$$,
                'a top-level circuit''s background is taken from the root',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 22500 OPERATING_ENVELOPE',
                  'grid_connection:g2 30000 DEFAULT_CAPACITY',
                'setpoints none', 'MISSING_RATING grid_connection:g1 GRID_CONNECTION');
SELECT isolates('UPDATE depot.site SET control_mode = ''CHARGER''; UPDATE depot.connector SET demand_w = -1 WHERE connector_id = ''p3.2''',
                'CHARGER: a connector''s fault leaves out the leaf',
                'APPLIED DEMAND_MET faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 78000 OFFLINE_RESERVE', 'circuit:a 40000 DEFAULT_CAPACITY',
                  'circuit:b 18000 OFFLINE_RESERVE',
                'setpoints p1 p2', 'INVALID_DEMAND connector:p3.2 CONNECTOR');
SELECT isolates('UPDATE depot.site SET microgrid_id = NULL; UPDATE depot.connector SET demand_w = -1 WHERE connector_id = ''p3.2''',
                'FLAT: the root reserves',
                'APPLIED DEMAND_MET faults 1', 'microgrid:s1 78000 OFFLINE_RESERVE', 'setpoints p1.1 p2.1',
                  'INVALID_DEMAND connector:p3.2 CONNECTOR');

-- ---- The rest is balanced, within what the reserve leaves

SELECT isolates('UPDATE depot.connector SET demand_w = 22000; UPDATE depot.connector SET demand_w = -1 WHERE connector_id = ''p1.1''; UPDATE depot.circuit SET default_capacity_w = 30000 WHERE circuit_id = ''a''',
                'curtailed by the reserve: the faults after the constraints',
                'CURTAILED CHARGE_POINT_LIMIT faults 1', 'microgrid:m1 unlimited',
                'grid_connection:g1 78000 OFFLINE_RESERVE', 'circuit:a 8000 OFFLINE_RESERVE',
                  'circuit:b 40000 DEFAULT_CAPACITY', 'setpoints p2.1 p3.1 p3.2',
                'CHARGE_POINT_LIMIT charge_point:p3 CHARGE_POINT', 'OFFLINE_RESERVE circuit:a CIRCUIT',
                  'INVALID_DEMAND connector:p1.1 CONNECTOR');
SELECT is(after_cycle('UPDATE depot.connector SET demand_w = 22000; UPDATE depot.connector SET demand_w = -1 WHERE connector_id = ''p1.1''; UPDATE depot.circuit SET default_capacity_w = 10000 WHERE circuit_id = ''a''',
                      'SELECT leaf_id || '' '' || allocated_w FROM powernode.setpoint WHERE site_id = ''s1'''),
          lines('connector:p2.1 0', 'connector:p3.1 11000', 'connector:p3.2 11000'),
            'a reserve above the limit leaves nothing, and never less');

-- ---- All left out is still a cycle

SELECT isolates('UPDATE depot.charge_point SET min_power_w = -1', 'every charge point left out',
                'APPLIED DEMAND_MET faults 3', 'microgrid:m1 unlimited', 'grid_connection:g1 34000 OFFLINE_RESERVE',
                'circuit:a 0 OFFLINE_RESERVE', 'circuit:b 18000 OFFLINE_RESERVE', 'setpoints none',
                'INVALID_RATING charge_point:p1 CHARGE_POINT', 'INVALID_RATING charge_point:p2 CHARGE_POINT',
                  'INVALID_RATING charge_point:p3 CHARGE_POINT');

-- ---- What nothing bounds still rejects

SELECT rejects('UPDATE depot.charge_point SET max_power_w = ' || rating || ' WHERE charge_point_id = ''p1''',
  'unbounded: a rating of ' || rating,
               'INVALID_RATING charge_point:p1 CHARGE_POINT')
FROM unnest(ARRAY['-1', '''NaN''', '2147483648']) rating;
SELECT rejects('UPDATE depot.charge_point SET max_power_w = NULL WHERE charge_point_id = ''p3''; UPDATE depot.connector SET max_power_w = NULL WHERE connector_id = ''p3.2''',
               'unbounded: no rating at all', 'MISSING_RATING charge_point:p3 CHARGE_POINT');
SELECT rejects('UPDATE depot.charge_point SET max_power_w = NULL WHERE charge_point_id = ''p3''; UPDATE depot.connector SET max_power_w = -1 WHERE connector_id = ''p3.2''',
               'unbounded: by a connector whose rating is none', 'INVALID_RATING connector:p3.2 CONNECTOR');

-- ---- Every other fault rejects

SELECT rejects(change, 'rejects all the same: ' || split_part(fault, ' ', 1) || ' by ' || left(change, 60), fault)
FROM (VALUES
  ('INVALID_SETTING microgrid:m1 MICROGRID', 'UPDATE depot.site SET policy = ''FAIR'''),
  ('INVALID_SETTING microgrid:m1 MICROGRID', 'UPDATE depot.site SET setpoint_ttl = ''0'''),
  ('NO_GRID_CONNECTION microgrid:m1 MICROGRID', 'TRUNCATE depot.grid_connection, depot.charge_point, depot.connector'),
  ('GRID_CONNECTION_WITHOUT_CIRCUIT grid_connection:g2 GRID_CONNECTION',
    'INSERT INTO depot.grid_connection VALUES (''s1'', ''g2'', NULL, ''G2'')'),
  ('GRID_CONNECTION_NOT_TOP_LEVEL grid_connection:g2 GRID_CONNECTION',
    'INSERT INTO depot.grid_connection VALUES (''s1'', ''g2'', ''a'', ''G2'')'),
  ('CIRCUIT_LOOP circuit:a CIRCUIT', 'UPDATE depot.circuit SET parent_circuit_id = ''a'' WHERE circuit_id = ''a'''),
  ('CIRCUIT_UNREACHABLE circuit:a CIRCUIT',
    'UPDATE depot.circuit SET parent_circuit_id = ''gone'' WHERE circuit_id = ''a'''),
  ('CIRCUIT_UNREACHABLE circuit:a CIRCUIT',
    'UPDATE depot.circuit SET parent_circuit_id = NULL WHERE circuit_id = ''a'''),
  ('CHARGE_POINT_WITHOUT_CIRCUIT charge_point:p1 CHARGE_POINT',
    'UPDATE depot.charge_point SET circuit_id = NULL WHERE charge_point_id = ''p1'''),
  ('CONNECTOR_WITHOUT_CHARGE_POINT connector:p3.1 CONNECTOR',
    'UPDATE depot.connector SET charge_point_id = NULL WHERE connector_id = ''p3.1'''),
  ('DUPLICATE_NODE microgrid:m1 MICROGRID', 'INSERT INTO depot.site SELECT * FROM depot.site'),
  ('DUPLICATE_NODE grid_connection:g1 GRID_CONNECTION',
    'INSERT INTO depot.grid_connection SELECT * FROM depot.grid_connection'),
  ('DUPLICATE_NODE grid_connection:g2 GRID_CONNECTION',
    'INSERT INTO depot.grid_connection VALUES (''s1'', ''g2'', ''main'', ''G2'')'),
  -- Two rows that name two places: the place is not known.
  ('DUPLICATE_NODE charge_point:p1 CHARGE_POINT',
    'INSERT INTO depot.charge_point VALUES (''s1'', ''p1'', ''b'', 22000, ''P1'')'),
  ('DUPLICATE_NODE circuit:a CIRCUIT', 'INSERT INTO depot.circuit VALUES (''s1'', ''a'', ''b'', 40000, 30000, ''A'')'),
  ('DUPLICATE_NODE connector:p1.1 CONNECTOR',
    'INSERT INTO depot.connector VALUES (''s1'', ''p1.1'', ''p3'', 22000, 5000, ''P1.1'')'),
  ('INVALID_ENVELOPE circuit:a CIRCUIT', 'INSERT INTO depot.operating_envelope VALUES (''s1'', ''a'', NULL)'),
  ('INVALID_ENVELOPE circuit:gone CIRCUIT', 'INSERT INTO depot.operating_envelope VALUES (''s1'', ''gone'', 1000)')
) c (fault, change);
SELECT rejects($$INSERT INTO depot.circuit VALUES ('s1', 'main2', NULL, 30000, NULL, 'Main 2');
                 INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'main2', 'Second');
                 UPDATE depot.charge_point SET circuit_id = 'main2' WHERE charge_point_id = 'p3';
                 UPDATE depot.connector SET max_power_w = 2000000000, demand_w = 2000000000 WHERE connector_id IN ('p1.1', 'p3.1')$$,
               'rejects all the same: a sum past integer at the root', 'INVALID_DEMAND microgrid:m1 MICROGRID');
SELECT rejects('INSERT INTO depot.operating_envelope VALUES (''s1'', ''gone'', 1000); UPDATE depot.connector SET demand_w = -1 WHERE connector_id = ''p1.1''',
               'one fault that can be isolated beside one that cannot',
               'INVALID_DEMAND connector:p1.1 CONNECTOR', 'INVALID_ENVELOPE circuit:gone CIRCUIT');
SELECT is(after('INSERT INTO depot.circuit SELECT ''s1'', ''c'' || i, CASE i WHEN 1 THEN ''main'' ELSE ''c'' || i - 1 END, 40000, NULL FROM generate_series(1, 61) i;
                 UPDATE depot.charge_point SET circuit_id = ''c61'' WHERE charge_point_id = ''p1''',
                'SELECT outcome || '' '' || reason FROM powernode.rebalance(''s1'', noon())'),
          'REJECTED UNSUPPORTED_TOPOLOGY', 'rejects all the same: 65 levels');

-- Of two rows of one connector a wrong number is not hidden by a sound one.
SELECT is(after('UPDATE depot.connector SET max_power_w = 12 WHERE connector_id = ''p1.1''; INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w) VALUES (''s1'', ''p1.1'', ''p1'', -3, 0)',
                'SELECT concat_ws('' '', reason, node_id) FROM powernode.validate(''s1'', noon())'),
          lines('DUPLICATE_NODE connector:p1.1', 'INVALID_RATING connector:p1.1'), 'a wrong rating in a repeated row is a fault too');
SELECT * FROM finish();
ROLLBACK;
