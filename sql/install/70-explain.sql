-- A recorded cycle as text, for a person at psql.

CREATE FUNCTION powernode.explain(site_id text, cycle_no integer DEFAULT NULL)
RETURNS SETOF text
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'powernode_explain';

CREATE FUNCTION powernode.explain(site_id bigint, cycle_no integer DEFAULT NULL)
RETURNS SETOF text
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'powernode_explain';

CREATE FUNCTION powernode.explain(site_id uuid, cycle_no integer DEFAULT NULL)
RETURNS SETOF text
LANGUAGE C STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'powernode_explain';

COMMENT ON FUNCTION powernode.explain(text, integer) IS
'Shows a recorded cycle of a site, the latest when cycle_no is NULL, as lines of text: the outcome, the faults, and the tree with limit, asked and allocated in kW and a bar of allocated against limit. BINDING marks the nodes that hold a leaf back, over-asked those that could not pass on all that was asked but hold nobody back, and every leaf that was cut names the node that held it back. Drawn in UTF-8 or ASCII by client_encoding. An unknown site or cycle is an error P0002.';

COMMENT ON FUNCTION powernode.explain(bigint, integer) IS
'The same as explain(text, integer), for a bigint site id.';

COMMENT ON FUNCTION powernode.explain(uuid, integer) IS
'The same as explain(text, integer), for a uuid site id.';
