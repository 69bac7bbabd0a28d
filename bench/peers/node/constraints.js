// Every over-asked or binding node, the one that explains most first.

import { KINDS } from './tree.js';

function kw(watts) {
  return (watts / 1000).toFixed(watts % 100 === 0 ? 1 : watts % 10 === 0 ? 2 : 3);
}

function words(name) {
  return name.replaceAll('_', ' ').toLowerCase();
}

function reasonOf(kind, source) {
  if (source === 'OPERATING_ENVELOPE' || source === 'SAFE_CAPACITY') return source;
  return kind === 0 ? 'SITE_LIMIT' : `${KINDS[kind]}_LIMIT`;
}

function messageOf(k, kind, name) {
  const word = words(KINDS[kind]);
  const start = `${word[0].toUpperCase()}${word.slice(1)} ${name} is short by ${kw(k.short)} kW: `
    + `${kw(k.asked)} kW asked, limit ${kw(k.limit)} kW (${words(k.source)})`;
  if (k.heldBack === 0) return `${start}, but it is not what holds its chargers back.`;
  if (k.heldBack === 1) return `${start}; 1 connector is held back.`;
  return `${start}; ${k.heldBack} connectors are held back.`;
}

export function constraintsOf(tree, shares) {
  const found = [];
  for (let i = 0; i < tree.n; i++) {
    if (shares.heldBack[i] === 0 && shares.asked[i] <= tree.limits[i]) continue;
    const k = {
      node: i, limit: tree.limits[i], source: tree.sources[i], asked: shares.asked[i],
      short: Math.max(shares.asked[i] - tree.limits[i], 0), allocated: shares.allocated[i],
      curtailed: shares.explained[i], binding: shares.heldBack[i] > 0, heldBack: shares.heldBack[i],
      reason: reasonOf(tree.kinds[i], tree.sources[i]), message: null,
    };
    k.message = messageOf(k, tree.kinds[i], tree.names[i]);
    found.push(k);
  }
  return found.sort((a, b) => b.binding - a.binding || b.curtailed - a.curtailed
    || (a.binding ? tree.depths[a.node] - tree.depths[b.node] : 0) || a.node - b.node);
}
