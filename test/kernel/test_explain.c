/*
 * test_explain.c
 *	  Who is held back, and by which node.
 */
#include "fixture.h"
#include "tap.h"

#define ROOT PN_NO_NODE
#define NONE PN_NO_LIMIT

/* All cases below are in depth-first order: indexes are positions. */
static void
explains(const char *what, const Solution *s, const int32_t *bottleneck,
		 const int32_t *explained, int32_t primary)
{
	const PnExplanation *e = &s->explanation;
	int64_t		curtailed = s->allocation.demand[0] - s->allocation.allocated[0];
	int64_t		sum = 0;
	int32_t		binding = 0;
	bool		right = true;
	int32_t		p;

	is(s->status, PN_OK, "%s: status", what);
	for (p = 0; p < s->tree.n; p++)
	{
		right = right && e->bottleneck[p] == bottleneck[p] &&
			e->explained[p] == explained[p];
		binding += e->held_back[p] > 0;
		sum += e->explained[p];
		if (e->bottleneck[p] != bottleneck[p] ||
			e->explained[p] != explained[p])
			printf("# node %d: bottleneck %d, explains %lld\n", p,
				   e->bottleneck[p], (long long) e->explained[p]);
	}
	ok(right, "%s: bottlenecks and the watts they explain", what);
	is(sum, curtailed, "%s: explained is what is curtailed", what);
	is(e->binding_nodes, binding, "%s: binding nodes", what);
	is(e->primary, primary, "%s: primary", what);
}

static void
nothing_to_explain(void)
{
	Solution   *s;

	s = solve_arrays(3, W(ROOT, 0, 0), W(NONE, NONE, NONE), W(0, 5, 6), NULL);
	explains("no limits", s, W(-1, -1, -1), W(0, 0, 0), PN_NO_NODE);
	is(s->explanation.curtailed_leaves, 0, "no limits: nobody held back");
	free_solution(s);

	s = solve_arrays(3, W(ROOT, 0, 0), W(11, 5, 6), W(0, 5, 6), NULL);
	explains("all exactly full", s, W(-1, -1, -1), W(0, 0, 0), PN_NO_NODE);
	free_solution(s);

	s = solve_arrays(2, W(ROOT, 0), W(0, 0), W(0, 0), NULL);
	explains("full at zero, nothing asked", s, W(-1, -1), W(0, 0), PN_NO_NODE);
	free_solution(s);
}

static void
deepest_full_node(void)
{
	Solution   *s;

	s = solve_arrays(3, W(ROOT, 0, 1), W(5, 5, NONE), W(0, 0, 9), NULL);
	explains("two full on one path: the deeper", s, W(-1, -1, 1), W(0, 4, 0), 1);
	free_solution(s);

	s = solve_arrays(3, W(ROOT, 0, 1), W(5, 5, 5), W(0, 0, 9), NULL);
	explains("the leaf itself", s, W(-1, -1, 2), W(0, 0, 4), 2);
	is(s->explanation.held_back[2], 1, "the leaf itself: holds one back");
	free_solution(s);

	s = solve_arrays(3, W(ROOT, 0, 1), W(5, 7, 8), W(0, 0, 9), NULL);
	explains("over-asked below, full above", s, W(-1, -1, 0), W(4, 0, 0), 0);
	ok(pn_over_asked(&s->problem, &s->allocation, 1),
	   "the circuit is over-asked and does not bind");
	ok(pn_over_asked(&s->problem, &s->allocation, 2), "so is the leaf");
	is(s->explanation.held_back[1], 0, "the circuit holds nobody back");
	free_solution(s);

	/* Circuit 1 is full by chance: both its leaves have what they want. */
	s = solve_arrays(6, W(ROOT, 0, 1, 1, 0, 4), W(12, 8, NONE, NONE, NONE, NONE),
					 W(0, 0, 4, 4, 0, 9), NULL);
	explains("full with nobody curtailed below", s, W(-1, -1, -1, -1, -1, 0),
			 W(5, 0, 0, 0, 0, 0), 0);
	ok(!pn_over_asked(&s->problem, &s->allocation, 1),
	   "full is not over-asked");
	free_solution(s);
}

/*
 * The node that truncated last is not the bottleneck: circuit 1 cuts 8 and 8 to
 * 6 and 6, then the site cuts those to 5 and 5, so the circuit has room.
 */
static void
last_cut_is_above(void)
{
	Solution   *s;

	s = solve_arrays(5, W(ROOT, 0, 1, 1, 0), W(15, 12, NONE, NONE, NONE),
					 W(0, 0, 8, 8, 8), NULL);
	explains("the site after the circuit", s, W(-1, -1, 0, 0, 0),
			 W(9, 0, 0, 0, 0), 0);
	is(s->explanation.held_back[0], 3, "the site holds three back");
	is(s->explanation.curtailed_leaves, 3, "three are curtailed");
	free_solution(s);

	s = solve_arrays(5, W(ROOT, 0, 1, 1, 0), W(15, 6, NONE, NONE, NONE),
					 W(0, 0, 8, 8, 12), NULL);
	explains("the circuit and the site", s, W(-1, -1, 1, 1, 0),
			 W(3, 10, 0, 0, 0), 1);
	is(s->explanation.held_back[1], 2, "the circuit holds two back");
	is(s->explanation.held_back[0], 1, "the site one");
	free_solution(s);
}

