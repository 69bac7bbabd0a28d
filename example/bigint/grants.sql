-- Who may do what.  Run by the owner of both schemas, after depot.sql:
--
--   psql -v binder=depot_binder -v backend=depot_backend -f grants.sql
--
-- Both roles must exist.  Sources are read as the caller and the views are
-- security_invoker, so the backend needs the tables below the views as well.

\set ON_ERROR_STOP on

GRANT USAGE ON SCHEMA depot, powernode TO :"binder", :"backend";

-- The binder says what powernode reads, and sees whether it will do.  What it
-- binds every backend runs as itself: give this to whoever runs migrations.
GRANT EXECUTE ON FUNCTION powernode.set_source(text, regclass) TO :"binder";
GRANT SELECT ON powernode.sources TO :"binder";

-- The backend runs cycles and reads what came of them.
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO :"backend";
GRANT SELECT ON powernode.microgrid_status, powernode.node_status,
                powernode.constraint_status, powernode.setpoint,
                powernode.cycle_history
    TO :"backend";

-- All three overloads: which of them a call finds is the driver's choice of type.
GRANT EXECUTE ON FUNCTION
    powernode.rebalance(bigint, timestamptz, text, text),
    powernode.rebalance(uuid, timestamptz, text, text),
    powernode.rebalance(text, timestamptz, text, text)
    TO :"backend";
