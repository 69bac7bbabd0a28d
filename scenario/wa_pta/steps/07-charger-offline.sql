-- One charger of C1 offline: C1-1 was lost two minutes ago, so it may still
-- follow its last setpoint, and its whole rating is reserved.
UPDATE manage.circuit SET safe_mode = false WHERE name = 'C3';
UPDATE manage.charge_point SET disconnected_at = '2025-03-03 06:58+00' WHERE name = 'C1-1';
CALL wa_pta.plugged_in('2025-03-03 07:00+00', '
    C1-1.1 120   C1-2.1 120   C1-3.1 120   C1-4.1 120
    C2-1.1  60   C2-2.1  60   C2-3.1  60   C2-4.1  60
    C3-1.1  60   C3-2.1  60   C3-3.1  60   C3-4.1  60
    C4-1.1  60   C4-2.1  60   C4-3.1  60   C4-4.1  60
');
SELECT * FROM powernode.rebalance(:'site', at => '2025-03-03 07:00+00');
