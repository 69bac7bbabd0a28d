-- Every fault alone, on a site that rejects them (on_fault NULL), and what is
-- never one.
BEGIN;
\ir scene.psql
\ir faults.psql
SELECT no_plan();

SELECT is_sound('', 'the depot as it is has no fault');

-- ---- Settings

SELECT rejects(format('UPDATE depot.site SET %s', change), 'setting: ' || change,
  'INVALID_SETTING microgrid:m1 MICROGRID')
FROM unnest(ARRAY[
  $$policy = 'FAIR'$$, $$policy = ''$$, $$policy = 'equal_share'$$,
  $$control_mode = 'STATION'$$, $$control_mode = ''$$,
  $$on_fault = 'IGNORE'$$, $$on_fault = ''$$,
  $$setpoint_ttl = '0'$$, $$setpoint_ttl = '-1 second'$$,
  $$setpoint_ttl = '1 mon -29 days'$$, $$setpoint_ttl = '-1 mon 31 days'$$]) change;

SELECT is_sound(format('UPDATE depot.site SET %s', change), 'setting: ' || change || ' is none')
FROM unnest(ARRAY[
  $$policy = 'EQUAL_SHARE'$$, $$control_mode = 'CONNECTOR'$$, $$control_mode = 'CHARGER'$$,
  $$on_fault = 'REJECT'$$, $$on_fault = 'ISOLATE'$$, $$setpoint_ttl = '1 microsecond'$$,
  $$setpoint_ttl = '1 mon -27 days'$$, $$setpoint_ttl = '1000000 years'$$]) change;

SELECT rejects($$UPDATE depot.site SET policy = 'FAIR', control_mode = 'STATION', on_fault = 'IGNORE', setpoint_ttl = '0'$$,
  'each setting that is wrong is a fault of its own',
  'INVALID_SETTING microgrid:m1 MICROGRID', 'INVALID_SETTING microgrid:m1 MICROGRID',
  'INVALID_SETTING microgrid:m1 MICROGRID', 'INVALID_SETTING microgrid:m1 MICROGRID');

-- ---- Grid connections

SELECT rejects('TRUNCATE depot.grid_connection, depot.charge_point, depot.connector',
               'a microgrid without a grid connection', 'NO_GRID_CONNECTION microgrid:m1 MICROGRID');
SELECT is(after('DELETE FROM depot.grid_connection',
          $$SELECT reason || ' ' || node_id FROM powernode.validate('s1') LIMIT 1$$),
          'NO_GRID_CONNECTION microgrid:m1', 'a microgrid with chargers but no grid connection: that comes first');
SELECT rejects($$INSERT INTO depot.grid_connection VALUES ('s1', 'g2', NULL, 'Second')$$,
               'a grid connection whose circuit is NULL',
                 'GRID_CONNECTION_WITHOUT_CIRCUIT grid_connection:g2 GRID_CONNECTION');
SELECT rejects($$INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'gone', 'Second')$$,
               'a grid connection whose circuit does not exist',
                 'GRID_CONNECTION_WITHOUT_CIRCUIT grid_connection:g2 GRID_CONNECTION');
SELECT rejects($$INSERT INTO depot.circuit VALUES ('s2', 'theirs', NULL, 1, 1);
                 INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'theirs', 'Second')$$,
               'a grid connection whose circuit is another site''s',
                 'GRID_CONNECTION_WITHOUT_CIRCUIT grid_connection:g2 GRID_CONNECTION');
SELECT rejects($$INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'a', 'Second')$$,
               'a grid connection on a circuit with a parent',
                 'GRID_CONNECTION_NOT_TOP_LEVEL grid_connection:g2 GRID_CONNECTION');

-- ---- Circuits without a place

SELECT rejects($$UPDATE depot.circuit SET parent_circuit_id = CASE circuit_id WHEN 'a' THEN 'b' ELSE 'a' END WHERE circuit_id <> 'main'$$,
               'a loop of two: both, and nothing below', 'CIRCUIT_LOOP circuit:a CIRCUIT',
                 'CIRCUIT_LOOP circuit:b CIRCUIT');
