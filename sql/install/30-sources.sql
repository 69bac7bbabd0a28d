CREATE FUNCTION powernode.set_source(name text, relation regclass)
RETURNS void
AS 'MODULE_PATHNAME', 'powernode_set_source'
LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION powernode.set_source(text, regclass) IS
  'Binds a source (site, grid_connection, circuit, charge_point, connector, operating_envelope) to a table or view of the product; NULL unbinds it';

REVOKE EXECUTE ON FUNCTION powernode.set_source(text, regclass) FROM PUBLIC;

CREATE FUNCTION powernode.source_status()
RETURNS TABLE (name text, required boolean, relation text, sound boolean, problem text, statement text)
AS 'MODULE_PATHNAME', 'powernode_source_status'
LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 6;

COMMENT ON FUNCTION powernode.source_status() IS
  'What the view sources shows';

CREATE VIEW powernode.sources AS
  SELECT name, required, relation, sound, problem, statement
  FROM powernode.source_status();

COMMENT ON VIEW powernode.sources IS
  'What each source is bound to, whether it will do now, and the statement that a cycle runs on it';
COMMENT ON COLUMN powernode.sources.problem IS 'Why the source will not do; NULL where it will';
COMMENT ON COLUMN powernode.sources.statement IS
  'What a cycle runs: $1 is the site''s id, $2 (operating_envelope) the cycle''s time; PREPARE and EXPLAIN it to see the product''s indexes used';
