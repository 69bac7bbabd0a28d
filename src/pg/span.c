/*
 * span.c
 *	  Times that lie a span apart.
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "pg/span.h"

/*
 * At least as many microseconds as the span has, its negative parts left out;
 * false where they are too many to count.
 */
static bool
at_most(const Interval *span, int64 *micros)
{
	int64		days = (int64) Max(span->month, 0) * 31 + Max(span->day, 0);

	return !pg_mul_s64_overflow(days, USECS_PER_DAY, micros) &&
		!pg_add_s64_overflow(*micros, Max(span->time, 0), micros);
}

/* A guess that is never too near comes first, since the server's sum is an error. */
static TimestampTz
moved(TimestampTz time, int direction, Interval *span, PGFunction sum, TimestampTz beyond)
{
	int64		micros;
	TimestampTz guess;

	if (!at_most(span, &micros) || pg_add_s64_overflow(time, direction * micros, &guess) ||
		!IS_VALID_TIMESTAMP(guess))
		return beyond;
	return DatumGetTimestamp(DirectFunctionCall2(sum, TimestampGetDatum(time),
												 IntervalPGetDatum(span)));
}

TimestampTz
later_by(TimestampTz time, Interval *span)
{
	return moved(time, 1, span, timestamp_pl_interval, DT_NOEND);
}

TimestampTz
earlier_by(TimestampTz time, Interval *span)
{
	return moved(time, -1, span, timestamp_mi_interval, DT_NOBEGIN);
}

bool
span_is_negative(const Interval *span)
{
	int64		days = (int64) span->month * DAYS_PER_MONTH + span->day;

	/* Days out of the time first: what is left of it is less than one. */
	days += span->time / USECS_PER_DAY;
	return days < 0 || (days == 0 && span->time % USECS_PER_DAY < 0);
}
