-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION powernode" to load this file. \quit

COMMENT ON SCHEMA powernode IS
  'Balances EV-charging depots inside the database: rebalance(site_id), and the views that show what it decided';
