-- How values and rows come from the sources: numerics to whole watts as floor() and
-- ceil() would make them, and ids in the order of their own type.
BEGIN;
\ir scene.psql
SELECT no_plan();
SET LOCAL extra_float_digits = 0;
SELECT setseed(0.25);

-- ---- Numerics of every shape

CREATE TEMPORARY TABLE number AS
SELECT row_number() OVER () AS i, n FROM (
  SELECT (random() * 10 ^ (random() * 9))::numeric * (10::numeric ^ -(random() * 8)::integer) FROM generate_series(1, 400)
  UNION ALL SELECT trunc((random() * 10 ^ (random() * 9))::numeric) FROM generate_series(1, 200)
  UNION ALL SELECT (d * 10::numeric ^ e) FROM (VALUES (1), (9), (9999), (10000), (10001), (99999999)) d (d), generate_series(-20, 5) e
            WHERE d * 10::numeric ^ e <= 2147483647
  UNION ALL SELECT v::numeric FROM unnest(ARRAY['0', '0.0000', '-0.0', '1e-200', '0.00000000000000000000000000000000000000000000000000000000000000000000000000000001',
    '2147483646.999999', '2147483647', '2147483647.0000', '1000', '10000', '100000000', '20000.00005', '1.5', '12345.6789']) v) v (n);
DELETE FROM depot.connector;
DELETE FROM depot.charge_point;
INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w)
SELECT 's1', 'n' || i, 'a', n FROM number;
SELECT is(count(*) FILTER (WHERE p.limit_w IS DISTINCT FROM floor(n)), 0::bigint,
          format('%s ratings are rounded down as floor() does', count(*)))
FROM number JOIN powernode.power_nodes('s1') p ON p.node_id = 'charge_point:n' || i;

-- A value that is too small for its sign to be lost, or too large, is a fault; so
-- is one that is no number.
DELETE FROM number;
INSERT INTO number
SELECT row_number() OVER (), v::numeric FROM unnest(ARRAY['-1', '-0.1', '-1e-30', '-1e-200', '-10000', '-99999999999999999999999', '-1e300', 'NaN', 'Infinity',
  '-Infinity', '2147483648', '2147483648.0', '1e9', '2147483647.5', '9223372036854775807', '9223372036854775808', '1e19', '1e20', '1e300', '1e131071', '0.5',
  '-9223372036854775808', '-9223372036854775809']) v;
DELETE FROM depot.charge_point;
INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w)
SELECT 's1', 'n' || i, 'a', n FROM number;
INSERT INTO depot.connector (site_id, connector_id, charge_point_id) SELECT 's1', 'k' || i, 'n' || i FROM number;
SELECT set_eq('SELECT node_id FROM powernode.validate(''s1'') WHERE reason = ''INVALID_RATING''',
              $$SELECT 'charge_point:n' || i FROM number WHERE n < 0 OR n = 'NaN' OR floor(n) > 2147483647$$,
              'what is below 0, however little, past integer or no number is an invalid rating');
UPDATE depot.charge_point SET max_power_w = 2147483647;
UPDATE depot.connector SET demand_w = n FROM number WHERE connector_id = 'k' || i;
SELECT set_eq('SELECT node_id FROM powernode.validate(''s1'') WHERE reason = ''INVALID_DEMAND''',
              $$SELECT 'connector:k' || i FROM number WHERE n < 0 OR n = 'NaN' OR ceil(n) > 2147483647$$,
              'and an invalid demand, which is rounded up');
UPDATE depot.connector SET demand_w = 0, energy_wh = n FROM number WHERE connector_id = 'k' || i;
SELECT set_eq('SELECT node_id FROM powernode.validate(''s1'') WHERE reason = ''INVALID_DEMAND''',
              $$SELECT 'connector:k' || i FROM number WHERE n < 0 OR n = 'NaN' OR n > 9223372036854775807$$,
              'and an invalid energy, which has 64 bits');
UPDATE depot.connector SET energy_wh = CASE WHEN n BETWEEN 0 AND 1e18 THEN n + 0.5 END FROM number WHERE connector_id = 'k' || i;
SELECT bag_eq('SELECT energy_wh FROM powernode.power_nodes(''s1'') WHERE energy_wh IS NOT NULL',
              'SELECT ceil(n + 0.5)::bigint FROM number WHERE n BETWEEN 0 AND 1e18', 'a sound energy is rounded up');

-- ---- Which of several rows of one id comes first, and names the node

DELETE FROM depot.connector;
DELETE FROM depot.charge_point;
INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w, name)
VALUES ('s1', 'd', 'a', NULL, 'A'), ('s1', 'd', 'a', 8, 'C'), ('s1', 'd', 'a', 7, 'B');
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w) VALUES ('s1', 'k', 'd', 1);
SELECT is(message, 'Charge point B has 3 rows in the source; show one row per charge point.',
          'of rows of one id the least number comes first, and none last')
