-- Where the peers record their cycles: what powernode records, in the same shape.
-- Figures are arrays in tree order, one row a cycle, and the tree itself is written
-- only when it changes: a row per node and cycle costs several times as much, which
-- whoever writes this by hand finds out too.
--
--   psql -v id=uuid -f record.sql      id: the type of the sources' ids

CREATE SCHEMA peer;

CREATE TABLE peer.site_state (
  site_id :id PRIMARY KEY, cycle_no integer NOT NULL, topology_no integer, digest text)
  WITH (fillfactor = 50);

CREATE TABLE peer.topology (
  site_id :id, topology_no integer, node_ids text[], names text[], depths integer[], ratings integer[],
  PRIMARY KEY (site_id, topology_no));

CREATE TABLE peer.cycle (
  site_id :id, cycle_no integer, topology_no integer NOT NULL,
  outcome text NOT NULL, reason text NOT NULL,
  evaluated_at timestamptz NOT NULL, completed_at timestamptz NOT NULL,
  demand_w integer, allocated_w integer, curtailed_w integer,
  constraining_node_id text, constraining_node_kind text,
  limits integer[], demands integer[], asked integer[], allocated integer[],
  bottlenecks integer[],                                -- ordinal, NULL of who lacks nothing
  PRIMARY KEY (site_id, cycle_no));

CREATE TABLE peer.cycle_constraint (
  site_id :id, cycle_no integer, rank integer, reason text NOT NULL,
  node_id text NOT NULL, limit_w integer, limit_source text,
  asked_w integer, short_w integer, allocated_w integer, curtailed_w integer,
  binding boolean, held_back_leaves integer, message text NOT NULL,
  PRIMARY KEY (site_id, cycle_no, rank));

ALTER TABLE peer.topology
  ALTER node_ids SET COMPRESSION lz4, ALTER names SET COMPRESSION lz4,
  ALTER depths SET COMPRESSION lz4, ALTER ratings SET COMPRESSION lz4;
ALTER TABLE peer.cycle
  ALTER limits SET COMPRESSION lz4, ALTER demands SET COMPRESSION lz4,
  ALTER asked SET COMPRESSION lz4, ALTER allocated SET COMPRESSION lz4,
  ALTER bottlenecks SET COMPRESSION lz4;

-- The latest cycle of each site, one row a node.
CREATE VIEW peer.node_status AS
SELECT c.site_id, n.node_id, n.limit_w, n.demand_w, n.asked_w, n.allocated_w,
       t.node_ids[n.bottleneck] AS bottleneck_id
  FROM peer.site_state s
  JOIN peer.cycle c USING (site_id, cycle_no)
  JOIN peer.topology t ON t.site_id = c.site_id AND t.topology_no = c.topology_no,
       unnest(t.node_ids, c.limits, c.demands, c.asked, c.allocated, c.bottlenecks)
         n (node_id, limit_w, demand_w, asked_w, allocated_w, bottleneck);
