// Where each page is.  A site's id is any text, so it is always encoded.  Pages
// take their links from the caller: a report that is a set of files brings its own.

const withQuery = (path, query) => (String(query) ? `${path}?${query}` : path);

const site = (id) => `/site/${encodeURIComponent(id)}`;

export const links = {
  sites: ({ q = '', state = '', page = 1 } = {}) => {
    const query = new URLSearchParams();
    if (q) query.set('q', q);
    if (state) query.set('state', state);
    if (page > 1) query.set('page', String(page));
    return withQuery('/', query);
  },
  site,
  constraints: (id) => `${site(id)}/constraints`,
  cycles: (id, hours, before) => {
    const query = new URLSearchParams();
    if (hours) query.set('hours', String(hours));
    if (before) query.set('before', String(before));
    return withQuery(`${site(id)}/cycles`, query);
  },
  cycle: (id, no) => `${site(id)}/cycle/${no}`,
  cycleConstraints: (id, no) => `${site(id)}/cycle/${no}/constraints`,
  style: '/assets/style.css',
  script: '/assets/refresh.js',
  icon: '/assets/favicon.svg',
};
