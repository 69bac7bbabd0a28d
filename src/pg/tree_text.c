/*
 * tree_text.c
 *	  A tree of power nodes as lines of text for a person at a terminal.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "pg/kernel_glue.h"
#include "pg/tree_text.h"

#define BAR_WIDTH 10

/* Labels are not cut below this many columns, whatever the line then takes. */
#define LABEL_MIN_WIDTH 18

/* Where names are too long to be whole, notes are cut to this many columns. */
#define NOTE_MAX_WIDTH 34

/* The most columns per level of depth. */
#define STEP_MAX 3

/* What is drawn; a branch is as wide as its level's step. */
typedef struct Glyphs
{
	const char *child[STEP_MAX + 1];	/* of a node with later siblings */
	const char *last_child[STEP_MAX + 1];
	const char *through[STEP_MAX + 1];	/* past an ancestor's later siblings */
	const char *full;			/* one cell of the bar */
	const char *empty;
	const char *cut;			/* at the end of a cut label, 1 column */
} Glyphs;

static const Glyphs utf8_glyphs = {
	.child = {"", "├", "├─", "├─ "},
	.last_child = {"", "└", "└─", "└─ "},
	.through = {"", "│", "│ ", "│  "},
	.full = "█",
	.empty = "░",
	.cut = "…"
};

static const Glyphs ascii_glyphs = {
	.child = {"", "|", "|-", "|- "},
	.last_child = {"", "`", "`-", "`- "},
	.through = {"", "|", "| ", "|  "},
	.full = "#",
	.empty = ".",
	.cut = "~"
};

/* A column of figures. */
typedef struct Column
{
	const char *heading;
	int			decimals;		/* of every figure: 1 or 3 */
	int64		largest;		/* W */
	int			width;			/* columns */
} Column;

/* What is common to all lines of one tree. */
typedef struct Layout
{
	const TextNode *nodes;
	int32		n;
	const Glyphs *glyphs;
	int			step;			/* columns per level */
	int			label;			/* columns of branches and label */
	bool		brief;			/* whether notes are the brief ones */
	int			note;			/* columns that a note may take */
	Column		limit;
	Column		asked;
	Column		allocated;
	int32		levels;
	bool	   *last;			/* per node: the last of its siblings */
} Layout;

static const Glyphs *
choose_glyphs(void)
{
	if (GetDatabaseEncoding() == PG_UTF8 &&
		pg_get_client_encoding() == PG_UTF8)
		return &utf8_glyphs;
	return &ascii_glyphs;
}

/* Appends text in exactly that many columns, cut or filled up with spaces. */
static void
append_fitted(StringInfo line, const char *text, int width, const char *cut)
{
	bool		fits = text_width(text) <= width;
	int			room = fits ? width : width - 1;
	int			used = 0;

	while (*text != '\0' && used + text_char_width(text) <= room)
	{
		int			bytes = text_char_bytes(text);

		appendBinaryStringInfo(line, text, bytes);
		used += text_char_width(text);
		text += bytes;
	}
	if (!fits && room >= 0)
	{
		appendStringInfoString(line, cut);
		used++;
	}
	appendStringInfoSpaces(line, width - used);
}

static void
trim_right(StringInfo line)
{
	while (line->len > 0 && line->data[line->len - 1] == ' ')
		line->data[--line->len] = '\0';
}

/*
 * Which nodes are the last of their siblings, from depths alone: seen from the
 * end, one that no other of its depth follows before their parent.
 */
static void
find_last_siblings(Layout *layout)
{
	bool	   *followed;

	layout->levels = 0;
	for (int32 i = 0; i < layout->n; i++)
		layout->levels = Max(layout->levels, layout->nodes[i].depth + 1);

	layout->last = palloc_array_huge((Size) layout->n, sizeof(bool));
	followed = palloc0_array_huge((Size) layout->levels + 1, sizeof(bool));
	for (int32 i = layout->n - 1; i >= 0; i--)
	{
		int32		depth = layout->nodes[i].depth;

		layout->last[i] = !followed[depth];
		followed[depth] = true;
		followed[depth + 1] = false;
	}
}

/* A figure as it stands in its column. */
static char *
figure_text(int64 watts, int decimals)
{
	int			rest = (int) (watts % 1000);

	if (watts == TEXT_NO_LIMIT)
		return pstrdup("-");
	if (decimals == 1)
		return psprintf(INT64_FORMAT ".%d", watts / 1000, rest / 100);
	return psprintf(INT64_FORMAT ".%03d", watts / 1000, rest);
}

/* Makes room in a column of watts, of which NO_LIMIT takes none. */
static void
measure_figure(Column *column, int64 watts)
{
	if (watts == TEXT_NO_LIMIT)
		return;
	column->largest = Max(column->largest, watts);
	if (watts % 100 != 0)
		column->decimals = 3;
}

static void
finish_column(Column *column)
{
	column->width = (int) Max(strlen(column->heading),
							  strlen(figure_text(column->largest,
												 column->decimals)));
}

static void
measure_figures(Layout *layout)
{
	for (int32 i = 0; i < layout->n; i++)
	{
		const TextNode *node = &layout->nodes[i];

		measure_figure(&layout->limit, node->limit_w);
		measure_figure(&layout->asked, node->asked_w);
		measure_figure(&layout->allocated, node->allocated_w);
	}
	finish_column(&layout->limit);
	finish_column(&layout->asked);
	finish_column(&layout->allocated);
}

/* What stands after a node's bar, or NULL. */
static const char *
node_note(const TextNode *node, bool brief)
{
	return brief ? node->brief : node->note;
}

