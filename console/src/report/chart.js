// What the circuits were allocated, step by step: columns for the eye, and the same
// figures to the watt as a table.  Pure.

import { html, name, stateTag, symbol } from '../pages/html.js';
import { stateOf } from '../words.js';

// Circuits that no other circuit feeds: together they are the site.
function topCircuits({ nodes }) {
  const kind = new Map(nodes.map((node) => [node.ordinal, node.kind]));
  return nodes.filter((node) => node.kind === 'CIRCUIT' && kind.get(node.parent_ordinal) !== 'CIRCUIT');
}

// watts has one figure per circuit, null where the step has none for it.
export function chartModel(steps) {
  const names = new Map();
  for (const { data } of steps) {
    for (const circuit of topCircuits(data)) names.set(circuit.node_id, circuit.name);
  }
  const points = steps.map(({ no, id, data }) => {
    const of = new Map(topCircuits(data).map((circuit) => [circuit.node_id, circuit.allocated_w]));
    return { no, id, status: data.status, watts: [...names.keys()].map((key) => of.get(key) ?? null) };
  });
  return { circuits: [...names.values()], points };
}

const LEFT = 38;
const TOP = 6;
const HEIGHT = 240;
const COLUMN = 34;
const BAR = 28;
const LABEL = 12; // what a segment must measure to be labelled

// Gridlines at 1, 2 or 5 times a power of ten, at most eight.
function gridOf(highest) {
  let step = 1;
  for (let i = 0; highest / step > 8; i++) step *= [2, 2.5, 2][i % 3];
  const lines = Math.max(1, Math.ceil(highest / step));
  return { step, lines, top: step * lines };
}

const round = (n) => Math.round(n * 10) / 10;
const sum = (watts) => watts.reduce((total, w) => total + (w ?? 0), 0);
const grouped = (watts) => (watts === null ? '–' : String(watts).replace(/\B(?=(\d{3})+$)/g, ','));
const style = (i) => `g${i % 6}`;

function column(point, i, y, circuits) {
  const x = LEFT + i * COLUMN + (COLUMN - BAR) / 2;
  let from = 0;
  const segments = point.watts.map((watts, c) => {
    const [low, high] = [y(from), y(from + (watts ?? 0))];
    from += watts ?? 0;
    if (!watts) return '';
    return html`<rect class="${style(c)}" x="${x}" y="${high}" width="${BAR}" height="${round(low - high)}"><title>Step ${point.no}, ${circuits[c]}: ${grouped(watts)} W</title></rect>
${low - high >= LABEL ? html`<text class="in" x="${x + BAR / 2}" y="${round((low + high) / 2 + 3.5)}">${circuits[c]}</text>` : ''}`;
  });
  const limit = point.status.limit_w;
  const state = stateOf(point.status.state);
  return html`${segments}${limit === null ? '' : html`<path class="limit" d="M${x - 3} ${y(limit)}h${BAR + 6}"/>`}
<text class="at" x="${x + BAR / 2}" y="${TOP + HEIGHT + 14}">${point.no}</text>
<text class="at sym ${state.style}" x="${x + BAR / 2}" y="${TOP + HEIGHT + 28}">${state.symbol}</text>
`;
}

function drawing({ circuits, points }, title) {
  const grid = gridOf(Math.max(1000, ...points.flatMap((p) => [p.status.limit_w ?? 0, sum(p.watts)])) / 1000);
  const y = (watts) => round(TOP + HEIGHT * (1 - watts / 1000 / grid.top));
  const width = LEFT + points.length * COLUMN;
  const lines = Array.from({ length: grid.lines + 1 }, (_, i) => i * grid.step);
  return html`<svg class="columns" viewBox="0 0 ${width} ${TOP + HEIGHT + 34}" role="img" aria-label="${title}: one column per step; the table has its figures">
${lines.map((kw) => html`<path class="grid" d="M${LEFT} ${y(kw * 1000)}H${width}"/><text class="y" x="${LEFT - 5}" y="${round(y(kw * 1000) + 3)}">${grouped(kw)}</text>
`)}${points.map((point, i) => column(point, i, y, circuits))}</svg>`;
}

const legend = ({ circuits, points }) => html`<ul class="keys">${circuits.map((circuit, c) => html`<li><svg width="12" height="12" aria-hidden="true"><rect class="${style(c)}" width="12" height="12"/></svg> ${name(circuit)}</li>`)}
<li><svg width="20" height="12" aria-hidden="true"><path class="limit" d="M0 6h20"/></svg> the site's limit</li>
${[...new Set(points.map((p) => p.status.state))].map((code) => html`<li class="${stateOf(code).style}">${symbol(stateOf(code).symbol)} ${stateOf(code).word}</li>`)}</ul>`;

function table({ circuits, points }, title) {
  const figure = (watts) => html`<td class="n">${grouped(watts)}</td>`;
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${title}, table"><table class="list plain-table"><caption>W, by step</caption>
<thead><tr><th scope="col">Step</th><th scope="col">State</th>${circuits.map((circuit) => html`<th scope="col" class="n">${name(circuit)}</th>`)}<th scope="col" class="n">Site</th><th scope="col" class="n">Demand</th><th scope="col" class="n">Limit</th></tr></thead>
<tbody>${points.map(({ id, no, status, watts }) => html`<tr><th scope="row"><a href="#${id}">${no}</a></th><td>${stateTag(status.state)}${keptOn(status)}</td>${watts.map(figure)}${[status.allocated_w, status.demand_w, status.limit_w].map(figure)}</tr>
`)}</tbody></table></div>`;
}

// Where nothing was shared out, what had been goes on.
const keptOn = (status) => (status.outcome !== 'REJECTED' || status.in_force_cycle_no === null ? ''
  : html` <small>cycle ${status.in_force_cycle_no} in force</small>`);

export function chart(steps, title) {
  const model = chartModel(steps);
  return html`<div class="chart"><figure>${drawing(model, title)}
<figcaption>kW, by step ${legend(model)}</figcaption></figure>
${table(model, title)}</div>`;
}
