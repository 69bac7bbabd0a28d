-- A circuit without a rating under ISOLATE: C4 is left out, and what its four
-- chargers could draw is reserved at GC1.  C1-1 is still offline and by now has
-- fallen back, so that 30 kW are reserved for it instead of 150 kW.
UPDATE manage.circuit AS c SET parent_circuit_id = p.circuit_id
  FROM manage.circuit AS p WHERE c.name IN ('C2', 'C3') AND p.name = 'Main';
UPDATE manage.site SET on_fault = 'ISOLATE';
UPDATE manage.circuit
   SET default_operating_capacity_kw = NULL, safe_operating_capacity_kw = NULL
 WHERE name = 'C4';
CALL wa_pta.plugged_in('2025-03-03 07:20+00', '
    C1-1.1  60   C1-2.1  60   C1-3.1  60   C1-4.1  60
    C2-1.1  60   C2-2.1  60   C2-3.1  60   C2-4.1  60
    C3-1.1  60   C3-2.1  60   C3-3.1  60   C3-4.1  60
    C4-1.1  60   C4-2.1  60   C4-3.1  60   C4-4.1  60
');
SELECT * FROM powernode.rebalance(:'site', at => '2025-03-03 07:20+00');
