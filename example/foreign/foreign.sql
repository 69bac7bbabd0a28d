-- On powernode's server: the product's tables as foreign tables of the same names,
-- so that example/integrating/adapter.sql stands on them as it does on tables.
--
--   psql -v host=… -v port=… -v dbname=… -v password=… -f foreign.sql

\set ON_ERROR_STOP on

CREATE EXTENSION postgres_fdw;

-- One server and one user mapping for all sources: that is one connection, one
-- remote transaction and one snapshot in a cycle.
--   fetch_size           rows in one round trip; at the default of 100, a site of
--                        10,000 plugs would take a hundred
--   use_remote_estimate  false, as by default: otherwise a round trip for each plan
CREATE SERVER product FOREIGN DATA WRAPPER postgres_fdw
    OPTIONS (host :'host', port :'port', dbname :'dbname',
             fetch_size '10000', use_remote_estimate 'false',
             application_name 'powernode', connect_timeout '5',
             keepalives_idle '5', keepalives_interval '2', keepalives_count '3');

CREATE USER MAPPING FOR CURRENT_USER SERVER product
    OPTIONS (user 'powernode_reader', password :'password');

CREATE SCHEMA ops;
IMPORT FOREIGN SCHEMA ops FROM SERVER product INTO ops;
