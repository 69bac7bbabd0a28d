// Starts the console:  node server.js
//
//   DATABASE_URL, or PGHOST, PGDATABASE, PGUSER, …   the database, as for psql
//   HOST            where to listen, 127.0.0.1 unless told otherwise
//   PORT            8080; 0 takes a free one
//   CONSOLE_HOSTS   names, with commas, that it may be asked for by beside those of
//                   loopback, such as that of a proxy before it

import { serve } from '@hono/node-server';
import { HEADERS, makeApp } from './src/app.js';
import { openDatabase, reasonOf } from './src/db.js';
import { hostsOf } from './src/hosts.js';
import { problem } from './src/pages/error.js';
import { STATUS_OF_SITE } from './src/queries.js';

const host = process.env.HOST || '127.0.0.1';
const port = Number(process.env.PORT || 8080);
if (!Number.isInteger(port) || port < 0 || port > 65535) fail(`PORT is not a port: ${process.env.PORT}`);

const db = openDatabase({ connectionString: process.env.DATABASE_URL || undefined });
// Not what it is: there may be a password in it.
if (!db) fail('DATABASE_URL is not the address of a database, such as postgres://user@host:5432/name');

const app = makeApp({ db, hosts: hostsOf(host, process.env.CONSOLE_HOSTS) });

const server = serve({ fetch: app.fetch, hostname: host, port }, (address) => {
  const shown = host.includes(':') ? `[${host}]` : host;
  console.log(`powernode console: http://${shown}:${address.port}/`);
});

// On what the adapter refuses before the app sees it as well.
server.prependListener('request', (_, answer) => {
  for (const [name, value] of Object.entries(HEADERS)) answer.setHeader(name, value);
});

// What is wrong is said at once, and on every page; it may be mended while this runs.
db.read(async (query) => ({ rows: await query(STATUS_OF_SITE, ['']) })).catch((error) => {
  const { title, advice } = problem(error.kind);
  console.error(`powernode console: ${title} (${reasonOf(error.cause)}). ${advice}`);
});

server.on('error', (error) => fail(`cannot listen on ${host}:${port}: ${error.message}`));

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  // What is still being answered has a little time, and the database until then.
  setTimeout(() => process.exit(0), 3000).unref();
  server.close(() => db.close());
  server.closeIdleConnections?.();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

function fail(message) {
  console.error(`powernode console: ${message}`);
  process.exit(1);
}
