/*
 * test_interrupt.c
 *	  Every place that can be interrupted is, and asks often enough.
 */
#include "fixture.h"
#include "tap.h"

/* Counts down to the answer "stop". */
typedef struct Countdown
{
	int32_t		asked;
	int32_t		stop_at;		/* 0: never */
} Countdown;

static bool
requested(void *arg)
{
	Countdown  *countdown = arg;

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

/* Stops at every question in turn; each must be answered PN_INTERRUPTED. */
static void
stops_everywhere(const char *what, Case *c)
{
	Countdown	countdown = {0, 0};
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
		countdown = (Countdown) {0, q};
		s = solve(c, check);
		answered += s->status == PN_INTERRUPTED;
		after += countdown.asked - q;
		free_solution(s);
	}
	is(answered, questions, "%s, %d nodes: interrupted at each of %d questions",
	   what, c->n, questions);
	is(after, 0, "%s, %d nodes: and not asked again", what, c->n);
	ok(questions > 8 * (c->n / 4096), "%s, %d nodes: asked in every pass",
	   what, c->n);
}

static void
by_policy(int32_t circuits, const char *policy)
{
	Case		c = site(circuits, policy, false);

	stops_everywhere(policy, &c);
	free_case(&c);
}

/* How many questions there are, given a minimum for every leaf or none. */
static int32_t
questions(const char *policy, int32_t minimum)
{
	Case		c = site(60, policy, true);
	Countdown	countdown = {0, 0};
	PnInterrupt check = {requested, &countdown};
	int32_t		i;

	/* Turns by place, so that there is nothing to sort. */
	c.no_arrivals = true;
	for (i = 0; i < c.n; i++)
		c.minimum[i] = minimum;
	free_solution(solve(&c, check));
	free_case(&c);
	return countdown.asked;
}

int
main(void)
{
	Case		c;

	by_policy(3, "EQUAL_SHARE");
	by_policy(100, "EQUAL_SHARE");
	by_policy(100, "WEIGHTED");
	by_policy(70, "FIRST_COME_FIRST_SERVED");
	c = site(3, "PRIORITY", true);
	stops_everywhere("minimums", &c);
	free_case(&c);
	c = site(70, "LEAST_LAXITY_FIRST", true);
	stops_everywhere("minimums", &c);
	free_case(&c);

	ok(questions("EQUAL_SHARE", 0) > 60, "asked for every over-asked circuit");
	ok(questions("FIRST_COME_FIRST_SERVED", 0) >
	   questions("EQUAL_SHARE", 0) + 10, "asked while leaves are ranked");
	/* Of 3600 turns each is a step, and climbs a node or two. */
	ok(questions("EQUAL_SHARE", 40) >= questions("EQUAL_SHARE", 0) + 7200 / 4096 + 1,
	   "asked while minimums are admitted");
	return tap_end();
}
