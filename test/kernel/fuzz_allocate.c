/*
 * fuzz_allocate.c
 *	  Bytes as a tree, sound or not, for libFuzzer or for fuzz_driver.c.
 *
 * Byte 0 is the number of nodes, byte 1 a set of flags; then four bytes a node:
 * parent, limit, demand, order.  Bytes that are missing count as 0.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz_allocate.h"
#include "judge.h"

#define MAX_NODES 48
#define FLAG_ANY_PARENT 1		/* parents may loop and roots be many */
#define FLAG_ORDER 2			/* an order of its own */
#define FLAG_LARGE 4			/* watts up to the end of int32 */
#define FLAG_TIGHT 8			/* limits near what leaves want */

/* What is left to read. */
typedef struct Bytes
{
	const uint8_t *data;
	size_t		size;
} Bytes;

static int32_t
next_byte(Bytes *bytes)
{
	if (bytes->size == 0)
		return 0;
	bytes->size--;
	return *bytes->data++;
}

/* A byte as watts; 254 and 255 are as large as can be. */
static int32_t
as_watts(int32_t byte, int32_t flags)
{
	if ((flags & FLAG_LARGE) == 0)
		return byte % 24;
	return byte >= 254 ? INT32_MAX - (255 - byte) : byte << (byte % 23);
}

static int32_t
as_limit(int32_t byte, int32_t flags)
{
	if (byte % 5 == 0)
		return PN_NO_LIMIT;
	return as_watts(byte, flags) * ((flags & (FLAG_TIGHT | FLAG_LARGE)) ? 1 : 4);
}

static int32_t
as_parent(int32_t byte, int32_t flags, int32_t node, int32_t n)
{
	if (flags & FLAG_ANY_PARENT)
		return byte % (n + 1) - 1;
	return node == 0 ? PN_NO_NODE : byte % node;
}

static Case
decode(Bytes *bytes, bool *small)
{
	int32_t		n = next_byte(bytes) % (MAX_NODES + 1);
	int32_t		flags = next_byte(bytes);
	Case		c = new_case(n, flags & FLAG_ORDER);
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		c.parent[i] = as_parent(next_byte(bytes), flags, i, n);
		c.limit[i] = as_limit(next_byte(bytes), flags);
		c.demand[i] = as_watts(next_byte(bytes), flags);
		if (c.order != NULL)
			c.order[i] = (next_byte(bytes) - 128) * (1 << 23) + i;
		else
			next_byte(bytes);
	}
	*small = (flags & FLAG_LARGE) == 0;
	return c;
}

const char *
fuzz_one(const uint8_t *data, size_t size, PnStatus *status)
{
	Bytes		bytes = {data, size};
	bool		small;
	Case		c = decode(&bytes, &small);
	Solution   *s = solve(&c, NO_CHECK);
	const char *fault = judge_tree(&c, s);

	if (fault == NULL && s->status == PN_OK && small)
		fault = judge_by_definition(&c, s);
	if (fault == NULL && s->status == PN_OK)
		fault = judge_by_certificate(&c, s);
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
