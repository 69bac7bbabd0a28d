-- Policies and minimums of a site: by its own row and by the call's argument, in
-- both control modes, as cycles record them.
BEGIN;
\ir scene.psql
SELECT no_plan();

-- Queries for after() and after_cycle(): what the leaves get, and who holds them
-- back; and the constraints in their order.
CREATE FUNCTION shares() RETURNS text LANGUAGE sql AS $f$ SELECT $q$
  SELECT string_agg(format('%s %s', source_id, allocated_w) || coalesce(' < ' || bottleneck_id, ''), ', ' ORDER BY ordinal)
  FROM powernode.node_status WHERE is_leaf $q$ $f$;
CREATE FUNCTION constraints() RETURNS text LANGUAGE sql AS $f$ SELECT $q$
  SELECT format('%s %s asked %s short %s allocated %s curtailed %s: %s', reason, node_id, asked_w, short_w, allocated_w,
                curtailed_w, message)
  FROM powernode.constraint_status ORDER BY rank $q$ $f$;

-- ---- Policies

-- p3 is rated 22 kW for two connectors that want 12 each.
UPDATE depot.connector SET demand_w = 12000 WHERE connector_id IN ('p3.1', 'p3.2');
UPDATE depot.connector SET weight = 10, priority = 1, arrived_at = '2020-01-15 08:00Z',
  departs_at = '2020-01-15 20:00Z', energy_wh = 20000 WHERE connector_id = 'p3.1';
UPDATE depot.connector SET weight = 1, priority = 2, arrived_at = '2020-01-15 09:00Z',
  departs_at = '2020-01-15 20:00Z', energy_wh = 60000 WHERE connector_id = 'p3.2';

CREATE TEMP TABLE expected (policy text, shares text);
INSERT INTO expected VALUES
  ('EQUAL_SHARE', 'p3.1 11000 < charge_point:p3, p3.2 11000 < charge_point:p3'),
  ('WEIGHTED', 'p3.1 12000, p3.2 10000 < charge_point:p3'),   -- 20 of 22 are more than it wants
  ('PROPORTIONAL', 'p3.1 11000 < charge_point:p3, p3.2 11000 < charge_point:p3'),
  ('PRIORITY', 'p3.1 10000 < charge_point:p3, p3.2 12000'),
  ('FIRST_COME_FIRST_SERVED', 'p3.1 12000, p3.2 10000 < charge_point:p3'),
  ('EARLIEST_DEADLINE_FIRST', 'p3.1 12000, p3.2 10000 < charge_point:p3'),  -- a tie: the first
  ('LEAST_LAXITY_FIRST', 'p3.1 10000 < charge_point:p3, p3.2 12000');       -- 60 kWh take longer

SELECT is(after_cycle(format('UPDATE depot.site SET policy = %L', policy), shares()), 'p1.1 0, p2.1 0, ' || shares,
          policy || ', from the site''s own row')
FROM expected;
SELECT is(after(format('SELECT powernode.rebalance(''s1'', noon(), %L)', policy),
                'SELECT policy || '' '' || curtailed_w FROM powernode.microgrid_status'),
          policy || ' 2000', policy || ', from the argument, is recorded')
FROM expected;
SELECT results_eq(
  format($$SELECT allocated_w, bottleneck_id FROM powernode.preview('s1', noon(), %L) ORDER BY ordinal$$, policy),
  format($$SELECT a.allocated_w, a.bottleneck_id FROM ROWS FROM (powernode.allocate(
           (SELECT array_agg(p) FROM powernode.power_nodes('s1', noon()) p), %L, noon())) WITH ORDINALITY
           AS a (node_id, kind, limit_w, demand_w, asked_w, allocated_w, bottleneck_id, n) ORDER BY n$$, policy),
  policy || ': preview is what allocate makes of power_nodes')
FROM expected;
SELECT is(after('UPDATE depot.site SET policy = ''WEIGHTED''; SELECT powernode.rebalance(''s1'', noon(), ''PRIORITY'')', shares()),
          (SELECT 'p1.1 0, p2.1 0, ' || shares FROM expected WHERE policy = 'PRIORITY'),
          'the argument goes before the site''s own policy');

