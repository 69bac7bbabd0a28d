-- What each leaf asks for, in both control modes.
BEGIN;
\ir scene.psql
SELECT no_plan();

CREATE FUNCTION shows(change text, columns text, condition text) RETURNS text LANGUAGE sql AS $$
  SELECT after(change, format('SELECT concat_ws('' '', %s) FROM powernode.preview(''s1'', noon()) WHERE %s ORDER BY ordinal', columns, condition))
$$;

-- ---- A connector's demand: rounded up, raised to its minimum, cut to its rating

SELECT is(shows(format('UPDATE depot.charge_point SET min_power_w = %s, max_power_w = 50000; UPDATE depot.connector SET demand_w = %s, min_power_w = %s, max_power_w = %s WHERE connector_id = ''p1.1''',
                       coalesce(point_min, 'NULL'), coalesce(demand, 'NULL'), coalesce(own_min, 'NULL'),
                         coalesce(rating, 'NULL')),
                'demand_w', 'node_id = ''connector:p1.1'''),
          expected, format('demand %s, minimum %s, else the charge point''s %s, rating %s: %s',
                           coalesce(demand, 'NULL'), coalesce(own_min, 'NULL'), coalesce(point_min, 'NULL'),
                             coalesce(rating, 'NULL'), why))
FROM (VALUES
  ('7000', NULL, NULL, '22000', '7000', 'as it is'),
  (NULL, NULL, NULL, '22000', '0', 'NULL is 0'),
  (NULL, '4000', '5000', '22000', '0', 'NULL is not raised'),
  ('0', '4000', '5000', '22000', '0', '0 is not raised'),
  ('0.0', '4000', '5000', '22000', '0', '0.0 is 0'),
  ('6999.01', NULL, NULL, '22000', '7000', 'rounded up'),
  ('0.001', NULL, NULL, '22000', '1', 'rounded up from nearly nothing'),
  ('3999', '4000', NULL, '22000', '4000', 'raised'),
  ('1', '4000', NULL, '22000', '4000', 'raised from 1'),
  ('0.001', '4000', NULL, '22000', '4000', 'raised from nearly nothing'),
  ('4000', '4000', NULL, '22000', '4000', 'its minimum already'),
  ('4001', '4000', NULL, '22000', '4001', 'above its minimum'),
  ('1', NULL, '5000', '22000', '5000', 'the charge point''s minimum'),
  ('1', '4000', '5000', '22000', '4000', 'its own goes before the charge point''s'),
  ('1', '0', '5000', '22000', '1', 'its own minimum 0 goes before too'),
  ('22001', NULL, NULL, '22000', '22000', 'cut'),
  ('22000.5', NULL, NULL, '22000', '22000', 'rounded up, then cut'),
  ('2147483647', NULL, NULL, '22000', '22000', 'cut from the largest integer'),
  ('2147483646.5', NULL, NULL, '2147483647', '2147483647', 'rounded up to the largest integer'),
  ('5000', NULL, NULL, '4999.9', '4999', 'cut to a rating that is rounded down'),
  ('1', '30000', NULL, '22000', '22000', 'raised first, then cut'),
  ('60000', NULL, NULL, NULL, '50000', 'cut to the charge point''s rating'),
  ('5000', NULL, NULL, '0', '0', 'cut to 0')) d (demand, own_min, point_min, rating, expected, why);

CREATE FUNCTION ask(p11 integer, p21 integer, p31 integer, p32 integer) RETURNS void LANGUAGE sql AS $$
  UPDATE depot.connector SET demand_w = CASE connector_id WHEN 'p1.1' THEN p11 WHEN 'p2.1' THEN p21 WHEN 'p3.1' THEN p31 ELSE p32 END
$$;
SELECT is(shows('SELECT ask(1000, 2000, 4000, 8000)', 'node_id, demand_w', 'true'),
          lines('microgrid:m1 15000', 'grid_connection:g1 15000', 'circuit:a 3000', 'charge_point:p1 1000',
            'connector:p1.1 1000',
                'charge_point:p2 2000', 'connector:p2.1 2000', 'circuit:b 12000', 'charge_point:p3 12000',
                  'connector:p3.1 4000', 'connector:p3.2 8000'),
          'the demand of an inner node is the sum over its leaves');
SELECT is(shows('SELECT ask(22000, 22000, 22000, 22000)', 'node_id, demand_w, asked_w, over_asked', 'not is_leaf'),
          lines('microgrid:m1 88000 62000 f', 'grid_connection:g1 88000 62000 f', 'circuit:a 44000 44000 t',
            'charge_point:p1 22000 22000 f',
                'charge_point:p2 22000 22000 f', 'circuit:b 44000 22000 f', 'charge_point:p3 44000 44000 t'),
          'asked is what reaches a node once every limit below it was applied');

-- ---- Offline: demand 0, no setpoint, in both modes

