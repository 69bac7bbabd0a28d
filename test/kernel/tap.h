/*
 * tap.h
 *	  Test Anything Protocol, for programs that prove runs.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int	tap_done;
static int	tap_failed;

/* Prints one test's line; the description is printf's. */
__attribute__((format(printf, 2, 3)))
static inline bool
ok(bool passed, const char *description,...)
{
	va_list		args;

	tap_failed += !passed;
	printf("%sok %d - ", passed ? "" : "not ", ++tap_done);
	va_start(args, description);
	vprintf(description, args);
	va_end(args);
	putchar('\n');
	return passed;
}

/* Like ok, and says what was found where it is not what was expected. */
__attribute__((format(printf, 3, 4)))
static inline bool
is(long long found, long long expected, const char *description,...)
{
	char		text[200];
	va_list		args;

	va_start(args, description);
	vsnprintf(text, sizeof(text), description, args);
	va_end(args);
	if (!ok(found == expected, "%s", text))
		printf("# found %lld, expected %lld\n", found, expected);
	return found == expected;
}

/* Prints the plan; what main returns. */
static inline int
tap_end(void)
{
	printf("1..%d\n", tap_done);
	return tap_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif							/* TAP_H */
