/*
 * kernel_glue.c
 *	  What the pure kernel needs from PostgreSQL.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/kernel_glue.h"

/*
 * The kernel asks this in its inner loops.  An error must not jump out of the
 * kernel, so it is caught here and left on the error stack; nothing between
 * here and kernel_check_status() raises another.
 */
static bool
interrupt_requested(void *arg)
{
	volatile bool stop = false;

	if (likely(!InterruptPending))
		return false;

	PG_TRY();
	{
		CHECK_FOR_INTERRUPTS();
	}
	PG_CATCH();
	{
		stop = true;
	}
	PG_END_TRY();

	return stop;
}

PnInterrupt
pg_interrupt(void)
{
	PnInterrupt check = {interrupt_requested, NULL};

	return check;
}

void
kernel_check_status(PnStatus status)
{
	if (status == PN_INTERRUPTED)
		PG_RE_THROW();
	if (status != PN_OK)
		elog(ERROR, "unexpected status %d of the powernode kernel",
			 (int) status);
}

static void *
array_huge(Size count, Size width, int flags)
{
	if (width > 0 && count > MaxAllocHugeSize / width)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many power nodes"),
				 errdetail("An array of %zu elements of %zu bytes does not fit into memory.",
						   count, width),
				 errhint("Check that the adapter views give one row per id.")));

	return palloc_extended(count * width, MCXT_ALLOC_HUGE | flags);
}

void *
palloc_array_huge(Size count, Size width)
{
	return array_huge(count, width, 0);
}

void *
palloc0_array_huge(Size count, Size width)
{
	return array_huge(count, width, MCXT_ALLOC_ZERO);
}
