-- The live site list: what is pushed down to the site source, and that it
-- never adds, doubles or loses a site.

BEGIN;
\ir scene.psql
SELECT plan(20);

ALTER TABLE depot.site ALTER site_id TYPE bigint USING 1;
ALTER TABLE depot.grid_connection ALTER site_id TYPE bigint USING 1;
ALTER TABLE depot.circuit ALTER site_id TYPE bigint USING 1;
ALTER TABLE depot.charge_point ALTER site_id TYPE bigint USING 1;
ALTER TABLE depot.connector ALTER site_id TYPE bigint USING 1;
ALTER TABLE depot.operating_envelope ALTER site_id TYPE bigint USING 1;
DELETE FROM depot.grid_connection;
INSERT INTO depot.site (site_id, microgrid_id, name)
SELECT i, 'm' || i, 'Site ' || i FROM generate_series(2, 300) i;

CREATE FUNCTION depot.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  line text;
  plan text := '';
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    plan := plan || line || E'\n';
  END LOOP;
  RETURN plan;
END $$;

SELECT matches(depot.plan_of($$SELECT * FROM powernode.microgrid_status WHERE site_id = '7'$$),
  'Site source: by site_id', 'a constant is pushed down through a view');
SELECT matches(depot.plan_of($$SELECT * FROM powernode.microgrid_status WHERE site_id IN ('7', '8')$$),
  'Site source: by site_id', 'so is a list');
SELECT matches(depot.plan_of($$SELECT * FROM (VALUES ('7'), ('8')) v (id) JOIN powernode.live_site s ON s.site_id = v.id$$),
  'Site source: by site_id', 'so is a join key');
SELECT matches(depot.plan_of($$SELECT * FROM powernode.microgrid_status
    WHERE site_id = ANY (ARRAY(SELECT d.site_id::text FROM depot.site d WHERE d.name LIKE 'Site 1%'))$$),
  'Site source: by site_id', 'and an array that a query gives, through a view');
SELECT matches(depot.plan_of($$SELECT * FROM powernode.microgrid_status WHERE site_id > '7'$$),
  'Site source: all sites', 'other conditions read the list');

PREPARE one(text) AS SELECT site_id FROM powernode.microgrid_status WHERE site_id = $1;
SELECT results_eq($$EXECUTE one('7')$$, ARRAY['7'], 'one site by a parameter');
SET LOCAL plan_cache_mode = force_generic_plan;
SELECT results_eq($$EXECUTE one('7')$$, ARRAY['7'], 'also under a generic plan');
RESET plan_cache_mode;
SELECT is_empty($$EXECUTE one('007')$$, 'another spelling of an id is another text');
SELECT is_empty($$EXECUTE one('not a number')$$, 'what is no id is no site');
SELECT is_empty($$EXECUTE one('99999999999999999999')$$, 'nor is what does not fit the id''s type');
SELECT is_empty($$EXECUTE one(NULL)$$, 'nor is NULL');

SELECT results_eq($$SELECT site_id FROM powernode.microgrid_status
                    WHERE site_id IN ('7', '007', '+7', '7', '8', 'x', NULL) ORDER BY site_id$$,
  ARRAY['7', '8'], 'a list gives each site once, whatever spellings it has');
SELECT is((SELECT count(*) FROM powernode.microgrid_status
           WHERE site_id = ANY (ARRAY(SELECT i::text FROM generate_series(1, 1000) i))), 300::bigint,
  'a long list reads all sites at once');
SELECT is((SELECT count(*) FROM powernode.microgrid_status WHERE site_id = ANY ('{}')), 0::bigint, 'an empty one none');

-- Rows of the list are used while other statements run on the same sources.
SELECT is((SELECT count(*) FROM (SELECT m.site_id, powernode.validate(m.site_id) FROM powernode.microgrid_status m) v), 301::bigint,
  'the list beside a cycle''s own reading, site by site (one fault each, two of the site with chargers)');

-- Two rows of one site are one site here, and a fault of its cycle.
INSERT INTO depot.site (site_id, microgrid_id, name) VALUES (7, 'm7b', 'Again');
SELECT is((SELECT count(*) FROM powernode.microgrid_status WHERE site_id = '7'), 1::bigint, 'a repeated site is listed once by its id');
SELECT is((SELECT count(*) FROM powernode.microgrid_status), 300::bigint, 'and once in the whole list');

-- Equality that is not of bytes cannot be pushed down, and must lose nothing.
ALTER TABLE depot.site ALTER site_id TYPE text;
INSERT INTO depot.site (site_id) VALUES ('North'), ('');
CREATE COLLATION depot.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT is((SELECT site_id FROM powernode.microgrid_status WHERE site_id = 'north' COLLATE depot.any_case), 'North',
  'a comparison that ignores case finds what it should');
SELECT is((SELECT count(*) FROM powernode.microgrid_status WHERE site_id = ''), 1::bigint, 'an empty id is a text like others');

CREATE FOREIGN TABLE depot.misused (a integer) SERVER powernode_site_list;
SELECT throws_ok('SELECT * FROM depot.misused', 'HV004', NULL, 'a foreign table of another shape is refused');

SELECT * FROM finish();
ROLLBACK;
