-- How long cycles take.

-- The best of several cycles of a site with their commits, in microseconds; the
-- first, which makes plans, is not one of them.
CREATE PROCEDURE bench.time_cycles(site uuid, calls integer, INOUT best float8 DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
  began timestamptz;
BEGIN
  PERFORM powernode.rebalance(site);
  COMMIT;
  FOR i IN 1..calls LOOP
    began := clock_timestamp();
    PERFORM powernode.rebalance(site);
    COMMIT;
    best := least(best, 1e6 * extract(epoch FROM clock_timestamp() - began));
  END LOOP;
END
$$;
