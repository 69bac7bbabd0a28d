-- What verify() finds by what is recorded means: cycles that are wrong in a way
-- that adds up, under a control total that was made to fit.
BEGIN;
\ir scene.psql
\ir verify.psql
SELECT no_plan();

-- Asserts which rules a changed cycle breaks, and no others.
CREATE FUNCTION breaks(change text, label text, rules text DEFAULT '') RETURNS text LANGUAGE sql AS $$
  SELECT is(forged(change), rules, label)
$$;
CREATE FUNCTION leaves() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws(' ', n.source_id, n.allocated_w, n.bottleneck_id), ', ' ORDER BY n.ordinal)
  FROM powernode.node_status n WHERE n.site_id = 's1' AND n.is_leaf
$$;

-- What an allocator would have recorded of s1 that gave a leaf so many watts more:
-- every total is made to fit.
CREATE FUNCTION give(node integer, watts integer) RETURNS void LANGUAGE sql AS $$
  UPDATE powernode.cycle c
  SET allocated[node] = coalesce(c.allocated[node], c.demands[node]) + watts,
      allocated_w = c.allocated_w + watts, curtailed_w = c.curtailed_w - watts
$$;
-- The same of one that blamed another node for what a leaf did not get.
CREATE FUNCTION blame(node integer, bottleneck integer) RETURNS void LANGUAGE sql AS $$
  UPDATE powernode.cycle SET bottlenecks[node] = bottleneck
$$;

-- ---- Equal shares: an odd watt at a (3), of which p1.1 (5) and p2.1 (7) want more

SELECT only_cycle('UPDATE depot.connector SET demand_w = 22000; UPDATE depot.circuit SET default_capacity_w = 39999 WHERE circuit_id = ''a''');
SELECT is(leaves(), 'p1.1 20000 circuit:a, p2.1 19999 circuit:a, p3.1 11000 charge_point:p3, p3.2 11000 charge_point:p3',
          'four leaves are cut');
SELECT breaks('', 'the cycle is sound');
SELECT breaks('SELECT give(5, -1), give(7, 1)', 'the odd watt to the leaf that is second', 'UNFAIR_WATT');
SELECT breaks('SELECT give(5, 1), give(7, -1)', 'another watt to the leaf that is ahead', 'UNFAIR_WATT');
SELECT breaks('SELECT give(10, -3000), give(11, 3000)', 'one leaf well ahead of its like', 'UNFAIR_WATT');
SELECT breaks('SELECT give(7, -1)', 'a watt that nobody gets', 'WATT_LEFT_OVER');
SELECT breaks('SELECT give(5, 1)', 'a watt too many', 'LIMIT_EXCEEDED WATT_LEFT_OVER');
SELECT breaks('SELECT give(5, -20001)', 'less than nothing',
              'ALLOCATED_RANGE CONSTRAINING_NODE MESSAGE REASON WATT_LEFT_OVER');
SELECT breaks('SELECT give(5, 2000), give(7, -2000)', 'all that one leaf wants, at the cost of its like',
              'BOTTLENECK CURTAILED_LEAVES UNFAIR_WATT');
SELECT breaks('SELECT blame(10, 3)', 'a bottleneck that the leaf is not below', 'BOTTLENECK CONSTRAINING_NODE MESSAGE REASON');
SELECT breaks('SELECT blame(5, 2)', 'a bottleneck that is not full', 'BOTTLENECK CONSTRAINED_NODES');
SELECT breaks('UPDATE powernode.cycle SET policy = ''WEIGHTED''', 'a policy that would have given the same');
SELECT breaks('UPDATE powernode.cycle SET policy = ''FIRST_COME_FIRST_SERVED''', 'a policy that has no two leaves in one tier', 'TIERS');
SELECT breaks('UPDATE powernode.cycle SET policy = NULL', 'no policy', 'POLICY');

-- ---- Weights and tiers decide who gets it

SELECT only_cycle(format('UPDATE depot.site SET policy = %L; UPDATE depot.connector SET weight = 3, priority = 3, arrived_at = noon() WHERE connector_id = ''p2.1''', 'WEIGHTED'));
SELECT is(leaves(), 'p1.1 17999 circuit:a, p2.1 22000, p3.1 11000 charge_point:p3, p3.2 11000 charge_point:p3', 'WEIGHTED: p2.1 gets all');
SELECT breaks('', 'WEIGHTED: the cycle is sound');
SELECT breaks('UPDATE powernode.cycle SET weights[5] = 3, weights[7] = 1', 'WEIGHTED: the weights of two leaves are swapped', 'UNFAIR_WATT');
SELECT breaks('UPDATE powernode.cycle SET weights = NULL', 'WEIGHTED: no weights', 'UNFAIR_WATT');
SELECT breaks('UPDATE powernode.cycle SET policy = ''EQUAL_SHARE''', 'EQUAL_SHARE: unequal weights', 'WEIGHTS');
SELECT breaks('UPDATE powernode.cycle SET policy = ''PROPORTIONAL''', 'PROPORTIONAL: weights that are not the demands', 'WEIGHTS');
SELECT breaks('UPDATE powernode.cycle SET weights[7] = 0', 'a weight of nothing', 'UNFAIR_WATT WEIGHTS');
SELECT breaks('UPDATE powernode.cycle SET weights[4] = 1', 'a weight of what is no leaf', 'WEIGHTS');

