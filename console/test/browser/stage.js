// What a browser test stands on: a database of its own with the WA PTA depot or the
// text-id depot in it, a role that has nothing but console/grants.sql, the console as
// that role behind a wire that can be cut, and Debian's Chromium.  PG* say which
// server; whatever is made there is called console_test_… and goes away again.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { chromium } from 'playwright-core';

const TREE = fileURLToPath(new URL('../../..', import.meta.url));
const WA_PTA = path.join(TREE, 'scenario/wa_pta');
const MANAGE = path.join(TREE, 'example/manage');
const PSQL = ['-X', '-q', '-v', 'ON_ERROR_STOP=1'];

export const SITE = '10000000-0000-4000-8000-000000000001';
export const MORNING = ['00-before-any-cycle', '01-light-load', '02-one-circuit-overloaded',
  '03-grid-binding', '04-charger-above-rating', '05-site-envelope', '06-safe-mode',
  '07-charger-offline', '08-broken-parent', '09-unrated-circuit-isolated', '10-repaired'];

let made = 0;

// Closes all of them, in this order and even if one fails; what was never opened is none.
export async function closeAll(...opened) {
  const failed = [];
  for (const one of opened) await one?.close().catch((error) => failed.push(error));
  if (failed.length) throw failed[0];
}

async function admin(sql, values, database = process.env.PGDATABASE ?? 'postgres') {
  const client = new pg.Client({ database });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

// ---- The database.

// A database with powernode, and the console's role.  Nothing is bound yet.
//
//   sql(text, values)   rows, as whoever PG* say
//   psql(...arguments)  files, with their \copy and their variables
export async function makeDatabase() {
  const database = `console_test_${process.pid}_${made += 1}`;
  const role = `${database}_reader`;
  const db = {
    database,
    role,
    sql: (text, values) => admin(text, values, database),
    psql: async (...args) => (await promisify(execFile)('psql', [...PSQL, ...args],
      { cwd: WA_PTA, env: { ...process.env, PGDATABASE: database, PGTZ: 'UTC' }, maxBuffer: 1e8 })).stdout,
    grant: () => db.psql('-v', `role=${role}`, '-f', path.join(TREE, 'console/grants.sql')),
    close: async () => {
      await admin(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await admin(`DROP ROLE IF EXISTS ${role}`);
    },
  };
  try {
    await admin(`CREATE DATABASE ${database} TEMPLATE template0 ENCODING 'UTF8'`);
    await admin(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
    await db.sql('CREATE EXTENSION powernode');
    return db;
  } catch (error) {
    await db.close().catch(() => {});
    throw error;
  }
}

const files = (...names) => names.flatMap((name) => ['-f', name]);

// On the tables of example/manage, bound, and the console's role let in.
export async function onManage(db) {
  await db.psql(...files(`${MANAGE}/schema.sql`, `${MANAGE}/adapter.sql`, `${MANAGE}/bind.sql`));
  await db.grant();
  await db.sql(`GRANT USAGE ON SCHEMA manage TO ${db.role};
    GRANT SELECT ON manage.powernode_site, manage.site, manage.microgrid TO ${db.role}`);
}

// The WA PTA depot before its morning, and the figures worked out by hand.
export async function onWaPta(db, mode) {
  await onManage(db);
  await db.sql('CREATE SCHEMA wa_pta');
  await db.psql('-v', `mode=${mode}`, ...files('data.sql', 'figures.sql'));
  db.step = (name) => db.psql('-o', '/dev/null', '-v', `site=${SITE}`, ...files(`steps/${name}.sql`));
  // The same as a step, but for now: what is asked at which plug.
  db.ask = (plugs) => db.sql(`CALL wa_pta.plugged_in(now(), '${plugs}')`);
  db.balance = () => db.sql('SELECT * FROM powernode.rebalance($1::text)', [SITE]);
}

// The depot of test/fixture, whose ids and names are any text.
export async function onDepot(db) {
  await db.psql('-o', '/dev/null', ...files(path.join(TREE, 'test/fixture/depot.sql')));
  await db.grant();
  await db.sql(`GRANT USAGE ON SCHEMA depot TO ${db.role}; GRANT SELECT ON depot.site TO ${db.role}`);
}

// ---- The wire to the server, which can be cut and mended.

async function makeWire() {
  const port = Number(process.env.PGPORT || 5432);
  const host = process.env.PGHOST || '/var/run/postgresql';
  const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wire-'));
  const sockets = new Set();
  let server = null;
  const wire = {
    folder,
    port,
    join: () => new Promise((resolve, reject) => {
      server = net.createServer((near) => {
        const far = net.connect(target);
        for (const [one, other] of [[near, far], [far, near]]) {
          sockets.add(one);
          one.on('error', () => other.destroy()).on('close', () => { sockets.delete(one); other.destroy(); });
          one.pipe(other);
        }
      });
      server.on('error', reject).listen(path.join(folder, `.s.PGSQL.${port}`), resolve);
    }),
    cut: () => new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    }),
    close: async () => {
      await wire.cut();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await wire.join();
  return wire;
}

// ---- The console.

//   url(path)            an address of its
//   get(path, headers)   an answer, not followed and not cached
//   wire                 cut() and join()
//   log()                what it has said so far
export async function startConsole(db, environment = {}) {
  const wire = await makeWire();
  const { DATABASE_URL, HOST, CONSOLE_HOSTS, ...inherited } = process.env;
  const child = spawn(process.execPath, ['server.js'], {
    cwd: path.join(TREE, 'console'),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, PORT: '0', PGHOST: wire.folder, PGPORT: String(wire.port), PGDATABASE: db.database,
      PGUSER: db.role, PGPASSWORD: db.role, ...environment },
  });
  let said = '';
  const ended = new Promise((resolve) => { child.on('close', resolve); });
  const close = async () => {
    const lives = child.exitCode === null && child.signalCode === null;
    child.kill('SIGTERM');
    const status = await ended;
    await wire.close();
    if (!lives) throw new Error(`the console ended by itself: ${said}`);
    return status;
  };
  const address = await new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
        const at = /^powernode console: (http:\S+)\/$/m.exec(said);
        if (at) resolve(at[1]);
      });
    }
    ended.then(() => resolve(null));
  });
  if (!address) return close();
  return {
    address,
    wire,
    close,
    url: (where) => address + where,
    get: (where, headers = {}) => fetch(address + where, { headers, redirect: 'manual' }),
    json: async (where) => (await fetch(address + where, { headers: { Accept: 'application/json' } })).json(),
    log: () => said,
  };
}

