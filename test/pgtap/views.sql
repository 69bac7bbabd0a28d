-- The SQL surface: columns of views and functions in order and with types, a
-- comment on everything, and what the storage must not contain.
BEGIN;
\ir scene.psql
SELECT no_plan();

-- ---- Views

-- "name type" of each column, in order; what one view shares with another is
-- written once.
CREATE FUNCTION columns_of(relation regclass) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(attname || ' ' || format_type(atttypid, NULL), ', ' ORDER BY attnum)
  FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
$$;
CREATE TEMP TABLE part (name text, columns text);
INSERT INTO part VALUES
  ('status',
    'site_id text, microgrid_id text, site_name text, state text, cycle_no integer, outcome text, reason text, message text,'
   ' evaluated_at timestamp with time zone, completed_at timestamp with time zone, expires_at timestamp with time zone, topology text,'
   ' control_mode text, policy text, limit_w integer, demand_w integer, allocated_w integer, curtailed_w integer,'
   ' constraining_node_id text, constraining_node_kind text, constraining_node_name text, constraining_limit_w integer,'
   ' constraining_asked_w integer, constrained_nodes integer, curtailed_leaves integer, faults integer, in_force_cycle_no integer,'
   ' last_error text, last_error_at timestamp with time zone'),
  ('node',
    'ordinal integer, parent_ordinal integer, node_id text, parent_id text, kind text, source_id text, name text, vehicle_name text,'
   ' depth integer, path text[], is_leaf boolean, limit_w integer, limit_source text, demand_w integer, asked_w integer, allocated_w integer,'
   ' curtailed_w integer, bottleneck_id text, bottleneck_kind text, bottleneck_name text, binding boolean, over_asked boolean'),
  ('constraint',
    'site_id text, cycle_no integer, rank integer, reason text, node_id text, kind text, source_id text, name text, path text[],'
   ' limit_w integer, limit_source text, asked_w integer, short_w integer, allocated_w integer, curtailed_w integer, binding boolean,'
   ' held_back_leaves integer, held_back_ids text[], message text');

SELECT is(columns_of(('powernode.' || view)::regclass), before || part.columns || after, 'columns of ' || view)
FROM (VALUES ('microgrid_status', '', 'status', ''),
             ('cycle_history', '', 'status', ', recorded_by text, duration interval'),
             ('node_status', 'site_id text, cycle_no integer, ', 'node', ''),
               ('node_history', 'site_id text, cycle_no integer, ', 'node', ''),
             ('constraint_status', '', 'constraint', ''),
               ('constraint_history', '', 'constraint', '')) v (view, before, name, after)
JOIN part USING (name);
SELECT is(columns_of('powernode.microgrid_hierarchy'),
          'site_id text, ordinal integer, parent_ordinal integer, node_id text, parent_id text, kind text, source_id text, name text,'
          ' depth integer, path text[], is_leaf boolean, limit_w integer, limit_source text',
            'columns of microgrid_hierarchy');
SELECT is(columns_of('powernode.setpoint'),
          'site_id text, leaf_id text, kind text, source_id text, name text, allocated_w integer, demand_w integer, cycle_no integer,'
          ' evaluated_at timestamp with time zone, expires_at timestamp with time zone', 'columns of setpoint');
SELECT is(columns_of('powernode.power_node'),
          'node_id text, parent_id text, kind text, limit_w integer, demand_w integer, min_w integer, weight integer, priority integer,'
          ' arrived_at timestamp with time zone, departs_at timestamp with time zone, energy_wh bigint',
            'attributes of power_node');
SELECT has_view('powernode', 'sources', 'view sources');
SELECT ok(relkind = 'v' AND reloptions && ARRAY['security_barrier=true', 'security_barrier=on'],
  view || ' is a view with a security barrier')
FROM unnest(ARRAY['microgrid_status', 'microgrid_hierarchy', 'node_status', 'constraint_status', 'setpoint',
  'cycle_history', 'node_history', 'constraint_history']) view
JOIN pg_class c ON c.oid = ('powernode.' || view)::regclass;

SELECT is(after('SELECT powernode.rebalance(''s1'')', format('SELECT count(*)::text FROM powernode.%I', view)),
          expected, 'without a filter: ' || view)
FROM (VALUES ('microgrid_status', '1'), ('microgrid_hierarchy', '11'), ('node_status', '11'),
             ('constraint_status', '0'), ('setpoint', '4'), ('cycle_history', '1'), ('node_history', '11'),
             ('constraint_history', '0')) v (view, expected);

