// The console as a process on a real server: every form of every page, what it says
// when something is missing, that it recovers, and what its role can do.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import pg from 'pg';
import * as stage from './stage.js';

const { Client } = pg;
const SITE = `/site/${stage.SITE}`;
const PAGES = ['/', SITE, `${SITE}/constraints`, `${SITE}/cycles?hours=24`, `${SITE}/cycle/2`, `${SITE}/cycle/2/constraints`];

let db;
let web;
let browser;

before(async () => {
  browser = await stage.startBrowser();
  db = await stage.makeDatabase();
  await stage.onWaPta(db, 'CONNECTOR');
  for (const step of stage.MORNING.slice(0, 3)) await db.step(step);
  web = await stage.startConsole(db);
});
after(() => stage.closeAll(browser, web, db));

const accept = (type) => ({ Accept: type });

test('every page as HTML, JSON and text', async () => {
  for (const path of PAGES) {
    const html = await web.get(path, accept('text/html'));
    assert.match(html.headers.get('content-type'), /^text\/html/);
    assert.match(html.headers.get('content-security-policy'), /^default-src 'none'/);
    assert.doesNotMatch(html.headers.get('content-security-policy'), /unsafe|\*|https?:|data:/);
    const json = await (await web.get(path, accept('application/json'))).json();
    assert.equal((json.sites?.[0] ?? json.status).site_id, stage.SITE);
    const text = await web.get(`${path}${path.includes('?') ? '&' : '?'}format=text`, accept('text/html'));
    assert.match(text.headers.get('content-type'), /^text\/plain/);
    assert.match(await text.text(), path === '/' ? /^Sites, page 1 of 1/ : /^Site WA PTA depot/);
  }
});

test('JSON has the rows of the views as they are', async () => {
  const { status, nodes, constraints } = await web.json(SITE);
  const [view] = await db.sql('SELECT * FROM powernode.microgrid_status');
  for (const name of ['state', 'cycle_no', 'reason', 'message', 'demand_w', 'allocated_w', 'curtailed_w', 'limit_w',
    'constraining_node_id', 'in_force_cycle_no']) assert.equal(status[name], view[name], name);
  for (const name of ['evaluated_at', 'completed_at', 'expires_at']) assert.equal(Date.parse(status[name]), view[name].getTime(), name);
  const rows = await db.sql('SELECT * FROM powernode.node_status ORDER BY ordinal');
  assert.equal(nodes.length, rows.length);
  for (const [i, row] of rows.entries()) {
    for (const name of Object.keys(row)) if (name in nodes[i]) assert.deepEqual(nodes[i][name], row[name], `${row.name}: ${name}`);
  }
  const [constraint] = await db.sql('SELECT * FROM powernode.constraint_status');
  assert.equal(constraints.length, 1);
  assert.deepEqual(constraints[0].held_back_ids, constraint.held_back_ids);
});

test('an ETag for every page, 304 until there is a cycle', async () => {
  for (const path of PAGES) {
    for (const type of ['text/html', 'application/json', 'text/plain']) {
      const tag = (await web.get(path, accept(type))).headers.get('etag');
      const again = await web.get(path, { ...accept(type), 'If-None-Match': tag });
      assert.equal(again.status, 304, path);
      assert.equal(await again.text(), '');
    }
  }
  const tags = () => Promise.all(PAGES.map(async (path) => (await web.get(path)).headers.get('etag')));
  const were = await tags();
  assert.equal(new Set(were).size, PAGES.length);
  await db.balance();
  const are = await tags();
  for (const i of [0, 1, 2, 3]) assert.notEqual(are[i], were[i], PAGES[i]);
  for (const page of ['style.css', 'refresh.js', 'favicon.svg']) {
    const tag = (await web.get(`/assets/${page}`)).headers.get('etag');
    assert.equal((await web.get(`/assets/${page}`, { 'If-None-Match': tag })).status, 304);
  }
});

test('what is not there is a page that says so', async () => {
  const page = await stage.openPage(browser, web, { expecting: (text) => /404/.test(text) });
  for (const [path, said] of [['/site/00000000-0000-4000-8000-000000000000', 'no such site'], ['/site/no%00%27uuid', 'no such site'],
    [`${SITE}/cycle/99`, 'no such cycle'], ['/nowhere', 'no such page']]) {
    const answer = await page.visit(path);
    assert.equal(answer.status(), 404, path);
    assert.ok((await page.locator('h1').innerText()).includes(said));
  }
  await stage.inspect(page, 'error-404');
  await stage.follow(page, page.getByRole('link', { name: 'All sites' }));
  assert.ok(await page.getByRole('link', { name: 'WA PTA depot' }).isVisible());
  await page.close();
});

