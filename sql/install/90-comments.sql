-- What every column means, each sentence once.  docs/sql-reference.md is made of
-- these by tools/reference.  First what is special to one relation, then what a
-- column means wherever it is, which is given to those that have no comment yet.

COMMENT ON COLUMN powernode.power_node.node_id IS 'Name of the node, unique in the array; not NULL';
COMMENT ON COLUMN powernode.power_node.parent_id IS 'node_id of the parent; NULL of the root, which there must be one of';
COMMENT ON COLUMN powernode.power_node.kind IS
  'Any word for the kind of node, handed through; power_nodes gives MICROGRID, GRID_CONNECTION, CIRCUIT, CHARGE_POINT or CONNECTOR';
COMMENT ON COLUMN powernode.power_node.limit_w IS 'Watts that may flow through the node, 0 or more; NULL for no limit of its own';
COMMENT ON COLUMN powernode.power_node.demand_w IS
  'Watts that the leaf would take now if nothing limited it, 0 or more; NULL counts as 0, and that of an inner node is ignored';
COMMENT ON COLUMN powernode.power_node.min_w IS
  'Watts below which the leaf cannot charge, 0 or more; NULL counts as 0, and that of an inner node is ignored';
COMMENT ON COLUMN powernode.power_node.weight IS 'Share of the leaf relative to others, 1 or more; NULL counts as 1';
COMMENT ON COLUMN powernode.power_node.priority IS 'Which leaf goes first, the higher before the lower; NULL counts as 0';
COMMENT ON COLUMN powernode.power_node.arrived_at IS 'When the vehicle arrived; NULL comes last';
COMMENT ON COLUMN powernode.power_node.departs_at IS 'When the vehicle will leave; NULL comes last';
COMMENT ON COLUMN powernode.power_node.energy_wh IS 'Watt-hours that the vehicle still needs, 0 or more; NULL counts as none';

COMMENT ON COLUMN powernode.sources.name IS
  'The source: site, grid_connection, circuit, charge_point, connector or operating_envelope';
COMMENT ON COLUMN powernode.sources.required IS 'Whether a cycle needs it; only operating_envelope may be left out';
COMMENT ON COLUMN powernode.sources.relation IS
  'Qualified name of the table or view that it is bound to, whether or not that exists; NULL where it is not bound';
COMMENT ON COLUMN powernode.sources.sound IS 'Whether a cycle can use it as it is now';

COMMENT ON COLUMN powernode.source_binding.name IS 'The source: site, grid_connection, circuit, charge_point, connector or operating_envelope';
COMMENT ON COLUMN powernode.source_binding.schema_name IS 'Schema of the relation, unquoted';
COMMENT ON COLUMN powernode.source_binding.relation_name IS 'Name of the relation, unquoted, looked up again by every cycle';

COMMENT ON COLUMN powernode.live_site.name IS 'The site''s name in the site source; NULL where it has none';
COMMENT ON COLUMN powernode.live_site.enabled IS 'Whether the site is to be balanced; a NULL in the source counts as true';

COMMENT ON COLUMN powernode.topology.topology IS 'HIERARCHICAL, or FLAT for a site without a microgrid';
COMMENT ON COLUMN powernode.topology.control_mode IS 'CONNECTOR: the connectors are the leaves; CHARGER: the charge points are';
COMMENT ON COLUMN powernode.topology.source_ids IS 'The product''s own ids as text';
COMMENT ON COLUMN powernode.topology.names IS 'Names of the nodes, where a source gives none their source id';

-- A cycle as one row: its figures are the whole site's.
COMMENT ON COLUMN powernode.microgrid_status.cycle_no IS
  'Number of the site''s latest cycle, counted from 1; NULL before the first';
COMMENT ON COLUMN powernode.microgrid_status.reason IS
  'Why: DEMAND_MET of an APPLIED cycle, the primary constraint''s reason of a CURTAILED one, the first fault of a REJECTED one, as listed at constraint_status; NULL before the first cycle';
COMMENT ON COLUMN powernode.microgrid_status.message IS
  'One sentence that an operator can act on: of the primary constraint, of the first fault, or that every demand is met';
COMMENT ON COLUMN powernode.microgrid_status.evaluated_at IS
  'The time that the cycle was worked out for, which decides the envelopes in force; NULL before the first cycle';
