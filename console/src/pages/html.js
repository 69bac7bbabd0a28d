// Pieces that several pages share.  Every name comes from somebody else's table, so
// each is isolated in <bdi>: it can neither mark up the page nor turn its text around.

import { html } from 'hono/html';
import { age, utc } from '../format.js';
import { stateOf } from '../words.js';

export { html };

// What somebody else wrote, without what would turn the text after it around: an
// isolate that a name leaves open is not closed by the end of its <bdi>.
export const sentence = (text) => String(text ?? '').replace(/[\u202a-\u202e\u2066-\u2069]/g, '');

export const name = (text) => html`<bdi>${sentence(text)}</bdi>`;

export const node = (kind, text) => html`${kind} ${name(text)}`;

// A symbol says nothing to a screen reader; the word beside it says all.
export const symbol = (sign) => html`<span class="sym" aria-hidden="true">${sign}</span>`;

export function stateTag(code) {
  const state = stateOf(code);
  return html`<span class="tag ${state.style}">${symbol(state.symbol)} ${state.word}</span>`;
}

export const staleTag = html`<span class="tag stale">${symbol('◷')} STALE</span>`;

export const time = (moment) =>
  (moment ? html`<time datetime="${moment}">${utc(moment)}</time>` : '–');

// "3 min ago"; the script keeps it true between two answers of the server.
export const ago = (moment, now) =>
  (moment ? html`<time class="ago" datetime="${moment}" title="${utc(moment)}">${age(moment, now)}</time>` : '–');
