-- The same shares found the other way that comes to mind: the nodes in a temporary
-- table, and a statement for each of them.  Easier to write than the loops of
-- share.sql, and many times as slow; measured to know how many.

CREATE FUNCTION peer.share_by_statement(depths integer[], limits integer[], leaf_demands integer[])
RETURNS peer.shares LANGUAGE plpgsql AS $$
DECLARE
  n record;
  held bigint;
  shares peer.shares;
BEGIN
  CREATE TEMPORARY TABLE IF NOT EXISTS node (
    ordinal integer PRIMARY KEY, parent integer, last integer, depth integer, limit_w integer,
    is_leaf boolean, demand_w bigint, asked_w bigint, allocated_w bigint, bottleneck integer)
    ON COMMIT DELETE ROWS;
  INSERT INTO node (ordinal, depth, limit_w, is_leaf, demand_w, allocated_w)
  SELECT u.ordinal, u.depth, u.limit_w, u.demand_w IS NOT NULL, u.demand_w, u.demand_w
    FROM unnest(depths, limits, leaf_demands) WITH ORDINALITY u (depth, limit_w, demand_w, ordinal);
  UPDATE node SET
    parent = (SELECT max(p.ordinal) FROM node p WHERE p.ordinal < node.ordinal AND p.depth = node.depth - 1),
    last = coalesce((SELECT min(p.ordinal) - 1 FROM node p WHERE p.ordinal > node.ordinal AND p.depth <= node.depth),
                    cardinality(depths));

  -- Children before parents; those below a node are ordinal to last.
  FOR n IN SELECT * FROM node ORDER BY ordinal DESC LOOP
    SELECT sum(allocated_w) INTO held FROM node WHERE ordinal BETWEEN n.ordinal AND n.last AND is_leaf;
    UPDATE node SET asked_w = coalesce(held, 0) WHERE ordinal = n.ordinal;
    CONTINUE WHEN (held <= n.limit_w) IS NOT FALSE;
    WITH leaf AS (
      SELECT ordinal, allocated_w, count(*) OVER all_of_it - row_number() OVER ascending + 1 AS at_least,
             n.limit_w - coalesce(sum(allocated_w) OVER (ascending ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW), 0) AS room
        FROM node WHERE ordinal BETWEEN n.ordinal AND n.last AND is_leaf
      WINDOW all_of_it AS (), ascending AS (ORDER BY allocated_w, ordinal)
    ), cut AS (
      SELECT max(floor(room / at_least)) AS level FROM leaf WHERE allocated_w > floor(room / at_least)
    ), above AS (
      SELECT ordinal, level, row_number() OVER (ORDER BY ordinal) AS turn FROM leaf, cut WHERE allocated_w > level
    ), spare AS (
      SELECT n.limit_w - sum(least(allocated_w, level)) AS watts FROM leaf, cut
    )
    UPDATE node SET allocated_w = level + (turn <= watts)::integer
      FROM above, spare WHERE node.ordinal = above.ordinal;
  END LOOP;

  FOR n IN SELECT * FROM node WHERE NOT is_leaf LOOP
    UPDATE node SET (demand_w, allocated_w) = (
      SELECT coalesce(sum(l.demand_w), 0), coalesce(sum(l.allocated_w), 0)
        FROM node l WHERE l.ordinal BETWEEN n.ordinal AND n.last AND l.is_leaf)
     WHERE ordinal = n.ordinal;
  END LOOP;
  FOR n IN SELECT * FROM node WHERE is_leaf AND allocated_w < demand_w LOOP
    UPDATE node SET bottleneck = (
      SELECT max(a.ordinal) FROM node a
       WHERE n.ordinal BETWEEN a.ordinal AND a.last AND a.allocated_w = a.limit_w)
     WHERE ordinal = n.ordinal;
  END LOOP;

  SELECT array_agg(demand_w), array_agg(asked_w), array_agg(allocated_w), array_agg(bottleneck),
         array_agg(leaves), array_agg(watts)
    INTO shares.demands, shares.asked, shares.allocated, shares.bottlenecks, shares.held_back, shares.explained
    FROM (SELECT a.*, coalesce(h.leaves, 0) AS leaves, coalesce(h.watts, 0) AS watts
            FROM node a
            LEFT JOIN (SELECT bottleneck, count(*) AS leaves, sum(demand_w - allocated_w) AS watts
                         FROM node GROUP BY bottleneck) h ON h.bottleneck = a.ordinal
           ORDER BY a.ordinal) found;
  DELETE FROM node;
  RETURN shares;
END
$$;
