// Which rows each page needs.  `query` runs in the page's one snapshot.

import * as sql from './queries.js';

export const PAGE_SIZE = 50;
export const CYCLES_SIZE = 200;
const NO_CYCLE_LIMIT = 2147483647;

export async function loadSites(query, { q, state, page }) {
  const [counts] = await query(sql.SITE_COUNTS, [q]);
  const found = state ? counts[state.toLowerCase()] ?? 0 : counts.all;
  const pages = Math.max(1, Math.ceil(found / PAGE_SIZE));
  const shown = Math.min(page, pages);
  const sites = await query(sql.SITES, [q, state, PAGE_SIZE, (shown - 1) * PAGE_SIZE]);
  return { q, state, page: shown, pages, found, counts, sites };
}

// The latest cycle of a site; status is undefined where there is no such site.
export async function loadSite(query, id) {
  const [status] = await query(sql.STATUS_OF_SITE, [id]);
  if (!status?.cycle_no) return { status, nodes: [], constraints: [], setpoints: null };
  return {
    status,
    nodes: await query(sql.NODES, [id]),
    constraints: await query(sql.CONSTRAINTS, [id]),
    setpoints: await query(sql.SETPOINTS, [id]),
  };
}

// A recorded cycle; latest is the site's status now.
export async function loadCycle(query, id, cycleNo) {
  const [latest] = await query(sql.STATUS_OF_SITE, [id]);
  const [status] = latest ? await query(sql.CYCLE, [id, cycleNo]) : [];
  if (!status) return { latest, status, nodes: [], constraints: [], setpoints: null };
  const current = latest.in_force_cycle_no === cycleNo;
  return {
    latest,
    status,
    nodes: await query(sql.NODES_OF_CYCLE, [id, cycleNo]),
    constraints: await query(sql.CONSTRAINTS_OF_CYCLE, [id, cycleNo]),
    setpoints: current ? await query(sql.SETPOINTS, [id]) : null,
  };
}

export async function loadCycles(query, id, { hours, before }) {
  const [status] = await query(sql.STATUS_OF_SITE, [id]);
  if (!status) return { status, hours, cycles: [], more: false };
  const cycles = await query(sql.CYCLES,
    [id, hours, before ?? NO_CYCLE_LIMIT, CYCLES_SIZE + 1]);
  return {
    status,
    hours,
    before: before ?? null,
    cycles: cycles.slice(0, CYCLES_SIZE),
    more: cycles.length > CYCLES_SIZE,
  };
}
