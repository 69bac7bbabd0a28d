-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION powernode" to load this file. \quit

-- What is not qualified below is the server's own, whatever lies in the schema.
SET LOCAL search_path = pg_catalog, pg_temp;

-- CREATE EXTENSION takes a schema that is there as it is, whoever made it.  Who owns
-- it, or may create in it, could put functions beside ours that fit a call better,
-- and rename it later to put one of his own in its place.
DO $$
DECLARE
  stranger text;
BEGIN
  SELECT coalesce(r.rolname, 'PUBLIC') INTO stranger
  FROM pg_catalog.pg_namespace n,
  LATERAL (
    SELECT n.nspowner AS role
    UNION ALL
    SELECT x.grantee FROM pg_catalog.aclexplode(n.nspacl) x WHERE x.privilege_type = 'CREATE'
    UNION ALL
    SELECT s.refobjid
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_shdepend s ON s.classid = d.classid AND s.objid = d.objid AND s.deptype = 'o'
      AND s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
      AND s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.refobjid = n.oid) a
  LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.role
  WHERE n.nspname = 'powernode' AND r.rolsuper IS NOT TRUE
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'schema "powernode" is not safe to install into'
      USING ERRCODE = 'insufficient_privilege',
            DETAIL = pg_catalog.format('%s owns it, owns something in it or may create in it, and is no superuser.', stranger),
            HINT = 'Drop or rename that schema, or have it and all in it owned by a superuser, with CREATE on it granted to nobody else.';
  END IF;
END
$$;

COMMENT ON SCHEMA powernode IS
  'Balances EV-charging depots inside the database: rebalance(site_id), and the views that show what it decided';
