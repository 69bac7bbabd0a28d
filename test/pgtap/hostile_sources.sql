-- Views below the sources whose code tries everything a database lets it try: it runs
-- as the caller, never as the owner of powernode's tables, and leaves nothing behind
-- that another source, or powernode itself, would run under.
BEGIN;
\ir scene.psql
SELECT no_plan();

-- The extension's owner is a superuser, the caller is not, and is logged in as himself.
CREATE ROLE powernode_tap_caller;
GRANT USAGE ON SCHEMA powernode, depot TO powernode_tap_caller;
GRANT SELECT ON powernode.microgrid_status, powernode.node_status, powernode.microgrid_hierarchy, powernode.cycle_proof,
  powernode.fault_proof, powernode.site_proof, powernode.cycle_history, powernode.node_history, powernode.constraint_history
  TO powernode_tap_caller;
GRANT EXECUTE ON FUNCTION powernode.rebalance(text, timestamptz, text, text) TO powernode_tap_caller;
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO powernode_tap_caller;
SELECT current_user AS owner \gset

INSERT INTO depot.operating_envelope (site_id, circuit_id, import_limit_w) VALUES ('s1', 'a', 35000);
CREATE SCHEMA evil;
GRANT ALL ON SCHEMA evil TO PUBLIC;
CREATE TABLE evil.log (source text, attempt text, running text, error text);
GRANT INSERT, SELECT ON evil.log TO PUBLIC;
CREATE TABLE evil.attempt (number serial, statement text, expected text);
GRANT SELECT ON evil.attempt TO PUBLIC;
INSERT INTO evil.attempt (statement, expected)
SELECT format(s, t), '42501'
FROM unnest(ARRAY['source_binding', 'site_state', 'topology', 'cycle', 'cycle_fault']) t,
  unnest(ARRAY['SELECT FROM powernode.%I', 'INSERT INTO powernode.%I DEFAULT VALUES', 'DELETE FROM powernode.%I', 'TRUNCATE powernode.%I',
    'LOCK powernode.%I', 'ALTER TABLE powernode.%I OWNER TO CURRENT_USER', 'GRANT ALL ON powernode.%I TO PUBLIC',
    'CREATE TRIGGER t BEFORE INSERT OR UPDATE ON powernode.%I FOR EACH ROW EXECUTE FUNCTION evil.on_write()']) s;
INSERT INTO evil.attempt (statement, expected) VALUES
  ('UPDATE powernode.cycle SET outcome = ''APPLIED''', '42501'),
  ('UPDATE powernode.site_state SET cycle_no = 0', '42501'),
  ('SELECT set_config(''role'', ''' || :'owner' || ''', false)', '42501'),
  ('SET LOCAL session_replication_role = replica', '42501'),
  ('SET powernode.setpoint_ttl = ''1 d''', '42501'),
  ('SELECT powernode.set_source(''site'', ''depot.site'')', '42501'),
  ('SELECT powernode.prune(interval ''0'')', '42501'),
  ('CREATE FUNCTION powernode.f() RETURNS integer LANGUAGE sql RETURN 1', '42501'),
  ('CREATE FUNCTION pg_catalog.f() RETURNS integer LANGUAGE sql RETURN 1', '42501'),
  ('CREATE CAST (integer AS text) WITH INOUT', '42501'),
  ('CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION evil.on_ddl()', '42501'),
  ('ALTER DEFAULT PRIVILEGES FOR ROLE ' || quote_ident(:'owner') || ' GRANT ALL ON TABLES TO PUBLIC', '42501'),
  ('ALTER EXTENSION powernode ADD TABLE evil.log', '42501'),
  ('DROP EXTENSION powernode', '42501'),
  ('COPY evil.log TO PROGRAM ''true''', '42501'),
  ('SELECT pg_read_file(''PG_VERSION'')', '42501'),
  -- What anybody may do: it must not matter.
  ('CREATE TEMP TABLE IF NOT EXISTS site_state (site_id text, cycle_no integer)', NULL),
  ('CREATE TEMP TABLE IF NOT EXISTS source_binding (name text)', NULL),
  ('CREATE OR REPLACE TEMP VIEW cycle AS SELECT evil.note(''temporary cycle'') AS x', NULL),
  ('ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC', NULL),
  ('DEALLOCATE ALL', NULL),
  ('SELECT powernode.preview(''s1'')', NULL),
  ('SELECT set_config(''search_path'', ''evil, pg_temp, pg_catalog'', false)', NULL),
  ('SELECT set_config(''powernode.at'', ''1999-01-01'', false)', NULL),
  ('SELECT set_config(''TimeZone'', ''Asia/Tokyo'', false)', NULL),
  ('SELECT set_config(''DateStyle'', ''German, DMY'', false)', NULL),
  ('SELECT set_config(''IntervalStyle'', ''iso_8601'', false)', NULL),
  ('SELECT set_config(''extra_float_digits'', ''-5'', false)', NULL),
  ('SELECT set_config(''bytea_output'', ''escape'', false)', NULL),
  ('SELECT set_config(''row_security'', ''off'', false)', NULL),
  ('SELECT set_config(''transaction_read_only'', ''on'', false)', NULL);

