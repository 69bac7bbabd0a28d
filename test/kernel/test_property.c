/*
 * test_property.c
 *	  Random trees against the definition, one watt at a time, and larger ones
 *	  against the certificate that every right answer carries.
 */
#include <inttypes.h>

#include "judge.h"
#include "random_case.h"
#include "tap.h"

#define MAX_POLICIES 16

/* How much of what the trees are meant to show has been seen. */
typedef struct Seen
{
	int32_t		curtailed;		/* trees with a curtailed leaf */
	int32_t		binding_two;	/* with two binding nodes or more */
	int32_t		not_binding;	/* with an over-asked node that does not bind */
	int32_t		ordered;		/* with an order of their own */
	int32_t		refused_at_leaf;	/* with a minimum that its leaf refused */
	int32_t		refused_above;	/* with one that an inner node refused */
	int32_t		queued;			/* with minimums that did not all fit */
	int32_t		past_int32;		/* whose demands add up past it */
	int32_t		past_uint32;	/* and past that */
	int32_t		levels;			/* of the deepest */
	int32_t		shares;			/* with shares of no policy */
	int32_t		of_policy[MAX_POLICIES];
} Seen;

/* A run of random trees, of which the first has this seed. */
typedef struct Run
{
	const char *name;
	uint64_t	seed;
	int32_t		trees;
	int32_t		max_nodes;
	int32_t		max_demand;
	bool		by_definition;
} Run;

static const Run runs[] = {
	{"tiny, by definition", 100000000, 40000, 7, 6, true},
	{"small, by definition", 200000000, 30000, 20, 12, true},
	{"up to 90 nodes, by definition", 300000000, 5000, 90, 9, true},
	{"zero or one watt, by definition", 400000000, 8000, 40, 1, true},
	{"few leaves of many watts, by definition", 500000000, 6000, 9, 300, true},
	{"wide watts, by certificate", 600000000, 16000, 60, INT32_MAX, false},
	{"middling watts, by certificate", 700000000, 8000, 60, 22000, false},
	{"large trees, by certificate", 800000000, 400, 1500, 2000000000, false},
};

static void
look_at_nodes(const Solution *s, Seen *seen)
{
	bool		not_binding = false;
	bool		at_leaf = false;
	bool		above = false;
	int32_t		p;

	for (p = 0; p < s->tree.n; p++)
	{
		int32_t		by = s->minimum == NULL ? PN_NO_NODE :
			s->allocation.refused_by[p];

		if (s->tree.depth[p] + 1 > seen->levels)
			seen->levels = s->tree.depth[p] + 1;
		not_binding |= pn_over_asked(&s->problem, &s->allocation, p) &&
			s->explanation.held_back[p] == 0;
		at_leaf |= by == p;
		above |= by != PN_NO_NODE && by != p;
	}
	seen->not_binding += not_binding;
	seen->refused_at_leaf += at_leaf;
	seen->refused_above += above;
}

static void
look(const Case *c, const Solution *s, Seen *seen)
{
	look_at_nodes(s, seen);
	seen->curtailed += s->explanation.curtailed_leaves > 0;
	seen->binding_two += s->explanation.binding_nodes > 1;
	seen->ordered += s->problem.order != NULL;
	seen->queued += s->allocation.queued;
	seen->past_int32 += s->allocation.demand[0] > INT32_MAX;
	seen->past_uint32 += s->allocation.demand[0] > UINT32_MAX;
	if (c->share != NULL)
		seen->shares++;
	else
		seen->of_policy[c->policy]++;
}

static void
property(const Run *run, Seen *seen)
{
	int32_t		wrong = 0;
	int32_t		t;

	for (t = 0; t < run->trees; t++)
	{
		Random		r = {run->seed + (uint64_t) t};
		Case		c = random_case(&r, run->max_nodes, run->max_demand);
		const char *fault;
		Solution   *s;

		work_begin();
		s = solve(&c, NO_CHECK);
		fault = judge_tree(&c, s);
		if (fault == NULL && run->by_definition)
			fault = judge_by_definition(&c, s);
		if (fault == NULL)
			fault = judge_by_certificate(&c, s);
		if (fault == NULL)
			fault = judge_work(s);
		if (fault != NULL && wrong++ < 5)
			printf("# seed %" PRIu64 ", %d nodes, %s%s: %s\n",
				   run->seed + (uint64_t) t, c.n,
				   c.share != NULL ? "own shares" : pn_policy_name(c.policy),
				   c.minimum != NULL ? ", minimums" : "", fault);
		else if (fault == NULL)
			look(&c, s, seen);
		free_solution(s);
		free_case(&c);
	}
	is(wrong, 0, "%s: wrong answers in %d trees", run->name, run->trees);
}

int
main(void)
{
	Seen		seen = {0};
	PnPolicy	policy;
	size_t		i;

	for (i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		property(&runs[i], &seen);

	ok(seen.curtailed > 25000, "%d trees had curtailed leaves", seen.curtailed);
	ok(seen.binding_two > 15000, "%d had two binding nodes or more",
	   seen.binding_two);
	ok(seen.not_binding > 10000, "%d had over-asked nodes that do not bind",
	   seen.not_binding);
	ok(seen.ordered > 15000, "%d had an order of their own", seen.ordered);
	ok(seen.refused_at_leaf > 5000, "%d had minimums that their leaf refused",
	   seen.refused_at_leaf);
	ok(seen.refused_above > 3000, "%d had minimums that a node above refused",
	   seen.refused_above);
	ok(seen.queued > 3000, "%d had minimums that did not all fit",
	   seen.queued);
	ok(seen.past_int32 > 5000, "%d had demands past int32", seen.past_int32);
	ok(seen.past_uint32 > 5000, "%d past 2^32", seen.past_uint32);
	ok(seen.shares > 4000, "%d had shares of no policy", seen.shares);
	for (policy = 0; policy < pn_policy_count(); policy++)
		ok(seen.of_policy[policy] > 3000, "%d were by %s",
		   seen.of_policy[policy], pn_policy_name(policy));
	is(seen.levels, 64, "levels of the deepest");
	printf("# at most %" PRId64 " passes of one truncation\n", work_most_passes());
	return tap_end();
}
