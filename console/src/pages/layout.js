// The frame of every page.  What is outside <main> does not depend on the data, but for
// the title and the trail: the script exchanges these three.

import { html, sentence } from './html.js';

//   title   of the document
//   main    the page's own HTML
//   say     what a screen reader is told when the page has changed
//   self    the page's own address, for the reload link and the text; '' for none
//   tag     the ETag of what is shown, for the script's first question
//   record  the address at which just this is kept, for a copy of it; self for none
//   now     the moment that ages are of
//   live    whether the script is to look for news
export function layout({ title, main, say = '', self = '', record = self, tag = '', now, live = true, links, trail = '' }) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${sentence(title)}</title>
<link rel="icon" href="${links.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${links.style}">
${links.script && live ? html`<script src="${links.script}" defer></script>` : ''}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<p class="brand"><a href="${links.sites()}">powernode</a></p>
<nav aria-label="Breadcrumb">${trail}</nav>
${self && live ? liveBar(self) : ''}
</header>
<main id="main" tabindex="-1" data-say="${sentence(say)}" data-tag="${tag}" data-now="${moment(now)}"${record ? html` data-text="${withFormat(record)}"` : ''}>
${main}
</main>
</body>
</html>`;
}

const liveBar = (self) => html`<div class="live">
<span id="live-state" hidden></span>
<button id="live-pause" type="button" aria-pressed="false" hidden>Pause</button>
<button id="live-copy" type="button" hidden>Copy as text</button>
<a href="${withFormat(self)}">Text for a ticket</a>
<a href="${self}" id="live-reload">Reload</a>
<span id="live-say" class="vh" role="status"></span>
</div>`;

const moment = (now) => new Date(now).toISOString();

const withFormat = (self) => `${self}${self.includes('?') ? '&' : '?'}format=text`;
