// What every page owes its reader, whatever the data: names of any kind are text, a
// site of 2,000 nodes is usable, and so is everything without a mouse or JavaScript.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as stage from './stage.js';

let browser;
before(async () => { browser = await stage.startBrowser(); });
after(() => browser?.close());

const of = (id) => `/site/${encodeURIComponent(id)}`;

// A console on a database that `fill` has filled; page and db come with it.
function onStage(fill) {
  const at = {};
  before(async () => {
    at.db = await stage.makeDatabase();
    await fill(at.db);
    at.web = await stage.startConsole(at.db);
    at.page = await stage.openPage(browser, at.web);
  });
  after(() => stage.closeAll(at.page, at.web, at.db));
  return at;
}

const INSPECTED = ['open', 'long'];

// Without what turns text around, which a page may leave out of a name.
const straight = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');

const NAMES = {
  markup: '<img src=x onerror="alert(1)"><script>alert(2)</script>',
  attribute: '"><svg onload=alert(3)> \' onmouseover=\'alert(4)',
  entity: '&lt;b&gt; &amp; &#60;i&#62; ${7*7} {{7*7}} </main></table><!--',
  arabic: 'محطة الشحن الرئيسية',
  override: 'gnp.\u202Etxt.exe\u202C\u2066x',
  open: 'never closed \u202E\u2067\u202B',
  long: 'W'.repeat(200),
  words: 'a rather long name '.repeat(11).slice(0, 200).trim(),
  lines: 'two\nlines\tand a tab',
  wide: '充電器 🔌 充電器',
};

describe('names of any kind are text', () => {
  const at = onStage(async (db) => {
    await stage.onDepot(db);
    // Every node of a site has the name, and its id too; two nodes bind, one is over-asked.
    for (const name of Object.values(NAMES)) {
      await db.sql('INSERT INTO depot.site (site_id, microgrid_id, name) VALUES ($1, $1, $1)', [name]);
      await db.sql('INSERT INTO depot.grid_connection VALUES ($1, $1, $1, $1)', [name]);
      await db.sql(`INSERT INTO depot.circuit (site_id, circuit_id, parent_circuit_id, default_capacity_w, name)
        VALUES ($1, $1, NULL, 100000, $1), ($1, $1 || ' a', $1, 40000, $1), ($1, $1 || ' b', $1, 40000, $1)`, [name]);
      await db.sql(`INSERT INTO depot.charge_point (site_id, charge_point_id, circuit_id, max_power_w, name)
        SELECT $1, $1 || c || p, $1 || c, 22000, $1 FROM unnest(ARRAY[' a', ' b']) AS c, generate_series(1, 2) AS p`, [name]);
      await db.sql(`INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w, name, vehicle_name)
        SELECT $1, charge_point_id, charge_point_id, 22000, 22000, $1, $1 FROM depot.charge_point WHERE site_id = $1`, [name]);
      await db.sql('SELECT FROM powernode.rebalance($1::text)', [name]);
    }
    const broken = 'broken <i>';
    await db.sql('INSERT INTO depot.site (site_id, microgrid_id, name) VALUES ($1, $1, $1)', [broken]);
    await db.sql("INSERT INTO depot.grid_connection VALUES ($1, 'g', 'main', 'g')", [broken]);
    await db.sql("INSERT INTO depot.circuit (site_id, circuit_id, default_capacity_w) VALUES ($1, 'main', 1)", [broken]);
    await db.sql(`INSERT INTO depot.connector (site_id, connector_id, charge_point_id, max_power_w, demand_w, name)
      SELECT $1, n, 'nowhere', 1, 1, n FROM unnest($2::text[]) AS n`, [broken, Object.values(NAMES)]);
    await db.sql('SELECT FROM powernode.rebalance($1::text)', [broken]);
  });

  for (const [kind, name] of Object.entries(NAMES)) {
    test(kind, async () => {
      const { page, web } = at;
      await page.visit(of(name));
      for (const shown of await page.locator('.tree bdi').allTextContents()) assert.equal(straight(shown), straight(name));
      assert.deepEqual(await turnedAround(page), []);
      if (INSPECTED.includes(kind)) await stage.inspect(page, `name-${kind}`);
      // The links lead where they should, whatever is in an id.
      for (const [to, there] of [[null, '.tree'], [page.getByRole('link', { name: 'Constraints', exact: true }), '.constraints'],
        [page.getByRole('link', { name: 'Cycles', exact: true }), '.cycles'], [page.locator('.cycles tbody a'), '.past']]) {
        if (to) await stage.follow(page, to);
        assert.ok(await page.locator(there).isVisible());
        assert.equal(straight(await page.locator('h1 bdi').textContent()), straight(name), there);
        assert.equal(await page.locator('main :is(img, script, b b, iframe)').count(), 0);
        assert.equal(await page.locator('html > body').count(), 1);
        for (const width of [390, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          assert.deepEqual(await stage.sticksOut(page), [], `${there} at ${width}`);
        }
      }

      const json = await web.json(of(name));
      assert.equal(json.status.site_id, name);
      assert.ok(json.nodes.every((n) => n.name === name));
      const text = await (await web.get(`${of(name)}?format=text`)).text();
      assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\t]/);
      for (const line of text.split('\n')) assert.ok([...line].length <= 100, line);
      await page.visit(`/?q=${encodeURIComponent(name)}`);
      assert.equal(await page.locator('.sites tbody tr').count(), 1, 'found by its name');
      assert.equal(await page.locator('#q').inputValue(), name.replace(/\n/g, ''));
      assert.deepEqual(page.complaints.splice(0), []);
    });
  }

  test('all of them in one list, and as faults', async () => {
    const { page } = at;
    await page.visit('/');
    assert.equal(await page.locator('.sites tbody tr').count(), Object.keys(NAMES).length + 2);
    await stage.inspect(page, 'names');
    for (const path of ['', '/constraints', '/cycles', '/cycle/1'].map((end) => of('broken <i>') + end)) {
      await page.visit(path);
      assert.deepEqual(await stage.sticksOut(page), [], path);
    }
    await page.visit(of('broken <i>'));
    assert.match(await page.locator('.tags').innerText(), /REJECTED/);
    assert.match(await page.locator('.force').innerText(), /No cycle is in force/);
    assert.deepEqual((await page.locator('.faults bdi').allTextContents()).map(straight).sort(), Object.values(NAMES).map(straight).sort());
    assert.equal(await page.locator('main :is(img, script, b b, iframe)').count(), 0);
    await stage.inspect(page, 'names-faults');
  });

  test('a search of any kind is text as well', async () => {
    const { page } = at;
    for (const q of ['"><script>alert(5)</script>', "' OR 1=1; DROP TABLE depot.site --", '\u202Ex', 'y'.repeat(400), '%', '_']) {
      await page.visit(`/?q=${encodeURIComponent(q)}`);
      assert.match(await page.locator('.none-found').innerText(), /No site matches/);
      assert.equal(await page.locator('main script').count(), 0);
    }
    assert.deepEqual(page.complaints.splice(0), []);
  });
});

