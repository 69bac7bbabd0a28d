/*
 * test_metamorphic.c
 *	  What must not change when the question is put another way.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "random_case.h"
#include "tap.h"

#define TREES 10000
#define ROOT PN_NO_NODE
#define NONE PN_NO_LIMIT

/*
 * Puts the question of `before` another way: gives the new case, and in `to`
 * where each node of the old one is in it.
 */
typedef Case (*Restate) (Random *r, const Case *before, int32_t *to);

/* What is done to a random case first; NULL: nothing. */
typedef void (*Prepare) (Random *r, Case *c);

static bool
same_node(const Solution *after, int32_t position, const Solution *before,
		  int32_t old_position, const int32_t *to)
{
	if (old_position == PN_NO_NODE || position == PN_NO_NODE)
		return old_position == position;
	return after->tree.input[position] == to[before->tree.input[old_position]];
}

/* Compares what is said of one node, before at p and after at q. */
static const char *
compare_node(const Solution *before, const Solution *after, int32_t p,
			 int32_t q, const int32_t *to)
{
	const PnExplanation *was = &before->explanation;
	const PnExplanation *is = &after->explanation;

	if (before->allocation.demand[p] != after->allocation.demand[q])
		return "demand";
	if (before->allocation.allocated[p] != after->allocation.allocated[q])
		return "allocated";
	if (!same_node(after, is->bottleneck[q], before, was->bottleneck[p], to))
		return "bottleneck";
	if (was->explained[p] != is->explained[q] ||
		was->held_back[p] != is->held_back[q])
		return "explained";
	if (before->minimum == NULL)
		return NULL;
	if (was->refused[p] != is->refused[q])
		return "refused";
	if (!same_node(after, after->allocation.refused_by[q],
				   before, before->allocation.refused_by[p], to))
		return "refused by";
	if (before->allocation.queued && after->allocation.queued &&
		pn_is_leaf(&before->tree, p) &&
		before->allocation.turn[p] != after->allocation.turn[q])
		return "turn";
	return NULL;
}

/* The first thing that is not the same, NULL where all is. */
static const char *
compare(const Case *c, const Solution *before, const Solution *after,
		const int32_t *to)
{
	const char *difference = NULL;
	int32_t		i;

	if (after->status != PN_OK)
		return "status";
	for (i = 0; i < c->n && difference == NULL; i++)
		difference = compare_node(before, after, before->position[i],
								  after->position[to[i]], to);
	if (difference == NULL &&
		(before->explanation.binding_nodes != after->explanation.binding_nodes ||
		 before->explanation.curtailed_leaves !=
		 after->explanation.curtailed_leaves))
		difference = "counts";
	return difference;
}

/* Puts every random question another way. */
static void
unchanged(const char *what, uint64_t seed, Prepare prepare, Restate restate)
{
	int32_t		wrong = 0;
	int32_t		t;

	for (t = 0; t < TREES; t++)
	{
		Random		r = {seed + (uint64_t) t};
		Case		c = random_case(&r, t % 4 == 0 ? 80 : 16,
									t % 3 == 0 ? INT32_MAX : 20);
		int32_t    *to = new_array(c.n);
		Solution   *before;
		Solution   *after;
		Case		restated;
		const char *difference;

		if (prepare != NULL)
			prepare(&r, &c);
		restated = restate(&r, &c, to);
		before = solve(&c, NO_CHECK);
		after = solve(&restated, NO_CHECK);
		difference = compare(&c, before, after, to);
		if (difference != NULL && wrong++ < 5)
			printf("# seed %" PRIu64 ", %s%s: %s\n", seed + (uint64_t) t,
				   c.share != NULL ? "own shares" : pn_policy_name(c.policy),
				   c.minimum != NULL ? ", minimums" : "", difference);
		free_solution(before);
		free_solution(after);
		free_case(&restated);
		free_case(&c);
		free(to);
	}
	is(wrong, 0, "%s: nothing changes in %d trees", what, TREES);
}

