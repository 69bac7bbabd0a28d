-- What a whole cycle costs, read to recorded, as ratios inside one run.
--
--   psql -X -d EMPTY_DATABASE -f bench/cycle.sql
--
-- Sites of 10,000, 20,000 and 40,000 nodes, every circuit over-asked, and one
-- of 53 nodes (16 charge points), each the best of several calls.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION powernode;
\ir ../test/fixture/depot.sql

CREATE INDEX ON depot.circuit (site_id);
CREATE INDEX ON depot.charge_point (site_id);
CREATE INDEX ON depot.connector (site_id);

-- A site of n circuits with 4 charge points of 2 connectors each.
CREATE PROCEDURE depot.add_site(s text, n integer) LANGUAGE sql AS $$
  INSERT INTO depot.site (site_id, microgrid_id) VALUES (s, 'm-' || s);
  INSERT INTO depot.grid_connection (site_id, grid_connection_id, circuit_id) VALUES (s, 'g-' || s, 'main');
  INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w)
    VALUES (s, 'main', NULL, n * 300000);
  INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w)
    SELECT s, 'c' || c, 'main', 400000 FROM generate_series(1, n) c;
  INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w)
    SELECT s, 'p' || c || '.' || p, 'c' || c, 150000 FROM generate_series(1, n) c, generate_series(1, 4) p;
  INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w)
    SELECT s, 'k' || c || '.' || p || '.' || k, 'p' || c || '.' || p, 120000, 70000
    FROM generate_series(1, n) c, generate_series(1, 4) p, generate_series(1, 2) k;
$$;

CALL depot.add_site('small', 4);
CALL depot.add_site('10k', 769);
CALL depot.add_site('20k', 1538);
CALL depot.add_site('40k', 3077);
ANALYZE;

CREATE TABLE depot.measured (site_id text, what text, best interval, nodes bigint);

-- The best of several calls, so that the machine's other work does not count.
CREATE PROCEDURE depot.measure(s text, what text, calls integer) LANGUAGE plpgsql AS $$
DECLARE
  began timestamptz;
  best interval;
BEGIN
  FOR i IN 1..calls LOOP
    began := clock_timestamp();
    IF what = 'rebalance' THEN
      PERFORM powernode.rebalance(s);
    ELSIF what = 'preview' THEN
      PERFORM count(*) FROM powernode.preview(s);
    ELSE
      PERFORM count(*) FROM powernode.node_status WHERE site_id = s;
    END IF;
    best := least(best, clock_timestamp() - began);
    COMMIT;
  END LOOP;
  INSERT INTO depot.measured
    SELECT s, what, best, count(*) FROM powernode.power_nodes(s);
END
$$;

CALL depot.measure('small', 'rebalance', 200);
CALL depot.measure('small', 'preview', 200);
CALL depot.measure('small', 'node_status', 200);
CALL depot.measure('10k', 'rebalance', 7);
CALL depot.measure('20k', 'rebalance', 7);
CALL depot.measure('40k', 'rebalance', 7);
CALL depot.measure('20k', 'preview', 7);
CALL depot.measure('20k', 'node_status', 7);

SELECT m.site_id AS site, m.nodes, m.what,
       round((extract(epoch FROM m.best) * 1e3)::numeric, 2) AS ms,
       round((extract(epoch FROM m.best) * 1e6 / m.nodes)::numeric, 2) AS us_per_node,
       round((extract(epoch FROM m.best) / m.nodes
              / (SELECT extract(epoch FROM b.best) / b.nodes FROM depot.measured b
                 WHERE b.site_id = '20k' AND b.what = 'rebalance'))::numeric, 2) AS per_node_vs_20k_rebalance
FROM depot.measured m
ORDER BY m.nodes, m.what;
