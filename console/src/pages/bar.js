// One bar per row, drawn with attributes only: the page allows no inline style.
//
// 100 units are the node's limit, wherever the row stands, and the line is drawn
// there; what is asked beyond it goes on to 200 units and is cut there.

import { raw } from 'hono/html';

const FULL = 100;
const END = 200;

export const barDefs = raw('<svg class="defs" aria-hidden="true" width="0" height="0"><defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0v4"/></pattern><g id="limit"><path class="t" d="M.5.5h99v11h-99z"/><path class="l" d="M100 0v12"/></g></defs></svg>');

// Lengths of a row's parts; without a limit what is asked fills the bar.
export function barParts({ limit_w: limit, asked_w: asked, allocated_w: allocated }) {
  const full = limit ?? asked;
  if (!full) return { track: limit === null ? 0 : FULL, fill: 0, asked: 0, over: asked > 0 ? FULL : 0, cut: asked > 0 };
  const units = (watts) => Math.round((watts / full) * FULL);
  const reach = units(asked);
  return {
    track: limit === null ? 0 : FULL,
    fill: Math.min(units(allocated), FULL),
    asked: Math.min(reach, END),
    over: Math.max(0, Math.min(reach, END) - FULL),
    cut: reach > END,
  };
}

// The bar in words, in parts of the limit.
function spoken({ limit_w: limit, asked_w: asked, allocated_w: allocated }) {
  const part = (watts) => Math.round((watts / limit) * 100);
  return limit ? `${part(allocated)} %, asked ${part(asked)} %` : limit === 0 ? 'limit 0' : 'no limit';
}

export function bar(row) {
  const p = barParts(row);
  const track = p.track ? '<use href="#limit"/>' : '';
  const fill = p.fill ? `<path class="f" d="M0 6h${p.fill}"/>` : '';
  const over = p.over ? `<path class="o" d="M100 1.5h${p.over}v9h-${p.over}z"/>` : '';
  const asked = p.asked ? `<path class="a" d="M${p.asked} 0v12"/>` : '';
  const cut = p.cut ? '<path class="c" d="M190 2l4 4-4 4"/>' : '';
  return raw(`<svg viewBox="0 0 202 12" role="img" aria-label="${spoken(row)}">${fill}${over}${track}${asked}${cut}</svg>`);
}
