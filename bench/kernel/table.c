/*
 * table.c
 *	  How the kernel's time grows with nodes, by policy and by shape of the site.
 *
 * Columns are nanoseconds a node: to lay the tree out, to work out the policy's
 * shares, to allocate (with the admission of minimums) and to explain.
 */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "site.h"

enum {ROUNDS = 15};

#define LEVELS 64
#define PERCENT 90

/* How a site is shared out. */
typedef struct Rule
{
	const char *policy;
	bool		own_order;		/* ties broken by a shuffled order */
	bool		minimums;		/* 1.4 kW each, which do not all fit */
} Rule;

/* What is known of the leaves, by tree position, and room for their shares. */
typedef struct Facts
{
	PnLeafFacts *leaf;
	int32_t    *order;
	int32_t    *minimum;
	int64_t    *arrived_at;
	PnShare    *share;
	void	   *scratch;
} Facts;

/* ns of each step. */
typedef struct Times
{
	double		build;
	double		share;
	double		allocate;
	double		explain;
} Times;

static int32_t *
shuffled_order(int32_t n)
{
	int32_t    *order = room(n, sizeof(int32_t));
	int32_t		i;

	for (i = 0; i < n; i++)
	{
		int32_t		other = random_below(i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	return order;
}

/* Any weight, priority and time; limits and demands as they are. */
static Facts
know_leaves(const Posed *posed)
{
	int32_t		n = posed->tree.n;
	Facts		facts = {room(n, sizeof(PnLeafFacts)), shuffled_order(n),
		room(n, sizeof(int32_t)), room(n, sizeof(int64_t)),
		room(n, sizeof(PnShare)), room((int64_t) pn_policy_scratch(n), 1)};
	int32_t		p;

	for (p = 0; p < n; p++)
	{
		facts.leaf[p] = (PnLeafFacts) {
			.demand = posed->demand[p], .limit = posed->limit[p],
			.weight = 1 + random_below(100), .priority = random_below(4),
			.arrived_at = random_below(1 << 20),
			.departs_at = random_below(1 << 20),
			.energy = random_below(100000)
		};
		facts.arrived_at[p] = facts.leaf[p].arrived_at;
		facts.minimum[p] = facts.leaf[p].demand < 1400 ? 0 : 1400;
	}
	return facts;
}

static void
free_facts(Facts *facts)
{
	free(facts->leaf);
	free(facts->order);
	free(facts->minimum);
	free(facts->arrived_at);
	free(facts->share);
	free(facts->scratch);
}

/* The problem that the rule makes of the site. */
static void
pose_rule(Posed *posed, const Rule *rule, const Facts *facts, bool plain)
{
	PnProblem	more = {0};

	if (rule->own_order)
		more.order = facts->order;
	if (rule->minimums)
	{
		more.minimum = facts->minimum;
		more.arrived_at = facts->arrived_at;
	}
	if (!plain)
		more.share = facts->share;
	pose_problem(posed, more);
}

/* One cycle. */
static Times
run_once(Posed *posed, PnPolicy policy, const Facts *facts)
{
	double		start = now();
	double		built;
	double		shared;
	double		allocated;

	build(posed);
	built = now();
	if (posed->problem.share != NULL)
		must(pn_policy_shares(policy, &posed->tree, facts->leaf,
							  posed->problem.order, 0, facts->share,
							  facts->scratch, check));
	shared = now();
	allocate(posed);
	allocated = now();
	explain(posed);
	return (Times) {built - start, shared - built, allocated - shared,
		now() - allocated};
}

/* The middle of several, ns a node. */
static Times
measure(Shape shape, int32_t leaves, const Rule *rule, int32_t *nodes)
{
	double		build_ns[ROUNDS];
	double		share_ns[ROUNDS];
	double		allocate_ns[ROUNDS];
	double		explain_ns[ROUNDS];
	Site		site = shape(leaves, LEVELS, PERCENT);
	double		n = *nodes = site.n;
	Posed		posed;
	PnPolicy	policy;
	Facts		facts;
	int			i;

	if (!pn_policy_by_name(rule->policy, &policy))
		abort();
	pose(&site, &posed);
	facts = know_leaves(&posed);
	pose_rule(&posed, rule, &facts, pn_policy_is_plain(policy));
	for (i = 0; i < ROUNDS; i++)
	{
		Times		times = run_once(&posed, policy, &facts);

		build_ns[i] = times.build;
		share_ns[i] = times.share;
		allocate_ns[i] = times.allocate;
		explain_ns[i] = times.explain;
	}
	free_facts(&facts);
	free_posed(&posed);
	free_site(&site);
	return (Times) {spread_of(build_ns, ROUNDS).middle / n,
		spread_of(share_ns, ROUNDS).middle / n,
		spread_of(allocate_ns, ROUNDS).middle / n,
		spread_of(explain_ns, ROUNDS).middle / n};
}

static void
report(const char *name, Shape shape, Rule rule)
{
	static const int32_t leaves[] = {6500, 13000, 26000, 52000};
	size_t		i;

	printf("\n%s, %s%s%s\n", name, rule.policy,
		   rule.own_order ? ", ties broken by a shuffled order" : "",
		   rule.minimums ? ", minimums that do not all fit" : "");
	printf("%8s %10s %10s %10s %10s %10s\n", "nodes", "lay out", "share",
		   "allocate", "explain", "total ms");
	for (i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
	{
		int32_t		n;
		Times		t = measure(shape, leaves[i], &rule, &n);

		printf("%8d %10.1f %10.1f %10.1f %10.1f %10.2f\n", n, t.build,
			   t.share, t.allocate, t.explain,
			   (t.build + t.share + t.allocate + t.explain) * n / 1e6);
	}
}

int
main(void)
{
	static const Rule rules[] = {
		{"EQUAL_SHARE", false, false}, {"EQUAL_SHARE", true, false},
		{"WEIGHTED", false, false}, {"PRIORITY", false, true},
		{"LEAST_LAXITY_FIRST", false, false},
		{"LEAST_LAXITY_FIRST", true, true}
	};
	size_t		i;

	printf("ns a node, median of %d runs\n", ROUNDS);
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
	{
		report("depot: site, 4 grid connections, 40 circuits, charge points of "
			   "two", depot, rules[i]);
		report("deep: 64 nodes in a row, all leaves at the bottom", deep,
			   rules[i]);
		report("hooked: the same, and a leaf on each", hooked, rules[i]);
	}
	report("comb: 64 nodes in a row, leaves on each", comb, rules[0]);
	report("fans: four levels of equal fan-out", fans, rules[0]);
	return EXIT_SUCCESS;
}
