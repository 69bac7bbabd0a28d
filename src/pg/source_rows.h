/*
 * source_rows.h
 *	  From an SPI result to the plain rows of site_data.h.
 */
#ifndef PN_SOURCE_ROWS_H
#define PN_SOURCE_ROWS_H

#include "executor/spi.h"

#include "pg/source.h"

/*
 * The site's id as a value of the family's type; false where the text is not
 * one (which must look to the caller exactly as if there were no such site).
 */
extern bool parse_site_id(const char *text, IdFamily family, Datum *value);

/* Copies the rows of one source's statement into data. */
extern void take_rows(SourceName source, SPITupleTable *table, uint64 count,
					  SiteData *data);

/* Copies the site list into the current context, one row per id. */
extern int32 take_site_list(SPITupleTable *table, uint64 count,
							SiteListRow **rows);

#endif							/* PN_SOURCE_ROWS_H */
