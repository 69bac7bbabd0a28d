// The database: one read-only transaction per page, and its failures in four words.

import pg from 'pg';

const STATEMENT_MS = 5000;

// One snapshot for all statements of a page: no page mixes two cycles.  Moments are
// read in ISO, whatever the role or the database is set to.
const BEGIN = `BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL statement_timeout = ${STATEMENT_MS};
  SET LOCAL datestyle = ISO`;

const TIMESTAMPTZ = 1184;

// Moments as ISO text, so that a page's data is the same from a server or from a file.
const types = {
  getTypeParser(oid, format) {
    const parse = pg.types.getTypeParser(oid, format);
    if (oid !== TIMESTAMPTZ) return parse;
    return (text) => {
      const moment = parse(text);
      return moment instanceof Date ? moment.toISOString() : null;
    };
  },
};

// kind: unreachable, refused, missing, unbound, denied, slow or unknown.  What the
// server said is in .cause, for the log and for nobody's screen.
export class DatabaseError extends Error {
  constructor(kind, cause) {
    super(`database: ${kind}`, { cause });
    this.kind = kind;
  }
}

const KIND_BY_CODE = {
  '3D000': 'refused', '42501': 'denied', '57014': 'slow',
  '3F000': 'missing', '42P01': 'missing', '42703': 'missing', '42883': 'missing',
  '55000': 'unbound',
  '40001': 'slow', // on a standby: replay would not wait any longer
  '53300': 'unreachable', '57P01': 'unreachable', '57P02': 'unreachable', '57P03': 'unreachable',
};

// What went wrong, from a SQLSTATE or from the socket.
export function kindOfFailure(error) {
  const code = typeof error?.code === 'string' ? error.code : '';
  // powernode's own errors about a source begin so; what is missing is the product's.
  if (/^source "/.test(error?.message ?? '') && code !== '42501') return 'unbound';
  if (KIND_BY_CODE[code]) return KIND_BY_CODE[code];
  if (code.startsWith('28')) return 'refused';
  // The server asks for a password, and there is none or none that fits.
  if (/^SASL: /.test(error?.message ?? '')) return 'refused';
  if (code.startsWith('08')) return 'unreachable';
  if (/^E(AI_)?[A-Z]+$/.test(code)) return 'unreachable';
  // The second: other pages had every connection for as long as one waits.
  if (/query read timeout|^timeout exceeded when trying to connect/i.test(error?.message ?? '')) return 'slow';
  if (/terminat|timeout|connect/i.test(error?.message ?? '') && !code) return 'unreachable';
  return 'unknown';
}

// What was said, in one line and for the log.  Where several addresses were tried in
// vain the error says nothing itself.
export const reasonOf = (error) => error?.message || error?.errors?.map((one) => one.message).join('; ') || String(error?.code ?? error);

// Runs work(query) in one snapshot; query(sql, params) gives rows.
async function inSnapshot(pool, work) {
  let client;
  let broken = null;
  try {
    client = await pool.connect();
    await client.query(BEGIN);
    const query = async (text, values = []) =>
      (await client.query({ text, values, types })).rows;
    const [{ read_at: readAt }] = await query('SELECT now() AS read_at');
    const result = await work(query);
    await client.query('COMMIT');
    return { ...result, readAt };
  } catch (error) {
    broken = error;
    throw new DatabaseError(kindOfFailure(error), error);
  } finally {
    // A connection on which anything failed is not used again.
    client?.release(broken ?? undefined);
  }
}

// Whether pg can make anything of it.  What is no URL it would take for a host's name.
function isAddress(text) {
  if (!/^(postgres(ql)?:\/\/|socket:|\/)/.test(text)) return false;
  try {
    new pg.Client({ connectionString: text });
    return true;
  } catch (error) {
    // What else there is, such as a certificate that is missing, is said when it is tried.
    return !(error instanceof URIError || error.code === 'ERR_INVALID_URL');
  }
}

// null if there is no such address.
export function openDatabase({ connectionString, log = console.error } = {}) {
  if (connectionString && !isAddress(connectionString)) return null;
  const pool = new pg.Pool({
    connectionString,
    application_name: 'powernode console',
    max: 4,
    connectionTimeoutMillis: 3000,
    query_timeout: STATEMENT_MS + 2000,
    keepAlive: true,
  });
  // A connection that breaks is an event, on the pool while it is idle and on itself
  // while a page uses it; without a listener either would end the process.
  pool.on('error', (error) => log(`idle connection lost: ${error.message}`));
  pool.on('connect', (client) => client.on('error', (error) => log(`connection lost: ${error.message}`)));
  return {
    read: (work) => inSnapshot(pool, work),
    close: () => pool.end(),
  };
}
