// Starts the console:  node server.js
//
//   DATABASE_URL, or PGHOST, PGDATABASE, PGUSER, …   the database, as for psql
//   HOST            where to listen, 127.0.0.1 unless told otherwise
//   PORT            8080; 0 takes a free one
//   CONSOLE_HOSTS   further names, with commas, that a loopback console may be
//                   asked for by, such as that of a proxy before it

import { serve } from '@hono/node-server';
import { makeApp } from './src/app.js';
import { openDatabase } from './src/db.js';
import { problem } from './src/pages/error.js';
import { STATUS_OF_SITE } from './src/queries.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const host = process.env.HOST || '127.0.0.1';
const port = Number(process.env.PORT || 8080);
if (!Number.isInteger(port) || port < 0 || port > 65535) fail(`PORT is not a port: ${process.env.PORT}`);

const db = openDatabase({ connectionString: process.env.DATABASE_URL || undefined });

// A console on loopback has no password: other web pages must not reach it by giving
// their own name this machine's address.
const local = LOOPBACK.includes(host) || host === '::1';
const further = (process.env.CONSOLE_HOSTS ?? '').toLowerCase().split(',').map((h) => h.trim()).filter(Boolean);
const app = makeApp({ db, hosts: local ? [...LOOPBACK, ...further] : null });

const server = serve({ fetch: app.fetch, hostname: host, port }, (address) => {
  const shown = host.includes(':') ? `[${host}]` : host;
  console.log(`powernode console: http://${shown}:${address.port}/`);
});

// What is wrong is said at once, and on every page; it may be mended while this runs.
db.read(async (query) => ({ rows: await query(STATUS_OF_SITE, ['']) })).catch((error) => {
  const { title, advice } = problem(error.kind);
  console.error(`powernode console: ${title} (${error.cause?.message}). ${advice}`);
});

server.on('error', (error) => fail(`cannot listen on ${host}:${port}: ${error.message}`));

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  server.close();
  server.closeIdleConnections?.();
  // What is still being answered has a little time.
  setTimeout(() => process.exit(0), 3000).unref();
  await db.close();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

function fail(message) {
  console.error(`powernode console: ${message}`);
  process.exit(1);
}