/* Columns that labels may take so that the widest note still fits its line. */
static int
label_room(const Layout *layout, bool brief)
{
	int			note = 0;

	for (int32 i = 0; i < layout->n; i++)
	{
		const char *text = node_note(&layout->nodes[i], brief);

		CHECK_FOR_INTERRUPTS();
		if (text != NULL)
			note = Max(note, 2 + Min(text_width(text), layout->note));
	}
	return TEXT_WIDTH - (1 + layout->limit.width) - (1 + layout->asked.width) -
		(1 + layout->allocated.width) - (2 + BAR_WIDTH) - note;
}

/* Columns that branches and labels take in full at so many columns a level. */
static int
label_need(const Layout *layout, int step)
{
	int			need = 0;

	for (int32 i = 0; i < layout->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		need = Max(need, layout->nodes[i].depth * step +
				   text_width(layout->nodes[i].label));
	}
	return need;
}

/*
 * Chooses the roomiest drawing that fits; where none does, labels are cut, and
 * notes that name a node by a long name.
 */
static void
fit_labels(Layout *layout)
{
	static const struct
	{
		int			step;
		bool		brief;
	}			drawings[] = {{3, false}, {2, false}, {3, true}, {2, true}, {1, true}};
	int			room;

	layout->note = TEXT_WIDTH;
	for (int i = 0; i < (int) lengthof(drawings); i++)
	{
		layout->step = drawings[i].step;
		layout->brief = drawings[i].brief;
		layout->label = label_need(layout, layout->step);
		room = label_room(layout, layout->brief);
		if (layout->label <= room)
			return;
	}
	layout->note = NOTE_MAX_WIDTH;
	room = Max(label_room(layout, layout->brief),
			   (layout->levels - 1) * layout->step + LABEL_MIN_WIDTH);
	layout->label = Min(layout->label, room);
}

static void
append_label(StringInfo line, const Layout *layout, int32 i,
			 const bool *through)
{
	const TextNode *node = &layout->nodes[i];
	const Glyphs *glyphs = layout->glyphs;
	int			step = layout->step;

	for (int32 depth = 1; depth < node->depth; depth++)
	{
		if (through[depth])
			appendStringInfoString(line, glyphs->through[step]);
		else
			appendStringInfoSpaces(line, step);
	}
	if (node->depth > 0)
		appendStringInfoString(line, layout->last[i] ?
							   glyphs->last_child[step] : glyphs->child[step]);
	append_fitted(line, node->label, layout->label - node->depth * step,
				  glyphs->cut);
}

static void
append_figure(StringInfo line, const Column *column, int64 watts)
{
	char	   *figure = figure_text(watts, column->decimals);

	appendStringInfo(line, " %*s", column->width, figure);
	pfree(figure);
}

/*
 * Allocated against limit: all cells only where the node is full, none only
 * where it has nothing; blank without a limit.
 */
static void
append_bar(StringInfo line, const TextNode *node, const Glyphs *glyphs)
{
	int64		cells = 0;

	if (node->limit_w == TEXT_NO_LIMIT)
	{
		appendStringInfoSpaces(line, BAR_WIDTH);
		return;
	}
	if (node->allocated_w > 0 && node->limit_w > 0)
		cells = Min(BAR_WIDTH,
					Max(1, node->allocated_w * BAR_WIDTH / node->limit_w));

	for (int cell = 0; cell < BAR_WIDTH; cell++)
		appendStringInfoString(line, cell < cells ? glyphs->full :
							   glyphs->empty);
}

static void
write_heading(const Layout *layout, TextSink sink)
{
	StringInfoData line;

	initStringInfo(&line);
	append_fitted(&line, "Power in kW", layout->label, layout->glyphs->cut);
	appendStringInfo(&line, " %*s %*s %*s",
					 layout->limit.width, layout->limit.heading,
					 layout->asked.width, layout->asked.heading,
					 layout->allocated.width, layout->allocated.heading);
	sink.line(sink.arg, line.data);
	pfree(line.data);
}

static void
write_node(StringInfo line, const Layout *layout, int32 i,
		   const bool *through)
{
	const TextNode *node = &layout->nodes[i];
	const char *note = node_note(node, layout->brief);

	append_label(line, layout, i, through);
	append_figure(line, &layout->limit, node->limit_w);
	append_figure(line, &layout->asked, node->asked_w);
	append_figure(line, &layout->allocated, node->allocated_w);
	appendStringInfoString(line, "  ");
	append_bar(line, node, layout->glyphs);
	if (note != NULL)
	{
		appendStringInfoString(line, "  ");
		append_fitted(line, note, Min(text_width(note), layout->note), layout->glyphs->cut);
	}
	trim_right(line);
}

static void
write_nodes(const Layout *layout, TextSink sink)
{
	/* per depth: the ancestor there has siblings still to come */
	bool	   *through = palloc0_array_huge((Size) layout->levels,
											 sizeof(bool));
	StringInfoData line;

	initStringInfo(&line);
	for (int32 i = 0; i < layout->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		through[layout->nodes[i].depth] = !layout->last[i];
		resetStringInfo(&line);
		write_node(&line, layout, i, through);
		sink.line(sink.arg, line.data);
	}
	pfree(line.data);
}

void
text_tree(const TextNode *nodes, int32 n, TextSink sink)
{
	Layout		layout = {
		.nodes = nodes,
		.n = n,
		.limit = {.heading = "limit", .decimals = 1},
		.asked = {.heading = "asked", .decimals = 1},
		.allocated = {.heading = "allocated", .decimals = 1}
	};

	layout.glyphs = choose_glyphs();
	find_last_siblings(&layout);
	measure_figures(&layout);
	fit_labels(&layout);
	write_heading(&layout, sink);
	write_nodes(&layout, sink);
}
