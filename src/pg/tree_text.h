/*
 * tree_text.h
 *	  A tree of power nodes as lines of text for a person at a terminal.
 */
#ifndef PN_TREE_TEXT_H
#define PN_TREE_TEXT_H

#include "postgres.h"

#include "pg/text.h"

/* "No limit" of a TextNode. */
#define TEXT_NO_LIMIT (-1)

/* One line of the tree.  Nodes stand in depth-first order, the root first. */
typedef struct TextNode
{
	char	   *label;			/* as of text_label() */
	char	   *note;			/* to stand after the bar, or NULL */
	char	   *brief;			/* the same in fewer words, or NULL */
	int32		depth;			/* root 0; at most 1 more than the node before */
	int64		limit_w;		/* W, or TEXT_NO_LIMIT */
	int64		asked_w;		/* W */
	int64		allocated_w;	/* W */
} TextNode;

/*
 * Writes a heading and one line per node: branches and label, limit, asked and
 * allocated in kW, a bar of allocated against limit, and the note.  The figures
 * of a column have one decimal where that is exact, else three.  Branches and
 * bars are drawn in UTF-8 where both the server and the client speak it, else in
 * ASCII.  To fit TEXT_WIDTH branches are drawn narrower, then the brief notes are
 * taken, then labels are cut.
 */
extern void text_tree(const TextNode *nodes, int32 n, TextSink sink);

#endif							/* PN_TREE_TEXT_H */
