-- Thirty-nine more depots, so that a page of sites has something to show.  None
-- of their circuits, chargers and plugs has a name that a step of WA PTA uses.
--
-- Most ask for more or less from step to step.  Some have a story: see below.

CREATE TABLE wa_pta.neighbour (
    number integer PRIMARY KEY,
    site_id uuid NOT NULL,
    name text NOT NULL,
    flat boolean NOT NULL,
    story text
);

INSERT INTO wa_pta.neighbour
SELECT n, wa_pta.id(1, 0, n::integer, 0), name || ' depot', n % 13 = 0,
       CASE n WHEN 4 THEN 'never balanced'
              WHEN 9 THEN 'broken'
              WHEN 17 THEN 'forgotten'
              WHEN 21 THEN 'safe mode'
              WHEN 30 THEN 'charger lost'
              WHEN 33 THEN 'other load'
              WHEN 35 THEN 'broken from the start'
       END
  FROM unnest(string_to_array(
       'Albany,Armadale,Ascot,Balcatta,Bayswater,Beckenham,Bibra Lake,Broome,Bunbury,'
       'Busselton,Canning Vale,Cannington,Carnarvon,Claremont,Dalwallinu,Esperance,'
       'Fremantle,Geraldton,Joondalup,Kalamunda,Kalgoorlie,Karratha,Kewdale,Kwinana,'
       'Malaga,Mandurah,Midland,Mirrabooka,Morley,Nedlands,Northam,Perth Airport,'
       'Port Hedland,Rockingham,Shenton Park,Southern River,Subiaco,Wangara,Welshpool',
       ',')) WITH ORDINALITY AS d(name, n);

INSERT INTO manage.site (site_id, name, control_mode, charging_policy, safe_mode)
SELECT site_id, name, CASE number % 3 WHEN 0 THEN 'CHARGER' ELSE 'CONNECTOR' END,
       (ARRAY['EQUAL_SHARE', 'EQUAL_SHARE', 'PROPORTIONAL', 'PRIORITY'])[1 + number % 4],
       story IS NOT DISTINCT FROM 'safe mode'
  FROM wa_pta.neighbour;

INSERT INTO manage.microgrid (microgrid_id, site_id)
SELECT wa_pta.id(2, 0, number, 0), site_id FROM wa_pta.neighbour WHERE NOT flat;

INSERT INTO manage.circuit (circuit_id, site_id, name, other_load_kw,
                            default_operating_capacity_kw, safe_operating_capacity_kw)
SELECT wa_pta.id(4, number * 10, 0, 0), site_id, 'Incomer',
       CASE story WHEN 'other load' THEN 180 END, 250 + number % 5 * 40, 150
  FROM wa_pta.neighbour;

INSERT INTO manage.circuit (circuit_id, site_id, parent_circuit_id, name,
                            default_operating_capacity_kw, safe_operating_capacity_kw)
SELECT wa_pta.id(4, number * 10 + r, 0, 0), site_id, wa_pta.id(4, number * 10, 0, 0),
       'Row ' || chr(64 + r), 160, 100
  FROM wa_pta.neighbour, generate_series(1, 2 + number % 3) AS r;

INSERT INTO manage.microgrid_node (microgrid_node_id, site_id, microgrid_id,
                                   type, name, circuit_id)
SELECT wa_pta.id(3, 0, number, 0), site_id, wa_pta.id(2, 0, number, 0),
       'GRID_CONNECTION', 'Grid', wa_pta.id(4, number * 10, 0, 0)
  FROM wa_pta.neighbour WHERE NOT flat;

INSERT INTO manage.charge_point (charge_point_id, site_id, circuit_id, name,
                                 max_power_kw, fallback_power_kw, disconnected_at)
SELECT wa_pta.id(5, number * 10 + r, p, 0), site_id,
       CASE WHEN story = 'broken from the start' AND (r, p) = (1, 2) THEN NULL
            ELSE wa_pta.id(4, number * 10 + r, 0, 0) END,
       'Row ' || chr(64 + r) || ' ' || p, 75, 10,
       CASE WHEN story = 'charger lost' AND (r, p) = (1, 1) THEN now() END
  FROM wa_pta.neighbour, generate_series(1, 2 + number % 3) AS r,
       generate_series(1, 4) AS p;

INSERT INTO manage.connector (connector_id, site_id, charge_point_id, number, name, max_power_kw)
SELECT wa_pta.id(6, number * 10 + r, p, 1), site_id, wa_pta.id(5, number * 10 + r, p, 0), 1,
       'Row ' || chr(64 + r) || ' ' || p || ' plug', 75
  FROM wa_pta.neighbour, generate_series(1, 2 + number % 3) AS r,
       generate_series(1, 4) AS p;

INSERT INTO manage.vehicle (vehicle_id, name, battery_kwh)
SELECT wa_pta.id(7, number * 10 + r, p, 1),
       format('%s %s%s', regexp_replace(name, ' depot$', ''), r, p), 300
  FROM wa_pta.neighbour, generate_series(1, 2 + number % 3) AS r,
       generate_series(1, 4) AS p;

INSERT INTO manage.charging_session (site_id, connector_id, vehicle_id, priority,
                                     plugged_in_at, requested_power_kw)
SELECT site_id, wa_pta.id(6, number * 10 + r, p, 1), wa_pta.id(7, number * 10 + r, p, 1),
       p % 2, now() - interval '20 minutes' * p, 5
  FROM wa_pta.neighbour, generate_series(1, 2 + number % 3) AS r,
       generate_series(1, 4) AS p
 WHERE (number + r + p) % 5 > 0;

-- A charger's wish goes up and down within minutes, each in its own time.
CREATE PROCEDURE wa_pta.neighbours_ask() LANGUAGE sql AS $$
    UPDATE manage.charging_session AS s
       SET requested_power_kw = round((n.number % 4 * 12 + 20
               + 20 * sin(extract(epoch FROM now()) / 90
                          + hashtext(s.connector_id::text) % 7))::numeric, 1)
      FROM wa_pta.neighbour AS n
     WHERE n.site_id = s.site_id
$$;