SELECT only_cycle('UPDATE depot.site SET policy = ''PROPORTIONAL''; UPDATE depot.connector SET demand_w = 11000 WHERE connector_id = ''p3.1''');
SELECT is(leaves(), 'p1.1 20000 circuit:a, p2.1 19999 circuit:a, p3.1 7333 charge_point:p3, p3.2 14667 charge_point:p3', 'PROPORTIONAL: p3.2 gets twice as much');
SELECT breaks('', 'PROPORTIONAL: the cycle is sound');
SELECT breaks('UPDATE powernode.cycle SET weights = NULL', 'PROPORTIONAL: no weights', 'UNFAIR_WATT WEIGHTS');
SELECT breaks('SELECT give(10, 1), give(11, -1)', 'PROPORTIONAL: the watt on the other side of the point', 'UNFAIR_WATT');

CREATE FUNCTION tiers_decide(policy text, but_one_tier text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM only_cycle(format('UPDATE depot.site SET policy = %L', policy));
  RETURN NEXT is(leaves(), 'p1.1 17999 circuit:a, p2.1 22000, p3.1 11000, p3.2 11000 charge_point:p3', policy || ': p2.1 goes first');
  RETURN NEXT breaks('', policy || ': the cycle is sound');
  RETURN NEXT breaks('SELECT give(5, 1), give(7, -1)', policy || ': a watt to the leaf that comes later',
                     'BOTTLENECK CURTAILED_LEAVES CURTAILED_SUM UNFAIR_WATT');
  RETURN NEXT breaks('UPDATE powernode.cycle SET tiers[5] = tiers[7], tiers[7] = tiers[5]', policy || ': the tiers of two leaves swapped', 'UNFAIR_WATT');
  RETURN NEXT breaks('UPDATE powernode.cycle SET tiers[7] = -1', policy || ': a tier before the first', 'TIERS');
  RETURN NEXT breaks('UPDATE powernode.cycle SET tiers[4] = 0', policy || ': a tier of what is no leaf', 'TIERS');
  RETURN NEXT breaks('UPDATE powernode.cycle SET tiers[5] = 9', policy || ': a gap in the tiers', 'TIERS');
  RETURN NEXT breaks('UPDATE powernode.cycle SET policy = ''EQUAL_SHARE''', policy || ': a policy of one tier', but_one_tier);
END $$;
SELECT tiers_decide('PRIORITY', 'TIERS WEIGHTS');
SELECT tiers_decide('FIRST_COME_FIRST_SERVED', 'TIERS');

-- ---- Minimums: room at g1 (2) for 9 kW and 15, not for 15 more, but for 8

SELECT only_cycle($$UPDATE depot.site SET policy = NULL;
  UPDATE depot.connector SET demand_w = 20000, min_power_w = 15000, arrived_at = NULL;
  UPDATE depot.connector SET demand_w = 9000, min_power_w = 9000, arrived_at = noon() WHERE connector_id = 'p3.1';
  UPDATE depot.connector SET demand_w = 8000, min_power_w = 8000 WHERE connector_id = 'p3.2';
  UPDATE depot.circuit SET default_capacity_w = CASE circuit_id WHEN 'main' THEN 32000 ELSE 40000 END$$);
SELECT is(leaves(), 'p1.1 15000 grid_connection:g1, p2.1 0 grid_connection:g1, p3.1 9000, p3.2 8000', 'a minimum is refused, and one after it fits');
SELECT is(after('', 'SELECT turns::text FROM powernode.cycle'), '{NULL,NULL,NULL,NULL,2,NULL,3,NULL,NULL,1,4}', 'they stood in line');
SELECT breaks('', 'minimums: the cycle is sound');
SELECT breaks('UPDATE powernode.cycle SET turns[5] = 3, turns[7] = 2', 'the turns of an admitted and a refused leaf swapped', 'MINIMUM_ADMITTED');
SELECT breaks('UPDATE powernode.cycle SET turns[10] = 2, turns[5] = 1', 'the turns of two admitted leaves swapped, which nobody can tell');
SELECT breaks('UPDATE powernode.cycle SET turns = NULL', 'no turns, though they mattered', 'MINIMUM_ADMITTED');
SELECT breaks('UPDATE powernode.cycle SET turns[7] = 7', 'a gap in the turns', 'TURNS');
SELECT breaks('UPDATE powernode.cycle SET turns[4] = 5', 'a turn of what is no leaf', 'TURNS');
SELECT breaks('UPDATE powernode.cycle SET minimums[4] = 5', 'a minimum of what is no leaf', 'MINIMUM');
SELECT breaks('UPDATE powernode.cycle SET minimums[5] = 15001', 'a larger minimum than was met', 'MINIMUM MINIMUM_ADMITTED');
SELECT breaks('SELECT give(5, -15000), give(7, 15000)', 'another leaf admitted than comes first', 'MINIMUM_ADMITTED');
SELECT breaks('SELECT give(11, -8000)', 'a minimum refused that has room', 'CURTAILED_LEAVES CURTAILED_SUM MINIMUM_ADMITTED WATT_LEFT_OVER');
SELECT breaks('SELECT give(5, -1), give(7, 1)', 'a watt to a leaf that was refused', 'MINIMUM MINIMUM_ADMITTED');
SELECT breaks('SELECT blame(7, 3)', 'a refused leaf with a bottleneck that had room',
              'CONSTRAINED_NODES CONSTRAINING_NODE MESSAGE REASON REFUSED_BY');

SELECT * FROM finish();
ROLLBACK;
