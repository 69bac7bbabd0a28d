-- Prints docs/sql-reference.md from the catalogs of a database that has powernode:
-- read by tools/reference and by test/t/008_reference.pl.  Nothing in the output
-- depends on the server, the day or the order of creation.

\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
\pset format unaligned
\pset tuples_only on
\pset null ''
SET client_min_messages = warning;
SET search_path = pg_catalog, pg_temp;
BEGIN;

-- What is there for powernode's own use; everything else is for everybody.
CREATE TEMP TABLE internal (name text);
INSERT INTO internal
VALUES ('is_outcome'), ('is_reason'), ('is_topology'), ('is_control_mode'), ('is_policy'), ('is_kind'), ('is_fault'),
       ('node_rows'), ('setpoint_rows'), ('constraint_rows'), ('live_tree'), ('source_status'), ('site_list_handler'), ('stored_cycle'), ('stored_constraint'),
       ('cycle_proof'), ('fault_proof'), ('site_proof'), ('kept_cycle'), ('proof_nodes'), ('proof_paths'), ('proof_sums'), ('proof_primary'),
       ('proof_microseconds'), ('proof_bytes'), ('proof_word'), ('verify_digest'), ('verify_arrays'), ('verify_tree'), ('verify_limits'), ('verify_watts'), ('verify_totals'),
       ('verify_policy'), ('verify_minimums'), ('verify_bottlenecks'), ('verify_faults'),
       ('verify_outcome'), ('verify_times'), ('verify_control_total'), ('verify_site'), ('verify_cycle');

-- Functions whose result has the columns of a view, meaning the same.
CREATE TEMP TABLE like_view (function text, view text);
INSERT INTO like_view
VALUES ('rebalance', 'microgrid_status'), ('preview', 'node_status'), ('validate', 'constraint_status');

-- One row per function, its overloads together: text, then bigint and uuid.
CREATE TEMP TABLE call AS
SELECT p.proname::text AS name,
       string_agg(format('%s(%s)', p.proname, a.arguments), E'\n' ORDER BY o.place) AS signatures,
       (array_agg(obj_description(p.oid, 'pg_proc') ORDER BY o.place))[1] AS comment,
       (array_agg(p.oid ORDER BY o.place))[1] AS function,
       bool_or(p.proacl IS NULL OR EXISTS (
         SELECT FROM aclexplode(p.proacl) g WHERE g.grantee = 0 AND g.privilege_type = 'EXECUTE')) AS everybodys
FROM pg_proc p,
  LATERAL (SELECT regexp_replace(
    regexp_replace(pg_get_function_arguments(p.oid), ',? ?OUT .*$', ''),
    '(NULL|''[^'']*'')::[a-z ]+', '\1', 'g') AS arguments) a,
  LATERAL (SELECT CASE format_type(p.proargtypes[0], NULL) WHEN 'text' THEN 1 WHEN 'bigint' THEN 2 ELSE 3 END,
                  a.arguments COLLATE "C") o (place, arguments)
WHERE p.pronamespace = 'powernode'::regnamespace
GROUP BY p.proname;

CREATE TEMP TABLE visible_view AS
SELECT c.oid, c.relname::text AS name
FROM pg_class c
WHERE c.relnamespace = 'powernode'::regnamespace AND c.relkind IN ('v', 'm')
  AND c.relname NOT IN (SELECT name FROM internal);

