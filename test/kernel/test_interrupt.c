/*
 * test_interrupt.c
 *	  Every place that can be interrupted is, and asks often enough.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "admit.h"
#include "judge.h"
#include "tap.h"

/* Leaves below one node: enough for a pass over them to be asked before. */
#define LEAVES 10000

/* Tight nodes above each of them. */
#define CHAIN 16

/*
 * What a truncation may pass over unasked, added up: its look at tiers, floors,
 * weights and orders, its last step, and fewer candidates than are asked for.
 */
#define UNASKED 4

/* Counts down to the answer "stop". */
typedef struct Countdown
{
	int32_t		asked;
	int32_t		stop_at;		/* 0: never */
	int32_t		asked_by_pass;	/* of those, the ones that a pass came before */
	int64_t		passes;			/* when it was last asked */
} Countdown;

typedef int32_t (*OfLeaf) (int32_t leaf);

/* One over-asked node, and what each of its leaves has. */
typedef struct Star
{
	const char *name;
	int32_t		limit;
	bool		shuffled;
	OfLeaf		demand;
	OfLeaf		weight;
	OfLeaf		tier;
} Star;

static int32_t
none(int32_t leaf)
{
	(void) leaf;
	return 0;
}

static int32_t
one(int32_t leaf)
{
	(void) leaf;
	return 1;
}

static int32_t
last(int32_t leaf)
{
	(void) leaf;
	return INT32_MAX;
}

/* 1, 2, 4... 2^30, and the other way round: a straight line always misses. */
static int32_t
by_bits(int32_t leaf)
{
	return 1 << (leaf % 31);
}

static int32_t
by_powers(int32_t leaf)
{
	return INT32_MAX >> (leaf % 31);
}

static int32_t
one_or_two(int32_t leaf)
{
	return 1 + leaf % 2;
}

/* No two alike, and so close that most leaves gain a watt at every level. */
static int32_t
nearly_last(int32_t leaf)
{
	return INT32_MAX - leaf;
}

/* Far apart, and most leaves in the one that is cut. */
static int32_t
mostly_second(int32_t leaf)
{
	return leaf % 8 > 1 ? 1000 : leaf % 8 * 1000000000;
}

static const Star stars[] = {
	{"weights alike, shuffled", 1000001, true, by_powers, one, none},
	{"weights and demands in powers of 2", 1000001, false, by_powers, by_bits, none},
	{"weights 1 and 2, shuffled", 1001, true, last, one_or_two, none},
	{"weights near 2^31", 1234567, false, last, nearly_last, none},
	{"tiers, shuffled", 2000000001, true, by_bits, one, mostly_second},
	{"tiers and weights", 2000000001, false, by_bits, nearly_last, mostly_second},
};

static bool
requested(void *arg)
{
	Countdown  *countdown = arg;

	countdown->asked_by_pass += work_passes() != countdown->passes;
	countdown->passes = work_passes();
	return ++countdown->asked == countdown->stop_at;
}

/*
 * A root, `circuits` circuits and as many leaves on each, all over-asked; and
 * facts that leave nothing as it stands in the tree.
 */
static Case
site(int32_t circuits, const char *policy, bool with_minimums)
{
	Case		c = new_case(1 + circuits + circuits * circuits, false);
	int32_t		i;

	c.policy = policy_named(policy);
	c.facts = new_facts(c.n);
	if (with_minimums)
		c.minimum = new_array(c.n);
	for (i = 0; i < c.n; i++)
	{
		c.parent[i] = i == 0 ? PN_NO_NODE : (i - 1) / circuits;
		c.limit[i] = i == 0 ? 100 : 50;
		c.demand[i] = 60;
		c.facts[i].weight = 1 + i % 3;
		c.facts[i].priority = i % 5;
		c.facts[i].arrived_at = c.facts[i].departs_at = -i;
		if (with_minimums)
			c.minimum[i] = 40;
	}
	return c;
}

/* At least so often, in a case of which no more is known than its passes. */
static int32_t
some(const Case *c)
{
	return 8 * (c->n / 4096) + 1;
}

/*
 * Stops at every question in turn; each must be answered PN_INTERRUPTED.  least is
 * how many questions there are, of which a loop that does not ask takes some away.
 */
static void
stops_everywhere(const char *what, Case *c, int32_t least)
{
	Countdown	countdown = {0};
	PnInterrupt check = {requested, &countdown};
	Solution   *s = solve(c, check);
	int32_t		questions = countdown.asked;
	int32_t		answered = 0;
	int32_t		after = 0;
	int32_t		q;

	is(s->status, PN_OK, "%s, %d nodes: asked and not stopped", what, c->n);
	is(s->allocation.queued, c->minimum != NULL, "%s, %d nodes: queued", what,
	   c->n);
	free_solution(s);

	for (q = 1; q <= questions; q++)
	{
		countdown = (Countdown) {.stop_at = q};
		s = solve(c, check);
		answered += s->status == PN_INTERRUPTED;
		after += countdown.asked - q;
		free_solution(s);
	}
	is(answered, questions, "%s, %d nodes: interrupted at each of %d questions",
	   what, c->n, questions);
	is(after, 0, "%s, %d nodes: and not asked again", what, c->n);
	ok(questions >= least, "%s, %d nodes: asked %d times, at least %d",
	   what, c->n, questions, least);
}

static void
by_policy(int32_t circuits, const char *policy, int32_t least)
{
	Case		c = site(circuits, policy, false);

	stops_everywhere(policy, &c, least);
	free_case(&c);
}

