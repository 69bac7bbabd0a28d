/*
 * rebalance.c
 *	  The cycle, from top to bottom.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "pg/decide.h"
#include "pg/entry.h"
#include "pg/record.h"
#include "pg/session.h"

PG_FUNCTION_INFO_V1(powernode_rebalance);

static Datum
text_or_null(const char *text, bool *isnull)
{
	*isnull = text == NULL;
	return text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

/* The function's row; text goes into the current memory context. */
static HeapTuple
result_row(TupleDesc desc, const char *site_id, int32 cycle_no,
		   const Decision *decision)
{
	bool		rejected = decision->outcome == OUTCOME_REJECTED;
	Datum		values[10];
	bool		nulls[10] = {0};

	values[0] = CStringGetTextDatum(site_id);
	values[1] = Int32GetDatum(cycle_no);
	values[2] = CStringGetTextDatum(outcome_name(decision->outcome));
	values[3] = CStringGetTextDatum(decision->reason);
	values[4] = CStringGetTextDatum(topology_name(decision->derivation->flat));
	values[5] = Int32GetDatum(decision->demand_w);
	values[6] = Int32GetDatum(decision->allocated_w);
	values[7] = Int32GetDatum(decision->demand_w - decision->allocated_w);
	nulls[4] = nulls[5] = nulls[6] = nulls[7] = rejected;
	values[8] = text_or_null(decision_node_id(decision), &nulls[8]);
	values[9] = text_or_null(decision_node_kind(decision), &nulls[9]);
	return heap_form_tuple(desc, values, nulls);
}

/*
 * powernode.rebalance(site_id, at, policy, control_mode) → record
 *
 * Runs and records one cycle.  P0002 for no such site, 22023 for bad options,
 * 25006 where nothing can be written, 40001 to be retried.
 */
Datum
powernode_rebalance(PG_FUNCTION_ARGS)
{
	TimestampTz started_at = GetCurrentTimestamp();
	MemoryContext caller = CurrentMemoryContext;
	CycleOptions options;
	SiteState	state;
	Decision   *decision;
	HeapTuple	row;
	TupleDesc	desc;
	int32		cycle_no;
	char	   *site_id = site_id_argument(fcinfo);

	PreventCommandIfReadOnly("rebalance()");
	PreventCommandIfParallelMode("rebalance()");
	options.at = at_argument(fcinfo, 1);
	options.policy = text_argument(fcinfo, 2);
	options.control_mode = text_argument(fcinfo, 3);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "rebalance() must return a row");
	desc = BlessTupleDesc(desc);

	spi_session_begin();
	site_id = own_site_id(site_id, options.at);
	state = lock_site(site_id);
	decision = decide(derive_for_recording(site_id, &options));
	cycle_no = record_cycle(&state, decision, started_at);

	MemoryContextSwitchTo(caller);
	row = result_row(desc, site_id, cycle_no, decision);
	spi_session_end();
	PG_RETURN_DATUM(HeapTupleGetDatum(row));
}
