// Keeps a page true: asks for it again every few seconds with its ETag, and when it
// has changed brings <main> up to date in one go.  The page works without this.

const EVERY = 5000;
const PAUSED = 'powernode-console-paused';

const main = document.getElementById('main');
const state = document.getElementById('live-state');
const pause = document.getElementById('live-pause');
const copy = document.getElementById('live-copy');
const say = document.getElementById('live-say');

let timer = 0;
let lastGood = new Date();
let skew = 0; // the server's clock minus ours, in ms
let paused = recall();

function recall() {
  try { return sessionStorage.getItem(PAUSED) === '1'; } catch { return false; }
}

function remember() {
  try { sessionStorage.setItem(PAUSED, paused ? '1' : '0'); } catch { /* not kept then */ }
}

// Makes `from` like `to`, touching only what differs, so that focus, selection and
// what is open stay where they are.
function morph(from, to) {
  if (from.isEqualNode(to)) return;
  if (from.nodeName !== to.nodeName || from.id !== to.id || from.nodeType !== 1) {
    from.replaceWith(to);
    return;
  }
  morphAttributes(from, to);
  morphChildren(from, [...to.childNodes]);
}

const keyOf = (node) => node.id || node.getAttribute?.('aria-labelledby') || '';

// The child that a fresh one is paired with: one of the same key from here on, or,
// without a key, the next if it is of the same kind.
function pairOf(child, next) {
  const key = keyOf(child);
  if (!key) return next && !keyOf(next) && next.nodeName === child.nodeName ? next : null;
  let pair = next;
  while (pair && keyOf(pair) !== key) pair = pair.nextSibling;
  return pair;
}

// A section that comes or goes displaces none of those that stay.
function morphChildren(from, fresh) {
  let next = from.firstChild;
  for (const child of fresh) {
    const pair = pairOf(child, next);
    if (!pair) {
      from.insertBefore(child, next);
      continue;
    }
    while (next !== pair) next = removed(next);
    next = pair.nextSibling;
    morph(pair, child);
  }
  while (next) next = removed(next);
}

function removed(node) {
  const following = node.nextSibling;
  node.remove();
  return following;
}

// The reader opens and closes details, not the server.
function morphAttributes(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

function replacePage(text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  const freshMain = fresh.getElementById('main');
  if (!freshMain) return;
  const focused = main.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && placeOf(focused);
  const top = window.scrollY;
  document.title = fresh.title;
  morph(main, document.adoptNode(freshMain));
  if (place && !document.contains(focused)) refocus(place);
  if (window.scrollY !== top) window.scrollTo({ top, behavior: 'instant' });
  say.textContent = main.dataset.say ?? '';
}

const CONTROLS = 'a[href], button, summary, input, select';

// Where something stands: in what, as which of its controls, and where it leads.
function placeOf(element) {
  const within = element.closest('[id]');
  return {
    within: within.id,
    nth: within === element ? -1 : [...within.querySelectorAll(CONTROLS)].indexOf(element),
    href: element.getAttribute('href'),
  };
}

function refocus({ within, nth, href }) {
  const holder = document.getElementById(within);
  const there = holder && (nth < 0 ? holder : holder.querySelectorAll(CONTROLS)[nth]);
  const again = there && there.getAttribute('href') === href ? there :
    [...main.querySelectorAll('a[href]')].find((a) => a.getAttribute('href') === href);
  (again || there || main).focus({ preventScroll: true });
}

function ageText(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} days`;
}

function updateAges() {
  for (const time of document.querySelectorAll('time.ago')) {
    const seconds = Math.round((Date.now() + skew - new Date(time.dateTime)) / 1000);
    const text = seconds < 0 ? 'in the future' : ageText(seconds);
    if (time.textContent !== text) time.textContent = text;
  }
}

const clock = (moment) => `${moment.toISOString().slice(11, 19)} UTC`;

function show(text, trouble = false) {
  state.textContent = text;
  state.classList.toggle('trouble', trouble);
}

async function ask() {
  const response = await fetch(location.href, {
    headers: { Accept: 'text/html', ...(main.dataset.tag ? { 'If-None-Match': main.dataset.tag } : {}) },
    cache: 'no-store', credentials: 'same-origin', signal: AbortSignal.timeout(20000),
  });
  const date = Date.parse(response.headers.get('Date') ?? '');
  if (date) skew = date - Date.now();
  if (response.status === 304) return;
  // An error does not take away what is on the screen; the reader is told its age.
  if (!response.ok && response.status !== 404) throw new Error(String(response.status));
  const text = await response.text();
  if (!paused) replacePage(text);
}

async function poll() {
  clearTimeout(timer);
  if (paused || document.hidden) return;
  try {
    await ask();
    lastGood = new Date(Date.now() + skew);
    show(`Live · ${clock(lastGood)}`);
  } catch {
    show(`Not updated since ${clock(lastGood)}`, true);
    if (say.textContent !== 'Updates have stopped') say.textContent = 'Updates have stopped';
  }
  timer = setTimeout(poll, EVERY);
}

function showPause() {
  pause.setAttribute('aria-pressed', String(paused));
  pause.textContent = paused ? 'Paused' : 'Pause';
  if (paused) show(`Not updated since ${clock(lastGood)}`);
}

pause.addEventListener('click', () => {
  paused = !paused;
  remember();
  showPause();
  if (!paused) poll();
});

document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else poll();
});

async function copyText() {
  const url = new URL(location.href);
  url.searchParams.set('format', 'text');
  const text = await (await fetch(url, { cache: 'no-store' })).text();
  await navigator.clipboard.writeText(text);
}

if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener('click', async () => {
    try {
      await copyText();
      say.textContent = 'Copied';
      copy.textContent = 'Copied';
    } catch {
      copy.textContent = 'Could not copy';
    }
    setTimeout(() => { copy.textContent = 'Copy as text'; }, 2000);
  });
}

state.hidden = false;
pause.hidden = false;
show('Live');
showPause();
// An age is of now, whether or not the page is.
setInterval(updateAges, EVERY);
if (!paused) timer = setTimeout(poll, EVERY);