// What is shown on the wrong side: text after a name begins to its right or below it.
const turnedAround = (page) => page.evaluate(() => [...document.querySelectorAll('.headline bdi, .binding bdi, td a bdi')].flatMap((bdi) => {
  const after = bdi.closest('a').nextSibling;
  if (!after?.textContent.trim()) return [];
  const range = document.createRange();
  range.selectNodeContents(after);
  const next = range.getClientRects()[0];
  const boxes = [...bdi.getClientRects()];
  const bottom = Math.max(...boxes.map((b) => b.bottom));
  const right = Math.max(...boxes.filter((b) => b.bottom > bottom - 2).map((b) => b.right));
  return next.top >= bottom - 2 || next.left >= right - 2 ? [] : [bdi.parentElement.parentElement.textContent];
}));

describe('a site of 2,000 nodes', () => {
  const BIG = '10000000-0000-4000-8000-000000002000';
  const at = onStage(async (db) => {
    await stage.onManage(db);
    // 1 site, 1 grid connection, 40 circuits, 653 chargers and 1,305 plugs that all ask.
    await db.sql(`
      INSERT INTO manage.site (site_id, name) VALUES ('${BIG}', 'The big depot');
      INSERT INTO manage.microgrid (site_id) VALUES ('${BIG}');
      INSERT INTO manage.circuit (site_id, name, default_operating_capacity_kw) VALUES ('${BIG}', 'Main incomer', 20000);
      INSERT INTO manage.circuit (site_id, parent_circuit_id, name, default_operating_capacity_kw)
      SELECT '${BIG}', circuit_id, 'Feeder pillar ' || n, 400 FROM manage.circuit, generate_series(1, 40) AS n;
      INSERT INTO manage.microgrid_node (site_id, microgrid_id, type, name, circuit_id)
      SELECT site_id, microgrid_id, 'GRID_CONNECTION', 'Grid connection', circuit_id
        FROM manage.microgrid JOIN manage.circuit USING (site_id) WHERE parent_circuit_id IS NULL;
      INSERT INTO manage.charge_point (site_id, circuit_id, name, max_power_kw)
      SELECT '${BIG}', (SELECT circuit_id FROM manage.circuit WHERE name = 'Feeder pillar ' || 1 + n % 40), 'Charger ' || n, 150
        FROM generate_series(1, 653) AS n;
      INSERT INTO manage.connector (site_id, charge_point_id, number, name, max_power_kw)
      SELECT '${BIG}', charge_point_id, k, name || ' plug ' || k, 120
        FROM manage.charge_point, generate_series(1, 2) AS k WHERE (name, k) <> ('Charger 653', 2);
      INSERT INTO manage.vehicle (name) SELECT 'Bus ' || n FROM generate_series(1, 1305) AS n;
      INSERT INTO manage.charging_session (site_id, connector_id, vehicle_id, requested_power_kw)
      SELECT '${BIG}', connector_id, vehicle_id, 60 + n % 50
        FROM (SELECT *, row_number() OVER (ORDER BY name) AS n FROM manage.connector) AS c
        JOIN manage.vehicle AS v ON v.name = 'Bus ' || n;
      ANALYZE`);
    await db.sql('SELECT FROM powernode.rebalance($1::text)', [BIG]);
  });

  test('is under 1 MB and is painted in no time', async (t) => {
    const { page, web } = at;
    const html = await (await web.get(of(BIG), { 'Accept-Encoding': 'identity' })).text();
    assert.equal(html.match(/<tr id="node-/g).length, 2000);
    const size = Buffer.byteLength(html);
    assert.ok(size < 1e6, `${size} bytes`);
    const painted = () => page.evaluate(() => new Promise((resolve) => {
      new PerformanceObserver((list) => {
        const [paint] = list.getEntriesByName('first-contentful-paint'); // a frame without content may come first
        if (paint) resolve(paint.startTime);
      }).observe({ type: 'paint', buffered: true });
    }));
    let paint = Infinity;
    for (let i = 0; paint >= 5000 && i < 3; i += 1) { // once more where something else kept the machine busy
      const began = Date.now();
      await page.visit(of(BIG));
      const loaded = Date.now() - began;
      paint = await painted();
      t.diagnostic(`2,000 nodes: ${size} bytes, first paint after ${Math.round(paint)} ms, loaded after ${loaded} ms`);
    }
    assert.ok(paint < 5000, `first paint after ${paint} ms`);
    assert.equal(await page.locator('.tree tbody tr').count(), 2000);
  });

  test('stays usable: a new cycle, a jump, the filter, a phone', async (t) => {
    const { page, db } = at;
    await page.clock.install();
    await page.visit(of(BIG));
    await db.sql("UPDATE manage.charging_session SET requested_power_kw = requested_power_kw + 1");
    await db.sql('SELECT FROM powernode.rebalance($1::text)', [BIG]);
    const began = Date.now();
    await page.clock.runFor(5100);
    await page.locator('.times dd', { hasText: /^2$/ }).waitFor();
    t.diagnostic(`2,000 nodes: a new cycle is on the page after ${Date.now() - began} ms`);
    const link = page.locator('tr', { hasText: 'Charger 400 plug 1' }).getByRole('link');
    const to = await link.getAttribute('href');
    await link.click();
    assert.ok(await stage.inSight(page.locator(to)));
    assert.match(await page.locator(to).innerText(), /Feeder pillar 1\b/);
    await page.setViewportSize({ width: 390, height: 800 });
    assert.deepEqual(await stage.sticksOut(page), []);
    await page.setViewportSize({ width: 1280, height: 800 });
    await stage.follow(page, page.getByRole('link', { name: 'Show only what is constrained' }));
    assert.ok(await page.getByRole('link', { name: 'Show all' }).isVisible());
    assert.deepEqual(page.complaints.splice(0), []);
  });
});

describe('fifty sites and more', () => {
  const at = onStage(async (db) => {
    await stage.onWaPta(db, 'CONNECTOR');
    await db.sql("INSERT INTO manage.site (name) SELECT 'Depot ' || n FROM generate_series(1, 60) AS n");
    await db.step(stage.MORNING[1]);
    await db.step(stage.MORNING[2]);
    await db.balance();
  });

  test('are searched, filtered and paged', async () => {
    const { page } = at;
    const names = () => page.locator('.sites tbody th').allInnerTexts();
    const go = (link) => stage.follow(page, link);
    await page.visit('/');
    assert.equal((await names()).length, 50);
    await stage.inspect(page, 'sites');
    await go(page.getByRole('link', { name: 'Next' }));
    assert.equal((await names()).length, 11);
    await go(page.getByRole('link', { name: /CURTAILED 1/ }));
    assert.deepEqual(await names(), ['WA PTA depot']);
    assert.match(await page.locator('.sites tbody tr').innerText(), /762\.5 of 1200\.0.*Circuit C2/s);
    await go(page.getByRole('link', { name: /^All 61/ }));
    await page.getByRole('searchbox').fill('depot 7');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=depot/);
    assert.deepEqual(await names(), ['Depot 7']);
    await go(page.getByRole('link', { name: 'Depot 7' }));
    assert.match(await page.locator('.headline').innerText(), /No cycle has completed/);
    assert.deepEqual(page.complaints.splice(0), []);
  });

  test('everything is there without JavaScript', async () => {
    const page = await stage.openPage(browser, at.web, { javaScriptEnabled: false });
    await page.visit('/');
    await page.getByRole('searchbox').fill('wa pta');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: 'WA PTA depot' }).click();
    await page.locator('.headline', { hasText: 'Circuit C2 is short by 80.0 kW' }).waitFor();
    assert.equal(await page.getByRole('button').count(), 0, 'no button that does nothing');
    assert.equal(await page.locator('#live-state').isVisible(), false);
    await page.locator('tr', { hasText: 'C2-3.1' }).getByRole('link', { name: 'Circuit C2' }).click();
    await page.waitForURL(/#node-\d+$/);
    for (const [tab, what] of [['Constraints', '.constraints'], ['Cycles', '.cycles']]) {
      await stage.follow(page, page.getByRole('link', { name: tab, exact: true }));
      assert.ok(await page.locator(what).isVisible());
    }
    await stage.follow(page, page.locator('.cycles tbody a').last());
    assert.ok(await page.locator('.past').isVisible());
    await stage.follow(page, page.getByRole('link', { name: 'Reload' }));
    await stage.follow(page, page.getByRole('link', { name: 'Text for a ticket' }));
    assert.match(page.url(), /format=text/);
    assert.deepEqual(page.complaints.filter((text) => !/404/.test(text)), []);
    await page.close();
  });

  for (const [name, path] of Object.entries({ sites: '/?q=depot+1', site: of(stage.SITE), constraints: `${of(stage.SITE)}/constraints`, cycles: `${of(stage.SITE)}/cycles` })) {
    test(`everything of the ${name} page is reached by the keyboard, and seen to be`, async () => {
      const { page } = at;
      await page.visit(path);
      // What Tab should come to, by what it is and does; the strip's links are the table's.
      const wanted = await page.evaluate(() => [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
        .filter((e) => e.checkVisibility() && e.type !== 'hidden').map((e) => e.href ?? e.id ?? e.textContent));
      const reached = new Set();
      const unseen = [];
      for (let i = 0; i < wanted.length + 3; i += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const e = document.activeElement;
          if (e === document.body) return null;
          const style = getComputedStyle(e);
          const box = e.getBoundingClientRect();
          const inside = box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1;
          const top = document.elementFromPoint(box.left + Math.min(box.width, 8) / 2, box.top + box.height / 2);
          // The ring, and what of it an ancestor would cut off.
          const width = parseFloat(style.outlineWidth);
          const reach = width + parseFloat(style.outlineOffset);
          let cut = false;
          for (let p = e.parentElement; p !== document.documentElement; p = p.parentElement) {
            const hole = p.getBoundingClientRect();
            if (getComputedStyle(p).overflowX !== 'visible' && (box.left - reach < hole.left - 1 || box.right + reach > hole.right + 1
              || box.top - reach < hole.top - 1 || box.bottom + reach > hole.bottom + 1)) cut = true;
          }
          return { is: e.href ?? e.id ?? e.textContent, inside, clear: e.contains(top), ring: style.outlineStyle !== 'none' && width >= 2, cut };
        });
        if (!at) break;
        reached.add(at.is);
        if (!at.inside || !at.clear || !at.ring || at.cut) unseen.push(at);
      }
      assert.deepEqual(wanted.filter((one) => !reached.has(one)), []);
      assert.deepEqual(unseen, []);
      assert.deepEqual(page.complaints.splice(0), []);
    });
  }

  test('the first stop of the keyboard skips to the content', async () => {
    const { page } = at;
    await page.visit(of(stage.SITE));
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
    assert.ok(await page.getByText('Skip to content').evaluate((e) => e.getBoundingClientRect().left >= 0));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.getElementById('main').contains(document.activeElement)));
  });
});
