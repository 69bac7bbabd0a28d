-- The limit in force at every kind of node, step by step, and its source.
BEGIN;
\ir scene.psql
SELECT no_plan();

-- Asserts a node's limit and source at noon after a change.
CREATE FUNCTION limit_is(label text, change text, node text, expected text) RETURNS text LANGUAGE sql AS $$
  SELECT is(after(change, format('SELECT coalesce(p.limit_w::text, ''unlimited'') || coalesce('' '' || p.limit_source, '''')
                                  FROM powernode.preview(''s1'', noon()) p WHERE p.node_id = %L', node)),
            expected, format('%s: %s', label, node))
$$;
CREATE FUNCTION on_a(change text) RETURNS text LANGUAGE sql AS $$
  SELECT format('UPDATE depot.circuit SET %s WHERE circuit_id = ''a''', change)
$$;

-- ---- Ratings

SELECT limit_is('rating', change, node, expected)
FROM (VALUES
  ('', 'microgrid:m1', 'unlimited'),
  ('', 'grid_connection:g1', '100000 DEFAULT_CAPACITY'),
  ('', 'circuit:a', '40000 DEFAULT_CAPACITY'),
  ('', 'charge_point:p1', '22000 CHARGE_POINT_RATING'),
  ('', 'connector:p1.1', '22000 CONNECTOR_RATING')) r (change, node, expected);
SELECT limit_is(change, change, node, expected)
FROM (VALUES
  ('UPDATE depot.circuit SET default_capacity_w = NULL', 'grid_connection:g1', '80000 SAFE_CAPACITY'),
  ('UPDATE depot.circuit SET default_capacity_w = NULL', 'circuit:a', '30000 SAFE_CAPACITY'),
  ('UPDATE depot.circuit SET safe_capacity_w = NULL', 'circuit:a', '40000 DEFAULT_CAPACITY'),
  ('UPDATE depot.circuit SET default_capacity_w = 39999.999', 'circuit:a', '39999 DEFAULT_CAPACITY'),
  ('UPDATE depot.circuit SET default_capacity_w = 0', 'circuit:a', '0 DEFAULT_CAPACITY'),
  ('UPDATE depot.charge_point SET max_power_w = NULL', 'charge_point:p1', '22000 CONNECTOR_RATING'),
  ('UPDATE depot.charge_point SET max_power_w = NULL', 'charge_point:p3', '44000 CONNECTOR_RATING'),
  ('UPDATE depot.charge_point SET max_power_w = 11000.9', 'charge_point:p3', '11000 CHARGE_POINT_RATING'),
  ('UPDATE depot.charge_point SET max_power_w = 0', 'charge_point:p3', '0 CHARGE_POINT_RATING'),
  ('UPDATE depot.connector SET max_power_w = NULL', 'connector:p1.1', '22000 CHARGE_POINT_RATING'),
  ('UPDATE depot.connector SET max_power_w = 7400.7', 'connector:p1.1', '7400 CONNECTOR_RATING'),
  ('INSERT INTO depot.charge_point VALUES (''s1'', ''p0'', ''a'', NULL)', 'charge_point:p0', 'unlimited'),
  ('INSERT INTO depot.circuit VALUES (''s1'', ''e'', ''a'', NULL, NULL)', 'circuit:e', 'unlimited')) r (change, node,
    expected);

-- ---- Safe mode

SELECT limit_is('safe mode, ' || change, change, node, expected)
FROM (VALUES
  (on_a('safe_mode = true'), 'circuit:a', '30000 SAFE_CAPACITY'),
  (on_a('safe_mode = true'), 'circuit:b', '40000 DEFAULT_CAPACITY'),
  (on_a('safe_mode = true'), 'grid_connection:g1', '100000 DEFAULT_CAPACITY'),
  (on_a('safe_mode = false'), 'circuit:a', '40000 DEFAULT_CAPACITY'),
  (on_a('safe_mode = true, default_capacity_w = 20000'), 'circuit:a', '20000 DEFAULT_CAPACITY'),
  (on_a('safe_mode = true, default_capacity_w = 30000'), 'circuit:a', '30000 DEFAULT_CAPACITY'),
  (on_a('safe_mode = true, default_capacity_w = NULL'), 'circuit:a', '30000 SAFE_CAPACITY'),
  (on_a('safe_mode = true, safe_capacity_w = NULL'), 'circuit:a', '40000 DEFAULT_CAPACITY'),
  (on_a('safe_mode = true, safe_capacity_w = 0'), 'circuit:a', '0 SAFE_CAPACITY'),
  (on_a('safe_mode = true, safe_capacity_w = 29999.9'), 'circuit:a', '29999 SAFE_CAPACITY'),
  ('UPDATE depot.circuit SET safe_mode = true WHERE circuit_id = ''main''', 'grid_connection:g1',
    '80000 SAFE_CAPACITY'),
  ('UPDATE depot.site SET safe_mode = true', 'grid_connection:g1', '80000 SAFE_CAPACITY'),
  ('UPDATE depot.site SET safe_mode = true', 'circuit:b', '30000 SAFE_CAPACITY'),
  ('UPDATE depot.site SET safe_mode = true; ' || on_a('safe_mode = false'), 'circuit:a', '30000 SAFE_CAPACITY'),
  ('UPDATE depot.site SET safe_mode = true', 'charge_point:p1', '22000 CHARGE_POINT_RATING'),
  ('UPDATE depot.site SET safe_mode = true', 'microgrid:m1', 'unlimited'),
  ('UPDATE depot.site SET safe_mode = false', 'circuit:a', '40000 DEFAULT_CAPACITY')) s (change, node, expected);

-- ---- Operating envelopes

CREATE FUNCTION envelopes(VARIADIC rows text[]) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg('INSERT INTO depot.operating_envelope VALUES (''s1'', ' || r || ')', '; ') FROM unnest(rows) r
$$;
SELECT limit_is('envelope ' || array_to_string(rows, '; '), envelopes(VARIADIC rows), node, expected)
FROM (VALUES
  (ARRAY['''a'', 10000'], 'circuit:a', '10000 OPERATING_ENVELOPE'),
  (ARRAY['''a'', 10000'], 'circuit:b', '40000 DEFAULT_CAPACITY'),
  (ARRAY['''a'', 10000'], 'grid_connection:g1', '100000 DEFAULT_CAPACITY'),
  (ARRAY['''a'', 10000'], 'microgrid:m1', 'unlimited'),
  (ARRAY['''a'', 9999.9'], 'circuit:a', '9999 OPERATING_ENVELOPE'),
  (ARRAY['''a'', 0'], 'circuit:a', '0 OPERATING_ENVELOPE'),
  (ARRAY['''a'', 40000'], 'circuit:a', '40000 DEFAULT_CAPACITY'),
  (ARRAY['''a'', 40001'], 'circuit:a', '40000 DEFAULT_CAPACITY'),
  (ARRAY['''main'', 10000'], 'grid_connection:g1', '10000 OPERATING_ENVELOPE'),
  (ARRAY['NULL, 50000'], 'microgrid:m1', '50000 OPERATING_ENVELOPE'),
  (ARRAY['NULL, 50000'], 'grid_connection:g1', '100000 DEFAULT_CAPACITY'),
  (ARRAY['NULL, 2147483647'], 'microgrid:m1', '2147483647 OPERATING_ENVELOPE'),
  (ARRAY['''a'', 12000', '''a'', 9000', '''a'', 11000'], 'circuit:a', '9000 OPERATING_ENVELOPE'),
  (ARRAY['NULL, 12000', 'NULL, 9000', '''a'', 100'], 'microgrid:m1', '9000 OPERATING_ENVELOPE')) e (rows, node,
    expected);
SELECT limit_is('another site''s envelope',
  'INSERT INTO depot.operating_envelope VALUES (''s2'', NULL, 1), (''s2'', ''a'', 1)', node, expected)
FROM (VALUES ('microgrid:m1', 'unlimited'), ('circuit:a', '40000 DEFAULT_CAPACITY')) e (node, expected);
-- Validity is half-open; NULL and infinite bounds are open.
SELECT limit_is('valid ' || validity, envelopes('''a'', 10000, ' || validity), 'circuit:a',
                CASE WHEN holds THEN '10000 OPERATING_ENVELOPE' ELSE '40000 DEFAULT_CAPACITY' END)
FROM (VALUES
  ('noon(), NULL', true), ('noon() + interval ''1 microsecond'', NULL', false),
    ('noon() - interval ''1 day'', NULL', true),
  ('NULL, noon()', false), ('NULL, noon() + interval ''1 microsecond''', true), ('NULL, NULL', true),
  ('noon(), noon()', false), ('noon(), noon() + interval ''1 microsecond''', true),
  ('noon() + interval ''1 hour'', noon() - interval ''1 hour''', false),
  ('''-infinity'', ''infinity''', true), ('''infinity'', NULL', true), ('NULL, ''-infinity''', true),
  ('''infinity'', noon()', false)) v (validity, holds);
SELECT limit_is('the least of those that hold', envelopes('''a'', 10000, NULL, noon()', '''a'', 20000',
  '''a'', 5000, noon() + interval ''1 second'', NULL'),
                'circuit:a', '20000 OPERATING_ENVELOPE');

-- ---- Background

CREATE FUNCTION background(main text, a text, b text) RETURNS text LANGUAGE sql AS $$
  SELECT format('UPDATE depot.circuit SET background_w = CASE circuit_id WHEN ''main'' THEN %s::numeric WHEN ''a'' THEN %s ELSE %s END', main, a, b)
$$;
SELECT limit_is(format('background main %s, a %s, b %s', main, a, b), background(main, a, b), node, expected)
FROM (VALUES
  ('0', '0.5', '0', 'circuit:a', '39999 BACKGROUND_LOAD'), ('0', '5000', '0', 'circuit:a', '35000 BACKGROUND_LOAD'),
    ('0', '5000', '0', 'circuit:b', '40000 DEFAULT_CAPACITY'),
  ('0', '5000', '0', 'grid_connection:g1', '95000 BACKGROUND_LOAD'), ('0', '5000', '0', 'microgrid:m1', 'unlimited'),
  ('0', '5000', '0', 'charge_point:p1', '22000 CHARGE_POINT_RATING'),
  ('1000', '2000', '3000', 'grid_connection:g1', '94000 BACKGROUND_LOAD'),
    ('1000', '2000', '3000', 'circuit:b', '37000 BACKGROUND_LOAD'),
  ('NULL', 'NULL', 'NULL', 'circuit:a', '40000 DEFAULT_CAPACITY'),
  ('0', '-5000', '0', 'circuit:a', '40000 DEFAULT_CAPACITY'),
    ('0', '-5000', '3000', 'grid_connection:g1', '97000 BACKGROUND_LOAD'),
  ('0', '40000', '0', 'circuit:a', '0 BACKGROUND_LOAD'), ('0', '70000', '0', 'circuit:a', '0 BACKGROUND_LOAD'),
  ('0', '70000', '0', 'grid_connection:g1', '30000 BACKGROUND_LOAD'),
  ('2147483647', '2147483647', '2147483647', 'grid_connection:g1', '0 BACKGROUND_LOAD')) b (main, a, b, node, expected);
SELECT limit_is('background under a site envelope', background('1000', '2000',
  '3000') || ';' || envelopes('NULL, 60000'), 'microgrid:m1', '54000 OPERATING_ENVELOPE');
SELECT limit_is('background of an empty, unrated circuit',
  'INSERT INTO depot.circuit VALUES (''s1'', ''e'', ''a'', NULL, NULL, ''E'', NULL, 700)', node, expected)
FROM (VALUES ('circuit:e', 'unlimited'), ('circuit:a', '39300 BACKGROUND_LOAD'),
             ('grid_connection:g1', '99300 BACKGROUND_LOAD')) e (node, expected);

-- ---- Offline reserves

CREATE FUNCTION offline(p1 text) RETURNS text LANGUAGE sql AS $$
  SELECT format('UPDATE depot.charge_point SET online = false%s WHERE charge_point_id = ''p1''', p1)
$$;
SELECT limit_is('offline' || p1, offline(p1), node, expected)
FROM (VALUES
  ('', 'charge_point:p1', '0 OFFLINE_RESERVE'), ('', 'circuit:a', '18000 OFFLINE_RESERVE'),
    ('', 'circuit:b', '40000 DEFAULT_CAPACITY'),
  ('', 'grid_connection:g1', '78000 OFFLINE_RESERVE'), ('', 'microgrid:m1', 'unlimited'),
  (', fallback_w = 4999.5', 'circuit:a', '35000 OFFLINE_RESERVE'),
    (', fallback_w = 5000', 'charge_point:p1', '17000 OFFLINE_RESERVE'),
    (', fallback_w = 5000', 'circuit:a', '35000 OFFLINE_RESERVE'),
  (', fallback_w = 0', 'circuit:a', '40000 DEFAULT_CAPACITY'),
    (', fallback_w = 50000', 'circuit:a', '0 OFFLINE_RESERVE'),
  (', fallback_w = 50000', 'grid_connection:g1', '50000 OFFLINE_RESERVE'),
  (', max_power_w = NULL', 'circuit:a', '18000 OFFLINE_RESERVE')) o (p1, node, expected);
SELECT limit_is(change, change, 'circuit:a', expected)
FROM (VALUES ('UPDATE depot.charge_point SET online = true, fallback_w = 5000', '40000 DEFAULT_CAPACITY'),
             ('UPDATE depot.charge_point SET online = NULL, fallback_w = 5000', '40000 DEFAULT_CAPACITY'),
             ('UPDATE depot.charge_point SET online = false, fallback_w = 3000', '34000 OFFLINE_RESERVE'),
             ('INSERT INTO depot.charge_point VALUES (''s1'', ''p0'', ''a'', 6000, NULL, NULL, false)',
               '34000 OFFLINE_RESERVE')) o (change, expected);
SELECT limit_is('offline under a site envelope', offline('') || ';' || envelopes('NULL, 60000'), 'microgrid:m1',
  '38000 OPERATING_ENVELOPE');

-- ---- All steps: the source is what took most, a tie in the order of the steps

SELECT limit_is(format('safe %s, envelope %s, background %s, reserve %s', safe, envelope, background, reserve),
                on_a(format('safe_mode = true, safe_capacity_w = %s, background_w = %s', safe, background))
                || ';' || envelopes('''a'', ' || envelope) || ';' || offline(', fallback_w = ' || reserve),
                'circuit:a', expected)
FROM (VALUES
  (30000, 25000, 0, 0, '25000 SAFE_CAPACITY'), (30000, 20000, 0, 0, '20000 SAFE_CAPACITY'),
    (30000, 19999, 0, 0, '19999 OPERATING_ENVELOPE'),
  (30000, 99999, 10000, 0, '20000 SAFE_CAPACITY'), (30000, 99999, 10001, 0, '19999 BACKGROUND_LOAD'),
  (40000, 30000, 10000, 0, '20000 OPERATING_ENVELOPE'), (40000, 30000, 10001, 0, '19999 BACKGROUND_LOAD'),
  (40000, 30000, 0, 10000, '20000 OPERATING_ENVELOPE'), (40000, 30000, 0, 10001, '19999 OFFLINE_RESERVE'),
  (40000, 40000, 7000, 7000, '26000 BACKGROUND_LOAD'), (40000, 40000, 7000, 7001, '25999 OFFLINE_RESERVE'),
  (32000, 24000, 8000, 8000, '8000 SAFE_CAPACITY'), (32001, 24000, 8000, 8000, '8000 OPERATING_ENVELOPE'),
  (33000, 26000, 8000, 8000, '10000 BACKGROUND_LOAD'), (33000, 26000, 8000, 8001, '9999 OFFLINE_RESERVE'),
  -- What is no longer there cannot be taken.
  (40000, 40000, 25000, 30000, '0 BACKGROUND_LOAD'),
    (40000, 10000, 35000, 35000, '0 OPERATING_ENVELOPE')) s (safe, envelope, background, reserve, expected);

-- ---- FLAT: the root carries the top-level circuits, less all background

CREATE FUNCTION flat(change text) RETURNS text LANGUAGE sql AS $$ SELECT 'UPDATE depot.site SET microgrid_id = NULL; ' || change $$;
SELECT limit_is('FLAT ' || change, flat(change), 'microgrid:s1', expected)
FROM (VALUES
  ('', '100000 SITE_CAPACITY'),
  ('INSERT INTO depot.circuit VALUES (''s1'', ''main2'', NULL, 30000, 10000)', '130000 SITE_CAPACITY'),
  ('INSERT INTO depot.circuit VALUES (''s1'', ''main2'', NULL, NULL, NULL)', '100000 SITE_CAPACITY'),
  ('INSERT INTO depot.circuit VALUES (''s1'', ''main2'', NULL, NULL, 10000)', '110000 SITE_CAPACITY'),
  ('INSERT INTO depot.circuit SELECT * FROM depot.circuit', '100000 SITE_CAPACITY'),
  ('UPDATE depot.circuit SET default_capacity_w = NULL', '80000 SITE_CAPACITY'),
  ('UPDATE depot.site SET safe_mode = true', '80000 SAFE_CAPACITY'),
  ('UPDATE depot.circuit SET safe_mode = true WHERE circuit_id = ''main''', '80000 SAFE_CAPACITY'),
  (on_a('safe_mode = true'), '100000 SITE_CAPACITY'),
  ('INSERT INTO depot.circuit VALUES (''s1'', ''main2'', NULL, 30000, 10000, NULL, true)', '110000 SAFE_CAPACITY'),
  (envelopes('''main'', 60000'), '60000 OPERATING_ENVELOPE'),
  (envelopes('NULL, 60000'), '60000 OPERATING_ENVELOPE'),
  (envelopes('NULL, 50000', '''main'', 60000'), '50000 OPERATING_ENVELOPE'),
  (envelopes('NULL, 150000'), '100000 SITE_CAPACITY'),
  ('INSERT INTO depot.circuit VALUES (''s1'', ''main2'', NULL, 30000, 10000); ' || envelopes('''main'', 60000'),
    '90000 OPERATING_ENVELOPE'),
  ('DELETE FROM depot.circuit; ' || envelopes('NULL, 60000'), '60000 OPERATING_ENVELOPE'),
  (background('1000', '2000', '3000'), '94000 BACKGROUND_LOAD'),
  (background('1000', '-2000', '3000'), '96000 BACKGROUND_LOAD'),
  (background('0', '200000', '0'), '0 BACKGROUND_LOAD'),
  (offline(''), '78000 OFFLINE_RESERVE'),
  (offline(', circuit_id = NULL, fallback_w = 7000'), '93000 OFFLINE_RESERVE')) f (change, expected);
SELECT is(after(flat('UPDATE depot.charge_point SET circuit_id = NULL WHERE charge_point_id = ''p2'''),
                'SELECT format(''%s %s'', depth, node_id) FROM powernode.preview(''s1'', noon()) ORDER BY ordinal'),
          lines('0 microgrid:s1', '1 charge_point:p1', '2 connector:p1.1', '1 charge_point:p2', '2 connector:p2.1',
                '1 charge_point:p3', '2 connector:p3.1', '2 connector:p3.2'),
          'FLAT: root, charge points, connectors');

-- ---- What the site can take: the least of the root's and its children's

SELECT is(after_cycle(change, 'SELECT limit_w::text FROM powernode.microgrid_status WHERE site_id = ''s1'''), expected,
          'microgrid_status.limit_w: ' || coalesce(nullif(change, ''), 'the depot as it is'))
FROM (VALUES
  ('', '100000'),
  (envelopes('NULL, 50000'), '50000'), (envelopes('NULL, 150000'), '100000'), (envelopes('''main'', 60000'), '60000'),
  (background('0', '5000', '0') || ';' || envelopes('NULL, 97000'), '92000'),
  ('INSERT INTO depot.circuit VALUES (''s1'', ''main2'', NULL, 20000, NULL); INSERT INTO depot.grid_connection VALUES (''s1'', ''g2'', ''main2'')',
    '120000'),
  ('INSERT INTO depot.circuit VALUES (''s1'', ''main2'', NULL, NULL, NULL); INSERT INTO depot.grid_connection VALUES (''s1'', ''g2'', ''main2'')',
    '(null)'),
  ('INSERT INTO depot.circuit VALUES (''s1'', ''main2'', NULL, NULL, NULL); INSERT INTO depot.grid_connection VALUES (''s1'', ''g2'', ''main2''); ' || envelopes('NULL, 50000'),
    '50000'),
  (flat(''), '66000'), (flat(envelopes('NULL, 50000')), '50000')) m (change, expected);

-- ---- Every place that shows a limit shows the same

CREATE FUNCTION everything() RETURNS text LANGUAGE sql AS $$
  SELECT on_a('safe_mode = true, background_w = 700') || ';' || envelopes('NULL, 60000', '''b'', 12000') || ';' || offline('')
$$;
SELECT is(after_cycle(everything(),
          'SELECT format(''%s %s %s'', node_id, limit_w, limit_source) FROM powernode.' || place),
          lines('microgrid:m1 37300 OPERATING_ENVELOPE', 'grid_connection:g1 77300 OFFLINE_RESERVE',
                'circuit:a 7300 OFFLINE_RESERVE', 'charge_point:p1 0 OFFLINE_RESERVE',
                  'connector:p1.1 22000 CONNECTOR_RATING',
                'charge_point:p2 22000 CHARGE_POINT_RATING', 'connector:p2.1 22000 CONNECTOR_RATING',
                'circuit:b 12000 OPERATING_ENVELOPE', 'charge_point:p3 22000 CHARGE_POINT_RATING',
                'connector:p3.1 22000 CONNECTOR_RATING', 'connector:p3.2 22000 CONNECTOR_RATING'),
          'all limits of a site: ' || place)
FROM unnest(ARRAY['preview(''s1'', noon()) ORDER BY ordinal', 'node_status WHERE site_id = ''s1'' ORDER BY ordinal',
                  'node_history WHERE site_id = ''s1'' AND cycle_no = 1 ORDER BY ordinal',
                    'microgrid_hierarchy WHERE site_id = ''s1'' ORDER BY ordinal']) place;
SELECT is(after(everything(), 'SELECT format(''%s %s'', node_id, limit_w) FROM powernode.power_nodes(''s1'', noon())'),
          after(everything(),
            'SELECT format(''%s %s'', node_id, limit_w) FROM powernode.preview(''s1'', noon()) ORDER BY ordinal'),
          'power_nodes() gives the limits that preview() shows');

-- ---- Names

CREATE FUNCTION name_of(node text) RETURNS text LANGUAGE sql AS $$
  SELECT format('SELECT name FROM powernode.preview(''s1'', noon()) WHERE node_id = %L', node)
$$;
SELECT is(after('', name_of('grid_connection:g1')), 'Intake', 'a grid connection has its own name');
SELECT is(after('UPDATE depot.grid_connection SET name = NULL', name_of('grid_connection:g1')), 'Main',
  'without one, that of the circuit that it stands for');
SELECT is(after('UPDATE depot.grid_connection SET name = NULL; UPDATE depot.circuit SET name = NULL', name_of('grid_connection:g1')), 'g1',
  'without that, its id');
SELECT is(after('UPDATE depot.connector SET name = NULL', name_of('connector:p1.1')), 'p1.1', 'as with every other kind');

SELECT * FROM finish();
ROLLBACK;
