import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constraintsModel, cyclesModel, siteModel, sitesModel } from '../src/model.js';
import * as texts from '../src/text.js';
import * as f from './fixture.js';

const site = (data) => texts.siteText(siteModel(data, f.NOW), f.NOW).join('\n');

test('a site as text', () => {
  const text = site(f.site());
  assert.match(text, /^Site WA PTA depot \(depot\)\nCycle 2: CURTAILED \(CIRCUIT_LIMIT\) IN FORCE\n/);
  assert.match(text, /Worked out for 2025-03-03 06:10 UTC/);
  assert.match(text, /Allocated 500\.0 kW, demand 580\.0 kW, held back 80\.0 kW/);
  assert.match(text, /^ {4}Circuit C2 +400\.0 +480\.0 +400\.0 {2}short by 80\.0 kW, holds/m);
  assert.match(text, /^ {6}Charge point C1-1 \(Bus 111\) +100\.0 +100\.0 +150\.0 {2}demand met$/m);
  assert.match(text, /^Microgrid WA PTA depot .* no limit {2}limited below$/m);
});

test('no line is wider than 100 columns, whatever the names', () => {
  const data = f.site();
  data.nodes[6].name = 'x'.repeat(200);
  data.nodes[3].name = 'many words '.repeat(19);
  data.nodes[4].name = '倉'.repeat(90);
  data.nodes[8].bottleneck_name = 'y'.repeat(200);
  data.status.site_name = 'z'.repeat(200);
  for (const line of site(data).split('\n')) assert.ok([...line].length <= 100, line);
  assert.equal(site(data).match(/z/g).length, 200, 'and nothing is cut');
});

test('names stay on their line and cannot turn it around', () => {
  assert.equal(texts.plain('a\nb\t\u0007c\u202ed\u2066'), 'a b cd');
  const data = f.site();
  data.nodes[6].name = 'C2\n\nCycle 9: APPLIED';
  assert.doesNotMatch(site(data), /^Cycle 9/m);
});

test('rejected, never run, constraints, cycles, sites', () => {
  assert.match(site(f.rejected()), /REJECTED[^]*In force: cycle 2\.[^]*1 fault:\n {2}CIRCUIT_LOOP: Circuit C3/);
  assert.match(site(f.neverRun()), /NO CYCLE: no cycle has completed for this site yet\./);
  const constraints = texts.constraintsText(constraintsModel(f.site(), f.NOW), f.NOW).join('\n');
  assert.match(constraints, /1\. CIRCUIT_LIMIT\n[^]*holds back C2-1, C2-2, C2-3, C2-4/);
  const cycles = texts.cyclesText(cyclesModel({ status: f.status(), hours: 24, cycles: [f.status()] }, f.NOW)).join('\n');
  assert.match(cycles, /2 {2}2025-03-03 06:10 UTC {2}CURTAILED +500\.0/);
  const sites = texts.sitesText(sitesModel({ sites: [f.status()], page: 1, pages: 1, found: 1 }, f.NOW), f.NOW).join('\n');
  assert.match(sites, /WA PTA depot +CURTAILED +500\.0 +1200\.0 {2}Circuit C2/);
});

test('why there has been no cycle since', () => {
  const error = { last_error: 'no\nlock', last_error_at: '2025-03-03T06:11:00.000Z' };
  for (const data of [f.site({ status: f.status(error) }), { ...f.neverRun(), status: { ...f.neverRun().status, ...error } }]) {
    assert.match(site(data), /^The last try failed 1 min before this text: no lock$/m);
  }
  assert.doesNotMatch(site(f.site()), /last try/);
});
