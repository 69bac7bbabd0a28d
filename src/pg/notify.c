/*
 * notify.c
 *	  Tells listeners that a site's outcome has changed.
 *
 * Not per cycle: transactions that notify commit one after the other, in the
 * whole cluster.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/async.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "pg/guc.h"
#include "pg/notify.h"
#include "pg/session.h"

#define CHANNEL "powernode"

/* The server refuses a longer one, and async.c keeps the number to itself. */
#define MAX_PAYLOAD (BLCKSZ - NAMEDATALEN - 128 - 1)

/* Whether column of the row that was read is this text; NULL is equal to NULL. */
static bool
column_is(int column, const char *text)
{
	char	   *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column);

	return value == NULL || text == NULL ? value == text : strcmp(value, text) == 0;
}

/* A reason is one outcome's alone: where it is the same, so is the outcome. */
static bool
differs_from_before(const SiteState *state, const Decision *decision)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TEXTOID, INT4OID};
	Datum		values[] = {
		CStringGetTextDatum(state->site_id),
		Int32GetDatum(state->cycle_no)
	};
	bool		same;

	run_kept(&plan,
			 "SELECT reason, constraining_node_id"
			 " FROM powernode.cycle WHERE site_id = $1 AND cycle_no = $2",
			 2, types, values, NULL, false, SPI_OK_SELECT);
	same = SPI_processed > 0 &&
		column_is(1, decision->reason) &&
		column_is(2, decision_node_id(decision));
	SPI_freetuptable(SPI_tuptable);
	return !same;
}

void
notify_of_cycle(const SiteState *state, const Decision *decision, int32 cycle_no)
{
	StringInfoData payload;

	if (powernode_notify == NOTIFY_OFF || !differs_from_before(state, decision))
		return;
	initStringInfo(&payload);
	appendStringInfoString(&payload, "{\"site_id\": ");
	escape_json(&payload, state->site_id);
	appendStringInfo(&payload, ", \"cycle_no\": %d}", cycle_no);
	if (payload.len > MAX_PAYLOAD)
		ereport(WARNING,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("nobody is notified of cycle %d", cycle_no),
				 errdetail("The notification would have %d bytes, of at most %d: the site's id is too long.",
						   payload.len, (int) MAX_PAYLOAD),
				 errhint("Set powernode.notify to off for it, and read powernode.microgrid_status.")));
	else
		Async_Notify(CHANNEL, payload.data);
	pfree(payload.data);
}
