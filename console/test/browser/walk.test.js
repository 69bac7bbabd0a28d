// The WA PTA depot's morning in a browser, step by step: every page says what the
// figures worked out by hand and the views say, in light and dark, wide and narrow.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as stage from './stage.js';

const WORDS = { APPLIED: 'APPLIED', CURTAILED: 'CURTAILED', REJECTED: 'REJECTED', NO_COMPLETED_CYCLE: 'NO CYCLE' };
// Where pages look different: these are inspected; the others are read.
const INSPECTED = { CONNECTOR: ['00', '03', '07', '08', '09'], CHARGER: ['05'] };

let browser;
before(async () => { browser = await stage.startBrowser(); });
after(() => browser?.close());

for (const mode of ['CONNECTOR', 'CHARGER']) describe(`the morning, per ${mode.toLowerCase()}`, () => walk(mode));

function walk(mode) {
  let db;
  let web;
  let page;
  const seen = new Map(); // cycle number → the site's JSON while it was the latest

  before(async () => {
    db = await stage.makeDatabase();
    await stage.onWaPta(db, mode);
    web = await stage.startConsole(db);
    page = await stage.openPage(browser, web);
  });
  after(() => stage.closeAll(page, web, db));

  for (const step of stage.MORNING) {
    const number = step.slice(0, 2);
    const inspected = INSPECTED[mode].includes(number);
    test(step.replaceAll('-', ' '), async () => {
      await db.step(step);
      const [figures] = await db.sql('SELECT * FROM wa_pta.status WHERE step = $1 AND mode IN ($2, $3)', [number, mode, '*']);
      await page.visit(`/site/${stage.SITE}`);
      await statusAgrees(page, figures);
      if (figures.cycle_no) {
        await treeAgrees(page, await db.sql('SELECT * FROM powernode.node_status WHERE site_id = $1 ORDER BY ordinal', [stage.SITE]));
        seen.set(figures.cycle_no, await web.json(`/site/${stage.SITE}`));
      }
      if (inspected) await stage.inspect(page, `${mode}-${step}-site`);

      await page.visit(`/site/${stage.SITE}/constraints`);
      const limits = await constraintsAgree(page, await db.sql('SELECT * FROM powernode.constraint_status WHERE site_id = $1 ORDER BY rank', [stage.SITE]));
      if (inspected && limits > 1) await stage.inspect(page, `${mode}-${step}-constraints`);
      assert.deepEqual(page.complaints, []);
    });
  }

  test('every cycle of it is shown again as it was', async () => {
    for (const [number, then] of seen) {
      const again = await web.json(`/site/${stage.SITE}/cycle/${number}`);
      const shared = ({ offline, state, ...node }) => node;
      assert.deepEqual((again.nodes ?? []).map(shared), (then.nodes ?? []).map(shared), `cycle ${number}`);
      assert.deepEqual(again.constraints, then.constraints, `cycle ${number}`);
      assert.deepEqual(again.headline, then.headline);
      assert.deepEqual(again.faults, then.faults);
      assert.deepEqual(again.limit_from, then.limit_from);
      await page.visit(`/site/${stage.SITE}/cycle/${number}`);
      assert.match(await page.locator('.past').innerText(), number === 10 ? /latest cycle/ : /Past cycle: .* latest is cycle 10/);
      assert.equal(await page.locator('tr[id^=node-]').count(), (then.nodes ?? []).length);
    }
  });

  if (mode === 'CHARGER') return;

  test('the pages of a past cycle', async () => {
    for (const [path, name] of [['cycle/3?show=constrained', 'past'], ['cycle/8', 'past-rejected']]) {
      await page.visit(`/site/${stage.SITE}/${path}`);
      await stage.inspect(page, name);
    }
  });

  test('the cycles: a strip of outcomes and the same as a table', async () => {
    await page.visit(`/site/${stage.SITE}/cycles?hours=24`);
    const outcomes = [...seen].map(([number, { status }]) => `Cycle ${number}: ${WORDS[status.outcome]}`);
    assert.deepEqual(await page.locator('.strip .vh').allTextContents(), outcomes);
    assert.deepEqual(await page.locator('.cycles tbody th').allInnerTexts(), [...seen.keys()].reverse().map(String));
    await stage.inspect(page, 'cycles');
    await stage.follow(page, page.locator('.cycles a', { hasText: '8' }));
    assert.match(page.url(), /\/cycle\/8$/);
    assert.equal(await page.locator('.tag').first().innerText(), '✕ REJECTED');
  });

  test('all of that was long ago: STALE; a cycle for now is not', async () => {
    await page.visit('/');
    await stage.inspect(page, 'sites-stale');
    assert.match(await page.locator('.sites tbody tr').innerText(), /STALE/);
    await db.balance();
    for (const path of ['/', `/site/${stage.SITE}`, `/site/${stage.SITE}/constraints`]) {
      await page.visit(path);
      assert.doesNotMatch(await page.locator('main tbody, main .tags').first().innerText(), /STALE/, path);
    }
    await page.visit(`/site/${stage.SITE}`);
    assert.match(await page.locator('.tags').innerText(), /IN FORCE/);
    assert.equal(await page.locator('.stale-note').count(), 0);
    await stage.inspect(page, 'now');
    await page.visit(`/site/${stage.SITE}/cycle/10`);
    assert.doesNotMatch(await page.locator('.tags').innerText(), /STALE|IN FORCE/, 'replaced, so its expiry is nobody’s business');
  });
}

