-- What the views say after a step, without wall-clock columns (completed_at,
-- recorded_by, duration, last_error_at).  Times are kept: every cycle has a fixed one.

\echo
\echo == microgrid_status
\x on
SELECT site_id, microgrid_id, site_name, state, cycle_no, outcome, reason, message,
       evaluated_at, expires_at, topology, control_mode, policy, limit_w, demand_w,
       allocated_w, curtailed_w, constraining_node_id, constraining_node_kind,
       constraining_node_name, constraining_limit_w, constraining_asked_w,
       constrained_nodes, curtailed_leaves, faults, in_force_cycle_no, last_error
  FROM powernode.microgrid_status
 WHERE site_id = :'site';

\echo == constraint_status
SELECT rank, reason, node_id, kind, source_id, name, path, limit_w, limit_source,
       asked_w, short_w, allocated_w, curtailed_w, binding, held_back_leaves,
       held_back_ids, message
  FROM powernode.constraint_status
 WHERE site_id = :'site'
 ORDER BY rank;
\x off

\echo
\echo == node_status
SELECT cycle_no, ordinal, parent_ordinal, node_id, parent_id, kind, source_id, name,
       vehicle_name, depth, path, is_leaf, limit_w, limit_source, demand_w, asked_w,
       allocated_w, curtailed_w, bottleneck_id, bottleneck_kind, bottleneck_name,
       binding, over_asked
  FROM powernode.node_status
 WHERE site_id = :'site'
 ORDER BY ordinal;

\echo == setpoint
SELECT leaf_id, kind, source_id, name, allocated_w, demand_w, cycle_no,
       evaluated_at, expires_at
  FROM powernode.setpoint
 WHERE site_id = :'site'
 ORDER BY leaf_id;

\echo == explain
\pset tuples_only on
\pset format unaligned
SELECT powernode.explain(:'site');