-- ---- Functions

SELECT is((SELECT string_agg(coalesce(p.proargnames[a.i], '') || ' ' || format_type(a.type, NULL), ', ' ORDER BY a.i)
           FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY a (type, i)
           WHERE coalesce(p.proargmodes[a.i], 'i') = 'i'), arguments, format('arguments of %s(%s)', name, arguments))
FROM (SELECT name, replace(arguments, 'SITE', type), oid FROM (VALUES
        ('rebalance', 'site_id SITE, at timestamp with time zone, policy text, control_mode text',
          '(%s,timestamptz,text,text)'),
        ('preview', 'site_id SITE, at timestamp with time zone, policy text, control_mode text',
          '(%s,timestamptz,text,text)'),
        ('power_nodes', 'site_id SITE, at timestamp with time zone, control_mode text', '(%s,timestamptz,text)'),
        ('validate', 'site_id SITE, at timestamp with time zone', '(%s,timestamptz)'),
        ('explain', 'site_id SITE, cycle_no integer', '(%s,integer)')) f (name, arguments, signature),
      unnest(ARRAY['text', 'bigint', 'uuid']) type,
        LATERAL (SELECT to_regprocedure('powernode.' || name || format(signature, type)) AS oid) r
      UNION ALL
      VALUES ('allocate', 'nodes powernode.power_node[], policy text, at timestamp with time zone',
        to_regprocedure('powernode.allocate(powernode.power_node[],text,timestamptz)'))) f (name, arguments, oid)
LEFT JOIN pg_proc p ON p.oid = f.oid;

CREATE FUNCTION out_columns(function regprocedure) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(p.proargnames[a.i] || ' ' || format_type(a.type, NULL), ', ' ORDER BY a.i)
  FROM pg_proc p, unnest(p.proallargtypes) WITH ORDINALITY a (type, i)
  WHERE p.oid = function AND p.proargmodes[a.i] IN ('o', 't')
$$;
SELECT is(out_columns(('powernode.rebalance(' || type || ',timestamptz,text,text)')::regprocedure),
          'site_id text, cycle_no integer, outcome text, reason text, topology text, demand_w integer, allocated_w integer, curtailed_w integer,'
          ' constraining_node_id text, constraining_node_kind text', 'rebalance(' || type || ') gives')
FROM unnest(ARRAY['text', 'bigint', 'uuid']) type;
SELECT is(out_columns(('powernode.preview(' || type || ',timestamptz,text,text)')::regprocedure),
          (SELECT 'site_id text, ' || columns FROM part WHERE name = 'node'), 'preview(' || type || ') gives')
FROM unnest(ARRAY['text', 'bigint', 'uuid']) type;
SELECT is(out_columns(('powernode.validate(' || type || ',timestamptz)')::regprocedure),
          'reason text, node_id text, kind text, message text', 'validate(' || type || ') gives')
FROM unnest(ARRAY['text', 'bigint', 'uuid']) type;
SELECT is(pg_get_function_result(('powernode.power_nodes(' || type || ',timestamptz,text)')::regprocedure),
          'SETOF powernode.power_node', 'power_nodes(' || type || ') gives')
FROM unnest(ARRAY['text', 'bigint', 'uuid']) type;
SELECT is(pg_get_function_result(('powernode.explain(' || type || ',integer)')::regprocedure), 'SETOF text',
          'explain(' || type || ') gives')
FROM unnest(ARRAY['text', 'bigint', 'uuid']) type;
SELECT is(out_columns('powernode.allocate(powernode.power_node[],text,timestamptz)'),
          'node_id text, kind text, limit_w integer, demand_w integer, asked_w integer, allocated_w integer, bottleneck_id text',
            'allocate gives');
SELECT is(concat_ws(' ', provolatile, proparallel), 'i s', 'allocate is IMMUTABLE and PARALLEL SAFE')
FROM pg_proc WHERE oid = 'powernode.allocate(powernode.power_node[],text,timestamptz)'::regprocedure;
SELECT lives_ok(format('SELECT FROM powernode.%s', call), 'defaults: ' || call)
FROM unnest(ARRAY['rebalance(''s1'')', 'preview(''s1'')', 'power_nodes(''s1'')', 'validate(''s1'')', 'explain(''s1'')',
  'rebalance(site_id => ''s1'', policy => NULL)',
                  'preview(''s1'', control_mode => ''CHARGER'')', 'allocate(ARRAY[]::powernode.power_node[])',
                    'allocate(nodes => ''{}'', policy => ''EQUAL_SHARE'')']) call;
