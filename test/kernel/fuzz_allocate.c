/*
 * fuzz_allocate.c
 *	  The fuzzer's entry, for libFuzzer and for test_fuzz.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz_allocate.h"
#include "judge.h"

const char *
fuzz_one(const uint8_t *data, size_t size, PnStatus *status)
{
	bool		small;
	Case		c = fuzz_decode(data, size, &small);
	const char *fault;
	Solution   *s;

	work_begin();
	s = solve(&c, NO_CHECK);
	fault = judge_tree(&c, s);

	if (fault == NULL && s->status == PN_OK && small)
		fault = judge_by_definition(&c, s);
	if (fault == NULL && s->status == PN_OK)
		fault = judge_by_certificate(&c, s);
	if (fault == NULL && s->status == PN_OK)
		fault = judge_work(s);
	*status = s->status;
	free_solution(s);
	free_case(&c);
	return fault;
}

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	PnStatus	status;
	const char *fault = fuzz_one(data, size, &status);

	if (fault != NULL)
	{
		fprintf(stderr, "%s\n", fault);
		abort();
	}
	return 0;
}