test('another host’s name is refused on loopback', async () => {
  const { port } = new URL(web.address);
  const status = (host) => new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/', headers: { Host: host } }, (r) => { r.resume(); resolve(r.statusCode); })
      .on('error', reject).end();
  });
  assert.equal(await status('evil.example'), 421);
  assert.equal(await status(`127.0.0.1:${port}`), 200);
});

test('what is refused before it is read has the same headers', async () => {
  const { port } = new URL(web.address);
  const answer = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/\\evil.example' }, (r) => { r.resume(); resolve(r); }).on('error', reject).end();
  });
  assert.equal(answer.statusCode, 400);
  assert.match(answer.headers['content-security-policy'], /^default-src 'none'/);
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
});

test('moments are moments, however the role is set to write them', async () => {
  await db.sql(`ALTER ROLE ${db.role} SET datestyle = 'SQL, DMY'; ALTER ROLE ${db.role} SET timezone = 'Africa/Johannesburg'`);
  const another = await stage.startConsole(db);
  try {
    for (const path of [SITE, `${SITE}/cycle/2`]) {
      const [is, was] = [await another.json(path), await web.json(path)];
      assert.ok(was.status.expires_at);
      assert.deepEqual(is.status, was.status, path);
      assert.equal(is.stale, was.stale);
    }
  } finally {
    await db.sql(`ALTER ROLE ${db.role} RESET ALL`);
    await another.close();
  }
});

// Each as { what is done, what is then said, what undoes it }.
const FAILURES = {
  'the database is down': {
    said: 'The database cannot be reached',
    off: () => web.wire.cut(),
    on: () => web.wire.join(),
  },
  'the database is another by now': {
    said: 'The database does not let the console in',
    off: () => rename(db.database, `${db.database}_away`),
    on: () => rename(`${db.database}_away`, db.database),
  },
  'the role may read nothing': {
    said: 'may not read what it shows',
    off: () => db.sql(`REVOKE USAGE ON SCHEMA powernode FROM ${db.role}`),
    on: () => db.grant(),
  },
  'the site source is not its to read': {
    said: 'may not read what it shows',
    off: () => db.sql(`REVOKE SELECT ON manage.powernode_site FROM ${db.role}`),
    on: () => db.sql(`GRANT SELECT ON manage.powernode_site TO ${db.role}`),
  },
  'the site source is not bound': {
    said: 'powernode cannot read its sources',
    off: () => db.sql("SELECT powernode.set_source('site', NULL)"),
    on: () => db.sql("SELECT powernode.set_source('site', 'manage.powernode_site')"),
  },
  'the extension is missing': {
    said: 'powernode is not installed in this database',
    off: () => db.sql('DROP EXTENSION powernode CASCADE'),
    on: async () => {
      await db.sql('CREATE EXTENSION powernode');
      await db.psql('-o', '/dev/null', '-f', '../../example/manage/bind.sql');
      await db.grant();
      await db.balance();
    },
  },
};

async function rename(from, to) {
  const client = new Client({ database: process.env.PGDATABASE ?? 'postgres' });
  await client.connect();
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [from]);
  await stage.until('nobody in it', async () => !(await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [from])).rowCount);
  await client.query(`ALTER DATABASE ${from} RENAME TO ${to}`);
  await client.end();
}

// What only the database, its errors or the environment know.
const secrets = () => [db.role, db.database, web.wire.folder, web.wire.port, 'ECONN', 'ENOENT', 'FATAL', 'ERROR',
  'does not exist', 'permission denied', 'node_modules', '    at ', '.js:', 'SELECT site_id'];

for (const [name, failure] of Object.entries(FAILURES)) {
  test(`${name}: 503, what to do and nothing else, and it recovers`, async () => {
    const logged = web.log().length;
    await failure.off();
    try {
      for (const path of PAGES) {
        for (const [form, type] of Object.entries({ html: 'text/html', json: 'application/json', text: 'text/plain' })) {
          const answer = await web.get(path, accept(type));
          assert.equal(answer.status, 503, path);
          assert.equal(answer.headers.get('retry-after'), '5');
          assert.equal(answer.headers.get('cache-control'), 'no-store');
          assert.equal(answer.headers.get('etag'), null);
          assert.match(answer.headers.get('content-security-policy'), /^default-src 'none'/);
          assert.ok(answer.headers.get('content-type').startsWith(type));
          const body = await answer.text();
          assert.ok(body.includes(failure.said), body);
          for (const secret of secrets()) assert.ok(!body.includes(secret), `${path}: ${secret}: ${body}`);
          if (form === 'json') assert.equal(JSON.parse(body).status, 503);
        }
      }
      assert.ok(web.log().length > logged, 'the log has what was said');
    } finally {
      await failure.on();
    }
    for (const path of PAGES.slice(0, 4)) assert.equal((await web.get(path)).status, 200, path);
  });
}

