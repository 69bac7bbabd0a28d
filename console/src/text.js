// The same pages as plain text for a ticket, at most 100 columns wide.  Pure.

import { age, count, kw, utc } from './format.js';
import { siteName } from './model.js';
import { stateText } from './tree.js';
import { kindWord, limitSource, plainWord, stateOf } from './words.js';

const WIDTH = 100;

// A name on one line: what would break the line or turn the text around goes.
export const plain = (text) => String(text ?? '')
  .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');

// Columns that a terminal gives a text, near enough: wide and combining characters.
const columns = (text) => (/^[ -~]*$/.test(text) ? text.length : [...text].reduce((sum, c) =>
  sum + (/\p{Mn}/u.test(c) ? 0 : /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(c) ? 2 : 1), 0));

const pad = (text, width) => text + ' '.repeat(Math.max(0, width - columns(text)));
const padLeft = (text, width) => ' '.repeat(Math.max(0, width - columns(text))) + text;

// Cuts a text into lines, at blanks where there are any.
export function wrap(text, indent = '', width = WIDTH) {
  const lines = [];
  let line = '';
  const room = width - indent.length;
  const words = plain(text).split(/\s+/).filter(Boolean)
    .flatMap((word) => word.match(new RegExp(`.{1,${room}}`, 'gu')));
  for (const word of words) {
    if (line && columns(line) + 1 + columns(word) > room) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return [...lines, indent + line].join('\n');
}

// Rows of cells in aligned columns.  What is too long for its column has a line of its
// own, so nothing is cut.  widths: positive left-aligned, negative right-aligned.
function rowsOf(widths, rows) {
  return rows.flatMap((cells) => {
    const lines = [];
    const fitted = cells.map((cell, i) => {
      const text = plain(cell).trimEnd();
      if (i === 0 && columns(text) > Math.abs(widths[0])) {
        const indent = /^ */.exec(text)[0];
        lines.push(wrap(text, indent));
        return pad('', Math.abs(widths[0]));
      }
      return widths[i] < 0 ? padLeft(text, -widths[i]) : pad(text, widths[i]);
    });
    return [...lines, lastWrapped(fitted, widths).trimEnd()];
  });
}

// The last cell may go on below itself.
function lastWrapped(cells, widths) {
  const before = cells.slice(0, -1).join('  ');
  const indent = widths.slice(0, -1).reduce((sum, w) => sum + Math.abs(w) + 2, 0);
  const last = wrap(cells.at(-1), ' '.repeat(Math.min(indent, WIDTH - 20)));
  return `${before}  ${last.trimStart()}`;
}

function headOf(model, now) {
  const { status } = model;
  const state = model.state ?? stateOf(status.outcome ?? status.state);
  const lines = [wrap(`Site ${siteName(status)} (${status.site_id})`)];
  const failed = status.last_error
    ? [wrap(`The last try failed ${age(status.last_error_at, now)} before this text: ${status.last_error}`)] : [];
  if (status.cycle_no === null) return [...lines, `${state.word}: no cycle has completed for this site yet.`, ...failed];
  lines.push(`Cycle ${status.cycle_no}: ${state.word} (${status.reason})${model.stale ? ' STALE' : ''}${model.in_force ? ' IN FORCE' : ''}`);
  lines.push(wrap(status.message, '  '), '');
  lines.push(`Worked out for ${utc(status.evaluated_at)}, completed ${utc(status.completed_at)} (${age(status.completed_at, now)} before this text).`);
  if (status.expires_at) lines.push(`Setpoints ${model.stale ? 'expired' : 'until'} ${utc(status.expires_at)}.`);
  if (status.policy) lines.push(`Shared out by ${plainWord(status.policy)}, per ${plainWord(status.control_mode)}.`);
  return [...lines, ...failed];
}

function figures({ status, limit_from: from }) {
  if (status.allocated_w === null) return [];
  const limit = status.limit_w === null ? 'no limit' : `limit ${kw(status.limit_w)} kW${from ? ` (${from})` : ''}`;
  return [wrap(`Allocated ${kw(status.allocated_w)} kW, demand ${kw(status.demand_w)} kW, held back ${kw(status.curtailed_w)} kW, ${limit}.`)];
}

function inForce(model) {
  if (model.status.outcome !== 'REJECTED') return [];
  const when = model.current ? '' : ' then';
  return [model.in_force_cycle_no === null ? `No cycle in force${when}.` : `In force${when}: cycle ${model.in_force_cycle_no}.`];
}

function faultLines({ faults }) {
  if (!faults.length) return [];
  return ['', count(faults.length, 'fault') + ':',
    ...faults.flatMap((f) => [wrap(`${f.reason}: ${f.message}`, '  ')])];
}

const TREE = [44, -9, -8, -8, 23];

function treeLines(rows) {
  if (!rows.length) return [];
  const cells = rows.map((row) => {
    const vehicle = row.vehicle_name ? ` (${plain(row.vehicle_name)})` : '';
    const indent = '  '.repeat(Math.min(row.depth, 12));
    const limit = row.limit_w === null ? 'no limit' : kw(row.limit_w);
    return [`${indent}${row.kind_word} ${plain(row.name)}${vehicle}`, kw(row.allocated_w),
      kw(row.asked_w), limit, stateText(row.state, false)];
  });
  return ['', ...rowsOf(TREE, [['Power in kW', 'allocated', 'asked', 'limit', 'state'], ...cells])];
}

export function siteText(model, now) {
  return [...headOf(model, now), ...figures(model), ...inForce(model), ...faultLines(model),
    ...treeLines(model.rows)];
}

export function constraintsText(model, now) {
  const rows = model.constraints.flatMap((c) => [
    '', `${c.rank}. ${c.reason}${c.binding ? '' : ' (not binding: next limit)'}`,
    wrap(c.message, '   '),
    `   limit ${kw(c.limit_w)} kW (${limitSource(c.limit_source)}), asked ${kw(c.asked_w)} kW, short by ${kw(c.short_w)} kW`,
    ...(c.held_back.length ? [wrap(`holds back ${c.held_back.map((h) => plain(h.name)).join(', ')}`, '   ')] : []),
  ]);
  return [...headOf(model, now), ...inForce(model), ...rows, ...faultLines(model)];
}

const CYCLES = [-7, 20, 9, -9, -9, 34];

export function cyclesText(model) {
  const rows = model.cycles.map((c) => [String(c.cycle_no), utc(c.evaluated_at),
    stateOf(c.outcome).word, kw(c.allocated_w), kw(c.demand_w), c.message]);
  return [wrap(`Site ${siteName(model.status)} (${model.status.site_id})`),
    `Cycles completed in the last ${count(model.hours, 'hour')}, newest first, power in kW`, '',
    ...rowsOf(CYCLES, [['cycle', 'worked out for', 'outcome', 'allocated', 'demand', 'message'], ...rows])];
}

const SITES = [38, 16, -9, -9, 18];

export function sitesText(model, now) {
  const rows = model.sites.map((s) => [plain(siteName(s)),
    stateOf(s.state).word + (s.stale ? ' STALE' : ''), kw(s.allocated_w), kw(s.limit_w),
    s.outcome === 'CURTAILED' ? `${kindWord(s.constraining_node_kind)} ${s.constraining_node_name}` : plainWord(s.reason)]);
  return [`Sites, page ${model.page_no} of ${model.pages}, ${model.found} in all, power in kW, read ${utc(now)}`, '',
    ...rowsOf(SITES, [['site', 'state', 'allocated', 'limit', 'constrained by'], ...rows])];
}

export const errorText = (model) => [model.title, wrap(model.advice)];
