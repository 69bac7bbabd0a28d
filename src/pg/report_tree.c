/*
 * report_tree.c
 *	  The tree of a recorded cycle, one line per node, for explain().
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/id_map.h"
#include "pg/kernel_glue.h"
#include "pg/report.h"
#include "pg/tree_text.h"
#include "pg/words.h"

#define NODES_SQL \
	"SELECT n.node_id::text, n.kind::text," \
	" coalesce(nullif(n.name, ''), n.source_id)::text," \
	" nullif(n.vehicle_name, '')::text, n.depth::int8, n.is_leaf::int4::int8," \
	" n.limit_w::int8, n.limit_source::text, n.asked_w::int8, n.allocated_w::int8," \
	" n.curtailed_w::int8, n.bottleneck_id::text, n.bottleneck_kind::text," \
	" nullif(n.bottleneck_name, '')::text, n.binding::int4::int8," \
	" n.over_asked::int4::int8, k.reason::text" \
	" FROM powernode.node_history AS n" \
	" LEFT JOIN powernode.constraint_history AS k" \
	" ON k.site_id = $1 AND k.cycle_no = $2 AND k.node_id = n.node_id AND k.binding" \
	" WHERE n.site_id = $1 AND n.cycle_no = $2 ORDER BY n.ordinal"

/* The columns of NODES_SQL. */
enum
{
	N_NODE_ID = 1,
	N_KIND,
	N_NAME,
	N_VEHICLE,
	N_DEPTH,
	N_IS_LEAF,
	N_LIMIT_W,
	N_LIMIT_SOURCE,
	N_ASKED_W,
	N_ALLOCATED_W,
	N_CURTAILED_W,
	N_BOTTLENECK_ID,
	N_BOTTLENECK_KIND,
	N_BOTTLENECK_NAME,
	N_BINDING,
	N_OVER_ASKED,
	N_REASON
};

/* What the notes of a tree need beside the node's own row. */
typedef struct NoteContext
{
	IdMap	   *names;			/* first row of each name */
	bool	   *repeated;		/* per row: a later one has its name */
} NoteContext;

static void
read_names(int32 n, NoteContext *context)
{
	context->names = id_map_create(n);
	context->repeated = palloc0_array_huge((Size) n, sizeof(bool));
	for (int32 row = 0; row < n; row++)
	{
		int32		first;

		CHECK_FOR_INTERRUPTS();
		if (!id_map_add(context->names, report_text(row, N_NAME), row, &first))
			context->repeated[first] = true;
	}
}

/* Whether a name is one node's alone, and more than a number. */
static bool
name_suffices(const char *name, const NoteContext *context)
{
	int32		row = id_map_find(context->names, name);

	return name[strspn(name, "0123456789")] != '\0' &&
		(row == ID_MAP_NONE || !context->repeated[row]);
}

/*
 * Why a node binds, in words: that it refuses minimums, or what its limit comes
 * from, "rating" being enough for a charge point or connector that its own
 * rating limits.
 */
static char *
binding_reason(int32 row)
{
	char	   *source = report_text(row, N_LIMIT_SOURCE);
	char	   *reason = report_text(row, N_REASON);

	if (reason != NULL && strcmp(reason, "MINIMUM_POWER") == 0)
		return text_words(reason, false);
	if (source == NULL)
		return "limit";
	if (strcmp(source, psprintf("%s_RATING", report_text(row, N_KIND))) == 0)
		return "rating";
	return text_words(source, false);
}

/*
 * " by Circuit C2", to be brief " by C2", or nothing where a leaf holds itself
 * back.
 */
static char *
held_back_by(int32 row, const NoteContext *context, bool brief)
{
	char	   *id = report_text(row, N_BOTTLENECK_ID);
	char	   *name = report_text(row, N_BOTTLENECK_NAME);

	if (id == NULL || strcmp(id, report_text(row, N_NODE_ID)) == 0)
		return "";
	if (name == NULL)
		return psprintf(" by %s", text_label(NULL, id, NULL));
	if (brief && name_suffices(name, context))
		return psprintf(" by %s", text_label(NULL, name, NULL));
	return psprintf(" by %s", text_label(report_text(row, N_BOTTLENECK_KIND),
										 name, NULL));
}

