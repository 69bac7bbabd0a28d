-- Who may do what.  Run by the owner of both schemas, after bind.sql:
--
--   psql -v backend=fleet_backend -v reader=fleet_reader -f grants.sql
--
-- Both roles must exist.  Sources are read as the caller and the views are
-- security_invoker, so a caller needs the tables below the views as well.

\set ON_ERROR_STOP on

-- Both see the sites and what powernode recorded of them.
GRANT USAGE ON SCHEMA manage, powernode TO :"backend", :"reader";
GRANT SELECT ON manage.powernode_site, manage.site, manage.microgrid
    TO :"backend", :"reader";
GRANT SELECT ON powernode.microgrid_status, powernode.microgrid_hierarchy,
                powernode.node_status, powernode.constraint_status,
                powernode.setpoint, powernode.cycle_history,
                powernode.node_history, powernode.constraint_history,
                powernode.site_statistics, powernode.sources,
                -- what verify() reads
                powernode.cycle_proof, powernode.fault_proof,
                powernode.site_proof
    TO :"backend", :"reader";

-- The backend also runs cycles, which read everything.  So does whoever
-- queries microgrid_hierarchy, preview, power_nodes or validate: they derive
-- the tree afresh.  Leave the reader out here and it keeps the recorded views.
GRANT SELECT ON manage.powernode_grid_connection, manage.microgrid_node,
                manage.powernode_circuit, manage.circuit,
                manage.powernode_charge_point, manage.charge_point,
                manage.powernode_connector, manage.connector,
                manage.charging_session, manage.vehicle,
                manage.powernode_operating_envelope, manage.operating_envelope
    TO :"backend", :"reader";

-- Text as well as uuid: it is what an untyped driver parameter resolves to.
GRANT EXECUTE ON FUNCTION
    powernode.rebalance(uuid, timestamptz, text, text),
    powernode.rebalance(text, timestamptz, text, text)
    TO :"backend";

-- Cycles of all sites that are due, as a scheduler calls it.  prune() is not granted:
-- it deletes history, so whoever keeps the database runs it.
GRANT EXECUTE ON PROCEDURE powernode.rebalance_due(interval, integer) TO :"backend";
