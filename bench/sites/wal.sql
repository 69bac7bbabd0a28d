-- How much WAL cycles take.

-- Rounds of cycles of a site whose vehicles drift from one to the next; a round
-- is the mean of its cycles in bytes.  Round 0 warms up.
CREATE PROCEDURE bench.count_wal(key text, site uuid, rounds integer, cycles integer)
LANGUAGE plpgsql AS $$
DECLARE
  before pg_lsn;
  bytes numeric;
BEGIN
  FOR r IN 0..rounds LOOP
    bytes := 0;
    FOR i IN 1..cycles LOOP
      CALL bench.drift(site, r * cycles + i);
      COMMIT;
      before := pg_current_wal_insert_lsn();
      PERFORM powernode.rebalance(site);
      COMMIT;
      bytes := bytes + (pg_current_wal_insert_lsn() - before);
    END LOOP;
    IF r > 0 THEN
      INSERT INTO bench.round VALUES (key, r, bytes / cycles, 1);
      COMMIT;
    END IF;
  END LOOP;
END
$$;
