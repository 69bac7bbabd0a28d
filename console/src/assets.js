// The three files of public/, read once; there are no others to be had.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

function read(name, type) {
  const body = readFileSync(new URL(`../public/${name}`, import.meta.url), 'utf8');
  const tag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 24)}"`;
  return { body, type, tag };
}

export const assets = {
  'style.css': read('style.css', 'text/css; charset=utf-8'),
  'refresh.js': read('refresh.js', 'text/javascript; charset=utf-8'),
  'favicon.svg': read('favicon.svg', 'image/svg+xml'),
};
