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
               binding boolean, over_asked boolean,
               is_offline boolean, held_back_ids text[])
AS 'MODULE_PATHNAME', 'powernode_node_rows'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000 ROWS 1000;

COMMENT ON FUNCTION powernode.node_rows(text, integer[], smallint[], text[], text[], integer[], smallint[], integer[], smallint[], integer[], integer[], integer[], integer[], integer[], text[]) IS
  'Unfolds the arrays of a topology and a cycle into one row per node; the views'' own, no rows where the topology is NULL';