FROM powernode.validate('s1');

-- ---- Rows in any order are put in the order of ids, each in its own type

CREATE FUNCTION order_of(ids text[], type text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE depot.circuit, depot.grid_connection, depot.charge_point, depot.connector;
  EXECUTE format('ALTER TABLE depot.circuit ALTER circuit_id TYPE %1$s USING NULL::%1$s, ALTER parent_circuit_id TYPE %1$s USING NULL::%1$s', type);
  EXECUTE format('ALTER TABLE depot.grid_connection ALTER circuit_id TYPE %1$s USING NULL::%1$s', type);
  EXECUTE format('ALTER TABLE depot.charge_point ALTER circuit_id TYPE %1$s USING NULL::%1$s', type);
  EXECUTE format('ALTER TABLE depot.operating_envelope ALTER circuit_id TYPE %1$s USING NULL::%1$s', type);
  EXECUTE format('INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w)
                  SELECT ''s1'', id::%1$s, CASE WHEN o > 1 THEN $1[1]::%1$s END, 1 FROM unnest($1) WITH ORDINALITY u (id, o)', type) USING ids;
  EXECUTE format('INSERT INTO depot.grid_connection (site_id, grid_connection_id, circuit_id) VALUES (''s1'', ''g'', $1[1]::%s)', type) USING ids;
  RETURN (SELECT string_agg(source_id, ' ' ORDER BY ordinal) FROM powernode.microgrid_hierarchy WHERE site_id = 's1' AND kind = 'CIRCUIT');
END $$;

SELECT is(order_of('{0,10,9,-1,100,-9223372036854775808,9223372036854775807,-10,2}', 'bigint'),
          '-9223372036854775808 -10 -1 2 9 10 100 9223372036854775807', 'bigint');
SELECT is(order_of('{0,10,9,-1,100,2}', 'smallint'), '-1 2 9 10 100', 'smallint');
SELECT is(order_of('{root,c10,c9,C1,c,c1,é,z}', 'text'), 'C1 c c1 c10 c9 z é', 'text, by its bytes');
SELECT is(order_of('{root,depot-7/circuit-10,depot-7/circuit-9,depot-7/circuit-,depot-7/circuit-1,depot-7/circuit-100000001,depot-7/circuit-100000000}', 'text'),
          'depot-7/circuit- depot-7/circuit-1 depot-7/circuit-10 depot-7/circuit-100000000 depot-7/circuit-100000001 depot-7/circuit-9',
          'text that begins alike, and longer than what sorting compares at once');
SELECT is(order_of('{00000000-0000-0000-0000-000000000000,ffffffff-0000-0000-0000-000000000001,0a000000-0000-0000-0000-000000000002,a0000000-0000-0000-0000-000000000001,a0000000-0000-0000-0000-000000000000}', 'uuid'),
          '0a000000-0000-0000-0000-000000000002 a0000000-0000-0000-0000-000000000000 a0000000-0000-0000-0000-000000000001 ffffffff-0000-0000-0000-000000000001', 'uuid');
SELECT is(order_of(array_prepend('0', array_agg(i::text ORDER BY md5(i::text))), 'integer'), string_agg(i::text, ' ' ORDER BY i), '5,000 shuffled integers')
FROM generate_series(1, 5000) i;
SELECT is(order_of(array_prepend('0', array_agg(md5(i::text))), 'text'), string_agg(md5(i::text), ' ' ORDER BY md5(i::text) COLLATE "C"), '5,000 texts')
FROM generate_series(1, 5000) i;

-- Rows of one id: which comes first must not depend on how the table is stored.
SELECT is(order_of('{0,1}', 'text') IS NOT NULL, true, 'two circuits');
INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w, name)
SELECT 's1', 'p', '1', w, n FROM unnest('{3,1,2}'::numeric[], '{b,c,a}'::text[]) u (w, n);
CREATE TEMPORARY TABLE first_name AS SELECT name FROM powernode.microgrid_hierarchy WHERE kind = 'CHARGE_POINT';
CREATE TEMPORARY TABLE kept AS SELECT * FROM depot.charge_point ORDER BY name;
TRUNCATE depot.charge_point;
INSERT INTO depot.charge_point SELECT * FROM kept;
SELECT set_eq('SELECT name FROM powernode.microgrid_hierarchy WHERE kind = ''CHARGE_POINT''', 'SELECT name FROM first_name',
              'repeated rows have one order');

SELECT * FROM finish();
ROLLBACK;
