// The routes, and what is the same for every answer: headers, ETag, which form.

import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { compress } from 'hono/compress';
import { assets } from './assets.js';
import { links as ownLinks } from './links.js';
import { DatabaseError, reasonOf } from './db.js';
import * as load from './load.js';
import * as models from './model.js';
import { STATES } from './words.js';
import { constraintsPage } from './pages/constraints.js';
import { cyclesPage } from './pages/cycles.js';
import { errorPage, notFound, problem } from './pages/error.js';
import { sitePage } from './pages/site.js';
import { sitesPage } from './pages/sites.js';
import * as texts from './text.js';

export const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const FORMS = {
  'text/html': { render: 'html', type: 'text/html; charset=utf-8' },
  'application/json': { render: 'json', type: 'application/json; charset=utf-8' },
  'text/plain': { render: 'text', type: 'text/plain; charset=utf-8' },
};

const SITE = { html: sitePage, text: texts.siteText };
const CONSTRAINTS = { html: constraintsPage, text: texts.constraintsText };
const CYCLES = { html: cyclesPage, text: texts.cyclesText };
const SITES = { html: sitesPage, text: texts.sitesText };
const ERROR = { html: errorPage, text: texts.errorText };

//   db       read(work): runs work(query) in one snapshot, and gives its result
//            with readAt, the database's time
//   now      a clock to go by instead of the database's
//   hosts    names that a request may use for this server; null for any
export function makeApp({ db, now = null, hosts = null, log = console.error, links = ownLinks }) {
  const app = new Hono();
  const show = (c, view, model, at) => answer(c, view, model, { now: at, links });
  const page = (read) => async (c) => {
    const data = await db.read((query) => read.load(query, c));
    const at = now ? now() : data.readAt;
    const missing = read.missing?.(data);
    if (missing) return show(c, ERROR, missing, at);
    return show(c, read.view, read.model(data, at, c), at);
  };

  app.use(guard(hosts));
  app.use(compress());
  app.get('/assets/:file', (c) => asset(c, assets));
  app.get('/', page(sitesRoute));
  app.get('/site/:id', page(siteRoute(SITE, models.siteModel)));
  app.get('/site/:id/constraints', page(siteRoute(CONSTRAINTS, models.constraintsModel)));
  app.get('/site/:id/cycles', page(cyclesRoute));
  app.get('/site/:id/cycle/:no', page(cycleRoute(SITE, models.siteModel)));
  app.get('/site/:id/cycle/:no/constraints', page(cycleRoute(CONSTRAINTS, models.constraintsModel)));
  app.notFound((c) => show(c, ERROR, NO_PAGE, new Date()));
  app.onError((error, c) => {
    const known = error instanceof DatabaseError && error.kind !== 'unknown';
    log(entry(c, known ? reasonOf(error.cause) : (error.cause ?? error).stack));
    const model = known ? problem(error.kind) : problem('unknown', 500);
    return show(c, ERROR, model, new Date());
  });
  return app;
}

// For the log: the path as it was asked for, still encoded, and nothing in what was said
// that would look like an entry of its own or speak to a terminal.
const entry = (c, said) => `${c.req.method} ${new URL(c.req.url).pathname}: ${
  said.replace(/\p{Cc}+/gu, (characters) => (characters.includes('\n') ? '\n  ' : ' '))}`;

const NO_PAGE = notFound('There is no such page', 'The address may be mistyped.');
const NO_SITE = notFound('There is no such site', 'It may have been removed, or this console’s role may not see it.');
const NO_CYCLE = notFound('There is no such cycle', 'The site has not come to it yet, or it is no longer kept.');

const whole = (text, low, high, otherwise) =>
  (/^\d{1,10}$/.test(text ?? '') && +text >= low && +text <= high ? +text : otherwise);

// A NUL cannot be in any id, and the database would take it for an error.
const usable = (text) => !text.includes('\0');

const sitesRoute = {
  view: SITES,
  load(query, c) {
    const q = (c.req.query('q') ?? '').slice(0, 200).replaceAll('\0', '');
    const wanted = c.req.query('state') ?? '';
    const state = Object.hasOwn(STATES, wanted) || wanted === 'STALE' ? wanted : '';
    return load.loadSites(query, { q, state, page: whole(c.req.query('page'), 1, 1e6, 1) });
  },
  model: models.sitesModel,
};

