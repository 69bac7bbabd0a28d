-- What powernode sees of the product: docs/integrating.md says why each view is
-- written as it is.

-- The time that a cycle is for; outside of one, now.
CREATE FUNCTION ops.cycle_time() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('powernode.at', true), '')::timestamptz, now());

CREATE VIEW ops.powernode_site WITH (security_invoker) AS
SELECT d.code AS site_id,
       CASE WHEN d.has_feeder_plan THEN d.code END AS microgrid_id,
       d.title AS name,
       d.lifecycle = 'live' AS enabled,
       CASE d.steering WHEN 'plug' THEN 'CONNECTOR'
                       WHEN 'station' THEN 'CHARGER'
                       ELSE d.steering END AS control_mode,
       CASE d.sharing WHEN 'even' THEN 'EQUAL_SHARE'
                      WHEN 'by departure' THEN 'EARLIEST_DEADLINE_FIRST'
                      ELSE d.sharing END AS policy
  FROM ops.depot AS d
 WHERE d.deleted_at IS NULL;

CREATE VIEW ops.powernode_grid_connection WITH (security_invoker) AS
SELECT s.depot_code AS site_id,
       s.meter_no AS grid_connection_id,
       s.feeder_id AS circuit_id
  FROM ops.supply AS s
 WHERE s.deleted_at IS NULL;

CREATE VIEW ops.powernode_circuit WITH (security_invoker) AS
SELECT f.depot_code AS site_id,
       f.feeder_id AS circuit_id,
       f.fed_by AS parent_circuit_id,
       f.label AS name,
       f.breaker_a * f.volts * f.phases AS default_capacity_w,
       f.derated_a * f.volts * f.phases AS safe_capacity_w,
       f.other_load_kw * 1000 AS background_w
  FROM ops.feeder AS f
 WHERE f.deleted_at IS NULL;

CREATE VIEW ops.powernode_charge_point WITH (security_invoker) AS
SELECT s.depot_code AS site_id,
       s.serial AS charge_point_id,
       s.feeder_id AS circuit_id,
       s.nickname AS name,
       s.rated_kw * 1000 AS max_power_w,
       s.state IN ('ready', 'faulted') AS online,
       CASE WHEN s.last_heard_at + interval '15 minutes' <= ops.cycle_time()
            THEN s.fallback_kw * 1000
       END AS fallback_w
  FROM ops.station AS s
 WHERE s.deleted_at IS NULL;

CREATE VIEW ops.powernode_connector WITH (security_invoker) AS
SELECT s.depot_code AS site_id,
       p.plug_id AS connector_id,
       p.station_serial AS charge_point_id,
       coalesce(p.label, s.nickname, s.serial) AS name,
       v.bus AS vehicle_name,
       coalesce(p.dc_kw * 1000, p.amps * p.volts * p.phases) AS max_power_w,
       CASE WHEN p.dc_kw IS NULL
            THEN 6 * p.volts * coalesce(v.phases_used, p.phases)
       END AS min_power_w,
       CASE WHEN v.plug_id IS NULL OR s.state = 'faulted' THEN 0
            ELSE coalesce(v.takes_kw * 1000,
                          p.amps * p.volts * coalesce(v.phases_used, p.phases),
                          p.dc_kw * 1000)
       END AS demand_w,
       v.plugged_at AS arrived_at,
       v.leaves_at AS departs_at,
       greatest(v.target_pct - v.charge_pct, 0) / 100 * v.battery_kwh * 1000 AS energy_wh
  FROM ops.plug AS p
  JOIN ops.station AS s ON s.serial = p.station_serial
  LEFT JOIN ops.visit AS v ON v.plug_id = p.plug_id AND v.unplugged_at IS NULL
 WHERE p.deleted_at IS NULL AND s.deleted_at IS NULL;

-- The first moment at which the clock of a zone shows a time or has passed it.
-- PostgreSQL takes a time that the clock shows twice as the second of the two, and
-- one that it leaps over as later than the leap: of the minutes before, the first
-- that will do.  (No zone has moved its clock by more than two hours since 1949.)
CREATE FUNCTION ops.begins(local timestamp, zone text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT min(t)
          FROM generate_series(local AT TIME ZONE zone - interval '2 hours',
                               local AT TIME ZONE zone, '1 minute') AS t
         WHERE t AT TIME ZONE zone >= local);

-- The moment after which the clock shows no earlier time any more.
CREATE FUNCTION ops.ends(local timestamp, zone text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT max(t)
          FROM generate_series(local AT TIME ZONE zone - interval '2 hours',
                               local AT TIME ZONE zone, '1 minute') AS t
         WHERE (t - interval '1 minute') AT TIME ZONE zone < local);

-- Each rule on the day before, because it may last past midnight, on the day of
-- the cycle and on the next, because a setpoint must not outlive its limits.
CREATE VIEW ops.powernode_operating_envelope WITH (security_invoker) AS
SELECT r.depot_code AS site_id,
       r.feeder_id AS circuit_id,
       r.label AS name,
       r.limit_kw * 1000 AS import_limit_w,
       w.valid_from,
       w.valid_to
  FROM ops.import_rule AS r
  JOIN ops.depot AS d ON d.code = r.depot_code
 CROSS JOIN LATERAL (SELECT (ops.cycle_time() AT TIME ZONE d.time_zone)::date + n AS day
                       FROM generate_series(-1, 1) AS n) AS c
 CROSS JOIN LATERAL (SELECT ops.begins(c.day + r.from_clock, d.time_zone) AS valid_from,
                            ops.ends(c.day + (r.to_clock <= r.from_clock)::int + r.to_clock,
                                     d.time_zone) AS valid_to) AS w
 WHERE r.deleted_at IS NULL
   AND (r.weekdays IS NULL OR extract(isodow FROM c.day) = ANY (r.weekdays))
   AND w.valid_from < w.valid_to;