// The banner and the totals against figures worked out by hand.
async function statusAgrees(page, f) {
  const said = await page.locator('.banner').innerText();
  assert.ok(said.includes(WORDS[f.state]), said);
  assert.ok((await page.title()).includes(WORDS[f.state]));
  if (!f.cycle_no) {
    assert.match(said, /No cycle has completed for this site yet/);
    assert.equal(await page.locator('.facts, .tree').count(), 0, 'not an error, and not zeros');
    return;
  }
  assert.match(said, /STALE/, '2025 is over');
  assert.ok(said.includes(f.reason), said);
  assert.equal(await page.locator('.times dd').first().innerText(), String(f.cycle_no));
  if (f.state === 'REJECTED') {
    assert.equal(await page.locator('.facts, .tree').count(), 0);
    assert.match(await page.locator('.force').innerText(), new RegExp(`cycle ${f.in_force_cycle_no}\\b`));
    assert.equal(await page.locator('.faults tbody tr').count(), f.faults);
    return;
  }
  assert.deepEqual(await page.locator('.facts dd').evaluateAll((all) => all.map((dd) => dd.firstChild.textContent.trim())),
    [f.allocated_w, f.demand_w, f.curtailed_w, f.limit_w].map(stage.kw));
  assert.match(said, /IN FORCE/);
  if (f.node) assert.match(await page.locator('.headline').innerText(), new RegExp(` ${f.node.replace('SITE', 'WA PTA depot')} is short by ${stage.kw(f.node_asked_w - f.node_limit_w)} kW$`));
}

// Every row against the view, and every "held back by" against the row it leads to.
async function treeAgrees(page, nodes) {
  const rows = await page.evaluate(() => [...document.querySelectorAll('.tree tbody tr')].map((tr) => {
    const [name, state, allocated, asked, limit] = tr.cells;
    const by = state.textContent.startsWith('held back by') ? state.querySelector('a') : null;
    return {
      id: tr.id,
      name: name.querySelector('bdi').textContent,
      state: state.textContent,
      watts: [allocated.textContent, asked.textContent, limit.lastChild.textContent].map((t) => t.trim()),
      by: by && document.querySelector(by.getAttribute('href')).querySelector('bdi').textContent,
      group: /\bg\d/.exec(tr.className)?.[0] ?? null,
      byGroup: by && /\bg\d/.exec(document.querySelector(by.getAttribute('href')).className)?.[0],
    };
  }));
  assert.deepEqual(rows.map((r) => r.id), nodes.map((n) => `node-${n.ordinal}`));
  for (const [i, node] of nodes.entries()) {
    const row = rows[i];
    assert.equal(row.name, node.name);
    assert.deepEqual(row.watts, [stage.kw(node.allocated_w), stage.kw(node.asked_w), node.limit_w === null ? 'no limit' : stage.kw(node.limit_w)], node.name);
    if (/offline/.test(row.state)) continue;
    if (node.binding) assert.match(row.state, /^short by /, node.name);
    else if (node.bottleneck_id) {
      assert.match(row.state, new RegExp(`^held back by .*${node.bottleneck_name}`), node.name);
      assert.equal(row.by, node.bottleneck_name, 'the link leads to that node’s row');
      assert.equal(row.group, row.byGroup, 'one border for both');
    } else {
      assert.equal(row.state, node.over_asked ? 'next limit' : node.demand_w === 0 ? 'nothing asked'
        : !node.curtailed_w ? 'demand met' : node.limit_w === null ? 'limited below' : 'within its limit', node.name);
      assert.ok(row.group === null || !node.is_leaf, node.name);
    }
    if (node.binding && !node.is_leaf) {
      const held = nodes.filter((n) => n.bottleneck_id === node.node_id).length;
      assert.match(row.state, new RegExp(`holds back ${held} (connector|charger)`));
    }
  }
}

async function constraintsAgree(page, constraints) {
  const limits = constraints.filter((c) => c.asked_w !== null);
  const rows = page.locator('.constraints tr[id]');
  assert.equal(await rows.count(), limits.length);
  for (const [i, c] of limits.entries()) {
    const said = (await rows.nth(i).innerText()).replace(/\s+/g, ' ');
    for (const part of [c.name, c.reason, stage.kw(c.limit_w), stage.kw(c.asked_w), stage.kw(c.short_w), c.binding ? 'yes' : 'no, next limit']) {
      assert.ok(said.includes(part), `${said}: ${part}`);
    }
    if (c.binding) assert.equal(await rows.nth(i).locator('.held a').count(), c.held_back_leaves);
  }
  assert.deepEqual(await page.locator('.constraints .message').allInnerTexts(), limits.map((c) => c.message));
  const faults = constraints.filter((c) => c.asked_w === null);
  assert.equal(await page.locator('.faults tbody tr').count(), faults.length);
  for (const fault of faults) assert.ok((await page.locator('.faults').innerText()).includes(fault.message));
  return constraints.length;
}
