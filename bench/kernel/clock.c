/*
 * clock.c
 *	  Times, and what many of them come to; see clock.h.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"

#define RUNS 3
#define RUN_NS 2e5

double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec * 1e9 + (double) t.tv_nsec;
}

double
time_of(Step step, Posed *posed)
{
	double		best = 0;
	int			run;

	for (run = 0; run < RUNS; run++)
	{
		double		start = now();
		double		spent;
		int			calls = 0;

		do
		{
			step(posed);
			calls++;
			spent = now() - start;
		} while (spent < RUN_NS);
		if (run == 0 || spent / calls < best)
			best = spent / calls;
	}
	return best;
}

static int
compare(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

Spread
spread_of(double *values, int n)
{
	qsort(values, (size_t) n, sizeof(double), compare);
	return (Spread) {values[n / 4], values[n / 2], values[n - 1 - n / 4]};
}

void
print_row(const char *key, Spread spread, const char *note, ...)
{
	va_list		arguments;

	printf("%s\t%.4g\t%.4g\t%.4g\t", key, spread.middle, spread.low,
		   spread.high);
	va_start(arguments, note);
	vprintf(note, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
}

bool
wanted(const char *key, int argc, char **argv)
{
	int			i;

	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], key) == 0)
			return true;
	return argc == 1;
}
