-- The proxy: a database that holds no site, only which shard each site is on, and
-- passes calls there.  Run by a superuser in a database of its own:
--
--   psql -v shard0='host=s0 dbname=depot' -v shard1='host=s1 dbname=depot' \
--        -v shard2='host=s2 dbname=depot' -v backend=fleet_backend -f proxy.sql
--
-- The role must exist here and, with what running cycles takes, on every shard.
-- The product then calls fleet.rebalance(site_id) here, as it would call
-- powernode.rebalance(site_id) on one machine.

\set ON_ERROR_STOP on

CREATE EXTENSION plproxy;
-- For the row types of its views and functions: no source is bound here.
CREATE EXTENSION powernode;

CREATE SCHEMA fleet;
COMMENT ON SCHEMA fleet IS 'powernode over several machines, one call at a time';

CREATE TABLE fleet.site_shard (
    site_id text PRIMARY KEY,
    shard integer NOT NULL CHECK (shard >= 0),
    moving_to integer CHECK (moving_to >= 0)
);
COMMENT ON TABLE fleet.site_shard IS 'Which shard each site is on';
COMMENT ON COLUMN fleet.site_shard.shard IS 'The number of its option of server fleet: 0 is p0';
COMMENT ON COLUMN fleet.site_shard.moving_to IS
    'Set by "move" for as long as a move lasts: cycles are refused, reading goes on';

-- Times travel as text: a session here and one there must read it alike, whatever the
-- DateStyle of either, or 02/03 becomes 3 February without an error.  This is the
-- shards' half, the SET clause of the functions below is ours.
\set style ' options=''-c DateStyle=ISO -c IntervalStyle=postgres'''
\set p0 :shard0 :style
\set p1 :shard1 :style
\set p2 :shard2 :style

-- modular_mapping takes any number of shards; without it 3 would be refused.
CREATE SERVER fleet FOREIGN DATA WRAPPER plproxy
    OPTIONS (modular_mapping '1', p0 :'p0', p1 :'p1', p2 :'p2');

-- The role of the caller here is that of the call there.  One mapping per role in
-- place of this one lets you give passwords.
CREATE USER MAPPING FOR PUBLIC SERVER fleet;

