// The nodes of one cycle as rows that know what to say of themselves.  Pure.

import { count, kw } from './format.js';
import { NODE_SYMBOLS, kindWord, leafWord } from './words.js';

export const anchor = (ordinal) => `node-${ordinal}`;

// The leaves that cannot be told anything, and the charge points above them.
// setpoints, where there are any for this very cycle, has every leaf that can be
// told; without them what was reserved at a charge point still shows it.
export function offlineOrdinals(nodes, setpoints, cycleNo) {
  const told = setpoints?.some((s) => s.cycle_no === cycleNo)
    ? new Set(setpoints.map((s) => s.leaf_id))
    : null;
  const offline = new Set();
  for (const node of nodes) {
    const reserved = node.kind === 'CHARGE_POINT' && node.limit_source === 'OFFLINE_RESERVE';
    const untold = told !== null && node.is_leaf && !told.has(node.node_id);
    if (reserved || untold || offline.has(node.parent_ordinal)) offline.add(node.ordinal);
    // A reserve of 0 leaves no trace in the limit, but its plugs have no setpoint.
    if (untold && node.kind === 'CONNECTOR') offline.add(node.parent_ordinal);
  }
  return offline;
}

// What keeps a leaf from more when it is the leaf itself.
function ownLimit(constraint) {
  if (constraint?.reason === 'MINIMUM_POWER') return undefined; // the phrase says it
  const rating = constraint?.reason?.endsWith('_LIMIT') ?? true;
  return `held back by its own ${rating ? 'rating' : 'limit'}`;
}

// "short by 80.0 kW"; a node that only refused minimums need not be short of anything.
export function shortPhrase(node, constraint, leaf) {
  if (constraint?.reason === 'MINIMUM_POWER') {
    return node.is_leaf
      ? 'held back by its own minimum power'
      : `no room for the minimum power of ${count(constraint.held_back_leaves ?? 0, leaf)}`;
  }
  return `short by ${kw(constraint?.short_w ?? node.asked_w - (node.limit_w ?? node.asked_w))} kW`;
}

function bindingState(node, constraint, held, leaf) {
  const state = { code: 'binding', text: shortPhrase(node, constraint, leaf) };
  if (node.is_leaf) state.note = ownLimit(constraint);
  else state.holds = { text: `holds back ${count(held.length, leaf)}`, to: held[0] ?? null };
  return state;
}

function plainState(node) {
  if (node.over_asked) return { code: 'next', text: 'next limit' };
  if (node.asked_w === 0 && node.demand_w === 0) return { code: 'idle', text: 'nothing asked' };
  if (node.curtailed_w === 0) return { code: 'met', text: 'demand met' };
  return { code: 'within', text: node.limit_w === null ? 'limited below' : 'within its limit' };
}

function heldState(node, by) {
  return {
    code: 'held',
    text: 'held back by',
    by: { ordinal: by?.ordinal ?? null, kind: kindWord(node.bottleneck_kind), name: node.bottleneck_name },
  };
}

// What there is to look up while the rows are made.
function survey({ nodes, constraints, setpoints, status }) {
  const byId = new Map(nodes.map((node) => [node.node_id, node]));
  const held = new Map();
  for (const node of nodes) {
    if (!node.bottleneck_id) continue;
    if (!held.has(node.bottleneck_id)) held.set(node.bottleneck_id, []);
    held.get(node.bottleneck_id).push(node.ordinal);
  }
  const binding = constraints.filter((c) => c.binding).map((c) => c.node_id);
  return {
    byId,
    held,
    constraint: new Map(constraints.map((c) => [c.node_id, c])),
    // One group per binding node, the primary constraint's first.
    group: new Map([...new Set([...binding, ...held.keys()])].map((id, i) => [id, i])),
    offline: offlineOrdinals(nodes, setpoints, status.cycle_no),
    leaf: leafWord(status.control_mode),
  };
}

function stateOfNode(node, at) {
  if (at.offline.has(node.ordinal)) return { code: 'offline', text: 'offline' };
  if (node.binding) {
    return bindingState(node, at.constraint.get(node.node_id), at.held.get(node.node_id) ?? [], at.leaf);
  }
  if (node.bottleneck_id) return heldState(node, at.byId.get(node.bottleneck_id));
  return plainState(node);
}

// The rows in tree order.  group is the number of the binding node that a row is or
// is held back by, null for most.
export function treeRows(data) {
  const at = survey(data);
  const rows = data.nodes.map((node) => {
    const state = stateOfNode(node, at);
    return {
      ...node,
      kind_word: kindWord(node.kind),
      state: { ...state, symbol: NODE_SYMBOLS[state.code] },
      group: at.group.get(node.binding ? node.node_id : node.bottleneck_id) ?? null,
      through: null,
    };
  });
  markBetween(rows);
  return rows;
}

// Gives what lies between a binding node and a leaf that it holds back their group as
// `through`, so that the group is seen as one thing.
function markBetween(rows) {
  const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
  for (const leaf of rows) {
    if (leaf.state.code !== 'held') continue;
    let row = byOrdinal.get(leaf.parent_ordinal);
    while (row && row.ordinal !== leaf.state.by.ordinal && row.through !== leaf.group) {
      row.through = leaf.group;
      row = byOrdinal.get(row.parent_ordinal);
    }
  }
}

// The rows that have to do with a constraint, and what is above them.
export function constrainedRows(rows) {
  const keep = new Set();
  const parent = new Map(rows.map((row) => [row.ordinal, row.parent_ordinal]));
  for (const row of rows) {
    if (row.group === null && row.state.code !== 'next' && row.state.code !== 'offline') continue;
    for (let o = row.ordinal; o && !keep.has(o); o = parent.get(o)) keep.add(o);
  }
  return rows.filter((row) => keep.has(row.ordinal));
}

// The state in one line of text, with or without the kind of the node that holds it back.
export function stateText(state, withKind = true) {
  if (state.by) return [state.text, withKind && state.by.kind, state.by.name].filter(Boolean).join(' ');
  return [state.text, state.holds?.text ?? state.note].filter(Boolean).join(', ');
}
