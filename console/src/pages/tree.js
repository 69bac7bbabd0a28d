// The tree of a cycle as a table.  A site may have thousands of nodes: a row is kept
// to a few hundred bytes, so cells are left open where HTML closes them by itself, and
// the sheet adds each state's symbol and sets the columns.

import { kw } from '../format.js';
import { anchor } from '../tree.js';
import { limitSource } from '../words.js';
import { html, name } from './html.js';
import { bar, barDefs } from './bar.js';

export function tree(model, self) {
  return html`<section aria-labelledby="tree-h">
<h2 id="tree-h">Tree <small>power in kW</small></h2>
${filterLine(model, self)}
${barDefs}
<table class="tree">
<caption class="vh">Every node of the cycle with its state, the power allocated to it and asked of it, and its limit, in kW. Rows are in tree order; each says its level.</caption>
<thead><tr><th scope="col">Node<th scope="col">State<th scope="col">Allocated<th scope="col">Asked<th scope="col">Limit<th scope="col"><span class="vh">Bar: </span>Against limit</tr></thead>
<tbody>
${model.rows.map(treeRow)}</tbody>
</table>
${legend}
</section>`;
}

function filterLine(model, self) {
  if (!self || model.total_rows < 12) return '';
  const only = model.show === 'constrained';
  return html`<p class="filter">${only
    ? html`Showing ${model.rows.length} of ${model.total_rows} nodes: those that a constraint has to do with. <a href="${self}">Show all</a>`
    : html`${model.total_rows} nodes. <a href="${self}?show=constrained">Show only what is constrained</a>`}</p>`;
}

// Groups take turns in six border patterns; the text says which is whose.
function group(row) {
  if (row.group !== null) return ` g${row.group % 6}`;
  return row.through === null ? '' : ` g${row.through % 6} thru`;
}

const treeRow = (row) => html`<tr id="${anchor(row.ordinal)}" class="d${row.depth} s-${row.state.code}${group(row)}"><th scope="row"><span class="vh">level ${row.depth + 1} </span><i>${row.kind_word}</i> ${name(row.name)}${vehicle(row)}<td>${stateCell(row.state)}<td>${kw(row.allocated_w)}<td>${kw(row.asked_w)}<td>${limitCell(row)}<td>${bar(row)}
`;

const vehicle = (row) => (row.vehicle_name ? html` <small>${name(row.vehicle_name)}</small>` : '');

function stateCell(state) {
  return html`${state.text}${by(state.by)}${holds(state.holds)}${state.note ? html` <small>${state.note}</small>` : ''}`;
}

const by = (to) => (to ? html` ${jump(to.ordinal, html`${to.kind} ${name(to.name)}`)}` : '');

const holds = (what) => (what ? html` <small>${jump(what.to, what.text)}</small>` : '');

const jump = (ordinal, text) => (ordinal === null ? text : html`<a href="#${anchor(ordinal)}">${text}</a>`);

function limitCell(row) {
  if (row.limit_w === null) return html`<small>no limit</small>`;
  return html`<small>${limitSource(row.limit_source)}</small> ${kw(row.limit_w)}`;
}

const legend = html`<p class="legend">The bar is full at the node's limit: filled is allocated, the tick is what is asked, hatched what is asked beyond the limit. “Next limit” is a node that would hold back next if a tighter one gave way.</p>`;
