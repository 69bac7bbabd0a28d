-- Retention: which cycles go, which never do, and what goes with them.
BEGIN;
\ir scene.psql
SELECT no_plan();

-- So many cycles of s1, the letter saying how each ends: a APPLIED, r REJECTED.
-- c is APPLIED too, in the other control mode, and so in a topology of its own.
CREATE FUNCTION cycles(ends text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  letter text;
BEGIN
  FOREACH letter IN ARRAY string_to_array(ends, NULL) LOOP
    UPDATE depot.connector SET demand_w = CASE letter WHEN 'r' THEN -1 ELSE 5000 END;
    PERFORM powernode.rebalance('s1', noon(), control_mode => CASE letter WHEN 'c' THEN 'CHARGER' END);
  END LOOP;
END $$;
-- Makes cycles older than they are.
CREATE FUNCTION age(VARIADIC numbers integer[]) RETURNS void LANGUAGE sql AS $$
  UPDATE powernode.cycle SET completed_at = completed_at - interval '40 days' WHERE cycle_no = ANY (numbers)
$$;
CREATE FUNCTION kept() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(cycle_no::text, ' ' ORDER BY cycle_no) FROM powernode.cycle
$$;

-- ---- Which cycles

SELECT is(after(change, 'SELECT powernode.prune(''30 days'')::text UNION ALL SELECT kept()'), lines(deleted, left_over), what)
FROM (VALUES
  ('SELECT 1', '0', '(null)', 'no cycle: none goes'),
  ('SELECT cycles(''aaaa'')', '0', '1 2 3 4', 'young cycles stay'),
  ('SELECT cycles(''aaaa''), age(1, 2)', '2', '3 4', 'older ones go'),
  ('SELECT cycles(''aaaa''), age(1, 2, 3, 4)', '3', '4', 'the latest stays, however old'),
  ('SELECT cycles(''arrr''), age(1, 2, 3, 4)', '2', '1 4', 'the one in force stays'),
  ('SELECT cycles(''arar''), age(1, 2, 3, 4)', '2', '3 4', 'and only that one'),
  ('SELECT cycles(''rrr''), age(1, 2, 3)', '2', '3', 'where none is in force the latest alone'),
  ('SELECT cycles(''aaaaa''), age(3)', '1', '1 2 4 5', 'an older one among younger goes too: a clock was wrong')
) AS v (change, deleted, left_over, what);
SELECT is(after('SELECT cycles(''aaaa'')', 'SELECT powernode.prune(''0'')::text UNION ALL SELECT kept()'),
          lines('3', '4'), 'keep nothing: all but the latest go, also those of this transaction');
SELECT is(after('SELECT cycles(''aaaa''), age(1, 2, 3)', 'SELECT powernode.prune(''1000000 years'')::text'), '0',
          'a span beyond all times keeps everything');
SELECT is(after('SELECT cycles(''aaa''), age(1, 2); UPDATE powernode.cycle SET completed_at = completed_at - interval ''23 hours''',
          'SELECT powernode.prune(''1 month'')::text UNION ALL SELECT powernode.prune(''41 days'')::text'), lines('2', '0'), 'months and days');

-- More cycles than one step of the search, most of them to go.
SELECT is(after($$SELECT cycles('a'); INSERT INTO powernode.cycle SELECT (jsonb_populate_record(c, jsonb_build_object('cycle_no', n,
            'completed_at', c.completed_at - interval '40 days'))).* FROM powernode.cycle c, generate_series(2, 2500) n;
          UPDATE powernode.site_state SET cycle_no = 2500, in_force_cycle_no = 1234$$,
          'SELECT powernode.prune(''30 days'')::text UNION ALL SELECT kept()'), lines('2497', '1 1234 2500'), 'thousands of cycles');

-- ---- What goes with them

SELECT is(after('SELECT cycles(''rar''), age(1, 2, 3); SELECT powernode.prune(''30 days'')',
          'SELECT string_agg(DISTINCT cycle_no::text, '' '') FROM powernode.cycle_fault'), '3', 'faults go with their cycle');
SELECT is(after(change || '; SELECT powernode.prune(''30 days'')',
          'SELECT string_agg(topology_no::text, '' '' ORDER BY topology_no) FROM powernode.topology'), left_over, what)
FROM (VALUES
  ('SELECT cycles(''aca''), age(1, 2, 3)', '1', 'a topology that no cycle has any more goes'),
  ('SELECT cycles(''cac''), age(1, 2)', '1', 'the latest''s stays'),
  ('SELECT cycles(''cacr''), age(1, 2)', '1', 'that of the one in force stays'),
  ('SELECT cycles(''acaa''), age(1)', '1 2', 'one that a kept cycle has stays'),
  ('SELECT cycles(''acc''), age(1, 2); SELECT powernode.prune(''30 days''), cycles(''a'')', '2 3', 'one that comes again is written again')
) AS v (change, left_over, what);
SELECT is(after('SELECT cycles(''acarcar''), age(1, 2, 3, 4); SELECT powernode.prune(''30 days''), cycles(''acr'')',
          'SELECT v.rule FROM powernode.cycle c, powernode.verify(''s1'', c.cycle_no) v'), NULL, 'what is left, and what follows, verifies');
SELECT is(after('SELECT cycles(''aar''), age(1, 2, 3); SELECT powernode.prune(''30 days'')',
          'SELECT concat_ws('' '', state, cycle_no, in_force_cycle_no, (SELECT count(*) FROM powernode.setpoint WHERE cycle_no = 2)) FROM powernode.microgrid_status'),
          'REJECTED 3 2 4', 'the status is what it was, the setpoints in force too');

-- ---- Arguments

SELECT throws_ok('SELECT powernode.prune(NULL)', '22004');
SELECT throws_ok('SELECT powernode.prune(''-1 second'')', '22023');
SELECT throws_ok('SELECT powernode.prune(''1 day -25 hours'')', '22023');
SELECT lives_ok('SELECT powernode.prune(''-1 day 25 hours'')', 'forward by an hour in all');
SELECT throws_ok('SET LOCAL transaction_read_only = on; SELECT powernode.prune(''0'')', '25006');

-- ---- Whose cycles

CREATE ROLE powernode_tap_sweeper;
GRANT USAGE ON SCHEMA powernode, depot TO powernode_tap_sweeper;
GRANT SELECT ON depot.site TO powernode_tap_sweeper;
SELECT is(after('SET LOCAL ROLE powernode_tap_sweeper', 'SELECT has_function_privilege(''powernode.prune(interval)'', ''execute'')::text'),
          'false', 'nobody may prune by default');
GRANT EXECUTE ON FUNCTION powernode.prune TO powernode_tap_sweeper;
CREATE FUNCTION prune_as_sweeper(change text) RETURNS text LANGUAGE sql AS $$
  SELECT after(change || '; SET LOCAL ROLE powernode_tap_sweeper; CREATE TEMP TABLE gone AS SELECT powernode.prune(''30 days'') AS n; RESET ROLE',
               'SELECT n::text FROM gone UNION ALL SELECT kept()')
$$;
SELECT is(prune_as_sweeper('SELECT cycles(''aaa''), age(1, 2, 3)'), lines('2', '3'), 'one who has no rights on the tables, of a site that he sees');
SELECT is(prune_as_sweeper('SELECT cycles(''aaa''), age(1, 2, 3); DELETE FROM depot.site'), lines('0', '1 2 3'), 'not of one that he does not see');
SELECT is(prune_as_sweeper('SELECT cycles(''aaa''), age(1, 2, 3); ALTER TABLE depot.site ENABLE ROW LEVEL SECURITY'), lines('0', '1 2 3'),
          'nor of one that is hidden from him');
SELECT is(after('SELECT cycles(''aaa''), age(1, 2, 3); DELETE FROM depot.site', 'SELECT powernode.prune(''30 days'')::text UNION ALL SELECT kept()'),
          lines('2', '3'), 'the tables'' owner prunes sites that have left the source');
SELECT is(after('SELECT cycles(''aaa''), age(1, 2, 3), powernode.set_source(''site'', NULL)', 'SELECT powernode.prune(''30 days'')::text'),
          '2', 'also where no site source is bound');

-- ---- What the statistics say

SELECT is(after('SELECT 1', 'SELECT concat_ws('' '', site_id, site_name, enabled, cycles, applied, curtailed, rejected, coalesce(first_cycle_no::text, ''-''), coalesce(p95_duration::text, ''-'')) FROM powernode.site_statistics'),
          's1 Depot t 0 0 0 0 - -', 'statistics before the first cycle');
SELECT is(after('SELECT cycles(''rraaa''); UPDATE depot.connector SET demand_w = 22000; SELECT powernode.rebalance(''s1'', noon()); UPDATE powernode.cycle SET duration = cycle_no * interval ''1 s''',
          'SELECT concat_ws('' '', cycles, applied, curtailed, rejected, first_cycle_no, mean_duration, p95_duration, last_completed_at > first_completed_at) FROM powernode.site_statistics'),
          '6 3 1 2 1 00:00:03.5 00:00:06 t', 'statistics of six cycles');
SELECT is(after('SELECT cycles(''a''); INSERT INTO powernode.cycle SELECT (jsonb_populate_record(c, jsonb_build_object(''cycle_no'', n))).* FROM powernode.cycle c, generate_series(2, 100) n; UPDATE powernode.cycle SET duration = cycle_no * interval ''1 ms''',
          'SELECT concat_ws('' '', cycles, p95_duration) FROM powernode.site_statistics'),
          '100 00:00:00.095', 'the longest but one in twenty');
SELECT is(after('UPDATE depot.site SET enabled = false', 'SELECT enabled::text FROM powernode.site_statistics'), 'false', 'a disabled site');

SELECT * FROM finish();
ROLLBACK;
