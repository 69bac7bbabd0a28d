import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as queries from '../src/queries.js';
import { siteOf } from '../src/report/capture.js';
import { chart, chartModel } from '../src/report/chart.js';
import { markdown } from '../src/report/markdown.js';
import { reportPage } from '../src/report/page.js';
import { embed } from '../src/report/part.js';
import { readme, stepFile } from '../src/report/scenario.js';
import * as f from './fixture.js';

const EVIL = `<script>alert(1)</script>"'><img src=x onerror=alert(1)> id="main" href="#main" \${1}`;
const words = (html) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const all = (text, pattern) => [...text.matchAll(pattern)].map((found) => found[1]);
const own = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

// Rows as they are captured: without a wall clock.
function captured(site) {
  const { completed_at, last_error_at, ...status } = site.status;
  return JSON.parse(JSON.stringify({ ...site, status, setpoints: site.setpoints ?? [] }));
}

function report({ evil = null } = {}) {
  const sites = [f.neverRun(), f.site(), f.rejected()];
  if (evil) {
    for (const { status, nodes, constraints } of sites) {
      Object.assign(status, { site_name: evil, message: evil, last_error: evil });
      if (status.constraining_node_name) status.constraining_node_name = evil;
      for (const row of [...nodes, ...constraints]) Object.assign(row, { name: evil });
      for (const row of nodes) Object.assign(row, { vehicle_name: evil, bottleneck_name: row.bottleneck_id && evil });
      for (const row of constraints) row.message = evil;
    }
  }
  return String(reportPage({
    title: evil ?? 'A morning', depot: evil ?? 'One *yard*.', style: '.a { color: red; }\n',
    steps: sites.map((site, i) => ({
      no: `0${i}`, time: '06:00', title: evil ?? `step ${i}`, change: evil ?? 'Nothing.', sql: evil ?? '', working: evil ?? 'Nothing.',
      modes: ['CHARGER', 'CONNECTOR'].map((mode) => ({ mode, site: siteOf(captured(site)) })),
    })),
  }));
}