SET LOCAL search_path = powernode, public;
SELECT lives_ok('SELECT rebalance(''s1'')', 'with powernode on the search path: SELECT rebalance(site_id)');
PREPARE untyped AS SELECT cycle_no FROM rebalance($1);
SELECT lives_ok('EXECUTE untyped(''s1'')', 'an untyped parameter resolves');
SET LOCAL search_path = public;

-- ---- A comment on every object, and what must not be there

CREATE TEMP TABLE member AS
  SELECT classid, objid, pg_describe_object(classid, objid, 0) AS object
  FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                   AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'powernode')
                   -- From 17 on the row and array types that come by themselves are members too.
                   AND NOT (classid = 'pg_type'::regclass AND EXISTS (
                     SELECT FROM pg_depend own WHERE own.classid = pg_depend.classid AND own.objid = pg_depend.objid AND own.deptype = 'i'));
SELECT cmp_ok((SELECT count(*) FROM member), '>', 30::bigint, 'the extension has its objects');
SELECT is(ARRAY(SELECT m.object FROM member m
                WHERE NOT EXISTS (SELECT FROM pg_description d WHERE d.classoid = m.classid AND d.objoid = m.objid AND d.objsubid = 0)
                ORDER BY 1), '{}'::text[], 'no object without a comment');
SELECT is(ARRAY(SELECT m.object FROM member m JOIN pg_description d ON (d.classoid, d.objoid) = (m.classid,
          m.objid) WHERE length(d.description) < 15 ORDER BY 1),
          '{}'::text[], 'no comment that says nothing');
SELECT isnt(obj_description((SELECT oid FROM pg_extension WHERE extname = 'powernode'), 'pg_extension'), NULL,
          'the extension has a comment');
SELECT is(nspname::text, 'powernode',
          'the schema is fixed') FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'powernode';

CREATE TEMP TABLE stored AS
  SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = 'powernode'::regnamespace AND c.relkind IN ('r', 'p');
SELECT is(ARRAY(SELECT relname::text FROM stored WHERE relname <> 'source_binding' ORDER BY 1), ARRAY['cycle',
          'cycle_fault', 'site_state', 'topology'], 'the tables');
SELECT is(ARRAY(SELECT s.relname::text FROM stored s WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = s.oid AND i.indisprimary)),
          '{}'::text[], 'every table has a primary key');
SELECT is(ARRAY(SELECT i.indexrelid::regclass::text FROM pg_index i JOIN stored s ON s.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = s.oid AND a.attnum = i.indkey[0]
                WHERE a.attname <> 'site_id' AND s.relname <> 'source_binding'), '{}'::text[],
                  'every key starts with site_id');
SELECT is(ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = 'powernode'::regnamespace AND relkind IN ('S',
          'p')), '{}'::text[], 'no sequence, no partitioned table');
SELECT is(ARRAY(SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN stored ON attrelid = oid WHERE attidentity <> '' OR attgenerated <> ''),
          '{}'::text[], 'no identity column');
SELECT is(ARRAY(SELECT tgname::text FROM pg_trigger JOIN stored s ON s.oid = tgrelid), '{}'::text[], 'no trigger');
SELECT is(ARRAY(SELECT conname::text FROM pg_constraint JOIN stored s ON s.oid = conrelid WHERE contype = 'f'),
          '{}'::text[], 'no foreign key');
SELECT is(ARRAY(SELECT typname::text FROM pg_type WHERE typnamespace = 'powernode'::regnamespace AND typtype IN ('e',
          'd')), '{}'::text[], 'no enum, no domain');
SELECT is(ARRAY(SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'powernode'::regnamespace AND prosecdef),
          '{}'::text[], 'no SECURITY DEFINER');
SELECT is(ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = 'powernode'::regnamespace AND (relrowsecurity OR relhastriggers)),
          '{}'::text[], 'no row security of its own');
SELECT is(ARRAY(SELECT s.relname::text FROM stored s WHERE NOT s.oid = ANY (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'powernode')),
          '{}'::text[], 'every table''s rows are dumped');

-- ---- What the views show, where it is not of a cycle

SELECT is(after(change,
          'SELECT concat_ws('' '', ordinal, coalesce(parent_ordinal::text, ''-''), node_id, coalesce(parent_id, ''-''), kind, source_id, name, depth, path, is_leaf) FROM powernode.microgrid_hierarchy WHERE site_id = ''s1'' ORDER BY ordinal'),
          expected, 'microgrid_hierarchy: ' || coalesce(nullif(change, ''), 'the depot'))
