-- Repaired: C4 has its ratings back, C1-1 its connection; the load is that of
-- step 09.
UPDATE manage.site SET on_fault = 'REJECT';
UPDATE manage.circuit
   SET default_operating_capacity_kw = 400, safe_operating_capacity_kw = 300
 WHERE name = 'C4';
UPDATE manage.charge_point SET disconnected_at = NULL WHERE name = 'C1-1';
SELECT * FROM powernode.rebalance(:'site', at => '2025-03-03 07:30+00');