static Case
shuffled(Random *r, const Case *before, int32_t *to)
{
	int32_t    *moves = permutation(r, before->n);
	Case		after = moved_case(before, moves);
	int32_t		i;

	for (i = 0; i < before->n; i++)
		to[i] = moves[i];
	free(moves);
	return after;
}

/*
 * The case with one more node at the end of the input, which is nothing yet but
 * the last in order.
 */
static Case
with_one_more(const Case *before, int32_t *to)
{
	Case		after = *before;
	int32_t		n = before->n;
	int32_t		i;

	after.n = n + 1;
	after.parent = new_array(n + 1);
	after.limit = new_array(n + 1);
	after.demand = new_array(n + 1);
	after.order = before->order == NULL ? NULL : new_array(n + 1);
	after.minimum = before->minimum == NULL ? NULL : new_array(n + 1);
	after.facts = new_facts(n + 1);
	after.share = before->share == NULL ? NULL :
		new_filled(n + 1, sizeof(PnShare));
	for (i = 0; i <= n; i++)
	{
		int32_t		from = i < n ? i : 0;

		after.parent[i] = before->parent[from];
		after.limit[i] = i < n ? before->limit[from] : NONE;
		after.demand[i] = i < n ? before->demand[from] : 0;
		after.facts[i] = before->facts[from];
		if (after.order != NULL)
			after.order[i] = i < n ? before->order[from] : INT32_MAX;
		if (after.minimum != NULL)
			after.minimum[i] = i < n ? before->minimum[from] : 0;
		if (after.share != NULL)
			after.share[i] = before->share[from];
		if (i < n)
			to[i] = i;
	}
	return after;
}

/* A leaf that wants nothing, below a node that is no leaf. */
static Case
with_idle_leaf(Random *r, const Case *before, int32_t *to)
{
	Case		after = with_one_more(before, to);
	int32_t		leaf = before->n;
	int32_t		child = random_below(r, before->n);

	/* A leaf alone stays alone: its parent must have had a child. */
	after.parent[leaf] = before->parent[child];
	if (after.parent[leaf] == PN_NO_NODE)
	{
		after.parent[leaf] = before->n > 1 ? child : PN_NO_NODE;
		if (before->n == 1)
			after.n--;
	}
	after.limit[leaf] = one_in(r, 2) ? NONE : random_below(r, 3);
	if (after.minimum != NULL && one_in(r, 2))
		after.minimum[leaf] = 1 + random_below(r, 20);
	return after;
}

/*
 * Puts a node above one that there is, with the same limit.  It takes the old
 * one's place in the input, as brothers and sisters are ordered by it.
 */
static Case
split_above(Random *r, const Case *before, int32_t *to)
{
	Case		after = with_one_more(before, to);
	int32_t		upper = random_below(r, before->n);
	int32_t		lower = before->n;
	int32_t		i;

	for (i = 0; i < before->n; i++)
	{
		if (before->parent[i] == upper)
			after.parent[i] = lower;
	}
	after.parent[lower] = upper;
	after.limit[lower] = before->limit[upper];
	after.demand[lower] = before->demand[upper];
	after.facts[lower] = before->facts[upper];
	if (after.order != NULL)
		after.order[lower] = before->order[upper];
	if (after.minimum != NULL)
		after.minimum[lower] = before->minimum[upper];
	if (after.share != NULL)
		after.share[lower] = before->share[upper];
	to[upper] = lower;
	return after;
}

/*
 * Gives every leaf a tier of its own by what is known of it, so that order,
 * which is then the place in the tree, never decides.
 */
