// Captured rows, without any wall clock, made into what load.js gives.  Pure.

const moment = (text) => (text === null ? null : new Date(text).toISOString());

// Read at the very moment for which the cycle was worked out, so that its setpoints
// are fresh; that moment stands for when it completed too.
export function siteOf(captured) {
  const { status } = captured;
  const at = moment(status.evaluated_at);
  return {
    now: at,
    data: {
      ...captured,
      status: {
        ...status,
        evaluated_at: at,
        completed_at: at,
        expires_at: moment(status.expires_at),
        last_error_at: null,
      },
      setpoints: status.cycle_no === null ? null : captured.setpoints,
    },
  };
}
