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
