-- A broken circuit parent: C2 was moved below C3, and C3 below C2.  Every
-- foreign key holds.  The cycle is rejected; step 07's setpoints stay in force.
UPDATE manage.circuit AS c SET parent_circuit_id = p.circuit_id
  FROM manage.circuit AS p WHERE (c.name, p.name) IN (('C2', 'C3'), ('C3', 'C2'));
SELECT * FROM powernode.rebalance(:'site', at => '2025-03-03 07:10+00');
