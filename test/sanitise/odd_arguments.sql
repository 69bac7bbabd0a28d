-- Calls every function of powernode with arguments that no caller should give: a
-- sound recorded cycle's, of which one to three are replaced by odd values of their
-- type.  Any answer and any error will do, but for an internal one (XX...) and a
-- crash.  :seed, and :calls of each function in C; a tenth of those in SQL.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
SELECT setseed(:seed) \g /dev/null
SET client_min_messages = warning;

-- ---- What is odd.  %s is the sound value, where there is one.

CREATE TEMP TABLE odd (type text, expression text);
INSERT INTO odd
SELECT 'text', quote_nullable(t) FROM unnest(ARRAY[NULL, '', 'x', 'CHARGER', 'CONNECTOR',
  'PRIORITY', 'LEAST_LAXITY_FIRST', '10000000-0000-4000-8000-000000000001', '-1',
  'é', repeat('y', 3000)]) t
UNION ALL SELECT t, quote_nullable(v) FROM unnest(ARRAY['smallint', 'integer', 'bigint']) t,
  unnest(ARRAY[NULL, '0', '1', '-1', '32767', '-32768']) v
UNION ALL SELECT t, quote_nullable(v) FROM unnest(ARRAY['integer', 'bigint']) t,
  unnest(ARRAY['2147483647', '-2147483648', '5']) v
UNION ALL SELECT 'bigint', quote_nullable(v) FROM unnest(ARRAY['9223372036854775807', '-9223372036854775808']) v
UNION ALL SELECT 'uuid', v FROM unnest(ARRAY['NULL', '''10000000-0000-4000-8000-000000000001''', 'gen_random_uuid()']) v
UNION ALL SELECT 'timestamp with time zone', v FROM unnest(ARRAY['NULL', 'now()', '''infinity''',
  '''-infinity''', '''4714-11-24 BC''', '''294276-12-31 23:59:59.999999''']) v
UNION ALL SELECT 'regclass', v FROM unnest(ARRAY['NULL', '''pg_class''', '''powernode.cycle''', '0', '4294967295']) v
UNION ALL SELECT t, v FROM unnest(ARRAY['smallint[]', 'integer[]']) t,
  unnest(ARRAY['NULL', '''{}''', '''{NULL}''', '''{NULL,1}''', '''{0}''', '''{1,2,3}''',
    '''{NULL,1,2,3}''', '''{NULL,3,2,1}''', '''{-1}''', '''{{1,2},{3,4}}''', '''[5:6]={1,2}''',
    '''[-2147483648:-2147483647]={1,2}''', '''{NULL,NULL,NULL}''', '''{32767,-32768}''',
    'array_fill(1, ARRAY[3000])', 'array_fill(NULL::integer, ARRAY[5])',
    'array_fill(1, ARRAY[2,2,2,2,2,2])', '%s || 7::smallint', '%s[2:]', 'ARRAY[%s, %s]',
    'array_replace(%s, %s[3], NULL)', '%s[:2] || 32767::smallint || %s[4:]',
    '%s[:2] || -32768::smallint || %s[4:]', '%s[:4] || 0::smallint || %s[6:]', '%s || %s'])  v
UNION ALL SELECT 'integer[]', v FROM unnest(ARRAY['''{2147483647,-2147483648}''',
    '%s[:2] || 2147483647 || %s[4:]', '%s[:2] || -2147483648 || %s[4:]']) v
