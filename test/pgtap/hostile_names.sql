-- A caller whose search_path, temporary schema and public schema are full of names
-- that powernode's SQL uses: none of them is taken for what was meant.
BEGIN;
\ir scene.psql
SELECT no_plan();
\ir plant.psql

CREATE ROLE powernode_tap_caller;
GRANT USAGE ON SCHEMA powernode, depot TO powernode_tap_caller;
GRANT SELECT ON ALL TABLES IN SCHEMA depot, powernode TO powernode_tap_caller;
REVOKE SELECT ON powernode.source_binding, powernode.site_state, powernode.topology, powernode.cycle, powernode.cycle_fault
  FROM powernode_tap_caller;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA powernode TO powernode_tap_caller;
UPDATE depot.connector SET demand_w = 22000;
DO $$ BEGIN PERFORM powernode.rebalance('s1', noon()); END $$;
UPDATE depot.connector SET demand_w = -1 WHERE connector_id = 'p1.1';
DO $$ BEGIN PERFORM powernode.rebalance('s1', noon()); END $$;
UPDATE depot.connector SET demand_w = 22000;

CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
SELECT cmp_ok(plant('evil'), '>', 1000, 'functions and operators that fit better');

-- Relations and types by every name that our statements use, where only a temporary
-- schema that comes before pg_catalog, or a missing schema name, would find them.
CREATE FUNCTION plant_relations(schema text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  names name[] := ARRAY['source_binding', 'site_state', 'topology', 'cycle', 'cycle_fault', 'live_site',
    'microgrid_status', 'cycle_history', 'node_history', 'constraint_history', 'cycle_proof', 'site_proof', 'stored_cycle',
    'site', 'grid_connection', 'circuit', 'charge_point', 'connector', 'operating_envelope', 'placed', 'x', 'b', 'u',
    'pg_class', 'pg_proc'];
  types name[] := ARRAY['text', 'int2', 'int4', 'int8', 'numeric', 'bool', 'timestamptz', 'interval', 'bytea', 'uuid'];
BEGIN
  FOR i IN 1..pg_catalog.array_length(names, 1) LOOP
    EXECUTE pg_catalog.format('CREATE TABLE %s.%I (planted pg_catalog.int4)', schema, names[i]);
  END LOOP;
  FOR i IN 1..pg_catalog.array_length(types, 1) LOOP
    EXECUTE pg_catalog.format('CREATE DOMAIN %1$s.%2$I AS pg_catalog.%2$I CHECK (false)', schema, types[i]);
  END LOOP;
END $$;
SELECT plant_relations('evil');

-- What a statement's error is under a search_path, as a role; undone.  Each in an
-- order of its own, so that no plan that was made before hides one.
CREATE FUNCTION error_under(path pg_catalog.text, role pg_catalog.text, statement pg_catalog.text)
RETURNS pg_catalog.text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.plant_relations('pg_temp');
  PERFORM pg_catalog.set_config('role', role, true), pg_catalog.set_config('search_path', path, true);
  EXECUTE statement;
  RAISE SQLSTATE 'UNDO0';
EXCEPTION WHEN OTHERS THEN
  RETURN CASE WHEN SQLSTATE OPERATOR(pg_catalog.<>) 'UNDO0'::pg_catalog.text
              THEN pg_catalog.concat_ws(' ', SQLSTATE, SQLERRM) END;
END $$;

CREATE TABLE statement AS
  SELECT pg_catalog.format('SELECT FROM powernode.%I', relname) AS statement
  FROM pg_catalog.pg_class WHERE relnamespace = 'powernode'::regnamespace AND relkind = 'v'
  UNION ALL
  SELECT pg_catalog.format('SELECT FROM powernode.%I WHERE site_id OPERATOR(pg_catalog.=) ''s1''', relname)
  FROM pg_catalog.pg_class WHERE relnamespace = 'powernode'::regnamespace AND relkind = 'v' AND relname <> 'sources'
  UNION ALL
  SELECT pg_catalog.format('SELECT FROM powernode.%s', call)
  FROM pg_catalog.unnest(ARRAY['rebalance(''s1'')', 'rebalance(''s1'', policy => ''LEAST_LAXITY_FIRST'', control_mode => ''CHARGER'')',
    'preview(''s1'')', 'power_nodes(''s1'')', 'validate(''s1'')', 'live_tree(''s1'')', 'explain(''s1'')', 'explain(''s1'', 1)',
    'verify(''s1'')', 'verify(''s1'', 1)', 'source_status()',
    'allocate(ARRAY[ROW(''a'', NULL, NULL, 1, 2, 0, 1, 1, NULL, NULL, NULL)::powernode.power_node])',
    'set_source(''circuit'', ''depot.circuit'')', 'set_source(''operating_envelope'', NULL)']) call;

SELECT alike(error_under(path, 'powernode_tap_caller', 'SELECT 1 + 1'), 'P0001 planted', 'control: 1 + 1 is not what it was')
FROM (VALUES ('evil, pg_catalog')) p (path);
SELECT alike(error_under('evil, pg_catalog', 'powernode_tap_caller', 'SELECT max(site_id) FROM depot.site'), 'P0001 planted',
             'control: nor is a function');
SELECT isnt(error_under('pg_temp, pg_catalog', 'powernode_tap_caller', 'SELECT 1::int4'), NULL, 'control: nor is a type');
SELECT is(error_under(path, role, statement), NULL, format('%s: %s, as %s', path, statement, role))
FROM statement,
  (VALUES ('evil, pg_catalog, powernode'), ('pg_temp, evil, pg_catalog')) p (path),
  (VALUES ('powernode_tap_caller'), ('none')) r (role);
-- The other way round: first good names, then bad ones, on plans that were kept.
SELECT is(error_under('powernode, public', 'none', statement), NULL, 'first: ' || statement) FROM statement;
SELECT is(error_under('evil, pg_catalog', 'none', statement), NULL, 'then: ' || statement) FROM statement;

SELECT * FROM finish();
ROLLBACK;
