-- allocate(): the allocator alone, over an array, reading no table.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS powernode;
RESET client_min_messages;

-- A node of the tests: what a row says of the rest is NULL.
CREATE FUNCTION pg_temp.node(node_id text, parent_id text,
	limit_w int DEFAULT NULL, demand_w int DEFAULT NULL,
	kind text DEFAULT NULL, min_w int DEFAULT NULL, weight int DEFAULT NULL,
	energy_wh bigint DEFAULT NULL)
RETURNS powernode.power_node LANGUAGE sql AS
$$ SELECT ROW(node_id, parent_id, kind, limit_w, demand_w, min_w, weight, NULL,
	NULL, NULL, energy_wh)::powernode.power_node $$;

-- How it is declared.
SELECT p.provolatile, p.proparallel, p.proretset, p.proisstrict,
	pg_get_function_arguments(p.oid) AS arguments,
	pg_get_function_result(p.oid) AS result
FROM pg_proc AS p
WHERE p.oid = 'powernode.allocate'::regproc;

-- A site of 100 W whose first circuit lets 60 W through.
CREATE TEMP TABLE site AS
SELECT ARRAY[
	pg_temp.node('site', NULL, 100, kind => 'MICROGRID'),
	pg_temp.node('c1', 'site', 60, kind => 'CIRCUIT'),
	pg_temp.node('c2', 'site', kind => 'CIRCUIT'),
	pg_temp.node('a', 'c1', 50, 50, kind => 'CONNECTOR'),
	pg_temp.node('b', 'c1', 50, 50, kind => 'CONNECTOR'),
	pg_temp.node('c', 'c2', 30, 40, kind => 'CONNECTOR'),
	pg_temp.node('d', 'c2', NULL, 10, kind => 'CONNECTOR')
] AS nodes;

SELECT a.* FROM site, powernode.allocate(nodes) AS a;

-- Named arguments, all of them; a time changes nothing under EQUAL_SHARE.
SELECT count(*) AS rows, sum(allocated_w) FILTER (WHERE kind = 'CONNECTOR')
FROM site, powernode.allocate(nodes => nodes, policy => 'EQUAL_SHARE',
	at => '2026-03-02 08:00:00+00');

-- In the select list as well.
SELECT (powernode.allocate(nodes)).node_id FROM site;

-- Children before parents and the root last: the rows keep the array's order.
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('a', 'c1', NULL, 50),
	pg_temp.node('b', 'c1', NULL, 50),
	pg_temp.node('c1', 'site', 60),
	pg_temp.node('site', NULL)]);

-- Ties go to the leaf that is earlier in the array, wherever it hangs.
SELECT node_id, allocated_w, bottleneck_id FROM powernode.allocate(ARRAY[
	pg_temp.node('site', NULL, 11),
	pg_temp.node('left', 'site'),
	pg_temp.node('right', 'site'),
	pg_temp.node('r1', 'right', NULL, 10),
	pg_temp.node('l1', 'left', NULL, 10),
	pg_temp.node('r2', 'right', NULL, 10)]);

-- A lower bottleneck is the deepest full node, not the one that cut most.
SELECT node_id, asked_w, allocated_w, bottleneck_id FROM powernode.allocate(ARRAY[
	pg_temp.node('site', NULL, 20),
	pg_temp.node('circuit', 'site', 20),
	pg_temp.node('station', 'circuit', 15),
	pg_temp.node('x', 'station', 15, 30),
	pg_temp.node('y', 'circuit', NULL, 30)]);

-- One node is root and leaf at once.
SELECT * FROM powernode.allocate(ARRAY[pg_temp.node('only', NULL, 7, 9)]);

-- A limit of 0, no limit anywhere, no demand, NULL for everything that may be.
SELECT node_id, limit_w, demand_w, asked_w, allocated_w, bottleneck_id
FROM powernode.allocate(ARRAY[
	pg_temp.node('site', NULL),
	pg_temp.node('off', 'site', 0),
	pg_temp.node('a', 'off', NULL, 5),
	pg_temp.node('b', 'site', NULL, 5),
	pg_temp.node('c', 'site', 5, 0),
	pg_temp.node('d', 'site')]);

-- Demand of an inner node is ignored, its sum is what counts; so is its minimum.
SELECT node_id, demand_w, asked_w, allocated_w FROM powernode.allocate(ARRAY[
	pg_temp.node('site', NULL, 10, 2147483647, min_w => 10),
	pg_temp.node('a', 'site', NULL, 8),
	pg_temp.node('b', 'site', NULL, 8)]);

-- Any kind, any text as an id, told apart by its bytes.
SELECT node_id, kind, bottleneck_id IS NULL AS no_bottleneck, allocated_w
FROM powernode.allocate(ARRAY[
	pg_temp.node('', NULL, 1, kind => 'main "intake"'),
	pg_temp.node('Wallbox 1', '', NULL, 2),
	pg_temp.node('wallbox 1', '', NULL, 2, kind => '')]);

-- The largest figures that fit.
SELECT node_id, demand_w, asked_w, allocated_w FROM powernode.allocate(ARRAY[
	pg_temp.node('site', NULL, 2147483647),
	pg_temp.node('a', 'site', 2147483647, 2147483646),
	pg_temp.node('b', 'site', NULL, 1)]);

