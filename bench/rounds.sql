-- What the rounds of a benchmark gave, and the line that bench/rows print of it.

CREATE SCHEMA IF NOT EXISTS bench;

-- One round: both sides in microseconds, or in whatever both are counted in.
CREATE TABLE bench.round (
  key text NOT NULL, round integer NOT NULL, ours float8 NOT NULL, theirs float8 NOT NULL,
  PRIMARY KEY (key, round));

-- The middle of the values of one round.
CREATE FUNCTION bench.median(float8[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v) FROM unnest($1) v
$$;

-- Its best: what the machine's other work did not disturb.
CREATE FUNCTION bench.best(float8[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT min(v) FROM unnest($1) v
$$;

-- FIGURE LOW HIGH: the median of the rounds' ratios, and its quartiles, or with
-- fewer than 5 rounds the ends.
CREATE VIEW bench.ratio AS
SELECT key, count(*) AS rounds,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY ours / theirs) AS figure,
       CASE WHEN count(*) < 5 THEN min(ours / theirs)
            ELSE percentile_cont(0.25) WITHIN GROUP (ORDER BY ours / theirs) END AS low,
       CASE WHEN count(*) < 5 THEN max(ours / theirs)
            ELSE percentile_cont(0.75) WITHIN GROUP (ORDER BY ours / theirs) END AS high,
       bench.median(array_agg(ours)) AS ours, bench.median(array_agg(theirs)) AS theirs
  FROM bench.round GROUP BY key;

-- Three digits that count, and no more zeros than a reader needs.
CREATE FUNCTION bench.digits(v float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN v = 0 OR abs(v) >= 1000 THEN round(v)::bigint::text
              ELSE round(v::numeric, greatest(0, 2 - floor(log(abs(v)::numeric))::integer))::text END
$$;

-- "96.2 µs", "12.3 ms" of a number of microseconds.
CREATE FUNCTION bench.span(us float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN us < 1000 THEN bench.digits(us) || ' µs'
              ELSE bench.digits(us / 1000) || ' ms' END
$$;
