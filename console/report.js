// Prints what a scenario captured as one HTML page:
//
//   node report.js SCENARIO CAPTURED
//
//   SCENARIO   has README.md and steps/STEP.sql
//   CAPTURED   has MODE/STEP.json, written by the scenario's capture_json.sql

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { siteOf } from './src/report/capture.js';
import { reportPage } from './src/report/page.js';
import { readme, stepFile } from './src/report/scenario.js';

const [scenario, captured] = process.argv.slice(2);
if (!captured) {
  console.error('usage: node report.js SCENARIO CAPTURED');
  process.exit(2);
}

const read = (...path) => readFileSync(join(...path), 'utf8');
const own = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');

const modes = readdirSync(captured, { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();

const { title, depot, steps } = readme(read(scenario, 'README.md'));

function step(name) {
  const no = name.split('-')[0];
  if (!steps.has(no)) throw new Error(`${scenario}/README.md has no section on step ${name}`);
  return {
    no,
    ...steps.get(no),
    ...stepFile(read(scenario, 'steps', `${name}.sql`)),
    modes: modes.map((mode) => ({ mode, site: siteOf(JSON.parse(read(captured, mode, `${name}.json`))) })),
  };
}

const names = readdirSync(join(scenario, 'steps')).filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -4)).sort();

process.stdout.write(String(reportPage({
  title, depot, steps: names.map(step),
  style: own('public/style.css') + own('src/report/report.css'),
})));
