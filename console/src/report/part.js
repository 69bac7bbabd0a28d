// One page's summary as a part of a longer page: its ids are made unique, its headings
// two levels lower, its sections no landmarks, and what was folded is open.  Pure.

import { raw } from 'hono/html';
import { barDefs } from '../pages/bar.js';
import { constraintsSection } from '../pages/constraints.js';
import { siteMain } from '../pages/site.js';
import { constraintsModel, siteModel } from '../model.js';
import { html } from '../pages/html.js';

// Only what the part itself has is renamed: other links lead out of it.  Text cannot
// be mistaken for an attribute, because no quotation mark in it is left as it is.
export function embed(part, prefix) {
  const text = String(part).replace(String(barDefs), '');
  const own = new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
  return raw(text
    .replace(/(<section[^>]*?) aria-label(?:ledby)?="[^"]*"/g, '$1')
    .replace(/ (id="|href="#)([^"]*)"/g, (all, start, id) => (own.has(id) ? ` ${start}${prefix}${id}"` : all))
    .replace(/<(\/?)h2\b/g, '<$1h4')
    .replaceAll('<details ', '<details open '));
}

// The console's status summary of a site, and its table of constraints.
//   stepOf   the id of the step that a cycle was made in
export function summary({ data, now }, prefix, stepOf) {
  const links = { site: () => '', cycle: (id, no) => `#${stepOf(no)}` };
  const ctx = { links, now, part: true };
  const ran = data.status.cycle_no !== null;
  return embed(html`${siteMain(siteModel(data, now), ctx)}
${ran ? constraintsSection(constraintsModel(data, now), ctx) : ''}`, prefix);
}
