-- Three overloads of everything that takes a site's id: with text among them a
-- driver's untyped parameter resolves, without it every such call is ambiguous.

CREATE FUNCTION powernode.rebalance(
  site_id text, at timestamptz DEFAULT pg_catalog.now(), policy text DEFAULT NULL, control_mode text DEFAULT NULL,
  OUT site_id text, OUT cycle_no integer, OUT outcome text, OUT reason text, OUT topology text,
  OUT demand_w integer, OUT allocated_w integer, OUT curtailed_w integer,
  OUT constraining_node_id text, OUT constraining_node_kind text)
AS 'MODULE_PATHNAME', 'powernode_rebalance'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.rebalance(text, timestamptz, text, text) IS
  'Runs and records a cycle of the site for the time at: reads its sources, shares the power out, and tells which node constrained it. NULL policy and control mode are the site''s own, else EQUAL_SHARE and CONNECTOR; NULL at is now(), an infinite one 22023. Of a REJECTED cycle watts and topology are NULL and the constraining node is the first fault''s. P0002 for a site that the caller does not see';

REVOKE EXECUTE ON FUNCTION powernode.rebalance(text, timestamptz, text, text) FROM PUBLIC;

CREATE FUNCTION powernode.rebalance(
  site_id bigint, at timestamptz DEFAULT pg_catalog.now(), policy text DEFAULT NULL, control_mode text DEFAULT NULL,
  OUT site_id text, OUT cycle_no integer, OUT outcome text, OUT reason text, OUT topology text,
  OUT demand_w integer, OUT allocated_w integer, OUT curtailed_w integer,
  OUT constraining_node_id text, OUT constraining_node_kind text)
AS 'MODULE_PATHNAME', 'powernode_rebalance'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.rebalance(bigint, timestamptz, text, text) IS
  'Runs and records a cycle of the site for the time at: reads its sources, shares the power out, and tells which node constrained it. NULL policy and control mode are the site''s own, else EQUAL_SHARE and CONNECTOR; NULL at is now(), an infinite one 22023. Of a REJECTED cycle watts and topology are NULL and the constraining node is the first fault''s. P0002 for a site that the caller does not see';

REVOKE EXECUTE ON FUNCTION powernode.rebalance(bigint, timestamptz, text, text) FROM PUBLIC;

CREATE FUNCTION powernode.rebalance(
  site_id uuid, at timestamptz DEFAULT pg_catalog.now(), policy text DEFAULT NULL, control_mode text DEFAULT NULL,
  OUT site_id text, OUT cycle_no integer, OUT outcome text, OUT reason text, OUT topology text,
  OUT demand_w integer, OUT allocated_w integer, OUT curtailed_w integer,
  OUT constraining_node_id text, OUT constraining_node_kind text)
AS 'MODULE_PATHNAME', 'powernode_rebalance'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.rebalance(uuid, timestamptz, text, text) IS
  'Runs and records a cycle of the site for the time at: reads its sources, shares the power out, and tells which node constrained it. NULL policy and control mode are the site''s own, else EQUAL_SHARE and CONNECTOR; NULL at is now(), an infinite one 22023. Of a REJECTED cycle watts and topology are NULL and the constraining node is the first fault''s. P0002 for a site that the caller does not see';

REVOKE EXECUTE ON FUNCTION powernode.rebalance(uuid, timestamptz, text, text) FROM PUBLIC;

CREATE FUNCTION powernode.preview(
  site_id text, at timestamptz DEFAULT pg_catalog.now(), policy text DEFAULT NULL, control_mode text DEFAULT NULL)
RETURNS TABLE (site_id text, ordinal integer, parent_ordinal integer, node_id text, parent_id text,
               kind text, source_id text, name text, vehicle_name text, depth integer,
               path text[], is_leaf boolean, limit_w integer, limit_source text,
               demand_w integer, asked_w integer, allocated_w integer, curtailed_w integer,
               bottleneck_id text, bottleneck_kind text, bottleneck_name text,
               binding boolean, over_asked boolean)
