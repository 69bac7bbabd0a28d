-- What verify() looks at: a recorded cycle as it lies in the tables, with nothing
-- worked out.  As the views above, these run as their owner and show the sites
-- that live_site shows the caller.

CREATE VIEW powernode.cycle_proof WITH (security_barrier) AS
  SELECT s.site_id, c.cycle_no, c.topology_no, c.microgrid_id, c.outcome, c.reason, c.message,
         c.evaluated_at, c.completed_at, c.expires_at, c.duration,
         c.topology, c.control_mode, c.policy,
         c.limit_w, c.demand_w, c.allocated_w, c.curtailed_w,
         c.constraining_node_id, c.constraining_node_kind, c.constraining_node_name,
         c.constraining_limit_w, c.constraining_asked_w,
         c.constrained_nodes, c.curtailed_leaves, c.faults, c.in_force_cycle_no,
         t.digest, t.topology AS tree_topology, t.control_mode AS tree_control_mode,
         t.parents, t.kinds, t.source_ids, t.names, t.ratings, t.rating_sources,
         c.limits, c.limit_sources, c.demands, c.asked, c.allocated, c.bottlenecks,
         c.offline, c.vehicles, c.tiers, c.weights, c.minimums, c.turns, c.control_total,
         (SELECT max(e.cycle_no) FROM powernode.cycle e
          WHERE e.site_id = s.site_id AND e.cycle_no < c.cycle_no
            AND e.outcome <> 'REJECTED') AS earlier_cycle_no,
         f.outcome AS in_force_outcome, f.expires_at AS in_force_expires_at
  FROM powernode.live_site s
  JOIN powernode.cycle c ON c.site_id = s.site_id
  LEFT JOIN powernode.topology t ON t.site_id = s.site_id AND t.topology_no = c.topology_no
  LEFT JOIN powernode.cycle f ON f.site_id = s.site_id AND f.cycle_no = c.in_force_cycle_no;

COMMENT ON VIEW powernode.cycle_proof IS
  'Every recorded cycle of the sites that the caller may see, with its topology, as the arrays that are stored; what verify() checks';
COMMENT ON COLUMN powernode.cycle_proof.tree_topology IS 'topology of the row in powernode.topology';
COMMENT ON COLUMN powernode.cycle_proof.tree_control_mode IS 'control_mode of the row in powernode.topology';
COMMENT ON COLUMN powernode.cycle_proof.earlier_cycle_no IS
  'The latest cycle kept that came before it and was not REJECTED; NULL for none';
COMMENT ON COLUMN powernode.cycle_proof.in_force_outcome IS
  'outcome of the cycle that in_force_cycle_no names; NULL where that is not kept any more';
COMMENT ON COLUMN powernode.cycle_proof.in_force_expires_at IS
  'expires_at of the cycle that in_force_cycle_no names; NULL where that is not kept';

CREATE VIEW powernode.fault_proof WITH (security_barrier) AS
  SELECT s.site_id, f.cycle_no, f.rank, f.reason, f.node_id, f.kind, f.source_id, f.name, f.message
  FROM powernode.live_site s
  JOIN powernode.cycle_fault f ON f.site_id = s.site_id;

COMMENT ON VIEW powernode.fault_proof IS
  'The faults of every recorded cycle of the sites that the caller may see, as they are stored; what verify() checks';

CREATE VIEW powernode.site_proof WITH (security_barrier) AS
  SELECT s.site_id, st.cycle_no, st.in_force_cycle_no, st.topology_no, st.topology_digest,
         (SELECT max(c.cycle_no) FROM powernode.cycle c
          WHERE c.site_id = s.site_id) AS latest_cycle_no,
         f.cycle_no AS latest_in_force_cycle_no, f.topology_no AS latest_topology_no,
         t.digest AS latest_digest
  FROM powernode.live_site s
  LEFT JOIN powernode.site_state st ON st.site_id = s.site_id
  LEFT JOIN powernode.cycle f ON f.site_id = s.site_id AND f.cycle_no =
    (SELECT max(c.cycle_no) FROM powernode.cycle c
     WHERE c.site_id = s.site_id AND c.outcome <> 'REJECTED')
  LEFT JOIN powernode.topology t ON t.site_id = s.site_id AND t.topology_no = f.topology_no;

