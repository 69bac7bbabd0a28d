-- allocate() by every policy, and with minimums: figures small enough to check by
-- hand, which the comments do.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS powernode;
RESET client_min_messages;
SET timezone = 'UTC';

-- 30 kW for three buses; nobody saw c arrive, and it is the first to leave.
CREATE TEMP TABLE bus (
	id text, demand_w int, weight int, priority int,
	arrived_at timestamptz, departs_at timestamptz, energy_wh bigint);
INSERT INTO bus VALUES
	('a', 12000, 1, 0, '2026-03-02 08:00Z', '2026-03-02 18:00Z', 12000),
	('b', 12000, 2, 5, '2026-03-02 07:00Z', '2026-03-02 12:00Z', 24000),
	('c', 24000, 3, 5, NULL,                '2026-03-02 11:00Z', 12000);
CREATE FUNCTION pg_temp.nodes() RETURNS powernode.power_node[] LANGUAGE sql AS $$
	SELECT ARRAY[ROW('site', NULL, NULL, 30000, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::powernode.power_node] ||
		array_agg(ROW(id, 'site', NULL, demand_w, demand_w, NULL, weight, priority,
			arrived_at, departs_at, energy_wh)::powernode.power_node ORDER BY id)
	FROM bus $$;
CREATE FUNCTION pg_temp.shares(policy text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s %s', node_id, allocated_w), ', ' ORDER BY node_id)
	FROM powernode.allocate(pg_temp.nodes(), policy, '2026-03-02 06:00Z')
	WHERE node_id <> 'site' $$;

-- A third each; 1 : 2 : 3; 12 : 12 : 24 of 30.
SELECT pg_temp.shares('EQUAL_SHARE') AS equal, pg_temp.shares('WEIGHTED') AS weighted,
	pg_temp.shares('PROPORTIONAL') AS proportional;
-- The two of priority 5 by 2 : 3 are 12 and 18: nothing is left for a.
SELECT pg_temp.shares('PRIORITY');
-- b came at 7, a at 8, nobody knows when c did.
SELECT pg_temp.shares('FIRST_COME_FIRST_SERVED');
-- c leaves at 11, b at 12, a at 18.
SELECT pg_temp.shares('EARLIEST_DEADLINE_FIRST');
-- At 6: b has 6 h and needs 2 (laxity 4 h), c has 5 h and needs a half (4.5 h), a
-- has 12 h and needs 1.
SELECT pg_temp.shares('LEAST_LAXITY_FIRST');

-- Equal keys go by place: equal priorities share, of equal times the first is first.
UPDATE bus SET priority = 0, weight = 1, arrived_at = '2026-03-02 07:00Z', departs_at = NULL;
SELECT pg_temp.shares('PRIORITY') AS priority, pg_temp.shares('FIRST_COME_FIRST_SERVED') AS arrival;
SELECT pg_temp.shares('EARLIEST_DEADLINE_FIRST') AS deadline, pg_temp.shares('LEAST_LAXITY_FIRST') AS laxity;

-- Priorities and times as far as they go; an infinite time is not known.
UPDATE bus SET priority = CASE id WHEN 'a' THEN -2147483648 WHEN 'b' THEN 2147483647 END,
	arrived_at = CASE id WHEN 'a' THEN 'infinity' WHEN 'b' THEN '294276-12-31 23:59Z' ELSE '4713-01-01 00:00Z BC' END::timestamptz;
SELECT pg_temp.shares('PRIORITY') AS priority, pg_temp.shares('FIRST_COME_FIRST_SERVED') AS arrival;
-- As much energy as fits into a bigint: a cannot make it.
UPDATE bus SET departs_at = '2026-03-02 09:00Z', energy_wh = CASE id WHEN 'c' THEN 9223372036854775807 ELSE 0 END;
SELECT pg_temp.shares('LEAST_LAXITY_FIRST');

-- ---- Minimums: all or nothing.

CREATE FUNCTION pg_temp.leaf(node_id text, parent_id text, demand_w int, min_w int,
	limit_w int DEFAULT NULL, arrived_at timestamptz DEFAULT NULL, priority int DEFAULT NULL)
RETURNS powernode.power_node LANGUAGE sql AS
$$ SELECT ROW(node_id, parent_id, NULL, limit_w, demand_w, min_w, NULL, priority,
	arrived_at, NULL, NULL)::powernode.power_node $$;
CREATE FUNCTION pg_temp.box(node_id text, parent_id text, limit_w int)
RETURNS powernode.power_node LANGUAGE sql AS
$$ SELECT ROW(node_id, parent_id, NULL, limit_w, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::powernode.power_node $$;

-- 10 W, minimums of 4: two fit, and what is left of 10 is shared by those two.
SELECT node_id, demand_w, asked_w, allocated_w, bottleneck_id FROM powernode.allocate(ARRAY[
	pg_temp.box('site', NULL, 10),
	pg_temp.leaf('a', 'site', 6, 4), pg_temp.leaf('b', 'site', 6, 4), pg_temp.leaf('c', 'site', 6, 4)]);
-- The first to arrive are admitted first, the unknown last.
SELECT node_id, allocated_w, bottleneck_id FROM powernode.allocate(ARRAY[
	pg_temp.box('site', NULL, 10),
	pg_temp.leaf('a', 'site', 6, 4),
	pg_temp.leaf('b', 'site', 6, 4, arrived_at => '2026-03-02 08:00Z'),
	pg_temp.leaf('c', 'site', 6, 4, arrived_at => '2026-03-02 07:00Z')]);
-- Every tier's minimums come before the first tier's further watts.
SELECT node_id, allocated_w, bottleneck_id FROM powernode.allocate(ARRAY[
	pg_temp.box('site', NULL, 10),
	pg_temp.leaf('urgent', 'site', 10, 2, priority => 9), pg_temp.leaf('late', 'site', 10, 3)], 'PRIORITY');
-- Refused by itself: more than it wants, more than it can take.  One that wants
-- nothing is not curtailed.
SELECT node_id, demand_w, asked_w, allocated_w, bottleneck_id FROM powernode.allocate(ARRAY[
	pg_temp.box('site', NULL, 100),
	pg_temp.leaf('a', 'site', 3, 4), pg_temp.leaf('b', 'site', 8, 6, limit_w => 5), pg_temp.leaf('c', 'site', 0, 4)]);
-- The deepest node without room is named, and is not full: 5 W of c1's 7 go to a.
SELECT node_id, limit_w, asked_w, allocated_w, bottleneck_id FROM powernode.allocate(ARRAY[
	pg_temp.box('site', NULL, 8), pg_temp.box('c1', 'site', 7), pg_temp.box('c2', 'c1', 7),
	pg_temp.leaf('a', 'c1', 5, 5), pg_temp.leaf('b', 'c2', 4, 4)]);
-- Raising a limit can lower the total: when k lets 4 W through, a is admitted, and
-- c, whose 7 do not fit beside it, gets nothing.
SELECT k AS limit_of_k, a.allocated_w
FROM (VALUES (3), (4)) AS v (k), LATERAL powernode.allocate(ARRAY[
	pg_temp.box('site', NULL, 10), pg_temp.box('k', 'site', k),
	pg_temp.leaf('a', 'k', 4, 4), pg_temp.leaf('c', 'site', 10, 7)]) AS a
WHERE a.node_id = 'site' ORDER BY k;

DROP TABLE bus;
