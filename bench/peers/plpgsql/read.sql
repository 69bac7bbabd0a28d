-- Reads a site: its tree in one statement, as arrays in tree order.
--
--   psql -v id=uuid -f read.sql      id: the type of the sources' ids
--
-- What a site of the benchmark can have and no more: ratings, safe mode and
-- envelopes.  No background, offline chargers, minimums, FLAT sites or control mode
-- CHARGER, and of powernode's faults only the missing rating.  All of that would
-- make the peer slower.

CREATE TYPE peer.tree AS (
  node_ids text[], names text[], kinds text[], depths integer[], ratings integer[],
  limits integer[], limit_sources text[], demands integer[]);  -- demands: NULL but of leaves

-- The order of the tree is that of its paths: kind and id of every node down to this
-- one, each id ended by a character that sorts before all others.  (In PL/pgSQL because
-- that keeps the plan over transactions: a function in SQL is planned in each of them.)
CREATE FUNCTION peer.read_site(site :id, at timestamptz) RETURNS peer.tree
LANGUAGE plpgsql STABLE AS $$
DECLARE
  tree peer.tree;
BEGIN
  WITH RECURSIVE envelope AS (
    SELECT circuit_id, floor(min(import_limit_w))::integer AS limit_w
      FROM source.operating_envelope
     WHERE site_id = site AND (valid_from <= at OR valid_from IS NULL) AND (valid_to > at OR valid_to IS NULL)
     GROUP BY circuit_id
  ),
  rated AS (
    SELECT c.circuit_id, c.parent_circuit_id, c.name, e.limit_w AS envelope_w,
           floor(coalesce(c.default_capacity_w, c.safe_capacity_w))::integer AS rating_w,
           CASE WHEN c.safe_mode OR s.safe_mode THEN floor(c.safe_capacity_w)::integer END AS safe_w
      FROM source.site s
      JOIN source.circuit c ON c.site_id = s.site_id
      LEFT JOIN envelope e ON e.circuit_id = c.circuit_id
     WHERE s.site_id = site
  ),
  placed AS (
    SELECT c.*, 'GRID_CONNECTION' AS kind, 'grid_connection:' || g.grid_connection_id AS node_id,
           g.name AS node_name, 1 AS depth, '1' || g.grid_connection_id || E'\x01' AS path
      FROM source.grid_connection g
      JOIN rated c ON c.circuit_id = g.circuit_id
     WHERE g.site_id = site AND c.parent_circuit_id IS NULL
    UNION ALL
    SELECT c.*, 'CIRCUIT', 'circuit:' || c.circuit_id, c.name, p.depth + 1,
           p.path || '2' || c.circuit_id || E'\x01'
      FROM placed p
      JOIN rated c ON c.parent_circuit_id = p.circuit_id
  ),
  charger AS (
    SELECT p.charge_point_id, p.name, floor(p.max_power_w)::integer AS rating_w,
           c.depth + 1 AS depth, c.path || '3' || p.charge_point_id || E'\x01' AS path
      FROM placed c
      JOIN source.charge_point p ON p.circuit_id = c.circuit_id
     WHERE p.site_id = site
  ),
  plug AS (
    SELECT k.connector_id, k.name, p.depth + 1 AS depth, p.path || '4' || k.connector_id AS path,
           floor(coalesce(k.max_power_w, p.rating_w))::integer AS rating_w,
           ceil(coalesce(k.demand_w, 0))::integer AS demand_w
      FROM charger p
      JOIN source.connector k ON k.charge_point_id = p.charge_point_id
     WHERE k.site_id = site
  ),
  node AS (
    SELECT 'microgrid:' || s.microgrid_id AS node_id, s.name, 'MICROGRID' AS kind, 0 AS depth, '' AS path,
           NULL::integer AS rating_w, NULL::integer AS safe_w,
           (SELECT limit_w FROM envelope WHERE circuit_id IS NULL) AS envelope_w,
           NULL::text AS rating_source, NULL::integer AS demand_w
      FROM source.site s WHERE s.site_id = site
    UNION ALL
    SELECT node_id, node_name, kind, depth, path, rating_w, safe_w, envelope_w, 'DEFAULT_CAPACITY', NULL
      FROM placed
    UNION ALL
    SELECT 'charge_point:' || charge_point_id, name, 'CHARGE_POINT', depth, path,
           rating_w, NULL, NULL, 'CHARGE_POINT_RATING', NULL
      FROM charger
    UNION ALL
    SELECT 'connector:' || connector_id, name, 'CONNECTOR', depth, path,
           rating_w, NULL, NULL, 'CONNECTOR_RATING', least(demand_w, rating_w)
      FROM plug
  ),
  limited AS (
    SELECT *, least(rating_w, safe_w, envelope_w) AS limit_w,
           rating_w - least(rating_w, safe_w) AS safe_took_w,
           least(rating_w, safe_w) - least(rating_w, safe_w, envelope_w) AS envelope_took_w
      FROM node
  ),
  ordered AS (
    SELECT *,
           CASE WHEN rating_w IS NULL AND envelope_w IS NOT NULL
                  OR envelope_took_w > safe_took_w THEN 'OPERATING_ENVELOPE'
                WHEN safe_took_w > 0 THEN 'SAFE_CAPACITY'
                ELSE rating_source END AS limit_source
      FROM limited ORDER BY path COLLATE "C"
  )
  SELECT array_agg(node_id), array_agg(name), array_agg(kind), array_agg(depth), array_agg(rating_w),
         array_agg(limit_w), array_agg(limit_source), array_agg(demand_w)
    INTO tree
    FROM ordered;
  RETURN tree;
END
$$;
