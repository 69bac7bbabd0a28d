-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION powernode" to load this file. \quit

COMMENT ON SCHEMA powernode IS
  'Balances EV-charging depots inside the database: rebalance(site_id), and the views that show what it decided';
CREATE TYPE powernode.power_node AS (
  node_id    text,
  parent_id  text,
  kind       text,
  limit_w    integer,
  demand_w   integer,
  min_w      integer,
  weight     integer,
  priority   integer,
  arrived_at timestamptz,
  departs_at timestamptz,
  energy_wh  bigint
);

COMMENT ON TYPE powernode.power_node IS
  'One box of the tree as the allocator sees it; watts at the supply side, limit_w NULL for no limit of its own, a node without children is a leaf';
-- Every key is led by site_id, no sequence, no trigger, no foreign key: the
-- tables can be distributed by site, dumped and restored in any order.

-- The words that columns may hold.  The server reads a CHECK anew for every statement
-- that inserts, and a call is read in a fraction of the time that a list takes.

CREATE FUNCTION powernode.is_outcome(word text) RETURNS boolean
AS 'MODULE_PATHNAME', 'powernode_is_outcome'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION powernode.is_outcome(text) IS 'Whether a word is one of the outcomes of a cycle; a CHECK of the tables';

CREATE FUNCTION powernode.is_reason(word text) RETURNS boolean
AS 'MODULE_PATHNAME', 'powernode_is_reason'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION powernode.is_reason(text) IS 'Whether a word is one of the reasons of a cycle, faults among them; a CHECK of the tables';

CREATE FUNCTION powernode.is_topology(word text) RETURNS boolean
AS 'MODULE_PATHNAME', 'powernode_is_topology'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION powernode.is_topology(text) IS 'Whether a word is HIERARCHICAL or FLAT; a CHECK of the tables';

CREATE FUNCTION powernode.is_control_mode(word text) RETURNS boolean
AS 'MODULE_PATHNAME', 'powernode_is_control_mode'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION powernode.is_control_mode(text) IS 'Whether a word is one of the control modes; a CHECK of the tables';

CREATE FUNCTION powernode.is_policy(word text) RETURNS boolean
AS 'MODULE_PATHNAME', 'powernode_is_policy'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION powernode.is_policy(text) IS 'Whether a word is one of the policies; a CHECK of the tables';

CREATE FUNCTION powernode.is_kind(word text) RETURNS boolean
AS 'MODULE_PATHNAME', 'powernode_is_kind'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION powernode.is_kind(text) IS 'Whether a word is one of the kinds of nodes; a CHECK of the tables';

CREATE FUNCTION powernode.is_fault(word text) RETURNS boolean
AS 'MODULE_PATHNAME', 'powernode_is_fault'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION powernode.is_fault(text) IS 'Whether a word is one of the faults; a CHECK of the tables';

CREATE TABLE powernode.source_binding (
  name          text PRIMARY KEY
                CHECK (name IN ('site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope')),
  schema_name   text NOT NULL,
  relation_name text NOT NULL
);

COMMENT ON TABLE powernode.source_binding IS
  'Which relation of the product each source is bound to, by qualified name; written by set_source()';

CREATE TABLE powernode.site_state (
  site_id           text PRIMARY KEY,
  cycle_no          integer NOT NULL DEFAULT 0,
  in_force_cycle_no integer,
  topology_no       integer,
  topology_digest   bytea,
  last_error        text,
  last_error_at     timestamptz
) WITH (fillfactor = 50);

COMMENT ON TABLE powernode.site_state IS
  'One row per site that has been balanced: its counter of cycles, locked for the length of a cycle';
COMMENT ON COLUMN powernode.site_state.cycle_no IS 'The latest cycle; 0 before the first';
COMMENT ON COLUMN powernode.site_state.in_force_cycle_no IS 'The latest cycle that was not rejected';
COMMENT ON COLUMN powernode.site_state.topology_no IS 'The topology of that cycle, which the next is likely to have too; NULL for none';
COMMENT ON COLUMN powernode.site_state.topology_digest IS 'The digest of that topology, so that an unchanged one need not be looked up; NULL for none';

CREATE TABLE powernode.topology (
  site_id        text NOT NULL,
  topology_no    integer NOT NULL,
  digest         bytea NOT NULL,
  topology       text NOT NULL CHECK (powernode.is_topology(topology)),
  control_mode   text NOT NULL CHECK (powernode.is_control_mode(control_mode)),
  parents        integer[] NOT NULL,
  kinds          smallint[] NOT NULL,
  source_ids     text[] NOT NULL,
  names          text[] NOT NULL,
  ratings        integer[] NOT NULL,
  rating_sources smallint[] NOT NULL,
  PRIMARY KEY (site_id, topology_no),
  UNIQUE (site_id, digest)
);

COMMENT ON TABLE powernode.topology IS
  'A site''s tree as arrays in tree order, written only when it changes; read it through node_status and node_history';
COMMENT ON COLUMN powernode.topology.digest IS
  'SHA-256 over topology, control_mode, and of each node parent (counted from 0, -1 of the root), kind, rating (-1 for none) and rating source as 64-bit integers, high byte first, its source id and its name; texts in UTF-8 (in a database of SQL_ASCII as they are), each ended by a zero byte';
COMMENT ON COLUMN powernode.topology.parents IS 'Ordinal (from 1) of the parent; NULL of the root';
COMMENT ON COLUMN powernode.topology.kinds IS '0 microgrid, 1 grid connection, 2 circuit, 3 charge point, 4 connector';
COMMENT ON COLUMN powernode.topology.ratings IS 'Watts; NULL for no rating';
COMMENT ON COLUMN powernode.topology.rating_sources IS
  '0 none, 1 default capacity, 2 safe capacity, 3 charge point rating, 4 connector rating, 5 site capacity, 6 operating envelope, 7 background load, 8 offline reserve';

CREATE TABLE powernode.cycle (
  site_id                text NOT NULL,
  cycle_no               integer NOT NULL,
  topology_no            integer,
  microgrid_id           text,
  site_name              text,
  outcome                text NOT NULL CHECK (powernode.is_outcome(outcome)),
  reason                 text NOT NULL CHECK (powernode.is_reason(reason)),
  message                text NOT NULL,
  evaluated_at           timestamptz NOT NULL,
  completed_at           timestamptz NOT NULL,
  expires_at             timestamptz,
  topology               text CHECK (powernode.is_topology(topology)),
  control_mode           text CHECK (powernode.is_control_mode(control_mode)),
  policy                 text CHECK (powernode.is_policy(policy)),
  limit_w                integer,
  demand_w               integer,
  allocated_w            integer,
  curtailed_w            integer,
  constraining_node_id   text,
  constraining_node_kind text CHECK (powernode.is_kind(constraining_node_kind)),
  constraining_node_name text,
  constraining_limit_w   integer,
  constraining_asked_w   integer,
  constrained_nodes      integer NOT NULL,
  curtailed_leaves       integer NOT NULL,
  faults                 integer NOT NULL,
  in_force_cycle_no      integer,
  recorded_by            text NOT NULL,
  duration               interval NOT NULL,
  limits                 integer[],
  limit_sources          smallint[],
  demands                integer[],
  asked                  integer[],
  allocated              integer[],
  bottlenecks            integer[],
  offline                integer[],
  vehicles               text[],
  tiers                  integer[],
  weights                integer[],
  minimums               integer[],
  turns                  integer[],
  control_total          bigint NOT NULL,
  PRIMARY KEY (site_id, cycle_no)
);

COMMENT ON TABLE powernode.cycle IS
  'One row per cycle, its figures as arrays in the order of its topology; read it through the views';
COMMENT ON COLUMN powernode.cycle.expires_at IS
  'When the setpoints in force after this cycle expire; of a REJECTED one those of the cycle still in force';
-- What follows from what is recorded is not: the sums of inner nodes, and whatever
-- is equal to a figure that stands elsewhere.
COMMENT ON COLUMN powernode.cycle.limits IS
  'Watts in force of the nodes whose limit is not their rating; the whole array NULL where there are none';
COMMENT ON COLUMN powernode.cycle.limit_sources IS
  'Of the nodes that limits is of, coded as rating_sources of the topology; NULL of any other, whose limit is its rating';
COMMENT ON COLUMN powernode.cycle.demands IS
  'Watts that each leaf asks for, NULL for none; NULL of inner nodes, whose demand is the sum over their leaves';
COMMENT ON COLUMN powernode.cycle.asked IS
  'Watts asked of each node where that is not its demand; the whole array NULL where there is no such node';
COMMENT ON COLUMN powernode.cycle.allocated IS
  'Watts granted to each leaf that is curtailed; NULL of any other, which gets its demand, and of inner nodes, which get the sum over their leaves; the whole array NULL where nothing is curtailed';
