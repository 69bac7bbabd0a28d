-- Two tenants in one database: row security on the product's tables shows each its
-- own sites, and whatever a tenant asks, in whatever words, powernode tells him
-- nothing of the other's.
BEGIN;
\ir scene.psql
SELECT no_plan();

CREATE ROLE powernode_tap_tenant;
CREATE ROLE powernode_tap_other;

-- Sites that are not the tenant's, one of each overload's type; all that can be
-- called something is called "secret".
DO $$
DECLARE
  source text;
BEGIN
  FOREACH source IN ARRAY ARRAY['site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope'] LOOP
    EXECUTE format($q$INSERT INTO depot.%1$I
      SELECT (jsonb_populate_record(t, jsonb_build_object('site_id', h.id, 'name', 'secret'))).*
      FROM depot.%1$I t, (VALUES ('secret'), ('7'), ('6f9619ff-8b86-d011-b42d-00c04fc964ff')) h (id)
      WHERE site_id = 's1'$q$, source);
    EXECUTE format('ALTER TABLE depot.%I ENABLE ROW LEVEL SECURITY', source);
    EXECUTE format('CREATE POLICY tenant ON depot.%I TO powernode_tap_tenant USING (site_id = ''s1'')', source);
    EXECUTE format('CREATE POLICY other ON depot.%I TO powernode_tap_other USING (site_id = ''secret'')', source);
  END LOOP;
END $$;
UPDATE depot.connector SET vehicle_name = name, demand_w = 22000;
DO $$ BEGIN PERFORM powernode.rebalance(site_id, noon()) FROM depot.site; END $$;
UPDATE depot.connector SET demand_w = -1 WHERE connector_id = 'p1.1';
UPDATE depot.site SET on_fault = 'ISOLATE';
DO $$ BEGIN PERFORM powernode.rebalance(site_id, noon()) FROM depot.site; END $$;
UPDATE powernode.site_state SET last_error = CASE site_id WHEN 's1' THEN 'mine' ELSE 'secret' END, last_error_at = now();

-- All views but the two that no reader is given; all functions.
CREATE TEMP TABLE shown AS
  SELECT c.relname AS view FROM pg_class c
  WHERE c.relnamespace = 'powernode'::regnamespace AND c.relkind = 'v' AND c.relname NOT LIKE 'stored\_%';
DO $$
BEGIN
  GRANT USAGE ON SCHEMA powernode, depot TO powernode_tap_tenant, powernode_tap_other;
  GRANT SELECT ON ALL TABLES IN SCHEMA depot TO powernode_tap_tenant, powernode_tap_other;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA powernode TO powernode_tap_tenant, powernode_tap_other;
  EXECUTE (SELECT format('GRANT SELECT ON %s TO powernode_tap_tenant, powernode_tap_other',
                         string_agg('powernode.' || view, ', ')) FROM shown);
END $$;

