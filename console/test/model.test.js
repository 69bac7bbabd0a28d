import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constraintsModel, cyclesModel, jsonOf, siteModel, sitesModel } from '../src/model.js';
import { constrainedRows, stateText } from '../src/tree.js';
import { barParts } from '../src/pages/bar.js';
import * as f from './fixture.js';

const states = (model) => Object.fromEntries(model.rows.map((r) => [r.name, stateText(r.state)]));

test('every row says what it is', () => {
  assert.deepEqual(states(siteModel(f.site(), f.NOW)), {
    'WA PTA depot': 'limited below', GC1: 'within its limit', C1: 'demand met',
    'C1-1': 'demand met', 'C1-2': 'offline', 'C1-3': 'nothing asked',
    C2: 'short by 80.0 kW, holds back 4 chargers',
    'C2-1': 'held back by Circuit C2', 'C2-2': 'held back by Circuit C2',
    'C2-3': 'held back by Circuit C2', 'C2-4': 'held back by Circuit C2',
  });
});

test('a binding node and what it holds back are one group, each with a way to the other', () => {
  const { rows } = siteModel(f.site(), f.NOW);
  assert.deepEqual(rows.filter((r) => r.group === 0).map((r) => r.name),
    ['C2', 'C2-1', 'C2-2', 'C2-3', 'C2-4']);
  assert.equal(rows[6].state.holds.to, 8);
  assert.equal(rows[8].state.by.ordinal, 7);
});

test('what lies between a binding node and its leaves belongs to the group', () => {
  const data = f.site();
  const gc1 = { bottleneck_id: 'grid_connection:g', bottleneck_kind: 'GRID_CONNECTION', bottleneck_name: 'GC1' };
  Object.assign(data.nodes[1], { binding: true, over_asked: true, asked_w: 1600000 });
  Object.assign(data.nodes[6], { binding: false });
  data.nodes.slice(7).forEach((n) => Object.assign(n, gc1));
  data.constraints = [f.constraint({ node_id: 'grid_connection:g', short_w: 400000 }),
    f.constraint({ rank: 2, binding: false, held_back_leaves: 0, held_back_ids: [] })];
  const { rows } = siteModel(data, f.NOW);
  assert.equal(rows[1].state.text, 'short by 400.0 kW');
  assert.equal(rows[6].state.text, 'next limit', 'over-asked and not binding');
  assert.equal(rows[6].through, 0);
  assert.equal(rows[2].through, null);
});

test('the headline is what the primary constraint is short of', () => {
  const { headline } = siteModel(f.site(), f.NOW);
  assert.deepEqual(headline, { ordinal: 7, kind: 'Circuit', name: 'C2', text: 'is short by 80.0 kW' });
  assert.equal(siteModel(f.rejected(), f.NOW).headline.text, 'No power was shared out: the data is no valid tree');
});

test('a refused minimum is not called a shortage', () => {
  const data = f.site({ constraints: [f.constraint({ reason: 'MINIMUM_POWER', held_back_leaves: 1 })] });
  const model = siteModel(data, f.NOW);
  assert.equal(model.rows[6].state.text, 'no room for the minimum power of 1 charger');
  assert.equal(model.headline.text, 'has no room for the minimum power of 1 charger');
});

test('a leaf that holds itself back says by what', () => {
  const own = { bottleneck_id: 'charge_point:C1-3', bottleneck_kind: 'CHARGE_POINT', bottleneck_name: 'C1-3',
    binding: true, over_asked: true, demand_w: 240000, asked_w: 240000, allocated_w: 150000, curtailed_w: 90000 };
  const data = f.site();
  Object.assign(data.nodes[5], own);
  const of = (more) => {
    data.constraints = [f.constraint({ node_id: 'charge_point:C1-3', short_w: 90000, held_back_leaves: 1, ...more })];
    return stateText(siteModel(data, f.NOW).rows[5].state);
  };
  assert.equal(of({ reason: 'CHARGE_POINT_LIMIT' }), 'short by 90.0 kW, held back by its own rating');
  assert.equal(of({ reason: 'MINIMUM_POWER' }), 'held back by its own minimum power');
});

test('a leaf without a setpoint is offline, and so is the charge point above it', () => {
  const leaf = (n, parent) => f.node(n, parent, 'CONNECTOR', `k${n}`, `k${n}`, 2, { is_leaf: true, limit_w: 50000 });
  const nodes = [f.node(1, null, 'MICROGRID', 'm', 'M', 0), f.node(2, 1, 'CHARGE_POINT', 'p', 'P', 1),
    leaf(3, 2), leaf(4, 2), f.node(5, 1, 'CHARGE_POINT', 'q', 'Q', 1), leaf(6, 5)];
  const at = (setpoints) => siteModel(f.site({ nodes, constraints: [], setpoints }), f.NOW)
    .rows.filter((r) => r.state.code === 'offline').map((r) => r.name);
  assert.deepEqual(at([{ leaf_id: 'connector:k6', cycle_no: 2 }]), ['P', 'k3', 'k4']);
  assert.deepEqual(at([{ leaf_id: 'connector:k6', cycle_no: 1 }]), [], 'another cycle says nothing');
  assert.deepEqual(at(null), []);
});

