// Keeps a page true: asks for it again every few seconds with its ETag, and when it
// has changed brings <main>, the trail and the title up to date in one go.  The page
// works without this.

const EVERY = 5000;
const TOO_LATE = 20000;
const STOPPED = 'Updates have stopped';
const PAUSED = 'powernode-console-paused';

const main = document.getElementById('main');
const trail = document.querySelector('header nav');
const state = document.getElementById('live-state');
const pause = document.getElementById('live-pause');
const copy = document.getElementById('live-copy');
const say = document.getElementById('live-say');

let timer = 0;
let asking = null; // the question that is out
let skew = new Date(main.dataset.now) - Date.now(); // the server's clock minus ours, in ms
let lastGood = new Date(Date.now() + skew);
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
  // A page of somebody else's, such as a proxy's that wants a password.
  if (!freshMain?.hasAttribute('data-tag')) throw new Error('not the console');
  const focused = main.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && placeOf(focused);
  const top = window.scrollY;
  document.title = fresh.title;
  morph(trail, document.adoptNode(fresh.querySelector('header nav')));
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

// The page as it is by now, null if it is still the same.
async function ask(signal) {
  const response = await fetch(location.href, {
    headers: { Accept: 'text/html', ...(main.dataset.tag ? { 'If-None-Match': main.dataset.tag } : {}) },
    cache: 'no-store', credentials: 'same-origin', signal,
  });
  // An error does not take away what is on the screen; the reader is told its age.
  if (!response.ok && ![304, 404].includes(response.status)) throw new Error(String(response.status));
  const text = response.status === 304 ? null : await response.text();
  const date = Date.parse(response.headers.get('Date') ?? '');
  if (date) skew = date - Date.now();
  return text;
}

// One question at a time: the next one, a pause or a hidden tab take it back, so that no
// late answer puts an older cycle over a newer one.
function takeBack() {
  clearTimeout(timer);
  asking?.abort();
  asking = null;
}

async function poll() {
  takeBack();
  if (paused || document.hidden) return;
  const mine = new AbortController();
  asking = mine;
  const late = setTimeout(() => mine.abort(), TOO_LATE);
  try {
    const text = await ask(mine.signal);
    if (mine !== asking) return;
    if (text !== null) replacePage(text);
    lastGood = new Date(Date.now() + skew);
    show(`Live · ${clock(lastGood)}`);
    if (say.textContent === STOPPED) say.textContent = 'Updates go on';
  } catch {
    if (mine !== asking) return;
    show(`Not updated since ${clock(lastGood)}`, true);
    if (say.textContent !== STOPPED) say.textContent = STOPPED;
  } finally {
    clearTimeout(late);
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
  poll();
});

document.addEventListener('visibilitychange', poll);

// Back to a page that the browser had put away: another may have been paused meanwhile.
window.addEventListener('pageshow', ({ persisted }) => {
  if (!persisted) return;
  paused = recall();
  showPause();
  poll();
});

// What is on the screen, even if there is a newer cycle by now.
async function copyText() {
  const answer = await fetch(main.dataset.text, { cache: 'no-store', signal: AbortSignal.timeout(TOO_LATE) });
  if (!answer.ok) throw new Error(String(answer.status));
  await navigator.clipboard.writeText(await answer.text());
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
