/*
 * test_property.c
 *	  Random trees against the definition, one watt at a time, and larger ones
 *	  against the certificate that every right answer carries.
 */
#include <inttypes.h>

#include "judge.h"
#include "random_case.h"
#include "tap.h"

/* How much of what the trees are meant to show has been seen. */
typedef struct Seen
{
	int32_t		curtailed;		/* trees with a curtailed leaf */
	int32_t		binding_two;	/* with two binding nodes or more */
	int32_t		not_binding;	/* with an over-asked node that does not bind */
	int32_t		ordered;		/* with an order of their own */
	int32_t		levels;			/* of the deepest */
} Seen;

static void
look(const Solution *s, Seen *seen)
{
	bool		not_binding = false;
	int32_t		p;

	for (p = 0; p < s->tree.n; p++)
	{
		if (s->tree.depth[p] + 1 > seen->levels)
			seen->levels = s->tree.depth[p] + 1;
		if (pn_over_asked(&s->problem, &s->allocation, p) &&
			s->explanation.held_back[p] == 0)
			not_binding = true;
	}
	seen->not_binding += not_binding;
	seen->curtailed += s->explanation.curtailed_leaves > 0;
	seen->binding_two += s->explanation.binding_nodes > 1;
	seen->ordered += s->problem.order != NULL;
}

/*
 * Judges `trees` random trees of which the first has this seed; one TAP line.
 */
static void
property(const char *name, uint64_t seed, int32_t trees, int32_t max_nodes,
		 int32_t max_demand, bool by_definition, Seen *seen)
{
	int32_t		wrong = 0;
	int32_t		t;

	for (t = 0; t < trees; t++)
	{
		Random		r = {seed + (uint64_t) t};
		Case		c = random_case(&r, max_nodes, max_demand);
		Solution   *s = solve(&c, NO_CHECK);
		const char *fault = judge_tree(&c, s);

		if (fault == NULL && by_definition)
			fault = judge_by_definition(&c, s);
		if (fault == NULL)
			fault = judge_by_certificate(&c, s);
		if (fault != NULL && wrong++ < 5)
			printf("# seed %" PRIu64 ", %d nodes: %s\n", seed + (uint64_t) t,
				   c.n, fault);
		else if (fault == NULL)
			look(s, seen);
		free_solution(s);
		free_case(&c);
	}
	is(wrong, 0, "%s: wrong answers in %d trees", name, trees);
}

int
main(void)
{
	Seen		seen = {0};

	property("small, by definition", 1000000, 6000, 24, 12, true, &seen);
	property("up to 90 nodes, by definition", 2000000, 1500, 90, 9, true, &seen);
	property("zero or one watt, by definition", 3000000, 1500, 40, 1, true, &seen);
	property("wide watts, by certificate", 4000000, 4000, 60, INT32_MAX / 60,
			 false, &seen);
	property("large trees, by certificate", 5000000, 300, 1500,
			 INT32_MAX / 1500, false, &seen);

	ok(seen.curtailed > 10000, "%d trees had curtailed leaves", seen.curtailed);
	ok(seen.binding_two > 7000, "%d had two binding nodes or more",
	   seen.binding_two);
	ok(seen.not_binding > 6000, "%d had over-asked nodes that do not bind",
	   seen.not_binding);
	ok(seen.ordered > 6000, "%d had an order of their own", seen.ordered);
	is(seen.levels, 64, "levels of the deepest");
	return tap_end();
}
