-- The sites of manage.sql once more in plain tables that have powernode's own
-- columns, with text ids and numeric watts: no view, no join, nothing computed.
-- Binds them instead.

\ir ../../test/fixture/depot.sql

CREATE INDEX ON depot.site (site_id);
CREATE INDEX ON depot.grid_connection (site_id);
CREATE INDEX ON depot.circuit (site_id);
CREATE INDEX ON depot.charge_point (site_id);
CREATE INDEX ON depot.connector (site_id);
CREATE INDEX ON depot.operating_envelope (site_id);

INSERT INTO depot.site (site_id, microgrid_id, name, enabled, control_mode, policy, on_fault)
SELECT site_id, microgrid_id, name, enabled, control_mode, policy, on_fault
  FROM manage.powernode_site;
INSERT INTO depot.grid_connection (site_id, grid_connection_id, circuit_id, name)
SELECT site_id, grid_connection_id, circuit_id, name FROM manage.powernode_grid_connection;
INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w,
                           safe_capacity_w, name, safe_mode)
SELECT site_id, circuit_id, parent_circuit_id, default_capacity_w, safe_capacity_w, name, safe_mode
  FROM manage.powernode_circuit;
INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w, name, online)
SELECT site_id, charge_point_id, circuit_id, max_power_w, name, online
  FROM manage.powernode_charge_point;
INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w, name,
                             vehicle_name, weight, priority, arrived_at)
SELECT site_id, connector_id, charge_point_id, max_power_w, demand_w, name, vehicle_name, weight,
       priority, arrived_at
  FROM manage.powernode_connector;
