-- The allocator alone: over an array of power nodes, reading no table.

CREATE FUNCTION powernode.allocate(
	nodes powernode.power_node[],
	policy text DEFAULT 'EQUAL_SHARE',
	at timestamptz DEFAULT NULL)
RETURNS TABLE (
	node_id text,
	kind text,
	limit_w integer,
	demand_w integer,
	asked_w integer,
	allocated_w integer,
	bottleneck_id text)
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'powernode_allocate';

COMMENT ON FUNCTION powernode.allocate(powernode.power_node[], text, timestamptz) IS
'Shares power out over a tree of power nodes so that no node is exceeded: one row per node, in the order of the array, in watts. demand_w of an inner node is the sum of its leaves; asked_w is what reaches a node once every limit below it has been applied; bottleneck_id, of a leaf that gets less than its demand, is the deepest full node on its path, itself included, or where its min_w was refused the deepest node that had no room for it. The policies are EQUAL_SHARE (also when NULL), WEIGHTED, PROPORTIONAL, PRIORITY, FIRST_COME_FIRST_SERVED, EARLIEST_DEADLINE_FIRST and LEAST_LAXITY_FIRST; only the last looks at the time "at" and needs it. Ties between leaves go to the earlier in the array. NULL counts as min_w 0, weight 1, priority 0, and as a time or an energy that nobody knows, as an infinite time does. Malformed nodes are an error 22023 that names the node, a sum past integer is 22003.';
