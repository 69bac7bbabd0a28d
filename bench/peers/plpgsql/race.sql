-- rebalance() against the PL/pgSQL peer on one site, in one session, by turns.
--
--   psql -v id=uuid -f race.sql      id: the type of the sources' ids

-- A call and its commit, the one then the other; round 0 warms up.  Recorded the
-- other way round than elsewhere: the ratio is how many times as long the peer takes.
-- With the floor (bench/floor) a third takes its turn: how many times as long the peer
-- takes as what no extension can do without.
CREATE OR REPLACE PROCEDURE bench.race_plpgsql(key text, site :id, rounds integer, calls integer,
                                               by_statement boolean DEFAULT false,
                                               with_floor boolean DEFAULT false)
LANGUAGE plpgsql AS $$
DECLARE
  began timestamptz;
  ours float8[];
  theirs float8[];
  floors float8[];
BEGIN
  IF with_floor THEN
    PERFORM floor.load(site::text);
  END IF;
  FOR r IN 0..rounds LOOP
    FOR i IN 1..calls LOOP
      began := clock_timestamp();
      PERFORM powernode.rebalance(site);
      COMMIT;
      ours[i] := 1e6 * extract(epoch FROM clock_timestamp() - began);
      began := clock_timestamp();
      PERFORM peer.rebalance(site, by_statement => by_statement);
      COMMIT;
      theirs[i] := 1e6 * extract(epoch FROM clock_timestamp() - began);
      IF with_floor THEN
        began := clock_timestamp();
        PERFORM floor.cycle();
        COMMIT;
        floors[i] := 1e6 * extract(epoch FROM clock_timestamp() - began);
      END IF;
    END LOOP;
    IF r > 0 THEN
      INSERT INTO bench.round VALUES (key, r, bench.median(theirs), bench.median(ours));
      IF with_floor THEN
        INSERT INTO bench.round VALUES (key || ' floor', r, bench.median(theirs), bench.median(floors));
      END IF;
      COMMIT;
    END IF;
  END LOOP;
END
$$;

-- Both once, which must find the same.
CREATE OR REPLACE FUNCTION bench.compare_plpgsql(site :id, by_statement boolean DEFAULT false)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM powernode.rebalance(site);
  PERFORM peer.rebalance(site, by_statement => by_statement);
  PERFORM peer.check_same(site);
END
$$;
