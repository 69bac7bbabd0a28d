// One process, one connection over the server's socket: rebalance() as a prepared
// statement against the application in peer.js, by turns, each from the call to its
// answer.
//
//   node race.js KEY SITE ROUNDS CALLS      PG*: the database
//
// Where the storage floor is set up (bench/floor), it takes its turn too, called as
// rebalance() is: what no extension can do without.
//
// Both must find the same before anything is measured.

import { createRequire } from 'node:module';

import { rebalance } from './peer.js';

// The driver that the console uses; tools/setup console puts it there.
const pg = createRequire(new URL('../../../console/package.json', import.meta.url))('pg');

const FLOOR = { name: 'floor', text: 'SELECT floor.cycle()' };
const OURS = { name: 'ours', text: 'SELECT * FROM powernode.rebalance($1)' };

function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Microseconds that it takes.
async function time(what) {
  const began = process.hrtime.bigint();
  await what();
  return Number(process.hrtime.bigint() - began) / 1e3;
}

const [key, site, rounds, calls] = process.argv.slice(2);
const client = new pg.Client({ host: process.env.PGHOST, database: process.env.PGDATABASE });
await client.connect();
await client.query('SET synchronous_commit = off');

const ours = () => client.query({ ...OURS, values: [site] });
const theirs = () => rebalance(client, site);

await ours();
const [answer, theirAnswer] = [(await ours()).rows[0], await theirs()];
for (const [name, value] of Object.entries(theirAnswer)) {
  if (name !== 'cycle_no' && answer[name] !== value) throw new Error(`${name}: ${value} rather than ${answer[name]}`);
}
await client.query('SELECT peer.check_same($1)', [site]);

const { rows: [{ floor }] } = await client.query("SELECT to_regprocedure('floor.cycle()') IS NOT NULL AS floor");
if (floor) await client.query('SELECT floor.load($1::text)', [site]);

for (let round = 0; round <= Number(rounds); round++) {
  const times = { ours: [], theirs: [], floor: [] };
  for (let i = 0; i < Number(calls); i++) {
    times.ours.push(await time(ours));
    times.theirs.push(await time(theirs));
    if (floor) times.floor.push(await time(() => client.query(FLOOR)));
  }
  // The first round warms up.  The ratio is how many times as long the peer takes.
  if (round > 0) {
    for (const [name, as] of floor ? [[key, times.ours], [`${key} floor`, times.floor]] : [[key, times.ours]]) {
      await client.query('INSERT INTO bench.round VALUES ($1, $2, $3, $4)',
        [name, round, median(times.theirs), median(as)]);
    }
  }
}
await client.end();
