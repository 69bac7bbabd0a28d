-- Limits that recur by the clock on the depot's wall, as example/integrating has
-- them, where that clock is put forward and back, and where it never is.
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'UTC';
\o /dev/null
\ir ../../example/integrating/schema.sql
\ir ../../example/integrating/data.sql
\ir ../../example/integrating/adapter.sql
\ir ../../example/integrating/bind.sql
\o
DELETE FROM ops.import_rule;
SELECT no_plan();

-- The instants of a rule's window that begins on a day of the site's calendar.
CREATE FUNCTION pg_temp.window_of(site text, rule text, day date, OUT valid_from timestamptz, OUT valid_to timestamptz)
RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
  -- As in a cycle at noon there.
  PERFORM set_config('powernode.at', ((day + time '12:00') AT TIME ZONE (SELECT time_zone FROM ops.depot WHERE code = site))::text, true);
  RETURN QUERY SELECT e.valid_from, e.valid_to FROM ops.powernode_operating_envelope e, ops.depot d
    WHERE e.site_id = site AND d.code = site AND e.name = rule
      -- a window begins on its day, or where the clock leaps, at the next time there is
      AND (e.valid_from AT TIME ZONE d.time_zone)::date = day;
END $$;

INSERT INTO ops.import_rule (rule_no, depot_code, label, limit_kw, from_clock, to_clock)
SELECT row_number() OVER (), code, format('%s to %s', f, t), 50, f::time, t::time
FROM (VALUES ('SYD-1'), ('PER-1')) s (code),
     (VALUES ('17:00', '21:00'), ('22:00', '02:30'), ('02:30', '05:00'), ('02:15', '02:45'), ('01:00', '03:00'),
             ('02:00', '03:00'), ('03:00', '02:00'), ('00:00', '00:00'), ('23:59', '00:01'), ('01:59', '03:01')) w (f, t);

-- ---- Worked out by hand.  Sydney's clock shows UTC + 10 h, and from the first
-- Sunday of October, 02:00, to the first Sunday of April, 03:00, UTC + 11 h.

SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '17:00 to 21:00', '2026-10-03')$$,
  $$VALUES ('2026-10-03 07:00+00'::timestamptz, '2026-10-03 11:00+00'::timestamptz)$$, 'Sydney, the evening before it goes forward');
SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '17:00 to 21:00', '2026-10-04')$$,
  $$VALUES ('2026-10-04 06:00+00'::timestamptz, '2026-10-04 10:00+00'::timestamptz)$$, 'the evening after: an hour earlier by UTC');
SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '22:00 to 02:30', '2026-10-03')$$,
  $$VALUES ('2026-10-03 12:00+00'::timestamptz, '2026-10-03 16:00+00'::timestamptz)$$, 'to a time that is leapt over: to the leap');
SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '02:30 to 05:00', '2026-10-04')$$,
  $$VALUES ('2026-10-03 16:00+00'::timestamptz, '2026-10-03 18:00+00'::timestamptz)$$, 'from a time that is leapt over: from the leap');
SELECT is_empty($$SELECT * FROM pg_temp.window_of('SYD-1', '02:15 to 02:45', '2026-10-04')$$,
  'between two times that are leapt over: never');
SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '01:00 to 03:00', '2026-10-04')$$,
  $$VALUES ('2026-10-03 15:00+00'::timestamptz, '2026-10-03 16:00+00'::timestamptz)$$, 'over the leap: an hour less');
SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '00:00 to 00:00', '2026-10-04')$$,
  $$VALUES ('2026-10-03 14:00+00'::timestamptz, '2026-10-04 13:00+00'::timestamptz)$$, 'a whole day of 23 hours');

SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '22:00 to 02:30', '2026-04-04')$$,
  $$VALUES ('2026-04-04 11:00+00'::timestamptz, '2026-04-04 16:30+00'::timestamptz)$$, 'to a time that comes twice: to the second');
SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '02:30 to 05:00', '2026-04-05')$$,
  $$VALUES ('2026-04-04 15:30+00'::timestamptz, '2026-04-04 19:00+00'::timestamptz)$$, 'from a time that comes twice: from the first');
SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '02:15 to 02:45', '2026-04-05')$$,
  $$VALUES ('2026-04-04 15:15+00'::timestamptz, '2026-04-04 16:45+00'::timestamptz)$$, 'between two times that come twice: one window over both');
SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '01:00 to 03:00', '2026-04-05')$$,
  $$VALUES ('2026-04-04 14:00+00'::timestamptz, '2026-04-04 17:00+00'::timestamptz)$$, 'over the hour that comes twice: an hour more');
SELECT results_eq($$SELECT * FROM pg_temp.window_of('SYD-1', '00:00 to 00:00', '2026-04-05')$$,
  $$VALUES ('2026-04-04 13:00+00'::timestamptz, '2026-04-05 14:00+00'::timestamptz)$$, 'a whole day of 25 hours');

SELECT results_eq(format($$SELECT * FROM pg_temp.window_of('PER-1', '02:30 to 05:00', %L)$$, day),
    format($$VALUES (%L::timestamptz, %L::timestamptz)$$, day + time '02:30' - interval '8 hours', day + time '05:00' - interval '8 hours'),
    'Perth, ' || day || ': its clock is never moved')
FROM (VALUES (date '2026-04-05'), ('2026-10-04')) d (day);

-- ---- By definition, to the minute: from the first minute in which the clock shows
-- a time of the window to the end of the last.

UPDATE ops.depot SET time_zone = 'Australia/Lord_Howe' WHERE code = 'OLD-1';
INSERT INTO ops.import_rule (rule_no, depot_code, label, limit_kw, from_clock, to_clock)
SELECT rule_no + 100, 'OLD-1', label, limit_kw, from_clock, to_clock FROM ops.import_rule WHERE depot_code = 'SYD-1';

CREATE TEMP TABLE by_definition AS
SELECT d.code, r.label, day::date, min(m.t) AS valid_from, max(m.t) + interval '1 minute' AS valid_to
FROM ops.depot d
JOIN ops.import_rule r ON r.depot_code = d.code
CROSS JOIN (SELECT generate_series(start, start + interval '2 days', '1 day') AS day
            FROM (VALUES (timestamp '2026-04-04'), ('2026-10-03'), ('2026-06-30')) s (start)) days
CROSS JOIN LATERAL (SELECT t, t AT TIME ZONE d.time_zone AS clock
                    FROM generate_series(day AT TIME ZONE 'UTC' - interval '12 hours',
                                         day AT TIME ZONE 'UTC' + interval '40 hours', '1 minute') t) m
WHERE m.clock >= day + r.from_clock
  AND m.clock < day + CASE WHEN r.to_clock <= r.from_clock THEN interval '1 day' ELSE '0' END + r.to_clock
GROUP BY 1, 2, 3;

SELECT is((SELECT count(*)::int FROM by_definition), 3 * 10 * 9 - 2, 'every window there is, but for Sydney''s two that are leapt over');
SELECT is_empty(format($$
  (SELECT code, label, day, valid_from, valid_to FROM by_definition WHERE day = %1$L
   EXCEPT SELECT r.depot_code, r.label, %1$L::date, w.* FROM ops.import_rule r, pg_temp.window_of(r.depot_code, r.label, %1$L) w)
  UNION ALL
  (SELECT r.depot_code, r.label, %1$L::date, w.* FROM ops.import_rule r, pg_temp.window_of(r.depot_code, r.label, %1$L) w
   EXCEPT SELECT code, label, day, valid_from, valid_to FROM by_definition)$$, day),
  'as by definition in Sydney, Perth and on Lord Howe Island, where it is half an hour: ' || day)
FROM (SELECT DISTINCT day FROM by_definition) d ORDER BY day;