COMMENT ON VIEW powernode.site_proof IS
  'The counters of every site that the caller may see, beside what its kept cycles say; what verify() checks';
COMMENT ON COLUMN powernode.site_proof.cycle_no IS 'The latest cycle, as the site''s counter has it; NULL before the first';
COMMENT ON COLUMN powernode.site_proof.in_force_cycle_no IS 'The latest cycle that was not REJECTED, as the site''s counter has it; NULL for none';
COMMENT ON COLUMN powernode.site_proof.topology_no IS 'The topology that the next cycle''s is compared with, as the site''s counter has it; NULL for none';
COMMENT ON COLUMN powernode.site_proof.topology_digest IS 'The digest that it is compared by; NULL for none';
COMMENT ON COLUMN powernode.site_proof.latest_cycle_no IS 'The latest cycle kept; NULL for none';
COMMENT ON COLUMN powernode.site_proof.latest_in_force_cycle_no IS 'The latest cycle kept that was not REJECTED; NULL for none';
COMMENT ON COLUMN powernode.site_proof.latest_topology_no IS 'The topology of that cycle; NULL for none';
COMMENT ON COLUMN powernode.site_proof.latest_digest IS 'The digest of that topology; NULL for none';

-- The tree, unfolded.  STRICT, here and below, keeps a function from being folded
-- into the query that calls it, where nothing would tell how many rows arrays have.

-- demand_w and allocated_w of an inner node, and asked_w, are what is recorded: NULL
-- where that is nothing.
CREATE FUNCTION powernode.proof_nodes(proof powernode.cycle_proof)
RETURNS TABLE (ordinal integer, parent integer, kind text, node_id text, name text,
               is_leaf boolean, is_offline boolean,
               rating_w bigint, rating_source text, limit_w bigint, limit_source text,
               demand_w bigint, asked_w bigint, allocated_w bigint, bottleneck integer,
               tier integer, weight integer, minimum_w bigint, turn integer)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 20000
BEGIN ATOMIC
  SELECT n.ordinal, n.parent, w.kind, lower(w.kind) || ':' || n.source_id, n.name,
         w.is_leaf, o.ordinal IS NOT NULL,
         n.rating, w.sources[n.rating_source],
         CASE WHEN n.limit_source IS NULL THEN n.rating ELSE n.limit_w END,
         w.sources[coalesce(n.limit_source, n.rating_source)],
         CASE WHEN w.is_leaf THEN coalesce(n.demand, 0) ELSE n.demand END, n.asked,
         CASE WHEN w.is_leaf THEN coalesce(n.allocated, n.demand, 0) ELSE n.allocated END, n.bottleneck,
         CASE WHEN proof.tiers IS NULL THEN 0 ELSE n.tier END,
         CASE WHEN proof.weights IS NULL THEN 1 ELSE n.weight END,
         coalesce(n.minimum, 0), n.turn
  FROM ROWS FROM (
    unnest(proof.parents), unnest(proof.kinds), unnest(proof.source_ids), unnest(proof.names),
    unnest(proof.ratings), unnest(proof.rating_sources), unnest(proof.limits), unnest(proof.limit_sources),
    unnest(proof.demands), unnest(proof.asked), unnest(proof.allocated), unnest(proof.bottlenecks),
    unnest(proof.tiers), unnest(proof.weights), unnest(proof.minimums), unnest(proof.turns))
    WITH ORDINALITY AS n (parent, kind, source_id, name, rating, rating_source, limit_w, limit_source,
                          demand, asked, allocated, bottleneck, tier, weight, minimum, turn, ordinal)
  LEFT JOIN unnest(proof.offline) AS o (ordinal) ON o.ordinal = n.ordinal,
  LATERAL (
    SELECT k.kind, k.kind = CASE proof.tree_control_mode WHEN 'CONNECTOR' THEN 'CONNECTOR' ELSE 'CHARGE_POINT' END AS is_leaf,
           ARRAY['DEFAULT_CAPACITY', 'SAFE_CAPACITY', 'CHARGE_POINT_RATING', 'CONNECTOR_RATING', 'SITE_CAPACITY',
                 'OPERATING_ENVELOPE', 'BACKGROUND_LOAD', 'OFFLINE_RESERVE'] AS sources
    FROM (SELECT ('{MICROGRID,GRID_CONNECTION,CIRCUIT,CHARGE_POINT,CONNECTOR}'::text[])[n.kind + 1] AS kind) k) w;
