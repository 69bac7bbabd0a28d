-- What verify() finds in the words of a cycle and in its fault rows, and in
-- what it says of the cycles before it; under a control total that was made to fit.
BEGIN;
\ir scene.psql
\ir verify.psql
SELECT no_plan();

CREATE FUNCTION breaks(change text, label text, rules text DEFAULT '') RETURNS text LANGUAGE sql AS $$
  SELECT is(forged(change), rules, label)
$$;

-- ---- The cycle's own words

SELECT make_rich_cycle();
SELECT breaks('', 'the cycle is sound');
SELECT breaks('UPDATE powernode.cycle SET ' || change, change, rules)
FROM (VALUES
  ('outcome = ''APPLIED''', 'CONSTRAINING_NODE OUTCOME REASON'),
  ('reason = ''CIRCUIT_LIMIT''', 'REASON'),
  ('message = ''All is well.''', 'MESSAGE'),
  ('topology = ''FLAT''', 'TOPOLOGY'),
  ('topology = NULL', 'TOPOLOGY'),
  ('control_mode = ''CHARGER''', 'TOPOLOGY'),
  ('constraining_node_id = ''circuit:a''', 'CONSTRAINING_NODE'),
  ('constraining_node_kind = ''CIRCUIT''', 'CONSTRAINING_NODE'),
  ('constraining_node_name = NULL', 'CONSTRAINING_NODE'),
  ('evaluated_at = ''infinity''', 'EXPIRES'),
  ('expires_at = ''infinity''', ''),
  ('expires_at = least(evaluated_at, completed_at)', 'EXPIRES'),
  ('duration = ''-1 s''', ''),
  ('vehicles = ''{}''', 'ARRAY_LENGTH'),
  ('vehicles = vehicles[2:]', 'ARRAY_LENGTH'),
  ('demands = ''[0:10]={57000,57000,20000,20000,20000,0,0,37000,37000,22000,15000}''', 'ARRAY_LENGTH'),
  ('turns = ARRAY[turns]', 'ARRAY_LENGTH')) c (change, rules);
SELECT breaks('UPDATE powernode.topology SET ' || change, change, rules)
FROM (VALUES
  ('topology = ''FLAT''', 'TOPOLOGY'),
  ('control_mode = ''CHARGER''', 'TOPOLOGY'),
  ('source_ids[5] = source_ids[7]', 'NODE_ID'),
  ('names[9] = ''another''', 'CONSTRAINING_NODE MESSAGE'),
  ('names = names[2:]', 'ARRAY_LENGTH'),
  ('parents[2] = 3', 'NODE_KIND TREE_ORDER'),
  ('parents[1] = 11', 'NODE_KIND TREE_ORDER'),
  ('kinds[9] = 9', 'NODE_KIND')) c (change, rules);
SELECT breaks('DELETE FROM powernode.topology', 'no tree', 'SITE_STATE TOPOLOGY');
SELECT breaks('UPDATE powernode.site_state SET cycle_no = 0', 'a counter that has not counted', 'SITE_STATE');
SELECT breaks('DELETE FROM powernode.site_state', 'no counter', 'SITE_STATE');
SELECT breaks('UPDATE powernode.site_state SET topology_no = NULL', 'no topology to compare the next with', 'SITE_STATE');
SELECT is(found('UPDATE powernode.site_state SET topology_digest = sha256(''forged'')'), 'SITE_STATE', 'one that the next will not be found by');

-- ---- Faults

SELECT only_cycle($$TRUNCATE depot.operating_envelope; UPDATE depot.site SET on_fault = 'ISOLATE';
  UPDATE depot.connector SET max_power_w = -1 WHERE connector_id = 'p2.1'; UPDATE depot.charge_point SET online = true$$);
SELECT is(after('', 'SELECT reason || coalesce('' '' || node_id, '''') FROM powernode.constraint_status ORDER BY rank'),
          lines('MINIMUM_POWER charge_point:p3', 'OFFLINE_RESERVE circuit:a', 'INVALID_RATING connector:p2.1'), 'a cycle with constraints and a fault that is isolated');
SELECT breaks('', 'ISOLATE: the cycle is sound');
SELECT breaks('UPDATE powernode.cycle_fault SET reason = ''CIRCUIT_LOOP'' WHERE rank = 3', 'ISOLATE: a fault that rejects', 'FAULT_ROW');
SELECT breaks('UPDATE powernode.cycle SET faults = 0', 'ISOLATE: no fault counted', 'FAULTS');
SELECT breaks('UPDATE powernode.cycle_fault SET rank = 5 WHERE rank = 3', 'ISOLATE: a gap before the fault', 'FAULT_ORDER');

SELECT only_cycle($$UPDATE depot.site SET on_fault = NULL; UPDATE depot.connector SET max_power_w = -1 WHERE connector_id = 'p1.1'; UPDATE depot.site SET policy = 'FAIR'$$);
SELECT is(after('', 'SELECT reason || coalesce('' '' || node_id, '''') FROM powernode.constraint_status ORDER BY rank'),
          lines('INVALID_SETTING microgrid:m1', 'INVALID_RATING connector:p1.1', 'INVALID_RATING connector:p2.1'), 'a cycle with three faults');
