import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeApp } from '../src/app.js';
import { DatabaseError, kindOfFailure } from '../src/db.js';
import * as sql from '../src/queries.js';
import * as f from './fixture.js';

const ROWS = {
  [sql.SITE_COUNTS]: () => [{ all: 1, applied: 0, curtailed: 1, rejected: 0, no_completed_cycle: 0, stale: 0 }],
  [sql.SITES]: () => [f.status()],
  [sql.STATUS_OF_SITE]: ([id]) => (id === 'depot' ? [f.status()] : id === 'a/b%' ? [f.status({ site_id: id })] : []),
  [sql.NODES]: f.nodes,
  [sql.CONSTRAINTS]: () => [f.constraint()],
  [sql.SETPOINTS]: f.setpoints,
  [sql.CYCLE]: ([, no]) => (no === 1 ? [f.status({ cycle_no: 1 })] : []),
  [sql.NODES_OF_CYCLE]: f.nodes,
  [sql.CONSTRAINTS_OF_CYCLE]: () => [f.constraint()],
  [sql.CYCLES]: () => [{ ...f.status(), duration_ms: 0.8 }],
};

// An app over rows in memory; what it asks is kept, what it logs too.
function start({ fail = null, hosts = null, now = () => f.NOW } = {}) {
  const at = { asked: [], logged: [], fail, now };
  const db = {
    async read(work) {
      if (at.fail) throw at.fail;
      const query = async (text, values = []) => {
        at.asked.push([text, values]);
        return ROWS[text](values);
      };
      return { ...(await work(query)), readAt: f.NOW };
    },
  };
  const app = makeApp({ db, now: () => at.now(), hosts, log: (line) => at.logged.push(line) });
  at.get = (path, headers = {}, method = 'GET') => app.request(path, { method, headers });
  return at;
}

const PAGES = ['/', '/site/depot', '/site/depot/constraints', '/site/depot/cycles',
  '/site/depot/cycle/1', '/site/depot/cycle/1/constraints'];

test('every page in every form', async () => {
  const at = start();
  for (const page of PAGES) {
    const html = await at.get(page, { Accept: 'text/html,*/*;q=0.8' });
    assert.equal(html.status, 200, page);
    assert.match(html.headers.get('content-type'), /^text\/html/);
    assert.match(await html.text(), /^<!doctype html>/);
    const json = await at.get(page, { Accept: 'application/json' });
    assert.match(json.headers.get('content-type'), /^application\/json/);
    assert.ok((await json.json()).page);
    const text = await at.get(page, { Accept: 'text/plain' });
    assert.match(text.headers.get('content-type'), /^text\/plain/);
    assert.match(await (await at.get(`${page}?format=text`, { Accept: 'text/html' })).text(), /^Site/);
  }
});

test('the form by quality; a page where nothing fits', async () => {
  const at = start();
  const type = async (accept) => (await at.get('/', accept ? { Accept: accept } : {})).headers.get('content-type').split(';')[0];
  assert.equal(await type('text/html;q=0.5, application/json;q=0.9'), 'application/json');
  assert.equal(await type('*/*'), 'text/html');
  assert.equal(await type(''), 'text/html');
  assert.equal(await type('image/png'), 'text/html');
});

