/*
 * record.c
 *	  Writes a cycle: its row, its topology where that is new, its faults.
 *
 * Everything is written as the owner of the tables (session.h), after the
 * site's row in site_state was locked.  Arrays stand in tree order with
 * ordinals from 1; stored_nodes.c is the way back.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "pg/arrays.h"
#include "pg/compat.h"
#include "pg/control_total.h"
#include "pg/notify.h"
#include "pg/record.h"
#include "pg/session.h"
#include "pg/span.h"
#include "pg/topology.h"

/* Parameters of a statement being collected, in the order of its $n. */
#define MAX_PARAMETERS 48

typedef struct Parameters
{
	Oid			types[MAX_PARAMETERS];
	Datum		values[MAX_PARAMETERS];
	char		nulls[MAX_PARAMETERS];
	int			count;
	uint64		total;			/* of the numbers counted, for control_total */
	Size		bytes;			/* of the arrays */
} Parameters;

static void
add_parameter(Parameters *to, Oid type, Datum value, bool isnull)
{
	Assert(to->count < MAX_PARAMETERS);
	to->types[to->count] = type;
	to->values[to->count] = value;
	to->nulls[to->count++] = isnull ? 'n' : ' ';
}

static void
add_text(Parameters *to, const char *text)
{
	add_parameter(to, TEXTOID, text == NULL ? (Datum) 0 : CStringGetTextDatum(text), text == NULL);
}

static void
add_int(Parameters *to, int32 value, bool isnull)
{
	add_parameter(to, INT4OID, Int32GetDatum(value), isnull);
}

static void
add_time(Parameters *to, TimestampTz time, bool isnull)
{
	add_parameter(to, TIMESTAMPTZOID, TimestampTzGetDatum(time), isnull);
}

/* The same of numbers that the cycle's control total counts. */
static void
count_int(Parameters *to, NumberColumn column, int32 value, bool isnull)
{
	add_int(to, value, isnull);
	add_number(&to->total, column, 0, isnull ? -1 : value);
}

static void
count_word(Parameters *to, NumberColumn column, const char *word)
{
	add_text(to, word);
	add_word(&to->total, column, word);
}

static void
count_time(Parameters *to, NumberColumn column, TimestampTz time, bool isnull)
{
	add_time(to, time, isnull);
	add_number(&to->total, column, 0, isnull || TIMESTAMP_NOT_FINITE(time) ? -1 : time);
}

static void
add_array(Parameters *to, Oid type, ArrayType *array)
{
	to->bytes += array == NULL ? 0 : VARSIZE(array);
	add_parameter(to, type, PointerGetDatum(array), array == NULL);
}

/*
 * When the setpoints stop being an answer: after their time to live, or when
 * an envelope begins that they know nothing of.
 */
static TimestampTz
expiry(const Decision *decision, TimestampTz completed_at)
{
	Derivation *derivation = decision->derivation;
	const SiteData *data = derivation->data;
	TimestampTz expires = later_by(Min(derivation->at, completed_at), &derivation->ttl);

	for (int32 i = 0; i < data->nenvelopes; i++)
	{
		const EnvelopeRow *envelope = &data->envelopes[i];

		if (envelope->valid_from != NO_TIME && envelope->valid_from > derivation->at &&
			(envelope->valid_to == NO_TIME || envelope->valid_to > envelope->valid_from))
			expires = Min(expires, envelope->valid_from);
	}
	return expires;
}

/* The expiry of the cycle that stays in force; false where none is. */
static bool
expiry_in_force(const SiteState *state, TimestampTz *expires)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, INT4OID};
	Datum		values[] = {
		CStringGetTextDatum(state->site_id),
		Int32GetDatum(state->in_force_cycle_no)
	};
	bool		isnull = true;

	if (state->in_force_cycle_no == 0)
		return false;
	run_kept(&plan,
			 "SELECT expires_at FROM powernode.cycle WHERE site_id = $1 AND cycle_no = $2",
			 2, types, values, NULL, false, SPI_OK_SELECT);
	if (SPI_processed > 0)
		*expires = DatumGetTimestampTz(SPI_getbinval(SPI_tuptable->vals[0],
													 SPI_tuptable->tupdesc, 1, &isnull));
	SPI_freetuptable(SPI_tuptable);
	return !isnull;
}

static void
add_outcome(Parameters *to, const SiteState *state, const Decision *decision,
			TimestampTz completed_at)
{
	const Derivation *derivation = decision->derivation;
	bool		rejected = decision->outcome == OUTCOME_REJECTED;
	TimestampTz expires = 0;
	bool		expires_known = true;

	if (rejected)
		expires_known = expiry_in_force(state, &expires);
	else
		expires = expiry(decision, completed_at);

	count_word(to, NUMBER_OUTCOME, outcome_name(decision->outcome));
	count_word(to, NUMBER_REASON, decision->reason);
	add_text(to, decision->message);
	count_time(to, NUMBER_EVALUATED_AT, derivation->at, false);
	count_time(to, NUMBER_COMPLETED_AT, completed_at, false);
	count_time(to, NUMBER_EXPIRES_AT, expires, !expires_known);
	count_word(to, NUMBER_TOPOLOGY, rejected ? NULL : topology_name(derivation->flat));
	count_word(to, NUMBER_CONTROL_MODE, derivation->mode_known ? control_mode_name(derivation->mode) : NULL);
	count_word(to, NUMBER_POLICY, derivation->policy_known ? pn_policy_name(derivation->policy) : NULL);
}

