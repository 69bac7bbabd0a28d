/*
 * attempt.c
 *	  What a pass over the fleet tries, and goes on after if it fails.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "pg/attempt.h"
#include "pg/session.h"

void
next_transaction(void)
{
	SPI_commit();
	XactIsoLevel = XACT_READ_COMMITTED;
}

/* Takes the error that is being handled, and leaves the handler. */
static ErrorData *
take_error(MemoryContext context)
{
	ErrorData  *error;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	FlushErrorState();
	return error;
}

/*
 * The error, or NULL; one by which somebody wants the pass to end, a cancel, a
 * timeout or a shutdown, is raised again.
 */
static ErrorData *
unless_it_ends_the_pass(ErrorData *error)
{
	if (error != NULL &&
		ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION))
		ReThrowError(error);
	return error;
}

ErrorData *
try_step(SiteStep step, DueSite *site)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	PG_TRY();
	{
		spi_session_begin();
		PushActiveSnapshot(GetTransactionSnapshot());
		step(site);
		PopActiveSnapshot();
		spi_session_end();
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		error = take_error(context);
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return unless_it_ends_the_pass(error);
}

ErrorData *
try_to_commit(void)
{
	MemoryContext context = CurrentMemoryContext;
	ErrorData  *volatile error = NULL;

	PG_TRY();
	{
		next_transaction();
	}
	PG_CATCH();
	{
		error = take_error(context);
		XactIsoLevel = XACT_READ_COMMITTED;
	}
	PG_END_TRY();
	return unless_it_ends_the_pass(error);
}

#define MOST_OF_A_MESSAGE 2000

char *
message_of(const ErrorData *error)
{
	const char *message = error->message != NULL ? error->message : "missing error text";
	int			length = (int) strnlen(message, MOST_OF_A_MESSAGE + 1);

	if (length <= MOST_OF_A_MESSAGE)
		return pstrdup(message);
	length = pg_mbcliplen(message, length, MOST_OF_A_MESSAGE);
	return psprintf("%.*s...", length, message);
}