COMMENT ON COLUMN powernode.microgrid_status.expires_at IS
  'When the setpoints in force after the cycle expire: their TTL after the earlier of evaluated_at and completed_at, or earlier when an envelope starts; it may have passed, and is NULL where none are in force';
COMMENT ON COLUMN powernode.microgrid_status.demand_w IS
  'Watts that all leaves together would take now if nothing limited them; NULL of a REJECTED cycle and before the first';
COMMENT ON COLUMN powernode.microgrid_status.allocated_w IS
  'Watts granted to all leaves together; NULL of a REJECTED cycle and before the first';
COMMENT ON COLUMN powernode.microgrid_status.curtailed_w IS
  'Watts demanded and not granted, demand_w - allocated_w; NULL of a REJECTED cycle and before the first';

COMMENT ON COLUMN powernode.cycle_history.state IS 'The same as outcome, where microgrid_status has its state';
COMMENT ON COLUMN powernode.cycle_history.cycle_no IS 'Number of the cycle, counted from 1 in each site';
COMMENT ON COLUMN powernode.cycle_history.in_force_cycle_no IS
  'The cycle whose setpoints were in force after this one: itself, or of a REJECTED one the latest before it that was not; NULL for none';
COMMENT ON COLUMN powernode.cycle_history.last_error IS 'Always NULL: an error is the site''s, not a cycle''s';
COMMENT ON COLUMN powernode.cycle_history.last_error_at IS 'Always NULL: an error is the site''s, not a cycle''s';

COMMENT ON COLUMN powernode.setpoint.kind IS
  'CONNECTOR in control mode CONNECTOR, CHARGE_POINT in CHARGER';
COMMENT ON COLUMN powernode.setpoint.source_id IS 'The product''s own id of the connector or charge point, as text';
COMMENT ON COLUMN powernode.setpoint.allocated_w IS 'Watts that the leaf may take';
COMMENT ON COLUMN powernode.setpoint.expires_at IS
  'When the setpoint expires: its TTL after the earlier of evaluated_at and completed_at, or earlier when an envelope starts; past it the dispatcher applies its fallback';

-- A constraint is a node that was over-asked or binding, or a fault.
COMMENT ON COLUMN powernode.constraint_status.reason IS
  'OPERATING_ENVELOPE, SAFE_CAPACITY, BACKGROUND_LOAD or OFFLINE_RESERVE where that is the limit source, else by kind GRID_CONNECTION_LIMIT, CIRCUIT_LIMIT, CHARGE_POINT_LIMIT or SITE_LIMIT, MINIMUM_POWER before all of these where it only refused minimums; or a fault: INVALID_SETTING, NO_GRID_CONNECTION, GRID_CONNECTION_WITHOUT_CIRCUIT, GRID_CONNECTION_NOT_TOP_LEVEL, CIRCUIT_LOOP, CIRCUIT_UNREACHABLE, CHARGE_POINT_WITHOUT_CIRCUIT, CONNECTOR_WITHOUT_CHARGE_POINT, DUPLICATE_NODE, MISSING_RATING, INVALID_RATING, INVALID_DEMAND, INVALID_ENVELOPE or UNSUPPORTED_TOPOLOGY';
COMMENT ON COLUMN powernode.constraint_status.name IS
  'The node''s name in its source, its source_id where it has none; of a fault what the fault is about';
COMMENT ON COLUMN powernode.constraint_status.path IS 'Names from the root down to the node; NULL of a fault';
COMMENT ON COLUMN powernode.constraint_status.limit_w IS 'Limit in force, in watts; NULL of a fault';
COMMENT ON COLUMN powernode.constraint_status.asked_w IS
  'Watts of demand that reach the node once every limit below it has been applied; NULL of a fault';
COMMENT ON COLUMN powernode.constraint_status.allocated_w IS 'Watts granted through the node; NULL of a fault';
COMMENT ON COLUMN powernode.constraint_status.curtailed_w IS
  'Watts curtailed at the leaves whose bottleneck the node is; 0 where it is none''s, NULL of a fault';
COMMENT ON COLUMN powernode.constraint_status.binding IS
  'Whether the node is the bottleneck of at least one leaf; false of a fault';

DO $$
DECLARE
  model record;
  target record;
