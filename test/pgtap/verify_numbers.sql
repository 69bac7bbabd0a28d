-- verify() finds any number of a recorded cycle that is not as it was: changed one
-- at a time, wherever the catalogs say that a number is kept.
BEGIN;
\ir scene.psql
\ir verify.psql
SELECT no_plan();

SELECT make_rich_cycle();
SELECT is(after('', $$SELECT format('%s %s', node_id, reason) FROM powernode.constraint_status WHERE site_id = 's1' ORDER BY rank$$),
          lines('charge_point:p3 MINIMUM_POWER', 'grid_connection:g1 OPERATING_ENVELOPE', 'circuit:a OFFLINE_RESERVE'),
          'the cycle has a refused minimum, a shared limit and an over-asked node');
SELECT is(found(''), '', 'and it is sound');

CREATE TEMP TABLE kept AS
  SELECT 'cycle' AS relation, 'true' AS key, to_jsonb(t) AS fields FROM powernode.cycle t
  UNION ALL SELECT 'topology', 'true', to_jsonb(t) FROM powernode.topology t
  UNION ALL SELECT 'site_state', 'true', to_jsonb(t) FROM powernode.site_state t
  UNION ALL SELECT 'cycle_fault', 'rank = ' || t.rank, to_jsonb(t) FROM powernode.cycle_fault t;

-- Every number in it; element is NULL where the column is no array.
CREATE TEMP TABLE number AS
SELECT k.relation, k.key, a.attname AS field, format_type(a.atttypid, NULL) AS type, NOT a.attnotnull AS nullable,
       k.fields -> a.attname AS value, e.element
FROM kept k
JOIN pg_attribute a ON a.attrelid = format('powernode.%I', k.relation)::regclass AND a.attnum > 0 AND NOT a.attisdropped,
LATERAL (
  SELECT NULL::bigint WHERE format_type(a.atttypid, NULL) NOT LIKE '%[]'
  UNION ALL
  SELECT v.i FROM jsonb_array_elements(k.fields -> a.attname) WITH ORDINALITY v (e, i)
  WHERE format_type(a.atttypid, NULL) LIKE '%[]') e (element)
WHERE format_type(a.atttypid, NULL) ~ '^(smallint|integer|bigint|boolean|interval|timestamp)'
  AND a.attname <> 'last_error_at';
SELECT is(ARRAY(SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a
                WHERE a.attrelid IN ('powernode.cycle'::regclass, 'powernode.topology'::regclass) AND a.attnum > 0
                  AND format_type(a.atttypid, NULL) ~ '^(smallint|integer)\[\]'
                  AND a.attname NOT IN (SELECT n.field FROM number n)),
          '{}'::text[], 'there are some in every array');

-- One more, or the opposite, or something where there is nothing.
CREATE TEMP TABLE change AS
SELECT n.relation, n.field, n.element, 'another' AS what,
       format('UPDATE powernode.%I SET %s = %s WHERE %s', n.relation, p.place,
              CASE n.type
                WHEN 'boolean' THEN 'NOT ' || p.place
                WHEN 'interval' THEN p.place || ' + interval ''1 us'''
                WHEN 'timestamp with time zone' THEN format('coalesce(%s + interval ''1 us'', noon())', p.place)
                ELSE format('coalesce(%s + %s, 1)', p.place, CASE n.field WHEN 'rank' THEN 10 ELSE 1 END) END,
              n.key) AS statement
FROM number n, LATERAL (SELECT quote_ident(n.field) || coalesce('[' || n.element || ']', '')) p (place);
-- Nothing where there is something: of an element, of a column, of an array.
INSERT INTO change
SELECT n.relation, n.field, n.element, 'NULL',
       format('UPDATE powernode.%I SET %I%s = NULL WHERE %s', n.relation, n.field, '[' || n.element || ']', n.key)
FROM number n
WHERE CASE WHEN n.element IS NULL THEN n.nullable AND n.value <> 'null' ELSE n.value -> (n.element - 1)::int <> 'null' END;
INSERT INTO change
SELECT DISTINCT n.relation, n.field, NULL::bigint, 'no array', format('UPDATE powernode.%I SET %I = NULL', n.relation, n.field)
FROM number n WHERE n.element IS NOT NULL AND n.nullable;

CREATE TEMP TABLE answer AS
SELECT c.*, found(c.statement) AS rules FROM change c;

SELECT cmp_ok(count(*), '>', 250::bigint, 'there are many numbers to change') FROM answer;
SELECT is(ARRAY(SELECT a.statement FROM answer a WHERE a.rules = ''), '{}', 'no changed number goes unseen');
SELECT is(ARRAY(SELECT DISTINCT a.relation || '.' || a.field FROM answer a
                WHERE a.relation IN ('cycle', 'topology') AND a.rules !~ '\mCONTROL_TOTAL\M'
                  AND a.statement !~ 'topology_no'),
          '{}', 'the control total is of every number of the cycle and of its topology');

-- ---- What only the control total and the digest tell: any other number could have
-- ---- been so

SELECT is(after('', $$
  SELECT concat_ws(' ', field, nullif(what, 'another'), string_agg(element::text, ' ' ORDER BY element))
  FROM answer WHERE rules IN ('CONTROL_TOTAL', 'CONTROL_TOTAL TOPOLOGY_DIGEST')
  GROUP BY relation, field, what ORDER BY relation, field, what$$),
  lines('completed_at', 'control_total', 'duration', 'evaluated_at', 'expires_at',
        'limit_sources 2',      -- of a circuit: either may have taken as much
        'limits 6',             -- of the offline charge point: what it reserves is not recorded
        'minimums 7 11',        -- of a leaf that asks for nothing; of one that is refused anyway
        'tiers 7 10',           -- in which nobody loses a watt to anybody
        'tiers no array',
        'weights 5 7 10 11',    -- likewise, one watt of a few thousand
        'weights no array',
        'rating_sources 2 3 4 6 8 9',
        'ratings 2 3 4 5 6 7 8 10 11'), -- where no watt depends on it
  'of one number at a time, all others are found by what they mean');

SELECT * FROM finish();
ROLLBACK;
