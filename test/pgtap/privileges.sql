-- Who may see and do what: nobody by default, a reader what the product's row
-- security shows, a backend a cycle and nothing else.
BEGIN;
\ir scene.psql
SELECT no_plan();

CREATE ROLE powernode_tap_nobody;
CREATE ROLE powernode_tap_usage;
CREATE ROLE powernode_tap_reader;
CREATE ROLE powernode_tap_backend;

-- Two sites alike, and row security that shows each role its own.
DO $$
DECLARE
  source text;
BEGIN
  FOREACH source IN ARRAY ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope'] LOOP
    EXECUTE format('INSERT INTO depot.%1$I SELECT (jsonb_populate_record(t, ''{"site_id": "s2"}'')).* FROM depot.%1$I t WHERE site_id = ''s1''', source);
    EXECUTE format('ALTER TABLE depot.%I ENABLE ROW LEVEL SECURITY', source);
    EXECUTE format('CREATE POLICY reader ON depot.%I TO powernode_tap_reader USING (site_id = ''s1'')', source);
    EXECUTE format('CREATE POLICY backend ON depot.%I TO powernode_tap_backend USING (true)', source);
  END LOOP;
END $$;
-- A cycle with a fault, and one with a constraint.
UPDATE depot.connector SET demand_w = -1;
DO $$ BEGIN PERFORM powernode.rebalance(s, noon()) FROM unnest(ARRAY['s1', 's2']) s; END $$;
UPDATE depot.connector SET demand_w = 22000;
DO $$ BEGIN PERFORM powernode.rebalance(s, noon()) FROM unnest(ARRAY['s1', 's2']) s; END $$;

CREATE TEMP TABLE shown (view text);
INSERT INTO shown VALUES ('microgrid_status'), ('microgrid_hierarchy'), ('node_status'), ('constraint_status'),
  ('setpoint'), ('cycle_history'), ('node_history'), ('constraint_history');
CREATE TEMP TABLE kept (name text);
INSERT INTO kept VALUES ('source_binding'), ('site_state'), ('topology'), ('cycle'), ('cycle_fault');

GRANT USAGE ON SCHEMA powernode, depot TO powernode_tap_usage, powernode_tap_reader, powernode_tap_backend;
GRANT SELECT ON ALL TABLES IN SCHEMA depot TO powernode_tap_usage, powernode_tap_reader, powernode_tap_backend;
DO $$
BEGIN
  EXECUTE (SELECT 'GRANT SELECT ON ' || string_agg('powernode.' || view, ', ') || ' TO powernode_tap_reader' FROM shown);
END $$;
GRANT EXECUTE ON FUNCTION powernode.rebalance(text, timestamptz, text, text) TO powernode_tap_backend;

-- What a query (of one text column) gives a role, or its SQLSTATE.  Undone.
CREATE FUNCTION as_role(role text, query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN after(format('SET LOCAL ROLE %I', role), query);
EXCEPTION WHEN OTHERS THEN
  RETURN 'ERROR ' || SQLSTATE;
END $$;
-- The SQLSTATE of statements that give nothing.
CREATE FUNCTION error_as(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  EXECUTE statement;
  RAISE SQLSTATE 'UNDO0';
EXCEPTION WHEN OTHERS THEN
  RETURN nullif(SQLSTATE, 'UNDO0');
END $$;

-- ---- Nobody

SELECT is(error_as(role, 'SELECT FROM powernode.' || what), '42501', format('%s: no access to %s', role, what))
FROM unnest(ARRAY['powernode_tap_nobody', 'powernode_tap_usage']) role,
  (SELECT view FROM shown UNION ALL SELECT name FROM kept UNION ALL VALUES ('live_site'), ('stored_cycle'),
  ('stored_constraint')) w (what);
SELECT is(error_as('powernode_tap_nobody', 'SELECT FROM powernode.' || call), '42501',
          'without USAGE on the schema: ' || call)
FROM unnest(ARRAY['preview(''s1'')', 'validate(''s1'')', 'power_nodes(''s1'')', 'explain(''s1'')', 'rebalance(''s1'')',
  'allocate(NULL)']) call;
SELECT is(error_as('powernode_tap_reader', statement), '42501', 'PUBLIC may not: ' || statement)
FROM unnest(ARRAY['SELECT powernode.rebalance(''s1'')', 'SELECT powernode.rebalance(1::bigint)',
  'SELECT powernode.rebalance(''6f9619ff-8b86-d011-b42d-00c04fc964ff''::uuid)',
                  'SELECT powernode.set_source(''site'', ''depot.site'')',
                    'SELECT powernode.set_source(''site'', NULL)']) statement;
SELECT is(ARRAY(SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'powernode'::regnamespace AND p.provolatile = 'v'
                  AND p.proname NOT IN ('source_status') AND has_function_privilege('powernode_tap_nobody', p.oid,
                    'EXECUTE') AND p.prorettype <> 'fdw_handler'::regtype),
          '{}'::text[], 'PUBLIC may execute nothing that writes');
SELECT is(ARRAY(SELECT c.relname || ' ' || p FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE',
          'TRUNCATE']) p
                WHERE c.relnamespace = 'powernode'::regnamespace AND c.relkind IN ('r', 'v',
                  'f') AND has_table_privilege('powernode_tap_nobody', c.oid, p)),
          '{}'::text[], 'PUBLIC has no privilege on any table or view');

