-- rebalance() against the PL/pgSQL peer on one site, in one session, by turns.
--
--   psql -v id=uuid -f race.sql      id: the type of the sources' ids

-- A call and its commit, the one then the other; round 0 warms up.  Recorded the
-- other way round than elsewhere: the ratio is how many times as long the peer takes.
CREATE OR REPLACE PROCEDURE bench.race_plpgsql(key text, site :id, rounds integer, calls integer,
                                               by_statement boolean DEFAULT false)
LANGUAGE plpgsql AS $$
DECLARE
  began timestamptz;
  ours float8[];
  theirs float8[];
BEGIN
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
    END LOOP;
    IF r > 0 THEN
      INSERT INTO bench.round VALUES (key, r, bench.median(theirs), bench.median(ours));
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
