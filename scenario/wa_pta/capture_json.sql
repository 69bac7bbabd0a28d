-- What the console reads of the site, as JSON: console/report.js makes pages of it.
--
-- The columns are those of console/src/queries.js without the wall clock
-- (completed_at, last_error_at); console/test/report.test.js compares the two.

\pset tuples_only on
\pset format unaligned

SELECT json_build_object(
    'status', (SELECT to_json(r) FROM (
        SELECT site_id, microgrid_id, site_name, state, cycle_no, outcome, reason, message,
               evaluated_at, expires_at, topology, control_mode, policy,
               limit_w, demand_w, allocated_w, curtailed_w,
               constraining_node_id, constraining_node_kind, constraining_node_name,
               constraining_limit_w, constraining_asked_w,
               constrained_nodes, curtailed_leaves, faults, in_force_cycle_no,
               last_error
          FROM powernode.microgrid_status WHERE site_id = :'site') AS r),
    'nodes', (SELECT coalesce(json_agg(r), '[]') FROM (
        SELECT ordinal, parent_ordinal, node_id, kind, name, vehicle_name, depth, is_leaf,
               limit_w, limit_source, demand_w, asked_w, allocated_w, curtailed_w,
               bottleneck_id, bottleneck_kind, bottleneck_name, binding, over_asked
          FROM powernode.node_status WHERE site_id = :'site' ORDER BY ordinal) AS r),
    'constraints', (SELECT coalesce(json_agg(r), '[]') FROM (
        SELECT rank, reason, node_id, kind, name, path, limit_w, limit_source, asked_w, short_w,
               allocated_w, curtailed_w, binding, held_back_leaves, held_back_ids, message
          FROM powernode.constraint_status WHERE site_id = :'site' ORDER BY rank) AS r),
    'setpoints', (SELECT coalesce(json_agg(r), '[]') FROM (
        SELECT leaf_id, cycle_no
          FROM powernode.setpoint WHERE site_id = :'site' ORDER BY leaf_id) AS r));
