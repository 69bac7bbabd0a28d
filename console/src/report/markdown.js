// As much of Markdown as the scenarios' READMEs use for their figures: paragraphs,
// tables, indented blocks, **strong**, *emphasised*, `code`.  Pure.

import { raw } from 'hono/html';
import { html } from '../pages/html.js';

const escaped = (text) => String(html`${text}`);

const emphasis = (text) => escaped(text)
  .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
  .replace(/\*([^*\s][^*]*)\*/g, '<em>$1</em>');

// Every second piece between backticks is code.
const inline = (text) => raw(text.split('`')
  .map((piece, i) => (i % 2 ? `<code>${escaped(piece)}</code>` : emphasis(piece))).join(''));

const cells = (line) => line.replace(/^\||\|\s*$/g, '').split('|').map((cell) => cell.trim());

const isFigure = (cell) => /^[\d,.]+$/.test(cell);

// A column of figures is aligned as such, its heading too.
function table(lines) {
  const [head, , ...rows] = lines.map(cells);
  const figures = head.map((_, i) => rows.every((row) => isFigure(row[i] ?? '')));
  const style = (i) => (figures[i] ? html` class="n"` : '');
  return html`<table class="plain-table"><thead><tr>${head.map((c, i) => html`<th scope="col"${style(i)}>${inline(c)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((c, i) => html`<td${style(i)}>${inline(c)}</td>`)}</tr>
`)}</tbody></table>`;
}

function block(text) {
  const lines = text.split('\n');
  if (lines.every((line) => line.startsWith('|'))) return table(lines);
  if (lines.every((line) => line.startsWith('    '))) {
    return html`<pre tabindex="0">${lines.map((line) => line.slice(4)).join('\n')}</pre>`;
  }
  return html`<p>${inline(lines.join(' '))}</p>`;
}

export const markdown = (text) => html`${text.split(/\n(?:[ \t]*\n)+/).map((part) => part.replace(/^\n+|\s+$/g, ''))
  .filter(Boolean).map((part) => html`${block(part)}
`)}`;
