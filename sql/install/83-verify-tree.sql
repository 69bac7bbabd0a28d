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
