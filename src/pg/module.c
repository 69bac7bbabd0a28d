/*
 * module.c
 *	  Loading the library.
 */
#include "postgres.h"

#include "fmgr.h"

#include "pg/compat.h"
#include "pg/guc.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	guc_define();
}