COMMENT ON COLUMN powernode.cycle.bottlenecks IS 'Ordinal of each curtailed leaf''s bottleneck; the whole array NULL where nothing is curtailed';
COMMENT ON COLUMN powernode.cycle.offline IS 'Ordinals of the leaves that get no setpoint; NULL for none';
COMMENT ON COLUMN powernode.cycle.vehicles IS 'Vehicle names by node; NULL for none';
COMMENT ON COLUMN powernode.cycle.tiers IS 'The policy''s tier of each leaf, smaller first; the whole array NULL where all are alike';
COMMENT ON COLUMN powernode.cycle.weights IS 'The policy''s weight of each leaf; the whole array NULL where all are alike';
COMMENT ON COLUMN powernode.cycle.minimums IS 'Watts that each leaf is not set below unless to 0, NULL for none; the whole array NULL where no leaf has one';
COMMENT ON COLUMN powernode.cycle.turns IS
  'When each leaf''s minimum came to be admitted: 1, 2, 3...; NULL for a leaf without one, and for one that its own demand or limit refused; the whole array NULL where turns did not matter, every node having had room for all minimums below it';
-- Sum over c, from 1 in this order, of c * (v + 2) for cycle_no, topology_no,
-- evaluated_at, completed_at and expires_at (microseconds since 2000-01-01 UTC),
-- limit_w, demand_w, allocated_w, curtailed_w, constraining_limit_w,
-- constraining_asked_w, constrained_nodes, curtailed_leaves, faults,
-- in_force_cycle_no, duration (microseconds), an infinite time counting as NULL; of
-- (64 * i + c) * (v + 2) for every element i of the topology's parents, kinds,
-- ratings, rating_sources and the cycle's limits, limit_sources, demands, asked,
-- allocated, bottlenecks, offline, tiers, weights, minimums, turns; and of
-- c * (v + 2) for outcome, reason, topology, control_mode, policy, whose v is the sum
-- of every letter's code times its place.  v is -1 for NULL, an array that is NULL
-- gives nothing; modulo 2^64.
COMMENT ON COLUMN powernode.cycle.control_total IS
  'A sum over every number and every fixed word that the cycle recorded, each times its place, so that no one of them can change unseen; verify() makes it again';

-- Over-asked and binding nodes follow from the arrays (constraint_rows): a row for
-- each of them took more than half of what a cycle writes.
CREATE TABLE powernode.cycle_fault (
  site_id   text NOT NULL,
  cycle_no  integer NOT NULL,
  rank      integer NOT NULL,
  reason    text NOT NULL CHECK (powernode.is_fault(reason)),
  node_id   text,
  kind      text CHECK (powernode.is_kind(kind)),
  source_id text,
  name      text,
  message   text NOT NULL,
  PRIMARY KEY (site_id, cycle_no, rank)
);

COMMENT ON TABLE powernode.cycle_fault IS
  'The faults of a cycle, ranked after its constraints; read it through constraint_status and constraint_history';

-- Long arrays compress five to one; lz4 takes a tenth of pglz's time for it.
DO $$
BEGIN
  IF 'lz4' = ANY ((SELECT enumvals FROM pg_catalog.pg_settings
                   WHERE name = 'default_toast_compression')::text[]) THEN
    ALTER TABLE powernode.topology
      ALTER COLUMN parents SET COMPRESSION lz4,
      ALTER COLUMN kinds SET COMPRESSION lz4,
      ALTER COLUMN source_ids SET COMPRESSION lz4,
      ALTER COLUMN names SET COMPRESSION lz4,
      ALTER COLUMN ratings SET COMPRESSION lz4,
      ALTER COLUMN rating_sources SET COMPRESSION lz4;
    ALTER TABLE powernode.cycle
      ALTER COLUMN limits SET COMPRESSION lz4,
      ALTER COLUMN limit_sources SET COMPRESSION lz4,
      ALTER COLUMN demands SET COMPRESSION lz4,
      ALTER COLUMN asked SET COMPRESSION lz4,
      ALTER COLUMN allocated SET COMPRESSION lz4,
      ALTER COLUMN bottlenecks SET COMPRESSION lz4,
      ALTER COLUMN offline SET COMPRESSION lz4,
      ALTER COLUMN vehicles SET COMPRESSION lz4,
      ALTER COLUMN tiers SET COMPRESSION lz4,
      ALTER COLUMN weights SET COMPRESSION lz4,
      ALTER COLUMN minimums SET COMPRESSION lz4,
      ALTER COLUMN turns SET COMPRESSION lz4;
  END IF;
END
$$;

SELECT pg_catalog.pg_extension_config_dump('powernode.source_binding', '');
SELECT pg_catalog.pg_extension_config_dump('powernode.site_state', '');
SELECT pg_catalog.pg_extension_config_dump('powernode.topology', '');
SELECT pg_catalog.pg_extension_config_dump('powernode.cycle', '');
SELECT pg_catalog.pg_extension_config_dump('powernode.cycle_fault', '');
CREATE FUNCTION powernode.set_source(name text, relation regclass)
RETURNS void
AS 'MODULE_PATHNAME', 'powernode_set_source'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.set_source(text, regclass) IS
  'Binds a source (site, grid_connection, circuit, charge_point, connector, operating_envelope) to a table or view of the product; NULL unbinds it';

REVOKE EXECUTE ON FUNCTION powernode.set_source(text, regclass) FROM PUBLIC;

CREATE FUNCTION powernode.source_status()
RETURNS TABLE (name text, required boolean, relation text, sound boolean, problem text, statement text)
AS 'MODULE_PATHNAME', 'powernode_source_status'
LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 6;

COMMENT ON FUNCTION powernode.source_status() IS
  'What the view sources shows';

CREATE VIEW powernode.sources AS
  SELECT name, required, relation, sound, problem, statement
  FROM powernode.source_status();

COMMENT ON VIEW powernode.sources IS
  'What each source is bound to, whether it will do now, and the statement that a cycle runs on it';
COMMENT ON COLUMN powernode.sources.problem IS 'Why the source will not do; NULL where it will';
COMMENT ON COLUMN powernode.sources.statement IS
  'What a cycle runs: $1 is the site''s id, $2 (operating_envelope) the cycle''s time; PREPARE and EXPLAIN it to see the product''s indexes used';
-- The live site list as a foreign table: the only way for a WHERE clause or a
-- join key on a view to reach the product's index on its own site id.

CREATE FUNCTION powernode.site_list_handler()
RETURNS fdw_handler
AS 'MODULE_PATHNAME', 'powernode_site_list_handler'
LANGUAGE C STRICT;

COMMENT ON FUNCTION powernode.site_list_handler() IS
  'Reads the bound site source as the caller, pushing conditions on site_id down to it';

CREATE FOREIGN DATA WRAPPER powernode_site_list HANDLER powernode.site_list_handler;

COMMENT ON FOREIGN DATA WRAPPER powernode_site_list IS
  'The sites that the bound site source shows the caller';

CREATE SERVER powernode_site_list FOREIGN DATA WRAPPER powernode_site_list;

COMMENT ON SERVER powernode_site_list IS 'This database''s own site source';

CREATE FOREIGN TABLE powernode.live_site (
  site_id      text,
  microgrid_id text,
  name         text,
  enabled      boolean
) SERVER powernode_site_list;

COMMENT ON FOREIGN TABLE powernode.live_site IS
  'The sites that the bound site source shows the caller, one row each';

CREATE FUNCTION powernode.live_tree(site_id text)
RETURNS TABLE (ordinal integer, parent_ordinal integer, node_id text, parent_id text,
               kind text, source_id text, name text, depth integer, path text[],
               is_leaf boolean, limit_w integer, limit_source text)
AS 'MODULE_PATHNAME', 'powernode_live_tree'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10000 ROWS 1000;

COMMENT ON FUNCTION powernode.live_tree(text) IS
  'The tree derived from the sources now, in the site''s own control mode; of a faulty site what can be placed';
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
-- A recorded cycle as text, for a person at psql.

CREATE FUNCTION powernode.explain(site_id text, cycle_no integer DEFAULT NULL)
RETURNS SETOF text
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'powernode_explain';

CREATE FUNCTION powernode.explain(site_id bigint, cycle_no integer DEFAULT NULL)
RETURNS SETOF text
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'powernode_explain';

CREATE FUNCTION powernode.explain(site_id uuid, cycle_no integer DEFAULT NULL)
RETURNS SETOF text
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'powernode_explain';

COMMENT ON FUNCTION powernode.explain(text, integer) IS
'Shows a recorded cycle of a site, the latest when cycle_no is NULL, as lines of text: the outcome, the faults, and the tree with limit, asked and allocated in kW and a bar of allocated against limit. BINDING marks the nodes that hold a leaf back, over-asked those that could not pass on all that was asked but hold nobody back, and every leaf that was cut names the node that held it back. Drawn in UTF-8 or ASCII by client_encoding. An unknown site or cycle is an error P0002.';

COMMENT ON FUNCTION powernode.explain(bigint, integer) IS
'The same as explain(text, integer), for a bigint site id.';

COMMENT ON FUNCTION powernode.explain(uuid, integer) IS
'The same as explain(text, integer), for a uuid site id.';
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
-- verify(), first part: whether what is recorded can be read as a tree at all.

