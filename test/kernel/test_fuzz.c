/*
 * test_fuzz.c
 *	  Drives the fuzzer's entry with pseudo-random inputs, and with those of
 *	  corpus/, which libFuzzer found worth keeping.
 *
 * With files named, as libFuzzer leaves them behind, judges those instead.
 */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <inttypes.h>

#include "fuzz_allocate.h"
#include "judge.h"
#include "random_case.h"
#include "tap.h"

#define INPUTS 50000
#define MAX_SIZE 400
#define CORPUS "corpus"
#define LEAST_FILES 16

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
judge_corpus(void)
{
	DIR		   *directory = opendir(CORPUS);
	struct dirent *entry;
	int32_t		files = 0;
	int32_t		wrong = 0;

	while (directory != NULL && (entry = readdir(directory)) != NULL)
	{
		char		path[sizeof(CORPUS) + sizeof(entry->d_name) + 1];
		const char *fault;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CORPUS "/%s", entry->d_name);
		fault = judge_file(path);
		files++;
		if (fault != NULL && wrong++ < 5)
			printf("# %s: %s\n", path, fault);
	}
	if (directory != NULL)
		closedir(directory);
	is(wrong, 0, "wrong answers to %d inputs of the corpus", files);
	ok(files >= LEAST_FILES, "the corpus is there");
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
	ok(answers[PN_OK] > 20000, "%d were allocated", answers[PN_OK]);
	ok(answers[PN_NO_ROOT] > 1000, "%d had no root", answers[PN_NO_ROOT]);
	ok(answers[PN_TWO_ROOTS] > 1000, "%d had two", answers[PN_TWO_ROOTS]);
	ok(answers[PN_LOOP] > 1000, "%d had loops", answers[PN_LOOP]);
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
	{
		judge_random_inputs();
		judge_corpus();
	}
	printf("# at most %" PRId64 " passes of one truncation\n", work_most_passes());
	return tap_end();
}
