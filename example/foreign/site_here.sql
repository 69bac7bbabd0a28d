-- On powernode's server: the site list as a table of its own, bound in place of the
-- view over the product's depots.  A cycle looks its site up before it waits for the
-- site's lock; read across the wire, that would open the remote snapshot too early.

CREATE TABLE ops.site_here (LIKE ops.powernode_site);
ALTER TABLE ops.site_here ADD PRIMARY KEY (site_id);

-- As the product has it now.  Run it in a transaction of its own, before the cycles.
CREATE PROCEDURE ops.refresh_sites() LANGUAGE sql AS $$
    DELETE FROM ops.site_here AS h
     WHERE NOT EXISTS (SELECT FROM ops.powernode_site AS s WHERE s.site_id = h.site_id);
    INSERT INTO ops.site_here AS h SELECT * FROM ops.powernode_site
        ON CONFLICT (site_id) DO UPDATE
       SET (site_id, microgrid_id, name, enabled, control_mode, policy) = ROW (excluded.*)
     WHERE h IS DISTINCT FROM excluded;
$$;

CALL ops.refresh_sites();
SELECT powernode.set_source('site', 'ops.site_here');
