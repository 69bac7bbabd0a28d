-- Tells powernode where to read from.  Names are kept, not relations: a view
-- that a migration drops and creates again is found again.

SELECT powernode.set_source('site', 'manage.powernode_site');
SELECT powernode.set_source('grid_connection', 'manage.powernode_grid_connection');
SELECT powernode.set_source('circuit', 'manage.powernode_circuit');
SELECT powernode.set_source('charge_point', 'manage.powernode_charge_point');
SELECT powernode.set_source('connector', 'manage.powernode_connector');
SELECT powernode.set_source('operating_envelope', 'manage.powernode_operating_envelope');
