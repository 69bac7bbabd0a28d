-- C3 in safe mode: 300 kW instead of 400 kW.  The envelope ends at this minute.
UPDATE manage.circuit SET safe_mode = true WHERE name = 'C3';
CALL wa_pta.plugged_in('2025-03-03 06:50+00', '
    C1-1.1  60   C1-2.1  60   C1-3.1  60   C1-4.1  60
    C2-1.1  60   C2-2.1  60   C2-3.1  60   C2-4.1  60
    C3-1.1 100   C3-2.1 100   C3-3.1 100   C3-4.1 100
    C3-1.2  50   C3-2.2  50   C3-3.2  50
    C4-1.1  60   C4-2.1  60   C4-3.1  60   C4-4.1  60
');
SELECT * FROM powernode.rebalance(:'site', at => '2025-03-03 06:50+00');