const siteRoute = (view, model) => ({
  view,
  load: (query, c) => (usable(c.req.param('id')) ? load.loadSite(query, c.req.param('id')) : {}),
  missing: (data) => (data.status ? null : NO_SITE),
  model: (data, at, c) => model(data, at, { show: c.req.query('show') }),
});

const cycleRoute = (view, model) => ({
  view,
  load(query, c) {
    const no = whole(c.req.param('no'), 1, 2147483647, 0);
    return usable(c.req.param('id')) ? load.loadCycle(query, c.req.param('id'), no) : {};
  },
  missing: (data) => (!data.latest ? NO_SITE : data.status ? null : NO_CYCLE),
  model: (data, at, c) => model(data, at, { show: c.req.query('show') }),
});

const cyclesRoute = {
  view: CYCLES,
  load(query, c) {
    const id = c.req.param('id');
    const asked = { hours: whole(c.req.query('hours'), 1, 24 * 366, 24), before: whole(c.req.query('before'), 1, 2147483647, null) };
    return usable(id) ? load.loadCycles(query, id, asked) : {};
  },
  missing: (data) => (data.status ? null : NO_SITE),
  model: models.cyclesModel,
};

// Headers of every answer, and the two requests that get no page.
function guard(hosts) {
  return async (c, next) => {
    const host = (c.req.header('host') ?? '').replace(/:\d+$/, '').toLowerCase();
    if (hosts && !hosts.includes(host)) c.res = c.text('This server does not go by that name.', 421);
    else if (!['GET', 'HEAD'].includes(c.req.method)) c.res = c.text('Only GET and HEAD.', 405, { Allow: 'GET, HEAD' });
    else await next();
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  };
}

function formOf(c) {
  const asked = c.req.query('format');
  if (asked === 'text') return FORMS['text/plain'];
  if (asked === 'json') return FORMS['application/json'];
  return FORMS[accepts(c, { header: 'Accept', supports: Object.keys(FORMS), default: 'text/html' })];
}

// The ETag is weak and over the model: ages, which change by themselves, are not in it.
// So it is for the script alone, which counts them on: a browser that kept the page would
// show the ages of then.  The date is of the clock that the ages are by.
function answer(c, view, model, ctx) {
  const form = formOf(c);
  const data = JSON.stringify(model);
  const tag = `W/"${createHash('sha256').update(form.render + c.req.url + data).digest('base64url').slice(0, 24)}"`;
  const headers = { 'Cache-Control': 'no-store', Vary: 'Accept, Accept-Encoding', Date: new Date(ctx.now).toUTCString() };
  const failed = model.page === 'error';
  if (!failed) headers.ETag = tag;
  if (model.status === 503) headers['Retry-After'] = '5';
  if (!failed && matches(c.req.header('if-none-match'), tag)) return c.body(null, 304, headers);
  return c.body(body(form, view, model, { ...ctx, tag: failed ? '' : tag, self: selfOf(c) }), failed ? model.status : 200,
    { ...headers, 'Content-Type': form.type });
}

const matches = (header, tag) =>
  (header ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === tag.slice(2));

// The page's own address, without the form it is asked for in.
function selfOf(c) {
  const url = new URL(c.req.url);
  url.searchParams.delete('format');
  // A path that begins with two slashes would be another host's address.
  return url.pathname.replace(/^\/+/, '/') + url.search;
}

function body(form, view, model, ctx) {
  if (form.render === 'json') return `${JSON.stringify(models.jsonOf(model), null, 1)}\n`;
  if (form.render === 'text') return `${view.text(model, ctx.now).join('\n')}\n`;
  return String(view.html(model, ctx));
}

function asset(c, files) {
  const file = Object.hasOwn(files, c.req.param('file')) ? files[c.req.param('file')] : null;
  if (!file) return c.notFound();
  const headers = { ETag: file.tag, 'Cache-Control': 'no-cache' };
  if (matches(c.req.header('if-none-match'), file.tag)) return c.body(null, 304, headers);
  return c.body(file.body, 200, { ...headers, 'Content-Type': file.type });
}
