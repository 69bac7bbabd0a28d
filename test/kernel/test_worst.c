/*
 * test_worst.c
 *	  What is meant to be slow: levels that are far to seek, weights and watts
 *	  of every size at once, and chains in which every node cuts.
 *
 * Answers are judged by certificate, and by how often leaves were looked at.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "judge.h"
#include "random_case.h"
#include "tap.h"

#define LEAVES 10000
#define LEVELS 64
#define CHAIN (LEVELS - 1)

typedef int32_t (*OfLeaf) (Random *r, int32_t leaf);

/* What leaves have. */
typedef struct Load
{
	const char *name;
	OfLeaf		demand;
	OfLeaf		weight;
	OfLeaf		minimum;		/* NULL: none */
} Load;

static int32_t
one(Random *r, int32_t leaf)
{
	(void) r;
	(void) leaf;
	return 1;
}

static int32_t
last(Random *r, int32_t leaf)
{
	(void) r;
	(void) leaf;
	return INT32_MAX;
}

static int32_t
one_or_last(Random *r, int32_t leaf)
{
	return one_in(r, 2) ? one(r, leaf) : last(r, leaf);
}

/* 1, 2, 4... 2^30: as many leaves for every bit. */
static int32_t
by_bits(Random *r, int32_t leaf)
{
	(void) r;
	return 1 << (leaf % 31);
}

static int32_t
any(Random *r, int32_t leaf)
{
	(void) leaf;
	return 1 + random_below(r, INT32_MAX);
}

/* All close to the last weight, and no two of neighbours with a divisor. */
static int32_t
nearly_last(Random *r, int32_t leaf)
{
	(void) r;
	return INT32_MAX - leaf;
}

/* Half as much for every leaf, so that a straight line always misses. */
static int32_t
by_powers(Random *r, int32_t leaf)
{
	(void) r;
	return (int32_t) (INT32_MAX >> (leaf % 31));
}

/* Steps that add up to the little that minimums leave. */
static int32_t
staggered(Random *r, int32_t leaf)
{
	(void) r;
	return 1 + leaf * (INT32_MAX / LEAVES / LEAVES / 2);
}

static int32_t
little(Random *r, int32_t leaf)
{
	(void) leaf;
	return random_below(r, 100000);
}

static const Load loads[] = {
	{"alike", last, one, NULL},
	{"weights 1 and 2^31 - 1", last, one_or_last, NULL},
	{"demands and weights 1 or 2^31 - 1", one_or_last, one_or_last, NULL},
	{"demands in powers of 2", by_powers, one, NULL},
	{"weights in powers of 2", last, by_bits, NULL},
	{"demands and weights in powers of 2", by_powers, by_bits, NULL},
	{"weights near 2^31", any, nearly_last, NULL},
	{"any demands and weights", any, any, NULL},
	{"minimums in steps", last, one, staggered},
	{"minimums in steps, weights 1 and 2^31 - 1", last, one_or_last, staggered},
	{"minimums in powers of 2, that do not fit", last, by_bits, by_powers},
	{"minimums of any size", any, any, little},
};

/*
 * A row of inner nodes with all leaves below the last, or spread over them,
 * each node with a little less than the one below: all cut.
 */
static Case
chain(Random *r, const Load *load, bool spread, int32_t lowest)
{
	Case		c = new_case(CHAIN + LEAVES, false);
	int32_t		i;

	c.facts = new_facts(c.n);
	if (load->minimum != NULL)
		c.minimum = new_array(c.n);
	for (i = 0; i < CHAIN; i++)
	{
		c.parent[i] = i - 1;
		c.limit[i] = lowest + i * (lowest / 1000 + 1);
	}
	for (; i < c.n; i++)
	{
		int32_t		leaf = i - CHAIN;

		c.parent[i] = spread ? leaf % CHAIN : CHAIN - 1;
		c.limit[i] = PN_NO_LIMIT;
		c.demand[i] = load->demand(r, leaf);
		c.facts[i].weight = load->weight(r, leaf);
		c.facts[i].priority = random_below(r, 7);
		c.facts[i].arrived_at = random_below(r, LEAVES);
		c.facts[i].departs_at = random_below(r, LEAVES);
		c.facts[i].energy = random_below(r, 100);
		if (c.minimum != NULL)
			c.minimum[i] = load->minimum(r, leaf);
	}
	return c;
}

/* By every policy; one line of TAP. */
static void
judge_chain(const Load *load, bool spread, int32_t lowest, bool ordered)
{
	Random		r = {(uint64_t) lowest};
	Case		c = chain(&r, load, spread, lowest);
	const char *fault = NULL;

	if (ordered)
		random_order(&r, &c);
	for (c.policy = 0; c.policy < pn_policy_count(); c.policy++)
	{
		const char *wrong;
		Solution   *s;

		work_begin();
		s = solve(&c, NO_CHECK);
		wrong = judge_by_certificate(&c, s);
		if (wrong == NULL)
			wrong = judge_work(s);
		if (wrong != NULL)
		{
			printf("# %s: %s\n", pn_policy_name(c.policy), wrong);
			fault = wrong;
		}
		free_solution(s);
	}
	ok(fault == NULL, "%s, leaves %s, from %d W%s", load->name,
	   spread ? "all along" : "at the end", lowest,
	   ordered ? ", shuffled" : "");
	free_case(&c);
}

int
main(void)
{
	size_t		i;

	for (i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
	{
		judge_chain(&loads[i], false, 1, false);
		judge_chain(&loads[i], false, LEAVES - 1, true);
		judge_chain(&loads[i], false, 50000000, true);
		judge_chain(&loads[i], true, 20000001, false);
		judge_chain(&loads[i], false, 2000000000, false);
	}
	printf("# at most %" PRId64 " passes of one truncation\n", work_most_passes());
	return tap_end();
}