-- ---- A reader sees the sites that row security shows, in every view

SELECT is(as_role('powernode_tap_reader', 'SELECT string_agg(DISTINCT site_id, '' '') FROM powernode.' || view), 's1',
          'reader: ' || view) FROM shown;
SELECT is(after('', 'SELECT string_agg(DISTINCT site_id, '' '') FROM powernode.' || view), 's1 s2',
          'superuser: ' || view) FROM shown;
SELECT is(as_role('powernode_tap_reader', format('SELECT count(*)::text FROM powernode.%I WHERE site_id = ''s2''',
          view)), '0', 'reader, asking for a hidden site: ' || view) FROM shown;
SELECT is(as_role('powernode_tap_reader', format('SELECT count(*)::text FROM powernode.%I WHERE site_id = ''s1''',
          view)),
          after('', format('SELECT count(*)::text FROM powernode.%I WHERE site_id = ''s1''', view)),
            'reader, all of its own site: ' || view) FROM shown;
-- A condition that would tell what it is given runs after the site list.
CREATE FUNCTION tell(text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$
BEGIN
  IF $1 = 's2' THEN
    RAISE 'told' USING ERRCODE = 'TOLD0';
  END IF;
  RETURN true;
END $$;
SELECT is(as_role('powernode_tap_reader', format('SELECT (count(*) > 0)::text FROM powernode.%I WHERE tell(site_id)',
          view)), 'true', 'a leaky condition learns nothing: ' || view) FROM shown;

SELECT is(error_as('powernode_tap_reader', format('SELECT FROM powernode.%s(%L)', call, site)), expected,
          format('reader: %s(%s)', call, site))
FROM unnest(ARRAY['preview', 'power_nodes', 'validate', 'explain']) call, (VALUES ('s1', NULL), ('s2', 'P0002'),
  ('s3', 'P0002')) s (site, expected);
CREATE FUNCTION error_text(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  EXECUTE statement;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws('|', SQLERRM, detail, hint);
END $$;
SELECT is(replace(error_text('powernode_tap_reader', format('SELECT FROM powernode.%s(''s2'')', call)), 's2', 's3'),
          error_text('powernode_tap_reader', format('SELECT FROM powernode.%s(''s3'')', call)),
            'hidden or absent is told alike: ' || call)
FROM unnest(ARRAY['preview', 'power_nodes', 'validate', 'explain']) call;
SELECT is(as_role('powernode_tap_reader', 'SELECT count(*)::text FROM powernode.preview(''s1'')'), '11',
          'reader: preview of its own site');
SELECT is(error_as('powernode_tap_reader', 'SELECT FROM powernode.' || name), '42501',
          'reader: no access to the table ' || name) FROM kept;
SELECT is(as_role('powernode_tap_usage',
          'SELECT coalesce(string_agg(node_id, '' ''), ''none'') FROM powernode.preview(''s1'')'), 'ERROR P0002',
          'a caller whom row security shows no site');
SELECT is(error_as('powernode_tap_reader', 'SELECT FROM powernode.' || what), NULL,
          'reader: ' || what) FROM unnest(ARRAY['allocate(ARRAY[]::powernode.power_node[])']) what;
SELECT is(after(format('REVOKE SELECT ON depot.%I FROM powernode_tap_reader', source),
          'SELECT error_as(''powernode_tap_reader'', ''SELECT FROM powernode.preview(''''s1'''')'')'),
          '42501', 'sources are read as the caller: no SELECT on ' || source)
FROM unnest(ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope']) source;
SELECT is(after('REVOKE SELECT ON depot.circuit FROM powernode_tap_reader',
          'SELECT error_text(''powernode_tap_reader'', ''SELECT FROM powernode.preview(''''s1'''')'')'),
          'permission denied for table circuit||Sources are read as the current user: grant SELECT on depot.circuit and, below a security_invoker view, on what it reads, with USAGE on the schemas and EXECUTE on the functions there.',
          'what to grant is said');
SELECT is(after('GRANT SELECT ON powernode.sources TO powernode_tap_reader; REVOKE SELECT ON depot.circuit FROM powernode_tap_reader',
          'SELECT as_role(''powernode_tap_reader'', ''SELECT bool_and(sound)::text FROM powernode.sources'')'),
          'true', 'whether a source is sound is no matter of who asks');
SELECT is(after('REVOKE SELECT ON depot.site FROM powernode_tap_reader',
          format('SELECT error_as(''powernode_tap_reader'', ''SELECT FROM powernode.%I'')', view)), '42501',
          'without SELECT on the site source: ' || view) FROM shown;

-- ---- A backend may run a cycle, and cannot forge one

SELECT is(as_role('powernode_tap_backend',
          'SELECT concat_ws('' '', site_id, cycle_no, outcome, curtailed_w) FROM powernode.rebalance(''s1'', noon())'),
          's1 3 CURTAILED 26000', 'backend: a cycle');
SELECT is(after('SET LOCAL ROLE powernode_tap_backend; SELECT powernode.rebalance(''s1'', noon()); RESET ROLE',
                'SELECT concat_ws('' '', cycle_no, recorded_by = session_user, duration >= interval ''0'') FROM powernode.cycle_history WHERE site_id = ''s1'' AND cycle_no = 2'),
          '2 t t', 'backend: its cycle is recorded, with the session user');
SELECT is(after('SET LOCAL ROLE powernode_tap_backend; SELECT powernode.rebalance(''s1'', noon())',
          'SELECT current_user::text'), 'powernode_tap_backend', 'backend: it is itself again after the cycle');
SELECT is(error_as('powernode_tap_backend', 'SELECT powernode.rebalance(''s1'', noon()); ' || statement), '42501',
          'backend, after a cycle: ' || statement)
FROM (SELECT format(s, name) FROM kept, unnest(ARRAY['SELECT FROM powernode.%I',
  'INSERT INTO powernode.%I DEFAULT VALUES', 'DELETE FROM powernode.%I', 'TRUNCATE powernode.%I']) s
      UNION ALL VALUES ('UPDATE powernode.cycle SET outcome = ''APPLIED'''),
        ('UPDATE powernode.site_state SET cycle_no = 0'), ('SELECT FROM powernode.microgrid_status')) s (statement);
SELECT is(error_as(current_user, format('DELETE FROM powernode.%I', view)), '55000',
          'nobody can write to ' || view) FROM shown;
SELECT is(error_as('powernode_tap_backend', 'SELECT powernode.rebalance(7)'), '42501',
          'backend: not the overloads that it was not granted');
SELECT is(after('DROP POLICY backend ON depot.site; CREATE POLICY backend ON depot.site TO powernode_tap_backend USING (site_id = ''s1'')',
                format('SELECT coalesce(error_as(''powernode_tap_backend'', ''SELECT powernode.rebalance(''%L'')''), ''none'')',
                  site)), expected, 'backend, with row security: rebalance of ' || site)
FROM (VALUES ('s1', 'none'), ('s2', 'P0002')) s (site, expected);
SELECT is(error_as('powernode_tap_backend', 'SELECT powernode.rebalance(''gone'')'), 'P0002', 'backend: no such site');
SELECT is(after('REVOKE SELECT ON depot.connector FROM powernode_tap_backend',
          'SELECT error_as(''powernode_tap_backend'', ''SELECT powernode.rebalance(''''s1'''')'')'), '42501',
          'backend: the sources are read as the caller');

-- ---- Settings

SELECT is(error_as('powernode_tap_backend', 'SET LOCAL powernode.setpoint_ttl = ''1 h'''), '42501',
          'only a superuser sets how long setpoints live');

-- ---- Sites that have left the source

SELECT is(after('DELETE FROM depot.site WHERE site_id = ''s2''',
          'SELECT string_agg(DISTINCT site_id, '' '') FROM powernode.' || view), 's1',
          'a site that has left the source is gone from ' || view) FROM shown;
SELECT is(after('DELETE FROM depot.site WHERE site_id = ''s2''',
          format('SELECT string_agg(DISTINCT site_id, '' '' ORDER BY site_id) FROM powernode.%I', name)), 's1 s2',
          'its rows are still the owner''s to see: ' || name)
FROM kept WHERE name <> 'source_binding';
SELECT is(after('CREATE TEMP TABLE away AS SELECT * FROM depot.site; DELETE FROM depot.site; INSERT INTO depot.site SELECT * FROM away; SELECT powernode.rebalance(''s2'')',
                'SELECT string_agg(cycle_no::text, '' '' ORDER BY cycle_no) FROM powernode.cycle_history WHERE site_id = ''s2'''),
                  '1 2 3', 'one that comes back has its history');

SELECT * FROM finish();
ROLLBACK;