FROM (VALUES
  ('', lines('1 - microgrid:m1 - MICROGRID m1 Depot 0 {Depot} f',
    '2 1 grid_connection:g1 microgrid:m1 GRID_CONNECTION g1 Intake 1 {Depot,Intake} f',
             '3 2 circuit:a grid_connection:g1 CIRCUIT a A 2 {Depot,Intake,A} f',
               '4 3 charge_point:p1 circuit:a CHARGE_POINT p1 P1 3 {Depot,Intake,A,P1} f',
             '5 4 connector:p1.1 charge_point:p1 CONNECTOR p1.1 P1.1 4 {Depot,Intake,A,P1,P1.1} t',
               '6 3 charge_point:p2 circuit:a CHARGE_POINT p2 P2 3 {Depot,Intake,A,P2} f',
             '7 6 connector:p2.1 charge_point:p2 CONNECTOR p2.1 P2.1 4 {Depot,Intake,A,P2,P2.1} t',
               '8 2 circuit:b grid_connection:g1 CIRCUIT b B 2 {Depot,Intake,B} f',
             '9 8 charge_point:p3 circuit:b CHARGE_POINT p3 P3 3 {Depot,Intake,B,P3} f',
               '10 9 connector:p3.1 charge_point:p3 CONNECTOR p3.1 P3.1 4 {Depot,Intake,B,P3,P3.1} t',
             '11 9 connector:p3.2 charge_point:p3 CONNECTOR p3.2 P3.2 4 {Depot,Intake,B,P3,P3.2} t')),
  -- Siblings by kind, then by id in its own type; text by COLLATE "C".
  ('UPDATE depot.circuit SET circuit_id = ''Z'' WHERE circuit_id = ''b''; UPDATE depot.charge_point SET circuit_id = CASE charge_point_id WHEN ''p3'' THEN ''main'' ELSE ''a'' END; DELETE FROM depot.connector',
   lines('1 - microgrid:m1 - MICROGRID m1 Depot 0 {Depot} f',
     '2 1 grid_connection:g1 microgrid:m1 GRID_CONNECTION g1 Intake 1 {Depot,Intake} f',
         '3 2 circuit:Z grid_connection:g1 CIRCUIT Z B 2 {Depot,Intake,B} f',
           '4 2 circuit:a grid_connection:g1 CIRCUIT a A 2 {Depot,Intake,A} f',
         '5 4 charge_point:p1 circuit:a CHARGE_POINT p1 P1 3 {Depot,Intake,A,P1} f',
           '6 4 charge_point:p2 circuit:a CHARGE_POINT p2 P2 3 {Depot,Intake,A,P2} f',
         '7 2 charge_point:p3 grid_connection:g1 CHARGE_POINT p3 P3 2 {Depot,Intake,P3} f')),
  ('UPDATE depot.circuit SET parent_circuit_id = ''gone'' WHERE circuit_id = ''a''; DELETE FROM depot.connector',
   lines('1 - microgrid:m1 - MICROGRID m1 Depot 0 {Depot} f',
     '2 1 grid_connection:g1 microgrid:m1 GRID_CONNECTION g1 Intake 1 {Depot,Intake} f',
         '3 2 circuit:b grid_connection:g1 CIRCUIT b B 2 {Depot,Intake,B} f',
           '4 3 charge_point:p3 circuit:b CHARGE_POINT p3 P3 3 {Depot,Intake,B,P3} f'))) h (change, expected);
SELECT is(after('ALTER TABLE depot.charge_point ALTER charge_point_id TYPE bigint USING substr(charge_point_id, 2)::bigint; INSERT INTO depot.charge_point VALUES (''s1'', 10, ''a'', 1), (''s1'', 9, ''a'', 1); DELETE FROM depot.connector; UPDATE depot.connector SET charge_point_id = NULL; ALTER TABLE depot.connector ALTER charge_point_id TYPE bigint USING NULL',
                'SELECT string_agg(source_id, '' '' ORDER BY ordinal) FROM powernode.microgrid_hierarchy WHERE site_id = ''s1'' AND parent_id = ''circuit:a'''),
          '1 2 9 10', 'siblings with numbers for ids are in the order of numbers');

SELECT is(after('UPDATE depot.circuit SET name = '''' WHERE circuit_id = ''a''',
                'SELECT name FROM powernode.microgrid_hierarchy WHERE site_id = ''s1'' AND node_id = ''circuit:a'''),
          'a', 'an empty name is none');
SELECT * FROM finish();
ROLLBACK;