SELECT is(after_cycle(format('UPDATE depot.site SET control_mode = %L; SELECT ask(1000, 2000, 4000, 8000); UPDATE depot.charge_point SET online = false WHERE charge_point_id = ''p3''',
          mode),
                      'SELECT string_agg(node_id || '' '' || demand_w, '', '' ORDER BY ordinal) FROM powernode.node_status WHERE site_id = ''s1'' AND is_leaf'
                      ' UNION ALL SELECT string_agg(leaf_id || '' '' || allocated_w, '', '' ORDER BY leaf_id) FROM powernode.setpoint WHERE site_id = ''s1'''),
          lines(leaves, setpoints), mode || ': an offline charge point asks nothing and gets no setpoint')
FROM (VALUES ('CONNECTOR', 'connector:p1.1 1000, connector:p2.1 2000, connector:p3.1 0, connector:p3.2 0',
             'connector:p1.1 1000, connector:p2.1 2000'),
             ('CHARGER', 'charge_point:p1 1000, charge_point:p2 2000, charge_point:p3 0',
               'charge_point:p1 1000, charge_point:p2 2000')) m (mode, leaves, setpoints);

-- ---- Leaves are told by kind, not by having no children

SELECT is(shows(format('UPDATE depot.site SET control_mode = %L; INSERT INTO depot.charge_point VALUES (''s1'', ''p0'', ''a'', 22000, ''P0''); INSERT INTO depot.circuit VALUES (''s1'', ''e'', ''main'', 1, 1)',
          mode),
                'node_id', 'is_leaf'),
          expected, mode || ': the leaves')
FROM (VALUES ('CONNECTOR', lines('connector:p1.1', 'connector:p2.1', 'connector:p3.1', 'connector:p3.2')),
             ('CHARGER', lines('charge_point:p0', 'charge_point:p1', 'charge_point:p2', 'charge_point:p3'))) m (mode,
               expected);
SELECT is(after('INSERT INTO depot.charge_point VALUES (''s1'', ''p0'', ''a'', 22000, ''P0''); SELECT powernode.rebalance(''s1'', noon(), control_mode => ''' || mode || ''')',
                'SELECT leaf_id || '' '' || demand_w FROM powernode.setpoint WHERE site_id = ''s1'' AND source_id = ''p0'''),
          expected, mode || ': a charge point without connectors')
FROM (VALUES ('CONNECTOR', NULL), ('CHARGER', 'charge_point:p0 0')) m (mode, expected);
SELECT is(after(format('UPDATE depot.site SET control_mode = %L', mode),
          'SELECT string_agg(DISTINCT kind, '' '') FROM powernode.microgrid_hierarchy WHERE site_id = ''s1'' AND is_leaf'),
          expected, 'the site''s own mode is ' || coalesce(mode, 'NULL') || ': microgrid_hierarchy''s leaves')
FROM (VALUES ('CONNECTOR', 'CONNECTOR'), (NULL, 'CONNECTOR'), ('CHARGER', 'CHARGE_POINT')) m (mode, expected);
SELECT is(after('UPDATE depot.site SET control_mode = ''CHARGER''',
          'SELECT count(*)::text FROM powernode.preview(''s1'', noon()) WHERE kind = ''CONNECTOR'''), '0',
          'CHARGER: connectors are no nodes');

-- ---- power_nodes(): a connector as the allocator sees it

