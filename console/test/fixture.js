// Rows as the views give them: a small depot whose circuit C2 is short by 80 kW.

export const NOW = '2025-03-03T06:12:00.000Z';

export const status = (more = {}) => ({
  site_id: 'depot', microgrid_id: 'm', site_name: 'WA PTA depot', state: 'CURTAILED',
  cycle_no: 2, outcome: 'CURTAILED', reason: 'CIRCUIT_LIMIT',
  message: 'Circuit C2 is short by 80.0 kW: 480.0 kW asked, limit 400.0 kW (default capacity); 4 chargers are held back.',
  evaluated_at: '2025-03-03T06:10:00.000Z', completed_at: '2025-03-03T06:10:01.000Z',
  expires_at: '2025-03-03T06:25:00.000Z', topology: 'HIERARCHICAL', control_mode: 'CHARGER',
  policy: 'EQUAL_SHARE', limit_w: 1200000, demand_w: 580000, allocated_w: 500000,
  curtailed_w: 80000, constraining_node_id: 'circuit:2', constraining_node_kind: 'CIRCUIT',
  constraining_node_name: 'C2', constraining_limit_w: 400000, constraining_asked_w: 480000,
  constrained_nodes: 1, curtailed_leaves: 4, faults: 0, in_force_cycle_no: 2,
  last_error: null, last_error_at: null, ...more,
});

// One row; what it asks for and gets defaults to nothing.
export const node = (ordinal, parent, kind, id, name, depth, more = {}) => ({
  ordinal, parent_ordinal: parent, node_id: `${kind.toLowerCase()}:${id}`, kind, name,
  vehicle_name: null, depth, is_leaf: false, limit_w: null, limit_source: null,
  demand_w: 0, asked_w: 0, allocated_w: 0, curtailed_w: 0, bottleneck_id: null,
  bottleneck_kind: null, bottleneck_name: null, binding: false, over_asked: false, ...more,
});

const flows = (demand, asked, allocated) => ({
  demand_w: demand, asked_w: asked, allocated_w: allocated, curtailed_w: demand - allocated,
});

const charger = (ordinal, parent, id, more) => node(ordinal, parent, 'CHARGE_POINT', id, id, 3, {
  is_leaf: true, limit_w: 150000, limit_source: 'CHARGE_POINT_RATING', ...more,
});

const held = {
  ...flows(120000, 120000, 100000),
  bottleneck_id: 'circuit:2', bottleneck_kind: 'CIRCUIT', bottleneck_name: 'C2',
};

export const nodes = () => [
  node(1, null, 'MICROGRID', 'm', 'WA PTA depot', 0, flows(580000, 500000, 500000)),
  node(2, 1, 'GRID_CONNECTION', 'g', 'GC1', 1, {
    limit_w: 1200000, limit_source: 'DEFAULT_CAPACITY', ...flows(580000, 500000, 500000) }),
  node(3, 2, 'CIRCUIT', '1', 'C1', 2, {
    limit_w: 250000, limit_source: 'OFFLINE_RESERVE', ...flows(100000, 100000, 100000) }),
  charger(4, 3, 'C1-1', { vehicle_name: 'Bus 111', ...flows(100000, 100000, 100000) }),
  charger(5, 3, 'C1-2', { limit_w: 0, limit_source: 'OFFLINE_RESERVE' }),
  charger(6, 3, 'C1-3'),
  node(7, 2, 'CIRCUIT', '2', 'C2', 2, {
    limit_w: 400000, limit_source: 'DEFAULT_CAPACITY', binding: true, over_asked: true,
    ...flows(480000, 480000, 400000) }),
  ...[8, 9, 10, 11].map((n) => charger(n, 7, `C2-${n - 7}`, held)),
];

export const constraint = (more = {}) => ({
  rank: 1, reason: 'CIRCUIT_LIMIT', node_id: 'circuit:2', kind: 'CIRCUIT', name: 'C2',
  path: ['WA PTA depot', 'GC1', 'C2'], limit_w: 400000, limit_source: 'DEFAULT_CAPACITY',
  asked_w: 480000, short_w: 80000, allocated_w: 400000, curtailed_w: 80000, binding: true,
  held_back_leaves: 4,
  held_back_ids: ['C2-1', 'C2-2', 'C2-3', 'C2-4'].map((id) => `charge_point:${id}`),
  message: status().message, ...more,
});

export const fault = (more = {}) => ({
  rank: 2, reason: 'CIRCUIT_LOOP', node_id: 'circuit:3', kind: 'CIRCUIT', name: 'C3',
  path: null, limit_w: null, limit_source: null, asked_w: null, short_w: null,
  allocated_w: null, curtailed_w: null, binding: false, held_back_leaves: null,
  held_back_ids: null, message: 'Circuit C3 is on a loop.', ...more,
});

// Every leaf that can be told; C1-2 is offline.
export const setpoints = () => nodes().filter((n) => n.is_leaf && n.name !== 'C1-2')
  .map((n) => ({ leaf_id: n.node_id, cycle_no: 2 }));

export const site = (more = {}) => ({
  status: status(), nodes: nodes(), constraints: [constraint()], setpoints: setpoints(), ...more,
});

export const rejected = (more = {}) => site({
  status: status({
    state: 'REJECTED', outcome: 'REJECTED', cycle_no: 3, reason: 'CIRCUIT_LOOP', faults: 1,
    message: 'Circuit C3 is on a loop.', limit_w: null, demand_w: null, allocated_w: null,
    curtailed_w: null, constraining_node_id: 'circuit:3', constraining_node_name: 'C3',
    topology: null, in_force_cycle_no: 2, ...more }),
  nodes: [], constraints: [fault({ rank: 1 })], setpoints: [],
});

export const neverRun = () => site({
  status: Object.fromEntries(Object.keys(status()).map((key) => [key,
    { site_id: 'new', site_name: 'New yard', state: 'NO_COMPLETED_CYCLE',
      message: 'No cycle has completed for this site yet.' }[key] ?? null])),
  nodes: [], constraints: [], setpoints: null,
});
