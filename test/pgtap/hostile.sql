-- Code below the sources, and callers of the views' own functions, that mean
-- no good: neither may change what powernode runs, reads or leaves behind.

BEGIN;
\ir scene.psql
SELECT plan(42);

CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
CREATE TABLE evil.log (running text, at text);

-- Would run as whoever runs a statement that is parsed with evil first.
CREATE FUNCTION evil.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO evil.log VALUES (current_user, 'operator');
  RETURN pg_catalog.texteq($1, $2);
END $$;
CREATE OPERATOR evil.= (FUNCTION = evil.eq, LEFTARG = text, RIGHTARG = text);

CREATE FUNCTION evil.trap() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'evil, pg_catalog', false);
  PERFORM pg_catalog.set_config('powernode.at', '1999-01-01', false);
  RETURN true;
END $$;

-- Read before the charge points, and before the connectors.
CREATE VIEW depot.trapped_circuit WITH (security_invoker) AS
  SELECT * FROM depot.circuit WHERE evil.trap();
CREATE VIEW depot.timed_connector WITH (security_invoker) AS
  SELECT c.site_id, c.connector_id, c.charge_point_id, c.max_power_w, c.demand_w,
         pg_catalog.current_setting('powernode.at') AS name,
         pg_catalog.current_setting('search_path') AS vehicle_name
  FROM depot.connector c;
SELECT powernode.set_source('circuit', 'depot.trapped_circuit');
SELECT powernode.set_source('connector', 'depot.timed_connector');

SET search_path = public, pg_temp;
SELECT is(outcome, 'APPLIED', 'a source that changes settings is read')
FROM powernode.rebalance('s1', '2026-03-02 08:00+00');
SELECT is((SELECT count(*) FROM evil.log), 0::bigint, 'no statement of the cycle was parsed under the changed search_path');
SELECT is(current_setting('search_path'), 'public, pg_temp', 'the caller''s search_path is as it was');
SELECT is(current_setting('powernode.at'), '', 'and no cycle''s time is left behind');
SELECT is(count(*), 4::bigint, 'the sources read after it are told the cycle''s time')
FROM powernode.node_status
WHERE is_leaf AND name::timestamptz = '2026-03-02 08:00+00';
SELECT is(count(*), 4::bigint, 'and are read with the pinned search_path')
FROM powernode.node_status
WHERE is_leaf AND vehicle_name = 'pg_catalog, pg_temp';
SELECT is((SELECT count(*) FROM powernode.microgrid_status), 1::bigint, 'views work on');
SELECT is(current_setting('search_path'), 'public, pg_temp', 'and leave search_path alone too');

-- Set twice, a string may stand where the server had the first, and is noticed.
CREATE FUNCTION evil.trap_twice() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'evil, pg_catalogue', false);
  PERFORM pg_catalog.set_config('search_path', 'evil, pg_catalog', false);
  PERFORM pg_catalog.set_config('powernode.at', '1999-01-01T12:00:00+00:00', false);
  PERFORM pg_catalog.set_config('powernode.at', '2001-01-01T12:00:00+00:00', false);
  RETURN true;
END $$;
CREATE OR REPLACE VIEW depot.trapped_circuit WITH (security_invoker) AS
  SELECT * FROM depot.circuit WHERE evil.trap_twice();
SELECT is(count(*), 4::bigint, 'what is set twice is not that of the sources after it: the time')
FROM powernode.preview('s1', '2026-03-02 08:00+00')
WHERE is_leaf AND name = '2026-03-02T08:00:00+00:00';
SELECT is(count(*), 4::bigint, 'and search_path')
FROM powernode.preview('s1', '2026-03-02 08:00+00')
WHERE is_leaf AND vehicle_name = 'pg_catalog, pg_temp';

-- Binding its own source anew must not free the plan that it is run by.
CREATE FUNCTION evil.rebind() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF pg_catalog.current_setting('evil.rebound', true) = 'yes' THEN
    RETURN true;
  END IF;
  PERFORM pg_catalog.set_config('evil.rebound', 'yes', false);
  FOR i IN 1..3 LOOP
    PERFORM powernode.set_source('circuit', 'depot.circuit');
    PERFORM FROM powernode.preview('s1');
    PERFORM powernode.set_source('circuit', 'depot.trapped_circuit');
    PERFORM FROM powernode.preview('s1');
  END LOOP;
  RETURN true;
END $$;
CREATE OR REPLACE VIEW depot.trapped_circuit WITH (security_invoker) AS
  SELECT * FROM depot.circuit WHERE evil.rebind();