test('security headers on every answer', async () => {
  const at = start();
  for (const [path, method] of [['/', 'GET'], ['/nothing', 'GET'], ['/assets/style.css', 'GET'], ['/', 'POST']]) {
    const { headers } = await at.get(path, {}, method);
    assert.match(headers.get('content-security-policy'), /^default-src 'none'/, path);
    assert.doesNotMatch(headers.get('content-security-policy'), /unsafe/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
  }
});

test('an ETag that ages do not change, and data, form and expiry do', async () => {
  const at = start();
  const tag = async (path = '/site/depot', accept = 'text/html') => (await at.get(path, { Accept: accept })).headers.get('etag');
  const first = await tag();
  assert.match(first, /^W\/"/);
  at.now = () => '2025-03-03T06:13:00Z';
  assert.equal(await tag(), first);
  const same = await at.get('/site/depot', { 'If-None-Match': `"x", ${first}` });
  assert.equal(same.status, 304);
  assert.equal(await same.text(), '');
  assert.match(await (await at.get('/site/depot')).text(), new RegExp(`data-tag="${first.replace(/"/g, '&quot;').replace(/[/+]/g, '.')}"`));
  assert.notEqual(await tag('/site/depot', 'application/json'), first);
  at.now = () => '2025-03-03T06:30:00Z';
  assert.notEqual(await tag(), first, 'stale by now');
  const { allocated_w: was, ...status } = f.status();
  ROWS[sql.STATUS_OF_SITE] = ([id]) => (id === 'depot' ? [{ ...status, allocated_w: was - 1 }] : []);
  at.now = () => f.NOW;
  assert.notEqual(await tag(), first);
  ROWS[sql.STATUS_OF_SITE] = ([id]) => (id === 'depot' ? [f.status()] : id === 'a/b%' ? [f.status({ site_id: id })] : []);
});

test('HEAD has the headers and no body; nothing can be written', async () => {
  const at = start();
  const head = await at.get('/site/depot', {}, 'HEAD');
  assert.equal(head.status, 200);
  assert.ok(head.headers.get('etag'));
  assert.equal(await head.text(), '');
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const answer = await at.get('/site/depot', {}, method);
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'GET, HEAD');
  }
});

test('what is not there is 404, whatever its name', async () => {
  const at = start();
  for (const path of ['/nothing', '/site/other', '/site/other/cycles', '/site/other/cycle/1', '/site/depot/cycle/7',
    '/site/depot/cycle/0', '/site/depot/cycle/99999999999', '/site/depot/cycle/x', '/site/%00', '/site/%E0%A4%A',
    '/assets/nothing.css', '/assets/constructor', '/site/x%2F..%2F..']) {
    assert.equal((await at.get(path)).status, 404, path);
  }
  assert.equal((await (await at.get('/site/other', { Accept: 'application/json' })).json()).error, 'not_found');
});

test('an id may have anything in it', async () => {
  const at = start();
  assert.equal((await at.get('/site/a%2Fb%25')).status, 200);
  assert.deepEqual(at.asked[0][1], ['a/b%']);
});

test('input reaches the database as parameters only', async () => {
  const at = start();
  const evil = "'; DROP TABLE x; --";
  await at.get(`/?q=${encodeURIComponent(evil)}&state=${encodeURIComponent(evil)}&page=-1`);
  for (const [text] of at.asked) assert.ok(Object.values(sql).includes(text));
  assert.deepEqual(at.asked[1][1], [evil, '', 50, 0], 'an unknown state is no state');
});

test('what every object has is no state either', async () => {
  for (const state of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    const at = start();
    assert.equal((await at.get(`/?state=${state}`)).status, 200, state);
    assert.deepEqual(at.asked[1][1], ['', '', 50, 0], state);
  }
});

test('no browser keeps a page, whose ages are of now; the date is of the clock that they are by', async () => {
  const at = start();
  for (const page of [...PAGES, '/site/other', '/nothing']) {
    assert.equal((await at.get(page)).headers.get('cache-control'), 'no-store', page);
  }
  const { headers } = await at.get('/site/depot');
  assert.equal(headers.get('date'), new Date(f.NOW).toUTCString());
  const again = await at.get('/site/depot', { 'If-None-Match': headers.get('etag') });
  assert.equal(again.headers.get('cache-control'), 'no-store');
  assert.equal(again.headers.get('date'), new Date(f.NOW).toUTCString());
});

test('a page names where just its cycle is kept, for a copy of it', async () => {
  const at = start();
  for (const [page, kept] of [['/site/depot?show=constrained', '/site/depot/cycle/2?show=constrained&amp;format=text'],
    ['/site/depot/constraints', '/site/depot/cycle/2/constraints?format=text'],
    ['/site/depot/cycle/1', '/site/depot/cycle/1?format=text'], ['/?q=x', '/?q=x&amp;format=text']]) {
    assert.match(await (await at.get(page)).text(), new RegExp(` data-text="${kept.replace(/[?]/g, '\\?')}"`), page);
  }
});

