-- Tells powernode where to read from.

SELECT powernode.set_source('site', 'ops.powernode_site');
SELECT powernode.set_source('grid_connection', 'ops.powernode_grid_connection');
SELECT powernode.set_source('circuit', 'ops.powernode_circuit');
SELECT powernode.set_source('charge_point', 'ops.powernode_charge_point');
SELECT powernode.set_source('connector', 'ops.powernode_connector');
SELECT powernode.set_source('operating_envelope', 'ops.powernode_operating_envelope');