test('a reserve at a charge point shows it offline in a past cycle too', () => {
  const model = siteModel(f.site({ setpoints: null, latest: f.status({ cycle_no: 9 }) }), f.NOW);
  assert.equal(model.rows[4].state.code, 'offline');
  assert.equal(model.page, 'cycle');
  assert.equal(model.current, false);
});

test('stale is past expires_at, and only of what is in force', () => {
  const late = '2025-03-03T06:25:00.000Z';
  assert.equal(siteModel(f.site(), f.NOW).stale, false);
  assert.equal(siteModel(f.site(), late).stale, true, 'at the very moment too');
  const past = { latest: f.status({ cycle_no: 3, in_force_cycle_no: 3 }) };
  assert.equal(siteModel(f.site(past), late).stale, false);
  const behind = { latest: f.status({ cycle_no: 3, in_force_cycle_no: 2 }) };
  assert.equal(siteModel(f.site(behind), late).stale, true, 'in force behind a rejected one');
});

test('the site limit names its source', () => {
  assert.equal(siteModel(f.site(), f.NOW).limit_from, 'Grid connection GC1, default capacity');
  const data = f.site();
  Object.assign(data.nodes[0], { limit_w: 1200000, limit_source: 'OPERATING_ENVELOPE' });
  assert.equal(siteModel(data, f.NOW).limit_from, 'operating envelope');
  data.nodes = [...f.nodes(), f.node(12, 1, 'GRID_CONNECTION', 'h', 'GC2', 1, { limit_w: 1 })];
  assert.equal(siteModel(data, f.NOW).limit_from, 'sum of 2 grid connections');
});

test('only what is constrained, with what is above it', () => {
  const rows = constrainedRows(siteModel(f.site(), f.NOW).rows);
  assert.deepEqual(rows.map((r) => r.name),
    ['WA PTA depot', 'GC1', 'C1', 'C1-2', 'C2', 'C2-1', 'C2-2', 'C2-3', 'C2-4']);
});

test('constraints and faults are told apart', () => {
  const model = constraintsModel(f.site({ constraints: [f.constraint(), f.fault()] }), f.NOW);
  assert.deepEqual(model.constraints.map((c) => c.name), ['C2']);
  assert.deepEqual(model.constraints[0].held_back.map((h) => [h.ordinal, h.name]),
    [[8, 'C2-1'], [9, 'C2-2'], [10, 'C2-3'], [11, 'C2-4']]);
  assert.deepEqual(model.faults.map((c) => c.name), ['C3']);
});

test('the data of a model does not change with the clock alone', () => {
  const at = (now) => JSON.stringify(siteModel(f.site(), now));
  assert.equal(at(f.NOW), at('2025-03-03T06:13:00Z'));
  assert.notEqual(at(f.NOW), at('2025-03-03T06:26:00Z'), 'but it does when the cycle expires');
});

test('sites and cycles', () => {
  const sites = sitesModel({ sites: [f.status()], counts: {} }, '2025-03-03T07:00:00Z');
  assert.equal(sites.sites[0].stale, true);
  const cycles = cyclesModel({ status: f.status(), hours: 24, cycles: [{ cycle_no: 2 }, { cycle_no: 1 }] }, f.NOW);
  assert.deepEqual(cycles.cycles.map((c) => c.in_force), [true, false]);
});

test('JSON has the rows of the views, and the states in words', () => {
  const json = jsonOf(siteModel(f.site(), f.NOW));
  assert.equal(json.status.allocated_w, 500000);
  assert.equal(json.headline, 'Circuit C2 is short by 80.0 kW');
  assert.equal(json.nodes[7].state, 'held back by Circuit C2');
  assert.equal(json.nodes[4].offline, true);
  assert.equal(json.nodes[4].limit_source, 'OFFLINE_RESERVE');
});

test('bars: full at the limit, cut at twice the limit', () => {
  const bar = (limit_w, asked_w, allocated_w) => barParts({ limit_w, asked_w, allocated_w });
  assert.deepEqual(bar(400, 480, 400), { track: 100, fill: 100, asked: 120, over: 20, cut: false });
  assert.deepEqual(bar(400, 100, 100), { track: 100, fill: 25, asked: 25, over: 0, cut: false });
  assert.deepEqual(bar(100, 900, 100), { track: 100, fill: 100, asked: 200, over: 100, cut: true });
  assert.deepEqual(bar(null, 100, 50), { track: 0, fill: 50, asked: 100, over: 0, cut: false });
  assert.deepEqual(bar(0, 0, 0), { track: 100, fill: 0, asked: 0, over: 0, cut: false });
  assert.deepEqual(bar(null, 0, 0), { track: 0, fill: 0, asked: 0, over: 0, cut: false });
});
