-- The garage as a small product would keep it: text keys, watts, and charging
-- segments with the energy that they still need.

CREATE TABLE garage.site (
    site_id text PRIMARY KEY,
    name text NOT NULL,
    microgrid_id text NOT NULL,
    control_mode text NOT NULL
);

CREATE TABLE garage.panel (
    panel_id text PRIMARY KEY,
    site_id text NOT NULL REFERENCES garage.site,
    parent_id text REFERENCES garage.panel,
    capacity_w integer NOT NULL
);

CREATE TABLE garage.station (
    station_id text PRIMARY KEY,
    site_id text NOT NULL REFERENCES garage.site,
    panel_id text NOT NULL REFERENCES garage.panel,
    max_power_w integer NOT NULL
);

-- Periods are of five minutes and counted from the start of the recording.
-- Energy is counted in watt-periods: one watt over one period.  A watt-hour is
-- twelve of them, so whatever is delivered is a whole number.
CREATE TABLE garage.segment (
    station_id text REFERENCES garage.station,
    site_id text NOT NULL REFERENCES garage.site,
    plug_in_period integer NOT NULL,
    last_seen_period integer NOT NULL CHECK (last_seen_period >= plug_in_period),
    needed bigint NOT NULL CHECK (needed > 0),
    delivered bigint NOT NULL DEFAULT 0 CHECK (delivered BETWEEN 0 AND needed),
    PRIMARY KEY (station_id, plug_in_period)
);

CREATE INDEX ON garage.panel (site_id);
CREATE INDEX ON garage.station (site_id);
CREATE INDEX ON garage.segment (site_id, plug_in_period);

-- The recording's own clock, written as UTC.
CREATE FUNCTION garage.period_start(period integer) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT timestamptz '2018-09-05 00:00:00+00' + period * interval '5 minutes'
$$;

-- The period that a cycle is for; outside of a cycle NULL.
CREATE FUNCTION garage.cycle_period() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (extract(epoch FROM
                    nullif(pg_catalog.current_setting('powernode.at', true), '')::timestamptz
                    - garage.period_start(0)) / 300)::integer
$$;

-- The recorded files.

CREATE TEMPORARY TABLE box (
    kind text, id text, parent_id text, limit_w integer, min_w integer
);
CREATE TEMPORARY TABLE recorded (
    station text, plug_in_period integer, last_seen_period integer, energy_wh bigint
);

\copy box FROM 'data/caltech_garage.csv' (FORMAT csv, HEADER)
\copy recorded FROM 'data/caltech_2018-09-05.csv' (FORMAT csv, HEADER)

INSERT INTO garage.site
SELECT id, 'Caltech garage', id, 'CHARGER' FROM box WHERE kind = 'MICROGRID';

INSERT INTO garage.panel
SELECT b.id, s.site_id, CASE b.kind WHEN 'CIRCUIT' THEN b.parent_id END, b.limit_w
  FROM box AS b, garage.site AS s
 WHERE b.kind IN ('GRID_CONNECTION', 'CIRCUIT');

INSERT INTO garage.station
SELECT b.id, s.site_id, b.parent_id, b.limit_w
  FROM box AS b, garage.site AS s
 WHERE b.kind = 'CHARGE_POINT';

INSERT INTO garage.segment
SELECT r.station, s.site_id, r.plug_in_period, r.last_seen_period, r.energy_wh * 12
  FROM recorded AS r, garage.site AS s;

-- What powernode sees.

CREATE VIEW garage.powernode_site WITH (security_invoker) AS
SELECT site_id, microgrid_id, name, control_mode FROM garage.site;

-- The transformer is the one top-level panel, and the grid connection is it.
CREATE VIEW garage.powernode_grid_connection WITH (security_invoker) AS
SELECT site_id, panel_id AS grid_connection_id, panel_id AS circuit_id,
       panel_id AS name
  FROM garage.panel
 WHERE parent_id IS NULL;

CREATE VIEW garage.powernode_circuit WITH (security_invoker) AS
SELECT site_id, panel_id AS circuit_id, parent_id AS parent_circuit_id,
       capacity_w AS default_capacity_w, NULL::integer AS safe_capacity_w,
       panel_id AS name
  FROM garage.panel;

CREATE VIEW garage.powernode_charge_point WITH (security_invoker) AS
SELECT site_id, station_id AS charge_point_id, panel_id AS circuit_id,
       max_power_w, station_id AS name
  FROM garage.station;

-- One plug per station.  It asks for all that the station can give from the
-- period of plugging in until the energy is there, at the latest through the
-- last period in which the car was seen.
CREATE VIEW garage.powernode_connector WITH (security_invoker) AS
SELECT t.site_id, t.station_id AS connector_id, t.station_id AS charge_point_id,
       t.max_power_w,
       CASE WHEN g.station_id IS NULL THEN 0 ELSE t.max_power_w END AS demand_w
  FROM garage.station AS t
  LEFT JOIN garage.segment AS g
         ON g.site_id = t.site_id
        AND g.station_id = t.station_id
        AND garage.cycle_period() BETWEEN g.plug_in_period AND g.last_seen_period
        AND g.delivered < g.needed;

SELECT powernode.set_source('site', 'garage.powernode_site');
SELECT powernode.set_source('grid_connection', 'garage.powernode_grid_connection');
SELECT powernode.set_source('circuit', 'garage.powernode_circuit');
SELECT powernode.set_source('charge_point', 'garage.powernode_charge_point');
SELECT powernode.set_source('connector', 'garage.powernode_connector');
