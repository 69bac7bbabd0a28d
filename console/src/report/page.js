// The report of a scenario as one page that needs nothing else.  Pure.

import { createHash } from 'node:crypto';
import { raw } from 'hono/html';
import { barDefs } from '../pages/bar.js';
import { html, name, sentence, stateTag } from '../pages/html.js';
import { chart } from './chart.js';
import { markdown } from './markdown.js';
import { summary } from './part.js';

// No script, and no style but the one sheet that is in the page.
const policy = (sheet) => `default-src 'none'; style-src 'sha256-${createHash('sha256').update(sheet).digest('base64')}'`;

//   title, depot   of the scenario's README
//   steps   [{ no, time, title, change, sql, working, modes: [{ mode, site }] }],
//           site being that of capture.js
//   style   the sheets, as text
export function reportPage({ title, depot, steps, style }) {
  const sheet = `\n${style}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(sheet)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${sentence(title)} · powernode</title>
<style>${raw(sheet)}</style>
</head>
<body class="report">
<a class="skip" href="#main">Skip to content</a>
${barDefs}
<main id="main" tabindex="-1">
<h1>${sentence(title)}</h1>
${about(steps)}
${contents(steps)}
${depot ? html`<section aria-labelledby="depot"><h2 id="depot">The depot</h2>
<div class="prose">${markdown(depot)}</div></section>` : ''}
${allocation(steps)}
${steps.map(step)}
</main>
</body>
</html>
`;
}

const modesOf = (steps) => steps[0]?.modes.map(({ mode }) => mode) ?? [];

const about = (steps) => html`<p class="about">What powernode's views said after each of ${steps.length} steps, in control ${modesOf(steps).length > 1 ? 'modes' : 'mode'} ${modesOf(steps).join(' and ')}, as the operator console shows it. Each step has what changed, what was worked out by hand and what was seen; the run that wrote this compared the two, figure by figure, before it did. Nothing in here depends on when or where that was: each page is as read at the moment that its cycle was worked out for, which also stands for when the cycle completed.</p>`;

const idOf = (no, mode) => `step-${no}${mode ? `-${mode.toLowerCase()}` : ''}`;

const nameOf = ({ no, time, title }) => [no, time, title].filter(Boolean).join(' · ');

const contents = (steps) => html`<nav aria-labelledby="contents"><h2 id="contents">Contents</h2>
<p><a href="#depot">The depot</a> · <a href="#allocation">Allocation per circuit</a> · the steps:</p>
<table class="list toc"><thead><tr><th scope="col">Step</th>${modesOf(steps).map((mode) => html`<th scope="col">${mode}</th>`)}</tr></thead>
<tbody>${steps.map((one) => html`<tr><th scope="row"><a href="#${idOf(one.no)}">${nameOf(one)}</a></th>${one.modes.map(({ mode, site }) =>
    html`<td class="wide" data-l="${mode}"><a href="#${idOf(one.no, mode)}">${stateTag(site.data.status.state)}</a>${because(site.data.status)}</td>`)}</tr>
`)}</tbody></table></nav>`;

const because = (status) => (status.constraining_node_name === null ? ''
  : html`<small>${status.reason} at ${name(status.constraining_node_name)}</small>`);

const allocation = (steps) => html`<section aria-labelledby="allocation"><h2 id="allocation">Allocation per circuit</h2>
${modesOf(steps).map((mode, i) => html`<h3>${mode}</h3>
${chart(steps.map(({ no, modes }) => ({ no, id: idOf(no, mode), data: modes[i].site.data })), `Allocation per circuit, ${mode}`)}`)}
</section>`;

function step(one, at, steps) {
  return html`<section class="step" aria-labelledby="${idOf(one.no)}">
<h2 id="${idOf(one.no)}">${nameOf(one)}</h2>
<div class="story"><div class="prose"><h3>What changes</h3>
<p>${one.change}</p>
${one.sql ? html`<pre tabindex="0">${one.sql}</pre>` : ''}</div>
<div class="prose"><h3>Worked out by hand</h3>
${markdown(one.working)}</div></div>
${one.modes.map(({ mode, site }, i) => html`<section class="mode" aria-labelledby="${idOf(one.no, mode)}"><h3 id="${idOf(one.no, mode)}">Step ${one.no}, ${mode}</h3>
${summary(site, `${idOf(one.no, mode)}-`, (cycle) => idOf(cycleStep(steps, i, cycle) ?? one.no, mode))}
</section>`)}
<p class="up"><a href="#contents">Contents</a></p>
</section>`;
}

const cycleStep = (steps, i, cycle) =>
  steps.find(({ modes }) => modes[i].site.data.status.cycle_no === cycle)?.no;
