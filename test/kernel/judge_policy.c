/*
 * judge_policy.c
 *	  The table of policies, read from its words: (tier, weight) of every leaf.
 */
#include <stdlib.h>
#include <string.h>

#include "judge_answer.h"

/* What a leaf's tier goes by. */
typedef struct Standing
{
	bool		last;			/* what counts is not known of it */
	__int128	key;			/* smaller first */
	int32_t		order;
	int32_t		leaf;
} Standing;

static bool
is_policy(const Case *c, const char *name)
{
	return strcmp(pn_policy_name(c->policy), name) == 0;
}

/*
 * The time that the leaf's energy takes, in us: Wh / W are hours, of 3600
 * million us each.
 */
static __int128
time_needed(int64_t energy, int32_t limit)
{
	if (energy < 0 || limit == PN_NO_LIMIT)
		return 0;
	return (__int128) energy * 3600 * 1000000 / (limit == 0 ? 1 : limit);
}

static Standing
standing_of(const Case *c, const Answer *a, int32_t leaf)
{
	PnLeafFacts facts = c->facts == NULL ? no_facts() : c->facts[leaf];
	Standing	standing = {false, 0, a->order[leaf], leaf};
	int64_t		time = 0;

	if (is_policy(c, "PRIORITY"))
		standing.key = -(__int128) facts.priority;
	else if (is_policy(c, "FIRST_COME_FIRST_SERVED"))
		standing.key = time = facts.arrived_at;
	else if (is_policy(c, "EARLIEST_DEADLINE_FIRST"))
		standing.key = time = facts.departs_at;
	else if (is_policy(c, "LEAST_LAXITY_FIRST"))
	{
		time = facts.departs_at;
		standing.key = (__int128) time - c->at -
			time_needed(facts.energy, c->limit[leaf]);
	}
	standing.last = time == PN_NO_TIME;
	if (standing.last)
		standing.key = 0;
	return standing;
}

static int
compare_keys(const Standing *x, const Standing *y)
{
	if (x->last != y->last)
		return x->last ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

static int
compare_standings(const void *a, const void *b)
{
	const Standing *x = a;
	const Standing *y = b;
	int			by_key = compare_keys(x, y);

	return by_key != 0 ? by_key : (x->order > y->order) - (x->order < y->order);
}

static int32_t
weight_of(const Case *c, int32_t leaf)
{
	if (is_policy(c, "PROPORTIONAL"))
		return c->demand[leaf] > 0 ? c->demand[leaf] : 1;
	if (c->facts != NULL &&
		(is_policy(c, "WEIGHTED") || is_policy(c, "PRIORITY")))
		return c->facts[leaf].weight;
	return 1;
}

/* Policies that rank give every leaf a tier of its own. */
static bool
ranks_leaves(const Case *c)
{
	return is_policy(c, "FIRST_COME_FIRST_SERVED") ||
		is_policy(c, "EARLIEST_DEADLINE_FIRST") ||
		is_policy(c, "LEAST_LAXITY_FIRST");
}

void
find_judged_shares(const Case *c, Answer *a)
{
	Standing   *standings = zeroed(c->n, sizeof(Standing));
	int32_t		leaves = 0;
	int32_t		tier = 0;
	int32_t		i;

	for (i = 0; i < c->n; i++)
	{
		if (a->is_leaf[i])
			standings[leaves++] = standing_of(c, a, i);
	}
	qsort(standings, (size_t) leaves, sizeof(Standing), compare_standings);

	for (i = 0; i < leaves; i++)
	{
		int32_t		leaf = standings[i].leaf;

		if (i > 0 && (ranks_leaves(c) ||
					  compare_keys(&standings[i - 1], &standings[i]) != 0))
			tier++;
		a->share[leaf] = (PnShare) {tier, weight_of(c, leaf)};
		if (c->share != NULL)
			a->share[leaf] = c->share[leaf];
	}
	free(standings);
}

/* Whether the kernel's shares are these, and inner nodes have none. */
const char *
judge_shares(const Case *c, const Solution *s, const Answer *a)
{
	PnShare		unwritten;
	int32_t		i;

	memset(&unwritten, FILL, sizeof(unwritten));
	for (i = 0; i < c->n && s->share != NULL && c->share == NULL; i++)
	{
		PnShare		found = s->share[s->position[i]];
		PnShare		expected = a->is_leaf[i] ? a->share[i] : unwritten;

		if (found.tier != expected.tier)
			return "tier is not the policy's";
		if (found.weight != expected.weight)
			return "weight is not the policy's";
	}
	return NULL;
}