// ---- The browser.

export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--disable-quic', '--no-first-run'],
  });
}

// A page whose every complaint is kept: of scripts, of the security policy, dialogs,
// and requests that go elsewhere.
export async function openPage(browser, web, { expecting = () => false, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints = [];
  const complain = (text) => { if (!expecting(text)) complaints.push(text); };
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complain(message.text()); });
  page.on('pageerror', (error) => complain(String(error)));
  page.on('dialog', (dialog) => { complain(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (!request.url().startsWith(`${web.address}/`)) complain(`asks ${request.url()}`); });
  page.complaints = complaints;
  page.visit = (where) => page.goto(web.url(where));
  page.close = () => context.close();
  return page;
}

// Goes where a link leads, until all of it is there, its sheet too.
export async function follow(page, link) {
  const loaded = page.waitForEvent('load');
  await link.click();
  await loaded;
}

// ---- What is asked of every page.

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// What axe-core finds, in a few words each.
export async function axeFinds(page, only = null) {
  // Evaluated, not added to the page, which allows no script but its own.
  await page.evaluate(axe);
  return page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document,
      { resultTypes: ['violations'], ...(rules ? { runOnly: { type: 'rule', values: rules } } : {}) });
    return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.any[0]?.message ?? ''}`).join('; ')}`);
  }, only);
}

// What sticks out to the right, and whether the page would scroll that way.
export const sticksOut = (page) => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  // Cut off on purpose: what is for screen readers alone, and a long name in the trail.
  const wide = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && box.right > width + 1 && !e.closest('.vh, thead, header li');
  });
  const out = wide.slice(0, 5).map((e) => `${e.tagName} ${e.textContent.trim().slice(0, 40)}`);
  if (document.scrollingElement.scrollWidth > width) out.push(`page scrolls: ${document.scrollingElement.scrollWidth} > ${width}`);
  return out;
});

// Fails with whatever is wrong with a page in light, in dark and on a phone, and takes
// its pictures where CONSOLE_SHOTS is a folder.
export async function inspect(page, name, { rules = null } = {}) {
  const found = [];
  const add = (where, list) => found.push(...list.map((one) => `${where}: ${one}`));
  for (const [size, width] of [['wide', 1280], ['phone', 390]]) {
    await page.setViewportSize({ width, height: 800 });
    add(size, await sticksOut(page));
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      // Colours do not depend on the width, nor anything else on the colours.
      if (size === 'wide') add(colorScheme, await axeFinds(page, colorScheme === 'dark' ? ['color-contrast', 'link-in-text-block'] : rules));
      await picture(page, `${name}-${width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1280, height: 800 });
  add('console', page.complaints.splice(0));
  assert.deepEqual(found, [], name);
}

async function picture(page, name) {
  const folder = process.env.CONSOLE_SHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

// Asks until it is so.
export async function until(what, isSo, ms = 15000) {
  const end = Date.now() + ms;
  for (;;) {
    const result = await isSo();
    if (result) return result;
    if (Date.now() > end) assert.fail(`never came: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

// Whether an element can be seen where it is: in the window, and not behind another.
export const inSight = (locator) => locator.evaluate((e) => {
  const box = (e.matches('tr') ? e.cells[0] : e).getBoundingClientRect();
  const top = document.elementFromPoint(box.left + Math.min(box.width, 12) / 2, box.top + box.height / 2);
  return box.top >= -1 && box.bottom <= innerHeight + 1 && e.contains(top);
});

export const kw = (watts) => (watts === null ? '–' : (Math.round(watts / 100) / 10).toFixed(1));
