-- A cycle of the PL/pgSQL peer: lock, read, share out, record.
--
--   psql -v id=uuid -f rebalance.sql      id: the type of the sources' ids

CREATE TYPE peer.outcome AS (
  site_id :id, cycle_no integer, outcome text, reason text,
  demand_w integer, allocated_w integer, curtailed_w integer,
  constraining_node_id text, constraining_node_kind text);

CREATE FUNCTION peer.kw(watts bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN watts % 100 = 0 THEN round(watts / 1000.0, 1)
              WHEN watts % 10 = 0 THEN round(watts / 1000.0, 2)
              ELSE round(watts / 1000.0, 3) END::text
$$;

-- Records the tree where it is not the one that the site had the last time.
CREATE FUNCTION peer.topology_of(state peer.site_state, tree peer.tree) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  its_digest CONSTANT text := md5(ROW(tree.node_ids, tree.names, tree.depths, tree.ratings)::text);
BEGIN
  IF its_digest = state.digest THEN
    RETURN state.topology_no;
  END IF;
  UPDATE peer.site_state s SET topology_no = coalesce(s.topology_no, 0) + 1, digest = its_digest
   WHERE s.site_id = state.site_id RETURNING * INTO state;
  INSERT INTO peer.topology
  VALUES (state.site_id, state.topology_no, tree.node_ids, tree.names, tree.depths, tree.ratings);
  RETURN state.topology_no;
END
$$;

-- What holds most back.
CREATE TYPE peer.hindrance AS (node_id text, kind text, reason text);

-- Writes a row for every over-asked or binding node, and returns the primary one:
-- the binding node that explains most, if any binds.
CREATE FUNCTION peer.record_constraints(site :id, no integer, tree peer.tree, shares peer.shares)
RETURNS peer.hindrance LANGUAGE plpgsql AS $$
DECLARE
  hindrance peer.hindrance;
BEGIN
  WITH found AS (
    SELECT u.*, u.held_back > 0 AS binding, greatest(u.asked_w - u.limit_w, 0) AS short_w,
           row_number() OVER (ORDER BY u.held_back = 0, u.curtailed_w DESC,
                                       CASE WHEN u.held_back > 0 THEN u.depth END, u.ordinal) AS rank
    FROM unnest(tree.node_ids, tree.names, tree.kinds, tree.depths, tree.limits, tree.limit_sources,
                shares.asked, shares.allocated, shares.held_back, shares.explained) WITH ORDINALITY
         u (node_id, name, kind, depth, limit_w, limit_source, asked_w, allocated_w, held_back,
            curtailed_w, ordinal)
    WHERE u.asked_w > u.limit_w OR u.held_back > 0
  ),
  named AS (
    SELECT f.*,
           CASE WHEN f.limit_source IN ('OPERATING_ENVELOPE', 'SAFE_CAPACITY') THEN f.limit_source
                WHEN f.kind = 'MICROGRID' THEN 'SITE_LIMIT'
                ELSE f.kind || '_LIMIT' END AS reason
      FROM found f
  ),
  written AS (
    INSERT INTO peer.cycle_constraint
    SELECT site, no, n.rank, n.reason, n.node_id, n.limit_w, n.limit_source, n.asked_w, n.short_w,
           n.allocated_w, n.curtailed_w, n.binding, n.held_back,
           format('%s %s is short by %s kW: %s kW asked, limit %s kW (%s)',
                  upper(left(n.kind, 1)) || lower(replace(substr(n.kind, 2), '_', ' ')), n.name,
                  peer.kw(n.short_w), peer.kw(n.asked_w), peer.kw(n.limit_w),
                  lower(replace(n.limit_source, '_', ' ')))
           || CASE n.held_back WHEN 0 THEN ', but it is not what holds its chargers back.'
                               WHEN 1 THEN '; 1 connector is held back.'
                               ELSE format('; %s connectors are held back.', n.held_back) END
      FROM named n
  )
  SELECT n.node_id, n.kind, n.reason INTO hindrance FROM named n WHERE n.rank = 1 AND n.binding;
  RETURN hindrance;
END
$$;

CREATE FUNCTION peer.rebalance(site :id, at timestamptz DEFAULT now(), by_statement boolean DEFAULT false)
RETURNS peer.outcome
LANGUAGE plpgsql AS $$
DECLARE
  state peer.site_state;
  topology integer;
  tree peer.tree;
  shares peer.shares;
  hindrance peer.hindrance;
  result peer.outcome;
BEGIN
  -- One cycle of a site at a time, as with powernode.
  INSERT INTO peer.site_state AS s (site_id, cycle_no) VALUES (site, 1)
  ON CONFLICT (site_id) DO UPDATE SET cycle_no = s.cycle_no + 1
  RETURNING * INTO state;

  tree := peer.read_site(site, at);
  IF tree.node_ids IS NULL THEN
    RAISE EXCEPTION 'site "%" does not exist', site USING ERRCODE = 'P0002';
  ELSIF array_position(tree.limits[2:], NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'a node of site "%" has no rating', site;
  END IF;

  IF by_statement THEN
    shares := peer.share_by_statement(tree.depths, tree.limits, tree.demands);
  ELSE
    shares := peer.share(tree.depths, tree.limits, tree.demands);
  END IF;
  topology := peer.topology_of(state, tree);
  hindrance := peer.record_constraints(site, state.cycle_no, tree, shares);

  result := (site, state.cycle_no, 'APPLIED', 'DEMAND_MET', shares.demands[1], shares.allocated[1],
             shares.demands[1] - shares.allocated[1], hindrance.node_id, hindrance.kind);
  IF hindrance.node_id IS NOT NULL THEN
    result.outcome := 'CURTAILED';
    result.reason := hindrance.reason;
  END IF;

  INSERT INTO peer.cycle
  VALUES (site, state.cycle_no, topology, result.outcome, result.reason, at, clock_timestamp(),
          result.demand_w, result.allocated_w, result.curtailed_w,
          result.constraining_node_id, result.constraining_node_kind,
          tree.limits, shares.demands, shares.asked, shares.allocated, shares.bottlenecks);
  RETURN result;
END
$$;