test('no request makes an entry of its own in the log', async () => {
  const at = start({ fail: new DatabaseError('denied', new Error('permission denied\nfor \x1b[31mx')) });
  await at.get('/site/x%0AGET%20%2Ffake%1b%5B31m');
  assert.equal(at.logged.length, 1);
  assert.equal(at.logged[0], 'GET /site/x%0AGET%20%2Ffake%1b%5B31m: permission denied\n  for  [31mx');
});

test('a path with two slashes is no address of another host', async () => {
  const at = start();
  assert.doesNotMatch(await (await at.get('//evil.example/')).text(), /="\/\/evil/);
});

test('a page past the last is the last', async () => {
  const at = start();
  const json = await (await at.get('/?page=77', { Accept: 'application/json' })).json();
  assert.equal(json.page_no ?? json.sites.length, 1);
});

test('failures say what to do and nothing else, and pass', async () => {
  const at = start();
  for (const [kind, word] of [['unreachable', 'cannot be reached'], ['missing', 'not installed'],
    ['denied', 'may not read'], ['slow', 'too long'], ['refused', 'does not let'], ['unbound', 'sources']]) {
    at.fail = new DatabaseError(kind, new Error('secret: 10.0.0.7 password'));
    const answer = await at.get('/site/depot');
    assert.equal(answer.status, 503, kind);
    assert.equal(answer.headers.get('retry-after'), '5');
    assert.equal(answer.headers.get('etag'), null);
    const text = await answer.text();
    assert.match(text, new RegExp(word));
    assert.doesNotMatch(text, /secret|10\.0\.0\.7|node_modules|at .*\.js/);
    assert.match(at.logged.at(-1), /secret/);
  }
  at.fail = null;
  assert.equal((await at.get('/site/depot')).status, 200);
});

test('a fault of the console itself is a 500 that leaks nothing', async () => {
  const at = start({ fail: new Error('secret') });
  const answer = await at.get('/', { Accept: 'application/json' });
  assert.equal(answer.status, 500);
  assert.doesNotMatch(await answer.text(), /secret/);
});

test('a loopback console answers to its own names only', async () => {
  const at = start({ hosts: ['localhost', '127.0.0.1', '[::1]'] });
  assert.equal((await at.get('/', { Host: 'evil.example' })).status, 421);
  for (const Host of ['127.0.0.1:8080', 'localhost', '[::1]:8080']) {
    assert.equal((await at.get('/', { Host })).status, 200, Host);
  }
});

test('assets', async () => {
  const at = start();
  const sheet = await at.get('/assets/style.css');
  assert.match(sheet.headers.get('content-type'), /^text\/css/);
  assert.equal((await at.get('/assets/style.css', { 'If-None-Match': sheet.headers.get('etag') })).status, 304);
});

test('what the server or the socket said is told in a word', () => {
  for (const [error, kind] of [[{ code: 'ECONNREFUSED' }, 'unreachable'], [{ code: 'ENOENT' }, 'unreachable'],
    [{ code: '57P03' }, 'unreachable'], [{ code: '28P01' }, 'refused'], [{ code: '3D000' }, 'refused'],
    [{ code: '42P01', message: 'relation "powernode.microgrid_status" does not exist' }, 'missing'],
    [{ code: '42P01', message: 'source "site" is bound to x, which does not exist' }, 'unbound'],
    [{ code: '42501', message: 'source "site"' }, 'denied'], [{ code: '57014' }, 'slow'],
    [new Error('Query read timeout'), 'slow'], [new Error('Connection terminated unexpectedly'), 'unreachable'],
    [new Error('Connection terminated due to connection timeout'), 'unreachable'], [{ code: 'EAI_AGAIN' }, 'unreachable'],
    [new Error('timeout exceeded when trying to connect'), 'slow'], [{ code: '40001' }, 'slow'],
    [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'refused'],
    [{ code: 'ERR_INVALID_ARG_TYPE' }, 'unknown'], [new TypeError('x'), 'unknown']]) {
    assert.equal(kindOfFailure(error), kind, error.code ?? error.message);
  }
});
