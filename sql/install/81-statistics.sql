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