-- No rows.
SELECT count(*) FROM powernode.allocate('{}');
SELECT count(*) FROM powernode.allocate(NULL);
SELECT count(*) FROM powernode.allocate(ARRAY[]::powernode.power_node[], NULL, NULL);

-- A NULL policy is EQUAL_SHARE.
SELECT node_id, allocated_w FROM powernode.allocate(ARRAY[
	pg_temp.node('site', NULL, 3),
	pg_temp.node('a', 'site', NULL, 5),
	pg_temp.node('b', 'site', NULL, 5)], NULL);

-- An array with another lower bound, and one that came through a table.
SELECT node_id, allocated_w FROM powernode.allocate(
	('[5:6]=' || ARRAY[pg_temp.node('site', NULL, 3),
		pg_temp.node('a', 'site', NULL, 5)]::text)::powernode.power_node[]);
CREATE TEMP TABLE stored (node powernode.power_node);
INSERT INTO stored VALUES (pg_temp.node('site', NULL, 3)),
	(pg_temp.node('a', 'site', NULL, 5, kind => repeat('long ', 4000)));
SELECT node_id, length(kind), allocated_w
FROM powernode.allocate((SELECT array_agg(node) FROM stored));

-- Every call of one statement has its own answer.
SELECT cap, a.allocated_w FROM generate_series(1, 3) AS cap,
	powernode.allocate(ARRAY[pg_temp.node('site', NULL, cap, 2)]) AS a;

-- 64 levels and more.
SELECT count(*), min(allocated_w), max(bottleneck_id) FROM powernode.allocate(
	(SELECT array_agg(pg_temp.node('n' || i,
		CASE WHEN i > 1 THEN 'n' || i - 1 END,
		1000 - i, CASE WHEN i = 200 THEN 900 END))
	FROM generate_series(1, 200) AS i));

-- A site of 20,001 nodes: exact to the watt.
SELECT count(*), sum(allocated_w) FILTER (WHERE kind = 'leaf') AS allocated_w,
	min(allocated_w) FILTER (WHERE kind = 'leaf') AS least,
	max(allocated_w) FILTER (WHERE kind = 'leaf') AS most
FROM powernode.allocate(
	(SELECT array_agg(pg_temp.node(i::text,
		CASE WHEN i > 0 THEN CASE WHEN i <= 100 THEN '0' ELSE (1 + i % 100)::text END END,
		CASE WHEN i = 0 THEN 1234567 END, CASE WHEN i > 100 THEN 7000 END,
		CASE WHEN i > 100 THEN 'leaf' END) ORDER BY i)
	FROM generate_series(0, 20000) AS i));

-- Malformed input names the node.  The state is printed after each.
\set VERBOSITY default
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('a', 'b'), pg_temp.node('b', 'a')]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('a', NULL), pg_temp.node('b', 'a'), pg_temp.node('c', NULL)]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('a', NULL), pg_temp.node('x', 'y'), pg_temp.node('y', 'z'),
	pg_temp.node('z', 'y')]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('a', NULL), pg_temp.node('b', 'b')]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('a', NULL), pg_temp.node('b', 'nowhere')]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('a', NULL), pg_temp.node('b', 'a'), pg_temp.node('b', 'a')]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('a', NULL), pg_temp.node(NULL, 'a')]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[pg_temp.node('a', NULL), NULL]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[pg_temp.node('a', NULL, -1)]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[pg_temp.node('a', NULL, 1, -2147483648)]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[pg_temp.node('a', NULL, 1, 1, min_w => -5)]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[pg_temp.node('a', NULL, 1, 1, energy_wh => -5000000000)]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[pg_temp.node('a', NULL, 1, 1, weight => 0)]);
\echo :LAST_ERROR_SQLSTATE
-- of an inner node too
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('a', NULL, 1, -1), pg_temp.node('b', 'a', NULL, 1)]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate(ARRAY[
	ARRAY[pg_temp.node('a', NULL)], ARRAY[pg_temp.node('b', 'a')]]);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate('{}', 'FAIR');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate('{}', 'equal_share');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate('{}', at => 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM powernode.allocate('{}', at => '-infinity');
\echo :LAST_ERROR_SQLSTATE

-- Only one policy looks at the time, and needs one whatever there is to share.
SELECT count(*) FROM powernode.allocate('{}', 'EARLIEST_DEADLINE_FIRST');
SELECT * FROM powernode.allocate('{}', 'LEAST_LAXITY_FIRST');
\echo :LAST_ERROR_SQLSTATE

-- A sum that does not fit names the deepest node that carries it.
SELECT * FROM powernode.allocate(ARRAY[
	pg_temp.node('site', NULL), pg_temp.node('c1', 'site', 10),
	pg_temp.node('a', 'c1', NULL, 2147483647), pg_temp.node('b', 'c1', NULL, 1)]);
\echo :LAST_ERROR_SQLSTATE

-- A type that was altered under the function is noticed, not misread.
BEGIN;
ALTER TYPE powernode.power_node ADD ATTRIBUTE note text;
SELECT * FROM powernode.allocate(ARRAY[
	ROW('a', NULL, NULL, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, 'x')::powernode.power_node]);
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;

DROP TABLE site, stored;
