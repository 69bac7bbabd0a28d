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
