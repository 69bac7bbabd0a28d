-- The depot on the tables of example/manage.  :mode is its control mode.
--
-- Ids are fixed, and readable from the right: …010201 is charger C1-2's
-- connector 1 and so on.  Their order is the order of the tree.

-- The last part of an id: circuit, charger, plug.
CREATE FUNCTION wa_pta.id(kind integer, circuit integer, charger integer, plug integer)
RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT format('%s0000000-0000-4000-8000-%s', kind,
                  lpad((circuit * 10000 + charger * 100 + plug)::text, 12, '0'))::uuid
$$;

-- The site is 10000000-0000-4000-8000-000000000001.
INSERT INTO manage.site (site_id, name, control_mode)
VALUES (wa_pta.id(1, 0, 0, 1), 'WA PTA depot', :'mode');

INSERT INTO manage.microgrid (microgrid_id, site_id)
VALUES (wa_pta.id(2, 0, 0, 1), wa_pta.id(1, 0, 0, 1));

-- The main incomer, and the four circuits that it feeds.
INSERT INTO manage.circuit (circuit_id, site_id, parent_circuit_id, name,
                            default_operating_capacity_kw, safe_operating_capacity_kw)
VALUES (wa_pta.id(4, 0, 0, 0), wa_pta.id(1, 0, 0, 1), NULL, 'Main', 1200, 900);

INSERT INTO manage.circuit (circuit_id, site_id, parent_circuit_id, name,
                            default_operating_capacity_kw, safe_operating_capacity_kw)
SELECT wa_pta.id(4, c, 0, 0), wa_pta.id(1, 0, 0, 1), wa_pta.id(4, 0, 0, 0), 'C' || c, 400, 300
  FROM generate_series(1, 4) AS c;

-- The one grid connection stands for the main incomer.
INSERT INTO manage.microgrid_node (microgrid_node_id, site_id, microgrid_id,
                                   type, name, circuit_id)
VALUES (wa_pta.id(3, 0, 0, 1), wa_pta.id(1, 0, 0, 1), wa_pta.id(2, 0, 0, 1),
        'GRID_CONNECTION', 'GC1', wa_pta.id(4, 0, 0, 0));

INSERT INTO manage.charge_point (charge_point_id, site_id, circuit_id, name,
                                 max_power_kw, fallback_power_kw)
SELECT wa_pta.id(5, c, p, 0), wa_pta.id(1, 0, 0, 1), wa_pta.id(4, c, 0, 0),
       format('C%s-%s', c, p), 150, 30
  FROM generate_series(1, 4) AS c, generate_series(1, 4) AS p;

INSERT INTO manage.connector (connector_id, site_id, charge_point_id, number,
                              name, max_power_kw)
SELECT wa_pta.id(6, c, p, k), wa_pta.id(1, 0, 0, 1), wa_pta.id(5, c, p, 0), k,
       format('C%s-%s.%s', c, p, k), 120
  FROM generate_series(1, 4) AS c, generate_series(1, 4) AS p,
       generate_series(1, 2) AS k;

-- Every plug has its bus: bus 121 at C1-2.1.
INSERT INTO manage.vehicle (vehicle_id, name, battery_kwh)
SELECT wa_pta.id(7, c, p, k), format('Bus %s%s%s', c, p, k), 400
  FROM generate_series(1, 4) AS c, generate_series(1, 4) AS p,
       generate_series(1, 2) AS k;

-- Known since the day before: the network operator's envelope for ten minutes.
INSERT INTO manage.operating_envelope (operating_envelope_id, site_id, name,
                                       import_limit_kw, valid_from, valid_to)
VALUES (wa_pta.id(9, 0, 0, 1), wa_pta.id(1, 0, 0, 1), 'Network operator', 600,
        '2025-03-03 06:40:00+00', '2025-03-03 06:50:00+00');

-- From this time on exactly these plugs are in use, each asking for so many kW:
-- CALL wa_pta.plugged_in('2025-03-03 06:00+00', 'C1-1.1 100  C1-2.1 62.5').
CREATE PROCEDURE wa_pta.plugged_in(at timestamptz, plugs text)
LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMPORARY TABLE asking AS
    SELECT c.site_id, c.connector_id, v.vehicle_id, m[2]::numeric AS kw
      FROM regexp_matches(plugs, '(C\S+)\s+(\S+)', 'g') AS m
      JOIN manage.connector AS c ON c.name = m[1]
      JOIN manage.vehicle AS v ON v.name = 'Bus ' || translate(m[1], 'C-.', '');

    UPDATE manage.charging_session AS s
       SET ended_at = at
     WHERE ended_at IS NULL AND site_id = wa_pta.id(1, 0, 0, 1)
       AND NOT EXISTS (SELECT FROM asking AS a WHERE a.connector_id = s.connector_id);

    UPDATE manage.charging_session AS s
       SET requested_power_kw = a.kw
      FROM asking AS a
     WHERE a.connector_id = s.connector_id AND s.ended_at IS NULL;

    INSERT INTO manage.charging_session (site_id, connector_id, vehicle_id,
                                         plugged_in_at, requested_power_kw)
    SELECT a.site_id, a.connector_id, a.vehicle_id, at, a.kw
      FROM asking AS a
     WHERE NOT EXISTS (SELECT FROM manage.charging_session AS s
                        WHERE s.connector_id = a.connector_id AND s.ended_at IS NULL);

    DROP TABLE asking;
END
$$;