CREATE FUNCTION evil.note(text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO evil.log VALUES ($1, NULL, current_user, NULL);
  RETURN true;
END $$;
CREATE FUNCTION evil.on_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM evil.note('trigger'); RETURN NEW; END $$;
CREATE FUNCTION evil.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM evil.note('event trigger'); END $$;
-- Every attempt once a source: reading may come back to itself by preview().
CREATE FUNCTION evil.try(source text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  attempt record;
  error text;
BEGIN
  PERFORM evil.note(source);
  IF pg_catalog.current_setting('evil.trying', true) = 'yes' OR pg_catalog.current_setting('evil.' || source, true) = 'done' THEN
    RETURN true;
  END IF;
  PERFORM pg_catalog.set_config('evil.trying', 'yes', true);
  FOR attempt IN SELECT statement FROM evil.attempt ORDER BY number LOOP
    error := NULL;
    BEGIN
      EXECUTE attempt.statement;
    EXCEPTION WHEN OTHERS THEN
      error := SQLSTATE;
    END;
    -- After transaction_read_only nothing can be written: it comes last.
    IF attempt.statement !~ 'transaction_read_only' THEN
      INSERT INTO evil.log VALUES (source, attempt.statement, current_user, error);
    END IF;
  END LOOP;
  RETURN true;
END $$;
DO $$
DECLARE
  source text;
BEGIN
  FOREACH source IN ARRAY ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'operating_envelope'] LOOP
    EXECUTE format('CREATE VIEW depot.evil_%1$s WITH (security_invoker) AS SELECT * FROM depot.%1$I WHERE evil.try(%1$L)', source);
    EXECUTE format('SELECT powernode.set_source(%1$L, ''depot.evil_%1$s'')', source);
  END LOOP;
END $$;
-- What the planner can work out beforehand it does work out, also where a statement is
-- planned only for what it locks.
CREATE FUNCTION evil.planned() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN evil.note('planner'); END $$;
-- The connectors say under which settings they were read.
CREATE VIEW depot.told_connector WITH (security_invoker) AS
  SELECT c.site_id, c.connector_id, c.charge_point_id, c.max_power_w, 22000 AS demand_w,
         concat_ws(' ', current_user, current_setting('search_path'), '2026-07-01 12:00+00'::timestamptz::text,
                   interval '1 day 1 hour'::text, (0.1::float8 + 0.2::float8)::text, '\x00'::bytea::text,
                   current_setting('row_security')) COLLATE "default" AS name
  FROM depot.connector c WHERE evil.note('connector') AND evil.planned();
SELECT powernode.set_source('connector', 'depot.told_connector');
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO powernode_tap_caller;
DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database()); END $$;
ALTER TABLE depot.connector ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_rows ON depot.connector USING (evil.note('policy'));

-- Everything that reads a source, as the caller.
SET SESSION AUTHORIZATION powernode_tap_caller;
SET search_path = evil, public;
SELECT outcome, reason, cycle_no FROM powernode.rebalance('s1', public.noon()) \gset first_
SELECT outcome, cycle_no FROM powernode.rebalance('s1', public.noon()) \gset second_
SELECT count(*) AS rows FROM powernode.microgrid_status \gset status_
SELECT count(*) AS rows FROM powernode.microgrid_hierarchy \gset hierarchy_
SELECT count(*) AS rows FROM powernode.explain('s1') \gset explain_
SELECT count(*) AS rows FROM powernode.verify('s1') \gset verify_
SELECT count(*) AS rows FROM powernode.validate('s1') \gset validate_
SELECT string_agg(DISTINCT name, ' | ') AS settings FROM powernode.node_status WHERE kind = 'CONNECTOR' \gset told_
SELECT current_user AS running, current_setting('search_path') AS path, current_setting('TimeZone') AS zone,
       current_setting('DateStyle') AS date_style, current_setting('row_security') AS security,
       current_setting('transaction_read_only') AS read_only, current_setting('powernode.at') AS at \gset left_
RESET SESSION AUTHORIZATION;
SET search_path = public;

SELECT is(:'first_outcome'::text, 'CURTAILED', 'the cycle is made all the same');
SELECT is(:'second_cycle_no'::text, '2', 'and the next');
SELECT is(:status_rows + :validate_rows + :verify_rows, 1, 'and everything that only reads');
SELECT cmp_ok(:hierarchy_rows + :explain_rows, '>', 20, 'the tree too');
SELECT is((SELECT string_agg(DISTINCT running, ' ') FROM evil.log), 'powernode_tap_caller', 'all of the sources'' code ran as the caller');
SELECT is((SELECT count(DISTINCT source) FROM evil.log WHERE source <> 'temporary cycle'), 8::bigint, 'of each source, of a policy, and of what the planner ran');
SELECT is((SELECT count(*) FROM evil.log WHERE source = 'temporary cycle'), 0::bigint, 'no temporary relation was taken for powernode''s');
SELECT results_eq(
  $$SELECT DISTINCT attempt, coalesce(error, 'none') FROM evil.log WHERE attempt IS NOT NULL ORDER BY 1, 2$$,
  $$SELECT statement, coalesce(expected, 'none') FROM evil.attempt WHERE statement !~ 'transaction_read_only' ORDER BY 1$$,
  'every attempt ended as it should');
SELECT is(:'told_settings'::text,
  'powernode_tap_caller pg_catalog, pg_temp 2026-07-01 12:00:00+00 1 day 01:00:00 0.30000000000000004 \x00 on',
  'what earlier sources set is not what a later one is read under');
SELECT is(:'left_running'::text, 'powernode_tap_caller', 'the caller is himself again');
SELECT is(concat_ws(' ', :'left_path'::text, :'left_zone'::text, :'left_date_style'::text, :'left_security'::text, :'left_read_only'::text, :'left_at'::text),
          'evil, public UTC ISO, MDY on off ', 'and his settings are as they were');
SELECT is((SELECT string_agg(DISTINCT recorded_by, ' ') FROM powernode.cycle), 'powernode_tap_caller', 'the cycles say who ran them');
SELECT is((SELECT string_agg(relname::text, ' ') FROM pg_class c, aclexplode(c.relacl) x
           WHERE relnamespace = 'powernode'::regnamespace AND x.grantee = 0), NULL, 'PUBLIC has been granted nothing');

SELECT * FROM finish();
ROLLBACK;
