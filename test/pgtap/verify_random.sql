-- The allocator, in C, against verify(), in SQL: cycles of sites made at random are
-- sound, whatever their tree, policy, minimums, envelopes and faults.
BEGIN;
\ir scene.psql
SELECT no_plan();

-- The same sites every time.
SELECT setseed(0.2020);
CREATE FUNCTION pick(VARIADIC choices text[]) RETURNS text VOLATILE LANGUAGE sql AS
$$ SELECT choices[1 + floor(random() * cardinality(choices))::integer] $$;
CREATE FUNCTION upto(largest integer) RETURNS integer VOLATILE LANGUAGE sql AS
$$ SELECT floor(random() * (largest + 1))::integer $$;
CREATE FUNCTION maybe(chance double precision, value integer) RETURNS integer VOLATILE LANGUAGE sql AS
$$ SELECT CASE WHEN random() < chance THEN value END $$;

-- Few watts, so that odd ones and ties decide, or many.
CREATE PROCEDURE make_site(id text) LANGUAGE plpgsql AS $$
DECLARE
  scale integer := pick('1', '7', '1000');
  top integer := 1 + upto(1);
  circuits integer := top + upto(6);
BEGIN
  INSERT INTO depot.site (site_id, microgrid_id, control_mode, policy, on_fault, safe_mode)
  VALUES (id, pick('m', 'm', 'm', NULL), pick('CONNECTOR', 'CHARGER'),
          pick('EQUAL_SHARE', 'WEIGHTED', 'PROPORTIONAL', 'PRIORITY', 'FIRST_COME_FIRST_SERVED', 'EARLIEST_DEADLINE_FIRST', 'LEAST_LAXITY_FIRST'),
          pick('REJECT', 'ISOLATE'), random() < 0.2);
  INSERT INTO depot.grid_connection SELECT id, 'g' || c, 'c' || c FROM generate_series(1, top) c;
  INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w, safe_capacity_w, safe_mode, background_w)
  SELECT id, 'c' || c, CASE WHEN c > top THEN 'c' || 1 + upto(c - 2) END, upto(CASE WHEN c > top THEN 20 ELSE 40 END) * scale,
         maybe(0.5, upto(20) * scale), random() < 0.2, maybe(0.1, upto(5) * scale)
  FROM generate_series(1, circuits) c;
  INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w, min_power_w, online, fallback_w)
  SELECT id, 'p' || p, 'c' || 1 + upto(circuits - 1), maybe(0.9, upto(10) * scale), maybe(0.3, upto(4) * scale), random() > 0.1,
         maybe(0.3, upto(3) * scale)
  FROM generate_series(1, upto(7)) p;
  INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w, min_power_w, weight, priority,
                               arrived_at, departs_at, energy_wh)
  SELECT id, p.charge_point_id || '.' || k, p.charge_point_id, maybe(0.95, upto(10) * scale), CASE WHEN random() < 0.02 THEN -1 ELSE upto(12) * scale * upto(1) END,
         maybe(0.4, upto(5) * scale), maybe(0.5, 1 + upto(6)), maybe(0.5, upto(3) - 1),
         noon() - maybe(0.6, upto(5)) * interval '10 min', noon() + maybe(0.6, upto(5)) * interval '1 h', maybe(0.6, upto(30) * scale)
  FROM depot.charge_point p, generate_series(1, upto(3)) k WHERE p.site_id = id;
  INSERT INTO depot.operating_envelope SELECT id, pick('c1', NULL), upto(30) * scale WHERE random() < 0.4;
END $$;

CREATE TEMP TABLE balanced AS SELECT NULL::text AS site_id, NULL::integer AS cycle_no LIMIT 0;
DO $$
BEGIN
  FOR i IN 1..60 LOOP
    CALL make_site('r' || i);
    INSERT INTO balanced SELECT c.site_id, c.cycle_no FROM powernode.rebalance('r' || i, noon()) c;
    INSERT INTO balanced SELECT c.site_id, c.cycle_no FROM powernode.rebalance('r' || i, noon(), control_mode => 'CONNECTOR') c;
  END LOOP;
END $$;

SELECT is(ARRAY(SELECT concat_ws(' ', b.site_id, b.cycle_no, v.rule, v.node_id, v.expected, v.actual)
                FROM balanced b, LATERAL powernode.verify(b.site_id, b.cycle_no) v), '{}', 'all are sound');
SELECT cmp_ok(seen, '>=', wanted, what || ', or this proves little')
FROM (SELECT count(*) FILTER (WHERE c.outcome = 'CURTAILED') AS curtailed, count(*) FILTER (WHERE c.outcome = 'APPLIED') AS applied,
             count(c.turns) AS turns, count(c.tiers) AS tiers, count(c.weights) AS weights,
             count(*) FILTER (WHERE c.faults > 0 AND c.outcome <> 'REJECTED') AS isolated
      FROM powernode.cycle c) c,
LATERAL (VALUES (curtailed, 30::bigint, 'many are curtailed'), (applied, 10, 'some are not'), (turns, 10, 'minimums are refused in some'),
                (tiers, 10, 'tiers differ in some'), (weights, 10, 'weights differ in some'), (isolated, 1, 'faults are isolated in some')) w (seen, wanted, what);

SELECT * FROM finish();
ROLLBACK;
