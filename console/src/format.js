// Numbers, times and addresses as people read them.  Pure.

// Whole watts as kW with one decimal, halves rounded up: 62450 -> "62.5".  What is
// there but would read 0.0 is said to be there.
export function kw(watts) {
  if (watts === null || watts === undefined) return '–';
  const size = Math.abs(watts);
  if (size > 0 && size < 50) return watts < 0 ? '>-0.1' : '<0.1';
  return (watts < 0 ? '-' : '') + (Math.floor((size + 50) / 100) / 10).toFixed(1);
}

// "4 chargers", "1 charger".
export function count(n, singular, plural = `${singular}s`) {
  return `${n} ${n === 1 ? singular : plural}`;
}

const two = (n) => String(n).padStart(2, '0');

// A moment with its zone: "2025-03-03 06:20 UTC", with seconds where there are any.
export function utc(moment) {
  if (!moment) return '–';
  const t = new Date(moment);
  if (Number.isNaN(t.getTime())) return '–';
  const day = `${t.getUTCFullYear()}-${two(t.getUTCMonth() + 1)}-${two(t.getUTCDate())}`;
  const seconds = t.getUTCSeconds() ? `:${two(t.getUTCSeconds())}` : '';
  return `${day} ${two(t.getUTCHours())}:${two(t.getUTCMinutes())}${seconds} UTC`;
}

// How long ago, in the largest unit that fits; public/refresh.js says it the same way.
export function age(moment, now) {
  if (!moment) return '–';
  const seconds = Math.round((new Date(now) - new Date(moment)) / 1000);
  if (seconds < 0) return 'in the future';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} days`;
}

// How long something took.
export function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
