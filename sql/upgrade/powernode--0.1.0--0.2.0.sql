\echo Use "ALTER EXTENSION powernode UPDATE TO '0.2.0'" to load this file. \quit

-- What is not qualified below is the server's own, whatever lies in the schema.
SET LOCAL search_path = pg_catalog, pg_temp;
