-- Several faults at once: which are recorded, in what order, and how many.
BEGIN;
\ir scene.psql
\ir faults.psql
SELECT no_plan();

-- ---- Two at a time: the order is the table's, not the data's

CREATE TEMP TABLE breakage (place serial, fault text, change text);
INSERT INTO breakage (fault, change) VALUES
  ('INVALID_SETTING microgrid:m1 MICROGRID', 'UPDATE depot.site SET policy = ''FAIR'''),
  ('GRID_CONNECTION_WITHOUT_CIRCUIT grid_connection:g9 GRID_CONNECTION',
    'INSERT INTO depot.grid_connection VALUES (''s1'', ''g9'', NULL, ''G9'')'),
  ('GRID_CONNECTION_NOT_TOP_LEVEL grid_connection:g2 GRID_CONNECTION',
    'INSERT INTO depot.grid_connection VALUES (''s1'', ''g2'', ''b'', ''G2'')'),
  ('CIRCUIT_LOOP circuit:z CIRCUIT',
   'INSERT INTO depot.circuit VALUES (''s1'', ''z'', ''z'', 1, 1, ''Z''); INSERT INTO depot.charge_point VALUES (''s1'', ''pz'', ''z'', 1)'),
  ('CIRCUIT_UNREACHABLE circuit:y CIRCUIT',
   'INSERT INTO depot.circuit VALUES (''s1'', ''y'', ''gone'', 1, 1, ''Y''); INSERT INTO depot.charge_point VALUES (''s1'', ''py'', ''y'', 1)'),
  ('CHARGE_POINT_WITHOUT_CIRCUIT charge_point:p2 CHARGE_POINT',
    'UPDATE depot.charge_point SET circuit_id = NULL WHERE charge_point_id = ''p2'''),
  ('CONNECTOR_WITHOUT_CHARGE_POINT connector:p3.2 CONNECTOR',
    'UPDATE depot.connector SET charge_point_id = NULL WHERE connector_id = ''p3.2'''),
  ('DUPLICATE_NODE connector:p3.1 CONNECTOR',
    'INSERT INTO depot.connector SELECT * FROM depot.connector WHERE connector_id = ''p3.1'''),
  ('MISSING_RATING circuit:b CIRCUIT',
    'UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = ''b'''),
  ('INVALID_RATING charge_point:p3 CHARGE_POINT',
    'UPDATE depot.charge_point SET fallback_w = -1 WHERE charge_point_id = ''p3'''),
  ('INVALID_DEMAND connector:p1.1 CONNECTOR', 'UPDATE depot.connector SET demand_w = -1 WHERE connector_id = ''p1.1'''),
  ('INVALID_ENVELOPE circuit:a CIRCUIT', 'INSERT INTO depot.operating_envelope VALUES (''s1'', ''a'', NULL)'),
  ('UNSUPPORTED_TOPOLOGY connector:p0.1 CONNECTOR',
   'INSERT INTO depot.circuit SELECT ''s1'', ''c'' || i, CASE i WHEN 1 THEN ''main'' ELSE ''c'' || i - 1 END, 40000, NULL FROM generate_series(1, 61) i;
    INSERT INTO depot.charge_point VALUES (''s1'', ''p0'', ''c61'', 1, ''P0''); INSERT INTO depot.connector VALUES (''s1'', ''p0.1'', ''p0'', 1, 0, ''P0.1'')');

SELECT rejects(b.change || '; ' || a.change, split_part(a.fault, ' ', 1) || ' comes before ' || split_part(b.fault, ' ',
  1), a.fault, b.fault)
FROM breakage a JOIN breakage b ON a.place < b.place;

-- ---- All at once

CREATE FUNCTION break_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  change text;
BEGIN
  FOR change IN SELECT b.change FROM breakage b ORDER BY b.place DESC LOOP
    EXECUTE change;
  END LOOP;
END $$;

SELECT rejects('SELECT break_all()', 'every fault at once', VARIADIC array_agg(fault ORDER BY place)) FROM breakage;

-- Every table written anew in the order of md5(row, salt).
CREATE FUNCTION shuffle(salt text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  source text;
BEGIN
  FOREACH source IN ARRAY ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope'] LOOP
    EXECUTE format('CREATE TEMP TABLE shuffled AS SELECT * FROM depot.%I', source);
    EXECUTE format('TRUNCATE depot.%I', source);
    EXECUTE format('INSERT INTO depot.%1$I SELECT * FROM shuffled s ORDER BY md5(s::text || %2$L)', source, salt);
    DROP TABLE shuffled;
  END LOOP;
END $$;

CREATE TEMP TABLE first_told AS
  SELECT after('SELECT break_all()', $$SELECT v::text FROM powernode.validate('s1', noon()) v$$) AS faults;
SELECT is(after(format('SELECT break_all(), shuffle(%L)', salt),
          $$SELECT v::text FROM powernode.validate('s1', noon()) v$$),
          faults, 'the same faults and messages whatever the physical order of the rows: ' || salt)
FROM first_told, unnest(ARRAY['one', 'two', 'three', 'four']) salt;
SELECT is(after('SELECT break_all(); SELECT powernode.rebalance(''s1'', noon()); SELECT powernode.rebalance(''s1'', noon())',
                $$SELECT count(*) || ' of ' || count(DISTINCT (rank, message)) FROM powernode.constraint_history WHERE site_id = 's1'$$),
          '26 of 13', 'two runs record the same rows in the same order');

-- Duplicates that do not agree are where the physical order could show.
CREATE FUNCTION break_duplicates() RETURNS void LANGUAGE sql AS $$
  INSERT INTO depot.circuit VALUES ('s1', 'a', 'main', -5, NULL, 'A too'), ('s1', 'a', 'b', 7, NULL, 'Also A');
  INSERT INTO depot.charge_point VALUES ('s1', 'p1', 'b', NULL, 'P1 too'), ('s1', 'p1', NULL, -3, 'Also P1');
  INSERT INTO depot.connector VALUES ('s1', 'p3.1', 'p1', 5, -1, 'P3.1 too'), ('s1', 'p3.1', 'p3', 6, 7, 'Also P3.1');
  INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'main', 'G2'), ('s1', 'g3', 'main', 'G3'), ('s1', 'g1', 'b', 'G1 too');
$$;
CREATE TEMP TABLE second_told AS
  SELECT after('SELECT break_duplicates()', $$SELECT v::text FROM powernode.validate('s1', noon()) v$$) AS faults;
SELECT is(after(format('SELECT break_duplicates(), shuffle(%L)', salt),
          $$SELECT v::text FROM powernode.validate('s1', noon()) v$$),
          faults, 'the same of rows that are repeated and disagree: ' || salt)
FROM second_told, unnest(ARRAY['one', 'two', 'three', 'four']) salt;

-- ---- Node ids by COLLATE "C", across kinds

SELECT rejects($$INSERT INTO depot.connector SELECT 's1', id, 'p1', 22000, -1, id FROM unnest(ARRAY['b', 'B', 'ä', '10', '9', '_', 'a b', 'ab']) id;
                 UPDATE depot.connector SET weight = 0 WHERE connector_id = 'p1.1'$$,
               'one reason: by node id in COLLATE "C"',
               VARIADIC ARRAY['INVALID_DEMAND connector:10 CONNECTOR', 'INVALID_DEMAND connector:9 CONNECTOR',
                              'INVALID_DEMAND connector:B CONNECTOR', 'INVALID_DEMAND connector:_ CONNECTOR',
                              'INVALID_DEMAND connector:a b CONNECTOR', 'INVALID_DEMAND connector:ab CONNECTOR',
                              'INVALID_DEMAND connector:b CONNECTOR', 'INVALID_DEMAND connector:p1.1 CONNECTOR',
                              'INVALID_DEMAND connector:ä CONNECTOR']);
SELECT rejects($$UPDATE depot.circuit SET default_capacity_w = -1;
                 UPDATE depot.charge_point SET max_power_w = -1 WHERE charge_point_id <> 'p2';
                 UPDATE depot.connector SET max_power_w = -1 WHERE connector_id = 'p2.1'$$,
               'one reason: by the whole node id, kind first',
               'INVALID_RATING charge_point:p1 CHARGE_POINT', 'INVALID_RATING charge_point:p3 CHARGE_POINT',
               'INVALID_RATING circuit:a CIRCUIT', 'INVALID_RATING circuit:b CIRCUIT',
               'INVALID_RATING connector:p2.1 CONNECTOR', 'INVALID_RATING grid_connection:g1 GRID_CONNECTION');

-- ---- Nothing is reported for what hangs below a fault of place

SELECT rejects($$UPDATE depot.circuit SET parent_circuit_id = 'gone', default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = 'a';
                 INSERT INTO depot.circuit VALUES ('s1', 'a1', 'a', NULL, NULL, 'A1'), ('s1', 'a2', 'a1', -1, NULL, 'A2');
                 UPDATE depot.charge_point SET circuit_id = 'a2', max_power_w = -1 WHERE circuit_id = 'a';
                 UPDATE depot.connector SET demand_w = 'NaN', weight = 0 WHERE charge_point_id IN ('p1', 'p2')$$,
               'only the topmost of a broken branch', 'CIRCUIT_UNREACHABLE circuit:a CIRCUIT');

-- ---- At most 100 are recorded, all are counted

CREATE FUNCTION break_connectors(how_many integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO depot.connector SELECT 's1', 'x' || to_char(i, 'FM0000'), 'p1', 22000, -1, 'X' || i FROM generate_series(how_many, 1, -1) i
$$;
SELECT is(after_cycle(format('SELECT break_connectors(%s)', n),
                      $$SELECT concat_ws(' ', s.faults, count(k), min(k.rank), max(k.rank), min(k.node_id COLLATE "C"), max(k.node_id COLLATE "C"))
                        FROM powernode.microgrid_status s JOIN powernode.constraint_status k ON k.site_id = s.site_id
                        WHERE s.site_id = 's1' GROUP BY s.faults$$),
          concat_ws(' ', n, least(n, 100), 1, least(n, 100), 'connector:x0001', 'connector:x' || to_char(least(n, 100),
            'FM0000')),
          n || ' faults: counted, and the first 100 recorded')
FROM unnest(ARRAY[99, 100, 101, 250, 5000]) n;
SELECT is(after('SELECT break_connectors(250)',
                $$SELECT concat_ws(' ', count(*), min(node_id COLLATE "C"), max(node_id COLLATE "C")) FROM powernode.validate('s1', noon())$$),
          '250 connector:x0001 connector:x0250', 'validate() tells all of them');
SELECT is(after('UPDATE depot.site SET on_fault = ''ISOLATE''; SELECT break_connectors(250); UPDATE depot.connector SET demand_w = 22000 WHERE connector_id = ''p3.1'';
                 UPDATE depot.circuit SET default_capacity_w = 10000 WHERE circuit_id = ''b''; SELECT powernode.rebalance(''s1'', noon())',
                $$SELECT concat_ws(' ', s.outcome, s.faults, count(*) FILTER (WHERE k.reason = 'INVALID_DEMAND'), count(*) FILTER (WHERE k.rank = 1 AND k.binding))
                  FROM powernode.microgrid_status s JOIN powernode.constraint_status k ON k.site_id = s.site_id
                  WHERE s.site_id = 's1' GROUP BY s.outcome, s.faults$$),
          'CURTAILED 250 100 1', 'the same beside constraints under ISOLATE');

-- ---- validate() looks at the time that it is asked about, and at it alone

SELECT is(after('INSERT INTO depot.operating_envelope VALUES (''s1'', ''a'', NULL, noon(), noon() + interval ''1 hour'')',
                format('SELECT reason FROM powernode.validate(''s1'', noon() + interval %L)', shift)),
          expected, 'an envelope without a limit at noon + ' || shift)
FROM (VALUES ('-1 microsecond', NULL), ('0', 'INVALID_ENVELOPE'), ('59 minutes', 'INVALID_ENVELOPE'),
             ('1 hour', NULL)) t (shift, expected);
SELECT is(after('UPDATE depot.connector SET demand_w = -1',
          'SELECT (SELECT count(*) FROM powernode.validate(''s1'')) || '' '' || (SELECT count(*) FROM powernode.cycle)'),
          '4 0', 'validate() records nothing');

SELECT * FROM finish();
ROLLBACK;
