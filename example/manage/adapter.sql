-- What powernode sees of the product: one view per source, with the column
-- names that powernode asks for.  Nothing else in the product changes.
--
-- What every view here keeps to:
--   security_invoker   the caller's privileges and row security decide
--   site_id, ids       plain columns of their tables, never cast or computed:
--                      powernode asks "WHERE site_id = $1" in the id's own
--                      type, which is what reaches the product's index
--   kW * 1000          left numeric: powernode rounds limits down and demand
--                      up to whole watts, a cast here would round to nearest
--   qualified names    a cycle runs with search_path = pg_catalog, pg_temp

-- The time that a cycle is for, which need not be the time it runs at.
CREATE FUNCTION manage.cycle_time() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(pg_catalog.current_setting('powernode.at', true), '')::timestamptz,
                    pg_catalog.now())
$$;

COMMENT ON FUNCTION manage.cycle_time() IS
    'The time of the powernode cycle that reads this, outside of one the current time.';

-- A site without a microgrid has microgrid_id NULL and is balanced FLAT.
CREATE VIEW manage.powernode_site WITH (security_invoker) AS
SELECT s.site_id,
       m.microgrid_id,
       s.name,
       s.in_service AS enabled,
       s.control_mode,
       s.charging_policy AS policy,
       s.on_fault,
       s.safe_mode,
       s.setpoint_lifetime AS setpoint_ttl
  FROM manage.site AS s
  LEFT JOIN manage.microgrid AS m ON m.site_id = s.site_id;

-- Only grid connections: what else a microgrid is made of carries no charger.
CREATE VIEW manage.powernode_grid_connection WITH (security_invoker) AS
SELECT n.site_id,
       n.microgrid_node_id AS grid_connection_id,
       n.circuit_id,
       n.name
  FROM manage.microgrid_node AS n
 WHERE n.type = 'GRID_CONNECTION';

CREATE VIEW manage.powernode_circuit WITH (security_invoker) AS
SELECT c.site_id,
       c.circuit_id,
       c.parent_circuit_id,
       c.name,
       c.default_operating_capacity_kw * 1000 AS default_capacity_w,
       c.safe_operating_capacity_kw * 1000 AS safe_capacity_w,
       c.safe_mode,
       c.other_load_kw * 1000 AS background_w
  FROM manage.circuit AS c;

-- The fallback is given only once the charger has fallen back.  Until then it
-- may still follow its last setpoint, and NULL has its whole rating reserved.
CREATE VIEW manage.powernode_charge_point WITH (security_invoker) AS
SELECT p.site_id,
       p.charge_point_id,
       p.circuit_id,
       p.name,
       p.max_power_kw * 1000 AS max_power_w,
       p.min_power_kw * 1000 AS min_power_w,
       p.disconnected_at IS NULL AS online,
       CASE WHEN p.disconnected_at + p.fallback_after <= manage.cycle_time()
            THEN p.fallback_power_kw * 1000
       END AS fallback_w
  FROM manage.charge_point AS p;

-- One row per plug and active session, and one per plug without any.  Two
-- active sessions on one plug make two rows, on purpose: powernode reports the
-- plug as DUPLICATE_NODE, and someone ends the session that is over.  Adding
-- the two up or taking the later one would be a guess at which vehicle is
-- there, and nobody would learn that it was one.
--
-- A vehicle that does not say what it could take is taken to want all that
-- the plug can give.  Demand is what is wanted, not what the meter reads:
-- a vehicle held back to 20 kW would otherwise be thought to want no more.
CREATE VIEW manage.powernode_connector WITH (security_invoker) AS
SELECT c.site_id,
       c.connector_id,
       c.charge_point_id,
       c.name,
       c.max_power_kw * 1000 AS max_power_w,
       c.min_power_kw * 1000 AS min_power_w,
       CASE WHEN s.connector_id IS NULL THEN 0
            ELSE coalesce(s.requested_power_kw, c.max_power_kw) * 1000
       END AS demand_w,
       v.name AS vehicle_name,
       s.share_weight AS weight,
       s.priority,
       s.plugged_in_at AS arrived_at,
       s.planned_departure AS departs_at,
       (s.energy_needed_kwh
        - least(s.energy_needed_kwh, s.energy_delivered_kwh)) * 1000 AS energy_wh
  FROM manage.connector AS c
  LEFT JOIN manage.charging_session AS s
         ON s.site_id = c.site_id
        AND s.connector_id = c.connector_id
        AND s.ended_at IS NULL
  LEFT JOIN manage.vehicle AS v ON v.vehicle_id = s.vehicle_id;

-- Envelopes that are over are left in the table.  Those to come are needed:
-- a setpoint must not outlive the limits that it was worked out from.
CREATE VIEW manage.powernode_operating_envelope WITH (security_invoker) AS
SELECT e.site_id,
       e.circuit_id,
       e.name,
       e.import_limit_kw * 1000 AS import_limit_w,
       e.valid_from,
       e.valid_to
  FROM manage.operating_envelope AS e
 WHERE e.valid_to > manage.cycle_time();
