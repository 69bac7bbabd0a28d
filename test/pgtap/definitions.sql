-- How the extension's objects are made: nothing in them runs with more rights than
-- its caller's, and every name in them was settled when they were made, to what is
-- the server's or the extension's own.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS powernode;
SELECT no_plan();
\ir definitions.psql
SELECT * FROM finish();
ROLLBACK;
