// The words that the console has for powernode's codes.  Pure.
//
// A word never claims more than the code does: nothing is "overloaded" here,
// because powernode never hands out more than a node carries.

// A state is a symbol and a word, so that neither colour nor shape has to carry it.
export const STATES = {
  APPLIED: { code: 'APPLIED', symbol: '●', word: 'APPLIED', style: 'applied' },
  CURTAILED: { code: 'CURTAILED', symbol: '◐', word: 'CURTAILED', style: 'curtailed' },
  REJECTED: { code: 'REJECTED', symbol: '✕', word: 'REJECTED', style: 'rejected' },
  NO_COMPLETED_CYCLE: { code: 'NO_COMPLETED_CYCLE', symbol: '○', word: 'NO CYCLE', style: 'none' },
};

export const stateOf = (code) =>
  STATES[code] ?? { code, symbol: '?', word: String(code), style: 'none' };

const KINDS = {
  MICROGRID: 'Microgrid',
  GRID_CONNECTION: 'Grid connection',
  CIRCUIT: 'Circuit',
  CHARGE_POINT: 'Charge point',
  CONNECTOR: 'Connector',
};

export const kindWord = (kind) => KINDS[kind] ?? String(kind ?? '');

const LIMIT_SOURCES = {
  DEFAULT_CAPACITY: 'default capacity',
  SAFE_CAPACITY: 'safe capacity',
  OPERATING_ENVELOPE: 'operating envelope',
  BACKGROUND_LOAD: 'less background load',
  OFFLINE_RESERVE: 'less offline reserve',
  CHARGE_POINT_RATING: 'charge point rating',
  CONNECTOR_RATING: 'connector rating',
  SITE_CAPACITY: 'site capacity',
};

// The last two say what was taken from the rating, the others what the limit is.
export const limitSource = (code) =>
  code ? LIMIT_SOURCES[code] ?? String(code) : '';

const WORDS = { ...LIMIT_SOURCES, BACKGROUND_LOAD: 'background load', OFFLINE_RESERVE: 'offline reserve' };

// Any other code, such as a reason or a policy: EQUAL_SHARE -> "equal share".
export const plainWord = (code) =>
  code ? WORDS[code] ?? String(code).toLowerCase().replaceAll('_', ' ') : '–';

// What power is allocated to, in the words of powernode's own messages.
export const leafWord = (controlMode) => (controlMode === 'CONNECTOR' ? 'connector' : 'charger');

// The symbols of a node's state in the tree.
export const NODE_SYMBOLS = {
  binding: '◆',
  next: '◇',
  held: '◐',
  met: '●',
  within: '●',
  idle: '○',
  offline: '⊘',
};