static void
primary_ties(void)
{
	Solution   *s;

	s = solve_arrays(5, W(ROOT, 0, 1, 0, 3), W(NONE, 5, NONE, 5, NONE),
					 W(0, 0, 9, 0, 9), NULL);
	explains("as much and as deep: the first", s, W(-1, -1, 1, -1, 3),
			 W(0, 4, 0, 4, 0), 1);
	free_solution(s);

	s = solve_arrays(5, W(ROOT, 0, 1, 0, 3), W(NONE, NONE, 5, 5, NONE),
					 W(0, 0, 9, 0, 9), NULL);
	explains("as much: nearest the root", s, W(-1, -1, 2, -1, 3),
			 W(0, 0, 4, 4, 0), 3);
	free_solution(s);

	s = solve_arrays(5, W(ROOT, 0, 1, 0, 3), W(NONE, 5, NONE, NONE, 4),
					 W(0, 0, 9, 0, 9), NULL);
	explains("more counts before nearer", s, W(-1, -1, 1, -1, 4),
			 W(0, 4, 0, 0, 5), 4);
	free_solution(s);
}

/* Sums of what is curtailed reach beyond what one leaf can want. */
static void
large_watts(void)
{
	Solution   *s = solve_arrays(3, W(ROOT, 0, 0), W(0, NONE, NONE),
								 W(0, INT32_MAX - 7, 7), NULL);

	explains("all there is, curtailed", s, W(-1, 0, 0), W(INT32_MAX, 0, 0), 0);
	free_solution(s);

	s = solve_arrays(4, W(ROOT, 0, 0, 0), W(0, NONE, NONE, NONE),
					 W(0, INT32_MAX, INT32_MAX, INT32_MAX), NULL);
	is(s->explanation.explained[0], 3 * (int64_t) INT32_MAX,
	   "past 2^32, curtailed");
	free_solution(s);
}

/* Cases with minimums, two leaves below a site and more. */
static Solution *
solve_minimums(int32_t n, const int32_t *parent, const int32_t *limit,
			   const int32_t *demand, const int32_t *minimum)
{
	Case		c = case_of(n, parent, limit, demand, NULL);
	Solution   *s;

	c.minimum = copy_of(n, minimum);
	s = solve(&c, NO_CHECK);
	free_case(&c);
	return s;
}

static void
refused(void)
{
	Solution   *s;

	s = solve_minimums(3, W(ROOT, 0, 0), W(10, NONE, NONE), W(0, 6, 6),
					   W(0, 6, 6));
	explains("by a node that is not full", s, W(-1, -1, 0), W(6, 0, 0), 0);
	is(s->explanation.held_back[0], 1, "that node holds one back");
	is(s->explanation.refused[0], 1, "and refused its minimum");
	free_solution(s);

	s = solve_minimums(4, W(ROOT, 0, 0, 0), W(10, NONE, NONE, NONE),
					   W(0, 6, 6, 9), W(0, 6, 6, 0));
	explains("beside one that is short", s, W(-1, -1, 0, 0), W(11, 0, 0, 0), 0);
	is(s->explanation.held_back[0], 2, "the site holds two back");
	is(s->explanation.refused[0], 1, "and refused the minimum of one");
	free_solution(s);

	s = solve_minimums(3, W(ROOT, 0, 0), W(NONE, NONE, 4), W(0, 5, 9),
					   W(0, 6, 5));
	explains("by themselves", s, W(-1, 1, 2), W(0, 5, 9), 2);
	is(s->explanation.refused[1], 1, "one whose minimum is above its demand");
	is(s->explanation.refused[2], 1, "one whose minimum is above its limit");
	is(s->explanation.curtailed_leaves, 2, "both are curtailed");
	free_solution(s);

	s = solve_minimums(5, W(ROOT, 0, 1, 1, 0), W(9, 5, NONE, NONE, NONE),
					   W(0, 0, 9, 4, 9), W(0, 0, 2, 4, 0));
	explains("by a circuit, below a site that is short as well", s,
			 W(-1, -1, 1, 1, 0), W(5, 8, 0, 0, 0), 1);
	is(s->explanation.refused[1], 1, "the circuit refused one of two");
	is(s->explanation.refused[0], 0, "the site none");
	free_solution(s);

	s = solve_minimums(3, W(ROOT, 0, 0), W(5, NONE, NONE), W(0, 0, 5),
					   W(0, 6, 0));
	explains("one that wants nothing", s, W(-1, -1, -1), W(0, 0, 0),
			 PN_NO_NODE);
	is(s->explanation.refused[1], 0, "one that wants nothing: not refused");
	free_solution(s);
}

int
main(void)
{
	nothing_to_explain();
	deepest_full_node();
	last_cut_is_above();
	primary_ties();
	large_watts();
	refused();
	return tap_end();
}
