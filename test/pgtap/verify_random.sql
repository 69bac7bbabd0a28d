-- The allocator, in C, against verify(), in SQL: cycles of sites made at random are
-- sound, whatever their tree, policy, minimums, envelopes and faults.  And the
-- constraints that the views work out of them, in C, against their definition, in SQL.
BEGIN;
\ir scene.psql
SELECT no_plan();
-- To compile plans of so few rows takes longer than to run them.
SET LOCAL jit = off;

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

-- ---- Constraints

CREATE FUNCTION due(proof powernode.cycle_proof)
RETURNS TABLE (rank bigint, reason text, node_id text, kind text, name text, limit_w bigint, limit_source text,
               asked_w bigint, short_w bigint, allocated_w bigint, curtailed_w numeric, binding boolean,
               held_back_leaves bigint, held_back_ids text[])
LANGUAGE sql STRICT AS $$
  WITH node AS MATERIALIZED (
    SELECT n.ordinal, n.node_id, n.kind, n.name, n.limit_w, n.limit_source, n.bottleneck, n.minimum_w, n.is_leaf,
           s.demand_w, s.asked_w, s.allocated_w, cardinality(p.path) AS depth
    FROM powernode.proof_nodes(proof) n
    JOIN powernode.proof_sums(proof) s ON s.ordinal = n.ordinal
    JOIN powernode.proof_paths(proof) p ON p.ordinal = n.ordinal),
  held_back AS (
    SELECT n.bottleneck AS ordinal, count(*) AS leaves, sum(n.demand_w - n.allocated_w) AS curtailed_w,
           bool_and(n.minimum_w > 0 AND n.allocated_w = 0) AS all_refused, array_agg(n.node_id ORDER BY n.ordinal) AS ids
    FROM node n WHERE n.bottleneck IS NOT NULL GROUP BY n.bottleneck)
  SELECT row_number() OVER (ORDER BY h.leaves IS NOT NULL DESC, coalesce(h.curtailed_w, 0) DESC,
                            CASE WHEN h.leaves IS NOT NULL THEN n.depth END, n.ordinal),
         CASE WHEN h.all_refused THEN 'MINIMUM_POWER'
              WHEN n.limit_source IN ('OPERATING_ENVELOPE', 'SAFE_CAPACITY', 'BACKGROUND_LOAD', 'OFFLINE_RESERVE') THEN n.limit_source
              WHEN n.kind = 'MICROGRID' THEN 'SITE_LIMIT'
              WHEN n.kind = 'CONNECTOR' THEN 'CHARGE_POINT_LIMIT'
              ELSE n.kind || '_LIMIT' END,
         n.node_id, n.kind, n.name, n.limit_w, n.limit_source, n.asked_w, greatest(n.asked_w - n.limit_w, 0), n.allocated_w,
         coalesce(h.curtailed_w, 0), h.leaves IS NOT NULL, coalesce(h.leaves, 0), coalesce(h.ids, '{}')
  FROM node n LEFT JOIN held_back h ON h.ordinal = n.ordinal
  WHERE n.asked_w > n.limit_w OR h.leaves IS NOT NULL
$$;
CREATE TEMP TABLE expected AS
  SELECT p.site_id, p.cycle_no, d.* FROM powernode.cycle_proof p, LATERAL due(p) d;
CREATE TEMP TABLE shown AS
  SELECT site_id, cycle_no, rank::bigint, reason, node_id, kind, name, limit_w::bigint, limit_source, asked_w::bigint, short_w::bigint,
         allocated_w::bigint, curtailed_w::numeric, binding, held_back_leaves::bigint, held_back_ids
  FROM powernode.constraint_history WHERE path IS NOT NULL;
SELECT is_empty('TABLE shown EXCEPT TABLE expected', 'every constraint that is shown is one');
SELECT is_empty('TABLE expected EXCEPT TABLE shown', 'and every one is shown');
SELECT is((SELECT count(*) FROM shown), (SELECT count(*) FROM expected), 'once');
SELECT cmp_ok(count(*), '>=', 2::bigint, 'among them some of reason ' || r.reason)
FROM unnest(ARRAY['CIRCUIT_LIMIT', 'GRID_CONNECTION_LIMIT', 'CHARGE_POINT_LIMIT', 'MINIMUM_POWER', 'OPERATING_ENVELOPE', 'OFFLINE_RESERVE']) r (reason)
LEFT JOIN shown s ON s.reason = r.reason GROUP BY r.reason;
SELECT cmp_ok(count(*), '>=', 10::bigint, 'many that are over-asked and hold nobody back') FROM shown WHERE NOT binding;
SELECT is_empty($$SELECT c.site_id, c.cycle_no, c.message, k.message FROM powernode.cycle_history c
                  JOIN powernode.constraint_history k USING (site_id, cycle_no)
                  WHERE c.outcome <> 'APPLIED' AND k.rank = 1
                    AND (c.message, c.reason, c.constraining_node_id, c.constraining_limit_w, c.constraining_asked_w)
                        IS DISTINCT FROM (k.message, k.reason, k.node_id, k.limit_w, k.asked_w)$$,
                'the first is what the cycle recorded, word for word');

SELECT * FROM finish();
ROLLBACK;
