-- On the product's server: what powernode found, as foreign tables over its views.
--
--   psql -v host=… -v port=… -v dbname=… -v password=… -f results.sql
--
-- powernode's server has a role ops_product that may read these views and the site
-- source, and the same password.

\set ON_ERROR_STOP on

CREATE EXTENSION postgres_fdw;
CREATE SERVER powernode FOREIGN DATA WRAPPER postgres_fdw
    OPTIONS (host :'host', port :'port', dbname :'dbname', connect_timeout '5');
CREATE USER MAPPING FOR CURRENT_USER SERVER powernode
    OPTIONS (user 'ops_product', password :'password');

CREATE SCHEMA powernode;
IMPORT FOREIGN SCHEMA powernode
    LIMIT TO (microgrid_status, node_status, constraint_status, setpoint)
    FROM SERVER powernode INTO powernode;