END;

COMMENT ON FUNCTION powernode.proof_nodes(powernode.cycle_proof) IS
  'The nodes of a recorded cycle, one row each, in plain SQL and apart from what the views use; verify()''s own';

-- Parents stand before their children, else the walk does not follow; 64 levels.
CREATE FUNCTION powernode.proof_paths(proof powernode.cycle_proof)
RETURNS TABLE (ordinal integer, path integer[])
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 20000
BEGIN ATOMIC
  WITH RECURSIVE node AS MATERIALIZED (
    SELECT n.ordinal::integer AS ordinal, n.parent
    FROM unnest(proof.parents) WITH ORDINALITY AS n (parent, ordinal)),
  walk AS (
    SELECT n.ordinal, ARRAY[n.ordinal] AS path FROM node n WHERE n.parent IS NULL
    UNION ALL
    SELECT n.ordinal, w.path || n.ordinal
    FROM walk w JOIN node n ON n.parent = w.ordinal
    WHERE n.ordinal > n.parent AND cardinality(w.path) < 64)
  SELECT w.ordinal, w.path FROM walk w;
END;

COMMENT ON FUNCTION powernode.proof_paths(powernode.cycle_proof) IS
  'The ordinals from the root down to each node of a recorded cycle, itself included; verify()''s own';

CREATE FUNCTION powernode.proof_sums(proof powernode.cycle_proof)
RETURNS TABLE (ordinal integer, demand_w bigint, asked_w bigint, allocated_w bigint)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 20000
BEGIN ATOMIC
  WITH leaf AS (
    SELECT l.ordinal, coalesce(l.demand, 0) AS demand, coalesce(l.allocated, l.demand) AS allocated
    FROM ROWS FROM (unnest(proof.kinds), unnest(proof.demands), unnest(proof.allocated))
         WITH ORDINALITY AS l (kind, demand, allocated, ordinal)
    WHERE l.kind = CASE proof.tree_control_mode WHEN 'CONNECTOR' THEN 4 ELSE 3 END
      AND (l.demand IS NOT NULL OR l.allocated IS NOT NULL)),
  sum AS (
    SELECT on_path.ordinal, sum(l.demand) AS demand_w, sum(l.allocated) AS allocated_w
    FROM leaf l JOIN powernode.proof_paths(proof) p ON p.ordinal = l.ordinal,
    LATERAL unnest(p.path) AS on_path (ordinal)
    GROUP BY on_path.ordinal)
  SELECT n.ordinal, coalesce(s.demand_w, 0), coalesce(n.asked, s.demand_w, 0), coalesce(s.allocated_w, 0)
  FROM ROWS FROM (unnest(proof.parents), unnest(proof.asked)) WITH ORDINALITY AS n (parent, asked, ordinal)
  LEFT JOIN sum s ON s.ordinal = n.ordinal;
END;

COMMENT ON FUNCTION powernode.proof_sums(powernode.cycle_proof) IS
  'Of each node of a recorded cycle the watts that the leaves below it want and get, and those asked of it; verify()''s own';
