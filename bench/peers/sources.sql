-- The relations that powernode is bound to, under one name each: a peer reads the
-- same tables whichever they are.  The server folds such a view into the query, and
-- what a peer does not ask for costs it nothing.

CREATE SCHEMA source;

DO $$
DECLARE
  bound record;
BEGIN
  FOR bound IN SELECT * FROM powernode.source_binding LOOP
    EXECUTE format('CREATE VIEW source.%I AS SELECT * FROM %I.%I',
                   bound.name, bound.schema_name, bound.relation_name);
  END LOOP;
END
$$;
