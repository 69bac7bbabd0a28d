-- The floor's tables and functions, in a database where powernode is bound and
-- the site to be measured has at least one cycle.
--
--   psql -v module=/path/to/bench/floor/floor -f bench/floor/setup.sql

CREATE SCHEMA floor;

-- Copies to the last option, so that the same bytes are stored the same way,
-- and of the same size, so that neither has the smaller index.
DO $$
DECLARE
  name text;
  options text;
BEGIN
  FOREACH name IN ARRAY ARRAY['site_state', 'cycle', 'cycle_fault'] LOOP
    EXECUTE format('CREATE TABLE floor.%I (LIKE powernode.%I INCLUDING ALL)', name, name);
    SELECT array_to_string(reloptions, ', ') INTO options
      FROM pg_class WHERE oid = format('powernode.%I', name)::regclass;
    IF options <> '' THEN
      EXECUTE format('ALTER TABLE floor.%I SET (%s)', name, options);
    END IF;
    EXECUTE format('INSERT INTO floor.%I SELECT * FROM powernode.%I', name, name);
  END LOOP;
END
$$;

CREATE FUNCTION floor.load(site_id text, site_id_type oid, reads text[], lock boolean) RETURNS void
  AS :'module', 'floor_load' LANGUAGE C STRICT;
CREATE FUNCTION floor.cycle() RETURNS integer
  AS :'module', 'floor_cycle' LANGUAGE C STRICT;

-- The plain read of each bound source: every column but the site's own id, which
-- is what was asked for.
CREATE VIEW floor.source_read AS
SELECT b.name,
       format('SELECT %s FROM %I.%I x WHERE x.site_id = $1',
              (SELECT string_agg(format('x.%I', a.attname), ', ' ORDER BY a.attnum)
                 FROM pg_attribute a
                WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
                  AND a.attname <> 'site_id'),
              b.schema_name, b.relation_name) AS statement,
       (SELECT a.atttypid FROM pg_attribute a
         WHERE a.attrelid = r.oid AND a.attname = 'site_id') AS site_id_type
  FROM powernode.source_binding b
  JOIN pg_class r ON r.oid = format('%I.%I', b.schema_name, b.relation_name)::regclass;

-- Loads a site: the sources must agree on the type of its id.
CREATE FUNCTION floor.load(site_id text) RETURNS void LANGUAGE sql AS $$
  SELECT floor.load(site_id, min(site_id_type), array_agg(statement ORDER BY name), false)
    FROM floor.source_read
$$;

-- The same with what a cycle has promised besides: the site is found, locked and read
-- again, and circuits are read by powernode's recursive query.
CREATE FUNCTION floor.load_promised(site_id text) RETURNS void LANGUAGE sql AS $$
  SELECT floor.load(site_id, min(r.site_id_type),
                    array_agg(r.statement) FILTER (WHERE r.name = 'site')
                    || array_agg(CASE r.name WHEN 'circuit' THEN s.statement ELSE r.statement END ORDER BY r.name),
                    true)
    FROM floor.source_read r
    JOIN powernode.sources s USING (name)
$$;

-- What the latest cycle of a site takes in a schema's tables, in bytes as stored.
CREATE FUNCTION floor.bytes(stored_in text, site text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  name text;
  columns text;
  bytes bigint;
  total bigint := 0;
BEGIN
  FOREACH name IN ARRAY ARRAY['cycle', 'cycle_fault'] LOOP
    SELECT string_agg(format('coalesce(pg_column_size(x.%I), 0)', attname), ' + ') INTO columns
      FROM pg_attribute
     WHERE attrelid = format('%I.%I', stored_in, name)::regclass AND attnum > 0 AND NOT attisdropped;
    EXECUTE format('SELECT coalesce(sum(%1$s), 0) FROM %2$I.%3$I x WHERE site_id = $1'
                   ' AND cycle_no = (SELECT max(cycle_no) FROM %2$I.cycle WHERE site_id = $1)',
                   columns, stored_in, name)
      INTO bytes USING site;
    total := total + bytes;
  END LOOP;
  RETURN total;
END
$$;
