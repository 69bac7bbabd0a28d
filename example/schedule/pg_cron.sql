-- Passes over the fleet and retention by pg_cron, which starts jobs on the minute:
-- each job makes its passes until the minute is nearly over.  Run by the role that is
-- to make them, in the database of cron.database_name:
--
--   psql -v every='10 s' -v keep='30 days' -f pg_cron.sql
--
-- Before, once, by a superuser: CREATE EXTENSION pg_cron and
-- GRANT USAGE ON SCHEMA cron TO that role.  Running this again changes the jobs.

\set ON_ERROR_STOP on

-- One statement, so that it is no transaction block: a pass commits as it goes on.
-- A site is due when its last cycle is older than "every"; 2 s is how often we look.
SELECT cron.schedule('powernode-rebalance', '* * * * *', format($job$
DO $$
DECLARE
    ends CONSTANT timestamptz := date_trunc('minute', clock_timestamp()) + interval '56 s';
BEGIN
    LOOP
        CALL powernode.rebalance_due(%L);
        EXIT WHEN clock_timestamp() >= ends;
        PERFORM pg_sleep(2);
        COMMIT;
    END LOOP;
END $$
$job$, :'every'));

SELECT cron.schedule('powernode-prune', '30 3 * * *', format('SELECT powernode.prune(%L)', :'keep'));

-- pg_cron keeps a row for every run of every job.
SELECT cron.schedule('powernode-forget-runs', '40 3 * * *',
    $job$DELETE FROM cron.job_run_details WHERE end_time < now() - interval '7 days'$job$);
