// A page that stays open: what it does when a cycle completes, expires or cannot be
// had, and what the reader keeps meanwhile.  The browser's clock is turned by hand.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import * as stage from './stage.js';

const PATH = `/site/${stage.SITE}`;
const FEW = 'C1-1.1 100  C2-1.1 100';
const C2_FULL = 'C1-1.1 100  C2-1.1 120  C2-2.1 120  C2-3.1 120  C2-4.1 120';
const C2_AND_C3_FULL = `${C2_FULL}  C3-1.1 120  C3-2.1 120  C3-3.1 120  C3-4.1 120`;
const ALL_FULL = [1, 2, 3, 4].flatMap((c) => [1, 2, 3, 4].map((p) => `C${c}-${p}.1 120`)).join(' ');

let db;
let web;
let browser;
let page;
let expected = []; // what the browser may complain of in this test

before(async () => {
  browser = await stage.startBrowser();
  db = await stage.makeDatabase();
  await stage.onWaPta(db, 'CONNECTOR');
  web = await stage.startConsole(db);
});
after(() => stage.closeAll(browser, web, db));
beforeEach(async () => {
  expected = [];
  page = await stage.openPage(browser, web, {
    expecting: (text) => expected.some((one) => one.test(text)), permissions: ['clipboard-read', 'clipboard-write'],
  });
  // Left to itself it would go on, and the page ask in between where the machine is slow.
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(Date.now());
});
afterEach(async () => {
  assert.deepEqual(page.complaints, []);
  await page.close();
});

const balance = async (plugs) => {
  await db.ask(plugs);
  const [{ cycle_no: number }] = await db.balance();
  return number;
};

// The question that the script asks upon something, and its answer once the script is
// done with it: then it says how things stand, whether or not that is new.
async function answered(upon) {
  const done = page.evaluate(() => new Promise((resolve) => {
    new MutationObserver((_, one) => { one.disconnect(); resolve(); })
      .observe(document.getElementById('live-state'), { childList: true });
  }));
  const answer = page.waitForResponse((r) => r.request().resourceType() === 'fetch');
  await upon();
  await done;
  return (await answer).status();
}

const poll = () => answered(() => page.clock.runFor(5100)); // its next question

// Time goes on while axe is at work, which waits for timers: less of it than between
// two questions.
async function inspect(name, options) {
  let more = true;
  const ticking = (async () => { while (more) await page.clock.runFor(1); })();
  try {
    await stage.inspect(page, name, options);
  } finally {
    more = false;
    await ticking;
  }
}

