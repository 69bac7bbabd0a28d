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
