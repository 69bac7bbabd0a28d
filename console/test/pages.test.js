import assert from 'node:assert/strict';
import { test } from 'node:test';
import { links } from '../src/links.js';
import { constraintsModel, cyclesModel, siteModel, sitesModel } from '../src/model.js';
import { constraintsPage } from '../src/pages/constraints.js';
import { cyclesPage } from '../src/pages/cycles.js';
import { errorPage, problem } from '../src/pages/error.js';
import { sitePage } from '../src/pages/site.js';
import { sitesPage } from '../src/pages/sites.js';
import * as f from './fixture.js';

const ctx = { links, now: f.NOW, self: '/site/depot' };
const site = (data, more) => String(sitePage(siteModel(data, f.NOW, more), ctx));
const words = (html) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

const COUNTS = { all: 1, applied: 0, curtailed: 1, rejected: 0, no_completed_cycle: 0, stale: 0 };
const sitesOf = (sites, more) => sitesModel(
  { q: '', state: '', page: 1, pages: 1, found: sites.length, counts: COUNTS, sites, ...more }, f.NOW);

const EVIL = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;\u202e`;

// Every page, made of a site in which every text is hostile.
function hostilePages() {
  const data = f.site({ constraints: [f.constraint({ name: EVIL, message: EVIL }), f.fault({ name: EVIL, message: EVIL })] });
  for (const n of data.nodes) Object.assign(n, { name: EVIL, vehicle_name: EVIL, bottleneck_name: n.bottleneck_id && EVIL });
  Object.assign(data.status, { site_id: EVIL, site_name: EVIL, message: EVIL, constraining_node_name: EVIL, last_error: EVIL });
  const evil = { ...ctx, self: `${links.site(EVIL)}?q=${encodeURIComponent(EVIL)}` };
  const never = f.neverRun();
  Object.assign(never.status, { site_name: EVIL, last_error: EVIL, last_error_at: f.NOW });
  return [
    sitePage(siteModel(data, f.NOW), evil),
    sitePage(siteModel(never, f.NOW), evil),
    constraintsPage(constraintsModel(data, f.NOW), evil),
    cyclesPage(cyclesModel({ status: data.status, hours: 24, before: null, more: true, cycles: [data.status] }, f.NOW), evil),
    sitesPage(sitesOf([data.status], { q: EVIL }), evil),
  ].map(String);
}

test('no name, id or message becomes markup', () => {
  for (const page of hostilePages()) {
    assert.doesNotMatch(page, /<script>|<img|alert\(1\)<\/script>/);
    assert.match(page, /&lt;script&gt;/);
    assert.doesNotMatch(page, /href="[^"]*[<>']/);
  }
});

test('names are isolated from the text around them', () => {
  const data = f.site();
  data.nodes[7].name = 'שלום';
  assert.match(site(data), /<bdi>שלום<\/bdi>/);
  const sentence = f.site();
  sentence.status.message = 'Circuit \u202eevil is short.';
  assert.match(site(sentence), /Circuit evil is short\./);
});

test('no page has inline style or script', () => {
  const pages = [...hostilePages(), site(f.site()), String(errorPage(problem('missing'), ctx))];
  for (const page of pages) {
    assert.doesNotMatch(page, /<\w+(\s+[\w-]+(="[^"]*")?)*\s+style=/);
    assert.doesNotMatch(page, /<style|<\w+(\s+[\w-]+(="[^"]*")?)*\s+on\w+=/);
    assert.deepEqual(page.match(/<script[^>]*>/g) ?? [], ['<script src="/assets/refresh.js" defer>']);
  }
});

test('the summary of a curtailed site', () => {
  const page = site(f.site());
  const text = words(page);
  assert.match(text, /CURTAILED IN FORCE CIRCUIT_LIMIT Circuit C2 is short by 80\.0 kW/);
  assert.match(text, /Allocated 500\.0 kW Demand 580\.0 kW/);
  assert.match(page, /<tr id="node-7" class="d2 s-binding g0"><th scope="row">/);
  assert.match(page, /held back by <a href="#node-7">Circuit <bdi>C2<\/bdi><\/a>/);
  assert.match(page, /<a href="#node-8">holds back 4 chargers<\/a>/);
  assert.match(text, /level 4 Charge point C1-2 offline 0\.0 0\.0 less offline reserve 0\.0/);
  assert.doesNotMatch(text, /overload|exceed/i, 'nothing is ever overloaded');
});

test('every row has its six cells', () => {
  const rows = site(f.site()).match(/<tr id="node-[^]*?(?=<tr|<\/tbody)/g);
  assert.equal(rows.length, 11);
  for (const row of rows) assert.equal(row.match(/<t[hd][ >]/g).length, 6);
});

test('stale, rejected, before the first cycle', () => {
  const stale = words(String(sitePage(siteModel(f.site(), '2025-03-03T07:00:00Z'), ctx)));
  assert.match(stale, /STALE/);
  assert.match(stale, /The setpoints of cycle 2 expired at 2025-03-03 06:25 UTC/);
  const page = site(f.rejected());
  assert.match(page, /In force meanwhile: <a href="\/site\/depot\/cycle\/2">cycle 2<\/a>/);
  assert.match(words(page), /Circuit C3 CIRCUIT_LOOP Circuit C3 is on a loop\./);
  assert.match(words(site(f.rejected({ in_force_cycle_no: null, expires_at: null }))), /No cycle is in force/);
  const empty = site(f.neverRun());
  assert.match(words(empty), /NO CYCLE No cycle has completed for this site yet/);
  assert.doesNotMatch(empty, /<table/);
});

test('a past cycle says so, and what was in force then', () => {
  const data = { ...f.rejected(), latest: f.status({ cycle_no: 9, in_force_cycle_no: 9 }) };
  const page = site(data);
  assert.match(words(page), /Past cycle: the tree as it was\. The latest is cycle 9/);
  assert.match(words(page), /In force then: cycle 2/);
});

test('several binding nodes are all headlined', () => {
  const data = f.site();
  data.constraints.push(f.constraint({ rank: 2, node_id: 'circuit:1', name: 'C1', short_w: 5000, held_back_leaves: 1, held_back_ids: [] }));
  Object.assign(data.nodes[2], { binding: true });
  assert.match(words(site(data)), /What holds chargers back Circuit C2 short by 80\.0 kW holds back 4 Circuit C1 short by 5\.0 kW/);
});

test('constraints name whom they hold back', () => {
  const page = String(constraintsPage(constraintsModel(f.site({ constraints: [f.constraint(),
    f.constraint({ rank: 2, binding: false, held_back_leaves: 0, held_back_ids: [] })] }), f.NOW), ctx));
  assert.match(words(page), /Circuit C2 ◆ yes, primary CIRCUIT_LIMIT default capacity 400\.0 480\.0 80\.0 4 80\.0 kW C2-1 C2-2 C2-3 C2-4/);
  assert.match(words(page), /◇ no, next limit/);
  assert.match(page, /href="\/site\/depot#node-8"/);
});

test('sites and cycles link onwards, with any id', () => {
  const id = 'a/b?c#d%2F';
  const page = String(sitesPage(sitesOf([f.status({ site_id: id })], { q: 'a&b', page: 2, pages: 3 }), ctx));
  assert.match(page, /href="\/site\/a%2Fb%3Fc%23d%252F"/);
  assert.match(page, /href="\/\?q=a%26b&amp;page=3"/);
  const cycles = String(cyclesPage(cyclesModel({ status: f.status(), hours: 6, before: null, more: true, cycles: [f.status()] }, f.NOW), ctx));
  assert.match(cycles, /href="\/site\/depot\/cycle\/2"/);
  assert.match(cycles, /href="\/site\/depot\/cycles\?hours=6&amp;before=2"/);
});

test('two thousand nodes are less than a megabyte', () => {
  const data = f.site();
  const leaf = data.nodes[7];
  data.nodes = [...data.nodes, ...Array.from({ length: 1990 }, (_, i) => ({
    ...leaf, ordinal: 12 + i, node_id: `charge_point:${i}`, name: `C2 charger ${i}`, vehicle_name: `Bus ${i}`,
    bottleneck_name: 'Circuit of a long name' }))];
  assert.ok(site(data).length < 1e6);
});

test('why there has been no cycle since is said, with a cycle or without; not of a cycle past', () => {
  const error = { last_error: 'relation "x" <gone>', last_error_at: '2025-03-03T06:11:00.000Z' };
  const said = /The last try failed 1 min ago: relation &quot;x&quot; &lt;gone&gt;/;
  const tags = (html) => html.replace(/<[^>]*>/g, '');
  assert.match(tags(site(f.site({ status: f.status(error) }))), said);
  assert.match(tags(site({ ...f.neverRun(), status: { ...f.neverRun().status, ...error } })), said);
  assert.doesNotMatch(site(f.site()), /last try/);
});
