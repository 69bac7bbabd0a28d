-- The live site list as a foreign table: the only way for a WHERE clause or a
-- join key on a view to reach the product's index on its own site id.

CREATE FUNCTION powernode.site_list_handler()
RETURNS fdw_handler
AS 'MODULE_PATHNAME', 'powernode_site_list_handler'
LANGUAGE C STRICT;

COMMENT ON FUNCTION powernode.site_list_handler() IS
  'Reads the bound site source as the caller, pushing conditions on site_id down to it';

CREATE FOREIGN DATA WRAPPER powernode_site_list HANDLER powernode.site_list_handler;

COMMENT ON FOREIGN DATA WRAPPER powernode_site_list IS
  'The sites that the bound site source shows the caller';

CREATE SERVER powernode_site_list FOREIGN DATA WRAPPER powernode_site_list;

COMMENT ON SERVER powernode_site_list IS 'This database''s own site source';

CREATE FOREIGN TABLE powernode.live_site (
  site_id      text,
  microgrid_id text,
  name         text,
  enabled      boolean
) SERVER powernode_site_list;

COMMENT ON FOREIGN TABLE powernode.live_site IS
  'The sites that the bound site source shows the caller, one row each';

CREATE FUNCTION powernode.live_tree(site_id text)
RETURNS TABLE (ordinal integer, parent_ordinal integer, node_id text, parent_id text,
               kind text, source_id text, name text, depth integer, path text[],
               is_leaf boolean, limit_w integer, limit_source text)
AS 'MODULE_PATHNAME', 'powernode_live_tree'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10000 ROWS 1000;

COMMENT ON FUNCTION powernode.live_tree(text) IS
  'The tree derived from the sources now, in the site''s own control mode; of a faulty site what can be placed';
