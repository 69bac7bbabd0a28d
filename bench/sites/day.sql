-- How much disk and WAL the days of many sites take.

-- What powernode's tables and their indexes take on disk.
CREATE FUNCTION bench.recorded_bytes() RETURNS bigint LANGUAGE sql AS $$
  SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
   WHERE relnamespace = 'powernode'::regnamespace AND relkind = 'r'
$$;

-- So many minutes of sites 1 to last: in each vehicles drift, then every site is
-- balanced.  A round into bench.round: WAL and disk of its cycles, in bytes.
CREATE PROCEDURE bench.spend_minutes(last integer, round integer, minutes integer)
LANGUAGE plpgsql AS $$
DECLARE
  wal numeric := 0;
  disk bigint := bench.recorded_bytes();
  before pg_lsn;
BEGIN
  FOR minute IN 1..minutes LOOP
    FOR s IN 1..last LOOP
      CALL bench.drift(bench.id('site', s), round * minutes + minute);
    END LOOP;
    COMMIT;
    before := pg_current_wal_insert_lsn();
    FOR s IN 1..last LOOP
      PERFORM powernode.rebalance(bench.id('site', s));
      COMMIT;
    END LOOP;
    wal := wal + (pg_current_wal_insert_lsn() - before);
  END LOOP;
  INSERT INTO bench.round VALUES
    ('wal', round, wal / (last * minutes), 1),
    ('disk', round, (bench.recorded_bytes() - disk)::float8 / (last * minutes), 1);
END
$$;
