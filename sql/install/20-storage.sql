-- Every key is led by site_id, no sequence, no trigger, no foreign key: the
-- tables can be distributed by site, dumped and restored in any order.

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
  last_error        text,
  last_error_at     timestamptz
) WITH (fillfactor = 50);

COMMENT ON TABLE powernode.site_state IS
  'One row per site that has been balanced: its counter of cycles, locked for the length of a cycle';
COMMENT ON COLUMN powernode.site_state.cycle_no IS 'The latest cycle; 0 before the first';
COMMENT ON COLUMN powernode.site_state.in_force_cycle_no IS 'The latest cycle that was not rejected';

CREATE TABLE powernode.topology (
  site_id        text NOT NULL,
  topology_no    integer NOT NULL,
  digest         bytea NOT NULL,
  topology       text NOT NULL CHECK (topology IN ('HIERARCHICAL', 'FLAT')),
  control_mode   text NOT NULL CHECK (control_mode IN ('CONNECTOR', 'CHARGER')),
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
  outcome                text NOT NULL CHECK (outcome IN ('APPLIED', 'CURTAILED', 'REJECTED')),
  reason                 text NOT NULL CHECK (reason IN (
    'DEMAND_MET',
    'GRID_CONNECTION_LIMIT', 'CIRCUIT_LIMIT', 'CHARGE_POINT_LIMIT', 'SITE_LIMIT',
    'OPERATING_ENVELOPE', 'SAFE_CAPACITY', 'BACKGROUND_LOAD', 'OFFLINE_RESERVE', 'MINIMUM_POWER',
    'INVALID_SETTING', 'NO_GRID_CONNECTION', 'GRID_CONNECTION_WITHOUT_CIRCUIT',
    'GRID_CONNECTION_NOT_TOP_LEVEL', 'CIRCUIT_LOOP', 'CIRCUIT_UNREACHABLE',
    'CHARGE_POINT_WITHOUT_CIRCUIT', 'CONNECTOR_WITHOUT_CHARGE_POINT', 'DUPLICATE_NODE',
    'MISSING_RATING', 'INVALID_RATING', 'INVALID_DEMAND', 'INVALID_ENVELOPE', 'UNSUPPORTED_TOPOLOGY')),
  message                text NOT NULL,
  evaluated_at           timestamptz NOT NULL,
  completed_at           timestamptz NOT NULL,
  expires_at             timestamptz,
  topology               text CHECK (topology IN ('HIERARCHICAL', 'FLAT')),
  control_mode           text CHECK (control_mode IN ('CONNECTOR', 'CHARGER')),
  policy                 text CHECK (policy IN (
    'EQUAL_SHARE', 'WEIGHTED', 'PROPORTIONAL', 'PRIORITY',
    'FIRST_COME_FIRST_SERVED', 'EARLIEST_DEADLINE_FIRST', 'LEAST_LAXITY_FIRST')),
  limit_w                integer,
  demand_w               integer,
  allocated_w            integer,
  curtailed_w            integer,
  constraining_node_id   text,
  constraining_node_kind text CHECK (constraining_node_kind IN
    ('MICROGRID', 'GRID_CONNECTION', 'CIRCUIT', 'CHARGE_POINT', 'CONNECTOR')),
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
COMMENT ON COLUMN powernode.cycle.limits IS 'Watts in force, NULL for no limit; the whole array NULL where equal to the ratings, sources included';
COMMENT ON COLUMN powernode.cycle.asked IS 'NULL where equal to demands';
COMMENT ON COLUMN powernode.cycle.allocated IS 'NULL where equal to demands';
COMMENT ON COLUMN powernode.cycle.bottlenecks IS 'Ordinal of each leaf''s bottleneck; the whole array NULL where nothing is curtailed';
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

CREATE TABLE powernode.cycle_constraint (
  site_id          text NOT NULL,
  cycle_no         integer NOT NULL,
  rank             integer NOT NULL,
  reason           text NOT NULL CHECK (reason IN (
    'GRID_CONNECTION_LIMIT', 'CIRCUIT_LIMIT', 'CHARGE_POINT_LIMIT', 'SITE_LIMIT',
    'OPERATING_ENVELOPE', 'SAFE_CAPACITY', 'BACKGROUND_LOAD', 'OFFLINE_RESERVE', 'MINIMUM_POWER',
    'INVALID_SETTING', 'NO_GRID_CONNECTION', 'GRID_CONNECTION_WITHOUT_CIRCUIT',
    'GRID_CONNECTION_NOT_TOP_LEVEL', 'CIRCUIT_LOOP', 'CIRCUIT_UNREACHABLE',
    'CHARGE_POINT_WITHOUT_CIRCUIT', 'CONNECTOR_WITHOUT_CHARGE_POINT', 'DUPLICATE_NODE',
    'MISSING_RATING', 'INVALID_RATING', 'INVALID_DEMAND', 'INVALID_ENVELOPE', 'UNSUPPORTED_TOPOLOGY')),
  ordinal          integer,
  node_id          text,
  kind             text CHECK (kind IN
    ('MICROGRID', 'GRID_CONNECTION', 'CIRCUIT', 'CHARGE_POINT', 'CONNECTOR')),
  source_id        text,
  name             text,
  limit_w          integer,
  limit_source     text CHECK (limit_source IN (
    'DEFAULT_CAPACITY', 'SAFE_CAPACITY', 'CHARGE_POINT_RATING', 'CONNECTOR_RATING', 'SITE_CAPACITY',
    'OPERATING_ENVELOPE', 'BACKGROUND_LOAD', 'OFFLINE_RESERVE')),
  asked_w          integer,
  short_w          integer,
  allocated_w      integer,
  curtailed_w      integer,
  binding          boolean NOT NULL,
  held_back_leaves integer,
  message          text NOT NULL,
  PRIMARY KEY (site_id, cycle_no, rank)
);

COMMENT ON TABLE powernode.cycle_constraint IS
  'The over-asked and binding nodes of a cycle, primary first, then its faults; read it through constraint_status and constraint_history';
COMMENT ON COLUMN powernode.cycle_constraint.ordinal IS
  'The node in the cycle''s topology; NULL of a fault, which names its node itself';

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
SELECT pg_catalog.pg_extension_config_dump('powernode.cycle_constraint', '');
