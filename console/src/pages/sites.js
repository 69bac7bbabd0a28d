// The overview: one row per site, searched and paged on the server.

import { kw } from '../format.js';
import { siteName } from '../model.js';
import { STATES, kindWord, plainWord, stateOf } from '../words.js';
import { ago, html, name, node, staleTag, stateTag } from './html.js';
import { layout } from './layout.js';

export function sitesPage(model, ctx) {
  const { counts } = model;
  return layout({
    ...ctx,
    title: 'Sites · powernode',
    say: `${counts.all} sites, ${counts.curtailed} curtailed, ${counts.rejected} rejected, ${counts.stale} stale`,
    main: sitesMain(model, ctx),
  });
}

export function sitesMain(model, ctx) {
  return html`<h1>Sites</h1>
${search(model, ctx)}
${chips(model, ctx)}
${model.sites.length ? table(model, ctx) : html`<p class="none-found">${nothing(model)}</p>`}
${pager(model, ctx)}`;
}

function nothing({ q, state }) {
  if (q || state) return 'No site matches.';
  return 'The site source shows this console no sites: either there are none yet, or its role may not see them.';
}

const search = ({ q, state }, { links }) => html`<form class="search" role="search" method="get" action="${links.sites()}">
<label for="q">Name or id contains</label>
<input id="q" name="q" type="search" value="${q}" maxlength="200" autocomplete="off" dir="auto">
${state ? html`<input type="hidden" name="state" value="${state}">` : ''}
<button type="submit">Search</button>
${q ? html`<a href="${links.sites({ state })}">Clear</a>` : ''}
</form>`;

function chips({ q, state, counts }, { links }) {
  const chip = (code, label, n) => html`<li><a href="${links.sites({ q, state: code })}"${code === state ? html` aria-current="true"` : ''}>${label} <b>${n}</b></a></li>`;
  const sign = (code) => html`<span aria-hidden="true">${stateOf(code).symbol}</span> ${stateOf(code).word}`;
  return html`<nav class="chips" aria-label="State"><ul>${chip('', 'All', counts.all)}${Object.keys(STATES).map((code) =>
    chip(code, sign(code), counts[code.toLowerCase()]))}${chip('STALE', html`<span aria-hidden="true">◷</span> STALE`, counts.stale)}</ul></nav>`;
}

const table = ({ sites }, ctx) => html`<table class="list sites">
<caption class="vh">Sites with their state, the power allocated of their limit in kW, what constrains them and the age of their latest cycle</caption>
<thead><tr><th scope="col">Site<th scope="col">State<th scope="col" class="n">Allocated <small>of limit, kW</small><th scope="col">Constrained by<th scope="col" class="n">Cycle<th scope="col" class="n">Age</tr></thead>
<tbody>${sites.map((site) => row(site, ctx))}</tbody></table>`;

const row = (site, { links, now }) => html`<tr><th scope="row"><a href="${links.site(site.site_id)}">${name(siteName(site))}</a><td class="wide">${stateTag(site.state)}${site.stale ? staleTag : ''}<td class="n" data-l="Allocated of limit">${allocatedOf(site)}<td class="wide${isHeldBack(site) ? '' : ' blank'}" data-l="Constrained by">${constrainedBy(site)}<td class="n" data-l="Cycle">${site.cycle_no ?? '–'}<td class="n" data-l="Age">${ago(site.completed_at, now)}
`;

const allocatedOf = (site) => (site.allocated_w === null ? '–'
  : html`${kw(site.allocated_w)} <small>of ${site.limit_w === null ? 'no limit' : kw(site.limit_w)}</small>`);

const isHeldBack = (site) => site.outcome === 'CURTAILED' || site.outcome === 'REJECTED';

function constrainedBy(site) {
  if (site.outcome === 'REJECTED') return html`${plainWord(site.reason)}: ${node(kindWord(site.constraining_node_kind), site.constraining_node_name)}`;
  if (!isHeldBack(site)) return '–';
  const more = site.constrained_nodes > 1 ? `, and ${site.constrained_nodes - 1} more` : '';
  return html`${node(kindWord(site.constraining_node_kind), site.constraining_node_name)} <small>${plainWord(site.reason)}</small>${more}`;
}

function pager({ q, state, page_no: page, pages, found }, { links }) {
  if (pages < 2) return '';
  const to = (n, word, rel) => html`<a rel="${rel}" href="${links.sites({ q, state, page: n })}">${word}</a>`;
  return html`<nav class="pager" aria-label="Pages">${page > 1 ? to(page - 1, 'Previous', 'prev') : ''} <span>Page ${page} of ${pages}, ${found} sites</span> ${page < pages ? to(page + 1, 'Next', 'next') : ''}</nav>`;
}
