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

/* A root, `circuits` circuits and as many leaves on each, all over-asked. */
static Case
site(int32_t circuits)
{
	Case		c = new_case(1 + circuits + circuits * circuits, false);
	int32_t		i;

	for (i = 0; i < c.n; i++)
	{
		c.parent[i] = i == 0 ? PN_NO_NODE : (i - 1) / circuits;
		c.limit[i] = i == 0 ? 100 : 50;
		c.demand[i] = 60;
	}
	return c;
}

/* Stops at every question in turn; each must be answered PN_INTERRUPTED. */
static void
stops_everywhere(int32_t circuits)
{
	Case		c = site(circuits);
	Countdown	countdown = {0, 0};
	PnInterrupt check = {requested, &countdown};
	Solution   *s = solve(&c, check);
	int32_t		questions = countdown.asked;
	int32_t		answered = 0;
	int32_t		after = 0;
	int32_t		q;

	is(s->status, PN_OK, "%d nodes, asked and not stopped", c.n);
	free_solution(s);

	for (q = 1; q <= questions; q++)
	{
		countdown = (Countdown) {0, q};
		s = solve(&c, check);
		answered += s->status == PN_INTERRUPTED;
		after += countdown.asked - q;
		free_solution(s);
	}
	is(answered, questions, "%d nodes: interrupted at each of %d questions",
	   c.n, questions);
	is(after, 0, "%d nodes: and not asked again", c.n);
	ok(questions > circuits, "%d nodes: asked for every over-asked circuit",
	   c.n);
	ok(questions > 8 * (c.n / 4096), "%d nodes: asked in every pass", c.n);
	free_case(&c);
}

int
main(void)
{
	stops_everywhere(3);
	stops_everywhere(100);
	return tap_end();
}
