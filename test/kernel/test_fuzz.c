/*
 * test_fuzz.c
 *	  Drives the fuzzer's entry with pseudo-random inputs, where there is no
 *	  libFuzzer.  `make fuzz` is the real thing.
 *
 * With files named, as libFuzzer leaves them behind, judges those instead.
 */
#include <inttypes.h>

#include "fuzz_allocate.h"
#include "random_case.h"
#include "tap.h"

#define INPUTS 50000
#define MAX_SIZE 200

static const char *
judge_file(const char *path)
{
	static uint8_t data[4096];
	FILE	   *file = fopen(path, "rb");
	PnStatus	status;
	size_t		size;

	if (file == NULL)
		return "no such file";
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	return fuzz_one(data, size, &status);
}

static void
judge_random_inputs(void)
{
	int32_t		answers[PN_INTERRUPTED + 1] = {0};
	int32_t		wrong = 0;
	uint64_t	seed;

	for (seed = 0; seed < INPUTS; seed++)
	{
		Random		r = {seed};
		uint8_t		data[MAX_SIZE];
		size_t		size = (size_t) random_below(&r, MAX_SIZE + 1);
		PnStatus	status;
		const char *fault;
		size_t		i;

		for (i = 0; i < size; i++)
			data[i] = (uint8_t) random_bits(&r);
		fault = fuzz_one(data, size, &status);
		answers[status]++;
		if (fault != NULL && wrong++ < 5)
			printf("# seed %" PRIu64 ": %s\n", seed, fault);
	}

	is(wrong, 0, "wrong answers to %d inputs", INPUTS);
	ok(answers[PN_OK] > 1000, "%d were allocated", answers[PN_OK]);
	ok(answers[PN_NO_ROOT] > 1000, "%d had no root", answers[PN_NO_ROOT]);
	ok(answers[PN_TWO_ROOTS] > 1000, "%d had two", answers[PN_TWO_ROOTS]);
	ok(answers[PN_LOOP] > 1000, "%d had loops", answers[PN_LOOP]);
	ok(answers[PN_SUM_OVERFLOW] > 200, "%d did not fit",
	   answers[PN_SUM_OVERFLOW]);
}

int
main(int argc, char **argv)
{
	int			i;

	for (i = 1; i < argc; i++)
	{
		const char *fault = judge_file(argv[i]);

		ok(fault == NULL, "%s: %s", argv[i], fault == NULL ? "right" : fault);
	}
	if (argc == 1)
		judge_random_inputs();
	return tap_end();
}
