// Shares the power out as docs/algorithm.md says, EQUAL_SHARE without minimums:
// children before parents, and wherever more than a node's limit arrives, the leaves
// below it are cut to one water level, the watts left over going to the first of
// those that it cuts.

import { isLeaf } from './tree.js';

// Cuts watts[first..last) to a sum of `limit`, which they exceed.
function cut(watts, first, last, limit) {
  let next = Math.floor(limit / (last - first));
  let level, spare, above;

  // The level rises to where what is below it and level times what is above it
  // make the limit.
  do {
    level = next;
    spare = limit;
    above = 0;
    for (let l = first; l < last; l++) {
      if (watts[l] > level) above++;
      else spare -= watts[l];
    }
    next = Math.floor(spare / above);
  } while (next !== level);

  spare -= level * above;
  for (let l = first; l < last; l++) {
    if (watts[l] > level) watts[l] = spare-- > 0 ? level + 1 : level;
  }
}

export function share(tree) {
  const { n, parents, limits } = tree;
  const demands = tree.demands.slice();
  const asked = tree.demands.slice();
  const allocated = new Int32Array(n);
  const bottlenecks = new Int32Array(n).fill(-1);
  const heldBack = new Int32Array(n);
  const explained = new Int32Array(n);
  const watts = new Int32Array(n);        // of each leaf, by its number
  const firstLeaf = new Int32Array(n);    // the leaves below a node are one run...
  const leafCount = new Int32Array(n);    // ...of so many
  const full = new Int32Array(n);         // deepest full node from the root down to this one
  let leaves = 0;

  for (let i = 0; i < n; i++) {
    firstLeaf[i] = leaves;
    if (isLeaf(tree, i)) {
      watts[leaves++] = demands[i];
      leafCount[i] = 1;
    }
  }

  for (let i = n - 1; i >= 0; i--) {
    const passed = Math.min(asked[i], limits[i]);
    if (asked[i] > limits[i]) cut(watts, firstLeaf[i], firstLeaf[i] + leafCount[i], passed);
    if (i === 0) break;
    asked[parents[i]] += passed;
    demands[parents[i]] += demands[i];
    leafCount[parents[i]] += leafCount[i];
  }

  for (let i = n - 1; i >= 0; i--) {
    if (isLeaf(tree, i)) allocated[i] = watts[--leaves];
    if (i > 0) allocated[parents[i]] += allocated[i];
  }

  // The deepest full node on the way to each leaf that lacks something.
  for (let i = 0; i < n; i++) {
    full[i] = allocated[i] === limits[i] ? i : i > 0 ? full[parents[i]] : -1;
    if (!isLeaf(tree, i) || allocated[i] === demands[i]) continue;
    bottlenecks[i] = full[i];
    heldBack[full[i]]++;
    explained[full[i]] += demands[i] - allocated[i];
  }
  return { demands, asked, allocated, bottlenecks, heldBack, explained };
}
