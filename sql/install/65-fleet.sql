CREATE PROCEDURE powernode.rebalance_due(every interval, batch integer DEFAULT 50)
AS 'MODULE_PATHNAME', 'powernode_rebalance_due'
LANGUAGE C;

COMMENT ON PROCEDURE powernode.rebalance_due(interval, integer) IS
  'Runs a cycle for every enabled site that the caller is shown and whose last one completed longer ago than every, oldest first, in transactions of batch sites (1 to 1000). Skips sites that another session holds, so that several may run it at once. An error of one site is recorded in last_error of microgrid_status and does not stop the rest. Ends when the sites that were due at its start are done. Not inside a transaction: 2D000';

REVOKE EXECUTE ON PROCEDURE powernode.rebalance_due(interval, integer) FROM PUBLIC;

CREATE FUNCTION powernode.prune(keep interval)
RETURNS bigint
AS 'MODULE_PATHNAME', 'powernode_prune'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.prune(interval) IS
  'Deletes cycles completed longer ago than keep, never a site''s latest nor the one in force, and topologies that no cycle has any more; returns how many cycles. Of all sites where the caller has the rights of the tables'' owner, else of those that the site source shows him. Cycles are gone through in order until 1,000 of a site in a row are to be kept';

REVOKE EXECUTE ON FUNCTION powernode.prune(interval) FROM PUBLIC;