SELECT is(count(*), 4::bigint, 'a source that binds itself anew while it is read')
FROM powernode.preview('s1') WHERE is_leaf;

-- Nor the plan that is being made, for which what says that it is immutable is called.
CREATE FUNCTION evil.rebind_early() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
  RETURN evil.rebind();
END $$;
CREATE OR REPLACE VIEW depot.trapped_circuit WITH (security_invoker) AS
  SELECT * FROM depot.circuit WHERE evil.rebind_early();
SELECT isnt(outcome, 'REJECTED', 'a source that binds itself anew while its plan is made')
FROM powernode.rebalance('s1');

-- The same of a role that it takes on.
CREATE ROLE powernode_other;
GRANT USAGE ON SCHEMA depot, evil TO powernode_other;
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO powernode_other;
CREATE FUNCTION evil.change_role() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.set_config('role', 'powernode_other', false);
  RETURN true;
END $$;
CREATE OR REPLACE VIEW depot.trapped_circuit WITH (security_invoker) AS
  SELECT * FROM depot.circuit WHERE evil.change_role();
CREATE OR REPLACE VIEW depot.timed_connector WITH (security_invoker) AS
  SELECT c.site_id, c.connector_id, c.charge_point_id, c.max_power_w, c.demand_w,
         current_user::text COLLATE "default" AS name, ''::text COLLATE "default" AS vehicle_name
  FROM depot.connector c;
SELECT is((SELECT count(*) FROM powernode.preview('s1') WHERE is_leaf AND name = session_user), 4::bigint,
          'a role that a source takes on is not that of the sources after it');
SELECT is(current_user, session_user, 'nor the caller''s');
CREATE OR REPLACE VIEW depot.trapped_circuit WITH (security_invoker) AS
  SELECT * FROM depot.circuit WHERE evil.trap();

-- Each setting alone, of those that are not to last until the next source: none is
-- put right only because another was touched too.
CREATE FUNCTION evil.set_one() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.set_config(pg_catalog.current_setting('evil.name'), pg_catalog.current_setting('evil.value'), false);
  RETURN true;
END $$;
CREATE OR REPLACE VIEW depot.trapped_circuit WITH (security_invoker) AS
  SELECT * FROM depot.circuit WHERE evil.set_one();
CREATE OR REPLACE VIEW depot.timed_connector WITH (security_invoker) AS
  SELECT c.site_id, c.connector_id, c.charge_point_id, c.max_power_w, c.demand_w,
         pg_catalog.current_setting(pg_catalog.current_setting('evil.name')) COLLATE "default" AS name,
         ''::text COLLATE "default" AS vehicle_name
  FROM depot.connector c;
