-- explain(): what must hold of its lines, whatever the names in the tree.
BEGIN;
\ir scene.psql
SELECT plan(8);

CREATE FUNCTION widest() RETURNS integer LANGUAGE sql AS $$
  SELECT max(length(line)) FROM powernode.explain('s1') AS line
$$;
CREATE FUNCTION line_of(name text) RETURNS text LANGUAGE sql AS $$
  SELECT line FROM powernode.explain('s1') AS line WHERE line LIKE '%' || name || '%' AND line ~ '\d\.\d +\d+\.\d' LIMIT 1
$$;

UPDATE depot.connector SET demand_w = 22000;
SELECT is(reason, 'CHARGE_POINT_LIMIT', 'a depot with two nodes that bind') FROM powernode.rebalance('s1', noon());
SELECT matches(line_of('Circuit A'), 'BINDING \(default capacity\)', 'a binding node is marked by a word');
SELECT matches(line_of('Connector P1.1'), 'held back 2\.0 kW by Circuit A', 'a leaf that was cut names its bottleneck');

UPDATE depot.circuit SET default_capacity_w = 50000 WHERE circuit_id = 'main';
SELECT is(reason, 'CHARGE_POINT_LIMIT', 'the intake binds as well') FROM powernode.rebalance('s1', noon());
SELECT matches(line_of('Circuit A'), 'over-asked', 'a node that is over-asked and does not bind is told apart');

UPDATE depot.circuit SET name = repeat('A very long name of a circuit ', 6) WHERE circuit_id = 'a';
UPDATE depot.charge_point SET name = repeat('A very long name of a station ', 6);
UPDATE depot.connector SET vehicle_name = repeat('A very long name of a bus ', 6);
UPDATE depot.circuit SET default_capacity_w = 100000 WHERE circuit_id = 'main';
SELECT is(outcome, 'CURTAILED', 'long names') FROM powernode.rebalance('s1', noon());
SELECT cmp_ok(widest(), '<=', 100, 'lines end at column 100 all the same');

UPDATE depot.charge_point SET online = false, name = 'P1' WHERE charge_point_id = 'p1';
SELECT powernode.rebalance('s1', noon());
SELECT matches(line_of('Charge point P1'), 'offline', 'a charge point that is offline is said to be');

SELECT * FROM finish();
ROLLBACK;