-- plpgsql, because a volatile function there sees what was committed until now even
-- in a statement that began before a site was moved.
CREATE FUNCTION fleet.shard_to_read(i_site_id text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    found_shard integer;
BEGIN
    SELECT m.shard INTO found_shard FROM fleet.site_shard AS m WHERE m.site_id = i_site_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'P0002',
            MESSAGE = format('site "%s" does not exist', i_site_id),
            DETAIL = format('No shard is known for site "%s".', i_site_id),
            HINT = 'fleet.site_shard has the sites there are.';
    END IF;
    RETURN found_shard;
END $$;
COMMENT ON FUNCTION fleet.shard_to_read(text) IS 'The shard that a site is on';

CREATE FUNCTION fleet.shard_to_write(i_site_id text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    target integer;
BEGIN
    SELECT m.moving_to INTO target FROM fleet.site_shard AS m WHERE m.site_id = i_site_id;
    IF target IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '55006',
            MESSAGE = format('site "%s" is being moved', i_site_id),
            DETAIL = format('It is on its way to shard %s.', target),
            HINT = 'Retry when it has arrived; its setpoints in force hold meanwhile.';
    END IF;
    RETURN fleet.shard_to_read(i_site_id);
END $$;
COMMENT ON FUNCTION fleet.shard_to_write(text) IS
    'The shard that a site is on; refused with 55006 while the site is being moved';

-- ---- A site's calls, run on its shard.  A PL/Proxy function must be volatile.

CREATE FUNCTION fleet.rebalance(
    site_id text, at timestamptz DEFAULT now(), policy text DEFAULT NULL, control_mode text DEFAULT NULL,
    OUT site_id text, OUT cycle_no integer, OUT outcome text, OUT reason text, OUT topology text,
    OUT demand_w integer, OUT allocated_w integer, OUT curtailed_w integer,
    OUT constraining_node_id text, OUT constraining_node_kind text)
LANGUAGE plproxy SET DateStyle = ISO SET IntervalStyle = postgres AS $$
    CLUSTER 'fleet';
    RUN ON fleet.shard_to_write($1);
    SELECT r.* FROM powernode.rebalance($1, $2, $3, $4) AS r;
$$;
COMMENT ON FUNCTION fleet.rebalance(text, timestamptz, text, text) IS
    'powernode.rebalance, run on the shard of the site; the cycle is committed there whatever becomes of the transaction here';

-- NAME(site_id) of every view, and of three NAME() too, which asks all shards at once.
-- Each shard answers from a snapshot of its own.
DO $do$
DECLARE
    everywhere CONSTANT text[] := ARRAY['microgrid_status', 'constraint_status', 'setpoint'];
    view_name text;
BEGIN
    FOREACH view_name IN ARRAY everywhere || ARRAY['microgrid_hierarchy', 'node_status',
                                 'cycle_history', 'node_history', 'constraint_history'] LOOP
        EXECUTE format($f$
            CREATE FUNCTION fleet.%1$I(site_id text) RETURNS SETOF powernode.%1$I
            LANGUAGE plproxy SET DateStyle = ISO SET IntervalStyle = postgres AS $$
                CLUSTER 'fleet';
                RUN ON fleet.shard_to_read($1);
                SELECT v.* FROM powernode.%1$I AS v WHERE v.site_id = $1;
            $$;
            COMMENT ON FUNCTION fleet.%1$I(text) IS 'powernode.%1$I of one site, from its shard'
        $f$, view_name);
    END LOOP;
    FOREACH view_name IN ARRAY everywhere LOOP
        EXECUTE format($f$
            CREATE FUNCTION fleet.%1$I() RETURNS SETOF powernode.%1$I
            LANGUAGE plproxy SET DateStyle = ISO SET IntervalStyle = postgres AS $$
                CLUSTER 'fleet';
                RUN ON ALL;
                SELECT v.* FROM powernode.%1$I AS v;
            $$;
            COMMENT ON FUNCTION fleet.%1$I() IS 'powernode.%1$I of every site, from all shards'
        $f$, view_name);
    END LOOP;
END $do$;

CREATE FUNCTION fleet.explain(site_id text, cycle_no integer DEFAULT NULL) RETURNS SETOF text
LANGUAGE plproxy AS $$
    CLUSTER 'fleet';
    RUN ON fleet.shard_to_read($1);
    SELECT e.* FROM powernode.explain($1, $2) AS e;
$$;
COMMENT ON FUNCTION fleet.explain(text, integer) IS 'powernode.explain, run on the shard of the site';

CREATE FUNCTION fleet.verify(site_id text, cycle_no integer DEFAULT NULL)
RETURNS TABLE (rule text, node_id text, expected text, actual text, message text)
LANGUAGE plproxy AS $$
    CLUSTER 'fleet';
    RUN ON fleet.shard_to_read($1);
    SELECT f.* FROM powernode.verify($1, $2) AS f;
$$;
COMMENT ON FUNCTION fleet.verify(text, integer) IS 'powernode.verify, run on the shard of the site';

CREATE FUNCTION fleet.validate(site_id text, at timestamptz DEFAULT now())
RETURNS TABLE (reason text, node_id text, kind text, message text)
LANGUAGE plproxy SET DateStyle = ISO SET IntervalStyle = postgres AS $$
    CLUSTER 'fleet';
    RUN ON fleet.shard_to_read($1);
    SELECT f.* FROM powernode.validate($1, $2) AS f;
$$;
COMMENT ON FUNCTION fleet.validate(text, timestamptz) IS 'powernode.validate, run on the shard of the site';

-- ---- A pass over the whole fleet: every shard at once, each in one transaction.

CREATE FUNCTION fleet.rebalance_due(every interval, at timestamptz DEFAULT NULL)
RETURNS TABLE (site_id text, cycle_no integer, outcome text, reason text, error_code text, error text)
LANGUAGE plproxy SET DateStyle = ISO SET IntervalStyle = postgres AS $$
    CLUSTER 'fleet';
    RUN ON ALL;
    SELECT r.* FROM fleet.rebalance_due($1, $2) AS r;
$$;
COMMENT ON FUNCTION fleet.rebalance_due(interval, timestamptz) IS
    'A cycle of every site of every shard whose last one completed longer ago; one row per site';

-- ---- Where sites are, compared with where they should be.

CREATE FUNCTION fleet.sites_on(shard integer) RETURNS SETOF text
LANGUAGE plproxy AS $$
    CLUSTER 'fleet';
    RUN ON $1;
    SELECT s.site_id FROM powernode.microgrid_status AS s;
$$;
COMMENT ON FUNCTION fleet.sites_on(integer) IS 'The sites that a shard has';

CREATE FUNCTION fleet.misplaced()
RETURNS TABLE (site_id text, mapped_to integer, found_on integer)
LANGUAGE sql AS $$
    SELECT coalesce(m.site_id, f.site_id), m.shard, f.shard
      FROM fleet.site_shard AS m
      FULL JOIN (SELECT n.shard::integer AS shard, s.site_id
                   FROM pg_catalog.pg_foreign_server AS v,
                        pg_catalog.unnest(v.srvoptions) AS o,
                        pg_catalog.substring(o, '^p([0-9]+)=') AS n (shard),
                        fleet.sites_on(n.shard::integer) AS s (site_id)
                  WHERE v.srvname = 'fleet' AND n.shard IS NOT NULL) AS f
        ON f.site_id = m.site_id AND f.shard = m.shard
     WHERE m.site_id IS NULL OR f.site_id IS NULL
$$;
COMMENT ON FUNCTION fleet.misplaced() IS
    'Sites that are not on the shard they are mapped to, or on one that they are not mapped to; no rows: all is well';

-- ---- Who may.

REVOKE EXECUTE ON FUNCTION fleet.rebalance(text, timestamptz, text, text),
    fleet.rebalance_due(interval, timestamptz) FROM PUBLIC;
GRANT USAGE ON SCHEMA fleet TO :"backend";
GRANT USAGE ON FOREIGN SERVER fleet TO :"backend";
GRANT SELECT ON fleet.site_shard TO :"backend";
GRANT EXECUTE ON FUNCTION fleet.rebalance(text, timestamptz, text, text),
    fleet.rebalance_due(interval, timestamptz) TO :"backend";