-- Wherever the session is.
CREATE FUNCTION pg_temp.windows_in(zone text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('timezone', zone, true), set_config('powernode.at', '2026-10-03T16:30:00+00:00', true);
  RETURN QUERY SELECT format('%s %s %s %s', site_id, name, extract(epoch FROM valid_from), extract(epoch FROM valid_to))
    FROM ops.powernode_operating_envelope ORDER BY 1;
  PERFORM set_config('timezone', 'UTC', true);
END $$;
SELECT results_eq(format('SELECT * FROM pg_temp.windows_in(%L)', zone), $$SELECT * FROM pg_temp.windows_in('UTC')$$, 'read from ' || zone)
FROM (VALUES ('Australia/Sydney'), ('America/New_York'), ('Asia/Kathmandu')) z (zone);
RESET powernode.at;

-- ---- What cycles make of it.

CREATE FUNCTION pg_temp.limit_at(at timestamptz, OUT source text, OUT expires_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM powernode.rebalance('SYD-1', at);
  SELECT n.limit_source INTO source FROM powernode.node_status n WHERE n.site_id = 'SYD-1' AND n.parent_id IS NULL;
  SELECT s.expires_at INTO expires_at FROM powernode.setpoint s WHERE s.site_id = 'SYD-1' LIMIT 1;
END $$;
CREATE FUNCTION pg_temp.only(f time, t time, days smallint[] DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
  DELETE FROM ops.import_rule;
  INSERT INTO ops.import_rule (rule_no, depot_code, label, limit_kw, from_clock, to_clock, weekdays)
  VALUES (1, 'SYD-1', 'the rule', 50, f, t, days);
$$;
CREATE FUNCTION pg_temp.gives(at timestamptz, wanted text, until timestamptz, name text) RETURNS text LANGUAGE sql AS $$
  SELECT is(l::text, ROW(wanted, until)::text, name) FROM pg_temp.limit_at(at) l;
$$;

-- A site's root has a limit only while an envelope holds, but for an offline reserve.
DELETE FROM ops.visit WHERE plug_id IN (SELECT plug_id FROM ops.plug WHERE station_serial = 'DC-0004');
UPDATE ops.station SET state = 'ready';
UPDATE ops.feeder SET other_load_kw = NULL;

SELECT pg_temp.only('02:30', '05:00');
SELECT pg_temp.gives('2026-10-03 15:50+00', NULL, '2026-10-03 16:00+00', 'ten minutes before the leap into the window: until the leap');
SELECT pg_temp.gives('2026-10-03 16:00+00', 'OPERATING_ENVELOPE', '2026-10-03 16:15+00', 'in force with the leap');
SELECT pg_temp.gives('2026-10-03 17:59+00', 'OPERATING_ENVELOPE', '2026-10-03 18:14+00', 'to 05:00 summer time');
SELECT pg_temp.gives('2026-10-03 18:00+00', NULL, '2026-10-03 18:15+00', 'and no longer');
SELECT pg_temp.gives('2026-04-04 15:29:59+00', NULL, '2026-04-04 15:30+00', 'a second before the first 02:30');
SELECT pg_temp.gives('2026-04-04 16:10+00', 'OPERATING_ENVELOPE', '2026-04-04 16:25+00', 'in force when it is 02:10 again');

-- Over midnight, and only when it begins on a Saturday.
SELECT pg_temp.only('22:00', '02:30', '{6}');
SELECT pg_temp.gives('2026-04-03 15:00+00', NULL, '2026-04-03 15:15+00', 'Saturday 02:00: Friday''s does not begin');
SELECT pg_temp.gives('2026-04-04 10:50+00', NULL, '2026-04-04 11:00+00', 'Saturday 21:50: until it begins');
SELECT pg_temp.gives('2026-04-04 15:59+00', 'OPERATING_ENVELOPE', '2026-04-04 16:14+00', 'Sunday 02:59, the first: the clock will show 02:29 again');
SELECT pg_temp.gives('2026-04-04 16:29+00', 'OPERATING_ENVELOPE', '2026-04-04 16:44+00', 'Sunday 02:29, the second');
SELECT pg_temp.gives('2026-04-04 16:30+00', NULL, '2026-04-04 16:45+00', 'Sunday 02:30, the second');
SELECT pg_temp.gives('2026-04-05 13:00+00', NULL, '2026-04-05 13:15+00', 'Sunday 23:00: Sunday''s does not begin');

-- What begins tomorrow is seen today.
SELECT pg_temp.only('00:05', '01:00');
SELECT pg_temp.gives('2026-07-01 13:58+00', NULL, '2026-07-01 14:05+00', 'two minutes to midnight: until five past');

SELECT * FROM finish();
ROLLBACK;
