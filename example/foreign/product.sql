-- On the product's server: the role that powernode's server reads with.
--
--   psql -v password=… -f product.sql

\set ON_ERROR_STOP on

CREATE ROLE powernode_reader LOGIN PASSWORD :'password';
GRANT USAGE ON SCHEMA ops TO powernode_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA ops TO powernode_reader;

-- A cycle that hangs holds its site's lock and a snapshot here.
ALTER ROLE powernode_reader SET statement_timeout = '10s';
ALTER ROLE powernode_reader SET idle_in_transaction_session_timeout = '60s';
