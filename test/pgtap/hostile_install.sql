-- What lay in wait before CREATE EXTENSION: a schema of that name that somebody else
-- made, and functions and operators in it that fit better than the server's.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS powernode;
SELECT no_plan();
\ir plant.psql

CREATE ROLE powernode_tap_attacker;
CREATE ROLE powernode_tap_admin SUPERUSER;
-- The statement's error, and what it did undone.
CREATE FUNCTION refused(preparation text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
BEGIN
  EXECUTE 'DROP EXTENSION powernode; DROP SCHEMA powernode; ' || preparation;
  EXECUTE 'CREATE EXTENSION powernode';
  RAISE SQLSTATE 'UNDO0' USING MESSAGE = 'installed';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
  RETURN CASE SQLSTATE WHEN 'UNDO0' THEN SQLERRM ELSE concat_ws(' ', SQLSTATE, detail) END;
END $$;

SELECT is(refused(''), 'installed', 'no schema of that name');
SELECT is(refused('CREATE SCHEMA powernode'), 'installed', 'an empty one of the superuser''s own, as a restore makes it');
SELECT is(refused('CREATE SCHEMA powernode AUTHORIZATION powernode_tap_admin'), 'installed', 'one of another superuser');
SELECT is(refused('CREATE SCHEMA powernode; GRANT USAGE ON SCHEMA powernode TO PUBLIC'), 'installed', 'one that anybody may use');
SELECT is(refused(preparation), '42501 ' || who || ' owns it, owns something in it or may create in it, and is no superuser.', preparation)
FROM (VALUES
  ('powernode_tap_attacker', 'CREATE SCHEMA powernode AUTHORIZATION powernode_tap_attacker'),
  ('powernode_tap_attacker', 'CREATE SCHEMA powernode; GRANT CREATE ON SCHEMA powernode TO powernode_tap_attacker'),
  ('PUBLIC', 'CREATE SCHEMA powernode; GRANT CREATE ON SCHEMA powernode TO PUBLIC')) p (who, preparation);
SELECT is(refused(format('CREATE SCHEMA powernode; %s; ALTER %s OWNER TO powernode_tap_attacker', statement, object)),
          '42501 powernode_tap_attacker owns it, owns something in it or may create in it, and is no superuser.',
          'somebody else''s ' || object)
FROM (VALUES
  ('CREATE FUNCTION powernode.f() RETURNS integer LANGUAGE sql RETURN 1', 'FUNCTION powernode.f()'),
  ('CREATE TABLE powernode.t ()', 'TABLE powernode.t'), ('CREATE TYPE powernode.t AS (x integer)', 'TYPE powernode.t'),
  ('CREATE DOMAIN powernode.d AS integer', 'DOMAIN powernode.d'),
  ('CREATE OPERATOR powernode.|| (FUNCTION = pg_catalog.int8pl, LEFTARG = bigint, RIGHTARG = bigint)',
   'OPERATOR powernode.|| (bigint, bigint)')) s (statement, object);

-- Even what a superuser left there is not taken up.
DROP EXTENSION powernode;
SELECT cmp_ok(plant('powernode'), '>', 1000, 'better fitting names in the schema itself');
CREATE SCHEMA evil;
SELECT cmp_ok(plant('evil'), '>', 1000, 'and in one before pg_catalog');
CREATE DOMAIN powernode.text AS pg_catalog.text CHECK (false);
CREATE DOMAIN powernode.integer AS pg_catalog.int4 CHECK (false);
DO $$
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'evil, powernode, pg_catalog', true);
  CREATE EXTENSION powernode;
  PERFORM pg_catalog.set_config('search_path', 'public, pg_catalog', true);
END $$;
\ir definitions.psql

-- Nor is it by an upgrade.
DROP EXTENSION powernode;
DROP SCHEMA powernode CASCADE;
CREATE EXTENSION powernode VERSION '0.1.0';
SELECT cmp_ok(plant('powernode'), '>', 1000, 'better fitting names before an upgrade');
CREATE DOMAIN powernode.text AS pg_catalog.text CHECK (false);
CREATE DOMAIN powernode.integer AS pg_catalog.int4 CHECK (false);
DO $$
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'evil, powernode, pg_catalog', true);
  ALTER EXTENSION powernode UPDATE;
  PERFORM pg_catalog.set_config('search_path', 'public, pg_catalog', true);
END $$;
\ir definitions.psql

SELECT * FROM finish();
ROLLBACK;
