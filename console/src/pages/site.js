// The Microgrid status summary: one cycle of one site, the latest or a recorded one.

import { kw, utc } from '../format.js';
import { siteName } from '../model.js';
import { anchor } from '../tree.js';
import { plainWord } from '../words.js';
import { empty } from './empty.js';
import { ago, html, name, node, sentence, staleTag, stateTag, time } from './html.js';
import { layout } from './layout.js';
import { tree } from './tree.js';

// ctx: { links, now, self }
export function sitePage(model, ctx) {
  return layout({
    ...ctx,
    record: recordOf(model, ctx, 'cycle'),
    title: `${siteName(model.status)}: ${titleState(model)} · powernode`,
    say: `${model.status.cycle_no ? `Cycle ${model.status.cycle_no}: ` : ''}${model.state.word}. ${model.status.message}`,
    trail: trail(model, ctx.links),
    main: siteMain(model, ctx),
  });
}

// Where this very cycle is, also when it is no longer the latest.
export function recordOf({ status, show }, { links, self }, link) {
  if (!self || status.cycle_no === null) return self;
  return links[link](status.site_id, status.cycle_no) + (show === 'constrained' ? '?show=constrained' : '');
}

const titleState = (model) =>
  (model.page === 'cycle' ? `cycle ${model.status.cycle_no}, ` : '') +
  model.state.word + (model.stale ? ', stale' : '');

export function trail(model, links) {
  const { site_id: id } = model.status;
  return html`<ol><li><a href="${links.sites()}">Sites</a></li><li><a href="${links.site(id)}">${name(siteName(model.status))}</a></li></ol>`;
}

export function siteMain(model, ctx) {
  if (model.status.cycle_no === null) return empty(model, ctx);
  return html`${siteHead(model, ctx)}
${banner(model, ctx)}
${model.status.outcome === 'REJECTED' ? rejected(model, ctx) : facts(model)}
${faults(model.faults, model.status.faults)}
${binding(model)}
${model.rows.length ? tree(model, ctx.self ? ctx.links[model.page === 'cycle' ? 'cycle' : 'site'](model.status.site_id, model.status.cycle_no) : '') : ''}`;
}

// The name, and the ways from here; ctx.part: none, the page has its own.
export function siteHead(model, { links, part = false }, here = 'status') {
  if (part) return '';
  const { site_id: id, cycle_no: no } = model.status;
  const past = model.page.startsWith('cycle ') || model.page === 'cycle';
  const tabs = [
    ['status', past ? `Cycle ${no}` : 'Status', past ? links.cycle(id, no) : links.site(id)],
    ['constraints', 'Constraints', past ? links.cycleConstraints(id, no) : links.constraints(id)],
    ['cycles', 'Cycles', links.cycles(id)],
  ];
  return html`<h1>${name(siteName(model.status))}</h1>
<nav class="tabs" aria-label="Site"><ul>${tabs.map(([key, word, href]) =>
    html`<li><a href="${href}"${key === here ? html` aria-current="page"` : ''}>${word}</a></li>`)}</ul></nav>`;
}

function banner(model, ctx) {
  const { status } = model;
  return html`<section class="banner ${model.state.style}" aria-label="Outcome">
${model.page === 'cycle' ? pastNote(model, ctx) : ''}
<p class="tags">${stateTag(model.state.code)}${model.stale ? staleTag : ''}${model.in_force ? html`<span class="tag plain">IN FORCE</span>` : ''}<span class="reason">${status.reason}</span></p>
<p class="headline">${headline(model)}</p>
<p class="message" dir="auto">${sentence(status.message)}</p>
${times(model, ctx)}${lastError(model, ctx)}
</section>`;
}

// Why there has been no cycle since; a recorded cycle has none.
export const lastError = ({ status }, { now }) => (status.last_error
  ? html`<p class="error">The last try failed ${ago(status.last_error_at, now)} ago: ${name(status.last_error)}</p>` : '');

function pastNote(model, { links }) {
  const { site_id: id } = model.status;
  return model.current
    ? html`<p class="past">The tree as it was recorded. This is the <a href="${links.site(id)}">latest cycle</a>.</p>`
    : html`<p class="past">Past cycle: the tree as it was. The <a href="${links.site(id)}">latest is cycle ${model.latest_cycle_no}</a>.</p>`;
}

