-- Sites like WA PTA on the tables of example/manage, as many and as large as a
-- benchmark wants.  Every plug has its vehicle; who charges and for how much is a
-- step of scenario/wa_pta repeated every four circuits, at first step 03: each
-- circuit is over-asked, and the grid connection, at three quarters of theirs,
-- binds.
--
-- Expects powernode to be installed.

\ir ../../example/manage/schema.sql
\ir ../../example/manage/adapter.sql
\ir ../../example/manage/bind.sql

CREATE SCHEMA IF NOT EXISTS bench;

-- Ids as a product has them, in no order, but the same in every run.
CREATE FUNCTION bench.id(what text, site integer, circuit integer DEFAULT 0,
                         charger integer DEFAULT 0, plug integer DEFAULT 0)
RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT md5(concat_ws(' ', what, site, circuit, charger, plug))::uuid
$$;

-- Who charges in steps 01 to 03 of scenario/wa_pta, and for how many whole kW: 1
-- nothing over-asked, 2 circuit C2, 3 all circuits and the grid connection.
CREATE TABLE bench.asking (step, circuit, charger, plug, kw) AS
SELECT p.step, m[1]::integer, m[2]::integer, m[3]::integer, m[4]::integer
  FROM (VALUES
         (1, 'C1-1.1 100  C1-2.1 62  C2-1.1 100  C3-2.1 100  C4-1.1 100'),
         (2, 'C1-1.1 100  C1-2.1 62
              C2-1.1 120  C2-2.1 120  C2-3.1 120  C2-4.1 120  C3-2.1 100  C4-1.1 100'),
         (3, 'C1-1.1 70   C1-1.2 70   C1-2.1 120  C1-3.1 120  C1-4.1 120
              C2-1.1 120  C2-2.1 120  C2-3.1 120  C2-4.1 120
              C3-1.1 120  C3-2.1 120  C3-3.1 120  C3-4.1 120
              C4-1.1 120  C4-2.1 120  C4-3.1 120  C4-4.1 50')) AS p (step, plugs),
       regexp_matches(p.plugs, 'C(\d)-(\d)\.(\d)\s+(\d+)', 'g') AS m;

-- From now on sites have the load of that step, repeated every four circuits.
CREATE PROCEDURE bench.plug_in(first integer, last integer, circuits integer, step integer,
                               scale numeric DEFAULT 1)
LANGUAGE sql AS $$
  DELETE FROM manage.charging_session
   WHERE site_id IN (SELECT bench.id('site', s) FROM generate_series(first, last) s);
  INSERT INTO manage.charging_session (charging_session_id, site_id, connector_id, vehicle_id,
                                       plugged_in_at, requested_power_kw)
  SELECT bench.id('session', s, c, a.charger, a.plug), bench.id('site', s),
         bench.id('plug', s, c, a.charger, a.plug), bench.id('vehicle', s, c, a.charger, a.plug),
         '2025-03-03 06:20+00', scale * a.kw
    FROM generate_series(first, last) s, generate_series(1, circuits) c
    JOIN bench.asking a ON a.circuit = 1 + (c - 1) % 4
   WHERE a.step = plug_in.step
   ORDER BY s, c
$$;

-- Sites first to last, each of some circuits with 4 chargers of 2 plugs.  scale:
-- of all power, since from 7,000 such circuits a site would be beyond an integer.
CREATE PROCEDURE bench.add_sites(first integer, last integer, circuits integer,
                                 scale numeric DEFAULT 1)
LANGUAGE sql AS $$
  INSERT INTO manage.site (site_id, name)
  SELECT bench.id('site', s), 'Depot ' || s FROM generate_series(first, last) s;

  INSERT INTO manage.microgrid (microgrid_id, site_id)
  SELECT bench.id('microgrid', s), bench.id('site', s) FROM generate_series(first, last) s;

  INSERT INTO manage.circuit (circuit_id, site_id, name, default_operating_capacity_kw,
                              safe_operating_capacity_kw)
  SELECT bench.id('circuit', s), bench.id('site', s), 'Main',
         scale * circuits * 300, scale * circuits * 225
    FROM generate_series(first, last) s;

  INSERT INTO manage.circuit (circuit_id, site_id, parent_circuit_id, name,
                              default_operating_capacity_kw, safe_operating_capacity_kw)
  SELECT bench.id('circuit', s, c), bench.id('site', s), bench.id('circuit', s), 'C' || c,
         scale * 400, scale * 300
    FROM generate_series(first, last) s, generate_series(1, circuits) c
   ORDER BY s;

  INSERT INTO manage.microgrid_node (microgrid_node_id, site_id, microgrid_id, type, name, circuit_id)
  SELECT bench.id('grid', s), bench.id('site', s), bench.id('microgrid', s), 'GRID_CONNECTION',
         'GC1', bench.id('circuit', s)
    FROM generate_series(first, last) s;

  INSERT INTO manage.charge_point (charge_point_id, site_id, circuit_id, name, max_power_kw,
                                   fallback_power_kw)
  SELECT bench.id('charger', s, c, p), bench.id('site', s), bench.id('circuit', s, c),
         format('C%s-%s', c, p), scale * 150, scale * 30
    FROM generate_series(first, last) s, generate_series(1, circuits) c, generate_series(1, 4) p
   ORDER BY s;

  INSERT INTO manage.connector (connector_id, site_id, charge_point_id, number, name, max_power_kw)
  SELECT bench.id('plug', s, c, p, k), bench.id('site', s), bench.id('charger', s, c, p), k,
         format('C%s-%s.%s', c, p, k), scale * 120
    FROM generate_series(first, last) s, generate_series(1, circuits) c, generate_series(1, 4) p,
         generate_series(1, 2) k
   ORDER BY s;

  INSERT INTO manage.vehicle (vehicle_id, name, battery_kwh)
  SELECT bench.id('vehicle', s, c, p, k), format('Bus %s-%s%s%s', s, c, p, k), 400
    FROM generate_series(first, last) s, generate_series(1, circuits) c, generate_series(1, 4) p,
         generate_series(1, 2) k
   ORDER BY s;

  CALL bench.plug_in(first, last, circuits, 3, scale);
$$;
