-- Prints what the extension consists of, one fact a line or a definition of several,
-- in an order that depends on names alone: read by test/t/021_upgrade.pl, which compares
-- databases that came to the same version by different ways.
--
-- What differs between sound databases is left out or put into words: OIDs, the numbers
-- of columns, options of columns that the server sets by itself, and the name of the
-- owner, who is "owner" here.

\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
\pset format unaligned
\pset tuples_only on
\pset null '-'
SET client_min_messages = warning;
SET search_path = pg_catalog, pg_temp;
BEGIN;

-- The extension's objects, the schema that it lives in, and the extension itself, with
-- the privileges and the owner that each has.
CREATE TEMP TABLE member AS
SELECT o.classid, o.objid, i.type, i.identity
FROM (SELECT d.classid, d.objid FROM pg_depend d, pg_extension e
      WHERE e.extname = 'powernode' AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
        AND d.deptype = 'e'
      UNION ALL SELECT 'pg_namespace'::regclass, 'powernode'::regnamespace
      UNION ALL SELECT 'pg_extension'::regclass, oid FROM pg_extension WHERE extname = 'powernode') o,
  LATERAL pg_identify_object(o.classid, o.objid, 0) i;

CREATE FUNCTION pg_temp.grants(acl aclitem[], owner oid) RETURNS text LANGUAGE sql STABLE
RETURN (
  SELECT coalesce(string_agg(
    format('%s by %s to %s%s', x.privilege_type,
           CASE x.grantor WHEN owner THEN 'owner' ELSE pg_get_userbyid(x.grantor)::text END,
           CASE x.grantee WHEN owner THEN 'owner' WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END,
           CASE WHEN x.is_grantable THEN ' with grant option' ELSE '' END), ', '
    ORDER BY x.grantee = 0, x.grantee = owner, x.privilege_type), 'none')
  FROM aclexplode(acl) x);

CREATE TEMP TABLE held AS
SELECT 'pg_class'::regclass AS classid, oid AS objid, relowner AS owner, 'r'::"char" AS kind, relacl AS acl FROM pg_class
UNION ALL SELECT 'pg_proc'::regclass, oid, proowner, 'f', proacl FROM pg_proc
UNION ALL SELECT 'pg_type'::regclass, oid, typowner, 'T', typacl FROM pg_type
UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner, 'n', nspacl FROM pg_namespace
UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, fdwowner, 'F', fdwacl FROM pg_foreign_data_wrapper
UNION ALL SELECT 'pg_foreign_server'::regclass, oid, srvowner, 'S', srvacl FROM pg_foreign_server
UNION ALL SELECT 'pg_extension'::regclass, oid, extowner, NULL, NULL FROM pg_extension;

CREATE TEMP TABLE relation AS
SELECT c.*, m.identity
FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid;

\echo == extension: version, schema, relocatable, tables whose rows are dumped and which
SELECT e.extversion, e.extnamespace::regnamespace, e.extrelocatable,
       (SELECT string_agg(format('%s %L', t.oid::regclass, t.condition), ', ' ORDER BY t.oid::regclass::text COLLATE "C")
        FROM unnest(e.extconfig, e.extcondition) t (oid, condition))
FROM pg_extension e WHERE e.extname = 'powernode';

\echo
\echo == members: kind, owner, privileges, privileges that a dump takes for granted, comment
SELECT m.type, m.identity,
       CASE h.owner WHEN (SELECT extowner FROM pg_extension WHERE extname = 'powernode') THEN 'owner' ELSE pg_get_userbyid(h.owner)::text END,
       pg_temp.grants(coalesce(h.acl, acldefault(h.kind, h.owner)), h.owner),
       (SELECT pg_temp.grants(p.initprivs, h.owner) FROM pg_init_privs p
        WHERE p.classoid = m.classid AND p.objoid = m.objid AND p.objsubid = 0),
       obj_description(m.objid, m.classid::regclass::text::name)
FROM member m LEFT JOIN held h USING (classid, objid)
ORDER BY m.type COLLATE "C", m.identity COLLATE "C";

\echo
\echo == relations: kind, persistence, options, those of its TOAST table, row security, replica identity
SELECT c.identity, c.relkind, c.relpersistence, c.reloptions::text, t.reloptions::text, c.relrowsecurity,
       c.relforcerowsecurity, c.relreplident
FROM relation c LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
ORDER BY c.identity COLLATE "C";

\echo
\echo == columns: place, type, collation, not null, storage, compression, default, options, privileges, comment
SELECT c.identity, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname,
       format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation, a.attnotnull, a.attstorage, a.attcompression,
       pg_get_expr(d.adbin, d.adrelid),
       (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(a.attoptions) o WHERE o ~ '^n_distinct'), a.attfdwoptions::text,
       a.attacl::text,
       col_description(c.oid, a.attnum)
FROM relation c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
ORDER BY c.identity COLLATE "C", a.attnum;

\echo
\echo == constraints, indexes, triggers, rules, policies
SELECT f.*
FROM relation c,
  LATERAL (SELECT conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
           FROM pg_constraint WHERE conrelid = c.oid
           UNION ALL SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisvalid::text
           FROM pg_index i WHERE i.indrelid = c.oid
           UNION ALL SELECT tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE tgrelid = c.oid
           UNION ALL SELECT rulename, pg_get_ruledef(oid), ev_enabled::text
           FROM pg_rewrite WHERE ev_class = c.oid AND rulename <> '_RETURN'
           UNION ALL SELECT polname, coalesce(pg_get_expr(polqual, polrelid), '-'), pg_get_expr(polwithcheck, polrelid)
           FROM pg_policy WHERE polrelid = c.oid) f (name, definition, remark)
ORDER BY c.identity COLLATE "C", f.name COLLATE "C", f.definition COLLATE "C";

\echo
\echo == views
SELECT c.identity || E'\n' || pg_get_viewdef(c.oid) FROM relation c WHERE c.relkind IN ('v', 'm')
ORDER BY c.identity COLLATE "C";

\echo
\echo == functions
SELECT m.identity || E'\n' || pg_get_functiondef(p.oid)
FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
WHERE p.prokind <> 'a'
ORDER BY m.identity COLLATE "C";

\echo
\echo == what is foreign
SELECT fdwname, fdwhandler::regproc, fdwvalidator::regproc, fdwoptions::text FROM pg_foreign_data_wrapper
WHERE oid IN (SELECT objid FROM member WHERE classid = 'pg_foreign_data_wrapper'::regclass) ORDER BY fdwname;
SELECT s.srvname, w.fdwname, s.srvtype, s.srvversion, s.srvoptions::text
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE s.oid IN (SELECT objid FROM member WHERE classid = 'pg_foreign_server'::regclass) ORDER BY s.srvname;
SELECT c.identity, s.srvname, f.ftoptions::text
FROM relation c JOIN pg_foreign_table f ON f.ftrelid = c.oid JOIN pg_foreign_server s ON s.oid = f.ftserver
ORDER BY c.identity COLLATE "C";

ROLLBACK;
