-- From here on this database's server says that it has no lz4, as one built without
-- it does: CREATE EXTENSION powernode asks there.  Takes allow_system_table_mods.

CREATE OR REPLACE VIEW pg_catalog.pg_settings AS
SELECT name, setting, unit, category, short_desc, extra_desc, context, vartype, source,
       min_val, max_val,
       CASE WHEN name = 'default_toast_compression' THEN '{pglz}' ELSE enumvals END AS enumvals,
       boot_val, reset_val, sourcefile, sourceline, pending_restart
  FROM pg_catalog.pg_show_all_settings();