UNION ALL SELECT 'text[]', v FROM unnest(ARRAY['NULL', '''{}''', '''{NULL}''', '''{"",NULL}''',
    '''{a,b,c}''', '''{{a,b},{c,d}}''', '''[7:8]={a,b}''', 'array_fill(''''::text, ARRAY[3000])',
    'ARRAY[repeat(''z'', 3000)]', '%s[2:]', 'array_append(%s, ''more'')', 'ARRAY[%s, %s]',
    'array_replace(%s, %s[3], NULL)']) v
UNION ALL SELECT 'powernode.power_node[]', v FROM unnest(ARRAY['NULL', '''{}''', '''{NULL}''',
    'ARRAY[NULL, NULL]::powernode.power_node[]', '%s || NULL::powernode.power_node', '%s[2:]',
    'ARRAY[%s, %s]', '%s || %s', '%s[:1] || %s[5:]', '''{"(,,,,,,,,,,)"}''',
    '''{"(a,a,,1,1,1,1,1,,,)"}''', '''{"(a,b,,1,1,1,1,1,,,)","(b,a,,1,1,1,1,1,,,)"}''',
    '''{"(a,,,-1,,,,,,,)"}''', '''{"(a,,,2147483647,2147483647,2147483647,2147483647,-2147483648,-infinity,infinity,-9223372036854775808)"}''',
    '''{"(r,,,,,,,,,,)","(a,r,,2147483647,2147483647,1,2147483647,2147483647,-infinity,infinity,9223372036854775807)","(b,r,,0,2147483647,0,1,-2147483648,infinity,-infinity,0)"}''']) v
UNION ALL SELECT 'powernode.cycle_proof', v FROM unnest(ARRAY['NULL',
    'jsonb_populate_record(NULL::powernode.cycle_proof, ''{}'')']) v
UNION ALL SELECT 'powernode.cycle_proof', format('jsonb_populate_record(%%s, %L)', jsonb_build_object(attname, v))
FROM pg_attribute, unnest(ARRAY['null', '[]', '[null]', '[1, 2]', '[[1, 2], [3, 4]]']::jsonb[]) v
WHERE attrelid = 'powernode.cycle_proof'::regclass AND attnum > 0
  AND (v = 'null' OR atttypid = ANY ('{integer[],smallint[]}'::regtype[]));

-- ---- What is sound, by the argument's name and type

CREATE TEMP TABLE sound AS
SELECT c.site_id, c.cycle_no, c.control_mode, t.parents, t.kinds, t.source_ids, t.names, t.ratings,
       t.rating_sources, c.limits, c.limit_sources, c.demands, c.asked, c.allocated,
       c.bottlenecks, c.offline, c.vehicles, c.minimums,
       (SELECT p FROM powernode.cycle_proof p WHERE p.site_id = c.site_id AND p.cycle_no = c.cycle_no) AS proof,
       (SELECT array_agg(n::powernode.power_node) FROM powernode.power_nodes(c.site_id) n) AS nodes
FROM powernode.cycle c
JOIN powernode.topology t ON t.site_id = c.site_id AND t.topology_no = c.topology_no
WHERE c.outcome = 'CURTAILED';

CREATE FUNCTION pg_temp.is_sound(argument text) RETURNS boolean LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'pg_temp.sound'::regclass AND attname = argument)
$$;

-- One argument: the sound value, or an odd one.
CREATE FUNCTION pg_temp.argument(name text, argument_type text, is_odd boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  sound text := CASE WHEN pg_temp.is_sound(name) AND argument_type <> ALL ('{bigint,uuid}') THEN 's.' || quote_ident(name) END;
  chosen text;
BEGIN
  IF is_odd OR sound IS NULL THEN
    SELECT expression INTO chosen FROM odd
    WHERE type = argument_type AND (sound IS NOT NULL OR expression NOT LIKE '%\%s%')
    ORDER BY random() LIMIT 1;
  END IF;
  RETURN format('(%s)::%s', coalesce(replace(chosen, '%s', sound), chosen, sound, 'NULL'), argument_type);
END $$;

CREATE TEMP TABLE call (made text, state text, message text);
CREATE FUNCTION pg_temp.call_all(calls integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  f record; statement text; share double precision;
BEGIN
  FOR f IN
    SELECT p.oid, p.proname, p.pronargs, p.proargnames, l.lanname = 'c' AS in_c,
           array(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY a (t, i) ORDER BY i) AS types
    FROM pg_proc p JOIN pg_type r ON r.oid = p.prorettype JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace = 'powernode'::regnamespace AND p.prokind = 'f' AND p.pronargs > 0
      AND (r.typtype <> 'p' OR r.typname = 'record')
    ORDER BY p.oid::regprocedure::text COLLATE "C"
  LOOP
    FOR i IN 1 .. CASE WHEN f.in_c THEN calls ELSE calls / 10 END LOOP
      share := least(1, random() * 3 / f.pronargs);
      SELECT format('SELECT count(*) FROM (SELECT * FROM pg_temp.sound ORDER BY random() LIMIT 1) s, LATERAL powernode.%I(%s) r',
                    f.proname, string_agg(pg_temp.argument(f.proargnames[n], f.types[n], random() < share), ', ' ORDER BY n))
        INTO statement FROM generate_series(1, f.pronargs) n;
      BEGIN
        EXECUTE statement;
        INSERT INTO call VALUES (f.oid::regprocedure, '00000', NULL);
      EXCEPTION WHEN OTHERS THEN
        INSERT INTO call VALUES (CASE WHEN SQLSTATE LIKE 'XX%' THEN left(statement, 2000) ELSE f.oid::regprocedure::text END, SQLSTATE, SQLERRM);
      END;
    END LOOP;
  END LOOP;
END $$;

BEGIN;
SELECT pg_temp.call_all(:calls) \g /dev/null
SELECT format('# %s: %s x %s', state, count(*), min(left(message, 90))) FROM call GROUP BY state ORDER BY state;
SELECT format('# internal error %s: %s: %s', state, message, made) FROM call WHERE state LIKE 'XX%' LIMIT 20;
SELECT format('%s calls of %s functions: %s answers, %s errors, %s internal errors', count(*), count(DISTINCT made),
              count(*) FILTER (WHERE state = '00000'), count(*) FILTER (WHERE state <> '00000'),
              count(*) FILTER (WHERE state LIKE 'XX%')) FROM call;
ROLLBACK;
