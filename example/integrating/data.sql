-- A depot in Sydney with two feeders, one in Perth that nobody has surveyed, and
-- one that was closed.

INSERT INTO ops.depot (code, title, operator, time_zone, has_feeder_plan, sharing, deleted_at) VALUES
    ('SYD-1', 'Sydney Harbour', 'harbour_lines', 'Australia/Sydney', true, 'even', NULL),
    ('PER-1', 'Perth Hills', 'hills_coaches', 'Australia/Perth', false, NULL, NULL),
    ('OLD-1', 'Old yard', 'harbour_lines', 'Australia/Sydney', true, 'even', '2024-06-30 00:00+10');

INSERT INTO ops.feeder (feeder_id, depot_code, fed_by, label, breaker_a, derated_a, other_load_kw) VALUES
    ('f0000000-0000-4000-8000-000000000001', 'SYD-1', NULL, 'Main', 400, 320, 35.5),
    ('f0000000-0000-4000-8000-000000000002', 'SYD-1', 'f0000000-0000-4000-8000-000000000001', 'Row A', 63, NULL, NULL),
    ('f0000000-0000-4000-8000-000000000003', 'PER-1', NULL, 'Switchboard', 100, NULL, NULL);

INSERT INTO ops.supply (meter_no, depot_code, feeder_id) VALUES
    ('41037294810', 'SYD-1', 'f0000000-0000-4000-8000-000000000001');

INSERT INTO ops.station (serial, depot_code, feeder_id, nickname, rated_kw, state, last_heard_at, fallback_kw, deleted_at) VALUES
    ('AC-0117', 'SYD-1', 'f0000000-0000-4000-8000-000000000002', 'A1', NULL, 'ready', '2026-03-02 09:59+11', NULL, NULL),
    ('AC-0118', 'SYD-1', 'f0000000-0000-4000-8000-000000000002', 'A2', NULL, 'ready', '2026-03-02 09:59+11', NULL, NULL),
    ('DC-0003', 'SYD-1', 'f0000000-0000-4000-8000-000000000001', 'Fast', 150, 'ready', '2026-03-02 09:59+11', NULL, NULL),
    ('DC-0004', 'SYD-1', 'f0000000-0000-4000-8000-000000000001', 'Slow', 50, 'offline', '2026-03-02 07:30+11', 10, NULL),
    ('DC-0001', 'SYD-1', 'f0000000-0000-4000-8000-000000000001', 'Scrapped', 50, 'offline', '2023-01-01 00:00+11', NULL, '2023-02-01 00:00+11'),
    ('AC-0200', 'PER-1', NULL, NULL, 44, 'ready', '2026-03-02 06:59+08', NULL, NULL),
    ('AC-0201', 'PER-1', NULL, NULL, 44, 'ready', '2026-03-02 06:59+08', NULL, NULL);

INSERT INTO ops.plug (plug_id, station_serial, label, amps, dc_kw) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'AC-0117', 'left', 32, NULL),
    ('a0000000-0000-4000-8000-000000000002', 'AC-0117', 'right', 32, NULL),
    ('a0000000-0000-4000-8000-000000000003', 'AC-0118', NULL, 32, NULL),
    ('a0000000-0000-4000-8000-000000000004', 'DC-0003', NULL, NULL, 150),
    ('a0000000-0000-4000-8000-000000000005', 'DC-0004', NULL, NULL, 50),
    ('a0000000-0000-4000-8000-000000000006', 'AC-0200', NULL, 63, NULL),
    ('a0000000-0000-4000-8000-000000000007', 'AC-0201', NULL, 63, NULL);

INSERT INTO ops.visit (plug_id, bus, plugged_at, leaves_at, phases_used, takes_kw, metered_kw, battery_kwh, charge_pct) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Van 11', '2026-03-02 08:00+11', '2026-03-02 15:00+11', NULL, NULL, 18.1, 75, 40),
    ('a0000000-0000-4000-8000-000000000002', 'Van 12', '2026-03-02 08:10+11', NULL, 1, NULL, 7.2, NULL, NULL),
    ('a0000000-0000-4000-8000-000000000003', 'Van 13', '2026-03-02 09:20+11', '2026-03-02 12:00+11', NULL, 22.08, 18.0, 75, 70),
    ('a0000000-0000-4000-8000-000000000004', 'Bus 401', '2026-03-02 09:40+11', '2026-03-02 10:40+11', NULL, 120, 119.4, 350, 55),
    ('a0000000-0000-4000-8000-000000000006', 'Coach 7', '2026-03-02 05:00+08', NULL, NULL, 40, 31.0, NULL, NULL),
    ('a0000000-0000-4000-8000-000000000007', 'Coach 8', '2026-03-02 05:30+08', NULL, NULL, 40, 31.0, NULL, NULL);

INSERT INTO ops.import_rule (rule_no, depot_code, feeder_id, label, limit_kw, from_clock, to_clock, weekdays) VALUES
    (1, 'SYD-1', NULL, 'Evening peak', 120, '17:00', '21:00', NULL),
    (2, 'SYD-1', 'f0000000-0000-4000-8000-000000000002', 'Night works', 20, '22:00', '02:30', '{6,7}'),
    (3, 'PER-1', NULL, 'Evening peak', 60, '18:00', '22:00', '{1,2,3,4,5}');
