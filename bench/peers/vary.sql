-- Makes a large site less alike than bench/sites/manage.sql does: vehicles want 101
-- to 120 kW, in whole kW, so that every circuit is over-asked as before, and every
-- fourth circuit can only do 200 kW and binds, while the grid connection holds back
-- all others.

UPDATE manage.charging_session
   SET requested_power_kw = 101 + abs(hashtext(connector_id::text)) % 20
 WHERE requested_power_kw > 100;

UPDATE manage.circuit SET default_operating_capacity_kw = 200, safe_operating_capacity_kw = 150
 WHERE parent_circuit_id IS NOT NULL AND ltrim(name, 'C')::integer % 4 = 2;