SELECT rejects($$UPDATE depot.circuit SET parent_circuit_id = 'a' WHERE circuit_id = 'a'$$,
               'a circuit that is its own parent', 'CIRCUIT_LOOP circuit:a CIRCUIT');
SELECT rejects($$UPDATE depot.circuit SET parent_circuit_id = 'a' WHERE circuit_id IN ('a', 'b');
                 INSERT INTO depot.circuit VALUES ('s1', 'b1', 'b', -1, NULL, 'B1');
                 UPDATE depot.charge_point SET circuit_id = 'b1' WHERE circuit_id = 'b'$$,
               'hanging off a loop: the first circuit, and nothing below',
               'CIRCUIT_LOOP circuit:a CIRCUIT', 'CIRCUIT_UNREACHABLE circuit:b CIRCUIT');
SELECT rejects($$UPDATE depot.circuit SET parent_circuit_id = 'gone', default_capacity_w = -1 WHERE circuit_id = 'a';
                 UPDATE depot.connector SET demand_w = -1 WHERE connector_id = 'p1.1'$$,
               'hanging off a missing parent: nothing about it and below it', 'CIRCUIT_UNREACHABLE circuit:a CIRCUIT');
SELECT rejects($$INSERT INTO depot.circuit VALUES ('s2', 'theirs', NULL, 1, 1);
                 UPDATE depot.circuit SET parent_circuit_id = 'theirs' WHERE circuit_id = 'a'$$,
               'hanging off another site''s circuit', 'CIRCUIT_UNREACHABLE circuit:a CIRCUIT');
SELECT rejects($$INSERT INTO depot.circuit VALUES ('s1', 'aux', NULL, 1000, 1000, 'Aux'), ('s1', 'aux1', 'aux', NULL, NULL, 'Aux 1');
                 UPDATE depot.charge_point SET circuit_id = 'aux1' WHERE charge_point_id = 'p1'$$,
               'a top-level circuit that no grid connection stands for', 'CIRCUIT_UNREACHABLE circuit:aux CIRCUIT');

-- ---- Charge points and connectors without a place

SELECT rejects(format('UPDATE depot.charge_point SET circuit_id = %s, max_power_w = -1 WHERE charge_point_id = ''p1''',
  circuit),
               'a charge point on circuit ' || circuit, 'CHARGE_POINT_WITHOUT_CIRCUIT charge_point:p1 CHARGE_POINT')
FROM unnest(ARRAY['NULL', '''gone''']) circuit;
SELECT rejects(format('UPDATE depot.connector SET charge_point_id = %s, demand_w = -1 WHERE connector_id = ''p3.1''',
  point),
               'a connector of charge point ' || point, 'CONNECTOR_WITHOUT_CHARGE_POINT connector:p3.1 CONNECTOR')
FROM unnest(ARRAY['NULL', '''gone''']) point;

-- ---- Duplicates

SELECT rejects(format('INSERT INTO depot.%1$s SELECT * FROM depot.%1$s WHERE %2$s', source, condition),
               'two rows of one ' || source, 'DUPLICATE_NODE ' || node)
FROM (VALUES ('site', 'site_id = ''s1''', 'microgrid:m1 MICROGRID'),
             ('grid_connection', 'grid_connection_id = ''g1''', 'grid_connection:g1 GRID_CONNECTION'),
             ('circuit', 'circuit_id = ''a''', 'circuit:a CIRCUIT'),
             ('charge_point', 'charge_point_id = ''p1''', 'charge_point:p1 CHARGE_POINT'),
             ('connector', 'connector_id = ''p1.1''', 'connector:p1.1 CONNECTOR')) d (source, condition, node);
SELECT rejects('INSERT INTO depot.connector SELECT c.* FROM depot.connector c, generate_series(1, 3) WHERE connector_id = ''p1.1''',
               'four rows of one connector are one fault', 'DUPLICATE_NODE connector:p1.1 CONNECTOR');
SELECT rejects($$INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'main', 'Second')$$,
               'two grid connections on one circuit', 'DUPLICATE_NODE grid_connection:g2 GRID_CONNECTION');