CREATE FUNCTION pg_temp.cell(words text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN replace(replace(coalesce(words, ''), '|', '\|'), E'\n', ' ');

-- A relation's columns as a table.
CREATE FUNCTION pg_temp.columns(relation oid) RETURNS text LANGUAGE sql STABLE
RETURN (
  SELECT E'| column | type | meaning |\n|---|---|---|\n' || string_agg(
    format('| `%s` | %s | %s |', a.attname, format_type(a.atttypid, a.atttypmod),
           pg_temp.cell(col_description(a.attrelid, a.attnum))), E'\n' ORDER BY a.attnum)
  FROM pg_attribute a
  WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped);

-- What a function gives back, as a sentence.
CREATE FUNCTION pg_temp.result(function oid) RETURNS text LANGUAGE sql STABLE
RETURN (
  SELECT CASE
    WHEN p.prokind = 'p' THEN 'Called with CALL.'
    WHEN p.proargmodes IS NOT NULL THEN
      'Result: ' || (
        SELECT string_agg(format('`%s` %s', p.proargnames[i], format_type(p.proallargtypes[i], NULL)), ', ' ORDER BY i)
        FROM generate_subscripts(p.proargmodes, 1) i
        WHERE p.proargmodes[i] IN ('o', 't')) || '.'
      || coalesce((SELECT format(E'\nEach means what it does in [%s](#%s).', v.view, v.view)
                   FROM like_view v
                   WHERE v.function = p.proname AND NOT EXISTS (
                     SELECT FROM generate_subscripts(p.proargmodes, 1) i
                     WHERE p.proargmodes[i] IN ('o', 't') AND p.proargnames[i] NOT IN (
                       SELECT a.attname FROM pg_attribute a
                       WHERE a.attrelid = format('powernode.%I', v.view)::regclass))), '')
    WHEN p.proretset AND p.prorettype = 'powernode.power_node'::regtype THEN
      'Result: rows of [power_node](#the-type-power_node).'
    WHEN p.proretset THEN format('Result: rows of %s.', format_type(p.prorettype, NULL))
    WHEN p.prorettype = 'void'::regtype THEN 'No result.'
    ELSE format('Result: %s.', format_type(p.prorettype, NULL))
  END
  FROM pg_proc p WHERE p.oid = function);

\echo '<!-- Made of the COMMENTs in sql/install by: tools/reference > docs/sql-reference.md'
\echo '     Edit those and run it again; a test fails while this file says anything else. -->'
\echo
\echo '# SQL reference'
\echo
\echo 'Everything is in the schema `powernode`. Power is whole AC watts at the supply side.'
\echo
SELECT '- [Functions](#functions): ' || string_agg(format('[%s](#%s)', name, name), ', ' ORDER BY name COLLATE "C")
FROM call WHERE name NOT IN (SELECT name FROM internal);
\echo '- [The type power_node](#the-type-power_node), with [an example](#allocate-alone)'
SELECT '- [Views](#views): ' || string_agg(format('[%s](#%s)', name, name), ', ' ORDER BY name COLLATE "C")
FROM visible_view;
\echo '- [Configuration parameters](#configuration-parameters)'
\echo '- [Internal](#internal)'
\echo

\echo '## Functions'
\echo
SELECT format(E'### %s\n\n```\n%s\n```\n\n%s\n\n%s\n\n%s, PARALLEL %s%s.\n', c.name, c.signatures,
              regexp_replace(c.comment, '\.?$', '.'), pg_temp.result(c.function),
              CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END,
              CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' ELSE 'UNSAFE' END,
              CASE WHEN NOT c.everybodys THEN '; EXECUTE is its owner''s alone until it is granted' END)
FROM call c JOIN pg_proc p ON p.oid = c.function
WHERE c.name NOT IN (SELECT name FROM internal)
ORDER BY c.name COLLATE "C";

\echo '## The type power_node'
\echo
SELECT regexp_replace(obj_description('powernode.power_node'::regtype, 'pg_type'), '\.?$', '.') || E'\n\n'
       || pg_temp.columns('powernode.power_node'::regclass);
\echo
\echo '### allocate alone'
\echo
\echo 'A circuit of 20 kW with two connectors, and a third connector beside it, on a site of 40 kW:'
\echo
-- Printed, and then run.
SELECT $example$SELECT node_id, limit_w, demand_w, asked_w, allocated_w, bottleneck_id
FROM powernode.allocate(ARRAY[
  -- node_id, parent_id, kind, limit_w, demand_w, min_w, weight, priority, arrived_at, departs_at, energy_wh
  ('site', NULL, 'MICROGRID', 40000, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('circuit', 'site', 'CIRCUIT', 20000, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('plug 1', 'circuit', 'CONNECTOR', 22000, 22000, NULL, NULL, NULL, NULL, NULL, NULL),
  ('plug 2', 'circuit', 'CONNECTOR', 22000, 7000, NULL, NULL, NULL, NULL, NULL, NULL),
  ('plug 3', 'site', 'CONNECTOR', 22000, 22000, NULL, NULL, NULL, NULL, NULL, NULL)
]::powernode.power_node[], policy => 'EQUAL_SHARE')$example$ AS example \gset
\echo '<!-- run: database powernode -->'
\echo '```sql'
SELECT :'example' || ';';
\echo '```'
\echo
\echo '<!-- output -->'
\echo '```text'
\pset format aligned
\pset border 1
\pset linestyle ascii
\pset footer off
\pset tuples_only off
:example;
\pset format unaligned
\pset tuples_only on
\echo '```'
\echo

\echo '## Views'
\echo
SELECT format(E'### %s\n\n%s\n\n%s\n', v.name, regexp_replace(obj_description(v.oid, 'pg_class'), '\.?$', '.'),
              CASE WHEN pg_temp.columns(v.oid) = pg_temp.columns(s.oid)
                THEN format('The columns are those of [%s](#%s).', s.name, s.name)
                ELSE pg_temp.columns(v.oid) END)
FROM visible_view v
LEFT JOIN visible_view s ON v.name LIKE '%\_history' AND s.name = replace(v.name, '_history', '_status')
ORDER BY v.name COLLATE "C";

\echo '## Configuration parameters'
\echo
\echo '| parameter | default | set by | meaning |'
\echo '|---|---|---|---|'
-- Any call loads the library, which defines them.
SELECT FROM powernode.allocate('{}') \g /dev/null
SELECT format('| `%s` | %s | %s | %s |', name, concat_ws(' ', boot_val, unit), context, pg_temp.cell(short_desc))
FROM pg_settings
WHERE name LIKE 'powernode.%'
ORDER BY name COLLATE "C";
\echo
-- Not listed in pg_settings; this fails should it go.
SELECT current_setting('powernode.at') \g /dev/null
\echo 'During a cycle `current_setting(''powernode.at'')` is the cycle''s time, for adapter views that'
\echo 'depend on it; outside it is empty. powernode sets it.'
\echo

\echo '## Internal'
\echo
\echo 'What the above is made of; it may change with any release.'
\echo
\echo '| object | what it is |'
\echo '|---|---|'
SELECT format('| %s `%s` | %s |', kind, name, pg_temp.cell(comment))
FROM (
  SELECT 1, 'function', name, comment FROM call WHERE name IN (SELECT name FROM internal)
  UNION ALL
  SELECT CASE c.relkind WHEN 'v' THEN 2 WHEN 'f' THEN 3 ELSE 4 END,
         CASE c.relkind WHEN 'v' THEN 'view' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
         c.relname, obj_description(c.oid, 'pg_class')
  FROM pg_class c
  WHERE c.relnamespace = 'powernode'::regnamespace
    AND (c.relkind IN ('r', 'f') OR c.relkind = 'v' AND c.relname IN (SELECT name FROM internal))
) AS i (place, kind, name, comment)
ORDER BY place, name COLLATE "C";
ROLLBACK;
