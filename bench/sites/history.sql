-- History of sites that never ran it: rows of one site given to others.

-- Sites that have none.
CREATE TABLE bench.other (site_id text PRIMARY KEY, half integer NOT NULL);

-- The rows that a site has in one of powernode's tables, once more for each of
-- one half of the others; with several cycles, each of them as often.
CREATE PROCEDURE bench.lend(powernode_table text, of text, half integer,
                            first integer DEFAULT NULL, last integer DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
  names text;
  given text;
BEGIN
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
         string_agg(CASE WHEN attname = 'site_id' THEN 'o.site_id'
                         WHEN attname = 'cycle_no' AND first IS NOT NULL THEN 'n'
                         ELSE 'r.' || quote_ident(attname) END, ', ' ORDER BY attnum)
    INTO names, given
    FROM pg_attribute
   WHERE attrelid = ('powernode.' || powernode_table)::regclass AND attnum > 0 AND NOT attisdropped;
  EXECUTE format('INSERT INTO powernode.%I (%s)'
                 ' SELECT %s FROM (SELECT site_id FROM bench.other WHERE half = $1 ORDER BY site_id) o,'
                 '               generate_series($2, $3) n, powernode.%1$I r WHERE r.site_id = $4',
                 powernode_table, names, given)
    USING half, coalesce(first, 1), coalesce(last, 1), of;
END
$$;

-- Cycles of the sites first to last, each site's turn a minute.
CREATE PROCEDURE bench.run_cycles(first integer, last integer, cycles integer) LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..cycles LOOP
    FOR s IN first..last LOOP
      PERFORM powernode.rebalance(bench.id('site', s));
      COMMIT;
    END LOOP;
  END LOOP;
END
$$;
