// The summary of a site that no cycle has completed for: not an error, and not zeros.

import { html, stateTag } from './html.js';
import { lastError, siteHead } from './site.js';

export function empty(model, ctx) {
  return html`${siteHead(model, ctx)}
<section class="banner none" aria-label="Outcome">
<p class="tags">${stateTag('NO_COMPLETED_CYCLE')}</p>
<p class="headline">No cycle has completed for this site yet</p>
<p>Nothing is allocated and no charger has a setpoint. The summary appears here with the first cycle, which the product's backend starts: <code>SELECT * FROM powernode.rebalance(…)</code>.</p>
${lastError(model, ctx)}
</section>`;
}
