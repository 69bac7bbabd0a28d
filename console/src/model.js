// Rows of the views made into what a page shows.  Pure: no database, no clock.
// `now` is the moment for which the page is true; only STALE depends on it.  Ages do
// not appear here, so that a model, and the ETag over it, changes only with the data.

import { count } from './format.js';
import { constrainedRows, shortPhrase, stateText, treeRows } from './tree.js';
import { kindWord, leafWord, limitSource, plainWord, stateOf } from './words.js';

const isPast = (moment, now) => Boolean(moment) && new Date(moment) <= new Date(now);

export const siteName = (status) => status.site_name ?? status.site_id;

// Not what was read when: the ETag is to change with the data alone.
export function sitesModel({ readAt, page, ...data }, now) {
  return {
    page: 'sites',
    page_no: page,
    ...data,
    sites: data.sites.map((site) => ({ ...site, stale: isPast(site.expires_at, now) })),
  };
}

// Whose limit the site's own is: that of the root, of the one node below it, or the
// sum of several.
function siteLimit(status, rows) {
  if (status.limit_w === null || !rows.length) return null;
  const root = rows[0];
  if (root.limit_w === status.limit_w) return limitSource(root.limit_source);
  const below = rows.filter((row) => row.parent_ordinal === root.ordinal);
  if (below.length === 1) {
    return `${below[0].kind_word} ${below[0].name}, ${limitSource(below[0].limit_source)}`;
  }
  return `sum of ${count(below.length, below[0]?.kind_word.toLowerCase() ?? 'node')}`;
}

// A headline that is shorter than the cycle's message, in parts: the node can be a link.
function headlineOf(status, rows, constraints) {
  if (status.outcome === 'APPLIED') return { text: status.demand_w ? 'All demand met' : 'Nothing is asked for' };
  if (status.outcome === 'REJECTED') return { text: 'No power was shared out: the data is no valid tree' };
  if (!status.outcome) return { text: 'No cycle yet' };
  const primary = constraints.find((c) => c.binding);
  const row = rows.find((r) => r.node_id === status.constraining_node_id);
  if (!primary || !row) return { text: plainWord(status.reason) };
  return { ...nodeOf(row), text: verbFor(shortPhrase(row, primary, leafWord(status.control_mode))) };
}

const verbFor = (phrase) => (phrase.startsWith('no room') ? `has ${phrase}` : `is ${phrase}`);

const nodeOf = (row) => ({ ordinal: row.ordinal, kind: row.kind_word, name: row.name });

// A constraint with the node that it is of, and the leaves that it holds back.
function constraintRows(data, rows) {
  const byId = new Map(rows.map((row) => [row.node_id, row]));
  const leaf = leafWord(data.status.control_mode);
  return data.constraints.filter((c) => !isFault(c)).map((c) => {
    const row = byId.get(c.node_id);
    return {
      ...c,
      kind_word: kindWord(c.kind),
      ordinal: row?.ordinal ?? null,
      group: row?.group ?? null,
      state_text: c.binding && row ? shortPhrase(row, c, leaf) : 'next limit',
      held_back: (c.held_back_ids ?? []).map((id) => {
        const held = byId.get(id);
        return { node_id: id, ordinal: held?.ordinal ?? null, name: held?.name ?? id };
      }),
    };
  });
}

// Nothing is asked of a fault; a limit may be missing from a constraint too.
const isFault = (row) => row.asked_w === null;

function faultRows(constraints) {
  return constraints.filter(isFault)
    .map((c) => ({ ...c, kind_word: kindWord(c.kind) }));
}

// One cycle of a site: the latest, or a recorded one when `latest` is given.
//   data    { status, nodes, constraints, setpoints, latest }, rows of the views;
//           setpoints null where nobody knows which leaves could be told
//   show    'constrained' leaves out the rows that no constraint has to do with
export function siteModel(data, now, { show = '' } = {}) {
  const { status, latest = null } = data;
  const rows = treeRows(data);
  // Of a past REJECTED cycle it matters what was in force then, of any other what is now.
  const inForce = (latest ?? status).in_force_cycle_no;
  const current = latest === null || latest.cycle_no === status.cycle_no;
  return {
    page: latest === null ? 'site' : 'cycle',
    status,
    state: stateOf(latest === null ? status.state : status.outcome),
    current,
    latest_cycle_no: (latest ?? status).cycle_no,
    in_force: status.cycle_no !== null && inForce === status.cycle_no,
    in_force_cycle_no: status.in_force_cycle_no,
    // Of a cycle that another has replaced it does not matter when it would expire.
    stale: isPast(status.expires_at, now) && (current || inForce === status.cycle_no),
    headline: headlineOf(status, rows, data.constraints),
    limit_from: siteLimit(status, rows),
    constraints: constraintRows(data, rows),
    faults: faultRows(data.constraints),
    show,
    total_rows: rows.length,
    rows: show === 'constrained' ? constrainedRows(rows) : rows,
  };
}

export function constraintsModel(data, now) {
  const model = siteModel(data, now);
  return { ...model, page: data.latest ? 'cycle constraints' : 'constraints', rows: [] };
}

export function cyclesModel(data, now) {
  const { status, hours, before, cycles, more } = data;
  return {
    page: 'cycles',
    status,
    stale: isPast(status.expires_at, now),
    hours,
    before,
    more,
    cycles: cycles.map((cycle) => ({ ...cycle, in_force: cycle.cycle_no === status.in_force_cycle_no })),
  };
}

// What is sent as JSON: the rows of the views as they are, and what the pages add
// to them in words.
export function jsonOf(model) {
  const { rows, state, headline, ...rest } = model;
  if (!rows) return rest;
  return {
    ...rest,
    headline: headline.name ? `${headline.kind} ${headline.name} ${headline.text}` : headline.text,
    ...(rows.length ? { nodes: rows.map(jsonRow) } : {}),
  };
}

const jsonRow = ({ state, kind_word, ...row }) => ({
  ...row, offline: state.code === 'offline', state: stateText(state),
});