SELECT matches(after('INSERT INTO depot.connector SELECT * FROM depot.connector WHERE connector_id = ''p1.1''',
                     'SELECT message FROM powernode.validate(''s1'')'),
               'two sessions share a plug', 'the message says what to do when two sessions share a plug');

-- ---- Missing ratings

SELECT rejects('UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = ''a''',
               'a circuit with neither capacity', 'MISSING_RATING circuit:a CIRCUIT');
SELECT rejects('UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = ''main''',
               'a top-level circuit with neither is its grid connection',
                 'MISSING_RATING grid_connection:g1 GRID_CONNECTION');
SELECT rejects($$UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = 'a';
                 INSERT INTO depot.operating_envelope VALUES ('s1', 'a', 1000), ('s1', NULL, 1000)$$,
               'an envelope is no rating', 'MISSING_RATING circuit:a CIRCUIT');
SELECT rejects($$UPDATE depot.charge_point SET max_power_w = NULL WHERE charge_point_id = 'p3';
                 UPDATE depot.connector SET max_power_w = NULL WHERE connector_id = 'p3.2'$$,
               'a charge point without, and not all of its connectors', 'MISSING_RATING charge_point:p3 CHARGE_POINT');
SELECT is_sound('UPDATE depot.charge_point SET max_power_w = NULL',
          'a charge point without, and all of its connectors with');
SELECT is_sound('UPDATE depot.connector SET max_power_w = NULL', 'a connector without, its charge point with');
SELECT is_sound('UPDATE depot.circuit SET default_capacity_w = NULL', 'a circuit with a safe capacity only');

-- ---- Numbers that are none

CREATE TEMP TABLE bad_watts AS
  SELECT unnest(ARRAY['-1', '-0.5', '2147483648', '''NaN''', '''Infinity''', '''-Infinity''', '1e30']) AS number;

SELECT rejects(format('UPDATE depot.%1$s SET %2$s = %3$s WHERE %1$s_id = %4$L', source, col, number, id),
               format('%s.%s = %s', source, col, number), format('%s %s:%s %s', reason, source, id, upper(source)))
FROM (VALUES ('INVALID_RATING', 'circuit', 'default_capacity_w', 'a'),
             ('INVALID_RATING', 'circuit', 'safe_capacity_w', 'a'),
             ('INVALID_RATING', 'charge_point', 'max_power_w', 'p1'),
             ('INVALID_RATING', 'charge_point', 'min_power_w', 'p1'),
             ('INVALID_RATING', 'charge_point', 'fallback_w', 'p1'),
             ('INVALID_RATING', 'connector', 'max_power_w', 'p1.1'),
             ('INVALID_RATING', 'connector', 'min_power_w', 'p1.1'),
             ('INVALID_DEMAND', 'connector', 'demand_w', 'p1.1')) c (reason, source, col, id), bad_watts;
SELECT rejects(format('UPDATE depot.circuit SET background_w = %s WHERE circuit_id = ''a''', number),
               'background_w = ' || number, 'INVALID_RATING circuit:a CIRCUIT')
FROM unnest(ARRAY['2147483648', '''NaN''', '''Infinity''']) number;
SELECT rejects(format('UPDATE depot.connector SET %s WHERE connector_id = ''p1.1''', change), 'connector: ' || change,
               'INVALID_DEMAND connector:p1.1 CONNECTOR')
FROM unnest(ARRAY['weight = 0', 'weight = -1', 'weight = 2147483648',
                  'energy_wh = -1', 'energy_wh = ''NaN''', 'energy_wh = 9223372036854775808',
                    'energy_wh = ''Infinity''']) change;
SELECT rejects('UPDATE depot.circuit SET default_capacity_w = -1 WHERE circuit_id = ''main''',
               'a top-level circuit''s rating is its grid connection''s',
                 'INVALID_RATING grid_connection:g1 GRID_CONNECTION');
