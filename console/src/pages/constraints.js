// The constraints of one cycle, primary first, and its faults.

import { kw } from '../format.js';
import { siteName } from '../model.js';
import { anchor } from '../tree.js';
import { limitSource } from '../words.js';
import { empty } from './empty.js';
import { ago, html, name, sentence, staleTag, stateTag, symbol, time } from './html.js';
import { layout } from './layout.js';
import { faults, recordOf, siteHead, trail } from './site.js';

export function constraintsPage(model, ctx) {
  const { status } = model;
  return layout({
    ...ctx,
    record: recordOf(model, ctx, 'cycleConstraints'),
    title: `${siteName(status)}: constraints${status.cycle_no ? ` of cycle ${status.cycle_no}` : ''} · powernode`,
    say: `${status.cycle_no ? `Constraints of cycle ${status.cycle_no}: ` : ''}${status.message}`,
    trail: trail(model, ctx.links),
    main: constraintsMain(model, ctx),
  });
}

export function constraintsMain(model, ctx) {
  const { status } = model;
  if (status.cycle_no === null) return empty(model, ctx);
  return html`${siteHead(model, ctx, 'constraints')}
<p class="tags">${stateTag(status.outcome)}${model.stale ? staleTag : ''} <span>Cycle ${status.cycle_no}, worked out for ${time(status.evaluated_at)}, completed ${ago(status.completed_at, ctx.now)} ago</span></p>
${constraintsSection(model, ctx)}
${faults(model.faults, status.faults)}`;
}

export const constraintsSection = (model, ctx) => html`<section aria-labelledby="constraints-h">
<h2 id="constraints-h">Constraints <small>power in kW</small></h2>
${model.constraints.length ? table(model, ctx) : html`<p>${nothing(model.status)}</p>`}
</section>`;

const nothing = (status) => (status.outcome === 'REJECTED'
  ? 'None: the cycle was rejected before power was shared out.'
  : 'None: no node was asked for more than its limit.');

const table = (model, ctx) => html`<table class="list constraints">
<caption class="vh">Binding and over-asked nodes of the cycle, the primary constraint first</caption>
<thead><tr><th scope="col">Node<th scope="col">Binds<th scope="col">Reason<th scope="col" class="n">Limit<th scope="col" class="n">Asked<th scope="col" class="n">Short by<th scope="col">Holds back</tr></thead>
<tbody>${model.constraints.map((c) => constraint(c, model, ctx))}</tbody></table>`;

function constraint(c, model, ctx) {
  const { site_id: id, cycle_no: no } = model.status;
  const tree = model.page === 'constraints' ? ctx.links.site(id) : ctx.links.cycle(id, no);
  const group = c.binding ? ` g${(c.group ?? 0) % 6}` : '';
  const to = (ordinal) => `${tree}#${anchor(ordinal)}`;
  return html`<tr id="constraint-${c.rank}" class="${c.binding ? 's-binding' : 's-next'}${group}"><th scope="row"><a href="${to(c.ordinal)}"><i>${c.kind_word}</i> ${name(c.name)}</a><td data-l="Binds">${binds(c)}<td class="half" data-l="Reason"><code>${c.reason}</code><td class="n" data-l="Limit">${c.limit_w === null ? html`<small>no limit</small>` : html`<small>${limitSource(c.limit_source)}</small> ${kw(c.limit_w)}`}<td class="n" data-l="Asked">${kw(c.asked_w)}<td class="n" data-l="Short by">${kw(c.short_w)}<td class="wide" data-l="Holds back">${heldBack(c, to)}
<tr class="message${group}"><td colspan="7" class="wide" dir="auto">${sentence(c.message)}
`;
}

function binds(c) {
  if (!c.binding) return html`${symbol('◇')} no, next limit`;
  return html`${symbol('◆')} yes${c.rank === 1 ? ', primary' : ''}`;
}

const FEW = 8;

function heldBack(c, to) {
  if (!c.held_back_leaves) return 'none';
  const list = html`<ul class="held">${c.held_back.map((leaf) =>
    html`<li><a href="${to(leaf.ordinal)}">${name(leaf.name)}</a></li>`)}</ul>`;
  const sum = html`${c.held_back_leaves} <small>${kw(c.curtailed_w)} kW</small>`;
  if (c.held_back.length <= FEW) return html`${sum}${list}`;
  return html`<details id="held-${c.rank}"><summary>${sum}</summary>${list}</details>`;
}