static Case
star_case(const Star *star)
{
	Case		c = new_case(1 + LEAVES, star->shuffled);
	int32_t		i;

	c.share = new_filled(c.n, sizeof(PnShare));
	for (i = 0; i < c.n; i++)
	{
		c.parent[i] = i == 0 ? PN_NO_NODE : 0;
		c.limit[i] = i == 0 ? star->limit : PN_NO_LIMIT;
		c.demand[i] = star->demand(i);
		c.share[i] = (PnShare) {star->tier(i), star->weight(i)};
		if (star->shuffled)
			c.order[i] = i * 4001 % c.n;	/* no divisor: all distinct */
	}
	return c;
}

/* Asked before every pass of the one truncation, but for a few. */
static void
by_star(const Star *star)
{
	Case		c = star_case(star);
	Countdown	countdown = {0};
	PnInterrupt check = {requested, &countdown};
	int64_t		passes;

	stops_everywhere(star->name, &c, some(&c));
	work_begin();
	free_solution(solve(&c, check));
	passes = work_passes();
	ok(countdown.asked_by_pass >= passes - UNASKED,
	   "%s: asked %d times in %" PRId64 " passes", star->name,
	   countdown.asked_by_pass, passes);
	free_case(&c);
}

/* How many questions a site of 60 circuits takes, each of which is one. */
static int32_t
questions(const char *policy)
{
	Case		c = site(60, policy, false);
	Countdown	countdown = {0};
	PnInterrupt check = {requested, &countdown};

	free_solution(solve(&c, check));
	free_case(&c);
	return countdown.asked;
}

/*
 * A row of nodes with all leaves below the last, every one of them tight, and
 * the root the first to refuse: each turn climbs them all.
 */
static Case
chain(void)
{
	Case		c = new_case(CHAIN + LEAVES, false);
	int32_t		i;

	c.minimum = new_array(c.n);
	for (i = 0; i < c.n; i++)
	{
		c.parent[i] = i < CHAIN ? i - 1 : CHAIN - 1;
		c.limit[i] = i < CHAIN ? LEAVES / 2 + i : PN_NO_LIMIT;
		c.demand[i] = LEAVES;
		c.minimum[i] = 1;
	}
	return c;
}

/* As many leaves that need not climb, for only the first two make a node tight. */
static Case
beside_a_tight_node(void)
{
	Case		c = new_case(2 + LEAVES, false);
	int32_t		i;

	c.minimum = new_array(c.n);
	for (i = 0; i < c.n; i++)
	{
		c.parent[i] = i == 0 ? PN_NO_NODE : i == 2 || i == 3;
		c.limit[i] = i == 1 ? 1 : PN_NO_LIMIT;
		c.demand[i] = 2;
		c.minimum[i] = 1;
	}
	return c;
}

/* Admits once more what has been solved, and nothing else. */
static PnStatus
admit(Solution *s, PnInterrupt check)
{
	int32_t		n = s->tree.n;
	PnAdmitRoom room = {
		.tight = new_array(n),
		.ranked = new_filled(n, sizeof(PnRanked)),
		.spare = new_filled(n, sizeof(PnRanked))
	};
	PnStatus	status = pn_admit(&s->problem, &s->allocation, &room, check);

	free(room.tight);
	free(room.ranked);
	free(room.spare);
	return status;
}

static int32_t
asked_to_admit(Solution *s)
{
	Countdown	countdown = {0};
	PnInterrupt check = {requested, &countdown};

	is(admit(s, check), PN_OK, "admitted and not stopped");
	is(s->allocation.queued, true, "in turn");
	return countdown.asked;
}

/* Leaves two turns, of leaves that do not fit together. */
static void
keep_two_turns(Solution *s)
{
	int32_t		kept = 0;
	int32_t		p;

	for (p = 0; p < s->tree.n; p++)
	{
		if (pn_is_leaf(&s->tree, p) && kept++ < 2)
			s->minimum[p] = s->demand[p] = INT32_MAX;
		else
			s->minimum[p] = 0;
	}
}

/*
 * What the turns ask is what is asked more than with two of them: the loops
 * over nodes are the same.  A turn counts as a node, and may end above 4096.
 */
static void
by_climb(const char *what, Case c, int32_t climbed_in_turn)
{
	int64_t		climbed = (int64_t) LEAVES * climbed_in_turn;
	Solution   *s;
	int32_t		asked;

	stops_everywhere(what, &c, some(&c));
	s = solve(&c, NO_CHECK);
	asked = asked_to_admit(s);
	keep_two_turns(s);
	asked -= asked_to_admit(s);
	ok(asked >= (climbed - 1) / (4095 + climbed_in_turn),
	   "%s: asked %d times in %" PRId64 " nodes", what, asked, climbed);
	free_solution(s);
	free_case(&c);
}

int
main(void)
{
	Case		c;
	size_t		i;

	by_policy(3, "EQUAL_SHARE", 7);
	by_policy(100, "EQUAL_SHARE", 124);
	by_policy(100, "WEIGHTED", 129);
	by_policy(70, "FIRST_COME_FIRST_SERVED", 127);
	c = site(3, "PRIORITY", true);
	stops_everywhere("minimums", &c, 20);
	free_case(&c);
	c = site(70, "LEAST_LAXITY_FIRST", true);
	stops_everywhere("minimums", &c, 148);
	free_case(&c);

	ok(questions("EQUAL_SHARE") > 60, "asked for every over-asked circuit");
	ok(questions("FIRST_COME_FIRST_SERVED") > questions("EQUAL_SHARE") + 10,
	   "asked while leaves are ranked");

	for (i = 0; i < sizeof(stars) / sizeof(stars[0]); i++)
		by_star(&stars[i]);
	by_climb("a chain of tight nodes", chain(), CHAIN + 1);
	by_climb("beside a tight node", beside_a_tight_node(), 1);
	return tap_end();
}
