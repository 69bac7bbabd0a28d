-- Runs the day: one cycle per period, each in its own transaction, and after
-- it what the cars took in the five minutes that followed.

CREATE PROCEDURE garage.run_day(periods integer) LANGUAGE plpgsql AS $$
DECLARE
    site garage.site;
BEGIN
    SELECT * INTO STRICT site FROM garage.site;

    FOR period IN 0 .. periods - 1 LOOP
        PERFORM r.cycle_no
           FROM powernode.rebalance(site.site_id,
                                    at => garage.period_start(period)) AS r;

        UPDATE garage.segment AS g
           SET delivered = least(g.needed, g.delivered + s.allocated_w)
          FROM powernode.setpoint AS s
         WHERE s.site_id = site.site_id
           AND s.source_id = g.station_id
           AND period BETWEEN g.plug_in_period AND g.last_seen_period;
        COMMIT;
    END LOOP;
END
$$;

CALL garage.run_day(332);
