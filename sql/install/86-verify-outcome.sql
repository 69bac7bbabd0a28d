-- verify(), fourth part: the constraint and fault rows, and what the cycle says of
-- itself.

CREATE FUNCTION powernode.verify_constraints(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
  WITH node AS MATERIALIZED (
    SELECT n.* FROM powernode.proof_nodes(proof) n),
  held_back AS (
    SELECT n.bottleneck AS ordinal, count(*) AS leaves,
           sum(n.demand_w - n.allocated_w) AS curtailed_w,
           bool_and(n.minimum_w > 0 AND n.allocated_w = 0) AS all_refused
    FROM node n WHERE n.bottleneck IS NOT NULL
    GROUP BY n.bottleneck),
  due AS MATERIALIZED (
    SELECT n.*, h.leaves IS NOT NULL AS binding, coalesce(h.leaves, 0) AS held_back_leaves,
           coalesce(h.curtailed_w, 0) AS curtailed_w, greatest(n.asked_w - n.limit_w, 0) AS short_w,
           CASE
             WHEN h.all_refused THEN 'MINIMUM_POWER'
             WHEN n.limit_source IN ('OPERATING_ENVELOPE', 'SAFE_CAPACITY', 'BACKGROUND_LOAD', 'OFFLINE_RESERVE')
               THEN n.limit_source
             WHEN n.kind = 'MICROGRID' THEN 'SITE_LIMIT'
             WHEN n.kind = 'CONNECTOR' THEN 'CHARGE_POINT_LIMIT'
             ELSE n.kind || '_LIMIT' END AS reason,
           row_number() OVER (ORDER BY h.leaves IS NOT NULL DESC, coalesce(h.curtailed_w, 0) DESC,
                              CASE WHEN h.leaves IS NOT NULL THEN cardinality(p.path) END, n.ordinal) AS rank
    FROM node n
    JOIN powernode.proof_paths(proof) p ON p.ordinal = n.ordinal
    LEFT JOIN held_back h ON h.ordinal = n.ordinal
    WHERE n.asked_w > n.limit_w OR h.leaves IS NOT NULL),
  kept AS MATERIALIZED (
    SELECT k.* FROM powernode.constraint_proof k
    WHERE k.site_id = proof.site_id AND k.cycle_no = proof.cycle_no AND k.ordinal IS NOT NULL)
  SELECT 'CONSTRAINT_' || r.field, coalesce(d.node_id, n.node_id), r.expected, r.actual,
         'A constraint row of rank ' || k.rank || ' does not say of its node what follows from the nodes.'
  FROM kept k
  LEFT JOIN due d ON d.ordinal = k.ordinal
  LEFT JOIN node n ON n.ordinal = k.ordinal,
  LATERAL (VALUES
    ('RANK', d.rank::text, k.rank::text),
    ('REASON', d.reason, k.reason),
    ('LIMIT', d.limit_w::text, k.limit_w::text),
    ('LIMIT_SOURCE', d.limit_source, k.limit_source),
    ('ASKED', d.asked_w::text, k.asked_w::text),
    ('SHORT', coalesce(d.short_w, 0)::text, k.short_w::text),
    ('ALLOCATED', d.allocated_w::text, k.allocated_w::text),
    ('CURTAILED', d.curtailed_w::text, k.curtailed_w::text),
    ('BINDING', d.binding::text, k.binding::text),
    ('HELD_BACK', d.held_back_leaves::text, k.held_back_leaves::text),
    -- The tree has these; a row that has them too could say otherwise.
    ('NODE', NULL, k.node_id), ('NODE', NULL, k.kind), ('NODE', NULL, k.source_id), ('NODE', NULL, k.name))
    AS r (field, expected, actual)
  WHERE d.ordinal IS NOT NULL AND r.expected IS DISTINCT FROM r.actual

  UNION ALL
  SELECT 'CONSTRAINT_UNFOUNDED', n.node_id, NULL, k.rank::text,
         format('Node %s has a constraint row and is neither over-asked nor any leaf''s bottleneck.', k.ordinal)
  FROM kept k LEFT JOIN node n ON n.ordinal = k.ordinal
  WHERE NOT EXISTS (SELECT FROM due d WHERE d.ordinal = k.ordinal)

  UNION ALL
  SELECT 'CONSTRAINT_MISSING', d.node_id, d.rank::text, count(k.rank)::text || ' rows',
         'A node that is over-asked or some leaf''s bottleneck has one constraint row.'
  FROM due d LEFT JOIN kept k ON k.ordinal = d.ordinal
  GROUP BY d.ordinal, d.node_id, d.rank
  HAVING count(k.rank) <> 1

  UNION ALL
  SELECT 'CURTAILED_SUM', NULL, proof.curtailed_w::text, coalesce(sum(k.curtailed_w), 0)::text,
         'The watts that the constraint rows explain add up to the cycle''s.'
  FROM kept k
  HAVING coalesce(sum(k.curtailed_w), 0) <> proof.curtailed_w;
END;

COMMENT ON FUNCTION powernode.verify_constraints(powernode.cycle_proof) IS
  'Part of verify(): the constraint rows are those of the over-asked and binding nodes, in their order; rules CONSTRAINT_MISSING, CONSTRAINT_UNFOUNDED, CURTAILED_SUM, and of a row CONSTRAINT_RANK, _REASON, _NODE, _LIMIT, _LIMIT_SOURCE, _ASKED, _SHORT, _ALLOCATED, _CURTAILED, _BINDING and _HELD_BACK';

CREATE FUNCTION powernode.verify_faults(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
  WITH kept AS MATERIALIZED (
    SELECT k.*, array_position(ARRAY[
             'INVALID_SETTING', 'NO_GRID_CONNECTION', 'GRID_CONNECTION_WITHOUT_CIRCUIT',
             'GRID_CONNECTION_NOT_TOP_LEVEL', 'CIRCUIT_LOOP', 'CIRCUIT_UNREACHABLE',
             'CHARGE_POINT_WITHOUT_CIRCUIT', 'CONNECTOR_WITHOUT_CHARGE_POINT', 'DUPLICATE_NODE',
             'MISSING_RATING', 'INVALID_RATING', 'INVALID_DEMAND', 'INVALID_ENVELOPE', 'UNSUPPORTED_TOPOLOGY'],
             k.reason) AS reason_no
    FROM powernode.constraint_proof k
    WHERE k.site_id = proof.site_id AND k.cycle_no = proof.cycle_no),
  -- After the constraints, in the order of reasons, then of node ids.
  fault AS (
    SELECT k.*,
           row_number() OVER (ORDER BY k.ordinal IS NULL, CASE WHEN k.ordinal IS NOT NULL THEN k.rank END,
             k.reason_no, k.node_id COLLATE "C", k.message COLLATE "C") AS place
    FROM kept k)
  SELECT 'FAULT_ORDER', f.node_id, f.place::text, f.rank::text,
         'Faults come after the constraints, by reason and then by node id, without a gap.'
  FROM fault f
  WHERE f.ordinal IS NULL AND f.place <> f.rank

  UNION ALL
  SELECT 'FAULT_ROW', f.node_id, r.expected, r.actual, 'A fault row names a fault and its node, and has no watts.'
  FROM fault f,
  LATERAL (VALUES
    ('a fault', CASE WHEN f.reason_no IS NOT NULL THEN 'a fault' ELSE f.reason END),
    (lower(f.kind) || ':' || f.source_id, f.node_id),
    (NULL, f.limit_w::text), (NULL, f.limit_source), (NULL, f.asked_w::text), (NULL, f.short_w::text),
    (NULL, f.allocated_w::text), (NULL, f.curtailed_w::text), ('false', f.binding::text),
    (NULL, f.held_back_leaves::text)) AS r (expected, actual)
  WHERE f.ordinal IS NULL AND r.expected IS DISTINCT FROM r.actual

  UNION ALL
  SELECT 'FAULT_ROW', f.node_id, 'a fault that can be isolated', f.reason, 'Such a fault rejects the cycle.'
  FROM fault f
  WHERE f.ordinal IS NULL AND proof.outcome <> 'REJECTED'
    AND f.reason NOT IN ('DUPLICATE_NODE', 'MISSING_RATING', 'INVALID_RATING', 'INVALID_DEMAND')

  UNION ALL
  SELECT 'FAULTS', NULL, count(*)::text, proof.faults::text,
         'The faults are counted, and the first 100 of them recorded.'
  FROM fault f WHERE f.ordinal IS NULL
  HAVING count(*) <> least(proof.faults, 100)

  UNION ALL
  SELECT 'FAULTS', NULL, 'at least 1', proof.faults::text, 'A REJECTED cycle has a fault.'
  WHERE proof.outcome = 'REJECTED' AND proof.faults < 1

  UNION ALL
  SELECT 'CONSTRAINT_UNFOUNDED', f.node_id, NULL, f.rank::text, 'A REJECTED cycle has no constraint but its faults.'
  FROM fault f
  WHERE f.ordinal IS NOT NULL AND proof.outcome = 'REJECTED';
END;

COMMENT ON FUNCTION powernode.verify_faults(powernode.cycle_proof) IS
  'Part of verify(): the faults are counted, in order, and nothing but faults; rules FAULT_ORDER, FAULT_ROW, FAULTS and CONSTRAINT_UNFOUNDED';

CREATE FUNCTION powernode.verify_outcome(proof powernode.cycle_proof)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
BEGIN ATOMIC
  -- The primary constraint's row, or the first fault's; none of an APPLIED cycle.
  WITH first AS (
    SELECT k.reason, k.message, coalesce(n.node_id, k.node_id) AS node_id,
           coalesce(n.kind, k.kind) AS kind, coalesce(n.name, k.name) AS name, k.limit_w, k.asked_w
    FROM powernode.constraint_proof k
    LEFT JOIN powernode.proof_nodes(proof) n ON n.ordinal = k.ordinal
    WHERE k.site_id = proof.site_id AND k.cycle_no = proof.cycle_no AND k.rank = 1
      AND proof.outcome <> 'APPLIED')
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
