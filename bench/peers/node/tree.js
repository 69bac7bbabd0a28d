// The rows of a site → its tree as arrays in depth-first order.

export const KINDS = ['MICROGRID', 'GRID_CONNECTION', 'CIRCUIT', 'CHARGE_POINT', 'CONNECTOR'];
const PREFIXES = ['microgrid:', 'grid_connection:', 'circuit:', 'charge_point:', 'connector:'];
const CONNECTOR = 4;

// No limit: more than any sum of demands.
export const NO_LIMIT = 2 ** 53 - 1;

// One object a node, all of one shape, which the engine likes.
function nodeOf(kind, id, name, rating, safe, demand) {
  return { kind, id, name, rating, safe, demand, envelope: null, children: kind === CONNECTOR ? null : [] };
}

// Siblings: by kind, then by id.
function bySibling(a, b) {
  return a.kind - b.kind || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

// Makes nodes of the rows, each of which knows its children.
function link(rows) {
  const circuits = new Map();
  const chargers = new Map();
  const of = (what) => rows.filter((row) => row[0] === what);

  for (const r of of('circuit')) circuits.set(r[1], nodeOf(2, r[1], r[3], r[4], r[5], 0));
  for (const r of of('circuit')) circuits.get(r[2])?.children.push(circuits.get(r[1]));
  for (const r of of('charge_point')) {
    const node = nodeOf(3, r[1], r[3], r[4], null, 0);
    chargers.set(r[1], node);
    circuits.get(r[2])?.children.push(node);
  }
  for (const r of of('connector')) {
    chargers.get(r[2])?.children.push(nodeOf(CONNECTOR, r[1], r[3], r[4], null, r[6]));
  }

  const [site] = of('site');
  const root = nodeOf(0, site[1], site[3], null, null, 0);
  for (const r of of('envelope')) {
    const node = r[1] === null ? root : circuits.get(r[1]);
    if (node) node.envelope = Math.min(node.envelope ?? NO_LIMIT, r[4]);
  }
  // A grid connection stands for its circuit.
  for (const r of of('grid_connection')) {
    root.children.push(Object.assign(circuits.get(r[2]), { kind: 1, id: r[1], name: r[3] }));
  }
  return root;
}

// What is remembered of the last cycle.
function stateOf(rows) {
  const row = rows.find((r) => r[0] === 'state');
  return row ? { digest: row[1], cycleNo: row[4] } : { digest: null, cycleNo: 0 };
}

// The limit in force, and what took most of it.
function limitOf(node) {
  const rating = node.rating ?? NO_LIMIT;
  const safe = Math.min(rating, node.safe ?? NO_LIMIT);
  const limit = Math.min(safe, node.envelope ?? NO_LIMIT);
  const source = safe - limit > rating - safe ? 'OPERATING_ENVELOPE'
    : rating > safe ? 'SAFE_CAPACITY'
    : node.rating === null ? null
    : node.kind === 4 ? 'CONNECTOR_RATING'
    : node.kind === 3 ? 'CHARGE_POINT_RATING' : 'DEFAULT_CAPACITY';
  return [limit, source];
}

// Cuts the arrays to the nodes that were placed.
function trim(tree) {
  for (const [name, values] of Object.entries(tree)) {
    if (Array.isArray(values)) values.length = tree.n;
    else if (ArrayBuffer.isView(values)) tree[name] = values.subarray(0, tree.n);
  }
  return tree;
}

export function buildTree(rows) {
  const root = link(rows);
  const size = rows.length;       // at least
  const tree = {
    state: stateOf(rows), n: 0,
    ids: new Array(size), names: new Array(size), ratings: new Array(size),
    kinds: new Uint8Array(size), depths: new Uint8Array(size), parents: new Int32Array(size),
    limits: new Float64Array(size), sources: new Array(size), demands: new Int32Array(size),
  };

  function place(node, parent, depth) {
    const i = tree.n++;
    const [limit, source] = limitOf(node);
    if (limit === NO_LIMIT && i > 0) throw new Error(`${node.name} has no rating`);
    tree.ids[i] = PREFIXES[node.kind] + node.id;
    tree.names[i] = node.name;
    tree.ratings[i] = node.rating;
    tree.kinds[i] = node.kind;
    tree.depths[i] = depth;
    tree.parents[i] = parent;
    tree.limits[i] = limit;
    tree.sources[i] = source;
    tree.demands[i] = node.kind === CONNECTOR ? Math.min(node.demand, limit) : 0;
    if (node.children === null) return;
    if (node.children.length > 1) node.children.sort(bySibling);
    for (const child of node.children) place(child, i, depth + 1);
  }
  place(root, -1, 0);
  return trim(tree);
}

export function isLeaf(tree, i) {
  return tree.kinds[i] === CONNECTOR;
}