-- What a statement of one text column gives a role: its lines, or everything that
-- its error says.
CREATE FUNCTION told(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
  context text;
BEGIN
  RETURN after(format('SET LOCAL ROLE %I', role), statement);
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
  RETURN concat_ws('|', SQLSTATE, SQLERRM, detail, hint, regexp_replace(context, 'SQL statement.*', ''));
END $$;

-- ---- Every view

SELECT cmp_ok(count(*), '>=', 12::bigint, 'there are views to look at') FROM shown;
SELECT unalike(told('powernode_tap_tenant', format('SELECT v::text FROM powernode.%I v', view)), '%secret%',
               'a tenant sees nothing of another''s: ' || view) FROM shown;
SELECT alike(told('powernode_tap_other', format('SELECT v::text FROM powernode.%I v', view)), '%secret%',
             'which is there to be seen: ' || view) FROM shown WHERE view <> 'sources';

-- ---- Every function that takes a site's id, in all its overloads

CREATE TEMP TABLE asked AS
  SELECT p.oid::regprocedure AS call, p.proname AS name, t.type,
         -- All arguments that have no default: the number of a cycle.
         format('SELECT f::text FROM powernode.%I(%%L::%s%s) f', p.proname, t.type,
                CASE WHEN p.pronargs - p.pronargdefaults > 1 THEN ', 1' ELSE '' END) AS statement
  FROM pg_proc p, LATERAL (SELECT format_type(p.proargtypes[0], NULL) AS type) t
  WHERE p.pronamespace = 'powernode'::regnamespace AND p.prokind = 'f' AND p.proargnames[1] = 'site_id'
    AND p.pronargs - p.pronargdefaults <= 2;
INSERT INTO asked
  SELECT call, name || ' of a cycle', type, replace(statement, ') f', ', cycle_no => 1) f') FROM asked
  WHERE name IN ('explain', 'verify');
CREATE TEMP TABLE hidden (type text, id text, absent text);
INSERT INTO hidden VALUES ('text', 'secret', 'absent'), ('bigint', '7', '8'),
  ('uuid', '6f9619ff-8b86-d011-b42d-00c04fc964ff', '00000000-0000-0000-0000-000000000008');

SELECT cmp_ok(count(*), '>=', 20::bigint, 'there are functions to call') FROM asked;
SELECT is(replace(told('powernode_tap_tenant', format(a.statement, h.id)), h.id, h.absent),
          told('powernode_tap_tenant', format(a.statement, h.absent)),
          format('hidden or absent is told alike: %s, %s', a.name, a.type))
FROM asked a JOIN hidden h USING (type);
SELECT alike(told('powernode_tap_tenant', format(a.statement, h.id)), 'P0002|%', format('as no such site: %s, %s', a.name, a.type))
FROM asked a JOIN hidden h USING (type) WHERE a.name NOT IN ('verify_site', 'verify_cycle');
SELECT is(told('powernode_tap_tenant', format(a.statement, 'secret')), NULL, 'as no rows: ' || a.name)
FROM asked a WHERE a.name IN ('verify_site', 'verify_cycle');
SELECT unalike(coalesce(told('powernode_tap_tenant', format(a.statement, 's1')), ''), 'P0002|%',
               'its own site is there: ' || a.name) FROM asked a WHERE a.type = 'text';

-- ---- Deleting history

CREATE FUNCTION pruned(role text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
  kept text;
BEGIN
  UPDATE powernode.cycle SET completed_at = '2020-01-01';
  EXECUTE format('SET LOCAL ROLE %I', role);
  number := powernode.prune(interval '1 day');
  RESET ROLE;
  SELECT concat_ws(': ', number, string_agg(site_id || '/' || cycle_no, ' ' ORDER BY site_id COLLATE "C", cycle_no)) INTO kept
  FROM powernode.cycle WHERE site_id IN ('s1', 'secret');
  RAISE SQLSTATE 'UNDO0' USING MESSAGE = kept;
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
  RETURN SQLERRM;
END $$;
SELECT is(pruned('powernode_tap_tenant'), '1: s1/2 secret/1 secret/2', 'a tenant who may prune deletes of his own site alone');
SELECT is(pruned('powernode_tap_other'), '1: s1/1 s1/2 secret/2', 'and the other of his');
SELECT is(pruned(current_user), '4: s1/2 secret/2', 'whoever has the owner''s rights of all');

-- ---- Conditions that would tell what they are given

CREATE FUNCTION tell(text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$
BEGIN
  IF $1 LIKE '%secret%' THEN
    RAISE 'told %', $1 USING ERRCODE = 'TOLD0';
  END IF;
  RETURN true;
END $$;
CREATE FUNCTION tell(text, text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$ BEGIN RETURN tell($1); END $$;
CREATE OPERATOR public.<~> (FUNCTION = tell, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel, JOIN = eqjoinsel);
ANALYZE powernode.cycle, powernode.site_state, powernode.topology, powernode.cycle_fault;

-- On every column of every view, so that one that lies in a table of ours is among them.
SELECT is((SELECT string_agg(a.attname, ' ') FROM pg_attribute a
           WHERE a.attrelid = ('powernode.' || view)::regclass AND a.attnum > 0
             AND told('powernode_tap_tenant',
                      format('SELECT count(*)::text FROM powernode.%I v WHERE tell(v.%I::text)', view, a.attname)) !~ '^[0-9]+$'),
          NULL, 'a leaky condition learns nothing, on any column: ' || view) FROM shown;
-- One that is never true of NULL makes an inner join of an outer one, below which it is
-- then put: to every row of the table that is joined.
CREATE FUNCTION tell_strictly(text) RETURNS boolean STRICT COST 0.0000001 LANGUAGE plpgsql AS $$ BEGIN RETURN tell($1); END $$;
SET LOCAL enable_nestloop = off;
SELECT is((SELECT string_agg(a.attname, ' ') FROM pg_attribute a
           WHERE a.attrelid = ('powernode.' || view)::regclass AND a.attnum > 0
             AND told('powernode_tap_tenant',
                      format('SELECT count(*)::text FROM powernode.%I v WHERE tell_strictly(v.%I::text)', view, a.attname)) !~ '^[0-9]+$'),
          NULL, 'nor does one that is never true of NULL: ' || view)
FROM unnest(ARRAY['site_statistics', 'microgrid_status']) view;
RESET enable_nestloop;
-- A condition that was let past a view's barrier would be put to the tables' own rows:
-- those that are read from the tables alone are made to be read before the sites.
SELECT is(told('powernode_tap_tenant', format(query, view)), expected, format('%s: %s', view, query))
FROM (VALUES ('cycle_history'), ('microgrid_status'), ('node_history'), ('constraint_history'), ('cycle_proof')) v (view),
  LATERAL (SELECT told('powernode_tap_tenant', format('SELECT (count(*) > 0)::text FROM powernode.%I', view)) AS expected) e,
  unnest(ARRAY[
    'SELECT (count(*) > 0)::text FROM powernode.%I v WHERE tell(v::text)',
    'SELECT (count(*) > 0)::text FROM powernode.%I v WHERE v.site_id <~> ''x''',
    'SELECT (count(*) > 0)::text FROM (SELECT * FROM powernode.%I v ORDER BY tell(v::text) LIMIT 1) v',
    'SELECT (count(*) > 0)::text FROM (SELECT * FROM powernode.%I OFFSET 0) v WHERE tell(v::text)',
    'SELECT (count(*) FILTER (WHERE tell(v::text)) > 0)::text FROM powernode.%I v',
    'SELECT (count(*) > 0)::text FROM powernode.%I v JOIN (VALUES (1)) j (x) ON tell(v::text)',
    'SELECT (count(*) > 0)::text FROM powernode.%I v, LATERAL (SELECT tell(v::text) AS t) l WHERE l.t',
    'SELECT (count(*) > 0)::text FROM powernode.%I v WHERE EXISTS (SELECT WHERE tell(v::text))',
    'SELECT (count(*) > 0)::text FROM powernode.%I v WHERE 1 / (CASE WHEN v.site_id = ''s1'' THEN 1 ELSE 0 END) = 1',
    'SELECT (count(*) > 0)::text FROM powernode.%I v WHERE CASE WHEN v.site_id = ''s1'' THEN 1 ELSE v.site_id::integer END = 1',
    'SELECT (count(*) > 0)::text FROM powernode.%1$I v WHERE v.site_id IN (SELECT w.site_id FROM powernode.%1$I w WHERE tell(w::text))']) query;
SELECT matches(told('powernode_tap_other', 'SELECT v::text FROM powernode.cycle_history v WHERE tell(v::text)'), '^TOLD0',
               'a condition does tell where there is something to be told');

-- ---- What the planner knows

SET LOCAL plan_cache_mode = force_generic_plan;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query; END $$;
SELECT unalike(told('powernode_tap_tenant', format('SELECT plan_of(%L)',
                 format('SELECT FROM powernode.cycle_history WHERE %I <~> ''x''', column_name))), '%TOLD0%',
               'estimates are not made of other tenants'' values: ' || column_name)
FROM unnest(ARRAY['site_name', 'message', 'constraining_node_name']) column_name;
SELECT alike(told(current_user, 'SELECT plan_of(''SELECT FROM powernode.cycle WHERE site_name <~> ''''x'''''')'), 'TOLD0%',
             'of which there are');
SELECT is(told('powernode_tap_tenant', 'SELECT count(*)::text FROM pg_stats WHERE schemaname = ''powernode'''), '0',
          'no statistics of the tables in pg_stats');
SELECT alike(told('powernode_tap_tenant', 'SELECT count(*)::text FROM pg_statistic'), '42501%', 'nor in pg_statistic');
SELECT unalike(told('powernode_tap_tenant', format('SELECT plan_of(''(ANALYZE, VERBOSE, TIMING OFF, SUMMARY OFF) SELECT * FROM powernode.%I'')', view)),
               '%secret%', 'EXPLAIN ANALYZE shows no values: ' || view) FROM shown;

-- ---- Plans and cursors that outlive a change of role

PREPARE seen AS SELECT string_agg(DISTINCT site_id, ' ' ORDER BY site_id) AS sites FROM powernode.node_history;
PREPARE previewed (text) AS SELECT count(*) AS nodes FROM powernode.preview($1, noon());
EXECUTE seen \gset all_
EXECUTE previewed ('secret') \gset all_
SET LOCAL ROLE powernode_tap_tenant;
EXECUTE seen \gset tenant_
SET LOCAL ROLE powernode_tap_other;
EXECUTE seen \gset other_
EXECUTE previewed ('secret') \gset other_
RESET ROLE;
EXECUTE seen \gset again_
SELECT is(:'all_sites'::text, '6f9619ff-8b86-d011-b42d-00c04fc964ff 7 s1 secret', 'a prepared statement, as a superuser');
SELECT is(:'tenant_sites'::text, 's1', 'the same statement, as one tenant');
SELECT is(:'other_sites'::text, 'secret', 'and as the other');
SELECT is(:'again_sites'::text, :'all_sites', 'and as a superuser again');
SELECT is(:other_nodes, :all_nodes, 'a prepared function, as the other tenant');
SELECT throws_ok('SET LOCAL ROLE powernode_tap_tenant; EXECUTE previewed (''secret'')', 'P0002', NULL,
                 'which does not know the site of the tenant that it is not of');

DECLARE kept CURSOR FOR SELECT string_agg(DISTINCT site_id, ' ') AS sites FROM powernode.node_status;
SET LOCAL ROLE powernode_tap_tenant;
FETCH kept \gset cursor_
RESET ROLE;
SELECT is(:'cursor_sites'::text, 's1', 'a cursor that another role opened shows the sites of who reads it');

-- ---- Code that runs as somebody else

CREATE FUNCTION of_other() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT pg_catalog.string_agg(DISTINCT site_id, ' ') FROM powernode.node_status $$;
ALTER FUNCTION of_other() OWNER TO powernode_tap_other;
SELECT is(told('powernode_tap_tenant', 'SELECT of_other()'), 'secret', 'a function that its owner lends to others reads as its owner');
SELECT is(told('powernode_tap_tenant', 'SELECT of_other() || '' '' || string_agg(DISTINCT site_id, '' '') FROM powernode.node_status'),
          'secret s1', 'and its caller beside it as himself');
CREATE VIEW of_superuser AS SELECT site_id, message FROM powernode.cycle_history;
GRANT SELECT ON of_superuser TO powernode_tap_tenant;
SELECT is(told('powernode_tap_tenant', 'SELECT DISTINCT site_id FROM of_superuser'), 's1',
          'a view over ours shows the sites of its reader, whoever owns it');

SELECT * FROM finish();
ROLLBACK;
