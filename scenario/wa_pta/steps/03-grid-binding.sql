-- Every circuit overloaded and the grid binding: each circuit is asked for more
-- than 400 kW, but what the grid connection can give leaves none of them full.
CALL wa_pta.plugged_in('2025-03-03 06:20+00', '
    C1-1.1  70   C1-1.2  70   C1-2.1 120   C1-3.1 120   C1-4.1 120
    C2-1.1 120   C2-2.1 120   C2-3.1 120   C2-4.1 120
    C3-1.1 120   C3-2.1 120   C3-3.1 120   C3-4.1 120
    C4-1.1 120   C4-2.1 120   C4-3.1 120   C4-4.1  50
');
SELECT * FROM powernode.rebalance(:'site', at => '2025-03-03 06:20+00');
