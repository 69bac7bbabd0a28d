-- Vehicles between one cycle and the next, a minute later: most want what they
-- wanted, some a few kW less or more, all in whole kW.

CREATE TABLE bench.wish (
  site_id uuid NOT NULL, connector_id uuid NOT NULL, kw integer NOT NULL,
  PRIMARY KEY (site_id, connector_id));

-- A number below n that looks random and is the same in every run.
CREATE FUNCTION bench.draw(what text, tick integer, n integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT (hashtextextended(what, tick) & 2147483647)::integer % n
$$;

-- The vehicles that are plugged in now are to drift: each wants from now on up to
-- 10 kW less than it did, so that load and constraints stay what they are.
CREATE PROCEDURE bench.settle(site uuid) LANGUAGE sql AS $$
  DELETE FROM bench.wish WHERE site_id = site;
  INSERT INTO bench.wish
  SELECT site_id, connector_id, requested_power_kw FROM manage.charging_session
   WHERE site_id = site AND ended_at IS NULL;
  UPDATE manage.charging_session s
     SET requested_power_kw = s.requested_power_kw - bench.draw(s.connector_id::text, 0, 11)
   WHERE s.site_id = site AND s.ended_at IS NULL;
$$;

-- A minute later one in ten of them wants something else.
CREATE PROCEDURE bench.drift(site uuid, tick integer) LANGUAGE sql AS $$
  UPDATE manage.charging_session s
     SET requested_power_kw = w.kw - bench.draw('by ' || s.connector_id, tick, 11)
    FROM bench.wish w
   WHERE s.site_id = site AND s.ended_at IS NULL
     AND w.site_id = site AND w.connector_id = s.connector_id
     AND bench.draw('who ' || s.connector_id, tick, 10) = 0
$$;
