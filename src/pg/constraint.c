/*
 * constraint.c
 *	  A node that is over-asked or binding: what it is called, and its sentence.
 */
#include "postgres.h"

#include "kernel/tree.h"
#include "pg/constraint.h"

int64
constraint_short(const NodeConstraint *constraint)
{
	if (constraint->limit_w == PN_NO_LIMIT)
		return 0;
	return Max(constraint->asked_w - constraint->limit_w, 0);
}

/* Whether the node holds leaves back by nothing but refusing their minimums. */
static bool
only_refuses(const NodeConstraint *constraint)
{
	return constraint->refused > 0 && constraint->refused == constraint->held_back;
}

/*
 * By what the node does, else by what took most of its limit, else by its kind.
 */
const char *
constraint_reason(const NodeConstraint *constraint)
{
	const char *of_limit = limit_source_reason(constraint->limit_source);

	if (only_refuses(constraint))
		return REASON_MINIMUM_POWER;
	return of_limit != NULL ? of_limit : kind_reason(constraint->kind);
}

/* "4 chargers", with the word for the mode's leaves. */
static char *
leaves_phrase(ControlMode mode, int32 count)
{
	return psprintf("%d %s%s", count, mode == MODE_CHARGER ? "charger" : "connector",
					count == 1 ? "" : "s");
}

static char *
limit_phrase(const NodeConstraint *constraint)
{
	if (constraint->limit_w == PN_NO_LIMIT)
		return pstrdup("no limit");
	return psprintf("limit %s kW (%s)", format_kw(constraint->limit_w),
					limit_source_word(constraint->limit_source));
}

/* Of a node that only refuses minimums; it need not be full. */
static char *
refusal_message(const NodeConstraint *constraint)
{
	if (constraint->is_leaf)
		return psprintf("%s %s is held back by its own minimum power of %s kW: %s kW asked, %s.",
						kind_word(constraint->kind), constraint->name,
						format_kw(constraint->minimum_w), format_kw(constraint->asked_w),
						limit_phrase(constraint));
	return psprintf("%s %s has no room for the minimum power of %s: %s kW asked, %s, %s kW allocated.",
					kind_word(constraint->kind), constraint->name,
					leaves_phrase(constraint->mode, constraint->refused),
					format_kw(constraint->asked_w), limit_phrase(constraint),
					format_kw(constraint->allocated_w));
}

char *
constraint_message(const NodeConstraint *constraint)
{
	char	   *what;

	if (only_refuses(constraint))
		return refusal_message(constraint);
	what = psprintf("%s %s is short by %s kW: %s kW asked, %s",
					kind_word(constraint->kind), constraint->name,
					format_kw(constraint_short(constraint)), format_kw(constraint->asked_w),
					limit_phrase(constraint));
	if (constraint->held_back == 0)
		return psprintf("%s, but it is not what holds %s back.", what,
						constraint->is_leaf ? "it" : "its chargers");
	what = psprintf("%s; %s %s held back", what,
					leaves_phrase(constraint->mode, constraint->held_back),
					constraint->held_back == 1 ? "is" : "are");
	if (constraint->refused == 0)
		return psprintf("%s.", what);
	return psprintf("%s, %d of them because %s minimum power does not fit.", what,
					constraint->refused, constraint->refused == 1 ? "its" : "their");
}
