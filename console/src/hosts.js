// The names that a console may be asked for by.  Pure.

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const isLoopback = (host) => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);

// A console has no password: on loopback other web pages must not reach it by giving
// their own name this machine's address.  Elsewhere its names are known only where
// they are given; null for any.
//   listening   what it listens on
//   further     names with commas
export function hostsOf(listening, further = '') {
  const given = further.toLowerCase().split(',').map((host) => host.trim()).filter(Boolean);
  if (!isLoopback(listening) && !given.length) return null;
  return [...new Set([...LOOPBACK, listening.includes(':') ? `[${listening}]` : listening.toLowerCase(), ...given])];
}
