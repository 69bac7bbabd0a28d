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
