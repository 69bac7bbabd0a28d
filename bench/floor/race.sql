-- rebalance() against the floor of the same site, in one session, by turns.
--
--   psql -v id=uuid -f bench/floor/race.sql      id: the type of the sources' ids

-- Calls with their commits, the one then the other; the best of each is the
-- round's, so that the machine's other work does not count.  Round 0 warms up.
-- powernode.at is set for the floor too: what an adapter view works out from it is
-- part of reading the sources.
CREATE PROCEDURE bench.race(key text, site :id, rounds integer, calls integer)
LANGUAGE plpgsql AS $$
DECLARE
  began timestamptz;
  ours float8[];
  floors float8[];
  promised boolean;
BEGIN
  PERFORM powernode.rebalance(site);
  COMMIT;
  PERFORM set_config('powernode.at', now()::text, false);
  FOREACH promised IN ARRAY ARRAY[false, true] LOOP
    IF promised THEN
      PERFORM floor.load_promised(site::text);
    ELSE
      PERFORM floor.load(site::text);
    END IF;
    FOR r IN 0..rounds LOOP
      FOR i IN 1..calls LOOP
        began := clock_timestamp();
        PERFORM powernode.rebalance(site);
        COMMIT;
        ours[i] := 1e6 * extract(epoch FROM clock_timestamp() - began);
      END LOOP;
      FOR i IN 1..calls LOOP
        began := clock_timestamp();
        PERFORM floor.cycle();
        COMMIT;
        floors[i] := 1e6 * extract(epoch FROM clock_timestamp() - began);
      END LOOP;
      IF r > 0 THEN
        INSERT INTO bench.round
        VALUES (key || CASE WHEN promised THEN ' promised' ELSE '' END, r, bench.best(ours), bench.best(floors));
        COMMIT;
      END IF;
    END LOOP;
  END LOOP;
  PERFORM set_config('powernode.at', '', false);
  IF floor.bytes('floor', site::text) <> floor.bytes('powernode', site::text) THEN
    RAISE EXCEPTION 'the floor stored % bytes a cycle, rebalance %',
      floor.bytes('floor', site::text), floor.bytes('powernode', site::text);
  END IF;
END
$$;
