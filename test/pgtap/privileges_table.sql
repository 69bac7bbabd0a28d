-- Who may do what with which object of the extension: one table, compared with the
-- catalogs.  What is added to the extension without a line here fails.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS powernode;
SELECT no_plan();

CREATE ROLE powernode_tap_reader;
CREATE ROLE powernode_tap_backend;
CREATE ROLE powernode_tap_console;
\ir ../../example/manage/schema.sql
\ir ../../example/manage/adapter.sql
\ir ../../example/manage/bind.sql
\set reader powernode_tap_reader
\set backend powernode_tap_backend
\ir ../../example/manage/grants.sql
\set role powernode_tap_console
\ir ../../console/grants.sql

-- By kind and name, a function's with the type of its first argument.
CREATE TEMP TABLE expected (kind text, names text, public text, reader text, console text, backend text);
INSERT INTO expected VALUES
  ('schema', 'powernode', NULL, 'USAGE', 'USAGE', 'USAGE'),
  ('type', 'power_node', 'USAGE', NULL, NULL, NULL),
  ('table', 'source_binding site_state topology cycle cycle_fault', NULL, NULL, NULL, NULL),
  ('foreign table', 'live_site', NULL, NULL, NULL, NULL),
  ('foreign-data wrapper', 'powernode_site_list', NULL, NULL, NULL, NULL),
  ('server', 'powernode_site_list', NULL, NULL, NULL, NULL),
  -- Without the site list: everybody's cycles.
  ('view', 'stored_cycle stored_constraint', NULL, NULL, NULL, NULL),
  ('view', 'microgrid_status node_status constraint_status setpoint cycle_history node_history constraint_history',
   NULL, 'SELECT', 'SELECT', 'SELECT'),
  ('view', 'microgrid_hierarchy site_statistics sources cycle_proof fault_proof site_proof', NULL, 'SELECT', NULL, 'SELECT'),
  -- What writes is nobody's.
  ('function', 'set_source(text) prune(interval) rebalance(bigint)', NULL, NULL, NULL, NULL),
  ('function', 'rebalance(text) rebalance(uuid)', NULL, NULL, NULL, 'EXECUTE'),
  ('procedure', 'rebalance_due(interval)', NULL, NULL, NULL, 'EXECUTE'),
  -- What reads as its caller is for whoever gets as far as the schema.
  ('function', 'preview(text) preview(bigint) preview(uuid) power_nodes(text) power_nodes(bigint) power_nodes(uuid)
     validate(text) validate(bigint) validate(uuid) explain(text) explain(bigint) explain(uuid)
     verify(text) verify(bigint) verify(uuid) allocate(power_node[])', 'EXECUTE', NULL, NULL, NULL),
  -- What views and verify() call as their reader.
  ('function', 'live_tree(text) node_rows(text) setpoint_rows(text) constraint_rows(text) source_status() kept_cycle(text)
     site_list_handler() verify_cycle(text) verify_site(text) verify_arrays(cycle_proof) verify_tree(cycle_proof)
     verify_limits(cycle_proof) verify_watts(cycle_proof) verify_policy(cycle_proof) verify_minimums(cycle_proof)
     verify_bottlenecks(cycle_proof) verify_totals(cycle_proof) verify_digest(cycle_proof) verify_faults(cycle_proof)
     verify_outcome(cycle_proof) verify_times(cycle_proof) verify_control_total(cycle_proof) proof_nodes(cycle_proof)
     proof_paths(cycle_proof) proof_sums(cycle_proof) proof_primary(cycle_proof) proof_microseconds(timestamptz)
     proof_word(text) proof_bytes(text)', 'EXECUTE', NULL, NULL, NULL),
  -- What CHECKs call as the tables' owner.
  ('function', 'is_outcome(text) is_reason(text) is_topology(text) is_control_mode(text) is_policy(text) is_kind(text)
     is_fault(text)', 'EXECUTE', NULL, NULL, NULL);

-- Every member of the extension, and its schema, with the list of its privileges.
CREATE TEMP VIEW object AS
  SELECT i.type AS kind,
         CASE WHEN p.oid IS NULL THEN coalesce(i.name, i.identity)
              ELSE format('%s(%s)', p.proname, replace(replace(format_type(nullif(p.proargtypes[0], 0), NULL),
                          'powernode.', ''), 'timestamp with time zone', 'timestamptz')) END AS name,
         coalesce(p.proacl, c.relacl, t.typacl, n.nspacl, w.fdwacl, s.srvacl,
                  acldefault(CASE WHEN p.oid IS NOT NULL THEN 'f' WHEN t.oid IS NOT NULL THEN 'T'
                                  WHEN n.oid IS NOT NULL THEN 'n' WHEN w.oid IS NOT NULL THEN 'F'
                                  WHEN s.oid IS NOT NULL THEN 'S' ELSE 'r' END::"char", 10::oid)) AS acl
  FROM (SELECT classid, objid FROM pg_depend
        WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
          AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'powernode')
        UNION ALL
        SELECT 'pg_namespace'::regclass, 'powernode'::regnamespace) d
  CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i
  LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
  LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
  LEFT JOIN pg_type t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid
  LEFT JOIN pg_namespace n ON d.classid = 'pg_namespace'::regclass AND n.oid = d.objid
  LEFT JOIN pg_foreign_data_wrapper w ON d.classid = 'pg_foreign_data_wrapper'::regclass AND w.oid = d.objid
  LEFT JOIN pg_foreign_server s ON d.classid = 'pg_foreign_server'::regclass AND s.oid = d.objid
  -- From 17 on the types of a table's rows, and of their arrays, are members too: they are
  -- nothing without the table.
  WHERE t.oid IS NULL OR NOT (t.typcategory = 'A' OR EXISTS
    (SELECT FROM pg_class r WHERE r.oid = t.typrelid AND r.relkind <> 'c'));

CREATE FUNCTION granted(acl aclitem[], role text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(x.privilege_type || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ' ' ORDER BY x.privilege_type)
  FROM aclexplode(acl) x
  WHERE x.grantee = CASE WHEN role = 'public' THEN 0 ELSE role::regrole::oid END
$$;

SELECT set_eq(
  $$SELECT kind, name, granted(acl, 'public') AS public, granted(acl, 'powernode_tap_reader') AS reader,
           granted(acl, 'powernode_tap_console') AS console, granted(acl, 'powernode_tap_backend') AS backend FROM object$$,
  $$SELECT kind, name, public, reader, console, backend FROM expected, regexp_split_to_table(names, '\s+') name$$,
  'privileges by object and role: as in the table');
SELECT is((SELECT count(*) FROM object), (SELECT count(*) FROM (SELECT DISTINCT kind, name FROM object) o),
          'no two objects go by one name here');
SELECT is_empty($$SELECT o.kind, o.name, x.grantee::regrole, x.privilege_type FROM object o, aclexplode(o.acl) x
                  WHERE x.grantee <> 0 AND x.grantee::regrole::text NOT IN
                    ('powernode_tap_reader', 'powernode_tap_console', 'powernode_tap_backend')
                    AND x.grantee NOT IN (SELECT extowner FROM pg_extension WHERE extname = 'powernode')$$,
                'and nobody else has any');
SELECT is_empty($$SELECT a.attrelid::regclass, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                  WHERE c.relnamespace = 'powernode'::regnamespace AND a.attacl IS NOT NULL$$, 'nor on single columns');

-- The grants are enough, and do not go further than they say.
CREATE FUNCTION error_as(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  EXECUTE statement;
  RAISE SQLSTATE 'UNDO0';
EXCEPTION WHEN OTHERS THEN
  RETURN nullif(SQLSTATE, 'UNDO0');
END $$;
-- A site without a microgrid; the console's last grant, as console/grants.sql says.
\set site 6f9619ff-8b86-d011-b42d-00c04fc964ff
INSERT INTO manage.site (site_id, name) VALUES (:'site', 'Depot');
INSERT INTO manage.circuit (site_id, name, default_operating_capacity_kw) VALUES (:'site', 'Main', 100);
INSERT INTO manage.charge_point (site_id, name, max_power_kw) VALUES (:'site', 'P', 22);
INSERT INTO manage.connector (site_id, charge_point_id, number, name, max_power_kw)
SELECT site_id, charge_point_id, 1, 'P.1', 22 FROM manage.charge_point;
GRANT USAGE ON SCHEMA manage TO powernode_tap_console;
GRANT SELECT ON manage.powernode_site, manage.site, manage.microgrid TO powernode_tap_console;
GRANT CREATE ON SCHEMA public TO powernode_tap_reader, powernode_tap_backend, powernode_tap_console;
SELECT powernode.rebalance(:'site') \g /dev/null
SELECT is(error_as('powernode_tap_backend', format('SELECT FROM powernode.rebalance(%L)', :'site')), NULL, 'a backend: a cycle');
SELECT is(error_as('powernode_tap_reader', format('SELECT FROM powernode.rebalance(%L)', :'site')), '42501', 'a reader: no cycle');
SELECT is(error_as('powernode_tap_console', format('SELECT FROM powernode.preview(%L)', :'site')), '42501', 'the console: no preview');
SELECT is(error_as(role, 'SELECT FROM powernode.' || view), NULL, role || ': ' || view)
FROM (VALUES ('powernode_tap_reader'), ('powernode_tap_backend')) r (role),
  (SELECT regexp_split_to_table(names, '\s+') FROM expected WHERE kind = 'view' AND reader = 'SELECT') v (view);
SELECT is(error_as('powernode_tap_console', 'SELECT FROM powernode.' || view), NULL, 'the console: ' || view)
FROM (SELECT regexp_split_to_table(names, '\s+') FROM expected WHERE kind = 'view' AND console = 'SELECT') v (view);
SELECT is(error_as(role, statement), '42501', format('%s may not: %s', role, statement))
FROM unnest(ARRAY['powernode_tap_reader', 'powernode_tap_backend', 'powernode_tap_console']) role,
  (SELECT format(s, table_name)
   FROM (SELECT regexp_split_to_table(names, '\s+') FROM expected WHERE kind = 'table') t (table_name),
     unnest(ARRAY['SELECT FROM powernode.%I', 'INSERT INTO powernode.%I DEFAULT VALUES', 'DELETE FROM powernode.%I',
       'TRUNCATE powernode.%I', 'LOCK powernode.%I',
       'CREATE TRIGGER t BEFORE INSERT ON powernode.%I FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
       'CREATE RULE r AS ON INSERT TO powernode.%I DO ALSO SELECT 1', 'CREATE POLICY p ON powernode.%I',
       'ALTER TABLE powernode.%I ENABLE ROW LEVEL SECURITY', 'CREATE INDEX ON powernode.%I ((now()))',
       'CREATE STATISTICS pg_temp.s ON ctid FROM powernode.%I', 'CREATE TEMP TABLE child () INHERITS (powernode.%I)',
       'ALTER TABLE powernode.%I ADD CHECK (true)', 'DROP TABLE powernode.%I']) s
   UNION ALL VALUES ('CREATE TABLE powernode.t ()'), ('CREATE FUNCTION powernode.f() RETURNS integer LANGUAGE sql RETURN 1'),
     ('ALTER SCHEMA powernode RENAME TO mine'), ('DROP EXTENSION powernode'), ('ALTER EXTENSION powernode UPDATE'),
     ('CREATE TABLE public.t (site_id text REFERENCES powernode.site_state)'),
     ('CREATE FOREIGN TABLE pg_temp.t (site_id text) SERVER powernode_site_list'),
     ('CREATE SERVER s FOREIGN DATA WRAPPER powernode_site_list'),
     ('CREATE CAST (integer AS text) WITH INOUT'), ('CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()'),
     ('SET LOCAL session_replication_role = replica'), ('SET LOCAL powernode.setpoint_ttl = ''1 h''')) s (statement);
SELECT is(error_as('powernode_tap_reader', format('SELECT FROM powernode.%s(%L::uuid)', name, :'site')), NULL, 'a reader: ' || name)
FROM unnest(ARRAY['preview', 'power_nodes', 'validate', 'explain', 'verify']) name;

SELECT * FROM finish();
ROLLBACK;
