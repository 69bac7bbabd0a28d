// What is shown when a page cannot be: what happened and what to do, never what the
// server said.  The script goes on asking, so such a page mends itself.

import { html } from './html.js';
import { layout } from './layout.js';

const WAITING = 'This page asks again by itself; without JavaScript, reload it.';

const PROBLEMS = {
  unreachable: ['The database cannot be reached', 'Check that PostgreSQL is running and that DATABASE_URL or the PG* variables of the console point at it.'],
  refused: ['The database does not let the console in', 'Check the database name, the role and its password in DATABASE_URL or the PG* variables, and pg_hba.conf.'],
  missing: ['powernode is not installed in this database', 'Run CREATE EXTENSION powernode there, or point the console at the database that has it. A view or a column of another version may be missing as well.'],
  unbound: ['powernode cannot read its sources', 'SELECT * FROM powernode.sources says which source is not bound or no longer fits.'],
  denied: ['The console’s role may not read what it shows', 'Run console/grants.sql for the role, and grant it SELECT on the site source and on what that reads.'],
  slow: ['The database took too long to answer', 'It may be busy. The console gives up after a few seconds rather than add to the load.'],
  unknown: ['The page could not be made', 'The console’s log says why.'],
};

export function problem(kind, status = 503) {
  const [title, advice] = PROBLEMS[kind] ?? PROBLEMS.unknown;
  return { page: 'error', error: kind, status, title, advice, retry: WAITING };
}

export const notFound = (what, advice) => ({
  page: 'error', error: 'not_found', status: 404, title: what, advice, retry: '',
});

export function errorPage(model, ctx) {
  return layout({
    ...ctx,
    live: model.status >= 500,
    title: `${model.title} · powernode`,
    say: model.title,
    main: html`<h1>${model.title}</h1>
<section class="banner problem" aria-label="Problem"><p>${model.advice}</p>
${model.retry ? html`<p>${model.retry}</p>` : html`<p><a href="${ctx.links.sites()}">All sites</a></p>`}</section>`,
  });
}
