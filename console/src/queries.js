// Every statement that the console runs: constants, with parameters for all that
// varies.  Each is filtered by the site's id where there is one, which reaches the
// key; watts, counts and ordinals are int4, plain numbers in JavaScript.

const STATUS = `
  site_id, microgrid_id, site_name, state, cycle_no, outcome, reason, message,
  evaluated_at, completed_at, expires_at, topology, control_mode, policy,
  limit_w, demand_w, allocated_w, curtailed_w,
  constraining_node_id, constraining_node_kind, constraining_node_name,
  constraining_limit_w, constraining_asked_w,
  constrained_nodes, curtailed_leaves, faults, in_force_cycle_no,
  last_error, last_error_at`;

const NODE = `
  ordinal, parent_ordinal, node_id, kind, name, vehicle_name, depth, is_leaf,
  limit_w, limit_source, demand_w, asked_w, allocated_w, curtailed_w,
  bottleneck_id, bottleneck_kind, bottleneck_name, binding, over_asked`;

const CONSTRAINT = `
  rank, reason, node_id, kind, name, path, limit_w, limit_source, asked_w, short_w,
  allocated_w, curtailed_w, binding, held_back_leaves, held_back_ids, message`;

// $1: what a name or an id contains, '' for any.
const FOUND = `
  ($1 = '' OR position(lower($1) IN lower(coalesce(site_name, ''))) > 0
           OR position(lower($1) IN lower(site_id)) > 0)`;

// How many sites of each state are found; STALE is counted beside them.
export const SITE_COUNTS = `
  SELECT count(*)::int4 AS all,
         count(*) FILTER (WHERE state = 'APPLIED')::int4 AS applied,
         count(*) FILTER (WHERE state = 'CURTAILED')::int4 AS curtailed,
         count(*) FILTER (WHERE state = 'REJECTED')::int4 AS rejected,
         count(*) FILTER (WHERE state = 'NO_COMPLETED_CYCLE')::int4 AS no_completed_cycle,
         count(*) FILTER (WHERE expires_at <= now())::int4 AS stale
    FROM powernode.microgrid_status
   WHERE ${FOUND}`;

// $2: a state, STALE, or '' for any; $3, $4: how many rows, after how many.
export const SITES = `
  SELECT ${STATUS}
    FROM powernode.microgrid_status
   WHERE ${FOUND}
     AND ($2 = '' OR state = $2 OR $2 = 'STALE' AND expires_at <= now())
   ORDER BY lower(coalesce(site_name, site_id)), site_id
   LIMIT $3 OFFSET $4`;

export const STATUS_OF_SITE = `
  SELECT ${STATUS} FROM powernode.microgrid_status WHERE site_id = $1`;

export const NODES = `
  SELECT ${NODE} FROM powernode.node_status WHERE site_id = $1 ORDER BY ordinal`;

export const CONSTRAINTS = `
  SELECT ${CONSTRAINT} FROM powernode.constraint_status WHERE site_id = $1 ORDER BY rank`;

// The leaves that can be told something: what node_status has beside them is offline.
export const SETPOINTS = `
  SELECT leaf_id, cycle_no FROM powernode.setpoint WHERE site_id = $1`;

export const CYCLE = `
  SELECT ${STATUS} FROM powernode.cycle_history WHERE site_id = $1 AND cycle_no = $2`;

export const NODES_OF_CYCLE = `
  SELECT ${NODE} FROM powernode.node_history
   WHERE site_id = $1 AND cycle_no = $2 ORDER BY ordinal`;

export const CONSTRAINTS_OF_CYCLE = `
  SELECT ${CONSTRAINT} FROM powernode.constraint_history
   WHERE site_id = $1 AND cycle_no = $2 ORDER BY rank`;

// $2: how many hours back; $3: only cycles before this one; $4: how many.
export const CYCLES = `
  SELECT cycle_no, outcome, reason, message, evaluated_at, completed_at, expires_at,
         limit_w, demand_w, allocated_w, curtailed_w, constraining_node_kind,
         constraining_node_name, faults,
         (extract(epoch FROM duration) * 1000)::float8 AS duration_ms
    FROM powernode.cycle_history
   WHERE site_id = $1
     AND completed_at >= now() - make_interval(hours => $2)
     AND cycle_no < $3
   ORDER BY cycle_no DESC
   LIMIT $4`;
