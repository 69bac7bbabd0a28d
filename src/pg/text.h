/*
 * text.h
 *	  Text for a person at a terminal: widths, words, labels, paragraphs.
 *
 * All widths are display columns, all text is in the server encoding and ends
 * with a zero, what is returned is in CurrentMemoryContext, and nothing depends
 * on the locale.
 */
#ifndef PN_TEXT_H
#define PN_TEXT_H

#include "postgres.h"

/* The width that lines are made to fit, in columns. */
#define TEXT_WIDTH 100

/* Where lines go, one call each, without a newline.  The text is not kept. */
typedef struct TextSink
{
	void		(*line) (void *arg, const char *text);
	void	   *arg;
} TextSink;

/* Bytes of the character at text, never past the terminating zero. */
extern int	text_char_bytes(const char *text);

/* Columns of the character at text; 0 of a combining one. */
extern int	text_char_width(const char *text);

/* Columns of the whole text. */
extern int	text_width(const char *text);

/* A code such as CHARGE_POINT in words: "charge point", or "Charge point". */
extern char *text_words(const char *code, bool capital);

/*
 * How a node is called: its kind in words and its name (either may be NULL),
 * and in brackets the vehicle (or NULL).  A name that begins with the kind
 * stands alone.  Control characters become question marks.
 */
extern char *text_label(const char *kind, const char *name,
						const char *vehicle);

/*
 * Writes a paragraph, broken at spaces to fit TEXT_WIDTH; lines after the first
 * are indented by so many columns.  Control characters become question marks.
 */
extern void text_paragraph(const char *text, int indent, TextSink sink);

#endif							/* PN_TEXT_H */