AS 'MODULE_PATHNAME', 'powernode_preview'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.preview(text, timestamptz, text, text) IS
  'What rebalance would decide with the same arguments, one row per node, recording and locking nothing; no rows for a site that would be rejected: ask validate';

CREATE FUNCTION powernode.preview(
  site_id bigint, at timestamptz DEFAULT pg_catalog.now(), policy text DEFAULT NULL, control_mode text DEFAULT NULL)
RETURNS TABLE (site_id text, ordinal integer, parent_ordinal integer, node_id text, parent_id text,
               kind text, source_id text, name text, vehicle_name text, depth integer,
               path text[], is_leaf boolean, limit_w integer, limit_source text,
               demand_w integer, asked_w integer, allocated_w integer, curtailed_w integer,
               bottleneck_id text, bottleneck_kind text, bottleneck_name text,
               binding boolean, over_asked boolean)
AS 'MODULE_PATHNAME', 'powernode_preview'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.preview(bigint, timestamptz, text, text) IS
  'What rebalance would decide with the same arguments, one row per node, recording and locking nothing; no rows for a site that would be rejected: ask validate';

CREATE FUNCTION powernode.preview(
  site_id uuid, at timestamptz DEFAULT pg_catalog.now(), policy text DEFAULT NULL, control_mode text DEFAULT NULL)
RETURNS TABLE (site_id text, ordinal integer, parent_ordinal integer, node_id text, parent_id text,
               kind text, source_id text, name text, vehicle_name text, depth integer,
               path text[], is_leaf boolean, limit_w integer, limit_source text,
               demand_w integer, asked_w integer, allocated_w integer, curtailed_w integer,
               bottleneck_id text, bottleneck_kind text, bottleneck_name text,
               binding boolean, over_asked boolean)
AS 'MODULE_PATHNAME', 'powernode_preview'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.preview(uuid, timestamptz, text, text) IS
  'What rebalance would decide with the same arguments, one row per node, recording and locking nothing; no rows for a site that would be rejected: ask validate';

CREATE FUNCTION powernode.power_nodes(
  site_id text, at timestamptz DEFAULT pg_catalog.now(), control_mode text DEFAULT NULL)
RETURNS SETOF powernode.power_node
AS 'MODULE_PATHNAME', 'powernode_power_nodes'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.power_nodes(text, timestamptz, text) IS
  'The projection of the site that the allocator is given, in tree order; no rows where it is not valid';

CREATE FUNCTION powernode.power_nodes(
  site_id bigint, at timestamptz DEFAULT pg_catalog.now(), control_mode text DEFAULT NULL)
RETURNS SETOF powernode.power_node
AS 'MODULE_PATHNAME', 'powernode_power_nodes'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.power_nodes(bigint, timestamptz, text) IS
  'The projection of the site that the allocator is given, in tree order; no rows where it is not valid';

CREATE FUNCTION powernode.power_nodes(
  site_id uuid, at timestamptz DEFAULT pg_catalog.now(), control_mode text DEFAULT NULL)
RETURNS SETOF powernode.power_node
AS 'MODULE_PATHNAME', 'powernode_power_nodes'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.power_nodes(uuid, timestamptz, text) IS
  'The projection of the site that the allocator is given, in tree order; no rows where it is not valid';

CREATE FUNCTION powernode.validate(
  site_id text, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (reason text, node_id text, kind text, message text)
AS 'MODULE_PATHNAME', 'powernode_validate'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.validate(text, timestamptz) IS
  'The faults of the site''s data, in the order in which a cycle records them; none for a sound site';

CREATE FUNCTION powernode.validate(
  site_id bigint, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (reason text, node_id text, kind text, message text)
AS 'MODULE_PATHNAME', 'powernode_validate'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.validate(bigint, timestamptz) IS
  'The faults of the site''s data, in the order in which a cycle records them; none for a sound site';

CREATE FUNCTION powernode.validate(
  site_id uuid, at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (reason text, node_id text, kind text, message text)
AS 'MODULE_PATHNAME', 'powernode_validate'
LANGUAGE C STABLE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.validate(uuid, timestamptz) IS
  'The faults of the site''s data, in the order in which a cycle records them; none for a sound site';