SELECT breaks('', 'REJECTED: the cycle is sound');
SELECT breaks('UPDATE powernode.cycle SET ' || change, 'REJECTED: ' || change, rules)
FROM (VALUES
  ('outcome = ''APPLIED''', 'EXPIRES FAULT_ROW IN_FORCE SITE_STATE TOPOLOGY'),
  ('reason = ''INVALID_RATING''', 'REASON'),
  ('message = ''No.''', 'MESSAGE'),
  ('constraining_node_id = NULL', 'CONSTRAINING_NODE'),
  ('demand_w = 0', 'REJECTED_CYCLE'),
  ('limits = ''{}''', 'REJECTED_CYCLE'),
  ('topology_no = 1', 'REJECTED_CYCLE'),
  ('constrained_nodes = 1', 'REJECTED_CYCLE'),
  ('curtailed_leaves = 1', 'REJECTED_CYCLE'),
  ('faults = 2', 'FAULTS'),
  ('faults = 101', 'FAULTS'),
  ('in_force_cycle_no = 1', 'IN_FORCE'),
  ('in_force_cycle_no = -1', 'IN_FORCE'),
  ('expires_at = now()', 'EXPIRES')) c (change, rules);
SELECT breaks(format('UPDATE powernode.cycle_fault SET %s WHERE rank = 3', change), 'fault 3: ' || change, rules)
FROM (VALUES
  ('reason = ''MISSING_RATING''', 'FAULT_ORDER'),
  ('source_id = ''p1.0'', node_id = ''connector:p1.0''', 'FAULT_ORDER'),
  ('source_id = ''p1.0''', 'FAULT_ROW'),
  ('kind = ''CIRCUIT''', 'FAULT_ROW'),
  ('node_id = NULL', 'FAULT_ROW')) c (change, rules);
SELECT breaks('DELETE FROM powernode.cycle_fault WHERE rank = 3', 'a fault is gone', 'FAULTS');
SELECT breaks('DELETE FROM powernode.cycle_fault WHERE rank = 2', 'a fault is gone from between', 'FAULTS FAULT_ORDER');
SELECT breaks('DELETE FROM powernode.cycle_fault; UPDATE powernode.cycle SET faults = 0', 'no fault at all', 'CONSTRAINING_NODE FAULTS MESSAGE REASON');

-- ---- The cycle in force

SELECT only_cycle('UPDATE depot.site SET policy = NULL; UPDATE depot.connector SET max_power_w = 22000');
DO $$
BEGIN
  PERFORM powernode.rebalance('s1', noon() + interval '1 min');
  UPDATE depot.site SET policy = 'FAIR';
  PERFORM powernode.rebalance('s1', noon() + interval '2 min');
  PERFORM powernode.rebalance('s1', noon() + interval '3 min');
END $$;
SELECT is(after('', 'SELECT concat_ws('' '', cycle_no, outcome, in_force_cycle_no) FROM powernode.cycle ORDER BY cycle_no'),
          lines('1 CURTAILED 1', '2 CURTAILED 2', '3 REJECTED 2', '4 REJECTED 2'), 'a cycle stays in force');
SELECT breaks('', 'in force: the cycle is sound');
SELECT breaks(format('UPDATE powernode.cycle SET in_force_cycle_no = %s WHERE cycle_no = 4', coalesce(no, 'NULL')), 'in force: ' || coalesce(no, 'nothing'), rules)
FROM (VALUES (NULL, 'EXPIRES IN_FORCE'), ('0', 'EXPIRES IN_FORCE'), ('1', 'EXPIRES IN_FORCE'), ('3', 'IN_FORCE'),
             ('4', 'IN_FORCE'), ('5', 'EXPIRES IN_FORCE')) n (no, rules);
SELECT breaks('UPDATE powernode.cycle SET expires_at = expires_at + interval ''1 s'' WHERE cycle_no = 4', 'in force for longer than it was', 'EXPIRES');
SELECT breaks('UPDATE powernode.site_state SET in_force_cycle_no = 1', 'a counter in force that is another', 'SITE_STATE');
SELECT breaks('UPDATE powernode.site_state SET cycle_no = 3', 'a counter that is behind', 'SITE_STATE');
SELECT is(after(format('DELETE FROM powernode.cycle WHERE cycle_no = ANY (%L)', gone),
                'SELECT coalesce(string_agg(rule, '' ''), '''') FROM powernode.verify(''s1'', 3)'), rules,
          'cycles that are gone: ' || gone)
FROM (VALUES ('{1}', ''), ('{1,2}', '')) g (gone, rules);

SELECT * FROM finish();
ROLLBACK;