SELECT is_sound('UPDATE depot.circuit SET default_capacity_w = 0, safe_capacity_w = 0;
                 UPDATE depot.charge_point SET max_power_w = 0, min_power_w = 0, fallback_w = 0;
                 UPDATE depot.connector SET max_power_w = 0, min_power_w = 0, energy_wh = 0, weight = 1', '0 is a number of watts');
SELECT is_sound('UPDATE depot.circuit SET default_capacity_w = 2147483647.9; UPDATE depot.charge_point SET max_power_w = 2147483647;
                 UPDATE depot.connector SET energy_wh = 9223372036854775807, weight = 2147483647',
                'so is the largest integer, and what rounds down to it');

-- ---- Sums past integer

SELECT rejects('UPDATE depot.charge_point SET max_power_w = NULL WHERE charge_point_id = ''p3'';
                UPDATE depot.connector SET max_power_w = 2147483647 WHERE charge_point_id = ''p3''',
               'connectors'' ratings that add up past integer', 'INVALID_RATING charge_point:p3 CHARGE_POINT');
SELECT rejects(format('UPDATE depot.connector SET max_power_w = 2000000000, demand_w = 2000000000 WHERE connector_id = ANY (%L)',
  ids),
               'demands that add up past integer at ' || node, 'INVALID_DEMAND ' || node)
FROM (VALUES ('{p3.1,p3.2}', 'charge_point:p3 CHARGE_POINT'), ('{p1.1,p2.1}', 'circuit:a CIRCUIT'),
             ('{p1.1,p3.1}', 'grid_connection:g1 GRID_CONNECTION')) s (ids, node);
SELECT rejects($$UPDATE depot.site SET control_mode = 'CHARGER';
                 UPDATE depot.connector SET max_power_w = 2000000000, demand_w = 2000000000 WHERE charge_point_id = 'p3'$$,
               'demands that add up past integer at a leaf', 'INVALID_DEMAND charge_point:p3 CHARGE_POINT');
SELECT rejects($$INSERT INTO depot.circuit VALUES ('s1', 'main2', NULL, 1, NULL, 'Main 2');
                 INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'main2', 'Second');
                 UPDATE depot.charge_point SET circuit_id = 'main2' WHERE charge_point_id = 'p3';
                 UPDATE depot.connector SET max_power_w = 2000000000, demand_w = 2000000000 WHERE connector_id IN ('p1.1', 'p3.1')$$,
               'demands that add up past integer at the root', 'INVALID_DEMAND microgrid:m1 MICROGRID');
SELECT is_sound($$UPDATE depot.connector SET max_power_w = 1073741823, demand_w = 1073741823 WHERE connector_id = 'p1.1';
                  UPDATE depot.connector SET max_power_w = 1073741824, demand_w = 1073741824 WHERE connector_id = 'p2.1';
                  UPDATE depot.charge_point SET max_power_w = 2147483647; UPDATE depot.circuit SET default_capacity_w = 2147483647$$,
                'demands that add up to the largest integer');
SELECT rejects($$INSERT INTO depot.circuit VALUES ('s1', 'main2', NULL, 2147483647, NULL, 'Main 2');
                 INSERT INTO depot.grid_connection VALUES ('s1', 'g2', 'main2', 'Second')$$,
               'grid connections'' limits that add up past integer', 'INVALID_RATING microgrid:m1 MICROGRID');

-- ---- Envelopes

SELECT rejects(format('INSERT INTO depot.operating_envelope VALUES (''s1'', %s, %s)', circuit, number),
               format('an envelope of %s on circuit %s', number, circuit), 'INVALID_ENVELOPE ' || node)
FROM (VALUES ('NULL', 'microgrid:m1 MICROGRID'), ('''main''', 'grid_connection:g1 GRID_CONNECTION'),
             ('''a''', 'circuit:a CIRCUIT')) c (circuit, node),
     (SELECT number FROM bad_watts UNION ALL SELECT 'NULL') n;
SELECT rejects($$INSERT INTO depot.operating_envelope VALUES ('s1', 'gone', 1000)$$,
               'an envelope on an unknown circuit', 'INVALID_ENVELOPE circuit:gone CIRCUIT');
SELECT is_sound(format('INSERT INTO depot.operating_envelope VALUES (''s1'', %s, %s)', envelope, validity),
          format('not in force: (%s, %s)', envelope, validity))
FROM unnest(ARRAY['NULL, NULL', '''a'', -1', '''gone'', 1000']) envelope,
     unnest(ARRAY['NULL, noon()', 'noon() + interval ''1 microsecond'', NULL']) validity;

-- ---- Topology

CREATE FUNCTION chain(circuits integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO depot.circuit SELECT 's1', 'c' || i, CASE i WHEN 1 THEN 'main' ELSE 'c' || i - 1 END, 40000, 30000, 'Chain ' || i
  FROM generate_series(1, circuits) i;
  UPDATE depot.charge_point SET circuit_id = 'c' || circuits WHERE charge_point_id = 'p1'
$$;
SELECT is_sound('SELECT chain(60)', '64 levels, connectors as leaves');
SELECT is_sound('UPDATE depot.site SET control_mode = ''CHARGER''; SELECT chain(61)',
          '64 levels, charge points as leaves');
SELECT rejects('SELECT chain(61)', '65 levels', 'UNSUPPORTED_TOPOLOGY connector:p1.1 CONNECTOR');
SELECT rejects('UPDATE depot.site SET control_mode = ''CHARGER''; SELECT chain(62)',
  '65 levels, charge points as leaves',
               'UNSUPPORTED_TOPOLOGY charge_point:p1 CHARGE_POINT');
SELECT is(after('SELECT chain(1000)', 'SELECT DISTINCT reason FROM powernode.validate(''s1'')'), 'UNSUPPORTED_TOPOLOGY',
          '1,004 levels');

-- ---- FLAT

CREATE FUNCTION flat() RETURNS void LANGUAGE sql AS 'UPDATE depot.site SET microgrid_id = NULL';
SELECT is_sound('SELECT flat()', 'FLAT: the depot as it is');
SELECT rejects('SELECT flat(); UPDATE depot.circuit SET default_capacity_w = NULL, safe_capacity_w = NULL WHERE circuit_id = ''main''',
               'FLAT: no rated top-level circuit', 'MISSING_RATING microgrid:s1 MICROGRID');
SELECT rejects('SELECT flat(); DELETE FROM depot.circuit', 'FLAT: no circuit', 'MISSING_RATING microgrid:s1 MICROGRID');
SELECT is_sound('SELECT flat(); DELETE FROM depot.circuit; INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, 1000)',
                'FLAT: no circuit, but a site-wide envelope');
SELECT rejects('SELECT flat(); INSERT INTO depot.operating_envelope VALUES (''s1'', ''a'', 1000)',
               'FLAT: an envelope on a circuit that is not top-level', 'UNSUPPORTED_TOPOLOGY circuit:a CIRCUIT');
SELECT is_sound('SELECT flat(); INSERT INTO depot.operating_envelope VALUES (''s1'', ''main'', 1000, NULL, NULL), (''s1'', ''a'', 1000, NULL, noon())',
                'FLAT: one on a top-level circuit, one no longer in force');
SELECT rejects('SELECT flat(); INSERT INTO depot.circuit VALUES (''s1'', ''main2'', NULL, 2147483647, NULL)',
               'FLAT: capacities that add up past integer', 'INVALID_RATING microgrid:s1 MICROGRID');
SELECT rejects('SELECT flat(); INSERT INTO depot.operating_envelope VALUES (''s1'', NULL, -1)',
  'FLAT: a site-wide envelope', 'INVALID_ENVELOPE microgrid:s1 MICROGRID');
SELECT rejects('SELECT flat(); INSERT INTO depot.operating_envelope VALUES (''s1'', ''gone'', 1000)',
  'FLAT: an envelope on an unknown circuit', 'INVALID_ENVELOPE circuit:gone CIRCUIT');
SELECT rejects('SELECT flat(); UPDATE depot.site SET policy = ''FAIR''', 'FLAT: a setting',
  'INVALID_SETTING microgrid:s1 MICROGRID');
SELECT rejects('SELECT flat(); UPDATE depot.connector SET demand_w = -1 WHERE connector_id = ''p1.1''',
  'FLAT: a demand', 'INVALID_DEMAND connector:p1.1 CONNECTOR');
SELECT rejects('SELECT flat(); UPDATE depot.charge_point SET max_power_w = -1 WHERE charge_point_id = ''p1''',
  'FLAT: a rating',
               'INVALID_RATING charge_point:p1 CHARGE_POINT');
SELECT is_sound('SELECT flat(); ' || change, 'FLAT: no fault in ' || change)
FROM unnest(ARRAY[
  'DELETE FROM depot.grid_connection',
  'UPDATE depot.grid_connection SET circuit_id = NULL',
  'INSERT INTO depot.grid_connection SELECT * FROM depot.grid_connection',
  'UPDATE depot.circuit SET parent_circuit_id = circuit_id WHERE circuit_id = ''a''',
  'UPDATE depot.circuit SET parent_circuit_id = ''gone'' WHERE circuit_id = ''a''',
  'UPDATE depot.circuit SET default_capacity_w = -1, safe_capacity_w = NULL WHERE circuit_id = ''a''',
  'INSERT INTO depot.circuit SELECT * FROM depot.circuit WHERE circuit_id = ''a''',
  'UPDATE depot.charge_point SET circuit_id = NULL',
  'UPDATE depot.charge_point SET circuit_id = ''gone''']) change;

-- ---- What never faults

SELECT is_sound('INSERT INTO depot.circuit VALUES (''s1'', ''empty'', ' || circuit || ', ''Empty'')',
          'an empty circuit: ' || circuit)
FROM unnest(ARRAY['''main'', NULL, NULL', '''a'', NULL, NULL', '''main'', -1, ''NaN''', 'NULL, NULL, NULL',
  'NULL, 1000, 1000',
                  '''gone'', 1000, 1000', '''empty'', 1000, 1000']) circuit;
SELECT is_sound('INSERT INTO depot.circuit VALUES (''s1'', ''e1'', ''e2'', 1, 1, ''E1''), (''s1'', ''e2'', ''e1'', 1, 1, ''E2''), (''s1'', ''e3'', ''e1'', 1, 1, ''E3'')',
                'empty circuits on and off a loop');
SELECT is_sound('INSERT INTO depot.circuit SELECT ''s1'', ''empty'', ''main'', 1, 1, ''Empty'' FROM generate_series(1, 2)',
          'two rows of an empty circuit');
SELECT is_sound('INSERT INTO depot.circuit VALUES (''s1'', ''empty'', ''gone'', NULL, NULL, ''Empty''); INSERT INTO depot.operating_envelope VALUES (''s1'', ''empty'', 1000)',
                'an envelope on an empty circuit that is unreachable');
SELECT is(after_cycle('INSERT INTO depot.circuit VALUES (''s1'', ''e1'', ''main'', NULL, NULL, ''E1''), (''s1'', ''e2'', ''gone'', 1, 1, ''E2'')',
                      $$SELECT node_id || ' ' || coalesce(limit_w::text, 'unlimited') FROM powernode.node_status WHERE site_id = 's1' AND source_id LIKE 'e_'$$),
          'circuit:e1 unlimited', 'an empty circuit that is unrated has no limit, one unreachable is left out');
SELECT is_sound('INSERT INTO depot.charge_point VALUES (''s1'', ''p0'', ' || point || ')',
          'a charge point without connectors: ' || point)
FROM unnest(ARRAY['''a'', NULL', '''a'', -1', 'NULL, 22000', '''gone'', 22000',
  '''a'', 22000, NULL, -1, NULL, ''NaN''']) point;
SELECT is_sound('INSERT INTO depot.charge_point SELECT ''s1'', ''p0'', ''a'', 22000, ''P0'' FROM generate_series(1, 2)',
          'two rows of a charge point without connectors');
SELECT is_sound('TRUNCATE depot.charge_point, depot.connector', 'a site without chargers');

-- ---- What is wrong is told with its figure

SELECT matches(after($$UPDATE depot.circuit SET default_capacity_w = -4000.5 WHERE circuit_id = 'a'$$,
                     $$SELECT message FROM powernode.validate('s1', noon())$$), '-4001 W', 'a negative capacity');
SELECT matches(after($$UPDATE depot.connector SET demand_w = -7000 WHERE connector_id = 'p1.1'$$,
                     $$SELECT message FROM powernode.validate('s1', noon())$$), '-7000 W', 'a negative demand');

SELECT * FROM finish();
ROLLBACK;
