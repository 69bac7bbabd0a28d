-- One cycle of every neighbour, each a transaction of its own.

-- Step 09 isolates the faults of every site there is; here they reject.
UPDATE manage.site SET on_fault = 'REJECT'
 WHERE on_fault <> 'REJECT' AND site_id IN (SELECT site_id FROM wa_pta.neighbour);

CALL wa_pta.neighbours_ask();

-- Two had their first cycles a while ago: one was forgotten since, the other's
-- circuits were then mixed up.
SELECT format('SELECT FROM powernode.rebalance(%L, at => now() - interval %L)', site_id, '50 minutes')
  FROM wa_pta.neighbour
 WHERE story IN ('forgotten', 'broken')
   AND site_id::text NOT IN (SELECT site_id FROM powernode.microgrid_status
                              WHERE cycle_no IS NOT NULL)
\gexec

UPDATE manage.circuit AS c SET parent_circuit_id = c.circuit_id
  FROM wa_pta.neighbour AS n
 WHERE n.site_id = c.site_id AND n.story = 'broken' AND c.name = 'Row B';

SELECT format('SELECT FROM powernode.rebalance(%L)', site_id)
  FROM wa_pta.neighbour
 WHERE story IS NULL OR story NOT IN ('never balanced', 'forgotten')
 ORDER BY number
\gexec