CREATE FUNCTION powernode.verify_arrays(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  -- A REJECTED cycle: nothing may be recorded of a tree or of watts.
  SELECT 'REJECTED_CYCLE', NULL, 'nothing', a.name, 'A REJECTED cycle records no tree and no watts.'
  FROM (VALUES
    ('topology_no', proof.topology_no IS NULL), ('topology', proof.topology IS NULL),
    ('limit_w', proof.limit_w IS NULL), ('demand_w', proof.demand_w IS NULL),
    ('allocated_w', proof.allocated_w IS NULL), ('curtailed_w', proof.curtailed_w IS NULL),
    ('constraining_limit_w', proof.constraining_limit_w IS NULL),
    ('constraining_asked_w', proof.constraining_asked_w IS NULL),
    ('limits', proof.limits IS NULL), ('limit_sources', proof.limit_sources IS NULL),
    ('demands', proof.demands IS NULL), ('asked', proof.asked IS NULL),
    ('allocated', proof.allocated IS NULL), ('bottlenecks', proof.bottlenecks IS NULL),
    ('offline', proof.offline IS NULL), ('vehicles', proof.vehicles IS NULL),
    ('tiers', proof.tiers IS NULL), ('weights', proof.weights IS NULL),
    ('minimums', proof.minimums IS NULL), ('turns', proof.turns IS NULL)) AS a (name, absent)
  WHERE proof.outcome = 'REJECTED' AND NOT a.absent

  UNION ALL
  SELECT 'TOPOLOGY', NULL, a.expected, a.actual, a.message
  FROM (VALUES
    (coalesce(proof.topology_no::text, 'a topology'),
     CASE WHEN proof.parents IS NOT NULL THEN coalesce(proof.topology_no::text, 'a topology') END,
     'The tree that the cycle refers to is not recorded.'),
    (proof.tree_topology, proof.topology, 'The cycle calls its topology otherwise than its tree does.'),
    (proof.tree_control_mode, proof.control_mode, 'The cycle''s control mode is not that of its tree.'))
    AS a (expected, actual, message)
  WHERE proof.outcome <> 'REJECTED' AND a.expected IS DISTINCT FROM a.actual

  -- One dimension from 1, an element for every node, NULL only where it means something.
  UNION ALL
  SELECT 'ARRAY_LENGTH', NULL, a.expected, a.actual,
         'The array ' || a.name || ' does not have one element for every node.'
  FROM (
    SELECT a.name,
           format('[1:%s]', cardinality(proof.parents)) AS expected,
           coalesce(a.dims, CASE WHEN a.required THEN 'nothing' END) AS actual
    FROM (VALUES
      ('parents', array_dims(proof.parents), true), ('kinds', array_dims(proof.kinds), true),
      ('source_ids', array_dims(proof.source_ids), true), ('names', array_dims(proof.names), true),
      ('ratings', array_dims(proof.ratings), true),
      ('rating_sources', array_dims(proof.rating_sources), true),
      ('limits', array_dims(proof.limits), num_nonnulls(proof.limits, proof.limit_sources) > 0),
      ('limit_sources', array_dims(proof.limit_sources), num_nonnulls(proof.limits, proof.limit_sources) > 0),
      ('demands', array_dims(proof.demands), true),
      ('asked', array_dims(proof.asked), proof.asked IS NOT NULL), ('allocated', array_dims(proof.allocated), proof.allocated IS NOT NULL),
      ('bottlenecks', array_dims(proof.bottlenecks), proof.bottlenecks IS NOT NULL),
      ('vehicles', array_dims(proof.vehicles), proof.vehicles IS NOT NULL),
      ('tiers', array_dims(proof.tiers), proof.tiers IS NOT NULL), ('weights', array_dims(proof.weights), proof.weights IS NOT NULL),
      ('minimums', array_dims(proof.minimums), num_nonnulls(proof.minimums, proof.turns) > 0),
      ('turns', array_dims(proof.turns), proof.turns IS NOT NULL)) AS a (name, dims, required)) a
  WHERE proof.outcome <> 'REJECTED' AND proof.parents IS NOT NULL AND a.expected <> a.actual

  UNION ALL
  SELECT 'ARRAY_LENGTH', NULL, '1 dimension', array_ndims(proof.offline) || ' dimensions', 'The array offline is not a list.'
  WHERE array_ndims(proof.offline) > 1

  UNION ALL
  SELECT 'ARRAY_ELEMENT', NULL, 'a value', NULL,
         'Element ' || a.place || ' of the array ' || a.name || ' is NULL.'
  FROM (VALUES
    ('kinds', CASE WHEN array_ndims(proof.kinds) = 1 THEN array_position(proof.kinds, NULL) END),
    ('source_ids', CASE WHEN array_ndims(proof.source_ids) = 1 THEN array_position(proof.source_ids, NULL) END),
    ('names', CASE WHEN array_ndims(proof.names) = 1 THEN array_position(proof.names, NULL) END),
    ('rating_sources', CASE WHEN array_ndims(proof.rating_sources) = 1 THEN array_position(proof.rating_sources, NULL) END),
    ('offline', CASE WHEN array_ndims(proof.offline) = 1 THEN array_position(proof.offline, NULL) END)) AS a (name, place)
  WHERE proof.outcome <> 'REJECTED' AND a.place IS NOT NULL;
END;

COMMENT ON FUNCTION powernode.verify_arrays(powernode.cycle_proof) IS
  'Part of verify(): the arrays of a cycle are there, of one length, and of a REJECTED one none; rules REJECTED_CYCLE, TOPOLOGY, ARRAY_LENGTH and ARRAY_ELEMENT';

CREATE FUNCTION powernode.verify_tree(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  WITH node AS MATERIALIZED (
    SELECT n.* FROM powernode.proof_nodes(proof) n),
  -- Depth first: the order of the paths is the order of the nodes.
  placed AS (
    SELECT p.ordinal, row_number() OVER (ORDER BY p.path) AS place FROM powernode.proof_paths(proof) p)
  (SELECT 'TREE_ORDER', n.node_id, n.ordinal::text, p.place::text,
          'The nodes are not one tree of at most 64 levels in depth-first order; this is the first out of place.'
   FROM node n LEFT JOIN placed p ON p.ordinal = n.ordinal
   WHERE p.place IS DISTINCT FROM n.ordinal
   ORDER BY n.ordinal
   LIMIT 1)

  UNION ALL
  SELECT 'NODE_KIND', n.node_id, k.expected, n.kind,
         'A node of this kind does not belong below ' || coalesce(a.node_id, 'nothing') || '.'
  FROM node n
  LEFT JOIN node a ON a.ordinal = n.parent,
  LATERAL (SELECT CASE
    WHEN a.kind IS NULL THEN 'MICROGRID'
    WHEN a.kind = 'MICROGRID' AND proof.topology = 'FLAT' THEN 'CHARGE_POINT'
    WHEN a.kind = 'MICROGRID' THEN 'GRID_CONNECTION'
    WHEN a.kind IN ('GRID_CONNECTION', 'CIRCUIT') THEN 'CIRCUIT or CHARGE_POINT'
    WHEN a.kind = 'CHARGE_POINT' AND proof.control_mode = 'CONNECTOR' THEN 'CONNECTOR'
    ELSE 'no node' END AS expected) k
  WHERE n.kind IS NULL OR NOT n.kind = ANY (string_to_array(k.expected, ' or '))

  UNION ALL
  SELECT 'NODE_ID', n.node_id, '1', count(*)::text, 'More than one node has this id.'
  FROM node n
  GROUP BY n.node_id
  HAVING count(*) > 1

  UNION ALL
  SELECT 'OFFLINE', n.node_id, 'a leaf, and each once, in tree order', o.ordinal::text,
         'The array offline lists what is no leaf, or not in tree order.'
  FROM (SELECT o.ordinal, lag(o.ordinal) OVER (ORDER BY o.place) AS before
        FROM unnest(proof.offline) WITH ORDINALITY AS o (ordinal, place)) o
  LEFT JOIN node n ON n.ordinal = o.ordinal
  WHERE n.is_leaf IS NOT TRUE OR o.before >= o.ordinal

  -- A charge point's own limit gives way to nothing but its own reserve.
  UNION ALL
  SELECT 'OFFLINE', n.node_id, 'offline', NULL, 'This leaf is of a charge point that is reserved for as offline.'
  FROM node n
  JOIN node p ON p.ordinal = CASE n.kind WHEN 'CONNECTOR' THEN n.parent ELSE n.ordinal END
  WHERE n.is_leaf AND NOT n.is_offline AND p.kind = 'CHARGE_POINT' AND p.limit_source = 'OFFLINE_RESERVE';
END;

COMMENT ON FUNCTION powernode.verify_tree(powernode.cycle_proof) IS
  'Part of verify(): the nodes of a cycle make one tree, depth first, and each is where its kind belongs; rules TREE_ORDER, NODE_KIND, NODE_ID and OFFLINE';
-- verify(), second part: limits, and the watts of each node.  Where a bound is
-- what is checked, the figure that is expected is the recorded one, put within it.

CREATE FUNCTION powernode.verify_limits(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  WITH node AS MATERIALIZED (
    SELECT n.ordinal, n.kind, n.node_id, n.rating_w, n.rating_source, n.limit_w, n.limit_source
    FROM powernode.proof_nodes(proof) n)
  SELECT 'LIMIT', n.node_id,
         coalesce(greatest(least(n.limit_w, n.rating_w), 0), n.rating_w)::text, n.limit_w::text,
         'A limit is not negative, and not above the node''s rating.'
  FROM node n
  WHERE n.limit_w < 0 OR n.rating_w < 0 OR n.limit_w > n.rating_w
     OR n.limit_w IS NULL AND n.rating_w IS NOT NULL

  UNION ALL
  SELECT 'LIMIT', n.node_id, NULL, l.limit_w::text, 'What took from the rating is not recorded beside the limit.'
  FROM ROWS FROM (unnest(proof.limits), unnest(proof.limit_sources)) WITH ORDINALITY AS l (limit_w, limit_source, ordinal)
  LEFT JOIN node n ON n.ordinal = l.ordinal
  WHERE l.limit_w IS NOT NULL AND l.limit_source IS NULL

  UNION ALL
  SELECT 'LIMIT_SOURCE', n.node_id, array_to_string(k.expected, ' or ', 'NULL'), coalesce(n.limit_source, 'NULL'),
         format('Of a rating of %s W the limit is %s W.', coalesce(n.rating_w::text, 'no'), coalesce(n.limit_w::text, 'no'))
  FROM node n,
  LATERAL (SELECT CASE
    WHEN n.limit_w IS NOT DISTINCT FROM n.rating_w THEN ARRAY[n.rating_source]
    WHEN n.rating_w IS NULL THEN ARRAY['OPERATING_ENVELOPE']
    WHEN n.kind = 'CONNECTOR' THEN ARRAY[n.rating_source]
    WHEN n.kind = 'CHARGE_POINT' THEN ARRAY['OFFLINE_RESERVE']
    ELSE ARRAY['SAFE_CAPACITY', 'OPERATING_ENVELOPE', 'BACKGROUND_LOAD', 'OFFLINE_RESERVE']
    END AS expected) k
  WHERE NOT coalesce(n.limit_source, 'NULL') = ANY (string_to_array(array_to_string(k.expected, ' ', 'NULL'), ' '))

  UNION ALL
  SELECT 'RATING_SOURCE', n.node_id, k.expected, coalesce(n.rating_source, 'NULL'),
         format('A node of this kind has a rating of %s W from elsewhere.', coalesce(n.rating_w::text, 'no'))
  FROM node n,
  LATERAL (SELECT CASE
    WHEN n.rating_w IS NULL THEN 'NULL'
    WHEN n.kind = 'MICROGRID' AND proof.topology = 'FLAT' THEN 'SITE_CAPACITY'
    WHEN n.kind IN ('GRID_CONNECTION', 'CIRCUIT') THEN 'DEFAULT_CAPACITY or SAFE_CAPACITY'
    WHEN n.kind IN ('CHARGE_POINT', 'CONNECTOR') THEN 'CHARGE_POINT_RATING or CONNECTOR_RATING'
    ELSE 'no rating' END AS expected) k
  WHERE NOT coalesce(n.rating_source, 'NULL') = ANY (string_to_array(k.expected, ' or '));
END;

COMMENT ON FUNCTION powernode.verify_limits(powernode.cycle_proof) IS
  'Part of verify(): limits come out of ratings, and their sources say how; rules LIMIT, LIMIT_SOURCE and RATING_SOURCE';

CREATE FUNCTION powernode.verify_watts(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  WITH node AS MATERIALIZED (
    SELECT n.ordinal, n.parent, n.kind, n.node_id, n.is_leaf, n.is_offline, n.rating_w, n.limit_w, n.minimum_w,
           CASE WHEN NOT n.is_leaf THEN n.demand_w END AS inner_demand_w,
           CASE WHEN NOT n.is_leaf THEN n.allocated_w END AS inner_allocated_w,
           s.demand_w, s.asked_w, s.allocated_w
    FROM powernode.proof_nodes(proof) n JOIN powernode.proof_sums(proof) s ON s.ordinal = n.ordinal),
  below AS (
    SELECT n.parent AS ordinal, sum(least(n.limit_w, n.asked_w)) AS asked_w
    FROM node n
    GROUP BY n.parent),
  due AS (
    SELECT n.*, CASE WHEN n.is_leaf THEN n.demand_w ELSE coalesce(b.asked_w, 0) END AS asked_due
    FROM node n LEFT JOIN below b ON b.ordinal = n.ordinal)
  SELECT r.rule, d.node_id, r.expected::text, r.actual::text, r.message
  FROM due d,
  LATERAL (VALUES
    ('DEMAND', CASE WHEN d.is_offline THEN 0 ELSE greatest(d.demand_w, 0) END, d.demand_w,
     'Demand is not negative, and 0 of an offline leaf.'),
    ('DEMAND', CASE WHEN d.kind = 'CONNECTOR' THEN least(d.demand_w, d.rating_w) ELSE d.demand_w END, d.demand_w,
     'A connector''s demand is cut to its rating.'),
    ('DEMAND', NULL, d.inner_demand_w,
     'What an inner node demands is the sum over the leaves below it, and not recorded.'),
    ('ASKED', d.asked_due, d.asked_w,
     'Asked is a leaf''s demand, and above it the sum over the children of what their limits let pass.'),
    ('ALLOCATED_SUM', NULL, d.inner_allocated_w,
     'What is allocated to an inner node is the sum over the leaves below it, and not recorded.'),
    ('ALLOCATED_RANGE', greatest(0, least(d.allocated_w, d.demand_w)), d.allocated_w,
     'No node is allocated less than nothing or more than its demand.'),
    ('LIMIT_EXCEEDED', least(d.allocated_w, d.limit_w), d.allocated_w,
     'No node is allocated more than its limit.'),
    ('MINIMUM', CASE WHEN d.is_leaf AND d.allocated_w > 0 THEN greatest(d.allocated_w, d.minimum_w)
                     ELSE d.allocated_w END, d.allocated_w,
     'No leaf is allocated anything between 0 and its minimum.'))
    AS r (rule, expected, actual, message)
  WHERE r.expected IS DISTINCT FROM r.actual;
END;

COMMENT ON FUNCTION powernode.verify_watts(powernode.cycle_proof) IS
  'Part of verify(): sums and bounds of what each node wants and gets; rules DEMAND, ASKED, ALLOCATED_SUM, ALLOCATED_RANGE, LIMIT_EXCEEDED and MINIMUM';

CREATE FUNCTION powernode.verify_totals(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  WITH node AS MATERIALIZED (
    SELECT n.* FROM powernode.proof_nodes(proof) n),
  root AS (
    SELECT s.demand_w, s.allocated_w, n.limit_w
    FROM node n JOIN powernode.proof_sums(proof) s ON s.ordinal = n.ordinal WHERE n.ordinal = 1),
  -- No sum where a child has no limit.
  child AS (
    SELECT CASE WHEN count(*) = count(n.limit_w) THEN coalesce(sum(n.limit_w), 0) END AS limit_w
    FROM node n WHERE n.parent = 1),
  leaf AS (
    SELECT count(*) FILTER (WHERE n.demand_w > n.allocated_w) AS curtailed,
           count(DISTINCT n.bottleneck) AS bottlenecks,
           coalesce(sum(n.demand_w - n.allocated_w) FILTER (WHERE n.bottleneck IS NOT NULL), 0) AS explained_w
    FROM node n WHERE n.is_leaf)
  SELECT r.rule, NULL, r.expected::text, r.actual::text, r.message
  FROM root, child, leaf,
  LATERAL (VALUES
    ('DEMAND_TOTAL', root.demand_w, proof.demand_w, 'The cycle''s demand is its root''s.'),
    ('ALLOCATED_TOTAL', root.allocated_w, proof.allocated_w, 'The cycle''s allocated watts are its root''s.'),
    ('CURTAILED_TOTAL', root.demand_w - root.allocated_w, proof.curtailed_w,
     'Curtailed is what is demanded and not allocated.'),
    ('CURTAILED_SUM', leaf.explained_w, proof.curtailed_w,
     'What is curtailed at the leaves that have a bottleneck adds up to the cycle''s.'),
    ('SITE_LIMIT', least(root.limit_w, child.limit_w), proof.limit_w,
     'What the site can take is the least of the root''s limit and the sum of its children''s.'),
    ('CURTAILED_LEAVES', leaf.curtailed, proof.curtailed_leaves,
     'The leaves that were allocated less than their demand are counted.'),
    ('CONSTRAINED_NODES', leaf.bottlenecks, proof.constrained_nodes,
     'The nodes that are some leaf''s bottleneck are counted.'))
    AS r (rule, expected, actual, message)
  WHERE r.expected IS DISTINCT FROM r.actual;
END;

COMMENT ON FUNCTION powernode.verify_totals(powernode.cycle_proof) IS
  'Part of verify(): the cycle''s own figures follow from its nodes''; rules DEMAND_TOTAL, ALLOCATED_TOTAL, CURTAILED_TOTAL, CURTAILED_SUM, SITE_LIMIT, CURTAILED_LEAVES and CONSTRAINED_NODES';
-- verify(), third part: that the watts are shared out as the policy says.  What is
-- recorded is not worked out again, but held against the definition: who was
-- refused a minimum, and who could have had a watt that somebody else has.

CREATE FUNCTION powernode.verify_policy(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  WITH node AS MATERIALIZED (
    SELECT n.ordinal, n.parent, n.node_id, n.is_leaf, n.demand_w, n.tier, n.weight
    FROM powernode.proof_nodes(proof) n),
  leaf AS (
    SELECT n.* FROM node n WHERE n.is_leaf),
  -- What stands where a leaf could, and so takes a tier that is recorded of none.
  empty AS (
    SELECT count(*) AS nodes
    FROM node n LEFT JOIN node c ON c.parent = n.ordinal
    WHERE NOT n.is_leaf AND c.ordinal IS NULL),
  seen AS (
    SELECT count(*) AS leaves, count(DISTINCT l.tier) AS tiers, max(l.tier) AS last_tier,
           count(DISTINCT l.weight) AS weights,
           count(DISTINCT l.demand_w) FILTER (WHERE l.demand_w > 0) AS demands
    FROM leaf l)
  SELECT r.rule, NULL, r.expected, r.actual, r.message
  FROM seen s, empty e,
  LATERAL (VALUES
    ('POLICY', 'a policy', proof.policy, proof.policy IS NULL, 'A cycle shares by some policy.'),
    ('TIERS', 'at most ' || s.tiers + e.nodes - 1, s.last_tier::text,
     proof.tiers IS NOT NULL AND s.last_tier >= s.tiers + e.nodes,
     'Tiers are numbered from 0 without a gap, those of empty circuits and charge points included.'),
    ('TIERS', least(s.leaves, 1)::text, s.tiers::text,
     proof.tiers IS NULL OR proof.policy IN ('EQUAL_SHARE', 'WEIGHTED', 'PROPORTIONAL'),
     'Under this policy all leaves are in one tier.'),
    ('TIERS', s.leaves::text, s.tiers::text,
     proof.policy IN ('FIRST_COME_FIRST_SERVED', 'EARLIEST_DEADLINE_FIRST', 'LEAST_LAXITY_FIRST'),
     'Under this policy every leaf is in a tier of its own.'),
    ('TIERS', greatest(s.tiers, 2)::text, s.tiers::text, proof.tiers IS NOT NULL,
     'Tiers are recorded where there is more than one.'),
    ('WEIGHTS', least(s.leaves, 1)::text, s.weights::text,
     proof.policy NOT IN ('WEIGHTED', 'PROPORTIONAL', 'PRIORITY'),
     'Under this policy all leaves weigh the same.'),
    ('WEIGHTS', greatest(s.weights, 2)::text, s.weights::text, proof.weights IS NOT NULL,
     'Weights are recorded where they differ.'),
    ('WEIGHTS', least(s.demands, 1)::text, s.demands::text,
     proof.policy = 'PROPORTIONAL' AND proof.weights IS NULL,
     'Under this policy leaves weigh the same only where they demand the same.'))
    AS r (rule, expected, actual, applies, message)
  WHERE r.applies AND r.expected IS DISTINCT FROM r.actual

  UNION ALL
  SELECT 'TIERS', n.node_id, e.expected::text, n.tier::text,
         'Every leaf has a tier, 0 or later, and no other node has one.'
  FROM node n,
  LATERAL (SELECT CASE WHEN n.is_leaf THEN greatest(n.tier, 0) END AS expected) e
  WHERE proof.tiers IS NOT NULL AND e.expected IS DISTINCT FROM n.tier

  UNION ALL
  SELECT 'WEIGHTS', n.node_id, e.expected::text, n.weight::text,
         'Every leaf weighs 1 or more, under PROPORTIONAL what it demands, and no other node weighs anything.'
  FROM node n,
  LATERAL (SELECT CASE WHEN n.is_leaf AND proof.policy = 'PROPORTIONAL' AND n.demand_w > 0 THEN n.demand_w
                       WHEN n.is_leaf THEN greatest(n.weight, 1) END AS expected) e
  WHERE proof.weights IS NOT NULL AND e.expected IS DISTINCT FROM n.weight;
END;

COMMENT ON FUNCTION powernode.verify_policy(powernode.cycle_proof) IS
  'Part of verify(): tiers and weights are such as the policy gives; rules POLICY, TIERS and WEIGHTS';

CREATE FUNCTION powernode.verify_minimums(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  WITH node AS MATERIALIZED (
    SELECT n.* FROM powernode.proof_nodes(proof) n WHERE proof.minimums IS NOT NULL),
  -- Which minimums wait for their turn, and which are refused whatever the turn.
  leaf AS MATERIALIZED (
    SELECT n.*, n.allocated_w > 0 AS admitted,
           n.minimum_w <= least(n.demand_w, n.limit_w) AS has_turn
    FROM node n WHERE n.is_leaf AND n.minimum_w > 0),
  in_line AS (
    SELECT l.ordinal, l.node_id, l.tier, l.turn,
           row_number() OVER line AS place, lag(l.tier) OVER line AS tier_before
    FROM leaf l WHERE l.has_turn AND proof.turns IS NOT NULL
    WINDOW line AS (ORDER BY l.turn, l.ordinal)),
  -- Room that each node on a leaf's path had left when the leaf's turn came.  Who
  -- was admitted before is read off the record: were it wrong, the first one in
  -- the line that it is wrong of is found here.
  room AS (
    SELECT l.ordinal, a.ordinal AS ancestor, l.minimum_w,
           a.limit_w - coalesce(sum(CASE WHEN l.admitted THEN l.minimum_w END)
             OVER (PARTITION BY a.ordinal ORDER BY l.turn, l.ordinal
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS room_w
    FROM leaf l
    JOIN powernode.proof_paths(proof) p ON p.ordinal = l.ordinal,
    LATERAL unnest(p.path) AS on_path (ordinal)
    JOIN node a ON a.ordinal = on_path.ordinal AND a.limit_w IS NOT NULL
    WHERE l.has_turn AND proof.turns IS NOT NULL),
  -- The deepest is the last in tree order.
  refused AS (
    SELECT r.ordinal, max(r.ancestor) AS refused_by
    FROM room r WHERE r.room_w < r.minimum_w GROUP BY r.ordinal),
  answer AS (
    SELECT l.*, CASE WHEN l.has_turn THEN r.refused_by ELSE l.ordinal END AS refused_by
    FROM leaf l LEFT JOIN refused r ON r.ordinal = l.ordinal
    WHERE l.demand_w > 0)
  SELECT 'MINIMUM_ADMITTED', a.node_id,
         CASE WHEN a.refused_by IS NULL THEN 'admitted' ELSE 'refused' END,
         CASE WHEN a.admitted THEN 'admitted' ELSE 'refused' END,
         format('It decides whether %s W fit under a demand of %s W and every limit above, after those whose turn was earlier.',
                a.minimum_w, a.demand_w)
  FROM answer a
  WHERE a.admitted <> (a.refused_by IS NULL)

  UNION ALL
  SELECT 'REFUSED_BY', a.node_id, e.node_id, b.node_id,
         'The bottleneck of a refused leaf is the deepest node that had no room for its minimum at its turn.'
  FROM answer a
  LEFT JOIN node e ON e.ordinal = a.refused_by
  LEFT JOIN node b ON b.ordinal = a.bottleneck
  WHERE NOT a.admitted AND a.refused_by IS NOT NULL AND a.refused_by IS DISTINCT FROM a.bottleneck

  UNION ALL
  SELECT 'TURNS', i.node_id, i.place::text, i.turn::text,
         'Turns are 1, 2, 3... of all leaves whose minimum their own demand and limit leave room for.'
  FROM in_line i WHERE i.turn IS DISTINCT FROM i.place

  UNION ALL
  SELECT 'TURNS', i.node_id, i.tier_before || ' or later', i.tier::text, 'The turn of an earlier tier came later.'
  FROM in_line i WHERE i.tier < i.tier_before

  UNION ALL
  SELECT 'TURNS', n.node_id, NULL, n.turn::text, 'This node has no minimum to be admitted, and so no turn.'
  FROM node n LEFT JOIN leaf l ON l.ordinal = n.ordinal
  WHERE n.turn IS NOT NULL AND l.has_turn IS NOT TRUE

  UNION ALL
  SELECT 'MINIMUM', n.node_id, '0 or more', n.minimum_w::text, 'Only a leaf has a minimum, and none is negative.'
  FROM node n
  WHERE n.minimum_w < 0 OR n.minimum_w > 0 AND NOT n.is_leaf;
END;

COMMENT ON FUNCTION powernode.verify_minimums(powernode.cycle_proof) IS
  'Part of verify(): minimums were admitted and refused in their turn; rules MINIMUM_ADMITTED, REFUSED_BY, TURNS and MINIMUM';

CREATE FUNCTION powernode.verify_bottlenecks(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  -- A leaf's watts compare as (tier, watt / weight, order); fractions of
  -- integers differ by 2^-62 at least or not at all, so that 20 digits tell them apart.
  WITH node AS MATERIALIZED (
    SELECT n.*, s.allocated_w = n.limit_w AS is_full,
           n.is_leaf AND n.allocated_w < n.demand_w AND (n.allocated_w > 0 OR n.minimum_w = 0) AS is_short,
           n.is_leaf AND n.allocated_w < n.demand_w AND n.allocated_w = 0 AND n.minimum_w > 0 AS is_refused
    FROM powernode.proof_nodes(proof) n JOIN powernode.proof_sums(proof) s ON s.ordinal = n.ordinal),
  full_above AS MATERIALIZED (
    SELECT n.ordinal, a.ordinal AS full_node
    FROM node n
    JOIN powernode.proof_paths(proof) p ON p.ordinal = n.ordinal,
    LATERAL unnest(p.path) AS on_path (ordinal)
    JOIN node a ON a.ordinal = on_path.ordinal AND a.is_full
    WHERE n.is_short OR n.is_leaf AND n.allocated_w > n.minimum_w),
  -- The deepest is the last in tree order.
  due AS MATERIALIZED (
    SELECT n.ordinal, n.node_id, n.is_short, n.bottleneck,
           CASE WHEN n.is_short THEN max(f.full_node) END AS bottleneck_due,
           ARRAY[n.tier, div((n.allocated_w + 1) * 10::numeric ^ 20, greatest(n.weight, 1)), n.ordinal] AS missing
    FROM node n LEFT JOIN full_above f ON f.ordinal = n.ordinal AND n.is_short
    WHERE NOT n.is_refused
    GROUP BY n.ordinal, n.node_id, n.is_short, n.bottleneck, n.tier, n.allocated_w, n.weight),
  first_missing AS (
    SELECT d.bottleneck_due AS ordinal, min(d.missing) AS watt
    FROM due d WHERE d.bottleneck_due IS NOT NULL
    GROUP BY d.bottleneck_due),
  last_held AS (
    SELECT f.full_node AS ordinal,
           max(ARRAY[n.tier, div(n.allocated_w * 10::numeric ^ 20, greatest(n.weight, 1)), n.ordinal]) AS watt
    FROM full_above f JOIN node n ON n.ordinal = f.ordinal AND n.allocated_w > n.minimum_w
    WHERE f.full_node IN (SELECT m.ordinal FROM first_missing m)
    GROUP BY f.full_node)
  SELECT 'WATT_LEFT_OVER', d.node_id, NULL, b.node_id,
         'This leaf is curtailed, yet neither it nor any node above it is full.'
  FROM due d LEFT JOIN node b ON b.ordinal = d.bottleneck
  WHERE d.is_short AND d.bottleneck_due IS NULL

  UNION ALL
  SELECT 'BOTTLENECK', d.node_id, e.node_id, coalesce(b.node_id, d.bottleneck::text),
         'The bottleneck of a curtailed leaf is the deepest full node on its path; no other node has one.'
  FROM due d
  LEFT JOIN node e ON e.ordinal = d.bottleneck_due
  LEFT JOIN node b ON b.ordinal = d.bottleneck
  WHERE d.bottleneck_due IS DISTINCT FROM d.bottleneck
    AND (d.bottleneck_due IS NOT NULL OR NOT d.is_short)

  UNION ALL
  SELECT 'UNFAIR_WATT', m.node_id, m.node_id, h.node_id,
         format('Below %s, %s holds watt %s (tier %s, weight %s), which comes after watt %s of %s (tier %s, weight %s).',
                b.node_id, h.node_id, h.allocated_w, h.tier, h.weight, m.allocated_w + 1, m.node_id, m.tier, m.weight)
  FROM first_missing f
  JOIN last_held l ON l.ordinal = f.ordinal AND l.watt > f.watt
  JOIN node b ON b.ordinal = f.ordinal
  JOIN node m ON m.ordinal = f.watt[3]
  JOIN node h ON h.ordinal = l.watt[3]

  UNION ALL
  SELECT 'BOTTLENECK', NULL, 'no array', 'an array', 'Where nothing is curtailed no bottlenecks are recorded.'
  WHERE proof.bottlenecks IS NOT NULL AND NOT EXISTS (SELECT FROM node n WHERE n.is_short OR n.is_refused);
END;

COMMENT ON FUNCTION powernode.verify_bottlenecks(powernode.cycle_proof) IS
  'Part of verify(): no leaf could have had a watt more, or one that a leaf after it has; rules WATT_LEFT_OVER, BOTTLENECK and UNFAIR_WATT';
-- verify(), fourth part: the fault rows, and what the cycle says of itself.

CREATE FUNCTION powernode.verify_faults(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
  WITH kept AS MATERIALIZED (
    SELECT f.*, array_position(ARRAY[
             'INVALID_SETTING', 'NO_GRID_CONNECTION', 'GRID_CONNECTION_WITHOUT_CIRCUIT',
             'GRID_CONNECTION_NOT_TOP_LEVEL', 'CIRCUIT_LOOP', 'CIRCUIT_UNREACHABLE',
             'CHARGE_POINT_WITHOUT_CIRCUIT', 'CONNECTOR_WITHOUT_CHARGE_POINT', 'DUPLICATE_NODE',
             'MISSING_RATING', 'INVALID_RATING', 'INVALID_DEMAND', 'INVALID_ENVELOPE', 'UNSUPPORTED_TOPOLOGY'],
             f.reason) AS reason_no
    FROM powernode.fault_proof f
    WHERE f.site_id = proof.site_id AND f.cycle_no = proof.cycle_no),
  -- The over-asked and the binding nodes, which rank before the faults.
  ranked AS (
    SELECT count(*) AS nodes
    FROM powernode.proof_nodes(proof) n
    JOIN powernode.proof_sums(proof) s ON s.ordinal = n.ordinal
    LEFT JOIN (SELECT DISTINCT b.ordinal FROM unnest(proof.bottlenecks) AS b (ordinal)) b ON b.ordinal = n.ordinal
    WHERE (s.asked_w > n.limit_w OR b.ordinal IS NOT NULL) AND EXISTS (SELECT FROM kept)),
  -- In the order of reasons, then of node ids.
  fault AS (
    SELECT k.*, r.nodes + row_number() OVER (ORDER BY k.reason_no, k.node_id COLLATE "C", k.message COLLATE "C") AS place
    FROM kept k, ranked r)
  SELECT 'FAULT_ORDER', f.node_id, f.place::text, f.rank::text,
         'Faults come after the constraints, by reason and then by node id, without a gap.'
  FROM fault f
  WHERE f.place <> f.rank

  UNION ALL
  SELECT 'FAULT_ROW', f.node_id, lower(f.kind) || ':' || f.source_id, f.node_id, 'A fault row names its node.'
  FROM fault f
  WHERE lower(f.kind) || ':' || f.source_id IS DISTINCT FROM f.node_id

  UNION ALL
  SELECT 'FAULT_ROW', f.node_id, 'a fault that can be isolated', f.reason, 'Such a fault rejects the cycle.'
  FROM fault f
  WHERE proof.outcome <> 'REJECTED'
    AND f.reason NOT IN ('DUPLICATE_NODE', 'MISSING_RATING', 'INVALID_RATING', 'INVALID_DEMAND')

  UNION ALL
  SELECT 'FAULTS', NULL, count(*)::text, proof.faults::text,
         'The faults are counted, and the first 100 of them recorded.'
  FROM fault f
  HAVING count(*) <> least(proof.faults, 100)

  UNION ALL
  SELECT 'FAULTS', NULL, 'at least 1', proof.faults::text, 'A REJECTED cycle has a fault.'
  WHERE proof.outcome = 'REJECTED' AND proof.faults < 1;
END;

COMMENT ON FUNCTION powernode.verify_faults(powernode.cycle_proof) IS
  'Part of verify(): the faults are counted, in order, and name their nodes; rules FAULT_ORDER, FAULT_ROW and FAULTS';

-- Which node a curtailed cycle says constrained it: its primary constraint.
CREATE FUNCTION powernode.proof_primary(proof powernode.cycle_proof)
RETURNS TABLE (reason text, node_id text, kind text, name text, limit_w bigint, asked_w bigint)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 1
BEGIN ATOMIC
  WITH node AS MATERIALIZED (
    SELECT n.* FROM powernode.proof_nodes(proof) n),
  held_back AS (
    SELECT n.bottleneck AS ordinal, sum(n.demand_w - n.allocated_w) AS curtailed_w,
           bool_and(n.minimum_w > 0 AND n.allocated_w = 0) AS all_refused
    FROM node n WHERE n.bottleneck IS NOT NULL
    GROUP BY n.bottleneck)
  SELECT CASE
           WHEN h.all_refused THEN 'MINIMUM_POWER'
           WHEN n.limit_source IN ('OPERATING_ENVELOPE', 'SAFE_CAPACITY', 'BACKGROUND_LOAD', 'OFFLINE_RESERVE')
             THEN n.limit_source
           WHEN n.kind = 'MICROGRID' THEN 'SITE_LIMIT'
           WHEN n.kind = 'CONNECTOR' THEN 'CHARGE_POINT_LIMIT'
           ELSE n.kind || '_LIMIT' END,
         n.node_id, n.kind, n.name, n.limit_w, s.asked_w
  FROM held_back h
  JOIN node n ON n.ordinal = h.ordinal
  JOIN powernode.proof_sums(proof) s ON s.ordinal = h.ordinal
  JOIN powernode.proof_paths(proof) p ON p.ordinal = h.ordinal
  ORDER BY h.curtailed_w DESC, cardinality(p.path), h.ordinal
  LIMIT 1;
END;

COMMENT ON FUNCTION powernode.proof_primary(powernode.cycle_proof) IS
  'The binding node of a recorded cycle that explains most curtailed watts, and what it is called; verify()''s own';

CREATE FUNCTION powernode.verify_outcome(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
  -- The primary constraint, or the first fault; none of an APPLIED cycle.  How the
  -- primary's sentence is worded may change, but not whom it is about.
  WITH first AS (
    SELECT p.*, CASE WHEN position(p.name IN proof.message) > 0 AND position(a.asked_kw || ' kW asked' IN proof.message) > 0
                     THEN proof.message
                     ELSE format('a sentence about %s, of which %s kW are asked', p.name, a.asked_kw) END AS message
    FROM powernode.proof_primary(proof) p,
    LATERAL (SELECT round(p.asked_w / 1000.0, greatest(scale(trim_scale(p.asked_w / 1000.0)), 1)) AS asked_kw) a
    WHERE proof.outcome = 'CURTAILED'
    UNION ALL
    SELECT f.reason, f.node_id, f.kind, f.name, NULL, NULL, f.message
    FROM powernode.fault_proof f
    WHERE f.site_id = proof.site_id AND f.cycle_no = proof.cycle_no AND f.rank = 1
      AND proof.outcome = 'REJECTED')
  SELECT r.rule, NULL, r.expected, r.actual, r.message
  FROM (SELECT) one LEFT JOIN first f ON true,
  LATERAL (VALUES
    ('OUTCOME', CASE WHEN proof.outcome = 'REJECTED' THEN 'REJECTED'
                     WHEN proof.curtailed_w > 0 THEN 'CURTAILED' ELSE 'APPLIED' END, proof.outcome,
     'A cycle that was not rejected is CURTAILED where some demand is not met, else APPLIED.'),
    ('REASON', CASE WHEN proof.outcome = 'APPLIED' THEN 'DEMAND_MET' ELSE f.reason END, proof.reason,
     'The reason is the primary constraint''s or the first fault''s.'),
    ('MESSAGE', CASE WHEN proof.outcome = 'APPLIED' THEN proof.message ELSE f.message END, proof.message,
     'The message is the primary constraint''s or the first fault''s.'),
    ('CONSTRAINING_NODE', f.node_id, proof.constraining_node_id,
     'The constraining node is the primary constraint''s or the first fault''s.'),
    ('CONSTRAINING_NODE', f.kind, proof.constraining_node_kind, 'The kind is the constraining node''s.'),
    ('CONSTRAINING_NODE', f.name, proof.constraining_node_name, 'The name is the constraining node''s.'),
    ('CONSTRAINING_NODE', f.limit_w::text, proof.constraining_limit_w::text, 'The limit is the constraining node''s.'),
    ('CONSTRAINING_NODE', f.asked_w::text, proof.constraining_asked_w::text,
     'What is asked is what is asked of the constraining node.'))
    AS r (rule, expected, actual, message)
  WHERE r.expected IS DISTINCT FROM r.actual

  UNION ALL
  SELECT 'REJECTED_CYCLE', NULL, '0', r.actual::text, 'A REJECTED cycle curtails nobody.'
  FROM (VALUES (proof.constrained_nodes), (proof.curtailed_leaves)) AS r (actual)
  WHERE proof.outcome = 'REJECTED' AND r.actual <> 0;
END;

COMMENT ON FUNCTION powernode.verify_outcome(powernode.cycle_proof) IS
  'Part of verify(): outcome, reason and constraining node follow from the figures; rules OUTCOME, REASON, MESSAGE, CONSTRAINING_NODE and REJECTED_CYCLE';
-- verify(), last part: times, counters and the control total; and verify() itself.

CREATE FUNCTION powernode.verify_times(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT r.rule, NULL, r.expected, r.actual, r.message
  FROM (
    -- Whether what is in force after a REJECTED cycle is not kept any more.
    SELECT (proof.outcome = 'REJECTED' AND proof.in_force_outcome IS NULL
            AND proof.in_force_cycle_no > coalesce(proof.earlier_cycle_no, 0)
            AND proof.in_force_cycle_no < proof.cycle_no) IS TRUE AS is_pruned) f,
  LATERAL (VALUES
    ('IN_FORCE', CASE WHEN proof.outcome = 'REJECTED' THEN proof.earlier_cycle_no ELSE proof.cycle_no END::text,
     proof.in_force_cycle_no::text, NOT f.is_pruned,
     'A cycle is in force after itself; after a REJECTED one it is the latest before it that was not.'),
    ('EXPIRES', proof.in_force_expires_at::text, proof.expires_at::text, proof.outcome = 'REJECTED' AND NOT f.is_pruned,
     'After a REJECTED cycle the setpoints in force expire when they did before.'),
    ('EXPIRES', 'later than ' || least(proof.evaluated_at, proof.completed_at),
     coalesce(proof.expires_at::text, 'NULL'),
     proof.outcome <> 'REJECTED' AND (proof.expires_at > least(proof.evaluated_at, proof.completed_at)) IS NOT TRUE,
     'Setpoints live for some time from when they were worked out.'),
    ('EXPIRES', 'finite times', concat_ws(' ', proof.evaluated_at, proof.completed_at),
     NOT (isfinite(proof.evaluated_at) AND isfinite(proof.completed_at)), 'A cycle has its time.'))
    AS r (rule, expected, actual, applies, message)
  WHERE r.applies AND r.expected IS DISTINCT FROM r.actual;
END;

COMMENT ON FUNCTION powernode.verify_times(powernode.cycle_proof) IS
  'Part of verify(): which cycle is in force, and until when; rules IN_FORCE and EXPIRES';

CREATE FUNCTION powernode.proof_microseconds(moment timestamptz) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN isfinite(moment) THEN (extract(epoch FROM moment) - 946684800) * 1000000 END;

COMMENT ON FUNCTION powernode.proof_microseconds(timestamptz) IS
  'Microseconds since 2000-01-01 UTC, as the server keeps a time; NULL for an infinite one; verify()''s own';

CREATE FUNCTION powernode.proof_word(word text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT sum(place * ascii(substr(word, place, 1))) FROM generate_series(1, length(word)) AS place);

COMMENT ON FUNCTION powernode.proof_word(text) IS
  'The number that stands for a fixed word in a control total; verify()''s own';

CREATE FUNCTION powernode.proof_bytes(string text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN convert_to(string, CASE getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END) || decode('00', 'hex');

COMMENT ON FUNCTION powernode.proof_bytes(text) IS
  'A text as a topology''s digest takes it: in UTF-8, or as it is where nobody knows its encoding, and ended by a zero byte; verify()''s own';

CREATE FUNCTION powernode.verify_digest(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT 'TOPOLOGY_DIGEST', NULL, encode(d.digest, 'hex'), encode(proof.digest, 'hex'),
         'Some id, name, kind, rating or place in the tree is not as it was recorded.'
  FROM (
    SELECT sha256(powernode.proof_bytes(proof.tree_topology) || powernode.proof_bytes(proof.tree_control_mode)
                  || string_agg(int8send(coalesce(n.parent, 0)::bigint - 1) || int8send(n.kind::bigint)
                                || int8send(coalesce(n.rating, -1)::bigint) || int8send(n.rating_source::bigint)
                                || powernode.proof_bytes(n.source_id) || powernode.proof_bytes(n.name),
                                '' ORDER BY n.ordinal)) AS digest
    FROM ROWS FROM (unnest(proof.parents), unnest(proof.kinds), unnest(proof.ratings), unnest(proof.rating_sources),
                    unnest(proof.source_ids), unnest(proof.names))
         WITH ORDINALITY AS n (parent, kind, rating, rating_source, source_id, name, ordinal)) d
  WHERE d.digest <> proof.digest

  UNION ALL
  SELECT 'MICROGRID', NULL, CASE WHEN proof.tree_topology = 'HIERARCHICAL' THEN proof.source_ids[1] END, proof.microgrid_id,
         'The root of a hierarchical site is its microgrid; a flat site has none.'
  WHERE proof.microgrid_id IS DISTINCT FROM CASE WHEN proof.tree_topology = 'HIERARCHICAL' THEN proof.source_ids[1] END;
END;

COMMENT ON FUNCTION powernode.verify_digest(powernode.cycle_proof) IS
  'Part of verify(): the topology is the one that was recorded; rules TOPOLOGY_DIGEST and MICROGRID';

CREATE FUNCTION powernode.verify_control_total(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  WITH number AS (
    SELECT n.c, coalesce(n.v, -1) AS v
    FROM (VALUES
      (1, proof.cycle_no::numeric), (2, proof.topology_no),
      (3, powernode.proof_microseconds(proof.evaluated_at)), (4, powernode.proof_microseconds(proof.completed_at)),
      (5, powernode.proof_microseconds(proof.expires_at)),
      (6, proof.limit_w), (7, proof.demand_w), (8, proof.allocated_w), (9, proof.curtailed_w),
      (10, proof.constraining_limit_w), (11, proof.constraining_asked_w),
      (12, proof.constrained_nodes), (13, proof.curtailed_leaves), (14, proof.faults),
      (15, proof.in_force_cycle_no), (16, extract(epoch FROM proof.duration) * 1000000),
      (32, powernode.proof_word(proof.outcome)), (33, powernode.proof_word(proof.reason)),
      (34, powernode.proof_word(proof.topology)), (35, powernode.proof_word(proof.control_mode)),
      (36, powernode.proof_word(proof.policy))) AS n (c, v)),
  -- Of each array the sum and the sum by place, which fit 64 bits element by element.
  line AS (
    SELECT a.c, sum(coalesce(e.v, -1)::bigint + 2) AS plain, sum(e.i * (coalesce(e.v, -1)::bigint + 2)) AS by_place
    FROM (VALUES
      (17, proof.parents), (18, proof.kinds::integer[]), (19, proof.ratings), (20, proof.rating_sources::integer[]),
      (21, proof.limits), (22, proof.limit_sources::integer[]), (23, proof.demands), (24, proof.asked),
      (25, proof.allocated), (26, proof.bottlenecks), (27, proof.offline), (28, proof.tiers),
      (29, proof.weights), (30, proof.minimums), (31, proof.turns)) AS a (c, elements),
    LATERAL unnest(a.elements) WITH ORDINALITY AS e (v, i)
    GROUP BY a.c),
  total AS (
    SELECT mod((SELECT sum(n.c * (n.v + 2)) FROM number n)
               + coalesce((SELECT sum(64 * l.by_place + l.c * l.plain) FROM line l), 0), 2::numeric ^ 64) AS v),
  control AS (
    SELECT (t.v - CASE WHEN t.v >= 2::numeric ^ 63 THEN 2::numeric ^ 64
                       WHEN t.v < -(2::numeric ^ 63) THEN -(2::numeric ^ 64) ELSE 0 END)::bigint AS total
    FROM total t)
  SELECT 'CONTROL_TOTAL', NULL, c.total::text, proof.control_total::text,
         'Some number or fixed word that the cycle recorded is not as it was recorded.'
  FROM control c
  WHERE c.total <> proof.control_total;
END;

COMMENT ON FUNCTION powernode.verify_control_total(powernode.cycle_proof) IS
  'Part of verify(): the numbers and fixed words recorded are those that were; rule CONTROL_TOTAL';

CREATE FUNCTION powernode.verify_site(site_id text, cycle_no integer)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
  SELECT 'SITE_STATE', NULL, r.expected, r.actual, r.message
  FROM powernode.site_proof s,
  LATERAL (VALUES
    (s.latest_cycle_no::text, s.cycle_no::text, 'The site''s counter is not at the latest cycle.'),
    (s.latest_in_force_cycle_no::text, s.in_force_cycle_no::text,
     'The cycle that the site has in force is not the latest that was not rejected.'),
    (s.latest_topology_no::text, s.topology_no::text,
     'The topology that the next cycle''s is compared with is not the one in force.'),
    (encode(s.latest_digest, 'hex'), encode(s.topology_digest, 'hex'),
     'The digest that the next cycle''s topology is compared by is not that of the one in force.'))
    AS r (expected, actual, message)
  WHERE s.site_id = verify_site.site_id
    AND verify_site.cycle_no IN (s.latest_cycle_no, s.cycle_no)
    AND r.expected IS DISTINCT FROM r.actual;
END;

COMMENT ON FUNCTION powernode.verify_site(text, integer) IS
  'Part of verify(): of the latest cycle, that the site''s counters agree; rule SITE_STATE';

-- To compile such plans costs many times what it takes to run them.
CREATE FUNCTION powernode.verify_cycle(site_id text, cycle_no integer)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED SET jit = off
BEGIN ATOMIC
  WITH kept AS MATERIALIZED (
    SELECT p AS proof, p.outcome <> 'REJECTED' AS has_tree
    FROM powernode.cycle_proof p
    WHERE p.site_id = verify_cycle.site_id AND p.cycle_no = verify_cycle.cycle_no),
  -- What cannot be read as a tree is not looked into any further.
  array_found AS MATERIALIZED (
    SELECT f.* FROM kept k, LATERAL powernode.verify_arrays(k.proof) f),
  tree_found AS MATERIALIZED (
    SELECT f.* FROM kept k, LATERAL powernode.verify_tree(k.proof) f
    WHERE k.has_tree AND NOT EXISTS (SELECT FROM array_found)),
  readable AS MATERIALIZED (
    SELECT k.* FROM kept k
    WHERE NOT k.has_tree OR NOT EXISTS (SELECT FROM array_found) AND NOT EXISTS (SELECT FROM tree_found)),
  tree AS (
    SELECT r.proof FROM readable r WHERE r.has_tree)
  SELECT f.* FROM array_found f
  UNION ALL SELECT f.* FROM tree_found f
  UNION ALL SELECT f.* FROM tree t, LATERAL powernode.verify_limits(t.proof) f
  UNION ALL SELECT f.* FROM tree t, LATERAL powernode.verify_watts(t.proof) f
  UNION ALL SELECT f.* FROM tree t, LATERAL powernode.verify_policy(t.proof) f
  UNION ALL SELECT f.* FROM tree t, LATERAL powernode.verify_minimums(t.proof) f
  UNION ALL SELECT f.* FROM tree t, LATERAL powernode.verify_bottlenecks(t.proof) f
  UNION ALL SELECT f.* FROM tree t, LATERAL powernode.verify_totals(t.proof) f
  UNION ALL SELECT f.* FROM tree t, LATERAL powernode.verify_digest(t.proof) f
  UNION ALL SELECT f.* FROM kept k, LATERAL powernode.verify_faults(k.proof) f
  UNION ALL SELECT f.* FROM readable r, LATERAL powernode.verify_outcome(r.proof) f
  UNION ALL SELECT f.* FROM kept k, LATERAL powernode.verify_times(k.proof) f
  UNION ALL SELECT f.* FROM kept k, LATERAL powernode.verify_control_total(k.proof) f
  UNION ALL SELECT f.* FROM powernode.verify_site(verify_cycle.site_id, verify_cycle.cycle_no) f;
END;

COMMENT ON FUNCTION powernode.verify_cycle(text, integer) IS
  'Every part of verify(), of a cycle that is kept';

CREATE FUNCTION powernode.kept_cycle(site_id text, cycle_no integer)
RETURNS TABLE (site_id text, cycle_no integer)
AS 'MODULE_PATHNAME', 'powernode_kept_cycle'
LANGUAGE C STABLE PARALLEL RESTRICTED ROWS 1;

COMMENT ON FUNCTION powernode.kept_cycle(text, integer) IS
  'A site''s own id and the number of one of its cycles, the latest where cycle_no is NULL; no row where the site has none yet, P0002 where there is no such site or cycle';

CREATE FUNCTION powernode.verify(site_id text, cycle_no integer DEFAULT NULL)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
  SELECT f.* FROM powernode.kept_cycle(verify.site_id, verify.cycle_no) k,
  LATERAL powernode.verify_cycle(k.site_id, k.cycle_no) f;
END;

COMMENT ON FUNCTION powernode.verify(text, integer) IS
'Checks a recorded cycle of a site, the latest when cycle_no is NULL, in plain SQL that shares no code with the allocator: that every sum and bound holds, that minimums were admitted in their turn, that nobody could have had a watt more or one that somebody after it has, that each bottleneck, the constraining node and every total follow from the nodes, and that no number has changed since it was recorded. One row for everything that is not as it should be, with the rule, the node, what is expected and what is recorded; no rows for a sound cycle, or where the site has none yet. Reads the views cycle_proof, fault_proof and site_proof as the caller. An unknown site or cycle is an error P0002.';

CREATE FUNCTION powernode.verify(site_id bigint, cycle_no integer DEFAULT NULL)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
  SELECT f.* FROM powernode.verify(verify.site_id::text, verify.cycle_no) f;
END;

COMMENT ON FUNCTION powernode.verify(bigint, integer) IS
'The same as verify(text, integer), for a bigint site id.';

CREATE FUNCTION powernode.verify(site_id uuid, cycle_no integer DEFAULT NULL)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
  SELECT f.* FROM powernode.verify(verify.site_id::text, verify.cycle_no) f;
END;

COMMENT ON FUNCTION powernode.verify(uuid, integer) IS
'The same as verify(text, integer), for a uuid site id.';
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
      ('last_error', 'The message of the error that last kept the site from being balanced in a batch; NULL for none, and in this release, which has no batches yet'),
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
      ('vehicle_name', 'The vehicle at the connector, in control mode CHARGER those at the charge point; NULL for none'),
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
