-- verify() of what is recorded in words: a changed id or name, and arrays of a shape
-- that nothing recorded.
BEGIN;
\ir scene.psql
\ir verify.psql
SELECT no_plan();

SELECT make_rich_cycle();
SELECT is(found('SELECT 1'), '', 'the cycle is sound');
SELECT is(found('UPDATE powernode.topology SET ' || change), 'TOPOLOGY_DIGEST', change)
FROM (VALUES ('names[4] = ''Another'''), ('source_ids[7] = ''p9.9'''),
             ('source_ids[10] = ''p3.2'', source_ids[11] = ''p3.1''')) c (change);
SELECT is(found('UPDATE powernode.topology SET digest = sha256(''forged'')'), 'SITE_STATE TOPOLOGY_DIGEST', 'another digest');
SELECT is(found('UPDATE powernode.topology SET source_ids[1] = ''m2'''), 'MICROGRID TOPOLOGY_DIGEST', 'the root''s id is the cycle''s microgrid');
SELECT is(found('UPDATE powernode.cycle SET microgrid_id = NULL'), 'MICROGRID', 'and the other way about');
SELECT is(found('UPDATE powernode.cycle SET policy = ''WEIGHTED'''), 'CONTROL_TOTAL TIERS', 'another policy');
SELECT is(found('UPDATE powernode.cycle SET ' || name || ' = ARRAY[' || name || ']'), 'ARRAY_LENGTH', 'two dimensions: ' || name)
FROM unnest('{demands,asked,allocated,offline,turns}'::text[]) name;

-- A TTL past all times: setpoints that never expire are as sound, after a REJECTED
-- cycle too.
SELECT only_cycle('UPDATE depot.site SET setpoint_ttl = ''1000000 years''');
SELECT is(found('SELECT 1'), '', 'an infinite expires_at');
SELECT is(found('UPDATE depot.site SET policy = ''FAIR''; SELECT powernode.rebalance(''s1'', noon())'), '',
          'and that of a rejected cycle after it');
SELECT * FROM finish();
ROLLBACK;
