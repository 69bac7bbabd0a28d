-- Tells powernode where to read from.

SELECT powernode.set_source('site', 'depot.powernode_site');
SELECT powernode.set_source('grid_connection', 'depot.powernode_grid_connection');
SELECT powernode.set_source('circuit', 'depot.powernode_circuit');
SELECT powernode.set_source('charge_point', 'depot.powernode_charge_point');
SELECT powernode.set_source('connector', 'depot.powernode_connector');
