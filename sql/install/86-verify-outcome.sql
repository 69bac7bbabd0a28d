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