const hide = (hidden) => page.evaluate((value) => {
  Object.defineProperty(document, 'hidden', { value, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

// Holds up the answer to the script's next question: its function lets it through.
async function holdUp() {
  let ask;
  let deliver;
  const asked = new Promise((resolve) => { ask = resolve; });
  const free = new Promise((resolve) => { deliver = resolve; });
  await page.route(`**${PATH}`, async (route) => {
    const response = await route.fetch();
    ask();
    await free;
    await route.fulfill({ response }).catch(() => {}); // nobody waits for it any more
  }, { times: 1 });
  await page.clock.runFor(5100);
  await asked;
  return async () => {
    deliver();
    await new Promise((resolve) => { setTimeout(resolve, 300); });
  };
}

// Every change of <main> from here on that is not an age's.
const watchMain = () => page.evaluate(() => {
  globalThis.changes = 0;
  new MutationObserver((all) => {
    for (const one of all) {
      const at = one.target.nodeType === 1 ? one.target : one.target.parentElement;
      if (!at?.closest('time.ago')) globalThis.changes += 1;
    }
  }).observe(document.getElementById('main'), { subtree: true, childList: true, attributes: true, characterData: true });
});
const changes = () => page.evaluate(() => globalThis.changes);
const shownCycle = () => page.locator('.times dd').first().innerText();

test('the page waits for the first cycle, and shows it by itself', async () => {
  await page.visit(PATH);
  assert.match(await page.locator('.headline').innerText(), /No cycle has completed/);
  assert.equal(await poll(), 304);
  await balance(FEW);
  assert.equal(await poll(), 200);
  assert.match(await page.locator('.headline').innerText(), /All demand met/);
  assert.match(await page.title(), /APPLIED/);
});

test('nothing is touched while the cycle is the same', async () => {
  await balance(C2_FULL);
  await page.visit(PATH);
  await watchMain();
  for (let i = 0; i < 3; i += 1) assert.equal(await poll(), 304);
  assert.equal(await changes(), 0);
  assert.match(await page.locator('#live-state').innerText(), /^Live · \d\d:\d\d:\d\d UTC$/);
});

test('a new cycle replaces the page at once: focus, place and what is open stay', async () => {
  const was = await balance(C2_FULL);
  await page.visit(PATH);
  await page.locator('tr', { hasText: 'C2-2.1' }).getByRole('link').focus();
  await page.evaluate(() => window.scrollTo({ top: 500, behavior: 'instant' }));
  const at = await page.evaluate(() => [document.activeElement.getAttribute('href'), window.scrollY]);
  assert.ok(at[1] > 0);
  assert.equal(await balance(C2_AND_C3_FULL), was + 1);
  assert.equal(await shownCycle(), String(was));
  assert.equal(await poll(), 200);
  assert.equal(await shownCycle(), String(was + 1));
  assert.deepEqual(await page.evaluate(() => [document.activeElement.getAttribute('href'), window.scrollY]), at);
  assert.ok(await page.evaluate(() => document.activeElement.closest('tr').textContent.includes('C2-2.1')));
  assert.match(await page.locator('#live-say').innerText(), new RegExp(`Cycle ${was + 1}: CURTAILED`), 'said to a screen reader');

  // The link that has the focus goes away with what it said: the focus stays on the page.
  await balance(FEW);
  assert.equal(await poll(), 200);
  assert.ok(await page.evaluate(() => document.getElementById('main').contains(document.activeElement)));
});

test('several nodes bind: each group says whom it holds back', async () => {
  await balance(C2_AND_C3_FULL);
  await page.visit(PATH);
  assert.deepEqual(await page.locator('.binding li').allInnerTexts(),
    ['Circuit C2 short by 80.0 kW holds back 4', 'Circuit C3 short by 80.0 kW holds back 4']);
  for (const circuit of ['C2', 'C3']) {
    const row = page.locator('tbody tr', { has: page.locator('bdi', { hasText: new RegExp(`^${circuit}$`) }) }).first();
    assert.match(await row.innerText(), /short by 80\.0 kW\s+holds back 4 connectors/);
    // From a leaf that is held back to the node that does it.
    const link = page.locator('tbody tr', { hasText: `${circuit}-3.1` }).getByRole('link', { name: `Circuit ${circuit}` });
    await page.evaluate(() => window.scrollTo(0, 1e6)); // from below
    await link.click();
    assert.equal(new URL(page.url()).hash, `#${await row.getAttribute('id')}`);
    assert.ok(await row.evaluate((r) => r.matches(':target')));
    assert.ok(await stage.inSight(row), 'and it is not behind the heading');
    assert.match(await page.locator('tbody tr', { hasText: `${circuit}-3.1` }).innerText(), new RegExp(`held back by Circuit ${circuit}`));
  }
  assert.deepEqual(await page.locator('.tree thead th').evaluateAll((all) => [...new Set(all.map((th) => Math.abs(Math.round(th.getBoundingClientRect().top)) <= 1))]),
    [true], 'the whole heading stays at the top');
  // What is said by colour is said by the border's pattern too.
  const borders = await page.evaluate(() => [...document.querySelectorAll('.tree .s-binding th')]
    .map((th) => getComputedStyle(th, '::before')).map((s) => [s.borderLeftStyle, s.borderLeftColor]));
  assert.equal(new Set(borders.map(([style]) => style)).size, 2);
  assert.equal(new Set(borders.map(([, colour]) => colour)).size, 2);
  await inspect('two-groups');
  await page.visit(`${PATH}/constraints`);
  await inspect('two-groups-constraints', { rules: ['color-contrast'] });
});

test('only what is constrained, and it stays so over a new cycle', async () => {
  await balance(C2_FULL);
  await page.visit(PATH);
  await stage.follow(page, page.getByRole('link', { name: 'Show only what is constrained' }));
  const names = () => page.locator('.tree tbody th > bdi').allInnerTexts();
  assert.deepEqual(await names(), ['WA PTA depot', 'GC1', 'C2',
    'C2-1', 'C2-1.1', 'C2-2', 'C2-2.1', 'C2-3', 'C2-3.1', 'C2-4', 'C2-4.1']);
  await balance(C2_AND_C3_FULL);
  assert.equal(await poll(), 200);
  assert.equal((await names()).filter((n) => /^C3/.test(n)).length, 9);
  await stage.follow(page, page.getByRole('link', { name: 'Show all' }));
  assert.equal(await page.locator('.tree tbody tr').count(), 54);
});

test('what a reader opened stays open', async () => {
  await balance(ALL_FULL);
  await page.visit(`${PATH}/constraints`);
  await page.locator('summary').click();
  assert.equal(await page.locator('details[open] .held li').count(), 16);
  await balance(ALL_FULL.replace('C4-4.1 120', 'C4-4.1 100'));
  assert.equal(await poll(), 200);
  assert.equal(await page.locator('details[open]').count(), 1);
});

test('no page mixes two cycles, however fast they come', async () => {
  // Odd cycles and even ones have nothing in common: 200 kW or 1200 kW.
  const allocated = new Map();
  const remember = async (plugs) => {
    await db.ask(plugs);
    const [row] = await db.balance();
    allocated.set(String(row.cycle_no), stage.kw(row.allocated_w));
  };
  await remember(FEW);
  await page.visit(PATH);
  // Looked at after every single change, before the browser could paint it.
  await page.evaluate(() => {
    const text = (selector) => document.querySelector(selector)?.textContent.trim().replace(/ kW$/, '');
    globalThis.shown = [];
    const look = () => globalThis.shown.push([text('.times dd'), text('.facts dd'), text('.tree tbody tr td:nth-child(3)'),
      /Cycle (\d+)/.exec(document.getElementById('main').dataset.say)?.[1]]);
    look();
    new MutationObserver(look).observe(document.getElementById('main'), { subtree: true, childList: true, attributes: true, characterData: true });
  });
  let more = true;
  const cycles = (async () => {
    for (let i = 0; more; i += 1) await remember(i % 2 ? FEW : ALL_FULL);
  })();
  const answers = Promise.all([1, 2].map(async () => {
    for (let i = 0; i < 10; i += 1) {
      const { status, nodes, constraints } = await web.json(PATH);
      const leaves = nodes.filter((n) => n.is_leaf);
      assert.equal(leaves.reduce((sum, n) => sum + n.allocated_w, 0), status.allocated_w);
      assert.equal(constraints.some((c) => c.binding), status.outcome === 'CURTAILED');
    }
  }));
  // How many cycles fall between two polls is up to the machine.
  try {
    await stage.until('eight cycles shown', async () => {
      await poll();
      return await page.evaluate(() => new Set(globalThis.shown.map(([cycle]) => cycle)).size) >= 8;
    }, 60000);
    await answers;
  } finally {
    more = false;
    await cycles;
  }
  const shown = await page.evaluate(() => globalThis.shown);
  for (const [cycle, total, root, said] of shown) {
    assert.deepEqual([total, root, said], [allocated.get(cycle), allocated.get(cycle), cycle], `cycle ${cycle}`);
  }
});

test('paused, nothing is asked or changed, here and on the next page', async () => {
  const was = await balance(FEW);
  await page.visit(PATH);
  await page.getByRole('button', { name: 'Pause' }).click();
  assert.equal(await page.getByRole('button', { name: 'Paused' }).getAttribute('aria-pressed'), 'true');
  assert.match(await page.locator('#live-state').innerText(), /^Not updated since/);
  let asked = 0;
  page.on('request', (request) => { if (request.resourceType() === 'fetch') asked += 1; });
  await balance(C2_FULL);
  await page.clock.runFor(65000);
  assert.equal(asked, 0);
  assert.equal(await shownCycle(), String(was));
  assert.equal(await page.locator('.ago').first().innerText(), '1 min', 'how old it is goes on');

  await stage.follow(page, page.getByRole('link', { name: 'Constraints' }));
  assert.ok(await page.getByRole('button', { name: 'Paused' }).isVisible());
  await stage.follow(page, page.getByRole('link', { name: 'Status' }));
  await balance(C2_AND_C3_FULL);
  assert.equal(await shownCycle(), String(was + 1));
  await page.getByRole('button', { name: 'Paused' }).click();
  await stage.until('the newest cycle', async () => await shownCycle() === String(was + 2));
});

test('a hidden tab asks nothing, and at once when it is looked at again', async () => {
  const was = await balance(FEW);
  await page.visit(PATH);
  let asked = 0;
  page.on('request', (request) => { if (request.resourceType() === 'fetch') asked += 1; });
  await hide(true);
  await page.clock.runFor(20000);
  assert.equal(asked, 0);
  await balance(C2_FULL);
  await hide(false);
  await stage.until('the newest cycle', async () => await shownCycle() === String(was + 1));
});

test('a late answer puts no older cycle over a newer one', async () => {
  const was = await balance(FEW);
  await page.visit(PATH);
  await balance(C2_FULL);
  const deliver = await holdUp();
  await balance(C2_AND_C3_FULL);
  await hide(true);
  await hide(false);
  await stage.until('the newest cycle', async () => await shownCycle() === String(was + 2));
  await deliver();
  assert.equal(await shownCycle(), String(was + 2));
  await balance(FEW);
  assert.equal(await poll(), 200);
  assert.equal(await shownCycle(), String(was + 3), 'and it goes on');
});

test('paused while an answer is on its way: nothing changes, and nothing is called live', async () => {
  const was = await balance(FEW);
  await page.visit(PATH);
  await balance(C2_FULL);
  const deliver = await holdUp();
  await page.getByRole('button', { name: 'Pause' }).click();
  await deliver();
  assert.equal(await shownCycle(), String(was));
  assert.match(await page.locator('#live-state').innerText(), /^Not updated since/);
  await page.getByRole('button', { name: 'Paused' }).click();
  await stage.until('the newest cycle', async () => await shownCycle() === String(was + 1));
});

test('what is copied is what is on the screen, also when there is a newer cycle', async () => {
  const was = await balance(C2_FULL);
  await page.visit(PATH);
  await page.getByRole('button', { name: 'Pause' }).click();
  await balance(FEW);
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, new RegExp(`^Cycle ${was}: CURTAILED`, 'm'));
  assert.match(text, /Circuit C2 .* short by 80\.0 kW/);
});

test('what cannot be had as text is not called copied', async () => {
  expected = [/503/];
  await balance(C2_FULL);
  await page.visit(PATH);
  await web.wire.cut();
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await page.getByRole('button', { name: 'Could not copy' }).waitFor();
  await web.wire.join();
});

test('a page that is not the console’s own is no news', async () => {
  const was = await balance(C2_FULL);
  await page.visit(PATH);
  await page.route(`**${PATH}`, (route) => route.fulfill({ contentType: 'text/html', body: '<main id="main">Who are you?</main>' }), { times: 1 });
  await page.clock.runFor(5100);
  await stage.until('the warning', async () => /^Not updated since/.test(await page.locator('#live-state').innerText()));
  assert.equal(await shownCycle(), String(was));
  await poll();
  assert.match(await page.locator('#live-state').innerText(), /^Live/);
});

test('past its expiry a page turns STALE without any cycle', async () => {
  await db.sql("UPDATE manage.site SET setpoint_lifetime = '6 seconds'"); // long enough to see the page before
  const was = await balance(C2_FULL);
  await page.visit(PATH);
  assert.equal(await page.locator('.tag.stale').count(), 0);
  await stage.until('STALE', async () => {
    await poll();
    return await page.locator('.tag.stale').count() === 1;
  }, 30000);
  assert.equal(await shownCycle(), String(was));
  assert.match(await page.locator('.stale-note').innerText(), new RegExp(`The setpoints of cycle ${was} expired at .* UTC`));
  assert.match(await page.title(), /CURTAILED, stale/);
  await page.visit('/?state=STALE');
  assert.equal(await page.locator('.sites tbody tr').count(), 1);
  await db.sql('UPDATE manage.site SET setpoint_lifetime = NULL');
  await balance(C2_FULL);
  await page.visit(PATH);
  assert.equal(await page.locator('.tag.stale, .stale-note').count(), 0);
});

test('an age is right on a machine whose clock is wrong', async () => {
  await balance(FEW);
  await page.clock.setSystemTime(Date.now() - 3 * 3600e3);
  await page.visit(PATH);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.clock.runFor(5100);
  assert.match(await page.locator('.ago').first().innerText(), /^\d+ s$/, 'before anything has been asked');
  assert.equal(await answered(() => page.getByRole('button', { name: 'Paused' }).click()), 304);
  await page.clock.runFor(5100);
  assert.match(await page.locator('.ago').first().innerText(), /^\d+ s$/);
});

test('without the database the page stays, says so, and goes on when it is back', async () => {
  expected = [/503/];
  const was = await balance(C2_FULL);
  await page.visit(PATH);
  await watchMain();
  await web.wire.cut();
  assert.equal(await poll(), 503);
  await stage.until('the warning', async () => /^Not updated since \d\d:\d\d:\d\d UTC$/.test(await page.locator('#live-state').innerText()));
  assert.equal(await page.locator('#live-say').innerText(), 'Updates have stopped');
  assert.equal(await changes(), 0, 'what was last known stays');
  assert.equal(await shownCycle(), String(was));
  await inspect('not-updated');
  await balance(FEW);
  await web.wire.join();
  assert.equal(await poll(), 200);
  assert.equal(await shownCycle(), String(was + 1));
  await stage.until('no more warning', async () => /^Live/.test(await page.locator('#live-state').innerText()));
});

test('an error page mends itself', async () => {
  expected = [/503/];
  await web.wire.cut();
  await page.visit(PATH);
  assert.match(await page.locator('h1').innerText(), /database cannot be reached/);
  await inspect('error-503');
  await web.wire.join();
  assert.equal(await poll(), 200);
  assert.equal(await page.locator('h1').innerText(), 'WA PTA depot');
  assert.ok(await page.locator('header').getByRole('link', { name: 'WA PTA depot' }).isVisible(), 'the trail too');
});

test('the whole page as text, from the button and from the link', async () => {
  expected = [/404/]; // a browser asks for the icon of a text
  await balance(C2_FULL);
  await page.visit(PATH);
  const text = await (await web.get(`${PATH}?format=text`)).text();
  assert.match(text, /^Site WA PTA depot/);
  assert.match(text, /Circuit C2 .* 400\.0 +480\.0 +400\.0 +short by 80\.0 kW/);
  for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const ageless = (t) => t.replace(/\(\d+ s before this text\)/, '').trim();
  assert.equal(ageless(await page.evaluate(() => navigator.clipboard.readText())), ageless(text));
  await stage.follow(page, page.getByRole('link', { name: 'Text for a ticket' }));
  assert.equal(ageless(await page.locator('body').innerText()), ageless(text));
});