BEGIN
  -- A history's columns mean what those of its status do, and the tables' likewise.
  FOR model IN
    SELECT * FROM (VALUES
      (1, 'cycle_history', 'microgrid_status'),
      (2, 'cycle', 'cycle_history'),
      (3, 'constraint_history', 'constraint_status'),
      (4, 'stored_constraint', 'constraint_status'),
      (5, 'cycle_fault', 'constraint_status'),
      (6, 'cycle_proof', 'cycle'),
      (7, 'cycle_proof', 'topology'),
      (8, 'fault_proof', 'cycle_fault'),
      (9, 'stored_cycle', 'cycle'),
      (10, 'stored_cycle', 'topology')) AS m (step, relation, status)
    ORDER BY step
  LOOP
    FOR target IN
      SELECT h.attname, pg_catalog.col_description(s.attrelid, s.attnum) AS comment
      FROM pg_catalog.pg_attribute h
      JOIN pg_catalog.pg_attribute s ON s.attname OPERATOR(pg_catalog.=) h.attname
      WHERE h.attrelid OPERATOR(pg_catalog.=)
            pg_catalog.format('powernode.%I', model.relation)::pg_catalog.regclass
        AND s.attrelid OPERATOR(pg_catalog.=)
            pg_catalog.format('powernode.%I', model.status)::pg_catalog.regclass
        AND h.attnum OPERATOR(pg_catalog.>) 0
        AND pg_catalog.col_description(h.attrelid, h.attnum) IS NULL
        AND pg_catalog.col_description(s.attrelid, s.attnum) IS NOT NULL
    LOOP
      EXECUTE pg_catalog.format('COMMENT ON COLUMN powernode.%I.%I IS %L',
                                model.relation, target.attname, target.comment);
    END LOOP;
  END LOOP;

  FOR target IN
    SELECT c.relname, a.attname, v.comment
    FROM (VALUES
      -- which site, which cycle
      ('site_id', 'The product''s own id of the site, as text'),
      ('microgrid_id', 'The product''s own id of the site''s microgrid, as text; NULL of a FLAT site'),
      ('site_name', 'The site''s name in the site source; NULL where it has none'),
      ('cycle_no', 'Number of the cycle, counted from 1 in each site'),
      ('outcome', 'APPLIED: every demand met; CURTAILED: some demand not met; REJECTED: the data is no valid tree and nothing was allocated; NULL before the first cycle'),
      ('evaluated_at', 'The time that the cycle was worked out for, which decides the envelopes in force'),
      ('completed_at', 'When the cycle was recorded, by the server''s clock; NULL before the first cycle'),
      ('expires_at', 'When the cycle''s setpoints expire: their TTL after the earlier of evaluated_at and completed_at, or earlier when an envelope starts'),
      ('topology', 'HIERARCHICAL, or FLAT for a site without a microgrid; NULL of a REJECTED cycle and before the first'),
      ('topology_no', 'Number of the topology, counted from 1 in each site; NULL of a REJECTED cycle'),
      ('control_mode', 'CONNECTOR: one setpoint per plug; CHARGER: one per charge point; NULL where the site''s is unknown and before the first cycle'),
      ('policy', 'How power was shared: EQUAL_SHARE, WEIGHTED, PROPORTIONAL, PRIORITY, FIRST_COME_FIRST_SERVED, EARLIEST_DEADLINE_FIRST or LEAST_LAXITY_FIRST; NULL where the site''s is unknown and before the first cycle'),
      ('constraining_node_id', 'node_id of the primary constraint, the binding node that explains most curtailed watts, or of a REJECTED cycle of the first fault; NULL of an APPLIED one and before the first'),
      ('constraining_node_kind', 'Kind of the constraining node: MICROGRID, GRID_CONNECTION, CIRCUIT, CHARGE_POINT or CONNECTOR; NULL where there is none'),
      ('constraining_node_name', 'Name of the constraining node; NULL where there is none'),
      ('constraining_limit_w', 'Limit in force of the constraining node, in watts; NULL unless CURTAILED'),
      ('constraining_asked_w', 'Watts asked of the constraining node; NULL unless CURTAILED'),
      ('curtailed_leaves', 'How many leaves were granted less than their demand; 0 of a REJECTED cycle, NULL before the first'),
      ('faults', 'How many faults the site''s data has, of which at most 100 are recorded; NULL before the first cycle'),
      ('last_error', 'The message of the error that last kept the site from being balanced in a pass of rebalance_due, and its SQLSTATE; NULL for none, and once a cycle has completed since'),
      ('last_error_at', 'When last_error was raised; NULL for none'),
      ('recorded_by', 'The session user that ran the cycle'),
      ('duration', 'How long the cycle took until completed_at, waiting for the site''s lock included'),

      -- which node
      ('ordinal', 'Place of the node in the tree, depth first, counted from 1'),
      ('parent_ordinal', 'ordinal of the parent; NULL of the root'),
      ('node_id', 'The kind in lower case, a colon and source_id, such as circuit:5: unique in the site'),
      ('leaf_id', 'node_id of the leaf, such as connector:7: unique in the site'),
      ('parent_id', 'node_id of the parent; NULL of the root'),
      ('kind', 'MICROGRID, GRID_CONNECTION, CIRCUIT, CHARGE_POINT or CONNECTOR'),
      ('source_id', 'The product''s own id of the node, as text; of the root the microgrid''s, in a FLAT site the site''s'),
      ('name', 'The node''s name in its source, its source_id where it has none'),
      ('vehicle_name', 'The vehicle at the connector, in control mode CHARGER those that ask for power at the charge point; NULL for none'),
      ('depth', 'Levels between the node and the root, whose depth is 0'),
      ('path', 'Names from the root down to the node'),
      ('is_leaf', 'Whether power is allocated to the node itself: a connector in control mode CONNECTOR, a charge point in CHARGER'),

      -- its power
      ('limit_w', 'Limit in force, in watts: the rating after safe mode, envelopes, background and reserves; NULL for no limit'),
      ('limit_source', 'What took most of the limit: SAFE_CAPACITY, OPERATING_ENVELOPE, BACKGROUND_LOAD or OFFLINE_RESERVE; if nothing did, where the rating is from: DEFAULT_CAPACITY, SAFE_CAPACITY, CHARGE_POINT_RATING, CONNECTOR_RATING or SITE_CAPACITY; NULL for no limit'),
      ('demand_w', 'Watts that the leaf would take now if nothing limited it, which is not its metered draw; of an inner node the sum over its leaves'),
      ('asked_w', 'Watts of demand that reach the node once every limit below it has been applied; of a leaf its demand'),
      ('allocated_w', 'Watts granted; of an inner node the sum over its leaves'),
      ('curtailed_w', 'Watts demanded and not granted, demand_w - allocated_w'),
      ('bottleneck_id', 'Of a leaf that was curtailed the node_id of what keeps it from more: the deepest full node on its path, itself included, or where its minimum was refused the deepest node that had no room for it, which need not be full; NULL of any other node'),
      ('bottleneck_kind', 'Kind of the bottleneck: MICROGRID, GRID_CONNECTION, CIRCUIT, CHARGE_POINT or CONNECTOR; NULL where there is none'),
      ('bottleneck_name', 'Name of the bottleneck; NULL where there is none'),
      ('binding', 'Whether the node is the bottleneck of at least one leaf'),
      ('over_asked', 'Whether asked_w is more than limit_w'),
      ('is_offline', 'Whether the leaf gets no setpoint, because its charge point cannot be told'),

      -- a constraint
      ('rank', 'Counted from 1: the primary constraint, the other binding nodes by curtailed_w, the over-asked in tree order, then faults'),
      ('short_w', 'Watts asked beyond the limit, asked_w - limit_w; 0 of a leaf that only its own minimum holds back, NULL of a fault'),
      ('held_back_leaves', 'How many leaves have the node as their bottleneck; NULL of a fault'),
      ('held_back_ids', 'node_id of every leaf that has the node as its bottleneck, in tree order; NULL of a fault'),
      ('message', 'One sentence that an operator can act on')
    ) AS v (name, comment)
    JOIN pg_catalog.pg_attribute a ON a.attname OPERATOR(pg_catalog.=) v.name::pg_catalog.name
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
    WHERE c.relnamespace OPERATOR(pg_catalog.=) 'powernode'::pg_catalog.regnamespace
      AND c.relkind OPERATOR(pg_catalog.=) ANY ('{v,r,f}'::"char"[])
      AND pg_catalog.col_description(a.attrelid, a.attnum) IS NULL
  LOOP
    EXECUTE pg_catalog.format('COMMENT ON COLUMN powernode.%I.%I IS %L',
                              target.relname, target.attname, target.comment);
  END LOOP;
END
$$;
