// An application that balances a site: one prepared statement fetches its rows, the
// power is shared out here, and another writes the cycle back.
//
// It can what a site of the benchmark needs and no more: ratings, safe mode and
// envelopes.  No background, offline chargers, minimums, FLAT sites or control mode
// CHARGER, and of powernode's faults only the missing rating.  All of that would make it
// slower.

import { createHash } from 'node:crypto';

import { constraintsOf } from './constraints.js';
import { share } from './share.js';
import { buildTree, KINDS, NO_LIMIT } from './tree.js';

// Plain rows, read by site and sorted here among siblings: neither JSON made by the
// server nor a sort of all rows was faster.
const FETCH = `
  SELECT 'state' AS what, digest AS id, NULL AS parent, NULL AS name,
         cycle_no AS rating_w, NULL::integer AS safe_w, NULL::integer AS demand_w
    FROM peer.site_state WHERE site_id = $1
  UNION ALL
  SELECT 'site', microgrid_id::text, NULL, name, NULL, NULL, NULL
    FROM source.site WHERE site_id = $1
  UNION ALL
  SELECT 'envelope', circuit_id::text, NULL, NULL, floor(import_limit_w)::integer, NULL, NULL
    FROM source.operating_envelope
   WHERE site_id = $1 AND (valid_from <= now() OR valid_from IS NULL)
     AND (valid_to > now() OR valid_to IS NULL)
  UNION ALL
  SELECT 'circuit', c.circuit_id::text, c.parent_circuit_id::text, c.name,
         floor(coalesce(c.default_capacity_w, c.safe_capacity_w))::integer,
         CASE WHEN c.safe_mode OR s.safe_mode THEN floor(c.safe_capacity_w)::integer END, NULL
    FROM source.site s JOIN source.circuit c USING (site_id) WHERE s.site_id = $1
  UNION ALL
  SELECT 'grid_connection', grid_connection_id::text, circuit_id::text, name, NULL, NULL, NULL
    FROM source.grid_connection WHERE site_id = $1
  UNION ALL
  SELECT 'charge_point', charge_point_id::text, circuit_id::text, name, floor(max_power_w)::integer, NULL, NULL
    FROM source.charge_point WHERE site_id = $1
  UNION ALL
  SELECT 'connector', connector_id::text, charge_point_id::text, name,
         floor(max_power_w)::integer, NULL, ceil(coalesce(demand_w, 0))::integer
    FROM source.connector WHERE site_id = $1`;

// Writes nothing where another process has balanced the site meanwhile.
const WRITE = `
  WITH state AS (
    INSERT INTO peer.site_state AS s (site_id, cycle_no, topology_no, digest) VALUES ($1, 1, 1, $3)
    ON CONFLICT (site_id) DO UPDATE
       SET cycle_no = s.cycle_no + 1, digest = $3,
           topology_no = CASE WHEN $4::text[] IS NULL THEN s.topology_no ELSE s.topology_no + 1 END
     WHERE s.cycle_no = $2
    RETURNING cycle_no, topology_no
  ), topology AS (
    INSERT INTO peer.topology
    SELECT $1, topology_no, $4, $5::text[], $6::integer[], $7::integer[] FROM state WHERE $4 IS NOT NULL
  ), constraints AS (
    INSERT INTO peer.cycle_constraint
    SELECT $1, cycle_no, k.rank, k.reason, k.node_id, k.limit_w, k.limit_source, k.asked_w, k.short_w,
           k.allocated_w, k.curtailed_w, k.held_back > 0, k.held_back, k.message
      FROM state, unnest($20::text[], $21::text[], $22::integer[], $23::text[], $24::integer[], $25::integer[],
                         $26::integer[], $27::integer[], $28::integer[], $29::text[]) WITH ORDINALITY
           k (reason, node_id, limit_w, limit_source, asked_w, short_w, allocated_w, curtailed_w, held_back,
              message, rank)
  )
  INSERT INTO peer.cycle
  SELECT $1, cycle_no, topology_no, $8, $9, now(), clock_timestamp(), $10, $11, $12, $13, $14,
         $15::integer[], $16::integer[], $17::integer[], $18::integer[], $19::integer[]
    FROM state
  RETURNING cycle_no`;

// An array of numbers as the server reads it; pg's own way quotes every one of them.
function numbers(array) {
  return `{${array.join(',')}}`;
}

// The same where a value stands for NULL.
function numbersOr(array, none, shift = 0) {
  return numbers(Array.from(array, (v) => (v === none ? 'NULL' : v + shift)));
}

function digestOf(tree, depths, ratings) {
  const hash = createHash('md5');
  for (const text of [tree.ids.join('\n'), tree.names.join('\n'), depths, ratings]) hash.update(`${text}\n`);
  return hash.digest('hex');
}

function outcomeOf(tree, shares, first) {
  const curtailed = first !== undefined && first.binding;
  return {
    outcome: curtailed ? 'CURTAILED' : 'APPLIED',
    reason: curtailed ? first.reason : 'DEMAND_MET',
    demand_w: shares.demands[0],
    allocated_w: shares.allocated[0],
    curtailed_w: shares.demands[0] - shares.allocated[0],
    constraining_node_id: curtailed ? tree.ids[first.node] : null,
    constraining_node_kind: curtailed ? KINDS[tree.kinds[first.node]] : null,
  };
}

export async function rebalance(client, site) {
  for (let attempt = 0; attempt < 5; attempt++) {
    const { rows } = await client.query({ name: 'fetch', text: FETCH, values: [site], rowMode: 'array' });
    const tree = buildTree(rows);
    const shares = share(tree);
    const constraints = constraintsOf(tree, shares);
    const outcome = outcomeOf(tree, shares, constraints[0]);

    const depths = numbers(tree.depths);
    const ratings = numbersOr(tree.ratings, null);
    const digest = digestOf(tree, depths, ratings);
    const known = digest === tree.state.digest;
    const column = (get) => constraints.map(get);
    const written = await client.query({
      name: 'write',
      text: WRITE,
      values: [
        site, tree.state.cycleNo, digest,
        ...(known ? [null, null, null, null] : [tree.ids, tree.names, depths, ratings]),
        ...Object.values(outcome),
        numbersOr(tree.limits, NO_LIMIT), numbers(shares.demands), numbers(shares.asked),
        numbers(shares.allocated), numbersOr(shares.bottlenecks, -1, 1),
        column((k) => k.reason), column((k) => tree.ids[k.node]), numbers(column((k) => k.limit)),
        column((k) => k.source), numbers(column((k) => k.asked)), numbers(column((k) => k.short)),
        numbers(column((k) => k.allocated)), numbers(column((k) => k.curtailed)),
        numbers(column((k) => k.heldBack)), column((k) => k.message),
      ],
    });
    if (written.rowCount > 0) return { site_id: site, cycle_no: written.rows[0].cycle_no, ...outcome };
  }
  throw new Error(`site ${site} is being balanced by others all the time`);
}