CREATE FUNCTION evil.told(setting text, value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.set_config('evil.name', setting, true), pg_catalog.set_config('evil.value', value, true);
  RETURN (SELECT pg_catalog.string_agg(DISTINCT name, ' ') FROM powernode.preview('s1', '2026-03-02 08:00+00') WHERE is_leaf);
END $$;
SELECT is(evil.told(setting, value), meant, format('a source that sets only %s to %s', setting, value))
FROM (VALUES ('search_path', 'evil, pg_catalog', 'pg_catalog, pg_temp'), ('powernode.at', '1999-01-01', '2026-03-02T08:00:00+00:00'),
  ('TimeZone', 'Asia/Tokyo', current_setting('TimeZone')), ('DateStyle', 'SQL, MDY', current_setting('DateStyle')),
  ('DateStyle', 'ISO, YMD', current_setting('DateStyle')), ('IntervalStyle', 'iso_8601', current_setting('IntervalStyle')),
  ('extra_float_digits', '-5', current_setting('extra_float_digits')), ('bytea_output', 'escape', current_setting('bytea_output')),
  ('row_security', 'off', current_setting('row_security'))) v (setting, value, meant);
SELECT is(evil.told('work_mem', '1MB'), '1MB', 'any other lasts until the end of the reading');
CREATE OR REPLACE VIEW depot.trapped_circuit WITH (security_invoker) AS
  SELECT * FROM depot.circuit WHERE evil.trap();

-- Sources that could not be read, or only by reading themselves.
SELECT throws_ok($$SELECT powernode.set_source('site', 'powernode.live_site')$$, '42809', NULL, 'no source of powernode''s own');
CREATE TEMP TABLE site_of_mine (LIKE depot.site);
SELECT throws_ok($$SELECT powernode.set_source('site', 'site_of_mine'::regclass)$$, '42809', NULL, 'no temporary source');

-- A cycle within a cycle would record under a number that is taken.
CREATE FUNCTION evil.nested() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(pg_catalog.current_setting('evil.nested', true), '') = '' THEN
    PERFORM pg_catalog.set_config('evil.nested', 'yes', true);
    PERFORM powernode.rebalance('s1');
  END IF;
  RETURN true;
END $$;
CREATE VIEW depot.nested_connector WITH (security_invoker) AS SELECT * FROM depot.connector WHERE evil.nested();
SELECT powernode.set_source('circuit', 'depot.circuit');
SELECT powernode.set_source('connector', 'depot.nested_connector');
SELECT throws_ok($$SELECT powernode.rebalance('s1')$$, '55006', NULL, 'a source cannot balance the site that it is read for');

-- One that asks for itself is an error that ends, and the session goes on.
CREATE FUNCTION evil.endless() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM powernode.preview('s1');
  RETURN true;
END $$;
CREATE VIEW depot.endless_connector WITH (security_invoker) AS SELECT * FROM depot.connector WHERE evil.endless();
SELECT powernode.set_source('connector', 'depot.endless_connector');
SELECT throws_ok($$SELECT powernode.rebalance('s1')$$, '54001', NULL, 'a source that reads itself without end');
SELECT powernode.set_source('connector', 'depot.connector');
SELECT is(outcome, 'APPLIED', 'and the session works on') FROM powernode.rebalance('s1');

-- The views call node_rows as their caller, so anybody may, with anything.
CREATE FUNCTION evil.rows(parents integer[], bottlenecks integer[], names text[], offline integer[])
RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM powernode.node_rows('CONNECTOR', parents, '{0,1}', '{a,b}', names,
    '{1,1}', '{1,1}', NULL, NULL, '{1,1}', NULL, NULL, bottlenecks, offline, NULL)
$$;
SELECT is(evil.rows('{NULL,1}', '{NULL,1}', '{a,b}', '{2}'), 2::bigint, 'node_rows unfolds a sound cycle');
SELECT throws_ok($$SELECT evil.rows('{NULL,-500000000}', NULL, '{a,b}', NULL)$$, '22023', NULL, 'not a parent below 1');
SELECT throws_ok($$SELECT evil.rows('{NULL,1}', '{NULL,500000000}', '{a,b}', NULL)$$, '22023', NULL, 'not a bottleneck past the end');
SELECT throws_ok($$SELECT evil.rows('{NULL,1}', NULL, '{a,NULL}', NULL)$$, '22023', NULL, 'not a node without a name');
SELECT throws_ok($$SELECT evil.rows('{NULL,1}', NULL, '{a,b}', '{-2147483648}')$$, '22023', NULL, 'not an offline leaf that is none');
CREATE FUNCTION evil.watts(rating integer, demand integer, asked integer, allocated integer)
RETURNS SETOF record LANGUAGE sql AS $$
  SELECT r FROM powernode.constraint_rows('CONNECTOR', '{NULL,1}', '{0,4}', '{a,b}', '{a,b}',
    ARRAY[rating, 1], '{1,1}', NULL, NULL, ARRAY[NULL, demand], ARRAY[asked, NULL], ARRAY[NULL, allocated],
    '{NULL,1}', NULL, NULL, NULL) r
$$;
SELECT lives_ok('SELECT evil.watts(1, 2, 2, 1)', 'constraint_rows unfolds a sound cycle');
SELECT throws_ok(format('SELECT evil.watts(%s)', watts), '22023', NULL, 'not ' || what)
FROM (VALUES ('-1, 2, 2, 1', 'a limit below 0'), ('1, -2, 2, 1', 'a demand below 0'), ('1, 2, -2, 1', 'an asking below 0'),
             ('1, 2147483647, 2, -1', 'a difference that overflows')) v (watts, what);
CREATE FUNCTION evil.setpoints(offline integer[]) RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM powernode.setpoint_rows('CONNECTOR', '{NULL,1}', '{0,4}', '{a,b}', '{a,b}',
    '{1,1}', '{1,1}', NULL, NULL, '{NULL,1}', NULL, NULL, NULL, offline, NULL)
$$;
SELECT is(evil.setpoints(NULL), 1::bigint, 'setpoint_rows unfolds a sound cycle');
SELECT is(evil.setpoints('{2}'), 0::bigint, 'but for what is offline');
SELECT throws_ok($$SELECT evil.setpoints('{3}')$$, '22023', NULL, 'not an offline leaf past the end');

SELECT * FROM finish();
ROLLBACK;
