-- For sqlsmith, in a database with example/manage and a few recorded cycles: makes
-- the role that it works as, which may do with powernode's tables whatever it likes;
-- functions that return rows as functions that return a number, because it calls no
-- others; and a table of odd arrays, because it takes its arguments from columns.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE ROLE smith LOGIN;
ALTER ROLE smith SET log_error_verbosity = verbose;
ALTER ROLE smith SET log_min_messages = error;
CREATE SCHEMA smith;

CREATE TABLE smith.odd (id integer, small smallint[], whole integer[], words text[], word text,
                        nodes powernode.power_node[], moment timestamptz);
INSERT INTO smith.odd VALUES
  (1, '{}', '{}', '{}', '', '{}', 'infinity'),
  (2, '{NULL}', '{NULL}', '{NULL}', 'CHARGER', '{NULL}', '-infinity'),
  (3, '{NULL,1,2}', '{NULL,1,2}', '{a,b,c}', 'CONNECTOR', '{"(a,,,,,,,,,,)"}', now()),
  (4, '{{1,2},{3,4}}', '{{1,2},{3,4}}', '{{a,b},{c,d}}', 'PRIORITY', '{"(,,,,,,,,,,)"}', '4714-11-24 BC'),
  (5, '[5:6]={1,2}', '[5:6]={NULL,1}', '[5:6]={a,b}', '-1', '{"(r,,,9,,,,,,,)","(a,r,,9,20,5,1,1,,,)"}', NULL),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (-1, '{32767,-32768}', '{2147483647,-2147483648}', ARRAY[repeat('z', 3000), NULL], repeat('y', 3000),
   '{"(a,a,,1,1,1,1,1,,,)"}', '294276-12-31');

DO $$
DECLARE
  f record;
BEGIN
  FOR f IN
    SELECT p.oid, p.proname, p.pronargs, pg_get_function_identity_arguments(p.oid) AS arguments,
           row_number() OVER (ORDER BY p.oid::regprocedure::text COLLATE "C") AS i
    FROM pg_proc p
    WHERE p.pronamespace = 'powernode'::regnamespace AND p.prokind = 'f' AND p.proretset
  LOOP
    EXECUTE format('CREATE FUNCTION smith.%I(%s) RETURNS bigint LANGUAGE plpgsql AS '
                   '$f$ BEGIN RETURN (SELECT count(*) FROM powernode.%I(%s)); END $f$',
                   f.proname || f.i, f.arguments, f.proname,
                   (SELECT string_agg('$' || n, ', ' ORDER BY n) FROM generate_series(1, f.pronargs) n));
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA powernode, smith, manage TO smith;
GRANT ALL ON ALL TABLES IN SCHEMA powernode, smith, manage TO smith;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA powernode, smith, manage TO smith;