static void
add_totals(Parameters *to, const Decision *decision)
{
	const Derivation *derivation = decision->derivation;
	bool		rejected = decision->outcome == OUTCOME_REJECTED;

	count_int(to, NUMBER_LIMIT_W, (int32) derivation->capacity_w,
			  rejected || derivation->capacity_w == ABSENT);
	count_int(to, NUMBER_DEMAND_W, decision->demand_w, rejected);
	count_int(to, NUMBER_ALLOCATED_W, decision->allocated_w, rejected);
	count_int(to, NUMBER_CURTAILED_W, decision->demand_w - decision->allocated_w, rejected);
}

/* The node that constrained the cycle: the primary, or the first fault's. */
static void
add_constraining_node(Parameters *to, const Decision *decision)
{
	const Derivation *derivation = decision->derivation;
	bool		curtailed = decision->outcome == OUTCOME_CURTAILED;
	bool		rejected = decision->outcome == OUTCOME_REJECTED;
	const Balance *balance = &decision->balance;
	int32		p = curtailed ? balance->explanation.primary : 0;

	add_text(to, decision_node_id(decision));
	add_text(to, decision_node_kind(decision));
	add_text(to, curtailed ? derivation->nodes[p].name :
			 rejected ? derivation->faults.items[0].name : NULL);
	count_int(to, NUMBER_CONSTRAINING_LIMIT_W, curtailed ? balance->problem.limit[p] : 0,
			  !curtailed || balance->problem.limit[p] == PN_NO_LIMIT);
	count_int(to, NUMBER_CONSTRAINING_ASKED_W,
			  curtailed ? (int32) balance->allocation.asked[p] : 0, !curtailed);
	count_int(to, NUMBER_CONSTRAINED_NODES, balance->explanation.binding_nodes, false);
	count_int(to, NUMBER_CURTAILED_LEAVES, balance->explanation.curtailed_leaves, false);
	count_int(to, NUMBER_FAULTS, derivation->faults.count, false);
}

static void
add_figures(Parameters *to, const Decision *decision)
{
	CycleArrays arrays = {0};

	if (decision->outcome != OUTCOME_REJECTED)
		arrays = cycle_arrays(decision);
	add_array(to, INT4ARRAYOID, arrays.limits);
	add_array(to, INT2ARRAYOID, arrays.limit_sources);
	add_array(to, INT4ARRAYOID, arrays.demands);
	add_array(to, INT4ARRAYOID, arrays.asked);
	add_array(to, INT4ARRAYOID, arrays.allocated);
	add_array(to, INT4ARRAYOID, arrays.bottlenecks);
	add_array(to, INT4ARRAYOID, arrays.offline);
	add_array(to, TEXTARRAYOID, arrays.vehicles);
	add_array(to, INT4ARRAYOID, arrays.tiers);
	add_array(to, INT4ARRAYOID, arrays.weights);
	add_array(to, INT4ARRAYOID, arrays.minimums);
	add_array(to, INT4ARRAYOID, arrays.turns);
	add_parameter(to, INT8OID, Int64GetDatum((int64) (to->total + arrays.total)), false);
	check_recordable(decision->derivation->tree.n, to->bytes + OTHER_COLUMNS, "The row of a cycle of it");
}

static void
insert_cycle(const SiteState *state, const Decision *decision, int32 cycle_no,
			 int32 topology_no, TimestampTz started_at)
{
	static SPIPlanPtr plan = NULL;
	Parameters	to = {.count = 0};
	const SiteRow *site = &decision->derivation->data->sites[0];
	bool		rejected = decision->outcome == OUTCOME_REJECTED;
	TimestampTz completed_at = GetCurrentTimestamp();
	Interval	duration = {.time = completed_at - started_at};

	add_text(&to, state->site_id);
	count_int(&to, NUMBER_CYCLE_NO, cycle_no, false);
	count_int(&to, NUMBER_TOPOLOGY_NO, topology_no, rejected);
	add_text(&to, site->microgrid_id);
	add_text(&to, site->name);
	add_outcome(&to, state, decision, completed_at);
	add_totals(&to, decision);
	add_constraining_node(&to, decision);
	count_int(&to, NUMBER_IN_FORCE_CYCLE_NO, rejected ? state->in_force_cycle_no : cycle_no,
			  rejected && state->in_force_cycle_no == 0);
	add_text(&to, GetUserNameFromId(GetSessionUserId(), false));
	add_parameter(&to, INTERVALOID, IntervalPGetDatum(&duration), false);
	add_number(&to.total, NUMBER_DURATION, 0, duration.time);
	add_figures(&to, decision);

	run_kept(&plan,
			 "INSERT INTO powernode.cycle (site_id, cycle_no, topology_no, microgrid_id, site_name,"
			 " outcome, reason, message, evaluated_at, completed_at, expires_at,"
			 " topology, control_mode, policy, limit_w, demand_w, allocated_w, curtailed_w,"
			 " constraining_node_id, constraining_node_kind, constraining_node_name,"
			 " constraining_limit_w, constraining_asked_w,"
			 " constrained_nodes, curtailed_leaves, faults, in_force_cycle_no, recorded_by, duration,"
			 " limits, limit_sources, demands, asked, allocated, bottlenecks, offline, vehicles,"
			 " tiers, weights, minimums, turns, control_total)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
			 " $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29,"
			 " $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42)",
			 to.count, to.types, to.values, to.nulls, false, SPI_OK_INSERT);
}

