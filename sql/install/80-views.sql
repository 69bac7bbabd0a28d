-- The views run as their owner, so that nobody needs privileges on the tables;
-- live_site is read as the caller and decides which sites there are.  A helper
-- view is folded into the view above it; a security barrier is not, and what is
-- filtered there on site_id or cycle_no still reaches the keys.
--
-- OFFSET 0 keeps the planner from choosing an order: the cycle that a site's state
-- names is fetched by its whole key, and then its topology.  On tables that were
-- small or not analyzed when a plan was made it would else read all cycles of the
-- site to drop all but one, for as long as the session keeps the plan.

CREATE VIEW powernode.stored_cycle AS
  SELECT c.site_id, c.cycle_no, c.evaluated_at, c.expires_at, c.faults,
         t.control_mode, t.parents, t.kinds, t.source_ids, t.names, t.ratings, t.rating_sources,
         c.limits, c.limit_sources, c.demands, c.asked, c.allocated, c.bottlenecks, c.offline,
         c.vehicles, c.minimums
  FROM powernode.cycle c
  LEFT JOIN LATERAL (
    SELECT t.control_mode, t.parents, t.kinds, t.source_ids, t.names, t.ratings, t.rating_sources
    FROM powernode.topology t
    WHERE t.site_id = c.site_id AND t.topology_no = c.topology_no
    OFFSET 0) t ON true;

COMMENT ON VIEW powernode.stored_cycle IS
  'Every recorded cycle with its topology, as arrays; what the views of nodes and constraints unfold';

CREATE VIEW powernode.stored_constraint AS
  SELECT c.site_id, c.cycle_no, k.*
  FROM powernode.stored_cycle c,
  LATERAL (
    SELECT n.*
    FROM powernode.constraint_rows(
      c.control_mode, c.parents, c.kinds, c.source_ids, c.names, c.ratings, c.rating_sources,
      c.limits, c.limit_sources, c.demands, c.asked, c.allocated, c.bottlenecks, c.offline, c.vehicles,
      c.minimums) n
    UNION ALL
    -- A cycle without faults does not look for them.
    SELECT f.rank, f.reason, f.node_id, f.kind, f.source_id, f.name,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, f.message
    FROM powernode.cycle_fault f
    WHERE c.faults > 0 AND f.site_id = c.site_id AND f.cycle_no = c.cycle_no) k;

COMMENT ON VIEW powernode.stored_constraint IS
  'The constraints and faults of every recorded cycle; what constraint_status and constraint_history are made of';

CREATE VIEW powernode.microgrid_status WITH (security_barrier) AS
  SELECT s.site_id, s.microgrid_id, s.name AS site_name,
         coalesce(c.outcome, 'NO_COMPLETED_CYCLE') AS state,
         c.cycle_no, c.outcome, c.reason,
         coalesce(c.message, 'No cycle has completed for this site yet.') AS message,
         c.evaluated_at, c.completed_at, c.expires_at, c.topology, c.control_mode, c.policy,
         c.limit_w, c.demand_w, c.allocated_w, c.curtailed_w,
         c.constraining_node_id, c.constraining_node_kind, c.constraining_node_name,
         c.constraining_limit_w, c.constraining_asked_w,
         c.constrained_nodes, c.curtailed_leaves, c.faults, c.in_force_cycle_no,
         st.last_error, st.last_error_at
  FROM powernode.live_site s
  LEFT JOIN powernode.site_state st ON st.site_id = s.site_id
  LEFT JOIN LATERAL (
    SELECT c.cycle_no, c.outcome, c.reason, c.message, c.evaluated_at, c.completed_at,
           c.expires_at, c.topology, c.control_mode, c.policy,
           c.limit_w, c.demand_w, c.allocated_w, c.curtailed_w,
           c.constraining_node_id, c.constraining_node_kind, c.constraining_node_name,
           c.constraining_limit_w, c.constraining_asked_w,
           c.constrained_nodes, c.curtailed_leaves, c.faults, c.in_force_cycle_no
    FROM powernode.cycle c
    WHERE c.site_id = st.site_id AND c.cycle_no = st.cycle_no
    OFFSET 0) c ON true;

COMMENT ON VIEW powernode.microgrid_status IS
  'One row per site: the latest cycle''s outcome, what constrained it, and which cycle''s setpoints are in force';
COMMENT ON COLUMN powernode.microgrid_status.state IS 'The outcome, or NO_COMPLETED_CYCLE';
COMMENT ON COLUMN powernode.microgrid_status.limit_w IS
  'Watts that the site can take: the least of the root''s limit and the sum of its children''s; NULL for no limit, and of a REJECTED cycle';
COMMENT ON COLUMN powernode.microgrid_status.constrained_nodes IS 'How many nodes bind; 0 of a REJECTED cycle, NULL before the first cycle';
COMMENT ON COLUMN powernode.microgrid_status.in_force_cycle_no IS
  'The cycle whose setpoints are in force, also after they expired: compare expires_at; NULL where every cycle so far was REJECTED, or none ran';

CREATE VIEW powernode.microgrid_hierarchy WITH (security_barrier) AS
  SELECT s.site_id, n.ordinal, n.parent_ordinal, n.node_id, n.parent_id, n.kind, n.source_id,
         n.name, n.depth, n.path, n.is_leaf, n.limit_w, n.limit_source
  FROM powernode.live_site s, LATERAL powernode.live_tree(s.site_id) n;

COMMENT ON VIEW powernode.microgrid_hierarchy IS
  'The tree derived from the sources now, with the limit in force at each node; of a faulty site what can be placed';

