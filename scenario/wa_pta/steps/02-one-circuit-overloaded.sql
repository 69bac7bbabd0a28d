-- One circuit overloaded: C2 is asked for 480 kW and carries 400 kW.
CALL wa_pta.plugged_in('2025-03-03 06:10+00', '
    C1-1.1 100   C1-2.1 62.5
    C2-1.1 120   C2-2.1 120   C2-3.1 120   C2-4.1 120
    C3-2.1 100
    C4-1.1 100
');
SELECT * FROM powernode.rebalance(:'site', at => '2025-03-03 06:10+00');
