// How a backend in Node.js calls powernode.
//
//   npm install
//   export DATABASE_URL=postgres://depot_backend@localhost/depot    (or PGHOST, PGUSER, …)
//   node client.js bind             tells powernode where the product's tables are
//   node client.js run SITE...      runs a cycle of each site, prints what to send
//   node client.js listen COUNT     prints so many changes as they happen, then ends
import pg from 'pg';

const RETRYABLE = new Set(['40001', '40P01']); // serialization failure, deadlock
const UNKNOWN_SITE = 'P0002';
const ATTEMPTS = 5;

// What a migration would do.  The role needs EXECUTE on set_source.
async function bind(client) {
  for (const source of ['site', 'grid_connection', 'circuit', 'charge_point', 'connector']) {
    await client.query('SELECT powernode.set_source($1, $2)', [source, `depot.powernode_${source}`]);
  }
  const { rows } = await client.query(
    'SELECT name, relation, sound FROM powernode.sources WHERE relation IS NOT NULL ORDER BY name');
  for (const { name, relation, sound } of rows) {
    console.log(`${name}: ${relation} ${sound ? 'will do' : 'will not do'}`);
  }
}

// One transaction, run again where the server asks for that.  It must do all of
// its reading anew, so the whole of it is the function that is handed in.
async function transaction(client, work) {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query('BEGIN');
      const result = await work();
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      if (!RETRYABLE.has(error.code) || attempt === ATTEMPTS) throw error;
      console.error(`${error.code}: trying again`);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * attempt));
    }
  }
}

// rebalance is called in FROM: "SELECT (rebalance($1)).*" would run it once per
// column.  The site is locked until the transaction ends, so what is read after it
// is of this cycle.  The statements have names: they are parsed once a connection.
async function cycle(client, site) {
  const read = async (name, text) => (await client.query({ name, text, values: [site] })).rows;
  const setpoints = () => read('setpoints',
    `SELECT leaf_id, allocated_w, cycle_no, evaluated_at, expires_at
       FROM powernode.setpoint WHERE site_id = $1::text ORDER BY leaf_id`);

  const before = new Map((await setpoints()).map((s) => [s.leaf_id, s.allocated_w]));
  const [result] = await read('rebalance',
    'SELECT * FROM powernode.rebalance($1)');
  const constraints = await read('constraints',
    `SELECT reason, node_id, path, held_back_ids, binding, message
       FROM powernode.constraint_status WHERE site_id = $1::text ORDER BY rank`);
  const [{ duration }] = await read('duration',
    `SELECT duration FROM powernode.cycle_history
      WHERE site_id = $1::text ORDER BY cycle_no DESC LIMIT 1`);
  console.error(`cycle ${result.cycle_no} took ${(duration.seconds ?? 0) * 1000 + (duration.milliseconds ?? 0)} ms`);
  // Power that one charger gives up must be free before another may draw it.
  const change = (s) => s.allocated_w - (before.get(s.leaf_id) ?? 0);
  const toSend = (await setpoints()).sort((a, b) => change(a) - change(b));
  return { result, constraints, toSend };
}

// Watts are integers that fit a number, times are Dates, text[] are arrays.
function print({ result, constraints, toSend }) {
  const { site_id, cycle_no, outcome, reason, demand_w, allocated_w, curtailed_w } = result;
  console.log(`site ${site_id}: cycle ${cycle_no} ${outcome} (${reason}) at ${result.constraining_node_id ?? '-'}`);
  if (outcome === 'REJECTED') {
    // Nothing was decided, and this is why; what was decided before still holds.
    for (const { reason: fault, node_id, message } of constraints) {
      console.log(`  fault ${fault} of ${node_id}: ${message}`);
    }
    console.log(`  in force: cycle ${toSend[0]?.cycle_no ?? '-'}`);
    return;
  }
  console.log(`  demand ${demand_w} W, allocated ${allocated_w} W, curtailed ${curtailed_w} W`);
  for (const { path, held_back_ids } of constraints.filter((c) => c.binding)) {
    console.log(`  ${path.join(' > ')} holds back ${held_back_ids.join(', ')}`);
  }
  for (const { leaf_id, allocated_w: watts, evaluated_at, expires_at } of toSend) {
    console.log(`  send ${leaf_id} ${watts} W for ${(expires_at - evaluated_at) / 1000} s`);
  }
}

async function run(client, sites) {
  for (const site of sites) {
    try {
      // pg sends every parameter without a type, and the text overload takes it,
      // whatever the type of the product's key: bigint here.
      print(await transaction(client, () => cycle(client, site)));
    } catch (error) {
      if (error.code !== UNKNOWN_SITE) throw error;
      console.log(`site ${site}: there is none`);
    }
  }
}

// Needs powernode.notify = on_change where cycles are run.  What changed while
// nobody listened is not told: a real dispatcher reads the state once after LISTEN.
async function listen(client, count) {
  const changes = [];
  let wake;
  client.on('notification', ({ payload }) => { changes.push(JSON.parse(payload)); wake?.(); });
  await client.query('LISTEN powernode');
  console.log('listening');
  for (let told = 0; told < count; told++) {
    while (!changes.length) await new Promise((resolve) => { wake = resolve; });
    const { site_id, cycle_no } = changes.shift();
    const { rows: [status] } = await client.query(
      'SELECT outcome, reason FROM powernode.microgrid_status WHERE site_id = $1', [site_id]);
    console.log(`site ${site_id}: cycle ${cycle_no} changed it, now ${status.outcome} (${status.reason})`);
  }
}

const [command, ...rest] = process.argv.slice(2);
// Without a DATABASE_URL pg reads PGHOST, PGUSER and so on.
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
try {
  await client.connect();
  if (command === 'bind') await bind(client);
  else if (command === 'run') await run(client, rest);
  else if (command === 'listen') await listen(client, Number(rest[0]));
  else throw new Error('bind, run SITE... or listen COUNT');
} catch (error) {
  console.error(error.code ? `${error.code}: ${error.message}` : error.message);
  process.exitCode = 1;
} finally {
  await client.end();
}
