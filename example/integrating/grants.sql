-- Who may do what.  Run by the owner of both schemas, after bind.sql:
--
--   psql -v backend=ops_backend -v reader=ops_reader -f grants.sql
--
-- Both roles must exist.  Sources are read as the caller and the views are
-- security_invoker, so a caller needs the tables below the views as well.

\set ON_ERROR_STOP on

-- Both see the sites and what powernode recorded of them.
GRANT USAGE ON SCHEMA ops, powernode TO :"backend", :"reader";
GRANT SELECT ON ops.powernode_site, ops.depot TO :"backend", :"reader";
GRANT SELECT ON powernode.microgrid_status, powernode.node_status,
                powernode.constraint_status, powernode.setpoint,
                powernode.cycle_history, powernode.node_history,
                powernode.constraint_history, powernode.site_statistics,
                powernode.sources
    TO :"backend", :"reader";

-- The backend also runs cycles, which read everything.
GRANT SELECT ON ALL TABLES IN SCHEMA ops TO :"backend";
GRANT EXECUTE ON FUNCTION powernode.rebalance(text, timestamptz, text, text)
    TO :"backend";
GRANT EXECUTE ON PROCEDURE powernode.rebalance_due(interval, integer) TO :"backend";
