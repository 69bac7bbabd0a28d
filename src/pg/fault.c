/*
 * fault.c
 *	  The faults of a site's data: what is wrong, where, and in what order.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "pg/fault.h"

/* "Circuit C2", for the beginning of a sentence. */
static char *
culprit_label(const Culprit *culprit)
{
	const char *name = culprit->name != NULL ? culprit->name : culprit->id;

	return psprintf("%s %s", kind_word(culprit->kind), name != NULL ? name : "without an id");
}

static Fault *
new_fault(FaultList *faults)
{
	if (faults->count == faults->allocated)
	{
		faults->allocated = Max(16, faults->allocated * 2);
		if (faults->items == NULL)
			faults->items = palloc_extended(faults->allocated * sizeof(Fault), MCXT_ALLOC_HUGE);
		else
			faults->items = repalloc_huge(faults->items, faults->allocated * sizeof(Fault));
	}
	return &faults->items[faults->count++];
}

void
add_fault(FaultList *faults, FaultKind reason, const Culprit *culprit,
		  const char *format,...)
{
	Fault	   *fault = new_fault(faults);
	StringInfoData message;
	const char *id = culprit->id != NULL ? culprit->id : "";

	initStringInfo(&message);
	appendStringInfo(&message, "%s ", culprit_label(culprit));
	for (;;)
	{
		va_list		arguments;
		int			needed;

		va_start(arguments, format);
		needed = appendStringInfoVA(&message, format, arguments);
		va_end(arguments);
		if (needed == 0)
			break;
		enlargeStringInfo(&message, needed);
	}

	fault->reason = reason;
	fault->kind = culprit->kind;
	fault->source_id = pstrdup(id);
	fault->name = pstrdup(culprit->name != NULL ? culprit->name : id);
	fault->node_id = make_node_id(culprit->kind, id);
	fault->message = message.data;
	fault->place = culprit->place;
	fault->place_row = culprit->place_row;
}

/* Of one reason on one node the message decides, so that the order is one. */
static int
compare_faults(const Fault *left, const Fault *right)
{
	int			by_id;
	int			by_message;

	if (left->reason != right->reason)
		return left->reason < right->reason ? -1 : 1;
	by_id = strcmp(left->node_id, right->node_id);
	if (by_id != 0)
		return by_id;
	by_message = strcmp(left->message, right->message);
	if (by_message != 0)
		return by_message;
	return left < right ? -1 : left > right ? 1 : 0;
}

/* All of a site's connectors may be at fault: qsort() could not be interrupted. */
typedef Fault *FaultPointer;

#define ST_SORT sort_faults
#define ST_ELEMENT_TYPE FaultPointer
#define ST_COMPARE(a, b) compare_faults(*(a), *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

void
order_faults(FaultList *faults)
{
	Fault	  **sorted;
	Fault	   *items;
	int32		kept = 0;

	if (faults->count < 2)
		return;
	sorted = palloc_extended(faults->count * sizeof(Fault *), MCXT_ALLOC_HUGE);
	items = palloc_extended(faults->count * sizeof(Fault), MCXT_ALLOC_HUGE);
	for (int32 i = 0; i < faults->count; i++)
		sorted[i] = &faults->items[i];
	sort_faults(sorted, faults->count);

	for (int32 i = 0; i < faults->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (kept > 0 && items[kept - 1].reason == sorted[i]->reason &&
			strcmp(items[kept - 1].node_id, sorted[i]->node_id) == 0 &&
			strcmp(items[kept - 1].message, sorted[i]->message) == 0)
			continue;
		items[kept++] = *sorted[i];
	}
	pfree(sorted);
	faults->items = items;
	faults->allocated = faults->count;
	faults->count = kept;
}