-- CHARGER: a charge point has the highest weight and priority of its connectors.
UPDATE depot.connector SET demand_w = 22000, weight = 3, priority = 1 WHERE connector_id = 'p1.1';
UPDATE depot.connector SET demand_w = 22000, weight = 1, priority = 2 WHERE connector_id = 'p2.1';
UPDATE depot.circuit SET default_capacity_w = 24000 WHERE circuit_id = 'a';
SELECT is(after_cycle(format('UPDATE depot.site SET control_mode = ''CHARGER'', policy = %L', policy), shares()),
          shares || ', p3 22000 < charge_point:p3', 'CHARGER by ' || policy)
FROM (VALUES ('EQUAL_SHARE', 'p1 12000 < circuit:a, p2 12000 < circuit:a'),
             ('WEIGHTED', 'p1 18000 < circuit:a, p2 6000 < circuit:a'),
             ('PRIORITY', 'p1 2000 < circuit:a, p2 22000')) v (policy, shares);
UPDATE depot.circuit SET default_capacity_w = 40000 WHERE circuit_id = 'a';

-- ---- Minimums

UPDATE depot.connector SET weight = NULL, priority = NULL, arrived_at = NULL, departs_at = NULL, energy_wh = NULL,
  min_power_w = 8000;
SELECT is(after_cycle('SELECT 1', shares()),
          'p1.1 20000 < circuit:a, p2.1 20000 < circuit:a, p3.1 11000 < charge_point:p3, p3.2 11000 < charge_point:p3',
          'where all minimums fit, nothing else changes');

-- Only b is short now: 15 kW for two minimums of 8.
UPDATE depot.connector SET demand_w = 0 WHERE charge_point_id <> 'p3';
UPDATE depot.circuit SET default_capacity_w = 15000 WHERE circuit_id = 'b';
SELECT is(after_cycle('SELECT 1', shares()), 'p1.1 0, p2.1 0, p3.1 12000, p3.2 0 < circuit:b',
          'the second minimum does not fit: nothing at all for it');
SELECT is(after_cycle('SELECT 1', constraints()), lines(
  'MINIMUM_POWER circuit:b asked 22000 short 7000 allocated 12000 curtailed 12000: Circuit B has no room for the minimum power of 1 connector: 22.0 kW asked, limit 15.0 kW (default capacity), 12.0 kW allocated.',
  'CHARGE_POINT_LIMIT charge_point:p3 asked 24000 short 2000 allocated 12000 curtailed 0: Charge point P3 is short by 2.0 kW: 24.0 kW asked, limit 22.0 kW (charge point rating), but it is not what holds its chargers back.'),
  'it is called MINIMUM_POWER, and is not said to be full');
SELECT is(after('SELECT 1', 'SELECT format(''%s %s %s %s %s %s'', outcome, reason, demand_w, allocated_w, constraining_node_id,
                                           constraining_node_kind) FROM powernode.rebalance(''s1'', noon())'),
          'CURTAILED MINIMUM_POWER 24000 12000 circuit:b CIRCUIT', 'and so is the cycle');
SELECT is(after_cycle('UPDATE depot.connector SET arrived_at = ''2020-01-15 08:00Z'' WHERE connector_id = ''p3.2''', shares()),
          'p1.1 0, p2.1 0, p3.1 0 < circuit:b, p3.2 12000', 'who came first is admitted first');
SELECT is(after_cycle('UPDATE depot.connector SET priority = 1 WHERE connector_id = ''p3.2''; UPDATE depot.site SET policy = ''PRIORITY''', shares()),
          'p1.1 0, p2.1 0, p3.1 0 < circuit:b, p3.2 12000', 'after the tier');
SELECT is(after_cycle('UPDATE depot.circuit SET default_capacity_w = 10000 WHERE circuit_id = ''b''', constraints()), lines(
  'CIRCUIT_LIMIT circuit:b asked 22000 short 12000 allocated 10000 curtailed 14000: Circuit B is short by 12.0 kW: 22.0 kW asked, limit 10.0 kW (default capacity); 2 connectors are held back, 1 of them because its minimum power does not fit.',
  'CHARGE_POINT_LIMIT charge_point:p3 asked 24000 short 2000 allocated 10000 curtailed 0: Charge point P3 is short by 2.0 kW: 24.0 kW asked, limit 22.0 kW (charge point rating), but it is not what holds its chargers back.'),
  'a node that also cuts others is called by its limit');
