/*
 * work.h
 *	  Tells a test what a truncation does.
 *
 * For the kernel's own use; without PN_COUNT_WORK none of it is compiled.
 */
#ifndef PN_WORK_H
#define PN_WORK_H

#include "status.h"

#ifdef PN_COUNT_WORK

/* The test's own: a truncation of so many leaves begins; so many are looked at. */
extern void pn_count_cut(int64_t leaves);
extern void pn_count_pass(int64_t leaves);

#define PN_COUNT_CUT(n) pn_count_cut(n)
#define PN_COUNT_PASS(n) pn_count_pass(n)

#else

#define PN_COUNT_CUT(n) ((void) 0)
#define PN_COUNT_PASS(n) ((void) 0)

#endif

#endif							/* PN_WORK_H */
