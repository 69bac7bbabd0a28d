-- Whether powernode and a peer, each of whose latest cycle was made of the same
-- data, found the same.  Ends with an error where they did not.

CREATE VIEW peer.our_node AS
SELECT site_id, node_id, limit_w, demand_w, asked_w, allocated_w, bottleneck_id
  FROM powernode.node_status;

CREATE VIEW peer.our_constraint AS
SELECT site_id, cycle_no, rank, reason, node_id, limit_w, limit_source, asked_w, short_w,
       allocated_w, curtailed_w, binding, held_back_leaves, message
  FROM powernode.constraint_status;

-- How many nodes they agree on.
CREATE FUNCTION peer.check_same(site :id) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  ours jsonb;
  theirs jsonb;
BEGIN
  SELECT jsonb_agg(to_jsonb(n) - 'site_id' ORDER BY node_id) INTO ours
    FROM peer.our_node n WHERE site_id = site::text;
  SELECT jsonb_agg(to_jsonb(n) - 'site_id' ORDER BY node_id) INTO theirs
    FROM peer.node_status n WHERE site_id = site;
  IF ours IS DISTINCT FROM theirs THEN
    RAISE EXCEPTION 'not the same nodes' USING DETAIL = (
      SELECT format('%s rather than %s', t, o) FROM jsonb_array_elements(ours) WITH ORDINALITY o (o, i)
        FULL JOIN jsonb_array_elements(theirs) WITH ORDINALITY t (t, i) USING (i)
       WHERE o IS DISTINCT FROM t ORDER BY i LIMIT 1);
  END IF;

  SELECT jsonb_agg(to_jsonb(k) - 'site_id' - 'cycle_no' ORDER BY rank) INTO ours
    FROM peer.our_constraint k WHERE site_id = site::text;
  SELECT jsonb_agg(to_jsonb(k) - 'site_id' - 'cycle_no' ORDER BY rank) INTO theirs
    FROM peer.cycle_constraint k JOIN peer.site_state USING (site_id, cycle_no) WHERE site_id = site;
  IF ours IS DISTINCT FROM theirs THEN
    RAISE EXCEPTION 'not the same constraints' USING DETAIL = (
      SELECT format('%s rather than %s', t, o) FROM jsonb_array_elements(ours) WITH ORDINALITY o (o, i)
        FULL JOIN jsonb_array_elements(theirs) WITH ORDINALITY t (t, i) USING (i)
       WHERE o IS DISTINCT FROM t ORDER BY i LIMIT 1);
  END IF;

  SELECT to_jsonb(o) INTO ours
    FROM (SELECT outcome, reason, demand_w, allocated_w, curtailed_w, constraining_node_id, constraining_node_kind
            FROM powernode.microgrid_status WHERE site_id = site::text) o;
  SELECT to_jsonb(o) INTO theirs
    FROM (SELECT outcome, reason, demand_w, allocated_w, curtailed_w, constraining_node_id, constraining_node_kind
            FROM peer.cycle JOIN peer.site_state USING (site_id, cycle_no) WHERE site_id = site) o;
  IF ours IS DISTINCT FROM theirs THEN
    RAISE EXCEPTION 'not the same outcome' USING DETAIL = format('%s rather than %s', theirs, ours);
  END IF;
  RETURN (SELECT count(*) FROM peer.our_node WHERE site_id = site::text);
END
$$;