CREATE FUNCTION projected(change text, node text, mode text) RETURNS text LANGUAGE sql AS $$
  SELECT after(change, format('SELECT concat_ws('' '', demand_w, min_w, weight, priority, coalesce(to_char(arrived_at, ''HH24:MI''), ''-''), coalesce(to_char(departs_at, ''HH24:MI''), ''-''), coalesce(energy_wh::text, ''-''))
                               FROM powernode.power_nodes(''s1'', noon(), %L) WHERE node_id = %L', mode, node))
$$;
CREATE FUNCTION plug(id text, assignments text) RETURNS text LANGUAGE sql AS $$
  SELECT format('UPDATE depot.connector SET %s WHERE connector_id = %L; ', assignments, id)
$$;
SELECT is(projected(plug('p1.1',
          'demand_w = 7000, min_power_w = 1400, weight = 3, priority = -2, arrived_at = ''2020-01-15 09:00+00'', departs_at = ''2020-01-15 17:30+00'', energy_wh = 12345'),
                    'connector:p1.1', 'CONNECTOR'), '7000 1400 3 -2 09:00 17:30 12345', 'every column of a connector');
SELECT is(projected(plug('p1.1',
          'demand_w = 7000, arrived_at = ''-infinity'', departs_at = ''infinity''') || 'UPDATE depot.charge_point SET min_power_w = 2000',
                    'connector:p1.1', 'CONNECTOR'), '7000 2000 1 0 - - -',
                      'an infinite time counts as NULL; the charge point''s minimum');
SELECT is(after('', 'SELECT concat_ws('' '', node_id, parent_id, kind) FROM powernode.power_nodes(''s1'', noon())'),
          lines('microgrid:m1 MICROGRID', 'grid_connection:g1 microgrid:m1 GRID_CONNECTION',
            'circuit:a grid_connection:g1 CIRCUIT',
                'charge_point:p1 circuit:a CHARGE_POINT', 'connector:p1.1 charge_point:p1 CONNECTOR',
                  'charge_point:p2 circuit:a CHARGE_POINT', 'connector:p2.1 charge_point:p2 CONNECTOR',
                'circuit:b grid_connection:g1 CIRCUIT', 'charge_point:p3 circuit:b CHARGE_POINT',
                  'connector:p3.1 charge_point:p3 CONNECTOR', 'connector:p3.2 charge_point:p3 CONNECTOR'),
          'the projection, in tree order');

-- ---- CHARGER: a charge point speaks for its connectors with demand

SELECT is(projected(plug('p3.1', 'demand_w = 7000, ' || first) || plug('p3.2',
          'demand_w = ' || second) || coalesce('UPDATE depot.charge_point SET ' || point, ''), 'charge_point:p3',
          'CHARGER'),
          expected, format('CHARGER: (%s) and (%s) on (%s)', first, second, coalesce(point, 'nothing')))
FROM (VALUES
  ('weight = NULL', '5000', NULL, '12000 0 1 0 - - -'),
  ('weight = NULL', '22000', NULL, '29000 0 1 0 - - -'),
  ('min_power_w = 1400', '5000, min_power_w = 2000', 'min_power_w = 1800', '12000 2000 1 0 - - -'),
  ('min_power_w = 1400', '5000, min_power_w = 2000', 'min_power_w = 2800', '12000 2800 1 0 - - -'),
  ('min_power_w = 1400', '0, min_power_w = 2000', 'min_power_w = 1000', '7000 1400 1 0 - - -'),
  ('min_power_w = 1400', '100, min_power_w = 2000', NULL, '9000 2000 1 0 - - -'),
  ('weight = 3', '5000, weight = 2', NULL, '12000 0 3 0 - - -'),
    ('weight = 2', '5000, weight = 3', NULL, '12000 0 3 0 - - -'),
  ('weight = 2', '0, weight = 9', NULL, '7000 0 2 0 - - -'),
  ('priority = 3', '5000, priority = 7', NULL, '12000 0 1 7 - - -'),
    ('priority = -3', '5000, priority = -7', NULL, '12000 0 1 -3 - - -'),
  ('priority = -3', '5000', NULL, '12000 0 1 0 - - -'), ('priority = -3', '0, priority = 7', NULL, '7000 0 1 -3 - - -'),
  ('arrived_at = ''2020-01-15 09:00+00''', '5000, arrived_at = ''2020-01-15 08:00+00''', NULL, '12000 0 1 0 08:00 - -'),
  ('arrived_at = ''2020-01-15 09:00+00''', '5000', NULL, '12000 0 1 0 09:00 - -'),
  ('arrived_at = ''2020-01-15 09:00+00''', '0, arrived_at = ''2020-01-15 08:00+00''', NULL, '7000 0 1 0 09:00 - -'),
  ('departs_at = ''2020-01-15 19:00+00''', '5000, departs_at = ''2020-01-15 18:00+00''', NULL, '12000 0 1 0 - 18:00 -'),
  ('departs_at = NULL', '5000, departs_at = ''2020-01-15 18:00+00''', NULL, '12000 0 1 0 - 18:00 -'),
  ('departs_at = ''2020-01-15 19:00+00''', '0, departs_at = ''2020-01-15 18:00+00''', NULL, '7000 0 1 0 - 19:00 -'),
  ('energy_wh = 1000', '5000, energy_wh = 200', NULL, '12000 0 1 0 - - 1200'),
    ('energy_wh = 1000', '5000', NULL, '12000 0 1 0 - - 1000'),
  ('energy_wh = 1000', '0, energy_wh = 200', NULL, '7000 0 1 0 - - 1000')) c (first, second, point, expected);
SELECT is(projected('UPDATE depot.charge_point SET min_power_w = 1500, max_power_w = NULL', 'charge_point:p3',
          'CHARGER'), '0 1500 1 0 - - -',
          'CHARGER: nothing asked, its own minimum stays');
SELECT is(shows('UPDATE depot.site SET control_mode = ''CHARGER''; SELECT ask(0, 0, 22000, 22000)',
          'demand_w, asked_w, allocated_w, curtailed_w', 'node_id = ''charge_point:p3'''),
          '44000 44000 22000 22000',
            'CHARGER: the leaf''s demand is not cut to its own rating, so that curtailment shows');
SELECT is(shows('UPDATE depot.site SET control_mode = ''CHARGER''; SELECT ask(0, 0, 1, 30000); UPDATE depot.charge_point SET min_power_w = 1400',
          'demand_w', 'node_id = ''charge_point:p3'''),
          '23400', 'CHARGER: each connector''s demand is raised and cut before it is added');

SELECT is(after('UPDATE depot.site SET control_mode = ''CHARGER''; UPDATE depot.connector SET demand_w = 1000, energy_wh = 9223372036854775807 WHERE charge_point_id = ''p3''',
                'SELECT concat_ws('' '', reason, node_id) FROM powernode.validate(''s1'', noon())'),
          'INVALID_DEMAND charge_point:p3', 'CHARGER: energy that adds up past bigint is a fault, not cut off');
SELECT * FROM finish();
ROLLBACK;
