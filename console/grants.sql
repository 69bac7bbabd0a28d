-- The role that the console runs as: it reads the views, and nothing else.
-- Run by the owner of powernode's schema:
--
--   psql -v role=fleet_console -f console/grants.sql
--
-- The role must exist, for example: CREATE ROLE fleet_console LOGIN PASSWORD '…'.
--
-- One more grant is yours to make.  A view shows the sites that the site source
-- shows its reader, so the role needs USAGE on the source's schema, SELECT on the
-- relation bound as 'site' and, where that is a security_invoker view, on what it
-- reads.  Of example/manage that is
--
--   GRANT USAGE ON SCHEMA manage TO fleet_console;
--   GRANT SELECT ON manage.powernode_site, manage.site, manage.microgrid TO fleet_console;
--
-- No other source is read: the console shows what was recorded.

\set ON_ERROR_STOP on

GRANT USAGE ON SCHEMA powernode TO :"role";
GRANT SELECT ON powernode.microgrid_status,
                powernode.node_status,
                powernode.constraint_status,
                powernode.setpoint,
                powernode.cycle_history,
                powernode.node_history,
                powernode.constraint_history
    TO :"role";