SELECT is(after_cycle('UPDATE depot.connector SET min_power_w = 30000 WHERE connector_id = ''p3.1''; UPDATE depot.connector SET demand_w = 0 WHERE connector_id = ''p3.2''',
                      constraints()), lines(
  'MINIMUM_POWER connector:p3.1 asked 22000 short 0 allocated 0 curtailed 22000: Connector P3.1 is held back by its own minimum power of 30.0 kW: 22.0 kW asked, limit 22.0 kW (connector rating).',
  'CIRCUIT_LIMIT circuit:b asked 22000 short 7000 allocated 0 curtailed 0: Circuit B is short by 7.0 kW: 22.0 kW asked, limit 15.0 kW (default capacity), but it is not what holds its chargers back.'),
  'the demand was raised to a minimum above the rating, then cut: the connector refuses it itself');
SELECT is(after_cycle('UPDATE depot.connector SET min_power_w = 30000, demand_w = 0', constraints()), NULL,
          'a minimum without demand is no constraint');

-- CHARGER: the largest minimum of the charge point and its connectors with demand.
UPDATE depot.site SET control_mode = 'CHARGER';
UPDATE depot.circuit SET default_capacity_w = 40000 WHERE circuit_id = 'b';
UPDATE depot.connector SET min_power_w = NULL, demand_w = 22000 WHERE charge_point_id <> 'p3';
UPDATE depot.charge_point SET min_power_w = 21000 WHERE charge_point_id <> 'p3';
SELECT is(after_cycle('SELECT 1', shares()), 'p1 22000, p2 0 < circuit:a, p3 22000 < charge_point:p3',
          'CHARGER: 40 kW have no room for a second minimum of 21');
SELECT is(after_cycle('UPDATE depot.connector SET min_power_w = 22001 WHERE connector_id = ''p3.1''', shares()),
          'p1 22000, p2 0 < circuit:a, p3 0 < charge_point:p3', 'one connector''s minimum can be more than the charge point''s rating');
SELECT is(after_cycle('UPDATE depot.connector SET min_power_w = 22001, demand_w = 0 WHERE connector_id = ''p3.1''', shares()),
          'p1 22000, p2 0 < circuit:a, p3 12000', 'without demand it does not count');

-- ---- What is recorded of it

UPDATE depot.site SET control_mode = NULL;
UPDATE depot.charge_point SET min_power_w = NULL;
UPDATE depot.connector SET min_power_w = NULL;
CREATE FUNCTION recorded() RETURNS text LANGUAGE sql AS $f$ SELECT $q$
  SELECT format('%s %s %s %s', tiers, weights, minimums, turns) FROM powernode.cycle ORDER BY cycle_no DESC LIMIT 1 $q$ $f$;
CREATE FUNCTION leaves(VARIADIC int[]) RETURNS text LANGUAGE sql AS $$
  SELECT format('{NULL,NULL,NULL,NULL,%s,NULL,%s,NULL,NULL,%s,%s}', VARIADIC (SELECT array_agg(coalesce(v::text, 'NULL')) FROM unnest($1) v)) $$;
SELECT is(after_cycle('SELECT 1', recorded()), '   ', 'nothing where leaves are alike');
SELECT is(after_cycle('UPDATE depot.connector SET weight = 7; UPDATE depot.site SET policy = ''WEIGHTED''', recorded()), '   ',
          'nor where all weights are the same');
SELECT is(after_cycle('UPDATE depot.connector SET weight = 7 WHERE connector_id = ''p2.1''; UPDATE depot.site SET policy = ''WEIGHTED''',
                      recorded()), ' ' || leaves(1, 7, 1, 1) || '  ', 'weights that differ');
SELECT is(after_cycle('UPDATE depot.connector SET priority = 7 WHERE connector_id = ''p2.1''; UPDATE depot.site SET policy = ''PRIORITY''',
                      recorded()), leaves(1, 0, 1, 1) || '   ', 'tiers that differ');
SELECT is(after_cycle('UPDATE depot.connector SET min_power_w = 8000', recorded()),
          '  ' || leaves(8000, 8000, 8000, 8000) || ' ', 'minimums, without turns where there is room for all');
SELECT is(after_cycle('UPDATE depot.connector SET min_power_w = 8000 WHERE charge_point_id = ''p3''; UPDATE depot.circuit SET default_capacity_w = 15000 WHERE circuit_id = ''b''',
                      recorded()), '  ' || leaves(NULL, NULL, 8000, 8000) || ' ' || leaves(NULL, NULL, 1, 2), 'turns where there is not');
SELECT * FROM finish();
ROLLBACK;
