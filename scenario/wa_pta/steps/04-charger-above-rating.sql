-- One charger with both connectors in use: C3-1 is asked for 240 kW, rated 150 kW.
CALL wa_pta.plugged_in('2025-03-03 06:30+00', '
    C1-1.1 100   C1-2.1 62.5
    C2-1.1 100
    C3-1.1 120   C3-1.2 120   C3-2.1 100
    C4-1.1 100
');
SELECT * FROM powernode.rebalance(:'site', at => '2025-03-03 06:30+00');