static void
tell_apart(Random *r, Case *c)
{
	static const char *const policies[] = {
		"FIRST_COME_FIRST_SERVED", "EARLIEST_DEADLINE_FIRST",
		"LEAST_LAXITY_FIRST"
	};
	int32_t    *rank = permutation(r, c->n);
	int32_t		i;

	free(c->order);
	free(c->share);
	c->order = NULL;
	c->share = NULL;
	c->policy = policy_named(policies[random_below(r, 3)]);
	for (i = 0; i < c->n; i++)
	{
		c->facts[i].arrived_at = INT64_MAX / c->n * (rank[i] - c->n / 2);
		c->facts[i].departs_at = -c->facts[i].arrived_at;
		c->facts[i].energy = -1;
	}
	free(rank);
}

/* What the node lets through of what lies below it: without minimums, all. */
static int64_t
capacity(const Solution *s, int32_t node)
{
	int64_t		sum = pn_is_leaf(&s->tree, node) ? s->demand[node] : 0;
	int32_t		child;

	for (child = node + 1; child < s->tree.end[node];
		 child = s->tree.end[child])
		sum += capacity(s, child);
	return s->limit[node] != NONE && s->limit[node] < sum ? s->limit[node] : sum;
}

static int64_t
total(const Case *c)
{
	Solution   *s = solve(c, NO_CHECK);
	int64_t		watts = s->allocation.allocated[0];

	free_solution(s);
	return watts;
}

static void
raise_a_limit(Random *r, Case *c)
{
	int32_t		i = random_below(r, c->n);
	int64_t		raised = (int64_t) c->limit[i] + 1 + random_below(r, 9);

	if (c->limit[i] == NONE)
		return;
	c->limit[i] = raised > INT32_MAX || one_in(r, 6) ? NONE : (int32_t) raised;
}

/* Without minimums the total is what the limits let through, by any policy. */
static void
totals(void)
{
	int32_t		lowered = 0;
	int32_t		wasted = 0;
	int32_t		t;

	for (t = 0; t < TREES; t++)
	{
		Random		r = {UINT64_C(50000000) + (uint64_t) t};
		Case		c = random_case(&r, t % 4 == 0 ? 80 : 16, 20);
		Solution   *s;
		int64_t		before;

		free(c.minimum);
		c.minimum = NULL;
		s = solve(&c, NO_CHECK);
		before = s->allocation.allocated[0];
		wasted += before != capacity(s, 0);
		free_solution(s);
		raise_a_limit(&r, &c);
		lowered += total(&c) < before;
		free_case(&c);
	}
	is(wasted, 0, "the total is what limits let through, in %d trees", TREES);
	is(lowered, 0, "no raised limit lowers it, in %d trees", TREES);
}

/*
 * With minimums, which are all or nothing, a raised limit can lower the total.
 * Two plugs share a site; while the first one's limit is below its minimum it is
 * refused, and the second has the site.  With a limit raised to its minimum the
 * first comes in, and leaves no room for the minimum of the second.
 */
static void
lowered(const char *what, int32_t site, int32_t first, int32_t second,
		int32_t second_demand)
{
	Case		c = case_of(3, W(ROOT, 0, 0), W(site, first - 1, NONE),
							W(0, first, second_demand), NULL);

	c.minimum = copy_of(3, W(0, first, second));
	is(total(&c), site, "%s: %d W while the first is refused", what, site);
	c.limit[1] = first;
	is(total(&c), first, "%s: %d W once it is not", what, first);
	free_case(&c);
}

int
main(void)
{
	unchanged("input shuffled, ranks kept", 10000000, random_order, shuffled);
	unchanged("input shuffled, keys distinct", 20000000, tell_apart, shuffled);
	unchanged("an idle leaf, ranks kept", 30000000, random_order,
			  with_idle_leaf);
	unchanged("an idle leaf, order by place", 31000000, NULL, with_idle_leaf);
	unchanged("a node split in two, ranks kept", 40000000, random_order,
			  split_above);
	unchanged("a node split in two, order by place", 41000000, NULL,
			  split_above);
	totals();
	lowered("the smallest there is", 2, 1, 2, 2);
	lowered("6 A on one phase, 6 A on three", 5000, 1380, 4140, 11000);
	return tap_end();
}