CREATE VIEW powernode.node_status WITH (security_barrier) AS
  SELECT s.site_id, c.cycle_no, n.ordinal, n.parent_ordinal, n.node_id, n.parent_id,
         n.kind, n.source_id, n.name, n.vehicle_name, n.depth, n.path, n.is_leaf,
         n.limit_w, n.limit_source, n.demand_w, n.asked_w, n.allocated_w, n.curtailed_w,
         n.bottleneck_id, n.bottleneck_kind, n.bottleneck_name, n.binding, n.over_asked
  FROM powernode.live_site s
  JOIN powernode.site_state st ON st.site_id = s.site_id,
  LATERAL (
    SELECT * FROM powernode.stored_cycle c
    WHERE c.site_id = st.site_id AND c.cycle_no = st.cycle_no
    OFFSET 0) c,
  LATERAL powernode.node_rows(
    c.control_mode, c.parents, c.kinds, c.source_ids, c.names, c.ratings, c.rating_sources,
    c.limits, c.limit_sources, c.demands, c.asked, c.allocated, c.bottlenecks, c.offline, c.vehicles) n;

COMMENT ON VIEW powernode.node_status IS
  'The latest cycle of each site, one row per node; none where it was REJECTED';

CREATE VIEW powernode.constraint_status WITH (security_barrier) AS
  SELECT s.site_id, k.cycle_no, k.rank, k.reason, k.node_id, k.kind, k.source_id, k.name,
         k.path, k.limit_w, k.limit_source, k.asked_w, k.short_w, k.allocated_w,
         k.curtailed_w, k.binding, k.held_back_leaves, k.held_back_ids, k.message
  FROM powernode.live_site s
  JOIN powernode.site_state st ON st.site_id = s.site_id,
  LATERAL (
    SELECT * FROM powernode.stored_constraint k
    WHERE k.site_id = st.site_id AND k.cycle_no = st.cycle_no
    OFFSET 0) k;

COMMENT ON VIEW powernode.constraint_status IS
  'The latest cycle of each site: its over-asked and binding nodes, primary first, then its faults';

CREATE VIEW powernode.setpoint WITH (security_barrier) AS
  SELECT s.site_id, n.leaf_id, n.kind, n.source_id, n.name, n.allocated_w,
         n.demand_w, c.cycle_no, c.evaluated_at, c.expires_at
  FROM powernode.live_site s
  JOIN powernode.site_state st ON st.site_id = s.site_id,
  LATERAL (
    SELECT * FROM powernode.stored_cycle c
    WHERE c.site_id = st.site_id AND c.cycle_no = st.in_force_cycle_no
    OFFSET 0) c,
  LATERAL powernode.setpoint_rows(
    c.control_mode, c.parents, c.kinds, c.source_ids, c.names, c.ratings, c.rating_sources,
    c.limits, c.limit_sources, c.demands, c.asked, c.allocated, c.bottlenecks, c.offline, c.vehicles) n;

COMMENT ON VIEW powernode.setpoint IS
  'One row per leaf of the cycle in force; past expires_at the dispatcher applies its fallback';
COMMENT ON COLUMN powernode.setpoint.demand_w IS 'Watts that the leaf asked for; 0 is "nothing asked", not an order to stop';

CREATE VIEW powernode.cycle_history WITH (security_barrier) AS
  SELECT s.site_id, c.microgrid_id, c.site_name, c.outcome AS state, c.cycle_no, c.outcome,
         c.reason, c.message, c.evaluated_at, c.completed_at, c.expires_at, c.topology,
         c.control_mode, c.policy, c.limit_w, c.demand_w, c.allocated_w, c.curtailed_w,
         c.constraining_node_id, c.constraining_node_kind, c.constraining_node_name,
         c.constraining_limit_w, c.constraining_asked_w,
         c.constrained_nodes, c.curtailed_leaves, c.faults, c.in_force_cycle_no,
         NULL::text AS last_error, NULL::timestamptz AS last_error_at,
         c.recorded_by, c.duration
  FROM powernode.live_site s
  JOIN powernode.cycle c ON c.site_id = s.site_id;

COMMENT ON VIEW powernode.cycle_history IS
  'Every cycle kept, as microgrid_status showed it, with who recorded it and how long it took; last_error is the site''s, not a cycle''s';

CREATE VIEW powernode.node_history WITH (security_barrier) AS
  SELECT s.site_id, c.cycle_no, n.ordinal, n.parent_ordinal, n.node_id, n.parent_id,
         n.kind, n.source_id, n.name, n.vehicle_name, n.depth, n.path, n.is_leaf,
         n.limit_w, n.limit_source, n.demand_w, n.asked_w, n.allocated_w, n.curtailed_w,
         n.bottleneck_id, n.bottleneck_kind, n.bottleneck_name, n.binding, n.over_asked
  FROM powernode.live_site s
  JOIN powernode.stored_cycle c ON c.site_id = s.site_id,
  LATERAL powernode.node_rows(
    c.control_mode, c.parents, c.kinds, c.source_ids, c.names, c.ratings, c.rating_sources,
    c.limits, c.limit_sources, c.demands, c.asked, c.allocated, c.bottlenecks, c.offline, c.vehicles) n;

COMMENT ON VIEW powernode.node_history IS 'node_status''s columns for every cycle kept';

CREATE VIEW powernode.constraint_history WITH (security_barrier) AS
  SELECT s.site_id, k.cycle_no, k.rank, k.reason, k.node_id, k.kind, k.source_id, k.name,
         k.path, k.limit_w, k.limit_source, k.asked_w, k.short_w, k.allocated_w,
         k.curtailed_w, k.binding, k.held_back_leaves, k.held_back_ids, k.message
  FROM powernode.live_site s
  JOIN powernode.stored_constraint k ON k.site_id = s.site_id;

COMMENT ON VIEW powernode.constraint_history IS 'constraint_status''s columns for every cycle kept';