/*
 * The faults as one array a column: one statement for all.  They rank after the
 * constraints.
 */
static void
insert_faults(const SiteState *state, const Decision *decision, int32 cycle_no)
{
	static SPIPlanPtr plan = NULL;
	Parameters	to = {.count = 0};
	FaultArrays arrays;

	if (decision->derivation->faults.count == 0)
		return;
	arrays = fault_arrays(&decision->derivation->faults);
	add_text(&to, state->site_id);
	add_int(&to, cycle_no, false);
	add_int(&to, decision_constraints(decision), false);
	add_array(&to, TEXTARRAYOID, arrays.reason);
	add_array(&to, TEXTARRAYOID, arrays.node_id);
	add_array(&to, TEXTARRAYOID, arrays.kind);
	add_array(&to, TEXTARRAYOID, arrays.source_id);
	add_array(&to, TEXTARRAYOID, arrays.name);
	add_array(&to, TEXTARRAYOID, arrays.message);

	run_kept(&plan,
			 "INSERT INTO powernode.cycle_fault (site_id, cycle_no, rank, reason,"
			 " node_id, kind, source_id, name, message)"
			 " SELECT $1, $2, $3 + u.place, u.reason, u.node_id, u.kind, u.source_id, u.name, u.message"
			 " FROM ROWS FROM (pg_catalog.unnest($4), pg_catalog.unnest($5), pg_catalog.unnest($6),"
			 " pg_catalog.unnest($7), pg_catalog.unnest($8), pg_catalog.unnest($9)) WITH ORDINALITY"
			 " AS u (reason, node_id, kind, source_id, name, message, place)",
			 to.count, to.types, to.values, to.nulls, false, SPI_OK_INSERT);
}

/* topology is what the site's next cycle is to compare its own with. */
static void
advance_state(const SiteState *state, int32 cycle_no, bool in_force, const KeptTopology *topology)
{
	static SPIPlanPtr plan = NULL;
	Parameters	to = {.count = 0};

	add_text(&to, state->site_id);
	add_int(&to, state->cycle_no, false);
	add_int(&to, cycle_no, false);
	add_int(&to, in_force ? cycle_no : state->in_force_cycle_no,
			!in_force && state->in_force_cycle_no == 0);
	add_int(&to, topology->topology_no, topology->topology_no == 0);
	add_parameter(&to, BYTEAOID,
				  PointerGetDatum(cstring_to_text_with_len((const char *) topology->digest,
														   sizeof(topology->digest))),
				  topology->topology_no == 0);

	run_kept(&plan,
			 "UPDATE powernode.site_state SET cycle_no = $3, in_force_cycle_no = $4,"
			 " topology_no = $5, topology_digest = $6, last_error = NULL, last_error_at = NULL"
			 " WHERE site_id = $1 AND cycle_no = $2",
			 to.count, to.types, to.values, to.nulls, false, SPI_OK_UPDATE);
	if (SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("site \"%s\" is being balanced by this session already", state->site_id),
				 errdetail("Another cycle of it was recorded while cycle %d was worked out.", cycle_no),
				 errhint("Functions below the sources must not call rebalance().")));
}

int32
record_cycle(const SiteState *state, const Decision *decision, TimestampTz started_at)
{
	bool		rejected = decision->outcome == OUTCOME_REJECTED;
	KeptTopology topology = state->topology;
	OwnerSession owner;
	int32		cycle_no;

	if (pg_add_s32_overflow(state->cycle_no, 1, &cycle_no))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("site \"%s\" has no more cycle numbers", state->site_id),
				 errdetail("Its latest cycle is %d.", state->cycle_no),
				 errhint("Delete the site's rows from powernode's tables to begin at 1.")));

	owner = owner_session_begin();
	if (!rejected)
		topology = keep_topology(state->site_id, &state->topology, decision->derivation);
	advance_state(state, cycle_no, !rejected, &topology);
	insert_cycle(state, decision, cycle_no, topology.topology_no, started_at);
	insert_faults(state, decision, cycle_no);
	notify_of_cycle(state, decision, cycle_no);
	owner_session_end(owner);
	return cycle_no;
}
