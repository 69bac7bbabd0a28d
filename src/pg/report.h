/*
 * report.h
 *	  What the two halves of explain() share: the cycle and how it is read.
 */
#ifndef PN_REPORT_H
#define PN_REPORT_H

#include "postgres.h"

#include "pg/text.h"

/* What is to be reported and where to. */
typedef struct Report
{
	const char *site_id;
	char	   *site_name;
	char	   *last_error;		/* or NULL */
	bool		has_cycle;		/* the site completed one, or one was asked for */
	int32		cycle_no;
	TextSink	sink;
} Report;

/*
 * Runs a query over $1 = site id (text) and, with nargs = 2, $2 = cycle number
 * (int4), as the caller, and gives its number of rows.  They stay until the next
 * query; what report_text() gives stays until SPI is finished.
 */
extern int32 report_query(const Report *report, const char *statement,
						  int nargs);

/* A text column of a row, NULL for null; columns count from 1. */
extern char *report_text(int32 row, int column);

/* An int8 column of a row, when_null for null. */
extern int64 report_int(int32 row, int column, int64 when_null);

/* Writes one line as it is. */
extern void report_line(const Report *report, const char *text);

/*
 * Writes the tree of the cycle after an empty line; nothing where no nodes are
 * recorded, as of a REJECTED cycle.
 */
extern void report_tree(const Report *report);

#endif							/* PN_REPORT_H */