function headline(model) {
  const { headline: h } = model;
  if (!h.name) return h.text;
  return html`<a href="#${anchor(h.ordinal)}">${node(h.kind, h.name)}</a> ${h.text}`;
}

function times(model, { now }) {
  const { status } = model;
  return html`<dl class="times">
<div><dt>Cycle</dt><dd>${status.cycle_no}</dd></div>
<div><dt>Worked out for</dt><dd>${time(status.evaluated_at)}</dd></div>
<div><dt>Completed</dt><dd>${time(status.completed_at)} (${ago(status.completed_at, now)} ago)</dd></div>
<div><dt>${model.stale ? 'Setpoints expired' : model.current ? 'Setpoints until' : 'Setpoints were until'}</dt><dd>${time(status.expires_at)}</dd></div>
<div><dt>Shared out by</dt><dd>${plainWord(status.policy)}, per ${plainWord(status.control_mode)}${status.topology === 'FLAT' ? ', without circuits' : ''}</dd></div>
</dl>${model.stale ? html`<p class="stale-note">The setpoints of cycle ${model.in_force_cycle_no} expired at ${utc(status.expires_at)}: the dispatcher applies its fallback until a new cycle completes.</p>` : ''}`;
}

function facts(model) {
  const { status } = model;
  return html`<dl class="facts">
<div><dt>Allocated</dt><dd>${kw(status.allocated_w)} <small>kW</small></dd></div>
<div><dt>Demand</dt><dd>${kw(status.demand_w)} <small>kW</small></dd></div>
<div><dt>Held back</dt><dd>${kw(status.curtailed_w)} <small>kW</small></dd></div>
<div><dt>Limit</dt><dd>${status.limit_w === null ? 'no limit' : html`${kw(status.limit_w)} <small>kW</small>`}${model.limit_from ? html`<small class="from" dir="auto">${sentence(model.limit_from)}</small>` : ''}</dd></div>
</dl>`;
}

function rejected(model, { links }) {
  const { status, in_force_cycle_no: force } = model;
  if (force === null) {
    return html`<p class="force">No cycle ${model.current ? 'is' : 'was'} in force: none had been worked out from valid data, so no charger ${model.current ? 'has' : 'had'} a setpoint.</p>`;
  }
  if (!model.current) {
    return html`<p class="force">In force then: <a href="${links.cycle(status.site_id, force)}">cycle ${force}</a>, whose setpoints held until ${time(status.expires_at)} unless a later cycle replaced them.</p>`;
  }
  return html`<p class="force">In force ${model.stale ? 'until it expired' : 'meanwhile'}: <a href="${links.cycle(status.site_id, force)}">cycle ${force}</a>, whose setpoints ${model.stale ? 'expired at' : 'hold until'} ${time(status.expires_at)}.</p>`;
}

export function faults(rows, total) {
  if (!rows.length) return '';
  return html`<section aria-labelledby="faults-h">
<h2 id="faults-h">Faults in the site's data <small>${rows.length < total ? `the first ${rows.length} of ${total}` : total}</small></h2>
<table class="list faults"><thead><tr><th scope="col">Node<th scope="col">Reason<th scope="col">What to mend</tr></thead>
<tbody>${rows.map((f) => html`<tr><th scope="row"><i>${f.kind_word}</i> ${name(f.name)}<td class="wide"><code>${f.reason}</code><td class="wide" dir="auto">${sentence(f.message)}
`)}</tbody></table>
</section>`;
}

// Where several nodes bind, each with what it is short of; one alone is the headline.
function binding(model) {
  const rows = model.constraints.filter((c) => c.binding);
  if (rows.length < 2) return '';
  return html`<section aria-labelledby="binding-h"><h2 id="binding-h">What holds chargers back</h2>
<ul class="binding">${rows.map((c) => html`<li class="g${(c.group ?? 0) % 6}"><a href="#${anchor(c.ordinal)}">${node(c.kind_word, c.name)}</a> <b>${c.state_text}</b> <small>holds back ${c.held_back_leaves}</small></li>`)}</ul></section>`;
}
