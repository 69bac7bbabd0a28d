CREATE FUNCTION powernode.node_rows(
  control_mode text, parents integer[], kinds smallint[], source_ids text[], names text[],
  ratings integer[], rating_sources smallint[],
  limits integer[], limit_sources smallint[], demands integer[], asked integer[],
  allocated integer[], bottlenecks integer[], offline integer[], vehicles text[])
RETURNS TABLE (ordinal integer, parent_ordinal integer, node_id text, parent_id text,
               kind text, source_id text, name text, vehicle_name text, depth integer,
               path text[], is_leaf boolean, limit_w integer, limit_source text,
               demand_w integer, asked_w integer, allocated_w integer, curtailed_w integer,
               bottleneck_id text, bottleneck_kind text, bottleneck_name text,
               binding boolean, over_asked boolean)
AS 'MODULE_PATHNAME', 'powernode_node_rows'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 1000;

COMMENT ON FUNCTION powernode.node_rows(text, integer[], smallint[], text[], text[], integer[], smallint[], integer[], smallint[], integer[], integer[], integer[], integer[], integer[], text[]) IS
  'Unfolds the arrays of a topology and a cycle into one row per node; the views'' own, no rows where the topology is NULL';

CREATE FUNCTION powernode.setpoint_rows(
  control_mode text, parents integer[], kinds smallint[], source_ids text[], names text[],
  ratings integer[], rating_sources smallint[],
  limits integer[], limit_sources smallint[], demands integer[], asked integer[],
  allocated integer[], bottlenecks integer[], offline integer[], vehicles text[])
RETURNS TABLE (leaf_id text, kind text, source_id text, name text, allocated_w integer,
               demand_w integer)
AS 'MODULE_PATHNAME', 'powernode_setpoint_rows'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 1000;

COMMENT ON FUNCTION powernode.setpoint_rows(text, integer[], smallint[], text[], text[], integer[], smallint[], integer[], smallint[], integer[], integer[], integer[], integer[], integer[], text[]) IS
  'Unfolds the arrays of a topology and a cycle into one row per leaf that gets a setpoint; the views'' own, no rows where the topology is NULL';

CREATE FUNCTION powernode.constraint_rows(
  control_mode text, parents integer[], kinds smallint[], source_ids text[], names text[],
  ratings integer[], rating_sources smallint[],
  limits integer[], limit_sources smallint[], demands integer[], asked integer[],
  allocated integer[], bottlenecks integer[], offline integer[], vehicles text[], minimums integer[])
RETURNS TABLE (rank integer, reason text, node_id text, kind text, source_id text, name text,
               path text[], limit_w integer, limit_source text, asked_w integer, short_w integer,
               allocated_w integer, curtailed_w integer, binding boolean,
               held_back_leaves integer, held_back_ids text[], message text)
AS 'MODULE_PATHNAME', 'powernode_constraint_rows'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 10;

COMMENT ON FUNCTION powernode.constraint_rows(text, integer[], smallint[], text[], text[], integer[], smallint[], integer[], smallint[], integer[], integer[], integer[], integer[], integer[], text[], integer[]) IS
  'Works out the over-asked and binding nodes of the arrays of a topology and a cycle, primary first; the views'' own, no rows where the topology is NULL';
