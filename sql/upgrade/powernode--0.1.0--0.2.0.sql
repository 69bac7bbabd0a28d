\echo Use "ALTER EXTENSION powernode UPDATE TO '0.2.0'" to load this file. \quit

-- What is not qualified below is the server's own, whatever lies in the schema.
SET LOCAL search_path = pg_catalog, pg_temp;

CREATE PROCEDURE powernode.rebalance_due(every interval, batch integer DEFAULT 50)
AS 'MODULE_PATHNAME', 'powernode_rebalance_due'
LANGUAGE C;

COMMENT ON PROCEDURE powernode.rebalance_due(interval, integer) IS
  'Runs a cycle for every enabled site that the caller is shown and whose last one completed longer ago than every, oldest first, in transactions of batch sites (1 to 1000). Skips sites that another session holds, so that several may run it at once. An error of one site is recorded in last_error of microgrid_status and does not stop the rest. Ends when the sites that were due at its start are done. Not inside a transaction: 2D000';

REVOKE EXECUTE ON PROCEDURE powernode.rebalance_due(interval, integer) FROM PUBLIC;

CREATE FUNCTION powernode.prune(keep interval)
RETURNS bigint
AS 'MODULE_PATHNAME', 'powernode_prune'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.prune(interval) IS
  'Deletes cycles completed longer ago than keep, never a site''s latest nor the one in force, and topologies that no cycle has any more; returns how many cycles. Of all sites where the caller has the rights of the tables'' owner, else of those that the site source shows him. Cycles are gone through in order until 1,000 of a site in a row are to be kept, not all of them in the future';

REVOKE EXECUTE ON FUNCTION powernode.prune(interval) FROM PUBLIC;

-- One walk over a site's key a site; the arrays of its cycles stay where they are.

CREATE VIEW powernode.site_statistics WITH (security_barrier) AS
  SELECT s.site_id, s.name AS site_name, s.enabled, c.cycles, c.applied, c.curtailed, c.rejected,
         c.first_cycle_no, c.first_completed_at, c.last_completed_at, c.mean_duration, c.p95_duration,
         st.last_error, st.last_error_at
  FROM powernode.live_site s
  LEFT JOIN powernode.site_state st ON st.site_id = s.site_id
  LEFT JOIN LATERAL (
    SELECT count(*) AS cycles,
           count(*) FILTER (WHERE c.outcome = 'APPLIED') AS applied,
           count(*) FILTER (WHERE c.outcome = 'CURTAILED') AS curtailed,
           count(*) FILTER (WHERE c.outcome = 'REJECTED') AS rejected,
           min(c.cycle_no) AS first_cycle_no,
           min(c.completed_at) AS first_completed_at, max(c.completed_at) AS last_completed_at,
           avg(c.duration) AS mean_duration,
           percentile_disc(0.95) WITHIN GROUP (ORDER BY c.duration) AS p95_duration
    FROM powernode.cycle c
    WHERE c.site_id = s.site_id) c ON true;

COMMENT ON VIEW powernode.site_statistics IS
  'One row per site: how many of its kept cycles had which outcome, how long they took, and what last kept it from being balanced';
COMMENT ON COLUMN powernode.site_statistics.enabled IS 'Whether rebalance_due balances the site';
COMMENT ON COLUMN powernode.site_statistics.cycles IS 'How many cycles are kept; 0 before the first';
COMMENT ON COLUMN powernode.site_statistics.applied IS 'How many of them met every demand';
COMMENT ON COLUMN powernode.site_statistics.curtailed IS 'How many of them left some demand unmet';
COMMENT ON COLUMN powernode.site_statistics.rejected IS 'How many of them allocated nothing, because the site''s data had faults';
COMMENT ON COLUMN powernode.site_statistics.first_cycle_no IS 'The oldest cycle kept; NULL before the first';
COMMENT ON COLUMN powernode.site_statistics.first_completed_at IS 'When the first of them to complete did; NULL before the first';
COMMENT ON COLUMN powernode.site_statistics.last_completed_at IS 'When the last of them to complete did; NULL before the first';
COMMENT ON COLUMN powernode.site_statistics.mean_duration IS 'How long they took on average, from the call to the row; NULL before the first';
COMMENT ON COLUMN powernode.site_statistics.p95_duration IS 'How long the longest but one in twenty of them took; NULL before the first';

COMMENT ON COLUMN powernode.site_statistics.site_id IS 'The product''s own id of the site, as text';
COMMENT ON COLUMN powernode.site_statistics.site_name IS 'The site''s name in the site source; NULL where it has none';

COMMENT ON COLUMN powernode.node_status.vehicle_name IS
  'The vehicle at the connector, in control mode CHARGER those that ask for power at the charge point; NULL for none';
COMMENT ON COLUMN powernode.node_history.vehicle_name IS
  'The vehicle at the connector, in control mode CHARGER those that ask for power at the charge point; NULL for none';

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['site_state', 'microgrid_status', 'site_statistics'] LOOP
    EXECUTE pg_catalog.format('COMMENT ON COLUMN powernode.%I.last_error IS %L', relation,
      'The message of the error that last kept the site from being balanced in a pass of rebalance_due, and its SQLSTATE; NULL for none, and once a cycle has completed since');
    EXECUTE pg_catalog.format('COMMENT ON COLUMN powernode.%I.last_error_at IS %L', relation,
      'When last_error was raised; NULL for none');
  END LOOP;
END
$$;