// What must hold of any report.
function sound(page) {
  const ids = all(page, / id="([^"]*)"/g);
  assert.equal(new Set(ids).size, ids.length, 'an id is there twice');
  for (const to of all(page, / href="([^"]*)"/g)) {
    assert.ok(to.startsWith('#') && ids.includes(to.slice(1)), `${to} leads nowhere`);
  }
  for (const to of all(page, / aria-labelledby="([^"]*)"/g)) assert.ok(ids.includes(to), to);
  assert.doesNotMatch(page, /<(script|link|img|iframe|object|form)\b|@import|url\((?!#)| (src|srcset|style|on\w+)="/);
  assert.doesNotMatch(page, /https?:|\/\/\w+\./);
}

test('a report is whole and needs nothing else', () => sound(report()));

test('a report allows no style but its own sheet, and no script', () => {
  const page = report();
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page);
  const [, sheet] = /<style>([^]*?)<\/style>/.exec(page);
  const hash = createHash('sha256').update(sheet).digest('base64');
  assert.equal(policy.replaceAll('&#39;', "'"), `default-src 'none'; style-src 'sha256-${hash}'`);
});

test('the same rows make the same bytes', () => assert.equal(report(), report()));

test('no name, message or README becomes markup', () => {
  const page = report({ evil: EVIL });
  sound(page);
  assert.match(page, /&lt;script&gt;/);
});

test('every step has its summary, fresh and with its faults', () => {
  const text = words(report());
  assert.match(text, /Step 00, CHARGER [^]*No cycle has completed for this site yet/);
  assert.match(text, /Step 01, CONNECTOR ◐ CURTAILED/);
  assert.match(text, /Circuit C2 short by 80\.0 kW holds back 4 chargers/);
  assert.match(text, /Constraints power in kW/);
  assert.match(text, /Faults in the site's data 1 [^]*Circuit C3 CIRCUIT_LOOP/);
  assert.doesNotMatch(text, /STALE/);
  const page = report();
  assert.match(page, /held back by <a href="#step-01-charger-node-7">/);
  assert.match(page, /<a href="#step-01-charger">cycle 2<\/a>/, 'the cycle in force is that of another step');
});

test('a part keeps the links that lead out of it', () => {
  assert.equal(String(embed('<h2 id="a" class="id">x</h2><a href="#a">a</a><a href="#b">b</a><a href="a">c</a>', 'p-')),
    '<h4 id="p-a" class="id">x</h4><a href="#p-a">a</a><a href="#b">b</a><a href="a">c</a>');
});

test('the chart has the figures of the rows', () => {
  const step = (no, site) => ({ no, id: `step-${no}`, data: siteOf(captured(site)).data });
  const steps = [step('00', f.neverRun()), step('01', f.site()), step('02', f.rejected())];
  const model = chartModel(steps);
  assert.deepEqual(model.circuits, ['C1', 'C2']);
  assert.deepEqual(model.points.map((p) => p.watts), [[null, null], [100000, 400000], [null, null]]);
  const drawn = String(chart(steps, 'Chart'));
  assert.match(words(drawn), / 01 ◐ CURTAILED 100,000 400,000 500,000 580,000 1,200,000 02/);
  assert.match(words(drawn), / 02 ✕ REJECTED cycle 2 in force – – – – –/);
  // A column of 240 units is 1,200 kW.
  assert.deepEqual(all(drawn, /<rect class="g\d" x="[^"]*" y="[^"]*" width="28" height="([^"]*)"/g).map(Number),
    [100, 400].map((kilowatts) => kilowatts / 1200 * 240));
  assert.deepEqual(all(drawn, /<title>([^<]*)/g), ['Step 01, C1: 100,000 W', 'Step 01, C2: 400,000 W']);
});

test('a circuit below another is not counted twice', () => {
  const site = f.site();
  site.nodes[6].parent_ordinal = 3;
  assert.deepEqual(chartModel([{ no: '01', id: 's', data: site }]).circuits, ['C1']);
});

test('a README in parts', () => {
  const parts = readme('# Yard\n\nx\n\n## The depot\n\n    a\n     b\n\n## The steps\n\n### 00 · before\n\nNone.\n\n### 01 · 06:00 · light\n\nA\nB\n\n## End\n\nz\n');
  assert.equal(parts.title, 'Yard');
  assert.equal(parts.depot, '    a\n     b');
  assert.deepEqual([...parts.steps], [['00', { time: '', title: 'before', working: 'None.' }], ['01', { time: '06:00', title: 'light', working: 'A\nB' }]]);
  assert.deepEqual(stepFile('-- Light:\n-- five.\nCALL x;\n-- not this\n'), { change: 'Light: five.', sql: 'CALL x;\n-- not this' });
});

test('as much Markdown as there is', () => {
  assert.equal(String(markdown('2 × 3, **a <i>** `*c*`\nd *e* f*g')).trim(),
    '<p>2 × 3, <strong>a &lt;i&gt;</strong> <code>*c*</code> d <em>e</em> f*g</p>');
  assert.equal(String(markdown('| a | W |\n|---|---|\n| x, y | 1,200 |')).replace(/\n/g, '').trim(),
    '<table class="plain-table"><thead><tr><th scope="col">a</th><th scope="col" class="n">W</th></tr></thead><tbody><tr><td>x, y</td><td class="n">1,200</td></tr></tbody></table>');
  assert.equal(String(markdown('    a\n      b')).trim(), '<pre tabindex="0">a\n  b</pre>');
});

// What is captured is what the console reads, but for the wall clock.
test('the capture has the columns of the console’s statements', () => {
  const columns = (text, view) => new RegExp(`SELECT ((?:(?!SELECT)[^])*?)\\s+FROM powernode\\.${view}\\b`).exec(text)[1]
    .split(',').map((column) => column.trim()).filter((column) => !['completed_at', 'last_error_at'].includes(column));
  const capture = own('../../scenario/wa_pta/capture_json.sql');
  for (const [statement, view] of [[queries.STATUS_OF_SITE, 'microgrid_status'], [queries.NODES, 'node_status'],
    [queries.CONSTRAINTS, 'constraint_status'], [queries.SETPOINTS, 'setpoint']]) {
    assert.deepEqual(columns(capture, view), columns(statement, view), view);
  }
});

test('the report that is kept is sound and small', () => {
  const page = own('../../scenario/wa_pta/expected/report.html');
  sound(page);
  assert.ok(page.length < 1.5e6);
  assert.equal(all(page, /<h3 id="(step-\d\d-\w+)">/g).length, 22);
  assert.doesNotMatch(page, /STALE<\/span>/);
});