test('it lives on, whenever the connection is cut', async () => {
  for (let i = 0; i < 40; i += 1) {
    const answers = [1, 2, 3, 4].map(() => web.get(SITE).then(async (answer) => {
      await answer.text();
      return answer.status;
    }));
    // Before they are sent, while they are answered, or after.
    await new Promise((resolve) => { setTimeout(resolve, (i * 7) % 30); });
    await web.wire.cut();
    for (const status of await Promise.all(answers)) assert.ok([200, 503].includes(status), String(status));
    await web.wire.join();
  }
  assert.equal((await web.get(SITE)).status, 200);
});

test('the role can read the seven views and the site source, and nothing else', async () => {
  const mine = await db.sql(`
    SELECT c.oid::regclass::text AS relation, privilege
      FROM pg_class AS c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
     WHERE relkind IN ('r', 'v', 'm', 'f', 'p') AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
       AND has_table_privilege($1, c.oid, privilege)
       AND has_schema_privilege($1, relnamespace, 'USAGE')
     ORDER BY 1`, [db.role]);
  assert.deepEqual(mine.map((m) => `${m.privilege} ${m.relation}`), [
    'manage.microgrid', 'manage.powernode_site', 'manage.site', 'powernode.constraint_history', 'powernode.constraint_status',
    'powernode.cycle_history', 'powernode.microgrid_status', 'powernode.node_history', 'powernode.node_status', 'powernode.setpoint',
  ].map((relation) => `SELECT ${relation}`));
});

test('the role is refused by the server whatever it tries', async () => {
  const client = new Client({ database: db.database, user: db.role, password: db.role });
  await client.connect();
  const cycles = (await db.sql('SELECT count(*)::int AS n FROM powernode.cycle_history'))[0].n;
  for (const tried of [
    `SELECT * FROM powernode.rebalance('${stage.SITE}'::text)`, `SELECT * FROM powernode.rebalance('${stage.SITE}'::uuid)`,
    "SELECT powernode.set_source('site', NULL)",
    'INSERT INTO powernode.cycle DEFAULT VALUES', 'DELETE FROM powernode.cycle', 'SELECT * FROM powernode.cycle',
    'SELECT * FROM powernode.site_state', 'SELECT * FROM powernode.stored_cycle', 'SELECT * FROM powernode.sources',
    'INSERT INTO powernode.microgrid_status DEFAULT VALUES', 'DELETE FROM powernode.node_status',
    "UPDATE manage.site SET name = 'x'", 'DELETE FROM manage.site', 'SELECT * FROM manage.circuit', 'SELECT * FROM manage.vehicle',
    'SELECT * FROM manage.powernode_connector', 'TRUNCATE manage.site', 'CREATE TABLE powernode.mine ()', 'CREATE TABLE manage.mine ()',
    'SELECT * FROM pg_catalog.pg_authid',
  ]) await assert.rejects(client.query(tried), (error) => ['42501', '55000'].includes(error.code), tried);
  await client.end();
  assert.equal((await db.sql('SELECT count(*)::int AS n FROM powernode.cycle_history'))[0].n, cycles);
});

test('when it is told to end, what was asked before is answered', async () => {
  const another = await stage.startConsole(db);
  const holder = new Client({ database: db.database });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE powernode.cycle');
  // More than there are connections: some wait for one.
  const answers = [...Array(10)].map(() => another.get(SITE).then((answer) => answer.status));
  await stage.until('they wait', async () => (await db.sql(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'", [db.database]))[0].n >= 4);
  const ended = another.close();
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  await holder.query('ROLLBACK');
  await holder.end();
  assert.deepEqual([...new Set(await Promise.all(answers))], [200]);
  assert.equal(await ended, 0);
});

test('without the address of a database it does not start, and does not say the password', async () => {
  for (const address of ['dbname=depot', 'postgres://u:hidden@h:99999/x']) {
    await assert.rejects(stage.startConsole(db, { DATABASE_URL: address }),
      (error) => /DATABASE_URL is not the address/.test(error.message) && !/hidden/.test(error.message));
  }
});

test('it ends when it is told to, and at once', async () => {
  const another = await stage.startConsole(db);
  const page = await stage.openPage(browser, another);
  await page.visit(SITE);
  const began = Date.now();
  assert.equal(await another.close(), 0);
  assert.ok(Date.now() - began < 10000);
  await page.close();
});
