// The last hours of a site: a strip of outcomes, and the same cycles as a table.

import { count, duration, kw } from '../format.js';
import { siteName } from '../model.js';
import { stateOf } from '../words.js';
import { html, sentence, stateTag, symbol, time } from './html.js';
import { layout } from './layout.js';
import { siteHead, trail } from './site.js';

const WINDOWS = [[1, '1 hour'], [6, '6 hours'], [24, '24 hours'], [168, '7 days']];

export function cyclesPage(model, ctx) {
  const { status, cycles } = model;
  return layout({
    ...ctx,
    title: `${siteName(status)}: cycles · powernode`,
    say: cycles.length ? `Latest cycle ${cycles[0].cycle_no}: ${stateOf(cycles[0].outcome).word}` : 'No cycles',
    trail: trail(model, ctx.links),
    main: cyclesMain(model, ctx),
  });
}

export function cyclesMain(model, ctx) {
  return html`${siteHead(model, ctx, 'cycles')}
${windows(model, ctx)}
${model.cycles.length ? html`${strip(model, ctx)}${table(model, ctx)}${older(model, ctx)}` : none(model, ctx)}`;
}

const windows = ({ status, hours }, { links }) => html`<nav class="chips" aria-label="How far back"><ul>${WINDOWS.map(([h, word]) =>
  html`<li><a href="${links.cycles(status.site_id, h)}"${h === hours ? html` aria-current="true"` : ''}>${word}</a></li>`)}</ul></nav>`;

function none({ status, hours }, { links }) {
  if (status.cycle_no === null) return html`<p class="none-found">No cycle has completed for this site yet.</p>`;
  return html`<p class="none-found">No cycle completed in the last ${count(hours, 'hour')}. The latest is <a href="${links.site(status.site_id)}">cycle ${status.cycle_no}</a>, completed ${time(status.completed_at)}.</p>`;
}

// The strip is for the eye: the table below has the same links for the keyboard.
function strip({ status, cycles }, { links }) {
  const oldestFirst = [...cycles].reverse();
  return html`<section aria-labelledby="strip-h"><h2 id="strip-h">Outcomes <small>oldest first, ${tally(cycles)}</small></h2>
<ol class="strip">${oldestFirst.map((c) => {
    const state = stateOf(c.outcome);
    return html`<li><a class="${state.style}" tabindex="-1" href="${links.cycle(status.site_id, c.cycle_no)}" title="Cycle ${c.cycle_no}: ${state.word}">${symbol(state.symbol)}<span class="vh">Cycle ${c.cycle_no}: ${state.word}</span></a></li>`;
  })}</ol></section>`;
}

function tally(cycles) {
  const by = new Map();
  for (const c of cycles) by.set(c.outcome, (by.get(c.outcome) ?? 0) + 1);
  return [...by].map(([outcome, n]) => `${n} ${stateOf(outcome).word}`).join(', ');
}

const table = ({ status, cycles }, { links }) => html`<table class="list cycles">
<caption class="vh">Cycles, newest first, power in kW</caption>
<thead><tr><th scope="col" class="n">Cycle<th scope="col">Worked out for<th scope="col">Outcome<th scope="col" class="n">Allocated<th scope="col" class="n">Demand<th scope="col">Message<th scope="col">Completed<th scope="col" class="n">Took</tr></thead>
<tbody>${cycles.map((c) => html`<tr id="cycle-${c.cycle_no}"><th scope="row" class="n"><a href="${links.cycle(status.site_id, c.cycle_no)}">${c.cycle_no}</a><td class="wide">${time(c.evaluated_at)}<td>${stateTag(c.outcome)}${c.in_force ? html` <small>in force</small>` : ''}<td class="n" data-l="Allocated">${kw(c.allocated_w)}<td class="n" data-l="Demand">${kw(c.demand_w)}<td class="wide" dir="auto">${sentence(c.message)}<td class="half" data-l="Completed">${time(c.completed_at)}<td class="n" data-l="Took">${duration(c.duration_ms)}
`)}</tbody></table>`;

function older({ status, cycles, hours, more, before }, { links }) {
  const id = status.site_id;
  return html`<nav class="pager" aria-label="Pages">${before ? html`<a href="${links.cycles(id, hours)}">Newest</a> ` : ''}${more ? html`<a href="${links.cycles(id, hours, cycles.at(-1).cycle_no)}" rel="next">Older</a>` : ''}</nav>`;
}
