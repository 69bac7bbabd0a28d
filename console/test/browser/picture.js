// Writes a picture of the WA PTA depot's page to standard output, as PNG: the third
// step of its morning as if it were now, so that nothing on the page is stale.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as stage from './stage.js';

const STEPS = fileURLToPath(new URL('../../../scenario/wa_pta/steps/', import.meta.url));

// As scenario/wa_pta/live takes a step: its times are those of 3 March 2025.
async function takeNow(db, step, folder) {
  const text = await readFile(`${STEPS}${step}.sql`, 'utf8');
  const at = /at => '([^']*)'/.exec(text)?.[1];
  if (!at) return;
  const file = path.join(folder, `${step}.sql`);
  await writeFile(file, `CALL wa_pta.turn_clock('${at}');\n`
    + text.replaceAll(/'2025-03-03 [^']*'/g, (time) => `wa_pta.live(${time})`));
  await db.psql('-1', '-o', '/dev/null', '-v', `site=${stage.SITE}`, '-f', file);
}

const opened = [];
const open = async (what) => { opened.unshift(await what); return opened[0]; };
const folder = await mkdtemp(path.join(os.tmpdir(), 'picture-'));
try {
  const db = await open(stage.makeDatabase());
  await stage.onManage(db);
  await db.sql('CREATE SCHEMA wa_pta');
  await db.psql('-v', 'mode=CHARGER', '-f', 'data.sql', '-f', 'live.sql');
  for (const step of stage.MORNING.slice(0, 4)) await takeNow(db, step, folder);
  const web = await open(stage.startConsole(db));
  const browser = await open(stage.startBrowser());
  const page = await stage.openPage(browser, web, { colorScheme: 'light', viewport: { width: 1280, height: 832 } });
  await page.visit(`/site/${stage.SITE}`);
  process.stdout.write(await page.screenshot({ clip: { x: 0, y: 0, width: 1280, height: 832 } }));
} finally {
  await stage.closeAll(...opened);
  await rm(folder, { recursive: true });
}
