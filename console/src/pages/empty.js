// The summary of a site that no cycle has completed for: not an error, and not zeros.

import { ago, html, name, stateTag } from './html.js';
import { siteHead } from './site.js';

export function empty(model, ctx) {
  const { status } = model;
  return html`${siteHead(model, ctx)}
<section class="banner none" aria-label="Outcome">
<p class="tags">${stateTag('NO_COMPLETED_CYCLE')}</p>
<p class="headline">No cycle has completed for this site yet</p>
<p>Nothing is allocated and no charger has a setpoint. The summary appears here with the first cycle, which the product's backend starts: <code>SELECT * FROM powernode.rebalance(…)</code>.</p>
${status.last_error ? html`<p class="error">The last try failed ${ago(status.last_error_at, ctx.now)} ago: ${name(status.last_error)}</p>` : ''}
</section>`;
}