/* " by 30.0 kW" with that preposition, or nothing where it is to be brief. */
static char *
by_kw(int64 watts, const char *preposition, bool brief)
{
	return brief ? "" : psprintf("%s %s kW", preposition, format_kw(watts));
}

static bool
is_offline(int32 row)
{
	char	   *source = report_text(row, N_LIMIT_SOURCE);

	return strcmp(report_text(row, N_KIND), kind_name(KIND_CHARGE_POINT)) == 0 &&
		source != NULL && strcmp(source, limit_source_name(LIMIT_OFFLINE_RESERVE)) == 0;
}

/*
 * What is to be said of a node beside its figures, NULL for nothing.  The brief
 * form leaves out the watts, which those figures give too, and what a name needs
 * no kind for.
 */
static char *
node_note(int32 row, const NoteContext *context, bool brief)
{
	bool		leaf = report_int(row, N_IS_LEAF, 0) != 0;
	int64		curtailed = report_int(row, N_CURTAILED_W, 0);
	int64		short_w = report_int(row, N_ASKED_W, 0) -
		report_int(row, N_LIMIT_W, 0);
	StringInfoData note;

	initStringInfo(&note);
	if (report_int(row, N_BINDING, 0) != 0)
		appendStringInfo(&note, "BINDING (%s)", binding_reason(row));
	else if (report_int(row, N_OVER_ASKED, 0) != 0)
		appendStringInfo(&note, "over-asked%s", by_kw(short_w, " by", brief));

	/* Only a charge point that is offline itself has a reserve of its own. */
	if (is_offline(row))
		appendStringInfo(&note, "%soffline", note.len > 0 ? ", " : "");
	if (leaf && curtailed > 0)
		appendStringInfo(&note, "%sheld back%s%s", note.len > 0 ? ", " : "",
						 by_kw(curtailed, "", brief),
						 held_back_by(row, context, brief));
	return note.len > 0 ? note.data : NULL;
}

static char *
keep_text(MemoryContext keep, const char *text)
{
	return text == NULL ? NULL : MemoryContextStrdup(keep, text);
}

/*
 * A node's texts go to the context given; what they are made of, ten times as much,
 * is left in the current one.
 */
static void
read_node(int32 row, const NoteContext *context, MemoryContext keep, TextNode *node)
{
	node->label = keep_text(keep, text_label(report_text(row, N_KIND), report_text(row, N_NAME),
											 report_text(row, N_VEHICLE)));
	node->note = keep_text(keep, node_note(row, context, false));
	node->brief = keep_text(keep, node_note(row, context, true));
	node->depth = (int32) report_int(row, N_DEPTH, 0);
	node->limit_w = report_int(row, N_LIMIT_W, TEXT_NO_LIMIT);
	node->asked_w = report_int(row, N_ASKED_W, 0);
	node->allocated_w = report_int(row, N_ALLOCATED_W, 0);
}

static void
read_nodes(int32 n, const NoteContext *context, TextNode *nodes)
{
	MemoryContext keep = CurrentMemoryContext;
	MemoryContext per_row = AllocSetContextCreate(keep, "powernode explain row",
												  ALLOCSET_DEFAULT_SIZES);

	MemoryContextSwitchTo(per_row);
	for (int32 row = 0; row < n; row++)
	{
		CHECK_FOR_INTERRUPTS();
		read_node(row, context, keep, &nodes[row]);
		MemoryContextReset(per_row);
	}
	MemoryContextSwitchTo(keep);
	MemoryContextDelete(per_row);
}

void
report_tree(const Report *report)
{
	NoteContext context;
	int32		n = report_query(report, NODES_SQL, 2);
	TextNode   *nodes = palloc_array_huge((Size) n, sizeof(TextNode));

	if (n == 0)
		return;

	read_names(n, &context);
	read_nodes(n, &context, nodes);
	report_line(report, "");
	text_tree(nodes, n, report->sink);
}
