/*
 * span.h
 *	  Times that lie a span apart.
 *
 * Counted in UTC, where a day has 24 hours, so that no session's time zone can
 * move them.
 */
#ifndef PN_SPAN_H
#define PN_SPAN_H

#include "datatype/timestamp.h"

/* time + span; DT_NOEND where that is past all times. */
extern TimestampTz later_by(TimestampTz time, Interval *span);

/* time - span, span not negative; DT_NOBEGIN where that is before all times. */
extern TimestampTz earlier_by(TimestampTz time, Interval *span);

/* Whether a span goes back in time, months counting as 30 days. */
extern bool span_is_negative(const Interval *span);

#endif							/* PN_SPAN_H */
