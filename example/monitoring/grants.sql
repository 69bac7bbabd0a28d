-- What queries.yaml needs, beside USAGE and SELECT on your own site source:
--   psql -v role=exporter -f grants.sql
GRANT USAGE ON SCHEMA powernode TO :"role";
GRANT SELECT ON powernode.microgrid_status, powernode.site_statistics, powernode.sources
  TO :"role";
