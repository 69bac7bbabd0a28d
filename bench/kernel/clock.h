/*
 * clock.h
 *	  Times, and what many of them come to.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include "site.h"

/* Nanoseconds since any moment. */
extern double now(void);

/* What is timed. */
typedef void (*Step) (Posed *posed);

/*
 * The time of a call: of a few runs of calls the one that was interrupted least,
 * each long enough that the clock's own time does not count.
 */
extern double time_of(Step step, Posed *posed);

/* Median and quartiles. */
typedef struct Spread
{
	double		low;
	double		middle;
	double		high;
} Spread;

/* Of n values, which are sorted on the way. */
extern Spread spread_of(double *values, int n);

/*
 * Prints a goal's line: key, figure, low, high and a note, which is a format and
 * what it takes.
 */
extern void print_row(const char *key, Spread spread, const char *note, ...)
			__attribute__((format(printf, 3, 4)));

/* Whether a program's arguments are none, or the key is one of them. */
extern bool wanted(const char *key, int argc, char **argv);

#endif							/* BENCH_CLOCK_H */
