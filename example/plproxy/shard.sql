-- A shard: a database that has the product's tables, powernode with its sources bound,
-- and the sites that fleet.site_shard maps to it.  What is here is for the fleet pass
-- of the proxy, which can call functions only.  Run by the owner of powernode:
--
--   psql -v backend=fleet_backend -f shard.sql

\set ON_ERROR_STOP on

CREATE SCHEMA fleet;

-- All due sites in one transaction, which is what a function is: each stays locked
-- until the last is done.  In the order of their ids, so that two passes cannot lock
-- each other out for good; a site that another session holds is left to that one.
CREATE FUNCTION fleet.rebalance_due(every interval, at timestamptz)
RETURNS TABLE (site_id text, cycle_no integer, outcome text, reason text, error_code text, error text)
LANGUAGE plpgsql SET lock_timeout = '100ms' AS $$
#variable_conflict use_column
DECLARE
    due text;
BEGIN
    FOR due IN
        SELECT s.site_id
          FROM powernode.microgrid_status AS s
          JOIN powernode.site_statistics AS l ON l.site_id = s.site_id
         WHERE l.enabled IS DISTINCT FROM false
           AND (s.completed_at IS NULL OR s.completed_at < clock_timestamp() - every)
         ORDER BY s.site_id COLLATE "C"
    LOOP
        BEGIN
            RETURN QUERY
                SELECT r.site_id, r.cycle_no, r.outcome, r.reason, NULL, NULL
                  FROM powernode.rebalance(due, at) AS r;
        EXCEPTION WHEN OTHERS THEN
            RETURN QUERY SELECT due, NULL::integer, NULL, NULL, SQLSTATE, SQLERRM;
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION fleet.rebalance_due(interval, timestamptz) IS
    'A cycle of every site here whose last one completed longer ago; one row per site, with the error where one failed';

REVOKE EXECUTE ON FUNCTION fleet.rebalance_due(interval, timestamptz) FROM PUBLIC;
GRANT SELECT ON powernode.site_statistics TO :"backend";
GRANT USAGE ON SCHEMA fleet TO :"backend";
GRANT EXECUTE ON FUNCTION fleet.rebalance_due(interval, timestamptz) TO :"backend";
